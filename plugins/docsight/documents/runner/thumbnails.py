"""Thumbnails, small enough to stand inside the report as data URIs."""

import base64
import io
from collections import Counter
from collections.abc import Iterable

from docsight.documents.runner.image_records import AnnotatedImage
from docsight.errors import DocsightError

THUMBNAIL_SIDE = 112  # pixels
MAX_THUMBNAIL_BYTES = 8_192  # as JPEG; base64 in the report takes a third more

_MAX_SOURCE_PIXELS = 32_000_000  # a larger image takes seconds to decode, too long for a preview
_JPEG_QUALITIES = (82, 60, 35, 10)


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
    """Makes thumbnails of the first images of each kind. The limits are for one worker, which sees a part of a run."""

    def __init__(self, *, max_per_kind: int = 24, max_total: int = 120) -> None:
        self._remaining = max_total
        self._max_per_kind = max_per_kind
        self._kinds: Counter[tuple[str | None, ...]] = Counter()

    def make(self, images: Iterable[AnnotatedImage]) -> dict[str, str]:
        """Return thumbnails by image id, for those images that the report may show."""
        made = {}
        for image in images:
            kind = tuple(cat.get("label") for cat in image.cats.values())
            if image.source is None or self._remaining <= 0 or self._kinds[kind] >= self._max_per_kind:
                continue
            self._kinds[kind] += 1
            if (uri := thumbnail(image.source)) is not None:
                self._remaining -= 1
                made[image.record["id"]] = uri
        return made
