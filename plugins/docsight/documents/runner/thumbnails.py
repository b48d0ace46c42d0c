"""Small pictures that a page holds within itself."""

import base64
import io
from collections import Counter
from collections.abc import Iterable

from docsight.documents.runner.image_records import SeenImage
from docsight.errors import DocsightError

SIDE = 112  # pixels
MAX_BYTES = 8_192  # of one, as JPEG; in the page it takes a third more
MAX_PIXELS = 32_000_000  # of the picture: a larger one takes seconds to decode, and is only to be looked at

_QUALITIES = (82, 60, 35, 10)


def thumbnail(source: str | bytes) -> str | None:
    """Make a picture small, as a data: URI; None where it cannot be read, or is too large for this."""
    from docsight.images import open_image

    try:
        image = open_image(source, max_pixels=MAX_PIXELS)
    except DocsightError:
        return None
    image.thumbnail((SIDE, SIDE))
    image.info.clear()  # nothing of the file but its pixels goes into the page
    for quality in _QUALITIES:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality, optimize=True)
        if buffer.tell() <= MAX_BYTES:
            return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
    return None


class Thumbnails:
    """Makes thumbnails of the first pictures of each kind, as many as a worker, which sees a part of a run, may."""

    def __init__(self, *, of_a_kind: int = 24, in_all: int = 120) -> None:
        self._left = in_all
        self._of_a_kind = of_a_kind
        self._kinds: Counter[tuple[str | None, ...]] = Counter()

    def make(self, images: Iterable[SeenImage]) -> dict[str, str]:
        """Return thumbnails by the id of the picture, of those that are worth one."""
        made = {}
        for image in images:
            kind = tuple(cat.get("label") for cat in image.cats.values())
            if image.source is None or self._left <= 0 or self._kinds[kind] >= self._of_a_kind:
                continue
            self._kinds[kind] += 1
            if (uri := thumbnail(image.source)) is not None:
                self._left -= 1
                made[image.record["id"]] = uri
        return made
