"""`docsight.images.digits`: read the number in one image."""

import copy
import os
from functools import lru_cache
from pathlib import Path
from typing import cast

import torch
from PIL import Image

from docsight.bundle import find_model, load_folder
from docsight.errors import BundleError, ConfigError
from docsight.image_decoding import MAX_PIXELS, open_image
from docsight.images import ImageSettings
from docsight.networks.image_classifier import Decision, ImageClassifier
from docsight.number_fields.field_reader import DIGITS, MIN_PROBABILITY, NumberReader, NumberReading

_MAX_MODELS = 4  # kept in memory


def digits(
    image: bytes | str | os.PathLike[str] | Image.Image,
    *,
    model: str = "digits",
    min_probability: float = MIN_PROBABILITY,
    max_pixels: int = MAX_PIXELS,
) -> NumberReading:
    """Read the number in an image: digits in a row, in the boxes or the comb of a form, on a line, or on plain paper.

    Args:
        image: The path or the bytes of an image, or one that Pillow has opened.
        model: A shipped model, or a model folder; its labels are the digits 0 to 9.
        min_probability: Numbers with a lower probability are refused: their `text` is None.
        max_pixels: An image with more pixels is not decoded.

    Raises:
        ConfigError: `min_probability` is not from 0 to 1.
        BundleError: The model is missing or damaged, or its labels are no digits.
        DataError: The image cannot be read.
    """
    check_min_probability(min_probability, "min_probability")
    opened = image if isinstance(image, Image.Image) else open_image(image, max_pixels=max_pixels)
    grey = opened if opened.mode in ("L", "RGB") else opened.convert("RGB")
    return load_reader(model, min_probability=min_probability).read(grey)


def load_reader(model: str, *, min_probability: float = MIN_PROBABILITY) -> NumberReader:
    """Load the reader of a model of digits; raises a `BundleError` as `digits` does. The model is loaded once."""
    network, images, decision = _load(find_model(model))
    return NumberReader(network, network.labels, images, decision, min_probability=min_probability)


def check_min_probability(value: float, name: str) -> None:
    """Raise a `ConfigError` about the setting `name` unless `value` is a probability."""
    if not 0 <= value <= 1:
        raise ConfigError(f"{name}={value}; expected a probability from 0 to 1.")


def check_digit_labels(labels: tuple[str, ...], name: str) -> None:
    """Raise a `BundleError` about the model `name` unless its labels are the ten digits."""
    if sorted(labels) != list(DIGITS):
        raise BundleError(
            f"{name}: expected a model with the labels 0 to 9, such as digits, to read numbers; found "
            f"{', '.join(labels[:12])}."
        )


@lru_cache(maxsize=_MAX_MODELS)
def _load(folder: Path) -> tuple[ImageClassifier, ImageSettings, Decision]:
    loaded = load_folder(folder, kind="image_classifier")
    network = copy.deepcopy(cast(ImageClassifier, loaded.network)).eval().fold()
    check_digit_labels(network.labels, str(folder))
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's stubs
    try:
        images = ImageSettings.from_config(loaded.about.get("images"))
        return network, images, Decision.from_config(loaded.about.get("decision"))
    except ConfigError as err:
        raise BundleError(f"the config.json of {folder}: {err} Export the model again.") from err
