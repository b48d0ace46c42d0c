"""The report of a run: statistics over all documents and a selection of them, on one self-contained HTML page."""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any

from docsight.documents.output.summary import Summary
from docsight.documents.problem import Problem
from docsight.documents.report.display import (
    best_guess,
    image_caption,
    image_category,
    number_read,
    short_number,
    visible_name,
)
from docsight.documents.report.excerpts import Excerpt, excerpt
from docsight.documents.report.histograms import PLOT_HEIGHT, PLOT_WIDTH
from docsight.documents.report.overview import EXAMPLES_PER_LABEL, TABLE_ROWS, Overview
from docsight.documents.report.sampling import DocumentSample, Figure, Gallery
from docsight.version import __version__
from docsight.wording import count_of

if TYPE_CHECKING:
    from jinja2 import Template

MAX_LISTED_PROBLEMS = 200
MAX_LABEL_ROWS = 40
MAX_FAILED_PATHS = 20_000  # files with failed parts: their documents are marked as incomplete

# These labels get their colours first: a person has the same colour in every report.
_KNOWN_LABELS = {"PER": 0, "PERSON": 0, "ORG": 1, "LOC": 2, "GPE": 2, "MISC": 3, "DATE": 4, "NORP": 5}
_KNOWN_LABELS |= {"MONEY": 6, "PERCENT": 7, "TIME": 8, "QUANTITY": 9}
_COLOURS = 12

_NO_LABEL = "no label"


@dataclass(frozen=True, kw_only=True)
class DocumentView:
    """What the page shows of a document."""

    path: str
    part: str
    format: str
    encoding: str
    title: str
    words: int
    chars: int
    entities: int
    labels: Counter[str]
    corrections: int
    only_flagged: int
    notes: list[str]
    images: list[tuple[str, str]]  # id and caption
    image_categories: Counter[str]
    is_ocr: bool
    excerpt: Excerpt

    @property
    def has_article(self) -> bool:
        """Whether there is text: an image without text is shown only in the gallery."""
        return self.chars > 0 or not self.images or bool(self.notes)


class Report:
    """Collects what the page will show from a stream of documents, in bounded memory."""

    def __init__(self) -> None:
        self._overview = Overview()
        self._documents: DocumentSample[DocumentView] = DocumentSample()
        self._gallery = Gallery()
        self._problems: list[Problem] = []
        self._failed_paths: set[str] = set()

    def add(self, record: dict[str, Any], *, words: int, thumbnails: Mapping[str, str]) -> None:
        """Count a document, and keep an excerpt and images if it is chosen for the page.

        Args:
            record: As in documents.jsonl.
            words: The number of words in its text.
            thumbnails: `data:` URIs by the id of the image, for the images that have one.
        """
        self._overview.add(record, words=words)
        self._gallery.add(record, thumbnails)
        self._documents.add(
            lambda: _view(record, words),
            format=record["format"],
            entities=len(record["entities"]),
            corrections=sum(row["applied"] for row in record["corrections"]),
            has_notes=bool(record["notes"]),
        )

    def add_problem(self, problem: Problem) -> None:
        """Count a problem, and list it while there is room; failures replace skipped files."""
        self._overview.add_problem(problem)
        if not problem.skipped and len(self._failed_paths) < MAX_FAILED_PATHS:
            self._failed_paths.add(problem.path)
        if len(self._problems) < MAX_LISTED_PROBLEMS:
            self._problems.append(problem)
        elif not problem.skipped:
            for index, listed in enumerate(self._problems):
                if listed.skipped:
                    self._problems[index] = problem
                    break

    def render(
        self, summary: Summary, *, pipeline: str, files: Collection[str] = ("documents.jsonl", "errors.jsonl")
    ) -> str:
        """Return the page as HTML; the template engine escapes all text of documents.

        Args:
            summary: The counts of the run.
            pipeline: A line that describes the pipeline.
            files: The names of the other output files, in the same folder.
        """
        names = self._overview.names
        labels = sorted(names, key=lambda label: (_KNOWN_LABELS.get(label, _COLOURS), -names[label].total, label))
        image_rows = [(component, *row) for component, counts in summary.image_cats.items() for row in counts.rows()]
        documents, figures = self._documents.items(), self._gallery.figures()
        return _template().render(
            style=_resource("report.css"),
            script=_resource("report.js"),
            version=__version__,
            time=datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
            pipeline=pipeline,
            files=list(files),
            summary=summary,
            overview=self._overview,
            image_rows=image_rows[:MAX_LABEL_ROWS],
            names=[(label, names[label]) for label in labels[:MAX_LABEL_ROWS]],
            labels=labels,
            colours=label_colours(labels),
            examples=EXAMPLES_PER_LABEL,
            rows=TABLE_ROWS,
            plot_size=(PLOT_WIDTH, PLOT_HEIGHT),
            documents=documents,
            failed_paths=self._failed_paths,
            figures=figures,
            figure_of={figure.image: figure.number for figure in figures},
            image_categories=_image_categories(documents, figures),
            problems=sorted(self._problems, key=lambda problem: problem.skipped),
        )


def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {
        "number": lambda value: f"{value:,}",
        "short": short_number,
        "name": visible_name,
        "count_of": count_of,
        "category": image_category,
        "best_guess": best_guess,
        "number_read": number_read,
    }
    return environment.from_string(_resource("report.html.jinja"))


def _resource(name: str) -> str:
    return (resources("docsight.documents.report") / name).read_text(encoding="utf-8")


def _view(record: dict[str, Any], words: int) -> DocumentView:
    corrections, images = record["corrections"], record["images"]
    applied = sum(row["applied"] for row in corrections)
    return DocumentView(
        path=record["path"][:2_000],
        part=record["part"][:2_000],
        format=record["format"],
        encoding=record["encoding"],
        title=record["title"][:500],
        words=words,
        chars=len(record["text"]),
        entities=len(record["entities"]),
        labels=_top_counts((entity["label"] for entity in record["entities"]), 12),
        corrections=applied,
        only_flagged=len(corrections) - applied,
        notes=[note[:300] for note in record["notes"][:5]],
        images=[(image["id"], image_caption(image) or _NO_LABEL) for image in images[:200]],
        image_categories=_top_counts((category for image in images for category in _categories(image)), 8),
        is_ocr=any(passage.get("read_from") == "picture" for passage in record["passages"]),
        excerpt=excerpt(record),
    )


def _top_counts(values: Iterable[str], number: int) -> Counter[str]:
    return Counter(dict(Counter(values).most_common(number)))


def _categories(image: dict[str, Any]) -> list[str]:
    return [image_category(cat) for cat in image["cats"].values()] or [_NO_LABEL]


def _image_categories(documents: list[DocumentView], figures: list[Figure]) -> list[str]:
    """List the categories of the images on the page, by which a reader can filter."""
    shown = {category for document in documents for category in document.image_categories}
    shown |= {image_category(cat) for figure in figures for _, cat in figure.cats}
    return sorted(shown)[:MAX_LABEL_ROWS]


def label_colours(labels: Iterable[str]) -> dict[str, int]:
    """Give each label a colour; unknown labels share the colours that known ones do not use."""
    free = [colour for colour in range(_COLOURS) if colour > max(_KNOWN_LABELS.values())]
    unknown = [label for label in labels if label not in _KNOWN_LABELS]
    return _KNOWN_LABELS | {label: free[i % len(free)] for i, label in enumerate(unknown)}
