"""The page that shows the errors of a tagger, as `errors.json` lists them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docsight.documents.report.page import label_colours
from docsight_training.pages.page_template import render_page

_MAX_SHOWN = 100  # errors of each kind
_ERROR_TITLES = {
    "label": "Right edges, another label",
    "edges": "Right label, other edges",
    "label and edges": "Another label and other edges",
    "missed": "Missed: only the annotation has a span",
    "spurious": "Spurious: only the model has a span",
}


def render_errors(report: Mapping[str, Any]) -> str:
    """Return the page as HTML for the content of `errors.json`."""
    values = {
        "report": report,
        "colours": label_colours(report["labels"]),
        "titles": _ERROR_TITLES,
        "max_shown": _MAX_SHOWN,
        "pieces": _pieces,
    }
    return render_page("errors.html.jinja", values, style="errors.css")


def _pieces(tokens: Sequence[str], spans: Sequence[tuple[int, int, str]]) -> Iterator[tuple[str, str | None]]:
    """Yield the pieces of a sentence with the label of each, None between spans."""
    last = 0
    for start, end, label in spans:
        yield " ".join(tokens[last:start]), None
        yield " ".join(tokens[start:end]), label
        last = end
    yield " ".join(tokens[last:]), None
