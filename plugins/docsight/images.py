"""Decode pictures and make them what the network sees: the same in training and in the component."""

import io
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import IO, Any, Self

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from docsight.errors import ConfigError, DataError
from docsight.ink import cut_square, edge_colour, ink_square

MAX_PIXELS = 64_000_000  # of a picture that is decoded: a page of A4 at 600 dpi has 35 million
MAX_BYTES = 1 << 30  # of a file
MAX_SIZE = 1024

# Pillow reads many more; some of these run other programs (EPS), and few are tested as well.
FORMATS = ("PNG", "JPEG", "TIFF", "GIF", "WEBP", "BMP")
MODES = {"L": 1, "RGB": 3}
FITS = ("letterbox", "ink")

_OPAQUE_WHITE = 235
_STRIP = 256  # rows that are brought to 8 bits at once

_ORIENTATION = 0x0112  # EXIF's tag
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, kw_only=True)
class ImageSettings:
    """How a model wants its pictures; in its `config.json` under "images".

    Args:
        size: The side of the square that the network sees, in pixels.
        mode: L (grey) or RGB.
        fit: letterbox (the whole picture, its aspect kept, on the colour of its edge) or ink (as letterbox, but where
            the ink is small, off the middle or at the edges, it is put in the middle as MNIST has it).
        stretch: Whether the ink is made light on dark, from 0 to 1, whatever the paper.
        mean: Taken from each channel, of values from 0 to 1.
        std: What each channel is divided by after that.

    Raises:
        ConfigError: A setting cannot work.
    """

    size: int
    mode: str = "RGB"
    fit: str = "letterbox"
    stretch: bool = False
    mean: tuple[float, ...] = (0.5,)
    std: tuple[float, ...] = (0.25,)

    def __post_init__(self) -> None:
        if type(self.size) is not int or not 8 <= self.size <= MAX_SIZE:
            raise ConfigError(f"images.size: expected 8 to {MAX_SIZE} pixels; found {self.size!r}.")
        if not isinstance(self.mode, str) or self.mode not in MODES:
            raise ConfigError(f"images.mode: expected one of {', '.join(MODES)}; found {self.mode!r}.")
        if self.fit not in FITS:
            raise ConfigError(f"images.fit: expected one of {', '.join(FITS)}; found {self.fit!r}.")
        if type(self.stretch) is not bool:
            raise ConfigError(f"images.stretch: expected true or false; found {self.stretch!r}.")
        for name, values in (("mean", self.mean), ("std", self.std)):
            numbers = isinstance(values, tuple) and all(type(value) in (int, float) for value in values)
            least = 1e-4 if name == "std" else -100
            # Said so that NaN, which JSON may hold, is out of bounds.
            if (
                not numbers
                or len(values) not in (1, self.channels)
                or not all(least <= value <= 100 for value in values)
            ):
                raise ConfigError(
                    f"images.{name}: expected one number or one for each of {self.channels} channels, from {least} to "
                    f"100; found {values!r}."
                )

    @property
    def channels(self) -> int:
        """The number of channels."""
        return MODES[self.mode]

    @classmethod
    def from_config(cls, settings: Any) -> Self:
        """Make them from what a `config.json` holds.

        Raises:
            ConfigError: These are no settings.
        """
        if not isinstance(settings, Mapping) or not set(settings) <= set(cls.__dataclass_fields__):
            raise ConfigError(f"images: expected {', '.join(cls.__dataclass_fields__)}; found {settings!r}.")
        if "size" not in settings:
            raise ConfigError("images.size is missing.")
        values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in settings.items()}
        return cls(**values)

    def to_config(self) -> dict[str, Any]:
        """Return them as plain JSON."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def read_pixels(
    source: bytes | str | os.PathLike[str], settings: ImageSettings, *, max_pixels: int = MAX_PIXELS
) -> np.ndarray:
    """Decode a picture for a model: uint8, (channels, size, size); errors as `open_image`."""
    return to_pixels(open_image(source, max_pixels=max_pixels), settings)


def open_image(source: bytes | str | os.PathLike[str], *, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """Decode a picture: its first frame, turned as its EXIF data says, 8 bits, mode L or RGB.

    What is transparent becomes white, or black where all that is opaque is nearly white.

    Args:
        source: A file, or its bytes.
        max_pixels: The most pixels; a picture that claims more is not decoded.

    Raises:
        DataError: It cannot be read, is no picture, is damaged or too large.
    """
    where = f"picture of {len(source):,} bytes" if isinstance(source, bytes) else os.fspath(source)
    with io.BytesIO(source) if isinstance(source, bytes) else _open_file(where) as file:
        try:
            image = _identify(file)
            if image is None:
                raise DataError(
                    f"{where}: {'this is no picture' if file.seek(0, os.SEEK_END) else 'it is empty'}; expected a "
                    "PNG, JPEG, TIFF, GIF, WebP or BMP file."
                )
            width, height = image.size
            if width * height > max_pixels:
                raise DataError(
                    f"{where}: {width:,} x {height:,} pixels; expected at most {max_pixels:,} in all. Scale it "
                    "down, or raise max_pixels."
                )
            image.load()
            return _flatten(_turn(image))
        except DataError:
            raise
        except Image.DecompressionBombError as err:  # a frame or a tile larger than the picture, or a giant WebP
            raise DataError(f"{where} is too large: {err}") from err
        # Pillow's decoders raise what they stumble over: struct.error, zlib.error, SyntaxError, IndexError and more.
        except Exception as err:
            raise DataError(
                f"{where} cannot be decoded: {err or type(err).__name__}. It is damaged or incomplete."
            ) from err


def to_pixels(image: Image.Image, settings: ImageSettings) -> np.ndarray:
    """Fit a picture of mode L or RGB into the square of a model: uint8, (channels, size, size)."""
    if image.mode != settings.mode:
        image = image.convert(settings.mode)
    size = settings.size
    if settings.fit == "ink" and (box := ink_square(image, size)) is not None:
        image = cut_square(image, box, size)
    if image.size != (size, size):
        scale = size / max(image.size)
        width, height = (max(1, round(side * scale)) for side in image.size)
        image = image.resize((width, height), Image.Resampling.BILINEAR if scale < 1 else Image.Resampling.BICUBIC)
        if width != height:
            square = Image.new(image.mode, (size, size), edge_colour(image))
            square.paste(image, ((size - width) // 2, (size - height) // 2))
            image = square
    pixels = np.asarray(image)
    return pixels[None] if settings.channels == 1 else np.ascontiguousarray(pixels.transpose(2, 0, 1))


def normalise(pixels: Tensor, settings: ImageSettings) -> Tensor:
    """Make pixels the network's input.

    Args:
        pixels: (batch, channels, size, size), uint8, or floats from 0 to 1.
        settings: Those of the model.

    Returns:
        float32, of the same shape.
    """
    values = pixels.float() / 255 if pixels.dtype == torch.uint8 else pixels
    if settings.stretch:
        values = stretch(values)
    mean, std = (
        torch.tensor(numbers, dtype=torch.float32, device=values.device)[:, None, None]
        for numbers in (settings.mean, settings.std)
    )
    return (values - mean) / std


def stretch(values: Tensor) -> Tensor:
    """Make ink light on dark, the paper 0 and the ink 1, in (batch, channels, height, width) of floats.

    The paper is what the edge of the picture is, by its median; ink is what differs from it, to the side where there
    is more of that.
    """
    edges = (values[:, :, 0], values[:, :, -1], values[:, :, 1:-1, 0], values[:, :, 1:-1, -1])
    paper = torch.cat(edges, dim=2).median(dim=2).values  # (batch, channels)
    away = values - paper[:, :, None, None]
    flat = away.flatten(2)  # (batch, channels, pixels)
    turned = flat.clamp(min=0).sum(dim=2) < (-flat).clamp(min=0).sum(dim=2)
    away = torch.where(turned[:, :, None, None], -away, away)
    # Of the lightest pixels the 13th (of 784) and not the first, which noise would have.
    most = away.flatten(2).topk(max(1, away[0, 0].numel() // 60), dim=2).values[:, :, -1]
    return (away / most.clamp(min=0.08)[:, :, None, None]).clamp(-0.5, 1.25)


def _open_file(path: str) -> IO[bytes]:
    """Open a regular file: a device or a pipe might never end.

    Raises:
        DataError: It is none, cannot be read, or is too large.
    """
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise DataError(f"{path}: expected a file; this is {'a folder' if os.path.isdir(path) else 'none'}.")
        if status.st_size > MAX_BYTES:
            raise DataError(f"{path} has {status.st_size:,} bytes; expected at most {MAX_BYTES:,}. Scale it down.")
        return open(path, "rb")
    except OSError as err:
        raise DataError(f"{path} cannot be read: {err.strerror or err}.") from err
    except ValueError as err:
        if isinstance(err, DataError):
            raise
        raise DataError(f"{path!r} cannot be a path: {err}.") from err


def _identify(file: IO[bytes]) -> Image.Image | None:
    """Open a picture as `Image.open` does, None if it is none.

    Pillow's own limit of pixels is passed by: it and its warning belong to the whole process, and `max_pixels` counts.
    """
    Image.init()
    prefix = file.read(16)
    for name in FORMATS:
        factory, accept = Image.OPEN[name]
        if accept is not None and accept(prefix) is True:
            file.seek(0)
            return factory(file, "")
    return None


def _turn(image: Image.Image) -> Image.Image:
    """Turn a picture as its EXIF data says, and take it off its file."""
    try:
        turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - Pillow raises much over damaged EXIF data; the picture itself is none the worse
        turn = None
    return image.copy() if turn is None else image.transpose(turn)


def _flatten(image: Image.Image) -> Image.Image:
    """Return a picture as mode L or RGB."""
    if image.mode in ("L", "RGB"):
        if "transparency" not in image.info:
            return image
        image = image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    if image.mode.startswith("I") or image.mode == "F":
        return _eight_bits(image)
    if image.mode in ("P", "PA", "LA", "La", "RGBa"):
        image = image.convert("RGBA") if image.mode != "P" or "transparency" in image.info else image.convert("RGB")
    if image.mode != "RGBA":
        return image.convert("RGB")  # CMYK, YCbCr, LAB, HSV
    alpha = image.getchannel("A")
    colours = image.convert("RGB")
    if alpha.getextrema() == (255, 255):
        return colours
    opaque = np.asarray(colours)[np.asarray(alpha) > 127]
    is_white = opaque.size > 0 and opaque.min() >= _OPAQUE_WHITE
    paper = Image.new("RGB", image.size, "black" if is_white else "white")
    paper.paste(colours, mask=alpha)
    return paper


def _eight_bits(image: Image.Image) -> Image.Image:
    """Bring integers of more bits, and floats, to 8 bits."""
    values = np.asarray(image)
    finite = values[np.isfinite(values)] if image.mode == "F" else values
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    of_16_bits = image.mode.startswith("I;16") or (image.mode == "I" and low >= 0 and high <= 65535)
    least, most = low, high
    if of_16_bits:
        low, high = 0.0, 65535.0 if high > 255 else 255.0
    elif low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    elif low >= 0 and high <= 255:
        low, high = 0.0, 255.0
    eight = np.empty(values.shape, dtype=np.uint8)
    for top in range(0, len(values), _STRIP):
        strip = values[top : top + _STRIP].astype(np.float64)
        strip = np.nan_to_num(strip, nan=least, posinf=most, neginf=least)
        eight[top : top + _STRIP] = ((strip - low) / max(high - low, 1e-12) * 255).round()
    return Image.fromarray(eight)
