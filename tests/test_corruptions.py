"""The corruptions of digits that the image benchmark uses."""

import importlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
KINDS = (
    "uneven_light",
    "strong_jpeg",
    "low_resolution",
    "ruled_paper",
    "bleeding_ink",
    "faded_pen",
    "fax_specks",
    "shaken_camera",
    "oblique_view",
    "tinted_form_box",
)
Corruptions = dict[str, Callable[[np.ndarray, np.random.Generator], np.ndarray]]

pytestmark = pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the benchmarks are in a checkout only")


@pytest.fixture
def corruptions(monkeypatch: pytest.MonkeyPatch) -> Corruptions:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    found: Corruptions = importlib.import_module("corruptions").CORRUPTIONS
    return found


@pytest.fixture(scope="module")
def strokes() -> np.ndarray:
    """Six images of a light bar and a hook on dark."""
    images = np.zeros((6, 28, 28), dtype=np.uint8)
    images[:, 5:23, 12:15] = 255
    images[3:, 20:23, 12:20] = 230
    return images


def test_there_are_ten_corruptions(corruptions: Corruptions) -> None:
    assert tuple(corruptions) == KINDS


@pytest.mark.parametrize("name", KINDS)
def test_corruption_keeps_shape_and_type_and_does_not_modify_its_input(
    name: str, corruptions: Corruptions, strokes: np.ndarray
) -> None:
    before = strokes.copy()
    changed = corruptions[name](strokes, np.random.default_rng(1))
    assert changed.shape == strokes.shape
    assert changed.dtype == np.uint8
    assert np.array_equal(strokes, before)
    assert corruptions[name](strokes[:0], np.random.default_rng(1)).shape == (0, 28, 28)


@pytest.mark.parametrize("name", KINDS)
def test_corruption_changes_every_image_deterministically(
    name: str, corruptions: Corruptions, strokes: np.ndarray
) -> None:
    changed = corruptions[name](strokes, np.random.default_rng(1))
    assert np.array_equal(changed, corruptions[name](strokes, np.random.default_rng(1)))
    assert not np.array_equal(changed, corruptions[name](strokes, np.random.default_rng(2)))
    assert (changed != strokes).any(axis=(1, 2)).all()


@pytest.mark.parametrize("name", KINDS)
def test_corruption_leaves_the_ink_visible(name: str, corruptions: Corruptions, strokes: np.ndarray) -> None:
    changed = corruptions[name](strokes, np.random.default_rng(1)).astype(float)
    ink = strokes > 0
    apart = [abs(image[mask].mean() - image[~mask].mean()) for image, mask in zip(changed, ink, strict=True)]
    assert min(apart) > 15


def test_corruption_rejects_other_shapes_and_types(corruptions: Corruptions) -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        corruptions["fax_specks"](np.zeros((2, 3, 28, 28), dtype=np.float32), np.random.default_rng(1))
