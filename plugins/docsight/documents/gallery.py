"""The pictures that the report shows: a bounded number, of every label some."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docsight.documents.pictures import SeenImage
from docsight.documents.thumbnails import thumbnail

MAX_FIGURES = 120
MAX_OF_A_KIND = 24


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What the page shows of a picture: its thumbnail as a data: URI, and a line for each component."""

    number: int
    path: str
    part: str
    page: int | None
    thumbnail: str | None
    cats: list[tuple[str, dict[str, Any]]]


class Gallery:
    """Keeps the first pictures of each kind, a kind being what the components said, up to `MAX_FIGURES` in all."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.total = 0
        self._kinds: Counter[tuple[tuple[str, str | None], ...]] = Counter()

    def add(self, record: dict[str, Any], images: Sequence[SeenImage]) -> list[int]:
        """Show pictures of a document while there is room; return the numbers of the figures, from 1."""
        numbers = []
        for image in images:
            self.total += 1
            kind = tuple((name, cat.get("label")) for name, cat in image.cats.items())
            if len(self.figures) >= MAX_FIGURES or self._kinds[kind] >= MAX_OF_A_KIND:
                continue
            self._kinds[kind] += 1
            figure = Figure(
                number=len(self.figures) + 1,
                path=record["path"],
                part=record["part"],
                page=image.record.get("page"),
                thumbnail=None if image.source is None else thumbnail(image.source),
                cats=list(image.cats.items()),
            )
            self.figures.append(figure)
            numbers.append(figure.number)
        return numbers

    def by_kind(self) -> list[Figure]:
        """Give the figures, those of one label together: first the labels, then the unsure and the unreadable ones."""
        return sorted(self.figures, key=_kind)


def _kind(figure: Figure) -> tuple[bool, bool, str, int]:
    cat = figure.cats[0][1] if figure.cats else {}
    label = cat.get("label")
    return "error" in cat, label is None, label or "", figure.number
