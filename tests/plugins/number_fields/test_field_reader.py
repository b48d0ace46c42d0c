"""Numbers in fields, with the shipped model."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from docsight import images
from docsight.errors import BundleError, ConfigError, DataError
from docsight.number_fields import NumberReading, digits

SIZE = 40


def _field(text: str, *, style: str = "none", pitch: int = 40) -> Image.Image:
    """Draw printed digits in a form."""
    image = Image.new("L", (pitch * len(text) + 40, 80), 235)
    pencil = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=SIZE)
    for at, char in enumerate(text):
        left = 20 + at * pitch
        if style == "boxes":
            pencil.rectangle([left, 12, left + pitch, 68], outline=90, width=2)
        elif style == "comb":
            pencil.line([left, 68, left + pitch, 68], 90, 2)
            pencil.line([left, 56, left, 68], 90, 2)
            pencil.line([left + pitch, 56, left + pitch, 68], 90, 2)
        elif style == "line":
            pencil.line([left - 10, 66, left + pitch + 10, 66], 90, 2)
        pencil.text((left + pitch / 2, 40), char, 20, font=font, anchor="mm")
    return image


def _png(image: Image.Image) -> bytes:
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()


@pytest.mark.parametrize("style", ["none", "line", "boxes", "comb"])
@pytest.mark.parametrize("text", ["7", "2507", "83496"])
def test_digits_reads_numbers_in_forms(text, style):
    reading = images.digits(_field(text, style=style))
    assert reading.text == text
    assert 0.5 <= reading.probability <= 1
    assert [digit.label for digit in reading.digits] == list(text)


def test_digits_gives_the_box_of_each_digit_in_pixels_of_the_image():
    reading = digits(_png(_field("408", style="boxes")))
    for at, digit in enumerate(reading.digits):
        left, top, right, bottom = digit.box
        assert 20 + 40 * at <= left < right <= 20 + 40 * (at + 1)
        assert 12 <= top < bottom <= 68
        assert (left + right) / 2 == pytest.approx(40 + 40 * at, abs=5)
        assert 0 <= digit.probability <= 1


@pytest.mark.parametrize("size", [0.6, 3.0])
def test_digits_reads_images_of_any_size(size):
    field = _field("25")
    resized = field.resize((round(field.width * size), round(field.height * size)), Image.Resampling.BILINEAR)
    assert digits(resized).text == "25"
    assert digits(Image.merge("RGB", [resized] * 3)).text == "25"
    assert digits(resized.point([255 - value for value in range(256)])).text == "25"


@pytest.mark.parametrize("text", ["Rhein", "WARM", "##&@"])
def test_digits_refuses_what_is_no_number(text):
    assert digits(_field(text)).text is None


def test_digits_of_images_without_ink_is_nothing():
    nothing = NumberReading(None, 0.0, ())
    assert digits(Image.new("L", (90, 40), 200)) == nothing
    assert digits(Image.new("L", (1, 1))) == nothing
    noise = np.random.default_rng(1).integers(0, 256, (60, 200), dtype=np.uint8)
    assert digits(Image.fromarray(noise)).text is None


def test_digits_reports_bad_input():
    with pytest.raises(DataError, match="this is not an image"):
        digits(b"no image")
    with pytest.raises(ConfigError, match=r"min_probability=2; expected a probability from 0 to 1"):
        digits(_field("1"), min_probability=2)
    with pytest.raises(BundleError, match="expected a model with the labels 0 to 9"):
        digits(_field("1"), model="figures")
