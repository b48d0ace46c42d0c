"""The input that networks get from images, and its settings."""

import io
import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from docsight.errors import ConfigError
from docsight.images import ImageSettings, normalise, read_pixels, to_pixels
from docsight.images import stretch as stretched

GREY = ImageSettings(size=28, mode="L")
COLOUR = ImageSettings(size=28, mode="RGB")
INK = ImageSettings(size=28, mode="L", fit="ink", stretch=True)


def encode(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    held = io.BytesIO()
    image.save(held, kind, **options)
    return held.getvalue()


def digit(
    side: int, *, ink: tuple[int, ...] = (20, 20, 20), paper: tuple[int, ...] = (255, 255, 255), canvas=None, at=None
) -> Image.Image:
    """Draw something like a 7, `side` pixels high, on a canvas."""
    canvas = canvas or (side * 2, side * 2)
    x, y = at or ((canvas[0] - side) // 2, (canvas[1] - side) // 2)
    image = Image.new("RGB", canvas, paper)
    line = max(2, side // 8)
    points = [(x, y + line // 2), (x + side * 0.7, y + line // 2), (x + side * 0.25, y + side)]
    ImageDraw.Draw(image).line(points, fill=ink, width=line, joint="curve")
    return image


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (2, 3)])
@pytest.mark.parametrize("chosen", [GREY, COLOUR, INK], ids=["grey", "colour", "ink"])
def test_read_pixels_of_the_smallest_and_thinnest_images(size, chosen):
    image = Image.new("RGB", size, (200, 100, 50))
    image.putpixel((size[0] // 2, size[1] // 2), (0, 0, 0))
    pixels = read_pixels(encode(image), chosen)
    assert pixels.shape == (chosen.channels, 28, 28)
    assert normalise(torch.from_numpy(np.array(pixels))[None], chosen).isfinite().all()


def test_to_pixels_ink_of_a_stripe_is_cropped_where_it_is():
    image = Image.new("L", (30, 3000), 255)
    image.paste(0, (5, 100, 25, 130))
    assert to_pixels(image, INK).min() < 100
    narrow = Image.new("L", (3, 3000), 255)
    narrow.paste(0, (0, 1000, 3, 1200))
    assert to_pixels(narrow, INK).min() < 200  # reduced across, so it is paler


def test_read_pixels_of_bytes_and_of_a_path_are_the_same(tmp_path):
    content = encode(digit(60), "JPEG")
    (tmp_path / "a.jpg").write_bytes(content)
    for chosen in (GREY, COLOUR, INK):
        by_bytes, by_path = read_pixels(content, chosen), read_pixels(tmp_path / "a.jpg", chosen)
        assert np.array_equal(by_bytes, by_path)
        assert np.array_equal(by_bytes, read_pixels(str(tmp_path / "a.jpg"), chosen))


def test_to_pixels_mode_decides_over_colour():
    red = Image.new("RGB", (28, 28), (255, 0, 0))
    assert to_pixels(red, COLOUR)[:, 0, 0].tolist() == [255, 0, 0]
    assert to_pixels(red, GREY)[:, 0, 0].tolist() == [76]
    assert to_pixels(Image.new("L", (28, 28), 9), COLOUR)[:, 0, 0].tolist() == [9, 9, 9]


def test_to_pixels_letterbox_keeps_the_aspect_on_the_colour_of_the_edge():
    image = Image.new("RGB", (40, 20), (10, 20, 30))
    image.paste((200, 200, 200), (10, 5, 30, 15))
    pixels = to_pixels(image, ImageSettings(size=20, mode="RGB"))
    assert pixels.shape == (3, 20, 20)
    assert (pixels[:, [0, 4, 15, 19], :] == np.array([10, 20, 30])[:, None, None]).all()  # rows 5 to 14 are the image
    assert (pixels[:, 8:12, 6:14] == 200).all()
    assert (pixels[:, 5:15, :4] == np.array([10, 20, 30])[:, None, None]).all()


def test_to_pixels_keeps_an_image_of_the_right_size():
    values = np.random.default_rng(1).integers(0, 256, (28, 28), dtype=np.uint8)
    assert np.array_equal(to_pixels(Image.fromarray(values), GREY)[0], values)


def test_to_pixels_enlarges_small_images():
    image = Image.new("L", (7, 7), 50)
    assert (to_pixels(image, GREY) == 50).all()


def _where_ink_lies(pixels: np.ndarray) -> tuple[float, float, float]:
    """Return the larger side of the ink, and how far its centre of mass lies off the middle across and down."""
    values = stretched(torch.from_numpy(pixels)[None].float() / 255)[0, 0].numpy()
    ink = values > 0.4
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    weights = np.where(ink, values, 0)
    size = len(values)
    x, y = (float((weights.sum(axis=axis) * (np.arange(size) + 0.5)).sum() / weights.sum()) for axis in (0, 1))
    return max(np.ptp(rows), np.ptp(columns)) + 1, x - size / 2, y - size / 2


@pytest.mark.parametrize(
    ("ink", "paper"),
    [((20, 20, 20), (255, 255, 255)), ((240, 240, 240), (10, 10, 10)), ((60, 40, 20), (230, 200, 150))],
    ids=["dark-on-light", "light-on-dark", "tinted"],
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("at", [(10, 10), (330, 230), (180, 120)])
def test_to_pixels_ink_centres_a_small_digit(ink, paper, kind, at):
    image = digit(40, ink=ink, paper=paper, canvas=(400, 300), at=at)
    side, x, y = _where_ink_lies(read_pixels(encode(image, kind), INK))
    assert 17 <= side <= 23
    assert abs(x) <= 1.5
    assert abs(y) <= 1.5


def test_to_pixels_ink_keeps_an_image_like_those_of_mnist():
    image = digit(19, canvas=(28, 28), at=(8, 5))
    assert np.array_equal(to_pixels(image, INK)[0], np.asarray(image.convert("L")))


@pytest.mark.parametrize("what", ["noise", "blank", "black"])
def test_to_pixels_ink_keeps_an_image_without_ink(what):
    noise = np.random.default_rng(1).integers(0, 256, (28, 28), dtype=np.uint8)
    values = {"noise": noise, "blank": np.full_like(noise, 255), "black": np.zeros_like(noise)}[what]
    assert np.array_equal(to_pixels(Image.fromarray(values), INK)[0], values)


def test_normalise_of_bytes_equals_that_of_fractions_by_hand():
    chosen = ImageSettings(size=8, mode="RGB", mean=(0.5, 0.0, 0.25), std=(0.5, 1.0, 0.25))
    pixels = torch.full((1, 3, 8, 8), 51, dtype=torch.uint8)
    values = normalise(pixels, chosen)
    assert values.dtype == torch.float32
    assert values[0, :, 0, 0].tolist() == pytest.approx([-0.6, 0.2, -0.2])
    assert torch.equal(values, normalise(pixels.float() / 255, chosen))


def test_normalise_takes_whole_numbers():
    chosen = ImageSettings(size=8, mode="L", mean=(0,), std=(1,))
    assert normalise(torch.full((1, 1, 8, 8), 255, dtype=torch.uint8), chosen).unique().tolist() == [1.0]


def test_stretch_makes_ink_light_on_dark_whatever_the_paper():
    pixels = torch.from_numpy(to_pixels(digit(20, canvas=(28, 28), at=(6, 4)), GREY))[None].float() / 255
    plain = stretched(pixels)
    assert plain[0, 0, 0, 0] == 0
    assert plain.amax() == pytest.approx(1, abs=0.05)
    for changed in (1 - pixels, 0.3 + 0.4 * pixels, 0.9 - 0.5 * pixels):
        assert torch.allclose(stretched(changed), plain, atol=0.02)


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_stretch_of_blank_paper_is_zero(value):
    assert stretched(torch.full((2, 1, 28, 28), value)).unique().tolist() == [0.0]


def test_stretch_treats_each_image_separately():
    pixels = torch.rand(5, 1, 16, 16, generator=torch.Generator().manual_seed(1))
    together = stretched(pixels)
    for at in range(5):
        assert torch.equal(stretched(pixels[at : at + 1])[0], together[at])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**31), st.sampled_from(["L", "RGB"]), st.booleans())
def test_to_pixels_and_normalise_of_any_array_are_finite(width, height, seed, mode, flat):
    rng = np.random.default_rng(seed)
    shape = (height, width) if mode == "L" else (height, width, 3)
    values = np.full(shape, seed % 256) if flat else rng.integers(0, 256, shape)
    for chosen in (INK, ImageSettings(size=8, mode="RGB", stretch=True), COLOUR):
        pixels = to_pixels(Image.fromarray(values.astype(np.uint8)), chosen)
        assert pixels.dtype == np.uint8
        assert pixels.shape == (chosen.channels, chosen.size, chosen.size)
        normalised = normalise(torch.from_numpy(np.array(pixels))[None], chosen)
        assert normalised.shape == (1, *pixels.shape)
        assert normalised.isfinite().all()


def test_image_settings_round_trip_through_json():
    chosen = ImageSettings(size=64, mode="RGB", fit="letterbox", mean=(0.1, 0.2, 0.3), std=(1, 2, 3))
    assert ImageSettings.from_config(json.loads(json.dumps(chosen.to_config()))) == chosen


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (None, "images: expected size, mode"),
        ([], "images: expected size, mode"),
        ({}, "images.size is missing"),
        ({"size": 28, "colour": 1}, "images: expected size, mode"),
        ({"size": 7}, r"images\.size: expected 8 to 1024 pixels; found 7"),
        ({"size": 10**9}, r"images\.size: expected 8 to 1024"),
        ({"size": True}, r"images\.size"),
        ({"size": 28.0}, r"images\.size"),
        ({"size": 28, "mode": "CMYK"}, r"images\.mode: expected one of L, RGB; found 'CMYK'"),
        ({"size": 28, "fit": "crop"}, r"images\.fit: expected one of letterbox, ink; found 'crop'"),
        ({"size": 28, "mode": "L", "mean": [0.1, 0.2, 0.3]}, r"images\.mean: expected one number or one for each of 1"),
        ({"size": 28, "std": [0.0]}, r"images\.std: expected one number .* from 0\.0001"),
        ({"size": 28, "std": [float("nan")]}, r"images\.std"),
        ({"size": 28, "mean": [float("inf")]}, r"images\.mean"),
        ({"size": 28, "mean": [10**400]}, r"images\.mean"),
        ({"size": 28, "mean": []}, r"images\.mean"),
        ({"size": 28, "mean": "0.5"}, r"images\.mean"),
    ],
)
def test_image_settings_report_an_invalid_value(config, message):
    with pytest.raises(ConfigError, match=message):
        ImageSettings.from_config(config)


@pytest.mark.parametrize("setting", [{"mode": {}}, {"fit": {}}, {"stretch": "no"}])
def test_image_settings_of_the_wrong_type_are_refused(setting):
    with pytest.raises(ConfigError):
        ImageSettings.from_config({"size": 28, **setting})
