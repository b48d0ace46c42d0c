"""The images of a document after the pipeline: their records, and thumbnails for the report."""

import base64
import io
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docsight.errors import DataError, DocsightError

if TYPE_CHECKING:
    from spacy.tokens import Doc

THUMBNAIL_SIDE = 112  # pixels
MAX_THUMBNAIL_BYTES = 8_192  # as JPEG; base64 in the report makes it a third larger

# Thumbnails of images with the same labels, and of all images. One worker sees only a part of a run.
_MAX_THUMBNAILS_PER_KIND, _MAX_THUMBNAILS = 24, 120
_MAX_SOURCE_PIXELS = 32_000_000  # a larger image takes seconds to decode, too long for a preview
_JPEG_QUALITIES = (82, 60, 35, 10)


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
    """Return why no image of a document could be read; None if one could, or if there are none."""
    cats = [cat for image in images for cat in image.cats.values()]
    if not cats or not all(image.cats for image in images) or any(cat.get("error") is None for cat in cats):
        return None
    return DataError("; ".join(dict.fromkeys(cat["error"] for cat in cats)))


def thumbnail(source: str | bytes) -> str | None:
    """Make a thumbnail, as a data: URI; None if the image cannot be read or is too large to decode quickly."""
    from docsight.image_decoding import open_image

    try:
        image = open_image(source, max_pixels=_MAX_SOURCE_PIXELS)
    except DocsightError:
        return None
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    image.info.clear()  # nothing but the pixels goes into the report
    for quality in _JPEG_QUALITIES:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality, optimize=True)
        if buffer.tell() <= MAX_THUMBNAIL_BYTES:
            return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
    return None


class Thumbnails:
    """Makes thumbnails of the first images of each kind, which is given by their labels."""

    def __init__(self) -> None:
        self._remaining = _MAX_THUMBNAILS
        self._kinds: Counter[tuple[str | None, ...]] = Counter()

    def make(self, images: Iterable[AnnotatedImage]) -> dict[str, str]:
        """Return thumbnails by image id, for those images that the report may show."""
        made = {}
        for image in images:
            kind = tuple(cat.get("label") for cat in image.cats.values())
            if image.source is None or self._remaining <= 0 or self._kinds[kind] >= _MAX_THUMBNAILS_PER_KIND:
                continue
            self._kinds[kind] += 1
            if (uri := thumbnail(image.source)) is not None:
                self._remaining -= 1
                made[image.record["id"]] = uri
        return made


def _annotated_image(image: dict[str, Any], offset: int) -> AnnotatedImage:
    content, path = image.get("bytes"), image.get("path")
    source = bytes(content) if content is not None else path if isinstance(path, str) else None
    page, bbox, start = image.get("page"), image.get("bbox"), image.get("start")
    record = {
        "id": _text(image.get("id", "")),
        "page": None if page is None else int(page),
        "bbox": None if bbox is None else [float(side) for side in bbox],
        "start": None if start is None else offset + int(start),
        "cats": {_text(name): _cat(cat, source) for name, cat in (image.get("cats") or {}).items()},
    }
    return AnnotatedImage(record=record, source=source)


def _cat(cat: dict[str, Any], source: str | bytes | None) -> dict[str, Any]:
    """Return the record of a classification; every field is always there."""
    if "error" in cat:
        # The path on this machine adds nothing to the path of the document.
        error = str(cat["error"])
        error = error.removeprefix(source).lstrip(": ") if isinstance(source, str) else error
        return {"label": None, "kind": None, "score": None, "scores": {}, "in_domain": None, "error": _text(error)}
    return {
        "label": None if cat["label"] is None else _text(cat["label"]),
        "kind": None if cat.get("kind") is None else _text(cat["kind"]),
        "score": _number(cat["score"]),
        "scores": {_text(label): _number(score) for label, score in cat.get("scores", {}).items()},
        "in_domain": _number(cat.get("in_domain")),
        "error": None,
        **(_field(cat) if "text" in cat else {}),
    }


def _field(cat: dict[str, Any]) -> dict[str, Any]:
    """Return the record of the number that was read in an image."""
    return {
        "text": None if cat["text"] is None else _text(cat["text"]),
        "probability": _number(cat.get("probability")),
        "digits": [
            {
                "label": _text(digit["label"]),
                "probability": _number(digit["probability"]),
                "box": [_number(side) for side in digit["box"]],
            }
            for digit in cat.get("digits", [])
        ],
    }


def _text(value: Any) -> str:
    # A component may have written a string that UTF-8 cannot encode.
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")


def _number(value: Any) -> float | None:
    """Round a number; what JSON cannot write is None."""
    return round(float(value), 6) if value is not None and math.isfinite(value) else None
