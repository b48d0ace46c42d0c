"""The report of a run: a bounded selection of its documents on one page, with no need of a network."""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from typing import Any

from docsight import __version__
from docsight.documents.gallery import Gallery
from docsight.documents.inputs import Problem
from docsight.documents.pictures import ImageCounts, SeenImage, count
from docsight.documents.summary import Summary

MAX_DOCUMENTS = 200
MAX_CHARS = 8_000
MAX_PROBLEMS = 200
MAX_NAMES = 50_000
EXAMPLES = 8

# Colours go to these labels first, so that a person looks the same in every report.
_KNOWN_LABELS = {"PER": 0, "PERSON": 0, "ORG": 1, "LOC": 2, "GPE": 2, "MISC": 3}
_COLOURS = 8


@dataclass
class Names:
    """The names under one label: how many, and how often each, up to `MAX_NAMES` different ones."""

    total: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    is_capped: bool = False

    def add(self, name: str) -> None:
        """Count a name; beyond the limit only names that are known already, to bound the memory."""
        self.total += 1
        if name in self.counts or len(self.counts) < MAX_NAMES:
            self.counts[name] += 1
        else:
            self.is_capped = True


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the page shows of a document: pieces of (text, index of the label or None, tooltip).

    `images` are what its pictures show, with counts, and `figures` the numbers of those that the gallery has.
    """

    number: int
    path: str
    part: str
    format: str
    encoding: str
    words: int
    entities: int
    labels: Counter[str]
    chars: int
    start: int
    end: int
    entities_shown: int
    pieces: list[tuple[str, str | None, str]]
    images: list[tuple[str, int]]
    figures: list[int]

    @property
    def has_article(self) -> bool:
        """Whether there is something to read: a picture alone has its place in the gallery."""
        return self.chars > 0 or not self.images


class Report:
    """Collects what the page will show while documents stream by, in memory that has a limit."""

    def __init__(self) -> None:
        self._names: dict[str, Names] = {}
        self._entries: list[Entry] = []
        self._problems: list[Problem] = []
        self._gallery = Gallery()

    def add(self, record: dict[str, Any], *, words: int, images: Sequence[SeenImage] = ()) -> None:
        """Count the entities of a document, and keep an excerpt and its pictures while there is room."""
        for entity in record["entities"]:
            name = " ".join(record["text"][entity["start"] : entity["end"]].split())
            self._names.setdefault(entity["label"], Names()).add(name)
        figures = self._gallery.add(record, images)
        if len(self._entries) < MAX_DOCUMENTS:
            self._entries.append(_entry(len(self._entries) + 1, record, words, images, figures))

    def add_problem(self, problem: Problem) -> None:
        """Keep a problem while there is room, failures before what was only skipped."""
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(problem)
        elif not problem.skipped:
            skipped = next((i for i, one in enumerate(self._problems) if one.skipped), None)
            if skipped is not None:
                self._problems[skipped] = problem

    def render(self, summary: Summary, *, pipeline: str) -> str:
        """Write the page; all text of documents is escaped by the template engine."""
        from jinja2 import Environment, StrictUndefined

        environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        environment.filters["number"] = lambda value: f"{value:,}"
        environment.filters["guess"] = _guess
        template = environment.from_string(_resource("report.html.jinja"))
        labels = sorted(self._names, key=lambda label: (_KNOWN_LABELS.get(label, _COLOURS), label))
        return template.render(
            style=_resource("report.css"),
            script=_resource("report.js"),
            version=__version__,
            time=datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
            pipeline=pipeline,
            summary=asdict(summary),
            image_rows=[(name, *row) for name, counts in summary.image_cats.items() for row in counts.rows()],
            figures=self._gallery.by_kind(),
            total_entities=sum(summary.entities.values()),
            rows=[_row(label, self._names[label], i) for i, label in enumerate(labels)],
            index={label: i for i, label in enumerate(labels)},
            colours=_colours(labels),
            entries=self._entries,
            problems=sorted(self._problems, key=lambda problem: problem.skipped),
        )


def _guess(cat: dict[str, Any]) -> str:
    """Tell what a picture would be if it had to be something."""
    scores = {label: score for label, score in cat["scores"].items() if score is not None}
    best = max(scores, key=lambda label: scores[label], default=None)
    return "" if best is None else f"most like {best}, {scores[best]:.2f}"


def _resource(name: str) -> str:
    return (files("docsight.documents") / name).read_text(encoding="utf-8")


def _colours(labels: list[str]) -> dict[str, int]:
    """Give each label a colour; unknown ones share what the known ones leave, in alphabetical order."""
    free = [colour for colour in range(_COLOURS) if colour > max(_KNOWN_LABELS.values())]
    unknown = [label for label in labels if label not in _KNOWN_LABELS]
    return _KNOWN_LABELS | {label: free[i % len(free)] for i, label in enumerate(unknown)}


def _row(label: str, names: Names, index: int) -> dict[str, Any]:
    return {
        "label": label,
        "index": index,
        "total": names.total,
        "distinct": len(names.counts),
        "is_capped": names.is_capped,
        "examples": names.counts.most_common(EXAMPLES),
    }


def _entry(number: int, record: dict[str, Any], words: int, images: Sequence[SeenImage], figures: list[int]) -> Entry:
    text, entities = record["text"], record["entities"]
    start, end = _excerpt(text, entities)
    shown = [entity for entity in entities if start <= entity["start"] and entity["end"] <= end]
    return Entry(
        number=number,
        path=record["path"],
        part=record["part"],
        format=record["format"],
        encoding=record["encoding"],
        words=words,
        entities=len(entities),
        labels=Counter(entity["label"] for entity in entities),
        chars=len(text),
        start=start,
        end=end,
        entities_shown=len(shown),
        pieces=_pieces(text, shown, start, end),
        images=_pictures(images),
        figures=figures,
    )


def _pictures(images: Sequence[SeenImage]) -> list[tuple[str, int]]:
    counts: dict[str, ImageCounts] = {}
    count(images, counts)
    rows = [row for one in counts.values() for row in one.rows()]
    return rows or ([("no label", len(images))] if images else [])


def _excerpt(text: str, entities: list[dict[str, Any]]) -> tuple[int, int]:
    """Choose what to show of a text: its beginning, or from its first entity on if that comes later."""
    if len(text) <= MAX_CHARS:
        return 0, len(text)
    start = 0
    if entities and entities[0]["end"] > MAX_CHARS:
        start = max(0, text.rfind(" ", 0, entities[0]["start"] - MAX_CHARS // 10) + 1)
        start = max(start, entities[0]["start"] - MAX_CHARS // 2)
    end = min(len(text), start + MAX_CHARS)
    space = text.rfind(" ", start + MAX_CHARS // 2, end)
    if space >= 0 and end < len(text):
        end = space
    # An entity that runs over the end would be shown without its mark: end before it.
    across = next((entity["start"] for entity in entities if entity["start"] < end < entity["end"]), end)
    return start, across if across > start else end


def _pieces(text: str, entities: list[dict[str, Any]], start: int, end: int) -> list[tuple[str, str | None, str]]:
    pieces: list[tuple[str, str | None, str]] = []
    at = start
    for entity in entities:
        pieces.append((text[at : entity["start"]], None, ""))
        score = entity["score"]
        tooltip = entity["label"] if score is None else f"{entity['label']}, probability {score:.2f}"
        pieces.append((text[entity["start"] : entity["end"]], entity["label"], tooltip))
        at = entity["end"]
    pieces.append((text[at:end], None, ""))
    return pieces
