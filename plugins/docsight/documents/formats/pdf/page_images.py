"""Extract the images of PDF pages, and render scanned pages as images."""

import ctypes
import io
from collections.abc import Callable, Iterable, Iterator
from ctypes import c_int, c_ulong, c_void_p
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

from docsight.documents.formats.content import Box, DocumentImage
from docsight.documents.formats.image_collector import ImageCollector
from docsight.documents.formats.pdf.fast_calls import address_of, fast_call
from docsight.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfBitmap, PdfImage, PdfObject, PdfPage

_MIN_EXTRACTED_SIDE = 16  # pixels: rules, dots and shadows are smaller
_MAX_EXTRACTED_PIXELS = 64_000_000
_MAX_IMAGE_STREAM = 1 << 28  # bytes of one image as it is stored
_MAX_OBJECTS_PER_PAGE = 100_000
_MAX_FORM_DEPTH = 14  # of forms in forms
_MAX_RENDERED_IMAGE_PIXELS = 600_000_000  # of all images on a rendered page; A0 at 600 dpi has 560 million
_RENDERED_DPI = 200
_MAX_RENDERED_SIDE = 4000  # pixels
_RENDERED_JPEG_QUALITY = 85

# The JPEG frame headers (SOF0 to SOF2) of Huffman-coded images; others are rare, such as arithmetic coding.
_FRAME_MARKERS = (0xC0, 0xC1, 0xC2)


@dataclass(frozen=True, kw_only=True)
class PageImage:
    """An image on a page.

    Args:
        object: The image in pdfium; valid while the page is open.
        size: Width and height in pixels.
        bbox: Left, top, right and bottom on the page, in points from its top left.
    """

    object: "PdfImage"
    size: tuple[int, int]
    bbox: Box

    @property
    def pixels(self) -> int:
        return self.size[0] * self.size[1]

    @property
    def area(self) -> float:  # in square points
        left, top, right, bottom = self.bbox
        return max(0.0, right - left) * max(0.0, bottom - top)


def find_images(page: "PdfPage") -> tuple[list[PageImage], bool]:
    """Find the images of a page, and also return whether the page has any content at all."""
    import pypdfium2.raw as c

    found = _images(page, None, budget=iter(range(_MAX_OBJECTS_PER_PAGE)))
    images = [PageImage(object=item, size=item.get_px_size(), bbox=_bbox(page, item)) for item in found]
    return images, c.FPDFPage_CountObjects(page) > 0


def _images(page: "PdfPage", form: "PdfObject | None", budget: Iterator[int], depth: int = 0) -> Iterator["PdfImage"]:
    """Yield the images among the objects of a page, or of a form on it, until the budget of objects is used up."""
    import pypdfium2 as pdfium
    import pypdfium2.raw as c

    if form is None:
        address, count = address_of(page.raw), c.FPDFPage_CountObjects(page)
        get_object = fast_call("FPDFPage_GetObject", c_void_p, c_void_p, c_int)
    else:
        address, count = address_of(form.raw), c.FPDFFormObj_CountObjects(form)
        get_object = fast_call("FPDFFormObj_GetObject", c_void_p, c_void_p, c_ulong)
    get_type = fast_call("FPDFPageObj_GetType", c_int, c_void_p)
    kinds = map(get_type, map(get_object, repeat(address), range(count)))
    for number, (kind, _) in enumerate(zip(kinds, budget, strict=False)):
        if kind in (c.FPDF_PAGEOBJ_IMAGE, c.FPDF_PAGEOBJ_FORM):
            raw = ctypes.cast(get_object(address, number), c.FPDF_PAGEOBJECT)
            item = pdfium.PdfObject(raw, page=page, pdf=page.pdf, container=form)
            if isinstance(item, pdfium.PdfImage):
                yield item
            elif depth < _MAX_FORM_DEPTH:
                yield from _images(page, item, budget, depth + 1)


def extract_image(image: PageImage, collector: ImageCollector, *, page: int) -> None:
    """Add an image to the collector unless it is tiny or was added before.

    Raises:
        DataError: It is too large.
        PdfiumError: It is damaged.
    """
    import pypdfium2.raw as c

    width, height = image.size
    if collector.is_full or min(width, height) < _MIN_EXTRACTED_SIDE:
        return
    stored_bytes = c.FPDFImageObj_GetImageDataRaw(image.object, None, 0)
    if image.pixels > _MAX_EXTRACTED_PIXELS or stored_bytes > _MAX_IMAGE_STREAM:
        raise DataError(f"an image of {width:,} x {height:,} pixels is too large")
    raw = bytes(image.object.get_data())
    if not collector.is_new(raw, width, height):
        return
    data = raw if _is_plain_jpeg(image.object, raw) else _encode_png(image)
    collector.add(DocumentImage(data=data, page=page, bbox=image.bbox))


def render_page(page: "PdfPage", images: Iterable[PageImage]) -> "Image":
    """Render a page with its images, in greyscale if it has no colours.

    Raises:
        DataError: It cannot be rendered at this size, or with images of this size.
        PdfiumError: It is damaged.
    """
    if sum(image.pixels for image in images) > _MAX_RENDERED_IMAGE_PIXELS:
        raise DataError(f"the page has images of more than {_MAX_RENDERED_IMAGE_PIXELS:,} pixels")
    width, height = page.get_size()
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise DataError(f"has an impossible size, {width:g} x {height:g} points")
    scale = min(_RENDERED_DPI / 72, _MAX_RENDERED_SIDE / max(width, height))
    if min(width, height) * scale < 1:
        raise DataError(f"has an impossible shape, {width:g} x {height:g} points")
    image = _to_pil(page.render(scale=scale))
    return _without_unused_channels(image if image.mode == "RGB" else image.convert("RGB"))


def encode_jpeg(image: "Image") -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_RENDERED_JPEG_QUALITY)
    return file.getvalue()


def _encode_png(image: PageImage) -> bytes:
    """Encode an image as the page shows it, or as it is stored if rendering it would take too much memory."""
    from PIL.Image import Dither

    left, top, right, bottom = image.bbox
    width, height = image.size
    distortion = (right - left) / max(bottom - top, 1e-6) / (width / height)
    # Rendering applies masks and rotation. But a strongly distorted image would be rendered at a giant size.
    is_rendered = 0.5 < distortion < 2 and min(right - left, bottom - top) > 1
    file = io.BytesIO()
    pixels = _without_unused_channels(_to_pil(image.object.get_bitmap(render=is_rendered)))
    if pixels.mode == "L" and {level for _, level in pixels.getcolors(2) or [(0, None)]} <= {0, 255}:
        pixels = pixels.convert("1", dither=Dither.NONE)
    pixels.save(file, "PNG", compress_level=3)
    return file.getvalue()


def _without_unused_channels(image: "Image") -> "Image":
    """Return an image without its alpha channel if it is opaque, and in greyscale if it has no colours."""
    if image.mode == "RGBX" or (image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255)):
        image = image.convert("RGB")
    if image.mode != "RGB":
        return image
    red, green, blue = image.split()
    return red if red.tobytes() == green.tobytes() == blue.tobytes() else image


def _to_pil(bitmap: "PdfBitmap") -> "Image":
    """Copy a bitmap to an image with its own memory, and close the bitmap."""
    try:
        image: Image = bitmap.to_pil()
        if image.mode == bitmap.mode:  # it may share the bitmap's memory; another order of colours is a copy
            image = image.copy()
    finally:
        bitmap.warn_on_close = False  # the warning is about images that share the bitmap's memory; this one does not
        bitmap.close()
    return image


def _is_plain_jpeg(image: "PdfImage", raw: bytes) -> bool:
    """Return whether a stream is a JPEG file in grey or RGB; CMYK needs the colour space that the PDF specifies."""
    if image.get_filters() != ["DCTDecode"] or not raw.startswith(b"\xff\xd8\xff"):
        return False
    offset = 2
    while offset + 10 <= len(raw) and raw[offset] == 0xFF:
        if raw[offset + 1] in _FRAME_MARKERS:
            return raw[offset + 9] in (1, 3)
        offset += 2 + int.from_bytes(raw[offset + 2 : offset + 4])
    return False


def _bbox(page: "PdfPage", item: "PdfObject") -> Box:
    """Return the bounding box of an object in points from the top left of the page as it is shown."""
    left, bottom, right, top = item.get_bounds()
    corners = [(x, y) for x in (left, right) for y in (bottom, top)]
    # Objects in a form have coordinates in the system of that form.
    form = item.container
    while form is not None:
        matrix = form.get_matrix()
        corners = [matrix.on_point(x, y) for x, y in corners]
        form = form.container
    xs, ys = zip(*corners, strict=True)
    return box_converter(page)((min(xs), max(ys), max(xs), min(ys)))


def box_converter(page: "PdfPage") -> Callable[[Box], Box]:
    """Return a function from left, top, right and bottom in pdfium's coordinates to a place on the page as it is shown.

    pdfium's y grows upwards; the result is in points from the top left corner of the page.
    """
    left, bottom, right, top = page.get_bbox()
    convert: Callable[[float, float, float, float], Box] = {
        0: lambda x1, y1, x2, y2: (x1 - left, top - y1, x2 - left, top - y2),
        90: lambda x1, y1, x2, y2: (y2 - bottom, x1 - left, y1 - bottom, x2 - left),
        180: lambda x1, y1, x2, y2: (right - x2, y2 - bottom, right - x1, y1 - bottom),
        270: lambda x1, y1, x2, y2: (top - y1, right - x2, top - y2, right - x1),
    }[page.get_rotation()]

    def to_shown(box: Box) -> Box:
        x1, y1, x2, y2 = convert(*box)
        return round(x1, 2), round(y1, 2), round(x2, 2), round(y2, 2)

    return to_shown
