"""Load an image classifier for inspection, and an image as the classifier reads it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from docsight.bundle import MODELS, Bundle, find_model, load_folder
from docsight.errors import BundleError, ConfigError, DataError
from docsight.images import ImageSettings, normalise, read_pixels
from docsight.networks.image_classifier import Decision, ImageClassifier

# A path, the bytes of a file, or pixels as `pixel_values` returns them.
ImageSource = bytes | str | os.PathLike[str] | np.ndarray

_NO_THRESHOLD = -1e20  # models without a threshold have -1e30


@dataclass(frozen=True, kw_only=True)
class InspectedModel:
    """A model loaded on the CPU in evaluation mode, with batch norm as separate layers, as in training.

    Args:
        name: The name of a shipped model; of any other, the name in its config.json.
        network: The network.
        arguments: The constructor arguments of the network.
        settings: How images are prepared.
        decision: How logits become a label.
    """

    name: str
    network: ImageClassifier
    arguments: Mapping[str, Any]
    settings: ImageSettings
    decision: Decision

    @property
    def labels(self) -> tuple[str, ...]:
        return self.network.labels

    def index(self, label: str) -> int:
        """Return the index of a label among the logits.

        Raises:
            ConfigError: The model does not have this label.
        """
        if label not in self.labels:
            raise ConfigError(
                f"label {label!r}: the model {self.name} has {', '.join(self.labels)}; pass one of these."
            )
        return self.labels.index(label)


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What a model predicts for an image.

    Args:
        best: The most probable label.
        scores: The probability of each label.
        in_domain: The abstention score: the higher, the more similar is the image to the training images.
        threshold: The minimum abstention score of an image that gets a label.
        temperature: The number by which the logits are divided, which calibrates the probabilities.
    """

    best: str
    scores: dict[str, float]
    in_domain: float
    threshold: float
    temperature: float

    @property
    def label(self) -> str | None:
        """The label that `cnn_imagecat` writes; None if the model abstains."""
        return self.best if self.in_domain >= self.threshold else None

    @property
    def has_threshold(self) -> bool:
        """Whether the model can abstain; without a threshold, it labels every image."""
        return self.threshold > _NO_THRESHOLD


def load(model: str | os.PathLike[str]) -> InspectedModel:
    """Load a shipped model by its name, or any model by its folder.

    Raises:
        BundleError: The model does not exist, is damaged or is not an image classifier.
    """
    folder = find_model(os.fspath(model))
    bundle = load_folder(folder, kind="image_classifier")
    # The config.json of a shipped model may have the name of the recipe, by which no user knows it.
    name = folder.name if folder.parent == MODELS else str(bundle.about.get("name") or folder.name)
    return from_bundle(bundle, name, where=str(folder))


def from_bundle(bundle: Bundle, name: str, *, where: str = "the model") -> InspectedModel:
    """Make a model of a bundle, whose network goes to the CPU; raises the errors of `load`."""
    try:
        settings = ImageSettings.from_config(bundle.about.get("images"))
        decision = Decision.from_config(bundle.about.get("decision", {}))
    except ConfigError as err:
        raise BundleError(f"{where}: the config.json of the model: {err} Export the model again.") from err
    network = cast(ImageClassifier, bundle.network)
    if network.channels != settings.channels:
        raise BundleError(
            f"{where}: the model reads {network.channels} channels, but its images have mode {settings.mode}; "
            "export the model again."
        )
    network.is_exact = True  # feature maps and gradients in float32
    return InspectedModel(
        name=name,
        network=network.cpu().eval().requires_grad_(False),
        arguments=bundle.arguments,
        settings=settings,
        decision=decision,
    )


def pixel_values(model: InspectedModel, image: ImageSource) -> np.ndarray:
    """Return an image at the size of the network's input: uint8, (channels, size, size), 0 is black and 255 is white.

    Raises:
        DataError: The image cannot be read, or it is an array of another shape or type.
    """
    if not isinstance(image, np.ndarray):
        return read_pixels(image, model.settings)
    expected = (model.settings.channels, model.settings.size, model.settings.size)
    if image.shape != expected or image.dtype != np.uint8:
        raise DataError(f"Expected pixels of uint8, {expected}; found {image.dtype}, {image.shape}.")
    return image


def network_input(model: InspectedModel, image: ImageSource) -> np.ndarray:
    """Return the input of the network: float32, (channels, size, size)."""
    return prepare(model, pixel_values(model, image)[None])[0].numpy()


def classify(model: InspectedModel, image: ImageSource) -> Prediction:
    """Predict the label of an image."""
    with torch.no_grad():
        output = model.network(prepare(model, pixel_values(model, image)[None]))
        probabilities = model.decision.probabilities(output.logits)[0].tolist()
        in_domain = float(model.decision.in_domain(output)[0])
    return Prediction(
        best=model.labels[probabilities.index(max(probabilities))],
        scores=dict(zip(model.labels, probabilities, strict=True)),
        in_domain=in_domain,
        threshold=model.decision.threshold,
        temperature=model.decision.temperature,
    )


def prepare(model: InspectedModel, pixels: np.ndarray) -> Tensor:
    """Normalise uint8 pixels, (batch, channels, size, size), to the network's input: float32, of the same shape."""
    return normalise(torch.from_numpy(np.array(pixels)), model.settings)
