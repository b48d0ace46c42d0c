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


def test_draw_figures_gives_as_many_of_each_label_as_asked_for():
    assert _draw({"chart": 2, "logo": 0, "text": 1}).labels.tolist() == [0, 0, 2]


def test_draw_figures_begins_the_same_whatever_is_asked_for_besides():
    few, many = _draw({"chart": 2}), _draw({"logo": 2, "chart": 9})
    assert torch.equal(few.pixels, many.pixels[2:4])


def test_draw_figures_follows_from_the_seed_and_the_split():
    train, again = _draw({"chart": 1}), _draw({"chart": 1})
    assert torch.equal(train.pixels, again.pixels)
    assert not torch.equal(train.pixels, _draw({"chart": 1}, seed=4).pixels)
    assert not torch.equal(train.pixels, _draw({"chart": 1}, split="validation").pixels)
