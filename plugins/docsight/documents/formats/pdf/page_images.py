"""Take the pictures from the pages of a PDF, and draw pages that are pictures themselves."""

import io
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docsight.documents.formats.content import DocumentImage
from docsight.documents.formats.image_collector import ImageCollector
from docsight.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfBitmap, PdfImage, PdfObject, PdfPage

MIN_SIDE = 16  # pixels: rules, dots and shadows are smaller
MAX_PIXELS = 64_000_000  # of a picture that is taken
MAX_PIXELS_DRAWN = 600_000_000  # of one on a page that is drawn; A0 at 600 dpi has 560 million

_MAX_OBJECTS = 100_000  # on one page
_MAX_STREAM = 1 << 28  # bytes of one picture as it is stored
_DPI = 200
_MAX_SIDE = 4000  # pixels of a page that is drawn
_QUALITY = 85  # of its JPEG

# The letters of a JPEG's frame headers: those with a Huffman table, arithmetic coding and so on left out.
_FRAMES = (0xC0, 0xC1, 0xC2)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A picture on a page.

    Args:
        object: What pdfium has of it, while the page is open.
        size: Width and height in pixels.
        bbox: Left, top, right, bottom on the page, in points from its top left.
    """

    object: "PdfImage"
    size: tuple[int, int]
    bbox: tuple[float, float, float, float]

    @property
    def pixels(self) -> int:
        """The number of its pixels."""
        return self.size[0] * self.size[1]

    @property
    def area(self) -> float:
        """What it covers of the page, in square points."""
        left, top, right, bottom = self.bbox
        return max(0.0, right - left) * max(0.0, bottom - top)


def find(page: "PdfPage") -> tuple[list[Found], bool]:
    """Find the pictures of a page, and whether anything is drawn on it at all."""
    import pypdfium2 as pdfium

    found: list[Found] = []
    is_drawn_on = False
    for one in itertools.islice(page.get_objects(), _MAX_OBJECTS):
        is_drawn_on = True
        if isinstance(one, pdfium.PdfImage):
            found.append(Found(object=one, size=one.get_px_size(), bbox=_place(page, one)))
    return found, is_drawn_on


def take(found: Found, album: ImageCollector, *, page: int, start: int) -> None:
    """Put a picture into the album unless it is tiny or was there before.

    Raises:
        DataError: It is too large.
        PdfiumError: It is damaged.
    """
    import pypdfium2.raw as c

    width, height = found.size
    if album.is_full or min(width, height) < MIN_SIDE:
        return
    if found.pixels > MAX_PIXELS or c.FPDFImageObj_GetImageDataRaw(found.object, None, 0) > _MAX_STREAM:
        raise DataError(f"a picture of {width:,} x {height:,} pixels is too large")
    raw = bytes(found.object.get_data())
    if not album.is_new(raw, width, height):
        return
    data = raw if _is_plain_jpeg(found.object, raw) else _encode(found)
    album.add(DocumentImage(data=data, page=page, bbox=found.bbox, start=start))


def draw(page: "PdfPage") -> "Image":
    """Draw a page, in grey where it has no colours.

    Raises:
        DataError: It has no size that can be drawn.
        PdfiumError: It is damaged.
    """
    width, height = page.get_size()
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise DataError(f"has an impossible size, {width:g} x {height:g} points")
    scale = min(_DPI / 72, _MAX_SIDE / max(width, height))
    if min(width, height) * scale < 1:
        raise DataError(f"has an impossible shape, {width:g} x {height:g} points")
    image = _copy(page.render(scale=scale)).convert("RGB")
    red, green, blue = image.split()
    return red if red.tobytes() == green.tobytes() == blue.tobytes() else image


def as_jpeg(image: "Image") -> bytes:
    """Make a file of a page that was drawn."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()


def _encode(found: Found) -> bytes:
    """Make a PNG of a picture as the page shows it, or as it is stored where that would take too much."""
    left, top, right, bottom = found.bbox
    width, height = found.size
    shown = (right - left) / max(bottom - top, 1e-6) / (width / height)
    # Drawn, a mask counts and it stands upright; but a picture that is squeezed would be drawn at a giant size.
    is_drawn = 0.5 < shown < 2 and min(right - left, bottom - top) > 1
    file = io.BytesIO()
    _copy(found.object.get_bitmap(render=is_drawn)).save(file, "PNG", compress_level=3)
    return file.getvalue()


def _copy(bitmap: "PdfBitmap") -> "Image":
    """Make a picture of a bitmap that has its own memory, and close the bitmap."""
    try:
        return bitmap.to_pil().copy()
    finally:
        bitmap.warn_on_close = False  # it does so as pictures may share its memory; this one does not
        bitmap.close()


def _is_plain_jpeg(one: "PdfImage", raw: bytes) -> bool:
    """Tell whether the stream is a JPEG file of grey or RGB: those of four colours need what the PDF knows of them."""
    if one.get_filters() != ["DCTDecode"] or not raw.startswith(b"\xff\xd8\xff"):
        return False
    at = 2
    while at + 10 <= len(raw) and raw[at] == 0xFF:
        if raw[at + 1] in _FRAMES:
            return raw[at + 9] in (1, 3)
        at += 2 + int.from_bytes(raw[at + 2 : at + 4])
    return False


def _place(page: "PdfPage", one: "PdfObject") -> tuple[float, float, float, float]:
    """Find where an object stands, in points from the top left of the page as it is shown."""
    left, bottom, right, top = one.get_bounds()
    corners = [(x, y) for x in (left, right) for y in (bottom, top)]
    # What is nested in a form has its place in the form's own coordinates.
    around = one.container
    while around is not None:
        matrix = around.get_matrix()
        corners = [matrix.on_point(x, y) for x, y in corners]
        around = around.container
    left, bottom, right, top = page.get_bbox()
    turned = {
        0: lambda x, y: (x - left, top - y),
        90: lambda x, y: (y - bottom, x - left),
        180: lambda x, y: (right - x, y - bottom),
        270: lambda x, y: (top - y, right - x),
    }[page.get_rotation()]
    places = [turned(x, y) for x, y in corners]
    xs, ys = zip(*places, strict=True)
    return round(min(xs), 2), round(min(ys), 2), round(max(xs), 2), round(max(ys), 2)
