"""A picture classifier opened to be looked into, and a picture as it sees it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from docsight.bundle import find_model, load_folder
from docsight.errors import BundleError, ConfigError, DataError
from docsight.images import ImageSettings, normalise, read_pixels
from docsight.networks.decision import Decision
from docsight.networks.image_classifier import ImageClassifier

# A file, its bytes, or the pixels that `pixel_values` made of it.
Picture = bytes | str | os.PathLike[str] | np.ndarray


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """A model, ready to be looked into: on the CPU, for reading alone, with batch norm where training had it.

    Args:
        name: What it calls itself.
        network: Its network.
        arguments: What the network was built with.
        settings: How it wants its pictures.
        decision: What it makes of the logits.
    """

    name: str
    network: ImageClassifier
    arguments: Mapping[str, Any]
    settings: ImageSettings
    decision: Decision

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes."""
        return self.network.labels

    def index(self, label: str) -> int:
        """Return the place of a label among the logits.

        Raises:
            ConfigError: The model has no such label.
        """
        if label not in self.labels:
            raise ConfigError(
                f"label {label!r}: the model {self.name} has {', '.join(self.labels)}; pass one of these."
            )
        return self.labels.index(label)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a model says of a picture.

    Args:
        best: The most probable label.
        scores: The probability of each label.
        in_domain: The abstention score; higher is more like what the model learned from.
        threshold: The least abstention score at which the label is given.
        temperature: What the logits were divided by.
    """

    best: str
    scores: dict[str, float]
    in_domain: float
    threshold: float
    temperature: float

    @property
    def label(self) -> str | None:
        """The label that `cnn_imagecat` writes: None where the model abstains."""
        return self.best if self.in_domain >= self.threshold else None


def load(model: str | os.PathLike[str]) -> Inspected:
    """Open a model: a shipped one by its name, or any by its folder.

    Raises:
        BundleError: There is no such model, it is damaged, or no picture classifier.
    """
    folder = find_model(os.fspath(model))
    bundle = load_folder(folder, kind="image_classifier")
    try:
        settings = ImageSettings.from_config(bundle.about.get("images"))
        decision = Decision.from_config(bundle.about.get("decision", {}))
    except ConfigError as err:
        raise BundleError(f"{folder}: the config.json of the model: {err} Export the model again.") from err
    network = cast(ImageClassifier, bundle.network)
    if network.channels != settings.channels:
        raise BundleError(
            f"{folder}: the model reads {network.channels} channels, but its pictures have mode {settings.mode}; "
            "export the model again."
        )
    return Inspected(
        name=str(bundle.about.get("name") or folder.name),
        network=network.eval().requires_grad_(False),
        arguments=bundle.arguments,
        settings=settings,
        decision=decision,
    )


def pixel_values(model: Inspected, picture: Picture) -> np.ndarray:
    """Return a picture as the model gets it: uint8, (channels, size, size), 0 black and 255 white.

    Raises:
        DataError: It cannot be read, or is an array of another shape or type.
    """
    if not isinstance(picture, np.ndarray):
        return read_pixels(picture, model.settings)
    expected = (model.settings.channels, model.settings.size, model.settings.size)
    if picture.shape != expected or picture.dtype != np.uint8:
        raise DataError(f"Expected pixels of uint8, {expected}; found {picture.dtype}, {picture.shape}.")
    return picture


def network_input(model: Inspected, picture: Picture) -> np.ndarray:
    """Return the numbers that the first filters read: float32, (channels, size, size)."""
    return prepare(model, pixel_values(model, picture)[None])[0].numpy()


def classify(model: Inspected, picture: Picture) -> Verdict:
    """Tell what the model makes of a picture."""
    with torch.no_grad():
        reading = model.network(prepare(model, pixel_values(model, picture)[None]))
        shares = model.decision.probabilities(reading.logits)[0].tolist()
        in_domain = float(model.decision.in_domain(reading)[0])
    return Verdict(
        best=model.labels[shares.index(max(shares))],
        scores=dict(zip(model.labels, shares, strict=True)),
        in_domain=in_domain,
        threshold=model.decision.threshold,
        temperature=model.decision.temperature,
    )


def prepare(model: Inspected, pixels: np.ndarray) -> Tensor:
    """Make uint8 pixels, (batch, channels, size, size), the network's input: float32, of the same shape."""
    return normalise(torch.from_numpy(np.array(pixels)), model.settings)
