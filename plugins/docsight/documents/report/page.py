"""The report of a run: numbers of all documents and a selection of them, on one page that needs no network."""

import datetime
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.resources import files as resources
from typing import Any

from docsight import __version__
from docsight.documents.output.summary import Summary
from docsight.documents.problem import Problem
from docsight.documents.report.excerpts import Excerpt, excerpt, picture_label, visible_name
from docsight.documents.report.gallery import Figure, Gallery
from docsight.documents.report.histograms import HEIGHT, WIDTH
from docsight.documents.report.overview import EXAMPLES, ROWS, Overview
from docsight.documents.report.sampling import Selection

MAX_PROBLEMS = 200
MAX_LABELS = 40  # rows of the table of entities
MAX_PATHS = 20_000  # of files of which a part failed, to mark their documents

# Colours go to these labels first, so that a person looks the same in every report.
_KNOWN_LABELS = {"PER": 0, "PERSON": 0, "ORG": 1, "LOC": 2, "GPE": 2, "MISC": 3}
_COLOURS = 8


@dataclass(frozen=True, kw_only=True)
class Entry:
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
    flagged: int
    notes: list[str]
    images: list[tuple[str, str]]  # id and what it is
    kinds: Counter[str]
    is_read: bool
    excerpt: Excerpt

    @property
    def has_article(self) -> bool:
        """Whether there is something to read: a picture alone has its place in the gallery."""
        return self.chars > 0 or not self.images or bool(self.notes)


class Report:
    """Collects what the page will show while documents stream by, in memory that has a limit."""

    def __init__(self) -> None:
        self._overview = Overview()
        self._selection: Selection[Entry] = Selection()
        self._gallery = Gallery()
        self._problems: list[Problem] = []
        self._failed_paths: set[str] = set()

    def add(self, record: dict[str, Any], *, words: int, thumbnails: Mapping[str, str] | None = None) -> None:
        """Count a document, and keep an excerpt and pictures of it if it is chosen to be shown.

        Args:
            record: As it is written to documents.jsonl.
            words: How many its text has.
            thumbnails: `data:` URIs by the id of the picture, of those that have one.
        """
        self._overview.add(record, words=words)
        self._gallery.add(record, {} if thumbnails is None else thumbnails)
        self._selection.add(
            lambda: _entry(record, words),
            format=record["format"],
            entities=len(record["entities"]),
            corrections=sum(row["applied"] for row in record.get("corrections", ())),
            is_noted=bool(record.get("notes")),
        )

    def add_problem(self, problem: Problem) -> None:
        """Count a problem, and keep it while there is room, failures before what was only skipped."""
        self._overview.add_problem(problem)
        if not problem.skipped and len(self._failed_paths) < MAX_PATHS:
            self._failed_paths.add(problem.path)
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(problem)
        elif not problem.skipped:
            skipped = next((i for i, one in enumerate(self._problems) if one.skipped), None)
            if skipped is not None:
                self._problems[skipped] = problem

    def render(
        self, summary: Summary, *, pipeline: str, files: Collection[str] = ("documents.jsonl", "errors.jsonl")
    ) -> str:
        """Write the page; all text of documents is escaped by the template engine.

        Args:
            summary: The numbers of the run.
            pipeline: A line about the pipeline.
            files: The names of the other outputs, which lie beside the page.
        """
        from jinja2 import Environment, StrictUndefined

        environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        environment.filters |= {
            "number": lambda value: f"{value:,}",
            "name": visible_name,
            "guess": _guess,
            "some": lambda number, one, many=None: f"{number:,} {one if number == 1 else many or one + 's'}",
        }
        template = environment.from_string(_resource("report.html.jinja"))
        figures = self._gallery.figures()
        entries = self._selection.items()
        labels = self._labels()
        return template.render(
            style=_resource("report.css"),
            script=_resource("report.js"),
            version=__version__,
            time=datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
            pipeline=pipeline,
            files=list(files),
            summary=summary,
            overview=self._overview,
            total_entities=sum(summary.entities.values()),
            doubted=summary.flagged - summary.corrections,
            image_rows=[(name, *row) for name, counts in summary.image_cats.items() for row in counts.rows()][
                :MAX_LABELS
            ],
            names=[(label, self._overview.names[label]) for label in labels[:MAX_LABELS]],
            labels=labels,
            examples=EXAMPLES,
            rows=ROWS,
            plots=self._overview.plots(),
            plot_size=(WIDTH, HEIGHT),
            colours=_colours(labels),
            entries=entries,
            failed_paths=self._failed_paths,
            figures=figures,
            figure_of={figure.image: figure.number for figure in figures},
            kinds=_kinds(entries, figures),
            problems=sorted(self._problems, key=lambda problem: problem.skipped),
        )

    def _labels(self) -> list[str]:
        """Order the labels: those that everybody knows, then the most frequent."""
        names = self._overview.names
        return sorted(names, key=lambda label: (_KNOWN_LABELS.get(label, _COLOURS), -names[label].total, label))


def _entry(record: dict[str, Any], words: int) -> Entry:
    corrections = record.get("corrections", [])
    images = [(image["id"], picture_label(image) or "no label") for image in record.get("images", [])]
    applied = sum(row["applied"] for row in corrections)
    return Entry(
        path=record["path"][:2_000],
        part=record["part"][:2_000],
        format=record["format"],
        encoding=record["encoding"],
        title=record.get("title", "")[:500],
        words=words,
        chars=len(record["text"]),
        entities=len(record["entities"]),
        labels=Counter(dict(Counter(entity["label"] for entity in record["entities"]).most_common(12))),
        corrections=applied,
        flagged=len(corrections) - applied,
        notes=[note[:300] for note in record.get("notes", [])[:5]],
        images=images[:200],
        kinds=Counter(
            dict(Counter(kind for image in record.get("images", []) for kind in _kinds_of(image)).most_common(8))
        ),
        is_read=any(one.get("read_from") == "picture" for one in record.get("passages", ())),
        excerpt=excerpt(record),
    )


def _kinds_of(image: dict[str, Any]) -> list[str]:
    """Tell what a picture is, by each component: for counting, so without its score."""
    return [_kind(cat) for cat in image.get("cats", {}).values()] or ["no label"]


def _kind(cat: dict[str, Any]) -> str:
    return "unreadable" if "error" in cat else "not sure" if cat["label"] is None else str(cat["label"])[:60]


def _kinds(entries: list[Entry], figures: list[Figure]) -> list[str]:
    """List what shown pictures are, for the choice of a filter."""
    shown = {kind for entry in entries for kind in entry.kinds}
    shown |= {_kind(cat) for figure in figures for _, cat in figure.cats}
    return sorted(shown)[:MAX_LABELS]


def _guess(cat: dict[str, Any]) -> str:
    """Tell what a picture would be if it had to be something."""
    scores = {label: score for label, score in cat["scores"].items() if score is not None}
    best = max(scores, key=lambda label: scores[label], default=None)
    return "" if best is None else f"most like {best}, {scores[best]:.2f}"


def _resource(name: str) -> str:
    return (resources("docsight.documents.report") / name).read_text(encoding="utf-8")


def _colours(labels: list[str]) -> dict[str, int]:
    """Give each label a colour; unknown ones share what the known ones leave."""
    free = [colour for colour in range(_COLOURS) if colour > max(_KNOWN_LABELS.values())]
    unknown = [label for label in labels if label not in _KNOWN_LABELS]
    return _KNOWN_LABELS | {label: free[i % len(free)] for i, label in enumerate(unknown)}
