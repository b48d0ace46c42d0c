"""Samples in bounded memory: the choice of documents and images that the report shows."""

import heapq
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")

SAMPLING_SEED = 1  # fixed: the same run shows the same selection every time

MAX_DOCUMENTS = 200
MAX_SAMPLED_FORMATS = 16
DOCUMENTS_PER_FORMAT = 5
TOP_DOCUMENTS = 25  # with the most entities, and as many with the most corrections
DOCUMENTS_WITH_NOTES = 15

MAX_GALLERY_IMAGES = 120
MAX_IMAGES_PER_GROUP = 24
MAX_IMAGE_GROUPS = 60


class Reservoir(Generic[Item]):
    """A uniform sample of a stream (reservoir sampling: every item is kept with the same probability)."""

    def __init__(self, size: int) -> None:
        self.items: list[Item] = []
        self._seen = 0
        self._size = size
        self._random = random.Random(SAMPLING_SEED)

    def add(self, make: Callable[[], Item]) -> None:
        """Consider an item, and make it if it is kept for now."""
        self._seen += 1
        if len(self.items) < self._size:
            self.items.append(make())
        elif (slot := self._random.randrange(self._seen)) < self._size:
            self.items[slot] = make()


class DocumentSample(Generic[Item]):
    """Chooses documents from a stream: all of them while they are few.

    Of more documents it keeps some of each format, those with the most entities, those with the most corrections
    and some with notes. The rest is a uniform sample of all.
    """

    def __init__(self) -> None:
        self.seen = 0
        self._uniform: Reservoir[tuple[int, Item]] = Reservoir(MAX_DOCUMENTS)
        self._by_format: dict[str, Reservoir[tuple[int, Item]]] = {}
        self._with_notes: Reservoir[tuple[int, Item]] = Reservoir(DOCUMENTS_WITH_NOTES)
        self._most_entities: list[tuple[int, int, Item]] = []
        self._most_corrections: list[tuple[int, int, Item]] = []

    def add(self, make: Callable[[], Item], *, format: str, entities: int, corrections: int, has_notes: bool) -> None:
        """Consider a document; `make` returns what is shown of it, and is called only if it is kept for now."""
        self.seen += 1
        make = cache(make)
        if format not in self._by_format and len(self._by_format) < MAX_SAMPLED_FORMATS:
            self._by_format[format] = Reservoir(DOCUMENTS_PER_FORMAT)
        for reservoir in (self._uniform, self._by_format.get(format), self._with_notes if has_notes else None):
            if reservoir is not None:
                reservoir.add(lambda: (self.seen, make()))
        for number, top in ((entities, self._most_entities), (corrections, self._most_corrections)):
            # Among equals the first document wins: its negated order is the greatest.
            if number and (len(top) < TOP_DOCUMENTS or number > top[0][0]):
                heapq.heappush(top, (number, -self.seen, make()))
                if len(top) > TOP_DOCUMENTS:
                    heapq.heappop(top)

    def items(self) -> list[Item]:
        """Return the chosen documents in the order of the stream."""
        chosen: dict[int, Item] = {}
        for reservoir in (*self._by_format.values(), self._with_notes):
            chosen |= dict(reservoir.items)
        for top in (self._most_entities, self._most_corrections):
            chosen |= {-order: item for _, order, item in top}
        for order, item in self._uniform.items:
            if len(chosen) >= MAX_DOCUMENTS:
                break
            chosen.setdefault(order, item)
        return [chosen[order] for order in sorted(chosen)]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """An image of the gallery: its thumbnail as a `data:` URI, and what each component reports about it."""

    image: str
    path: str
    part: str
    page: int | None
    thumbnail: str | None
    cats: list[tuple[str, dict[str, Any]]]
    number: int = 0


class Gallery:
    """Samples images from a stream of documents, in groups to which all components gave the same labels."""

    def __init__(self) -> None:
        # For each group, images with a thumbnail and images without.
        self._groups: dict[tuple[tuple[str, str | None], ...], tuple[Reservoir[Figure], Reservoir[Figure]]] = {}

    def add(self, record: dict[str, Any], thumbnails: Mapping[str, str]) -> None:
        """Consider the images of a document."""
        for image in record["images"]:
            cats = list(image["cats"].items())
            key = tuple((name, cat.get("label")) for name, cat in cats)
            if key not in self._groups and len(self._groups) >= MAX_IMAGE_GROUPS:
                continue
            group = self._groups.setdefault(key, (Reservoir(MAX_IMAGES_PER_GROUP), Reservoir(MAX_IMAGES_PER_GROUP)))
            thumbnail = thumbnails.get(image["id"])
            make = partial(
                Figure,
                image=image["id"],
                path=record["path"],
                part=record["part"],
                page=image.get("page"),
                thumbnail=thumbnail,
                cats=cats,
            )
            group[thumbnail is None].add(make)

    def figures(self) -> list[Figure]:
        """Return figures numbered from 1: first images with a label, then unsure ones, then unreadable ones.

        If there are too many, every group shows the same number of images, or all of them if it has fewer.
        """
        groups = [[*shown.items, *blank.items][:MAX_IMAGES_PER_GROUP] for shown, blank in self._groups.values()]
        groups.sort(key=lambda figures: _order(figures[0]))
        by_rank = sorted((rank, at) for at, figures in enumerate(groups) for rank in range(len(figures)))
        chosen = sorted((at, rank) for rank, at in by_rank[:MAX_GALLERY_IMAGES])
        return [replace(groups[at][rank], number=number) for number, (at, rank) in enumerate(chosen, start=1)]


def _order(figure: Figure) -> tuple[bool, bool, str]:
    cat = figure.cats[0][1] if figure.cats else {}
    label = cat.get("label")
    return cat.get("error") is not None, label is None, label or ""
