import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from docsight.errors import ConfigError
from docsight_training.data.images.image_augment import GEOMETRY, ImageAugment
from docsight_training.data.images.image_damage import DAMAGES
from docsight_training.data.images.image_transforms import TRANSFORMS

LARGEST = {"rotate": 30, "scale": 0.4, "aspect": 0.4, "shear": 0.3, "shift": 0.3, "elastic": 0.1, "zoom": 0.7}


def _images(count: int = 6, *, channels: int = 1, size: int = 28) -> torch.Tensor:
    images = torch.rand(count, channels, size, size, generator=torch.Generator().manual_seed(1)) * 0.3
    images[:, :, size // 4 : -(size // 4), size // 2 - 2 : size // 2 + 2] = 0.9
    return images


def _changed(augment: ImageAugment, images: torch.Tensor, seed: int = 1) -> torch.Tensor:
    return augment(images, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize(("channels", "size"), [(1, 8), (1, 28), (3, 33)])
def test_augment_change_keeps_shape_range_and_its_input(name, channels, size):
    images = _images(channels=channels, size=size)
    before = images.clone()
    augment = ImageAugment(chances={name: 1.0})
    for seed in range(3):
        changed = _changed(augment, images, seed)
        assert changed.shape == images.shape
        assert changed.dtype == torch.float32
        assert changed.isfinite().all()
        assert changed.min() >= 0
        assert changed.max() <= 1
        assert torch.equal(changed, _changed(augment, images, seed))
    assert torch.equal(images, before)


@pytest.mark.parametrize("name", [name for name in TRANSFORMS if name != "grey"])
def test_augment_change_differs_between_images(name):
    images = _images(1, channels=3).expand(16, -1, -1, -1).clone()
    images[:, :, 3, 4] = 0.7  # not the same from left to right
    changed = _changed(ImageAugment(chances={name: 1.0}), images)
    assert not torch.equal(changed, images)
    if name not in ("flip", "invert", "resolution"):
        minimum = 3 if name == "hue" else 8  # three channels have six orders
        assert len({bytes(row) for row in changed.flatten(1).numpy()}) > minimum


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize(("channels", "size"), [(1, 8), (1, 28), (3, 33)])
def test_augment_damage_keeps_shape_range_and_its_input(name, channels, size):
    images = _images(channels=channels, size=size)
    before = images.clone()
    augment = ImageAugment(damage={name: 1.0})
    for seed in range(3):
        changed = _changed(augment, images, seed)
        assert changed.shape == images.shape
        assert changed.isfinite().all()
        assert 0 <= changed.min() <= changed.max() <= 1
        assert torch.equal(changed, _changed(augment, images, seed))
    assert torch.equal(images, before)


@pytest.mark.parametrize("name", DAMAGES)
def test_augment_damage_differs_between_images_and_leaves_the_stroke_visible(name):
    images = torch.zeros(64, 1, 28, 28)
    images[:, :, 6:22, 12:16] = 0.9
    changed = _changed(ImageAugment(damage={name: 1.0}), images)
    assert len({bytes(row) for row in changed.flatten(1).numpy()}) > 40
    # Each image on its own still has to do with the undamaged ones.
    flat, plain = changed.flatten(1), images[0].flatten()
    alike = [float(torch.corrcoef(torch.stack([row, plain]))[0, 1]) for row in flat]
    assert sum(abs(number) > 0.25 for number in alike) > 40


def test_augment_damage_is_at_most_one_and_as_frequent_as_asked():
    images = _images(1).expand(4000, -1, -1, -1)
    changed = _changed(ImageAugment(damage={"fog": 0.2, "stripes": 0.1}, clean=1.0), images)
    same = (changed == images).flatten(1).all(dim=1)
    assert float(same.float().mean()) == pytest.approx(0.7, abs=0.04)


def test_augment_without_damage_draws_the_same_numbers_as_before():
    images = _images()
    options = {"geometry": LARGEST, "chances": {"blur": 0.5}}
    with_none = ImageAugment(**options, damage={"fog": 0.0})
    assert torch.equal(_changed(ImageAugment(**options), images), _changed(with_none, images))


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_augment_of_blank_images_stays_finite(value):
    images = torch.full((40, 3, 16, 16), value)
    changed = _changed(ImageAugment(geometry=LARGEST, chances=dict.fromkeys(TRANSFORMS, 0.5)), images)
    assert changed.isfinite().all()
    assert 0 <= changed.min() <= changed.max() <= 1


@pytest.mark.parametrize("name", GEOMETRY)
def test_augment_geometry_keeps_shape_and_range(name):
    images = _images(channels=3)
    augment = ImageAugment(geometry={name: LARGEST[name]})
    changed = _changed(augment, images)
    assert changed.shape == images.shape
    assert not torch.equal(changed, images)
    assert images.min() - 1e-5 <= changed.min() <= changed.max() <= images.max() + 1e-5
    assert torch.equal(changed, _changed(augment, images))
    assert not torch.equal(changed, _changed(augment, images, 2))


def test_augment_without_changes_returns_its_input():
    images = _images()
    assert torch.equal(_changed(ImageAugment(), images), images)


def test_augment_shift_matches_a_worked_example():
    images = torch.zeros(200, 1, 20, 20)
    images[:, :, 9:11, 9:11] = 1
    changed = _changed(ImageAugment(geometry={"shift": 0.2}), images)
    place = torch.arange(20) + 0.5
    across = (changed.sum(dim=(1, 2)) * place).sum(dim=1) / changed.sum(dim=(1, 2, 3)) - 10
    assert across.abs().max() <= 4.01  # a fifth of 20
    assert across.abs().max() > 3
    assert abs(float(across.mean())) < 0.6


def test_augment_rotation_matches_a_worked_example():
    images = torch.zeros(100, 1, 41, 41)
    images[:, :, 20, 4:37] = 1
    changed = _changed(ImageAugment(geometry={"rotate": 10}), images)
    left = changed[:, 0, :, 6].argmax(dim=1) - 20
    right = changed[:, 0, :, 34].argmax(dim=1) - 20
    assert (left + right).abs().max() <= 1  # about the middle
    assert left.abs().max() <= 3  # 14 pixels out, 10 degrees: 2.5
    assert left.abs().max() >= 2


def test_augment_applies_only_geometry_to_the_clean_fraction():
    images = _images(1).expand(4000, -1, -1, -1)
    changed = _changed(ImageAugment(chances={"invert": 1.0}, clean=0.3), images)
    same = (changed == images).flatten(1).all(dim=1)
    assert float(same.float().mean()) == pytest.approx(0.3, abs=0.03)
    assert torch.equal(_changed(ImageAugment(chances={"invert": 1.0}, clean=1.0), images[:5]), images[:5])


def test_augment_chance_is_the_fraction_of_images():
    images = _images(1).expand(4000, -1, -1, -1)
    changed = _changed(ImageAugment(chances={"invert": 0.2}), images)
    same = (changed == images).flatten(1).all(dim=1)
    assert float(same.float().mean()) == pytest.approx(0.8, abs=0.03)


def test_augment_invert_flip_and_grey_match_worked_examples():
    images = _images(channels=3)
    assert torch.allclose(_changed(ImageAugment(chances={"invert": 1}), images), 1 - images)
    assert torch.equal(_changed(ImageAugment(chances={"flip": 1}), images), images.flip(3))
    grey = _changed(ImageAugment(chances={"grey": 1}), images)
    assert torch.allclose(grey, images.mean(dim=1, keepdim=True).expand_as(images))


def test_augment_jpeg_is_close_and_blocky():
    images = torch.full((4, 1, 16, 16), 0.4)
    assert torch.allclose(_changed(ImageAugment(chances={"jpeg": 1}), images), images, atol=0.05)
    busy = torch.rand(20, 1, 16, 16, generator=torch.Generator().manual_seed(1))
    changed = _changed(ImageAugment(chances={"jpeg": 1}), busy)
    assert 0.02 < float((changed - busy).abs().mean()) < 0.3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"geometry": {"twist": 1}}, r"data\.augment\.geometry: twist is unknown; expected rotate, scale"),
        ({"chances": {"fire": 1}}, r"data\.augment\.chances: fire is unknown; expected flip, thickness"),
        ({"chances": {"blur": 1.5}}, r"blur is 1\.5; expected a fraction from 0 to 1"),
        ({"chances": {"blur": float("nan")}}, "blur is nan"),
        ({"damage": {"fire": 0.1}}, r"data\.augment\.damage: fire is unknown; expected askew, frame"),
        ({"damage": {"fog": 0.7, "glass": 0.6}}, r"damage: the probabilities add up to 1\.3; expected at most 1"),
        ({"damage": {"fog": -0.1}}, r"fog is -0\.1"),
        ({"clean": -0.1}, r"clean is -0\.1"),
        ({"geometry": {"zoom": 1.0}}, r"zoom is 1\.0"),
        ({"geometry": {"scale": -2.0}}, r"scale is -2\.0"),
        ({"geometry": {"rotate": float("nan")}}, "rotate is nan"),
    ],
)
def test_augment_rejects_invalid_arguments(options, message):
    with pytest.raises(ConfigError, match=message):
        ImageAugment(**options)


@settings(max_examples=25, deadline=None)
@given(st.integers(8, 40), st.integers(1, 5), st.sampled_from([1, 3]), st.integers(0, 2**31), st.integers(0, 1))
def test_augment_of_any_images_is_finite_and_in_range(size, count, channels, seed, sharp):
    images = torch.rand(count, channels, size, size, generator=torch.Generator().manual_seed(seed))
    images = images.round() if sharp else images
    changed = _changed(ImageAugment(geometry=LARGEST, chances=dict.fromkeys(TRANSFORMS, 0.6)), images, seed)
    assert changed.shape == images.shape
    assert changed.isfinite().all()
    assert 0 <= changed.min() <= changed.max() <= 1
