"""Text recognition: the order of lines, both engines, and image files."""

import io
import logging
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from docsight.documents.formats import image as image_format
from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.source import Ocr, ReadOptions, Source
from docsight.documents.ocr import engines
from docsight.documents.ocr.engines import RecognizedText
from docsight.documents.ocr.layout import Line, text_in_reading_order
from docsight.errors import DataError, MissingExtraError

COLUMN = "some words of a column"


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_remembered", {})


def drawn(*lines: str, size: tuple[int, int] = (700, 120), points: int = 28) -> Image.Image:
    image = Image.new("L", size, 255)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((20, 20 + 1.6 * points * number), line, fill=0, font=ImageFont.load_default(points))
    return image


def line(text: str, left: float, top: float, *, width: float | None = None, height: float = 20) -> Line:
    right = left + (10 * len(text) if width is None else width)
    return Line(text=text, confidence=1.0, box=(left, top, right, top + height))


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def read(source: Source) -> ParsedDocument:
    (content,) = image_format.read(source)
    return content


def source(data: bytes, ocr: Ocr = "auto") -> Source:
    return Source(name="a.png", data=data, options=ReadOptions(ocr=ocr))


def test_reading_order_gives_rows_from_the_top_and_stretches_from_the_left() -> None:
    lines = [line("b", 200, 52), line("d", 0, 150), line("c", 0, 80), line("a", 0, 50)]
    assert text_in_reading_order(lines) == "a b\nc\n\nd"
    assert text_in_reading_order([]) == ""


def test_reading_order_gives_columns_one_after_another() -> None:
    left = [line(f"{COLUMN} {number}", 0, 100 + 30 * number) for number in range(4)]
    right = [line(f"{COLUMN} {number}", 400, 110 + 30 * number) for number in range(4, 9)]
    head = line("A title that is as wide as the page", 0, 20, width=700)
    foot = line("The foot of the page, as wide as the head", 0, 400, width=700)
    text = text_in_reading_order([foot, *right, *left, head])
    assert [part.split("\n") for part in text.split("\n\n")] == [
        [head.text],
        [one.text for one in left],
        [one.text for one in right],
        [foot.text],
    ]


def test_reading_order_gives_tables_by_rows() -> None:
    cells = [line(f"{column}{row}", 200 * column, 30 * row) for column in range(3) for row in range(5)]
    assert text_in_reading_order(cells).split("\n")[:2] == ["00 10 20", "01 11 21"]


def test_reading_order_handles_thousands_of_lines() -> None:
    many = [line("word", 50 * (number % 40), 30 * (number // 40)) for number in range(10_000)]
    assert len(text_in_reading_order(many).split("\n")) == 250


def test_deskewed_boxes_rotates_a_skewed_page() -> None:
    np = pytest.importorskip("numpy")
    slope = 0.05
    corners = [[(0, 0), (1000, 0), (1000, 20), (0, 20)], [(1100, 0), (1500, 0), (1500, 20), (1100, 20)]]
    turned = [[(x - slope * y, y + slope * x) for x, y in quad] for quad in corners]
    (_, top, _, bottom), (_, other, _, _) = engines._deskewed_boxes(np.array(turned, dtype=float))
    assert abs(top - other) < 2
    assert 18 < bottom - top < 22


def test_ocr_names_the_extra_if_no_engine_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_has_rapidocr", lambda: False)
    monkeypatch.setattr(engines.shutil, "which", lambda name: None)
    assert engines.installed() == []
    with pytest.raises(MissingExtraError, match=r"docsight\[ocr\]"):
        engines.recognize(drawn("Hello"))
    image = png(drawn("Hello"))
    assert read(source(image)).notes == ("its text was not read: install docsight[ocr] to read it",)
    assert read(source(image, "never")).notes == ()
    with pytest.raises(MissingExtraError, match="ocr"):
        read(source(image, "always"))


def test_recognize_reads_each_content_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Image.Image] = []
    monkeypatch.setattr(engines, "_run_rapidocr", lambda image: calls.append(image) or [line("Hello there", 0, 0)])
    for _ in range(2):
        for text in ("Hello there", "Goodbye for now"):
            assert engines.recognize(drawn(text), engine="rapidocr") is not None
    assert len(calls) == 2
    monkeypatch.setattr(engines, "_MAX_REMEMBERED", 2)
    engines.recognize(drawn("A third image"), engine="rapidocr")
    assert len(engines._remembered) == 2


def test_image_gives_recognized_text_with_its_confidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "installed", lambda: ["rapidocr"])
    monkeypatch.setattr(engines, "recognize", lambda image: RecognizedText(text="Hello", confidence=0.8))
    path = tmp_path / "a.png"
    path.write_bytes(png(drawn("Hello")))
    content = read(Source.of(path))
    assert (content.text, content.images[0].path, content.notes) == ("Hello", str(path), ())
    assert [(one.start, one.end, one.page, one.confidence) for one in content.passages] == [(0, 5, None, 0.8)]
    assert read(source(path.read_bytes(), "never")).text == ""


def test_image_reads_no_text_in_small_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "installed", lambda: ["tesseract"])
    monkeypatch.setattr(engines, "_run_tesseract", lambda image: [line("Hello", 0, 0)])
    assert read(source(png(drawn("Hello", size=(500, 64))))).text == "Hello"
    content = read(source(png(drawn("Hello", size=(500, 63)))))
    assert (content.text, content.passages, content.notes) == ("", (), ())


def test_image_that_cannot_be_decoded_is_kept_with_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "installed", lambda: ["rapidocr"])
    path = tmp_path / "a.png"
    path.write_bytes(png(drawn("Hello"))[:200])
    content = read(Source.of(path))
    assert len(content.images) == 1
    assert content.notes[0].startswith("its text could not be read: cannot be decoded")
    assert str(path) not in content.notes[0]


def tiff(*pages: Image.Image, format: str = "TIFF") -> bytes:
    file = io.BytesIO()
    pages[0].save(file, format, save_all=True, append_images=pages[1:])
    return file.getvalue()


def test_pages_of_a_tiff_file_are_images_with_their_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = iter(("One", None, "Three"))
    monkeypatch.setattr(engines, "installed", lambda: ["rapidocr"])
    monkeypatch.setattr(
        engines, "recognize", lambda image: (text := next(texts)) and RecognizedText(text=text, confidence=0.9)
    )
    content = read(source(tiff(drawn("1"), drawn("2"), drawn("3"))))
    assert content.text == "One\n\nThree"
    assert [(one.page, content.text[one.start : one.end]) for one in content.passages] == [(1, "One"), (3, "Three")]
    assert [image.page for image in content.images] == [1, 2, 3]
    assert content.notes == ()


def test_pages_of_a_tiff_file_are_limited_and_the_damaged_ones_noted() -> None:
    data = tiff(*(Image.effect_noise((50, 40), number) for number in range(5, 9)))
    (content,) = image_format.read(Source(name="a.tif", data=data, options=ReadOptions(ocr="never", max_pages=3)))
    assert [image.page for image in content.images] == [1, 2, 3]
    assert content.notes == ("it has more than 3 pages; the others were not read",)
    noted = read(source(data[:-100], "never"))
    assert [image.page for image in noted.images][:3] == [1, 2, 3]
    assert read(source(tiff(drawn("One"), drawn("Two"), format="GIF"), "never")).notes == ()
    assert read(source(b"II*\0" + bytes(20), "never")).notes == ()


TABLE = """level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
4\t1\t1\t1\t1\t0\t0\t0\t90\t20\t-1\t
5\t1\t1\t1\t1\t1\t0\t0\t40\t20\t90\tGrace
5\t1\t1\t1\t1\t2\t50\t0\t40\t20\t60\t"Hopper
5\t1\t1\t1\t2\t1\t0\t25\t40\t20\t20\tnoise
"""


def tesseract(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    """Replace Tesseract by a script."""
    program = tmp_path / "tesseract"
    program.write_text(f"#!{sys.executable}\nimport sys\nimage = sys.stdin.buffer.read()\n{script}", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(engines, "_has_rapidocr", lambda: False)
    monkeypatch.setattr(engines.shutil, "which", lambda name: str(program))


def test_ocr_falls_back_to_tesseract(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tesseract(monkeypatch, tmp_path, f"assert image[1:4] == b'PNG'\nprint({TABLE!r})")
    assert engines.installed() == ["tesseract"]
    found = engines.recognize(drawn("Hello"))
    assert found is not None
    assert found.text == 'Grace "Hopper'
    assert found.confidence == pytest.approx((0.9 * 5 + 0.6 * 7) / 12)


def test_ocr_ignores_few_letters_of_low_confidence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    head, word = TABLE.splitlines()[0], "5\t1\t1\t1\t1\t1\t0\t0\t40\t20\t{}\t{}"
    for sure, text, found in ((80, "AAD", None), (95, "7", "7"), (80, "Oban", "Oban")):
        table = f"{head}\n{word.format(sure, text)}\n"
        tesseract(monkeypatch, tmp_path, f"print({table!r})")
        read = engines.recognize(drawn(f"Hello {text}"))
        assert (read and read.text) == found


def test_ocr_reports_how_tesseract_failed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tesseract(monkeypatch, tmp_path, "sys.exit('no language')")
    with pytest.raises(DataError, match="Tesseract failed: no language"):
        engines.recognize(drawn("Hello"))
    tesseract(monkeypatch, tmp_path, "import time; time.sleep(60)")
    monkeypatch.setattr(engines, "_TESSERACT_TIMEOUT", 0.5)
    with pytest.raises(DataError, match="took more than"):
        engines.recognize(drawn("Hello"))


def with_rapidocr() -> None:
    pytest.importorskip("rapidocr")
    pytest.importorskip("onnxruntime")


def test_rapidocr_reads_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    with_rapidocr()
    found = engines.recognize(drawn("Ada Lovelace lived in London."))
    assert found is not None
    assert found.text == "Ada Lovelace lived in London."
    assert 0.9 < found.confidence <= 1
    assert engines.recognize(Image.new("RGB", (200, 200), "white")) is None
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger().level == logging.WARNING


@pytest.mark.slow
def test_rapidocr_reads_without_a_network() -> None:
    with_rapidocr()
    code = (
        "import socket\n"
        "def refuse(*_, **__): raise OSError('no network')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse\n"
        "from PIL import Image, ImageDraw, ImageFont\n"
        "from docsight.documents.ocr import engines\n"
        "image = Image.new('L', (600, 100), 255)\n"
        "ImageDraw.Draw(image).text((20, 20), 'Grace Hopper', fill=0, font=ImageFont.load_default(32))\n"
        "print(engines.recognize(image).text)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "Grace Hopper"


def accuracy(read: str, true: str) -> float:
    """Return the fraction of the words of a text that were recognized correctly."""
    words = true.split()
    return sum(word in read.split() for word in words) / len(words)


@pytest.mark.slow
@pytest.mark.parametrize("angle", [0, 1.5, -3])
def test_rapidocr_reads_skewed_pages(angle: float) -> None:
    with_rapidocr()
    text = [f"Line {number} of a letter that Grace Hopper wrote in {1950 + number}." for number in range(12)]
    page = drawn(*text, size=(1000, 620), points=24).rotate(angle, fillcolor=255, expand=True, resample=3)
    found = engines.recognize(page)
    assert found is not None
    assert found.text.split("\n")[0].startswith("Line 0")
    assert accuracy(found.text, " ".join(text)) > 0.95


@pytest.mark.slow
def test_rapidocr_reads_scanned_pages_of_a_pdf(tmp_path: Path) -> None:
    with_rapidocr()
    pytest.importorskip("pypdfium2")
    from docsight.documents.formats.pdf import reader as pdf

    path = tmp_path / "scan.pdf"
    pages: Sequence[Image.Image] = [drawn("Page of Ada", size=(600, 800)), drawn("Page of Grace", size=(600, 800))]
    pages[0].save(path, "PDF", resolution=72, save_all=True, append_images=pages[1:])
    (content,) = pdf.read(Source.of(path))
    assert content.text == "Page of Ada\n\nPage of Grace"
    assert [one.page for one in content.passages] == [1, 2]
    assert all(one.confidence is not None and one.confidence > 0.9 for one in content.passages)
    assert content.notes == ()
