"""The page of an inspection: one HTML file that holds its pictures, with no need of a network."""

import base64
import datetime
from collections.abc import Mapping
from importlib.resources import files

from docsight import __version__
from docsight.inspection.exciting import Exciting
from docsight.inspection.loading import Inspected, Verdict
from docsight.inspection.maps import block_names


def render(
    model: Inspected,
    pngs: Mapping[str, bytes],
    *,
    image: str,
    verdict: Verdict,
    label: str,
    found: Exciting | None,
    data: str,
) -> str:
    """Write the page; names of files and labels are escaped by the template engine.

    Args:
        model: The model.
        pngs: The views by the names of their files.
        image: The name of the picture's file.
        verdict: What the model says of it.
        label: Whose decision is explained.
        found: The most exciting pictures, if there is a data set.
        data: The name of its folder.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["number"] = lambda value: f"{value:,}"
    template = environment.from_string(_resource("page.html.jinja"))
    first = model.network.first_conv
    return template.render(
        style=_resource("page.css"),
        version=__version__,
        time=datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        model=model.name,
        channels=model.settings.channels,
        size=model.settings.size,
        fit=model.settings.fit,
        stretch=model.settings.stretch,
        seed=model.arguments.get("init_seed", 1),
        filters=first.out_channels,
        blocks=block_names(model),
        score_name=model.decision.score,
        image=image,
        verdict=verdict,
        has_threshold=verdict.threshold > -1e20,
        label=label,
        found=found,
        data=data,
        uris={name: "data:image/png;base64," + base64.b64encode(png).decode("ascii") for name, png in pngs.items()},
    )


def _resource(name: str) -> str:
    return (files("docsight.inspection") / name).read_text(encoding="utf-8")
