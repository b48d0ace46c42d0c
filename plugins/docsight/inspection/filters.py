"""The 3x3 filters of the first layer: as they began, and as training left them."""

import numpy as np

from docsight.inspection.loading import Inspected
from docsight.networks.image_classifier import ImageClassifier


def filters_before_and_after(model: Inspected) -> tuple[np.ndarray, np.ndarray]:
    """Return the filters that see the picture itself, before and after training.

    A model keeps the seed of its weights, not the weights it began with: they are drawn anew. Of a model that was
    started from another one's filters (`model.init_from`) these are what the seed alone would have given.

    Returns:
        Two arrays of float32, (filters, channels, 3, 3).
    """
    before = ImageClassifier(**model.arguments).first_conv.weight
    after = model.network.first_conv.weight
    return before.detach().numpy().copy(), after.detach().numpy().copy()
