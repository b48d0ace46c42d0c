"""Decode images from untrusted files: the first frame, upright, 8 bits, greyscale or RGB. Needs no torch."""

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import numpy as np
from PIL import Image

from docsight.errors import DataError

MAX_PIXELS = 64_000_000  # of an image that is decoded; a page of A4 at 600 dpi has 35 million
MAX_IMAGE_BYTES = 1 << 30  # of an image file

# Pillow reads many more formats. Some of them run other programs (EPS), and few are tested as well as these.
IMAGE_FORMATS = ("PNG", "JPEG", "TIFF", "GIF", "WEBP", "BMP")

_MIN_WHITE = 235  # where all opaque pixels are at least this bright, transparent ones become black
_ROWS_AT_ONCE = 256  # rows that are converted to 8 bits together

_NEW_SUBFILE_TYPE = 254  # a tag of TIFF
_COPY_OR_MASK = 1 | 4  # bits of its value
_EXIF_ORIENTATION = 0x0112  # the tag
_TRANSPOSE_BY_ORIENTATION = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def open_image(source: bytes | str | os.PathLike[str], *, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """Decode an image: its first frame, rotated as its EXIF data says, 8 bits, mode L or RGB.

    Transparent pixels become white, or black where all opaque pixels are nearly white.

    Raises:
        DataError: It cannot be read, is not an image, is damaged, or has more than `max_pixels`.
    """
    where = _where(source)
    with _open(source) as file, _decoding_errors(where):
        return _decode(_identified(file, where), where, max_pixels)


def open_pages(
    source: bytes | str | os.PathLike[str], *, max_pages: int, max_pixels: int = MAX_PIXELS
) -> Iterator[Image.Image | DataError]:
    """Yield the pages of a TIFF file, decoded as `open_image` does; smaller copies of pages and masks are left out.

    A page that cannot be decoded is its error. Decoding stops after `max_pages`.

    Raises:
        DataError: The file cannot be read, or its list of pages is damaged.
    """
    where = _where(source)
    with _open(source) as file:
        with _decoding_errors(where):
            image = _identified(file, where)
        for number in range(max_pages):
            try:
                with _decoding_errors(where):
                    image.seek(number)
                    is_page = not _subfile_kind(image) & _COPY_OR_MASK
            except DataError as err:
                if isinstance(err.__cause__, EOFError):  # there are no more
                    return
                raise
            if is_page:
                yield _page(image, f"page {number + 1} of {where}", max_pixels)


def _where(source: bytes | str | os.PathLike[str]) -> str:
    return f"image of {len(source):,} bytes" if isinstance(source, bytes) else os.fspath(source)


def _open(source: bytes | str | os.PathLike[str]) -> IO[bytes]:
    return io.BytesIO(source) if isinstance(source, bytes) else _open_file(os.fspath(source))


def _subfile_kind(image: Image.Image) -> int:
    """Return what a page of a TIFF file is, as a set of bits."""
    kind = getattr(image, "tag_v2", {}).get(_NEW_SUBFILE_TYPE, 0)
    return kind if isinstance(kind, int) else 0


def _page(image: Image.Image, where: str, max_pixels: int) -> Image.Image | DataError:
    try:
        with _decoding_errors(where):
            return _decode(image, where, max_pixels)
    except DataError as err:
        return err


@contextmanager
def _decoding_errors(where: str) -> Iterator[None]:
    """Turn the exceptions of Pillow's decoders into `DataError`."""
    try:
        yield
    except DataError:
        raise
    except Image.DecompressionBombError as err:  # a frame or a tile larger than the image, or a giant WebP
        raise DataError(f"{where} is too large: {err}") from err
    # They raise many other exceptions: struct.error, zlib.error, SyntaxError, IndexError and more.
    except Exception as err:
        raise DataError(
            f"{where} cannot be decoded: {err or type(err).__name__}. It is damaged or incomplete."
        ) from err


def _identified(file: IO[bytes], where: str) -> Image.Image:
    image = _identify(file)
    if image is None:
        problem = "this is not an image" if file.seek(0, os.SEEK_END) else "it is empty"
        raise DataError(f"{where}: {problem}; expected a PNG, JPEG, TIFF, GIF, WebP or BMP file.")
    return image


def _decode(image: Image.Image, where: str, max_pixels: int) -> Image.Image:
    width, height = image.size
    if width * height > max_pixels:
        raise DataError(
            f"{where}: {width:,} x {height:,} pixels; expected at most {max_pixels:,} in all. Scale it "
            "down, or raise max_pixels."
        )
    image.load()
    return _flatten(_rotate(image))


def _open_file(path: str) -> IO[bytes]:
    """Open a regular file; reading from a device or a pipe might never end."""
    try:
        status = os.stat(path)
        if stat.S_ISREG(status.st_mode) and status.st_size <= MAX_IMAGE_BYTES:
            return open(path, "rb")
    except OSError as err:
        raise DataError(f"{path} cannot be read: {err.strerror or err}.") from err
    except ValueError as err:
        raise DataError(f"{path!r} cannot be a path: {err}.") from err
    if stat.S_ISREG(status.st_mode):
        raise DataError(f"{path} has {status.st_size:,} bytes; expected at most {MAX_IMAGE_BYTES:,}. Scale it down.")
    kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a device, a pipe or a socket"
    raise DataError(f"{path}: expected a file; this is {kind}.")


def _identify(file: IO[bytes]) -> Image.Image | None:
    """Open an image like `Image.open`, but return None if it is not an image.

    This bypasses Pillow's own pixel limit, which is global to the process, as is its warning; `max_pixels` replaces it.
    """
    Image.init()
    prefix = file.read(16)
    for name in IMAGE_FORMATS:
        factory, accept = Image.OPEN[name]
        if accept is not None and accept(prefix) is True:
            file.seek(0)
            return factory(file, "")
    return None


def _rotate(image: Image.Image) -> Image.Image:
    """Rotate an image as its EXIF data says, and detach it from its file."""
    try:
        transpose = _TRANSPOSE_BY_ORIENTATION.get(image.getexif().get(_EXIF_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - Pillow raises many errors on damaged EXIF data; the image itself is intact
        transpose = None
    return image.copy() if transpose is None else image.transpose(transpose)


def _flatten(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        return _eight_bits(image)
    has_transparent_colour = image.mode in ("L", "RGB", "P") and "transparency" in image.info
    if not has_transparent_colour and image.mode not in ("RGBA", "PA", "LA", "La", "RGBa"):
        return image if image.mode in ("L", "RGB") else image.convert("L" if image.mode == "1" else "RGB")
    image = image.convert("RGBA")
    alpha = image.getchannel("A")
    colours = image.convert("RGB")
    if alpha.getextrema() == (255, 255):
        return colours
    opaque = np.asarray(colours)[np.asarray(alpha) > 127]
    is_white = opaque.size > 0 and opaque.min() >= _MIN_WHITE
    paper = Image.new("RGB", image.size, "black" if is_white else "white")
    paper.paste(colours, mask=alpha)
    return paper


def _eight_bits(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    finite = values[np.isfinite(values)] if image.mode == "F" else values
    min_value, max_value = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    has_16_bits = image.mode.startswith("I;16") or (image.mode == "I" and min_value >= 0 and max_value <= 65535)
    low, high = min_value, max_value
    if has_16_bits:
        low, high = 0.0, 65535.0 if max_value > 255 else 255.0
    elif min_value >= 0 and max_value <= 255:
        low, high = 0.0, 1.0 if max_value <= 1 else 255.0
    eight = np.empty(values.shape, dtype=np.uint8)
    for top in range(0, len(values), _ROWS_AT_ONCE):
        strip = values[top : top + _ROWS_AT_ONCE].astype(np.float64)
        strip = np.nan_to_num(strip, nan=min_value, posinf=max_value, neginf=min_value)
        eight[top : top + _ROWS_AT_ONCE] = ((strip - low) / max(high - low, 1e-12) * 255).round()
    return Image.fromarray(eight)
