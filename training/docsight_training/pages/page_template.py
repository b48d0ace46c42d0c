"""The templates of pages. Their style begins with that of the report of `docsight process`."""

import json
from importlib.resources import files as resources
from typing import Any

from docsight.documents.report.display import visible_name, visible_text
from docsight.wording import count_of

_PAGES = "docsight_training.pages"


def render_page(template: str, values: dict[str, Any], *, style: str, script: str | None = None) -> str:
    """Render a page; the template engine escapes all text.

    Args:
        template: The name of the template.
        values: Its variables.
        style: The name of its style sheet, which follows that of the report.
        script: The name of its script, if it has one.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=PackageLoader(_PAGES, "."),
    )
    environment.filters |= {"count_of": count_of, "name": visible_name, "visible": visible_text}
    styles = [_resource("docsight.documents.report", "report.css"), _resource(_PAGES, style)]
    return environment.get_template(template).render(
        style="\n".join(styles), script=None if script is None else _resource(_PAGES, script), **values
    )


def script_json(value: Any) -> str:
    """Return a value as JSON that can stand in a script element: it never ends the element."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def _resource(package: str, name: str) -> str:
    return (resources(package) / name).read_text(encoding="utf-8")
