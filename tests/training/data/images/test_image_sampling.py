import pytest
import torch

from docsight.errors import ConfigError
from docsight_training.data.images.dataset import OTHER
from docsight_training.data.images.image_sampling import check_sizes, class_weights, resized, with_drawn_fraction


def test_class_weights_treat_other_as_a_class_of_its_own():
    labels = torch.tensor([0] * 20 + [1] * 20 + [2] * 20 + [OTHER] * 60)
    weights = class_weights(labels, count=3, balance=1.0)
    assert weights.tolist() == pytest.approx([1.5, 1.5, 1.5, 0.5])
    assert float(weights[labels].mean()) == pytest.approx(1)


def test_with_drawn_fraction_shares_an_epoch_between_real_and_drawn_images():
    weights = with_drawn_fraction(torch.tensor([1.0, 3.0, 1.0, 1.0]), num_real=2, fraction=0.25)
    assert weights.tolist() == pytest.approx([0.1875, 0.5625, 0.125, 0.125])


def test_resized_follows_the_progress_of_the_run_and_never_enlarges():
    images, sizes = torch.rand(2, 3, 16, 16), check_sizes([[0.5, 12], [0, 8], [0.9, 32]])
    sides = [resized(images, sizes, progress).shape[-1] for progress in (0.0, 0.49, 0.5, 0.89, 1.0)]
    assert sides == [8, 8, 12, 12, 16]
    assert resized(images, [], 0.0) is images


@pytest.mark.parametrize("sizes", [[[0, 112, 1]], [[1.5, 112]], [[0, 4]]])
def test_check_sizes_refuses_what_is_no_fraction_and_side(sizes):
    with pytest.raises(ConfigError, match=r"data\.sizes: expected pairs"):
        check_sizes(sizes)
