"""The page of an inspection: one self-contained HTML file."""

import base64
import datetime
from collections.abc import Mapping
from importlib.resources import files

from docsight.inspection.activations import block_names
from docsight.inspection.loading import InspectedModel, Prediction
from docsight.inspection.top_activations import TopImages
from docsight.version import __version__


def render(
    model: InspectedModel,
    pngs: Mapping[str, bytes],
    *,
    image: str,
    prediction: Prediction,
    label: str,
    found: TopImages | None,
    data: str,
) -> str:
    """Return the page as HTML; the template engine escapes file names and labels.

    Args:
        model: The model.
        pngs: The views by file name.
        image: The name of the image file.
        prediction: The prediction for the image.
        label: The label that is explained.
        found: The images that activate the filters most, if there is a data set.
        data: The name of the data set's folder.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["number"] = lambda value: f"{value:,}"
    template = environment.from_string(_resource("page.html.jinja"))
    return template.render(
        style=_resource("page.css"),
        version=__version__,
        time=datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        model=model.name,
        settings=model.settings,
        seed=model.arguments.get("init_seed", 1),
        filters=model.network.first_conv.out_channels,
        blocks=block_names(model),
        score_name=model.decision.score,
        image=image,
        prediction=prediction,
        label=label,
        found=found,
        data=data,
        uris={name: "data:image/png;base64," + base64.b64encode(png).decode("ascii") for name, png in pngs.items()},
    )


def _resource(name: str) -> str:
    return (files("docsight.inspection") / name).read_text(encoding="utf-8")
