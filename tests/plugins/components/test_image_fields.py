"""`cnn_imagecat` with numbers in fields, and with single digits in the cells of forms."""

import io
import json

import pytest
import spacy
from PIL import Image, ImageDraw, ImageFont
from spacy.language import Language

from docsight.components import cnn_imagecat
from docsight.errors import BundleError
from docsight.number_fields import field_reading


def _png(text: str, *, framed: bool = False, size: int = 40) -> bytes:
    image = Image.new("L", (size * len(text) + size, 2 * size), 230)
    pencil = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=size)
    for at, char in enumerate(text):
        left = size / 2 + size * at
        if framed:
            pencil.rectangle([left, size / 3, left + size, 2 * size - size / 3], outline=70, width=2)
        pencil.text((left + size / 2, size), char, 20, font=font, anchor="mm")
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()


def _nlp(**config) -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("cnn_imagecat", config={"model": "digits", **config})
    return nlp


def _read(nlp: Language, *images: bytes) -> list[dict]:
    doc = nlp.make_doc("")
    doc._.images = [{"id": str(at), "bytes": image} for at, image in enumerate(images)]
    return [image["cats"]["cnn_imagecat"] for image in nlp(doc)._.images]


def test_fields_add_the_number_its_probability_and_the_box_of_each_digit():
    number, word, broken = _read(_nlp(fields=True), _png("2507", framed=True), _png("WARM"), b"x")
    assert (number["text"], number["label"], number["score"]) == ("2507", "2507", number["probability"])
    assert 0.5 <= number["probability"] <= 1
    assert [digit["label"] for digit in number["digits"]] == list("2507")
    assert [len(digit["box"]) for digit in number["digits"]] == [4] * 4
    assert set(number["scores"]) == set("0123456789")
    assert (word["text"], word["label"]) == (None, None)
    assert set(broken) == {"error"}
    json.dumps([number, word], allow_nan=False)


def test_without_fields_the_results_are_as_before():
    (cats,) = _read(_nlp(), _png("7"))
    assert set(cats) == {"label", "score", "scores", "in_domain"}
    assert cats["label"] == "7"


@pytest.mark.parametrize("digit", ["2", "5", "8"])
def test_digits_reads_a_digit_in_a_box(digit):
    (cats,) = _read(_nlp(), _png(digit, framed=True, size=60))
    assert cats["label"] == digit


def test_an_image_without_its_frame_counts_only_if_it_looks_more_like_a_digit(monkeypatch):
    plain = _read(_nlp(), _png("7"), _png("8"))
    monkeypatch.setattr(cnn_imagecat, "without_frame", lambda _: Image.new("L", (60, 60)))
    assert [cats["label"] for cats in _read(_nlp(), _png("7"), _png("8"))] == ["7", "8"]
    eight = Image.open(io.BytesIO(_png("8")))
    monkeypatch.setattr(cnn_imagecat, "without_frame", lambda _: eight)
    assert _read(_nlp(), _png("W"), _png("8"))[0]["label"] == "8"
    assert plain[1]["scores"] == pytest.approx(_read(_nlp(), _png("8"))[0]["scores"], abs=1e-3)


def test_fields_need_a_model_of_digits():
    class Network:
        labels = ("chart", "map")

    with pytest.raises(BundleError, match="figures: expected a model with the labels 0 to 9, such as digits"):
        field_reading.FieldReading(Network(), None, None, name="figures")


def test_field_reading_reads_only_handwriting_for_a_model_of_other_labels(monkeypatch):
    class Network:
        labels = ("chart", "handwriting")

    reading = field_reading.FieldReading(Network(), None, None, name="figures")
    image = Image.open(io.BytesIO(_png("46")))
    assert reading.read(image, "chart") == {}
    found = reading.read(image, "handwriting")
    assert (found["text"], [digit["label"] for digit in found["digits"]]) == ("46", ["4", "6"])
    assert not {"label", "score"} & set(found)
    monkeypatch.setattr(field_reading, "_MAX_FIELD_PIXELS", 10)
    assert reading.read(image, "handwriting") == {"text": None, "probability": 0.0, "digits": []}


def test_fields_survive_saving(tmp_path):
    nlp = _nlp(fields=True)
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy.load(tmp_path / "pipeline")
    assert _read(again, _png("93"))[0]["text"] == "93"
