"""The pictures that the report shows: a bounded number, of every label some."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from docsight.documents.report.tallies import Reservoir

MAX_FIGURES = 120
MAX_OF_A_KIND = 24
MAX_KINDS = 60


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What the page shows of a picture: its thumbnail as a data: URI, and a line for each component."""

    image: str
    path: str
    part: str
    page: int | None
    thumbnail: str | None
    cats: list[tuple[str, dict[str, Any]]]
    number: int = 0


@dataclass
class _Kind:
    """Pictures of which the components said the same: those with a thumbnail, and those without."""

    seen: Reservoir[Figure] = field(default_factory=lambda: Reservoir(MAX_OF_A_KIND))
    unseen: Reservoir[Figure] = field(default_factory=lambda: Reservoir(MAX_OF_A_KIND))

    def figures(self) -> list[Figure]:
        return [*self.seen.items, *self.unseen.items][:MAX_OF_A_KIND]


class Gallery:
    """Keeps a sample of the pictures of each kind, a kind being what the components said."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[tuple[str, str | None], ...], _Kind] = {}

    def add(self, record: dict[str, Any], thumbnails: Mapping[str, str]) -> None:
        """Take the pictures of a document into account."""
        for image in record.get("images", []):
            cats = list(image.get("cats", {}).items())
            key = tuple((name, cat.get("label")) for name, cat in cats)
            if key not in self._kinds and len(self._kinds) >= MAX_KINDS:
                continue
            kind = self._kinds.setdefault(key, _Kind())
            thumbnail = thumbnails.get(image["id"])
            reservoir = kind.unseen if thumbnail is None else kind.seen
            place = reservoir.place()
            if place is not None:
                figure = Figure(
                    image=image["id"],
                    path=record["path"],
                    part=record["part"],
                    page=image.get("page"),
                    thumbnail=thumbnail,
                    cats=cats,
                )
                reservoir.put(place, figure)

    def figures(self) -> list[Figure]:
        """Give the figures with numbers from 1: those with a label first, then the unsure and the unreadable ones.

        Where there are too many, every kind has the same number, unless it has fewer.
        """
        kinds = sorted((kind.figures() for kind in self._kinds.values()), key=lambda figures: _order(figures[0]))
        shown, left = [0] * len(kinds), MAX_FIGURES
        while left and any(number < len(figures) for number, figures in zip(shown, kinds, strict=True)):
            for at, figures in enumerate(kinds):
                if left and shown[at] < len(figures):
                    shown[at], left = shown[at] + 1, left - 1
        chosen = [figure for number, figures in zip(shown, kinds, strict=True) for figure in figures[:number]]
        return [replace(figure, number=number) for number, figure in enumerate(chosen, start=1)]


def _order(figure: Figure) -> tuple[bool, bool, str]:
    cat = figure.cats[0][1] if figure.cats else {}
    label = cat.get("label")
    return "error" in cat, label is None, label or ""
