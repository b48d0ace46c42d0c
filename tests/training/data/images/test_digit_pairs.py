"""Pairs of digits that are no digit, and images that are fitted once more."""

import numpy as np
import pytest
import torch

from docsight.images import ImageSettings
from docsight_training.data.images.dataset import OTHER, LabeledImages
from docsight_training.data.images.digit_pairs import draw_pairs
from docsight_training.data.images.image_data import ImageData
from docsight_training.data.images.image_reading import fit_again

SETTINGS = ImageSettings(size=28, mode="L", fit="ink")


def _bars(count: int) -> LabeledImages:
    """Upright bars of one width and, as OTHER, blank images."""
    pixels = torch.zeros(2 * count, 1, 28, 28, dtype=torch.uint8)
    pixels[:count, :, 4:24, 11:17] = 200
    labels = torch.tensor([1] * count + [OTHER] * count)
    return LabeledImages(pixels, labels, [""] * 2 * count)


def test_draw_pairs_shows_several_digits_side_by_side():
    drawn = draw_pairs(_bars(3), 40, seed=1, settings=SETTINGS)
    assert drawn.shape == (40, 1, 28, 28)
    assert drawn.dtype == np.uint8
    widths = [np.ptp(np.flatnonzero((image[0] > 60).any(axis=0))) + 1 for image in drawn]
    assert np.mean(widths) > 9  # wider than a bar; blank images are not drawn
    assert np.array_equal(drawn, draw_pairs(_bars(3), 40, seed=1, settings=SETTINGS))
    assert not np.array_equal(drawn, draw_pairs(_bars(3), 40, seed=2, settings=SETTINGS))


def test_fit_again_centres_small_ink_and_leaves_the_rest():
    images = torch.zeros(2, 1, 28, 28)
    images[0, 0, 2:8, 2:5] = 1.0  # small, in a corner
    images[1, 0, 5:23, 11:17] = 1.0
    fitted = fit_again(images, SETTINGS)
    assert fitted.dtype == torch.uint8
    rows = (fitted[0, 0] > 60).any(dim=1).nonzero()[:, 0]
    assert int(rows[-1] - rows[0]) > 14
    assert torch.equal(fitted[1], (images[1] * 255).to(torch.uint8))
    colour = fit_again(images.expand(2, 3, 28, 28), ImageSettings(size=28, mode="RGB"))
    assert torch.equal(colour[1, 2], fitted[1, 0])


@pytest.mark.parametrize("refit", [False, True])
def test_image_data_refits_what_was_augmented(parquet, refit):
    moved = {"augment": {"geometry": {"shift": 0.4}}, "images": {"fit": "ink", "size": 28}, "refit": refit}
    data = ImageData(path=str(parquet), **moved)
    data.setup()
    batch = data.epoch_batches(0)[0].images
    place = torch.arange(28.0)
    strength = (batch - batch.amin(dim=(1, 2, 3), keepdim=True))[:, 0]
    away = ((strength.sum(dim=1) @ place) / strength.sum(dim=(1, 2)) - 13.5).abs()
    assert (float(away.mean()) < 1.5) == refit
