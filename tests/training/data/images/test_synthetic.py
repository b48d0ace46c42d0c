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


def _photos() -> LabeledImages:
    pixels = torch.randint(0, 256, (3, 3, 24, 24), generator=torch.Generator().manual_seed(1), dtype=torch.uint8)
    pixels[:, :, :6] = 255  # the border that fills up a wide photo
    return LabeledImages(pixels, torch.zeros(3, dtype=torch.long), ["book"] * 3)


def test_redrawn_photos_get_the_label_that_they_are_redrawn_as():
    drawer = ImageDrawer("train", ["drawing", "photo"], ImageSettings(size=24, mode="RGB"), fonts=None, seed=3)
    drawn = LabeledImages.join(drawer.redrawn({"drawing": 4, "photo": 2}, _photos()))
    assert drawn.labels.tolist() == [0] * 4 + [1] * 2
    assert drawn.pixels.shape == (6, 3, 24, 24)
    validation = ImageDrawer("validation", ["drawing"], ImageSettings(size=24, mode="RGB"), fonts=None, seed=3)
    assert validation.redrawn({"drawing": 4}, _photos()) == []


def test_to_photo_cuts_the_border_that_fills_up_a_square():
    assert synthetic.to_photo(_photos().pixels[0].numpy()).size == (24, 18)


def test_outliers_are_of_no_class_and_of_all_requested_kinds():
    drawer = ImageDrawer("train", LABELS, ImageSettings(size=24, mode="RGB"), fonts=None, seed=3)
    (drawn,) = drawer.outliers(10, ["noise", "sheet"])
    assert drawn.labels.tolist() == [-1] * 10
    spread = drawn.pixels.float().flatten(1).std(dim=1)
    assert float(spread[::2].mean()) > 2 * float(spread[1::2].mean())
    validation = ImageDrawer("validation", LABELS, ImageSettings(size=24, mode="RGB"), fonts=None, seed=3)
    assert len(validation.outliers(10, None)[0]) == 1
