"""The images that the report shows: a bounded sample with some images of every label."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from docsight.documents.report.sampling import Reservoir

MAX_GALLERY_IMAGES = 120
MAX_IMAGES_PER_GROUP = 24
MAX_IMAGE_GROUPS = 60


@dataclass(frozen=True, kw_only=True)
class Figure:
    """An image of the gallery: its thumbnail as a `data:` URI, and what each component says of it."""

    image: str
    path: str
    part: str
    page: int | None
    thumbnail: str | None
    cats: list[tuple[str, dict[str, Any]]]
    number: int = 0


@dataclass
class _Group:
    """Images to which all components gave the same labels, with and without a thumbnail."""

    with_thumbnail: Reservoir[Figure] = field(default_factory=lambda: Reservoir(MAX_IMAGES_PER_GROUP))
    without_thumbnail: Reservoir[Figure] = field(default_factory=lambda: Reservoir(MAX_IMAGES_PER_GROUP))

    def figures(self) -> list[Figure]:
        return [*self.with_thumbnail.items, *self.without_thumbnail.items][:MAX_IMAGES_PER_GROUP]


class Gallery:
    """Samples images from a stream of documents, in groups of the same labels."""

    def __init__(self) -> None:
        self._groups: dict[tuple[tuple[str, str | None], ...], _Group] = {}

    def add(self, record: dict[str, Any], thumbnails: Mapping[str, str]) -> None:
        """Consider the images of a document."""
        for image in record["images"]:
            cats = list(image["cats"].items())
            key = tuple((name, cat.get("label")) for name, cat in cats)
            if key not in self._groups and len(self._groups) >= MAX_IMAGE_GROUPS:
                continue
            group = self._groups.setdefault(key, _Group())
            thumbnail = thumbnails.get(image["id"])
            reservoir = group.without_thumbnail if thumbnail is None else group.with_thumbnail
            slot = reservoir.draw_slot()
            if slot is not None:
                figure = Figure(
                    image=image["id"],
                    path=record["path"],
                    part=record["part"],
                    page=image.get("page"),
                    thumbnail=thumbnail,
                    cats=cats,
                )
                reservoir.put(slot, figure)

    def figures(self) -> list[Figure]:
        """Return figures numbered from 1: first images with a label, then unsure ones, then unreadable ones.

        If there are too many, every group shows the same number of images, or all of them if it has fewer.
        """
        groups = sorted((group.figures() for group in self._groups.values()), key=lambda figures: _order(figures[0]))
        shown, left = [0] * len(groups), MAX_GALLERY_IMAGES
        while left and any(number < len(figures) for number, figures in zip(shown, groups, strict=True)):
            for at, figures in enumerate(groups):
                if left and shown[at] < len(figures):
                    shown[at], left = shown[at] + 1, left - 1
        chosen = [figure for number, figures in zip(shown, groups, strict=True) for figure in figures[:number]]
        return [replace(figure, number=number) for number, figure in enumerate(chosen, start=1)]


def _order(figure: Figure) -> tuple[bool, bool, str]:
    cat = figure.cats[0][1] if figure.cats else {}
    label = cat.get("label")
    return "error" in cat, label is None, label or ""
