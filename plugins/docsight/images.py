"""Turn images into the input of a network; the same in training and in the component."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from docsight.errors import ConfigError
from docsight.image_decoding import MAX_PIXELS, open_image
from docsight.ink import crop_square, edge_colour, find_ink_square
from docsight.lazy import lazy_names

# `docsight.images.digits` reads the number in an image. It needs a model, so it lives above this module.
__getattr__, __dir__ = lazy_names(__name__, {"digits": "docsight.number_fields"})

MAX_INPUT_SIDE = 1024
CHANNELS_OF_MODE = {"L": 1, "RGB": 3}
FITS = ("letterbox", "ink")


@dataclass(frozen=True, kw_only=True)
class ImageSettings:
    """The input that a model expects; in its `config.json` under "images".

    Args:
        size: The side of the network's square input, in pixels.
        mode: L (greyscale) or RGB.
        fit: letterbox (the whole image with its aspect ratio, padded with the colour of its edge) or ink (as letterbox,
            but where the ink is small, off centre or at the edges, it is centred and scaled as in MNIST).
        unframe: Whether images that are larger than the input are also read without the printed lines of a form (boxes,
            circles, combs, cell borders), if they have some; the reading with the higher abstention score counts.
        stretch: Whether ink is made light on dark, from 0 to 1, whatever the paper.
        mean: Subtracted from each channel, of values from 0 to 1.
        std: Divides each channel after that.

    Raises:
        ConfigError: A setting is invalid.
    """

    size: int
    mode: str = "RGB"
    fit: str = "letterbox"
    unframe: bool = False
    stretch: bool = False
    mean: tuple[float, ...] = (0.5,)
    std: tuple[float, ...] = (0.25,)

    def __post_init__(self) -> None:
        if type(self.size) is not int or not 8 <= self.size <= MAX_INPUT_SIDE:
            raise ConfigError(f"images.size: expected 8 to {MAX_INPUT_SIDE} pixels; found {self.size!r}.")
        if not isinstance(self.mode, str) or self.mode not in CHANNELS_OF_MODE:
            raise ConfigError(f"images.mode: expected one of {', '.join(CHANNELS_OF_MODE)}; found {self.mode!r}.")
        if self.fit not in FITS:
            raise ConfigError(f"images.fit: expected one of {', '.join(FITS)}; found {self.fit!r}.")
        for name, switch in (("unframe", self.unframe), ("stretch", self.stretch)):
            if type(switch) is not bool:
                raise ConfigError(f"images.{name}: expected true or false; found {switch!r}.")
        for name, min_value in (("mean", -100), ("std", 1e-4)):
            values = getattr(self, name)
            is_numbers = isinstance(values, tuple) and all(type(value) in (int, float) for value in values)
            # Written so that NaN, which JSON may hold, is out of bounds.
            if (
                not is_numbers
                or len(values) not in (1, self.channels)
                or not all(min_value <= value <= 100 for value in values)
            ):
                raise ConfigError(
                    f"images.{name}: expected one number or one for each of {self.channels} channels, from "
                    f"{min_value} to 100; found {values!r}."
                )

    @property
    def channels(self) -> int:
        return CHANNELS_OF_MODE[self.mode]

    @classmethod
    def from_config(cls, settings: Any) -> Self:
        """Make settings from their entry in a `config.json`; raises the errors of the class."""
        if not isinstance(settings, Mapping) or not set(settings) <= set(cls.__dataclass_fields__):
            raise ConfigError(f"images: expected {', '.join(cls.__dataclass_fields__)}; found {settings!r}.")
        if "size" not in settings:
            raise ConfigError("images.size is missing; expected the side of the images in pixels, such as 112.")
        values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in settings.items()}
        return cls(**values)

    def to_config(self) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def read_pixels(
    source: bytes | str | os.PathLike[str], settings: ImageSettings, *, max_pixels: int = MAX_PIXELS
) -> np.ndarray:
    """Decode an image for a model: uint8, (channels, size, size); raises the errors of `open_image`."""
    return to_pixels(open_image(source, max_pixels=max_pixels), settings)


def to_pixels(image: Image.Image, settings: ImageSettings) -> np.ndarray:
    """Fit an image of mode L or RGB into the square of a model: uint8, (channels, size, size)."""
    if image.mode != settings.mode:
        image = image.convert(settings.mode)
    size = settings.size
    if settings.fit == "ink" and (box := find_ink_square(image, size)) is not None:
        image = crop_square(image, box, size)
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
    """Turn pixels (batch, channels, size, size), uint8 or floats from 0 to 1, into the network's input, float32."""
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

    The paper is the median of the edge of the image. Ink is what differs from it, in the direction (lighter or darker)
    with the larger total difference.
    """
    edges = (values[:, :, 0], values[:, :, -1], values[:, :, 1:-1, 0], values[:, :, 1:-1, -1])
    paper = torch.cat(edges, dim=2).median(dim=2).values  # (batch, channels)
    contrast = values - paper[:, :, None, None]
    flat = contrast.flatten(2)  # (batch, channels, pixels)
    is_dark = flat.clamp(min=0).sum(dim=2) < (-flat).clamp(min=0).sum(dim=2)
    contrast = torch.where(is_dark[:, :, None, None], -contrast, contrast)
    # The 13th lightest pixel of 784, because the lightest may be noise.
    lightest = contrast.flatten(2).topk(max(1, contrast[0, 0].numel() // 60), dim=2).values[:, :, -1]
    return (contrast / lightest.clamp(min=0.08)[:, :, None, None]).clamp(-0.5, 1.25)
