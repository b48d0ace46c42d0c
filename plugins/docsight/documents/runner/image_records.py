"""What the components of a pipeline found out about the pictures of a document."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docsight.errors import DataError

if TYPE_CHECKING:
    from spacy.tokens import Doc


@dataclass(frozen=True, kw_only=True)
class SeenImage:
    """A picture after the pipeline: its record, of plain JSON, and its file or the bytes of it, if there are any."""

    record: dict[str, Any]
    source: str | bytes | None

    @property
    def cats(self) -> dict[str, dict[str, Any]]:
        """What each component made of it, by the component's name."""
        return self.record["cats"]


@dataclass(kw_only=True)
class ImageCounts:
    """How many pictures a component gave which label, could not tell, and could not read."""

    labels: Counter[str] = field(default_factory=Counter)
    unsure: int = 0
    unreadable: int = 0

    def add(self, cat: dict[str, Any]) -> None:
        """Count a picture."""
        if "error" in cat:
            self.unreadable += 1
        elif cat["label"] is None:
            self.unsure += 1
        else:
            self.labels[cat["label"]] += 1

    def rows(self) -> list[tuple[str, int]]:
        """Give what there is to tell, labels first, the most frequent at the head."""
        rest = (("not sure", self.unsure), ("unreadable", self.unreadable))
        return [*self.labels.most_common(), *((what, count) for what, count in rest if count)]


def seen_images(doc: "Doc", offset: int) -> list[SeenImage]:
    """Collect the pictures of a Doc; components may have added to them.

    Args:
        doc: A Doc that went through the pipeline.
        offset: Where its text begins in the text of the document, in characters.
    """
    from docsight.attributes import images  # not `doc._.images`, which may be another plugin's

    return [_seen(image, offset) for image in images(doc) if isinstance(image, dict)]


def failure(images: Sequence[SeenImage]) -> DataError | None:
    """Tell why none of a document's pictures could be read; None where a component read one, or none was there."""
    cats = [cat for image in images for cat in image.cats.values()]
    if not cats or not all(image.cats for image in images) or not all("error" in cat for cat in cats):
        return None
    return DataError("; ".join(dict.fromkeys(cat["error"] for cat in cats)))


def count(images: Iterable[SeenImage], counts: dict[str, ImageCounts]) -> None:
    """Add pictures to the counts of each component."""
    for image in images:
        for name, cat in image.cats.items():
            counts.setdefault(name, ImageCounts()).add(cat)


def _seen(image: dict[str, Any], offset: int) -> SeenImage:
    content, path = image.get("bytes"), image.get("path")
    source = bytes(content) if content is not None else path if isinstance(path, str) else None
    record: dict[str, Any] = {"id": _text(image.get("id", ""))}
    if image.get("page") is not None:
        record["page"] = int(image["page"])
    if image.get("bbox") is not None:
        record["bbox"] = [float(side) for side in image["bbox"]]
    if image.get("start") is not None:
        record["start"] = offset + int(image["start"])
    record["cats"] = {_text(name): _cat(cat, source) for name, cat in (image.get("cats") or {}).items()}
    return SeenImage(record=record, source=source)


def _cat(cat: dict[str, Any], source: str | bytes | None) -> dict[str, Any]:
    if "error" in cat:
        # The path on this machine says nothing that the document's own does not.
        error = str(cat["error"])
        return {"error": _text(error.removeprefix(source).lstrip(": ") if isinstance(source, str) else error)}
    return {
        "label": None if cat["label"] is None else _text(cat["label"]),
        "score": _number(cat["score"]),
        "scores": {_text(label): _number(score) for label, score in cat.get("scores", {}).items()},
        "in_domain": _number(cat.get("in_domain")),
    }


def _text(value: Any) -> str:
    """Make a string of what a component wrote that UTF-8 can hold."""
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")


def _number(value: Any) -> float | None:
    """Round a number; what JSON cannot write is None."""
    return round(float(value), 6) if value is not None and math.isfinite(value) else None
