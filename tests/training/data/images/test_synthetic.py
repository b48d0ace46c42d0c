import pytest
import torch

from docsight.images import ImageSettings
from docsight_training.data.drawings.fonts import built_in_font
from docsight_training.data.images import synthetic
from docsight_training.data.images.dataset import LabeledImages
from docsight_training.data.images.synthetic import ImageDrawer

LABELS = ["chart", "logo", "text"]


def _draw(counts: dict[str, int], *, seed: int = 3, split: str = "train") -> LabeledImages:
    drawer = ImageDrawer(split, LABELS, ImageSettings(size=24, mode="RGB"), fonts=None, seed=seed)
    return LabeledImages.join(drawer.figures(counts, withheld=["chart"]))


@pytest.fixture(autouse=True)
def built_in_font_only(monkeypatch):
    monkeypatch.setattr(synthetic, "find_fonts", lambda folders: [built_in_font()])


def test_draw_figures_draws_the_requested_number_of_each_label():
    assert _draw({"chart": 2, "logo": 0, "text": 1}).labels.tolist() == [0, 0, 2]


def test_draw_figures_do_not_depend_on_other_counts():
    few, many = _draw({"chart": 2}), _draw({"logo": 2, "chart": 9})
    assert torch.equal(few.pixels, many.pixels[2:4])


def test_draw_figures_is_determined_by_the_seed_and_the_split():
    train, again = _draw({"chart": 1}), _draw({"chart": 1})
    assert torch.equal(train.pixels, again.pixels)
    assert not torch.equal(train.pixels, _draw({"chart": 1}, seed=4).pixels)
    assert not torch.equal(train.pixels, _draw({"chart": 1}, split="validation").pixels)
