"""The shipped image classifiers, on images that are drawn here."""

import io

import pytest
import spacy
import torch
from PIL import Image, ImageDraw, ImageFont
from spacy.language import Language
from torch.utils.flop_counter import FlopCounterMode

from docsight.bundle import MODELS, load_folder
from docsight.networks.image_classifier import ImageClassifier


def encode(image: Image.Image, form: str = "PNG") -> bytes:
    file = io.BytesIO()
    image.save(file, form)
    return file.getvalue()


def character(char: str, *, size: int = 120, at: tuple[int, int] = (60, 20), ink: str = "#222", paper: str = "#eee"):
    image = Image.new("RGB", (size * 2, size * 2), paper)
    ImageDraw.Draw(image).text(at, char, fill=ink, font=ImageFont.load_default(size))
    return image


def bar_chart() -> Image.Image:
    image = Image.new("RGB", (400, 300), "white")
    draw = ImageDraw.Draw(image)
    for n, height in enumerate((60, 130, 90, 180, 220, 150)):
        draw.rectangle((60 + 55 * n, 260 - height, 95 + 55 * n, 260), fill="#4472c4")
        draw.text((65 + 55 * n, 268), str(2015 + n), fill="black")
    draw.line((45, 30, 45, 260, 385, 260), fill="black", width=2)
    for n in range(6):
        draw.text((18, 255 - 40 * n), str(20 * n), fill="black")
    return image


def prose() -> Image.Image:
    image = Image.new("RGB", (420, 300), "white")
    draw = ImageDraw.Draw(image)
    words = (
        "The committee met again in the spring, and its members agreed that no vote was to be taken before all the "
        "letters had been read. " * 20
    ).split()
    for n in range(14):
        line, words = words[: 9 + n % 3], words[9 + n % 3 :]
        draw.text((15, 12 + 20 * n), " ".join(line), fill="black")
    return image


@pytest.fixture(scope="module")
def nlp() -> Language:
    made = spacy.blank("en")
    made.add_pipe("cnn_imagecat")
    made.add_pipe("cnn_imagecat", name="digit", config={"model": "digits"})
    return made


def read(nlp: Language, name: str, images: list[Image.Image], form: str = "PNG") -> list[dict]:
    doc = nlp.make_doc("")
    doc._.images = [{"id": str(n), "bytes": encode(image, form)} for n, image in enumerate(images)]
    return [image["cats"][name] for image in nlp(doc)._.images]


@pytest.mark.parametrize(("ink", "paper"), [("#222", "#eee"), ("white", "black"), ("#224", "#e8d8a8")])
@pytest.mark.parametrize("size", [24, 120])
def test_digits_reads_digits_of_any_size_and_tone(nlp: Language, size: int, ink: str, paper: str) -> None:
    at = (size // 3, size // 4)
    images = [character(digit, size=size, at=at, ink=ink, paper=paper) for digit in "0123456789"]
    labels = [cats["label"] for cats in read(nlp, "digit", images, "JPEG")]
    assert sum(label == digit for label, digit in zip(labels, "0123456789", strict=True)) >= 9


def test_digits_refuses_letters_and_blank_paper(nlp: Language) -> None:
    letters = "AEFHKMNPRWX"
    images = [character(letter) for letter in letters]
    assert sum(cats["label"] is None for cats in read(nlp, "digit", images)) >= len(letters) - 1
    assert read(nlp, "digit", [Image.new("L", (50, 50), 255)])[0]["label"] is None


def test_figures_distinguishes_a_chart_from_prose(nlp: Language) -> None:
    labels = [max(cats["scores"], key=cats["scores"].get) for cats in read(nlp, "cnn_imagecat", [bar_chart(), prose()])]
    assert labels == ["chart", "text"]


@pytest.mark.parametrize("name", ["digits", "figures"])
def test_shipped_classifier_differs_from_its_initial_weights(name: str) -> None:
    bundle = load_folder(MODELS / name, kind="image_classifier")
    initial = ImageClassifier(**bundle.arguments)
    assert not bundle.network.first_conv.weight.allclose(initial.first_conv.weight, atol=0.01)


def test_digits_needs_at_most_thirty_million_multiply_adds() -> None:
    network = load_folder(MODELS / "digits", kind="image_classifier").network
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, 1, 28, 28))
    assert 0 < counter.get_total_flops() / 2 <= 30_000_000


def test_figures_names_the_kind_of_a_chart(nlp: Language) -> None:
    (cats,) = read(nlp, "cnn_imagecat", [bar_chart()])
    assert (cats["label"], cats["kind"]) == ("chart", "bar_chart")
    assert sum(cats["kinds"].values()) == pytest.approx(cats["scores"]["chart"], abs=1e-4)


def test_figures_refuses_digits_noise_and_blank_paper(nlp: Language) -> None:
    generator = torch.Generator().manual_seed(1)
    noise = [Image.fromarray(torch.randint(0, 256, (64, 64, 3), generator=generator, dtype=torch.uint8).numpy())]
    images = [*map(character, "0123456789"), *noise, Image.new("RGB", (90, 120), "white")]
    assert sum(cats["label"] is None for cats in read(nlp, "cnn_imagecat", images)) >= len(images) - 1


def test_figures_recognizes_bar_codes(nlp: Language) -> None:
    image = Image.new("RGB", (330, 160), "white")
    draw, x = ImageDraw.Draw(image), 15
    for n, digit in enumerate("314159265358979323846264338327950288419716939937510582097494459"):
        wide = 1 + int(digit) % 4
        if n % 2 == 0:
            draw.rectangle((x, 12, x + wide, 130), fill="black")
        x += wide + 1
    draw.text((110, 138), "3 141592 653589", fill="black")
    assert read(nlp, "cnn_imagecat", [image])[0]["label"] == "bar_code"
