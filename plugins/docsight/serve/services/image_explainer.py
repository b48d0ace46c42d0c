"""What an image classifier predicts for an image, and why, as plain data."""

import base64
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from docsight.errors import ConfigError, DataError
from docsight.inspection import (
    InspectedModel,
    classify,
    feature_maps,
    filters_before_and_after,
    grad_cam,
    layer_names,
    occlusion,
    pixel_values,
)

if TYPE_CHECKING:
    from spacy.language import Language

SHIPPED_IMAGE_MODELS = ("digits", "figures")
_EXPLAINED_DECIMALS = 4
# The side of the occlusion patch and its stride, as parts of the side of the image. Large images get a coarser map:
# with the default of `occlusion`, one of 160 pixels takes three seconds.
_COARSE_PATCH, _COARSE_STRIDE, _COARSE_SIDE = 5, 10, 64


def find_image_models(nlp: "Language") -> dict[str, InspectedModel]:
    """Load the shipped image models, and those of the image components of a pipeline under the components' names."""
    from docsight.components.cnn_imagecat import ImageCategorizer
    from docsight.inspection.loading import from_bundle, load

    models = {name: load(name) for name in SHIPPED_IMAGE_MODELS}
    for name, pipe in nlp.pipeline:
        if isinstance(pipe, ImageCategorizer) and name not in models and pipe.model_name not in models:
            models[name] = from_bundle(pipe.bundle, name)
    return models


class ImageExplainer:
    """Classifies images with some models. Any thread may call it."""

    def __init__(self, models: Mapping[str, InspectedModel]) -> None:
        self.models = models

    def __call__(
        self, content: bytes, *, model: str, explain: bool = False, label: str | None = None
    ) -> dict[str, Any]:
        """Classify an image.

        Args:
            content: The bytes of the image file.
            model: One of `models`.
            explain: Whether to add filters, feature maps and the pixels that decided.
            label: The label to explain; None for the most probable one.

        Raises:
            ConfigError: There is no such model or label.
            DataError: The image cannot be read.
        """
        if model not in self.models:
            raise ConfigError(f"unknown model {model!r}; expected one of {', '.join(self.models)}")
        if not content:
            raise DataError("the image is empty: it has no bytes")
        inspected = self.models[model]
        pixels = pixel_values(inspected, content)
        found = classify(inspected, pixels)
        if label is not None:
            inspected.index(label)  # raises
        return {
            "model": model,
            "size": inspected.settings.size,
            "channels": inspected.settings.channels,
            "label": found.label,
            "best": found.best,
            "score": found.scores[found.best],
            "scores": found.scores,
            "in_domain": found.in_domain,
            "threshold": found.threshold,
            "pixels": pixels.tolist(),
            "explanation": _explain(inspected, pixels, label or found.best) if explain else None,
        }


def _explain(model: InspectedModel, pixels: np.ndarray, label: str) -> dict[str, Any]:
    before, after = filters_before_and_after(model)
    size = model.settings.size
    is_large = size > _COARSE_SIDE
    losses = occlusion(
        model,
        pixels,
        label=label,
        patch=size // _COARSE_PATCH if is_large else None,
        stride=size // _COARSE_STRIDE if is_large else None,
    )
    return {
        "label": label,
        "filters": {"before": _rounded(before), "after": _rounded(after)},
        "feature_maps": [
            {"layer": layer, "maps": [_map_record(each) for each in maps]}
            for layer, maps in feature_maps(model, pixels, layers=layer_names(model)).items()
        ],
        "grad_cam": _rounded(grad_cam(model, pixels, label=label)),
        "occlusion": _rounded(losses),
    }


def _map_record(values: np.ndarray) -> dict[str, Any]:
    """Return a feature map, (height, width) of at least 0, as a greyscale PNG in which its maximum is white."""
    from PIL import Image

    top = float(values.max())
    grey = (values * (255 / top) if top > 0 else values * 0).clip(0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "PNG")
    png = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
    return {"height": values.shape[0], "width": values.shape[1], "max": round(top, _EXPLAINED_DECIMALS), "png": png}


def _rounded(values: np.ndarray) -> Any:
    return values.round(_EXPLAINED_DECIMALS).astype(float).tolist()
