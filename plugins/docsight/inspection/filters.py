"""The 3x3 filters of the first layer before and after training."""

import numpy as np

from docsight.inspection.loading import InspectedModel
from docsight.networks.image_classifier import ImageClassifier


def filters_before_and_after(model: InspectedModel) -> tuple[np.ndarray, np.ndarray]:
    """Return the filters of the first layer before and after training.

    A model stores the seed of its initial weights, not the weights, so they are drawn again. If training started from
    the filters of another model (`model.init_from`), the filters before training are still those of the seed.

    Returns:
        Two arrays of float32, (filters, channels, 3, 3).
    """
    before = ImageClassifier(**model.arguments).first_conv.weight
    after = model.network.first_conv.weight
    return before.detach().numpy().copy(), after.detach().numpy().copy()
