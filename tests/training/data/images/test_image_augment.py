import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from docsight.errors import ConfigError
from docsight_training.data.images.image_augment import CHANCES, GEOMETRY, ImageAugment

LARGEST = {"rotate": 30, "scale": 0.4, "aspect": 0.4, "shear": 0.3, "shift": 0.3, "elastic": 0.1, "zoom": 0.7}


def _pictures(count: int = 6, *, channels: int = 1, size: int = 28) -> torch.Tensor:
    pictures = torch.rand(count, channels, size, size, generator=torch.Generator().manual_seed(1)) * 0.3
    pictures[:, :, size // 4 : -(size // 4), size // 2 - 2 : size // 2 + 2] = 0.9
    return pictures


def _changed(augment: ImageAugment, pictures: torch.Tensor, seed: int = 1) -> torch.Tensor:
    return augment(pictures, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", CHANCES)
@pytest.mark.parametrize(("channels", "size"), [(1, 8), (1, 28), (3, 33)])
def test_augment_change_keeps_shape_range_and_given_pictures(name, channels, size):
    pictures = _pictures(channels=channels, size=size)
    before = pictures.clone()
    augment = ImageAugment(chances={name: 1.0})
    for seed in range(3):
        changed = _changed(augment, pictures, seed)
        assert changed.shape == pictures.shape
        assert changed.dtype == torch.float32
        assert changed.isfinite().all()
        assert changed.min() >= 0
        assert changed.max() <= 1
        assert torch.equal(changed, _changed(augment, pictures, seed))
    assert torch.equal(pictures, before)


@pytest.mark.parametrize("name", set(CHANCES) - {"grey"})
def test_augment_change_changes_pictures_each_its_own_way(name):
    pictures = _pictures(1, channels=3).expand(16, -1, -1, -1).clone()
    pictures[:, :, 3, 4] = 0.7  # not the same from left to right
    changed = _changed(ImageAugment(chances={name: 1.0}), pictures)
    assert not torch.equal(changed, pictures)
    if name not in ("flip", "invert", "resolution"):
        least = 3 if name == "hue" else 8  # three channels have six orders
        assert len({bytes(row) for row in changed.flatten(1).numpy()}) > least


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_augment_of_blank_pictures_stays_finite(value):
    pictures = torch.full((40, 3, 16, 16), value)
    changed = _changed(ImageAugment(geometry=LARGEST, chances=dict.fromkeys(CHANCES, 0.5)), pictures)
    assert changed.isfinite().all()
    assert 0 <= changed.min() <= changed.max() <= 1


@pytest.mark.parametrize("name", GEOMETRY)
def test_augment_geometry_keeps_shape_and_range(name):
    pictures = _pictures(channels=3)
    augment = ImageAugment(geometry={name: LARGEST[name]})
    changed = _changed(augment, pictures)
    assert changed.shape == pictures.shape
    assert not torch.equal(changed, pictures)
    assert pictures.min() - 1e-5 <= changed.min() <= changed.max() <= pictures.max() + 1e-5
    assert torch.equal(changed, _changed(augment, pictures))
    assert not torch.equal(changed, _changed(augment, pictures, 2))


def test_augment_of_nothing_is_nothing():
    pictures = _pictures()
    assert torch.equal(_changed(ImageAugment(), pictures), pictures)


def test_augment_shift_by_hand():
    pictures = torch.zeros(200, 1, 20, 20)
    pictures[:, :, 9:11, 9:11] = 1
    changed = _changed(ImageAugment(geometry={"shift": 0.2}), pictures)
    place = torch.arange(20) + 0.5
    across = (changed.sum(dim=(1, 2)) * place).sum(dim=1) / changed.sum(dim=(1, 2, 3)) - 10
    assert across.abs().max() <= 4.01  # a fifth of 20
    assert across.abs().max() > 3
    assert abs(float(across.mean())) < 0.6


def test_augment_rotation_by_hand():
    pictures = torch.zeros(100, 1, 41, 41)
    pictures[:, :, 20, 4:37] = 1
    changed = _changed(ImageAugment(geometry={"rotate": 10}), pictures)
    left = changed[:, 0, :, 6].argmax(dim=1) - 20
    right = changed[:, 0, :, 34].argmax(dim=1) - 20
    assert (left + right).abs().max() <= 1  # about the middle
    assert left.abs().max() <= 3  # 14 pixels out, 10 degrees: 2.5
    assert left.abs().max() >= 2


def test_augment_leaves_the_clean_share_to_geometry_alone():
    pictures = _pictures(1).expand(4000, -1, -1, -1)
    changed = _changed(ImageAugment(chances={"invert": 1.0}, clean=0.3), pictures)
    same = (changed == pictures).flatten(1).all(dim=1)
    assert float(same.float().mean()) == pytest.approx(0.3, abs=0.03)
    assert torch.equal(_changed(ImageAugment(chances={"invert": 1.0}, clean=1.0), pictures[:5]), pictures[:5])


def test_augment_chance_is_the_share_of_pictures():
    pictures = _pictures(1).expand(4000, -1, -1, -1)
    changed = _changed(ImageAugment(chances={"invert": 0.2}), pictures)
    same = (changed == pictures).flatten(1).all(dim=1)
    assert float(same.float().mean()) == pytest.approx(0.8, abs=0.03)


def test_augment_invert_flip_and_grey_by_hand():
    pictures = _pictures(channels=3)
    assert torch.allclose(_changed(ImageAugment(chances={"invert": 1}), pictures), 1 - pictures)
    assert torch.equal(_changed(ImageAugment(chances={"flip": 1}), pictures), pictures.flip(3))
    grey = _changed(ImageAugment(chances={"grey": 1}), pictures)
    assert torch.allclose(grey, pictures.mean(dim=1, keepdim=True).expand_as(pictures))


def test_augment_jpeg_is_close_and_of_blocks():
    pictures = torch.full((4, 1, 16, 16), 0.4)
    assert torch.allclose(_changed(ImageAugment(chances={"jpeg": 1}), pictures), pictures, atol=0.05)
    busy = torch.rand(20, 1, 16, 16, generator=torch.Generator().manual_seed(1))
    changed = _changed(ImageAugment(chances={"jpeg": 1}), busy)
    assert 0.02 < float((changed - busy).abs().mean()) < 0.3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"geometry": {"twist": 1}}, r"data\.augment\.geometry: twist is unknown; expected rotate, scale"),
        ({"chances": {"fire": 1}}, r"data\.augment\.chances: fire is unknown; expected flip, thickness"),
        ({"chances": {"blur": 1.5}}, r"blur is 1\.5; expected a share from 0 to 1"),
        ({"chances": {"blur": float("nan")}}, "blur is nan"),
        ({"clean": -0.1}, r"clean is -0\.1"),
        ({"geometry": {"zoom": 1.0}}, r"zoom is 1\.0"),
        ({"geometry": {"scale": -2.0}}, r"scale is -2\.0"),
        ({"geometry": {"rotate": float("nan")}}, "rotate is nan"),
    ],
)
def test_augment_names_what_cannot_work(options, message):
    with pytest.raises(ConfigError, match=message):
        ImageAugment(**options)


@settings(max_examples=25, deadline=None)
@given(st.integers(8, 40), st.integers(1, 5), st.sampled_from([1, 3]), st.integers(0, 2**31), st.integers(0, 1))
def test_augment_of_any_pictures_is_finite_and_in_range(size, count, channels, seed, sharp):
    pictures = torch.rand(count, channels, size, size, generator=torch.Generator().manual_seed(seed))
    pictures = pictures.round() if sharp else pictures
    changed = _changed(ImageAugment(geometry=LARGEST, chances=dict.fromkeys(CHANCES, 0.6)), pictures, seed)
    assert changed.shape == pictures.shape
    assert changed.isfinite().all()
    assert 0 <= changed.min() <= changed.max() <= 1
