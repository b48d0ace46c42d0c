"""Small pictures that a page holds within itself."""

import base64
import io

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
