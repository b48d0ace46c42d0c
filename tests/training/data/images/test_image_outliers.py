import numpy as np
import pytest
import torch

from docsight.errors import ConfigError
from docsight.images import ImageSettings
from docsight_training.data.drawings.fonts import built_in_font
from docsight_training.data.drawings.typefaces import Typefaces
from docsight_training.data.images.dataset import OTHER
from docsight_training.data.images.figure_outliers import OUTLIER_KINDS, draw_outlier
from docsight_training.data.images.image_outliers import OutlierSettings, read_outliers

IMAGES = ImageSettings(size=24, mode="RGB")


@pytest.fixture
def shapes_folder(tmp_path, shapes):
    shapes.write(tmp_path / "shapes", "train", 20)
    return str(tmp_path / "shapes")


def test_read_outliers_labels_all_images_other_and_keeps_some_for_validation(shapes_folder):
    settings = OutlierSettings(paths=[shapes_folder], per_path=30)
    (train,), (validation,) = (read_outliers(settings, split, IMAGES, seed=1) for split in ("train", "validation"))
    assert train.labels.tolist() == [OTHER] * 30
    assert len(validation) == 3
    assert set(train.sources) == {"shapes"}
    assert train.pixels.shape == (30, 3, 24, 24)


def test_read_outliers_colours_some_grey_images_as_ink_on_paper(shapes_folder):
    (train,) = read_outliers(OutlierSettings(paths=[shapes_folder], per_path=40), "train", IMAGES, seed=1)
    corners = train.pixels[:, :, 0, 0].float().mean(dim=1)
    assert 5 < int((corners > 150).sum()) < 35


def test_read_outliers_reads_nothing_without_images_per_path(shapes_folder):
    assert read_outliers(OutlierSettings(paths=[shapes_folder]), "train", IMAGES, seed=1) == []


def test_outlier_settings_refuse_unknown_kinds_and_negative_numbers():
    with pytest.raises(ConfigError, match=r"unknown kind birds; expected noise"):
        OutlierSettings(kinds=["birds"])
    with pytest.raises(ConfigError, match=r"data\.outliers\.count: expected 0 or more; found -1"):
        OutlierSettings(count=-1)


@pytest.mark.parametrize("kind", list(OUTLIER_KINDS))
def test_draw_outlier_draws_images_that_differ_and_only_depend_on_the_generator(kind):
    faces = Typefaces([built_in_font()])
    rng, again = np.random.default_rng(5), np.random.default_rng(5)
    first, second = draw_outlier(kind, rng, faces), draw_outlier(kind, rng, faces)
    assert first.mode == "RGB"
    assert first.tobytes() == draw_outlier(kind, again, faces).tobytes()
    assert first.tobytes() != second.tobytes()


def test_draw_outlier_refuses_an_unknown_kind():
    with pytest.raises(ConfigError, match=r"unknown kind birds"):
        draw_outlier("birds", np.random.default_rng(1), Typefaces([built_in_font()]))


def test_outliers_of_validation_differ_from_those_of_training(shapes_folder):
    settings = OutlierSettings(paths=[shapes_folder], per_path=20)
    (train,), (validation,) = (read_outliers(settings, split, IMAGES, seed=1) for split in ("train", "validation"))
    assert not any(torch.equal(a, b) for a in train.pixels for b in validation.pixels)
