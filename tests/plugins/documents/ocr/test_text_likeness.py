"""The test that keeps pictures without text from the OCR engine."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from docsight.documents.ocr import engines
from docsight.documents.ocr.text_likeness import may_have_text


def line(text: str, *, points: float = 20, ink: int = 0, paper: int = 255) -> Image.Image:
    face = ImageFont.load_default(points)
    _, _, right, bottom = face.getbbox(text)
    image = Image.new("L", (round(right) + 80, round(bottom) + 60), paper)
    ImageDraw.Draw(image).text((40, 30), text, fill=ink, font=face)
    return image


@pytest.mark.parametrize("points", [14, 20, 40, 90])
@pytest.mark.parametrize("text", ["Total", "8088", "Ada Lovelace lived in London."])
def test_may_have_text_finds_a_single_line_of_any_size(text: str, points: float) -> None:
    assert may_have_text(line(text, points=points))


def test_may_have_text_finds_pale_reversed_askew_and_vertical_lines() -> None:
    text = "Ada Lovelace lived in London."
    assert may_have_text(line(text, ink=150, paper=210))
    assert may_have_text(line(text, ink=255, paper=0))
    assert may_have_text(line(text).rotate(5, fillcolor=255, expand=True))
    assert may_have_text(line(text).rotate(90, expand=True))
    assert may_have_text(line(text).convert("RGB"))


def test_may_have_text_finds_a_small_line_in_a_large_image() -> None:
    image = Image.new("L", (2000, 3000), 200)
    image.paste(line("Ada Lovelace lived in London.", points=40), (900, 2000))
    assert may_have_text(image)


def test_may_have_text_rejects_images_without_rows_of_shapes() -> None:
    disc = Image.new("RGB", (96, 96), "white")
    ImageDraw.Draw(disc).ellipse((10, 10, 80, 80), fill="navy")
    rules = Image.new("L", (300, 300), 255)
    for y in range(20, 300, 40):
        ImageDraw.Draw(rules).line((10, y, 290, y), fill=0, width=2)
    gradient = Image.fromarray(np.linspace(0, 255, 400 * 300).reshape(300, 400).astype(np.uint8))
    for image in (Image.new("L", (64, 64), 255), disc, rules, gradient):
        assert not may_have_text(image)


def test_recognize_runs_no_engine_on_an_image_without_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_run_tesseract", lambda image: pytest.fail("the engine ran"))
    assert engines.recognize(Image.new("L", (200, 200), 255), engine="tesseract") is None
