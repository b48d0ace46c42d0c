"""The records of a document's images after the pipeline."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docsight.errors import DataError

if TYPE_CHECKING:
    from spacy.tokens import Doc


@dataclass(frozen=True, kw_only=True)
class AnnotatedImage:
    """An image after the pipeline: its record, as plain JSON data, and its path or bytes, if it has any."""

    record: dict[str, Any]
    source: str | bytes | None

    @property
    def cats(self) -> dict[str, dict[str, Any]]:
        """The classifications, by the name of the component."""
        cats: dict[str, dict[str, Any]] = self.record["cats"]
        return cats


def annotated_images(doc: "Doc", offset: int) -> list[AnnotatedImage]:
    """Collect the images of a Doc, which components may have added to.

    Args:
        doc: A Doc that went through the pipeline.
        offset: Where its text begins in the text of the document, in characters.
    """
    from docsight.attributes import images  # not `doc._.images`, which may be another plugin's

    return [_annotated_image(image, offset) for image in images(doc) if isinstance(image, dict)]


def image_failure(images: Sequence[AnnotatedImage]) -> DataError | None:
    """Say why no image of a document could be read; None if one could, or if there are none."""
    cats = [cat for image in images for cat in image.cats.values()]
    if not cats or not all(image.cats for image in images) or not all("error" in cat for cat in cats):
        return None
    return DataError("; ".join(dict.fromkeys(cat["error"] for cat in cats)))


def _annotated_image(image: dict[str, Any], offset: int) -> AnnotatedImage:
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
    return AnnotatedImage(record=record, source=source)


def _cat(cat: dict[str, Any], source: str | bytes | None) -> dict[str, Any]:
    if "error" in cat:
        # The path on this machine adds nothing to the path of the document.
        error = str(cat["error"])
        return {"error": _text(error.removeprefix(source).lstrip(": ") if isinstance(source, str) else error)}
    return {
        "label": None if cat["label"] is None else _text(cat["label"]),
        "score": _number(cat["score"]),
        "scores": {_text(label): _number(score) for label, score in cat.get("scores", {}).items()},
        "in_domain": _number(cat.get("in_domain")),
    }


def _text(value: Any) -> str:
    """Turn what a component wrote into a string that UTF-8 can encode."""
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")


def _number(value: Any) -> float | None:
    """Round a number; what JSON cannot write is None."""
    return round(float(value), 6) if value is not None and math.isfinite(value) else None
