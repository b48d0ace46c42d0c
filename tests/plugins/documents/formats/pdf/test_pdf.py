"""PDF: text by page, images with their bounding boxes, scanned pages, and files that are not PDFs."""

import io
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.pdf import reader as pdf
from docsight.documents.formats.pdf.page_text import clean
from docsight.documents.formats.pdf.pages import name_pages
from docsight.documents.formats.source import Ocr, ReadOptions, Source
from docsight.documents.ocr import engines
from docsight.documents.ocr.engines import RecognizedText
from docsight.errors import DataError, MissingExtraError

pytest.importorskip("pypdfium2")

FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def write_pdf(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """Write numbered objects, the first of them the catalogue, with their table."""
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, one in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table)
    return bytes(out)


def make_pdf(*pages: bytes, images: Sequence[bytes] = (), page: bytes = b"", title: bytes = b"") -> bytes:
    """Write pages by their content; the images are /I0, /I1 and so on, on every page."""
    first = 4 + len(images)  # after catalogue, tree, font
    names = b"".join(b"/I%d %d 0 R" % (number, 4 + number) for number in range(len(images)))
    resources = b"<</Font<</F1 3 0 R>>/XObject<<%s>>>>" % names
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)),
        FONT,
        *images,
    ]
    for number, content in enumerate(pages):
        entries = b"/MediaBox[0 0 200 300]/Resources %s/Contents %d 0 R" % (resources, first + 2 * number + 1)
        objects += [b"<</Type/Page/Parent 2 0 R%s%s>>" % (entries, page), stream(content)]
    info = b""
    if title:
        objects.append(b"<</Title(%s)/Author(Ada)/CreationDate(D:20240102030405+01'00')>>" % title)
        info = b"/Info %d 0 R" % len(objects)
    return write_pdf(objects, info)


def say(*lines: bytes, top: int = 280) -> bytes:
    """Write lines of text, one below the other."""
    return b"BT /F1 10 Tf 14 TL 20 %d Td %s ET\n" % (top, b" T* ".join(b"(%s) Tj" % line for line in lines))


def show(name: bytes, left: int, bottom: int, width: int, height: int) -> bytes:
    return b"q %d 0 0 %d %d %d cm /%s Do Q\n" % (width, height, left, bottom, name)


def raw_image(width: int, height: int, pixels: bytes | None = None) -> bytes:
    entries = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8" % (
        width,
        height,
    )
    data = zlib.compress(pixels if pixels is not None else bytes(range(256)) * (width * height * 3 // 256 + 1))
    return stream(data, entries + b"/Filter/FlateDecode")


def jpeg_image(width: int, height: int, colour: str = "red") -> tuple[bytes, bytes]:
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "JPEG")
    entries = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8" % (
        width,
        height,
    )
    return stream(file.getvalue(), entries + b"/Filter/DCTDecode"), file.getvalue()


def read(data: bytes, *, ocr: Ocr = "never", **options: int) -> ParsedDocument:
    (content,) = pdf.read(Source(name="a.pdf", data=data, options=ReadOptions(ocr=ocr, **options)))
    assert isinstance(content, ParsedDocument)
    return content


def test_pdf_has_a_passage_for_each_page_with_text() -> None:
    content = read(make_pdf(say(b"Ada Lovelace", b"London"), b"", say(b"Paris"), title=b"Two  places"))
    assert content.text == "Ada Lovelace\nLondon\n\nParis"
    assert content.title == "Two places"
    assert (content.metadata.authors, content.metadata.created) == (("Ada",), "2024-01-02T02:04:05+00:00")
    found = [(content.text[one.start : one.end], one.page, one.confidence) for one in content.passages]
    assert found == [("Ada Lovelace\nLondon", 1, None), ("Paris", 3, None)]
    assert content.notes == content.images == ()


def test_pdf_reads_files_whose_names_are_not_utf_8(tmp_path: Path) -> None:
    for name in ("plain.pdf", "odd\udce9.pdf"):
        path = tmp_path / name
        path.write_bytes(make_pdf(say(b"Hello")))
        (content,) = pdf.read(Source.of(path, ReadOptions(ocr="never")))
        assert content.text == "Hello"


def test_pdf_joins_words_broken_at_line_ends() -> None:
    content = read(make_pdf(say(b"An exam-", b"ple of a well-", b"known word, well-known", b"to Smith-", b"Jones.")))
    assert content.text == "An example of a well-known word, well-known\nto Smith-Jones."


def test_clean_removes_characters_that_are_not_text() -> None:
    assert clean("a\x00b\r\nc\x0cd\x7f \ufb01n\uffff\ud800\u00a0e\x02") == "ab\nc\nd fin e"


def test_clean_collapses_empty_lines() -> None:
    assert clean("cresc.\n\x01\n \x02\n\n\tmolto\n\nfine\n5\n8") == "cresc.\n\n\tmolto\n\nfine\n5\n8"


def test_pdf_reads_form_fields_and_annotations() -> None:
    annotations = b"/Annots[%s]" % b"".join(
        b"<</Type/Annot/Subtype/%s/Rect[0 0 50 20]%s>>" % one
        for one in (
            (b"Widget", b"/FT/Tx/T(name)/V(Grace Hopper)"),
            (b"Widget", b"/FT/Btn/T(box)/V/Yes"),
            (b"FreeText", b"/Contents<FEFF004C006F006E0064006F006E>"),
            (b"Link", b"/Contents(a link)"),
        )
    )
    content = read(make_pdf(say(b"Name:"), page=annotations))
    found = [(content.text[one.start : one.end], one.page) for one in content.passages]
    assert found == [("Name:", 1), ("Grace Hopper", 1), ("London", 1)]


def test_pdf_records_page_and_bbox_of_images() -> None:
    image, jpeg = jpeg_image(40, 20)
    content = read(make_pdf(say(b"One"), say(b"Two") + show(b"I0", 20, 30, 80, 40), images=[image, raw_image(30, 30)]))
    (image,) = content.images
    assert (image.data, image.page, image.bbox) == (jpeg, 2, (20.0, 230.0, 100.0, 270.0))
    assert content.text[image.start :] == "Two"


def test_pdf_encodes_other_images_as_png(caplog: pytest.LogCaptureFixture) -> None:
    content = read(make_pdf(say(b"One") + show(b"I0", 0, 0, 20, 20), images=[raw_image(20, 20, b"\xff\0\0" * 400)]))
    (image,) = content.images
    shown = Image.open(io.BytesIO(image.data or b""))
    assert shown.format == "PNG"
    assert shown.convert("RGB").getpixel((10, 10)) == (255, 0, 0)
    assert not caplog.records


@pytest.mark.parametrize(
    ("colours", "mode"), [((0, 0, 0), "1"), ((90, 90, 90), "L"), ((255, 0, 0), "RGB")], ids=["black", "grey", "red"]
)
def test_pdf_encodes_images_without_unused_channels(colours: tuple[int, int, int], mode: str) -> None:
    pixels = (b"\xff\xff\xff" + bytes(colours)) * 800
    (image,) = read(make_pdf(say(b"Text") + show(b"I0", 20, 20, 40, 40), images=[raw_image(40, 40, pixels)])).images
    assert Image.open(io.BytesIO(image.data or b"")).mode == mode


@pytest.mark.parametrize(
    ("turn", "place"),
    [
        (0, (20.0, 230.0, 100.0, 270.0)),
        (90, (30.0, 20.0, 70.0, 100.0)),
        (180, (100.0, 30.0, 180.0, 70.0)),
        (270, (230.0, 100.0, 270.0, 180.0)),
    ],
)
def test_pdf_rotates_bounding_boxes_with_the_page(turn: int, place: tuple[float, ...]) -> None:
    page = say(b"One") + show(b"I0", 20, 30, 80, 40)
    content = read(make_pdf(page, images=[jpeg_image(40, 20)[0]], page=b"/Rotate %d" % turn))
    assert [one.bbox for one in content.images] == [place]


def test_pdf_finds_images_in_forms() -> None:
    form = stream(
        show(b"P", 0, 0, 10, 10),
        b"/Type/XObject/Subtype/Form/BBox[0 0 10 10]/Resources<</XObject<</P 5 0 R>>>>",
    )
    page = say(b"One") + b"q 4 0 0 2 50 60 cm /I0 Do Q"
    content = read(make_pdf(page, images=[form, jpeg_image(20, 20)[0]]))
    assert [one.bbox for one in content.images] == [(50.0, 220.0, 90.0, 240.0)]


def test_pdf_deduplicates_images_and_drops_tiny_ones() -> None:
    page = say(b"One") + show(b"I0", 0, 0, 20, 20) + show(b"I1", 50, 0, 20, 20)
    content = read(make_pdf(page, page, images=[jpeg_image(40, 40)[0], jpeg_image(15, 40)[0]]))
    assert [one.page for one in content.images] == [1]


def test_pdf_renders_pages_without_text() -> None:
    image = jpeg_image(200, 300, "blue")[0]
    line = b"10 10 m 190 290 l S\n"
    content = read(make_pdf(say(b"One"), show(b"I0", 0, 0, 200, 300), line, b"", images=[image]))
    assert content.text == "One"
    assert content.notes == ("pages 2-3 have no text and were kept as images",)
    assert [(one.page, one.bbox) for one in content.images] == [(2, (0, 0, 200, 300)), (3, (0, 0, 200, 300))]
    shown = Image.open(io.BytesIO(content.images[0].data or b""))
    assert (shown.format, shown.size) == ("JPEG", (556, 834))
    assert shown.getpixel((300, 400))[2] > 240
    assert Image.open(io.BytesIO(content.images[1].data or b"")).mode == "L"


def test_pdf_treats_a_page_with_an_image_and_a_page_number_as_a_scan() -> None:
    images = [jpeg_image(200, 300)[0]]
    scanned = say(b"- 12 -") + show(b"I0", 0, 20, 200, 280)
    assert read(make_pdf(scanned, images=images)).notes[0].startswith("page 1 has no text")
    figure = say(b"- 12 -") + show(b"I0", 0, 20, 100, 100)
    assert read(make_pdf(figure, images=images)).notes == ()


def test_pdf_names_the_extra_for_reading_scanned_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "installed", lambda: [])
    scanned = make_pdf(show(b"I0", 0, 0, 200, 300), images=[jpeg_image(200, 300)[0]])
    content = read(scanned, ocr="auto")
    assert content.notes == ("page 1 has no text and was kept as an image: install docsight[ocr] to read it",)
    with pytest.raises(MissingExtraError, match="ocr"):
        read(scanned, ocr="always")


def test_pdf_inserts_recognized_text_at_the_scanned_page(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[tuple[int, int]] = []

    def recognize(image: Image.Image) -> RecognizedText:
        sizes.append(image.size)
        return RecognizedText(text="Grace Hopper", confidence=0.9)

    monkeypatch.setattr(engines, "installed", lambda: ["rapidocr"])
    monkeypatch.setattr(engines, "recognize", recognize)
    figure = say(b"Three words here.") + show(b"I1", 0, 0, 50, 50)
    images = [jpeg_image(200, 300)[0], jpeg_image(80, 70)[0]]
    data = make_pdf(say(b"One"), show(b"I0", 0, 0, 200, 300), figure, images=images)
    content = read(data, ocr="auto")
    assert content.text == "One\n\nGrace Hopper\n\nThree words here."
    assert [(one.page, one.confidence) for one in content.passages] == [(1, None), (2, 0.9), (3, None)]
    assert (len(content.images), content.notes, sizes) == (2, (), [(556, 834)])

    content = read(data, ocr="always")
    assert content.text == "One\n\nGrace Hopper\n\nThree words here.\n\nGrace Hopper"
    last = content.passages[-1]
    assert (content.text[last.start : last.end], last.page, last.confidence) == ("Grace Hopper", 3, 0.9)
    assert sizes[2:] == [(80, 70)]


def test_pdf_reports_damaged_and_encrypted_files() -> None:
    for data in (b"%PDF-1.7\nnothing", b"", b"\0" * 100):
        with pytest.raises(DataError, match=r"damaged|not a PDF|is empty|cannot be read"):
            read(data)
    key = b"0" * 32
    locked = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O(%s)/U(%s)>>/ID[(a)(a)]" % (key, key)
    with pytest.raises(DataError, match="encrypted"):
        read(write_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"], locked))


def test_pdf_raises_file_system_errors(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(pdf.read(Source.of(tmp_path / "none.pdf")))


def test_pdf_skips_a_damaged_page() -> None:
    data = make_pdf(say(b"One"), say(b"Two"), say(b"Three"))
    content = read(data.replace(b"[4 0 R 6 0 R", b"[4 0 R 3 0 R"))
    assert [(content.text[one.start : one.end], one.page) for one in content.passages] == [("One", 1), ("Three", 3)]
    assert content.notes == ("page 2 cannot be read: Failed to load page.",)


def test_pdf_stops_at_max_pages() -> None:
    content = read(make_pdf(*(say(b"Page %d" % number) for number in range(1, 6))), max_pages=2)
    assert content.text == "Page 1\n\nPage 2"
    assert content.notes == ("it has 5 pages: those after page 2 were left out (max_pages)",)


def test_pdf_stops_on_a_cyclic_page_tree() -> None:
    circle = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R 2 0 R]/Count 1000000>>",
        b"<</Type/Pages/Kids[2 0 R]/Count 999999/Parent 2 0 R>>",
    ]
    with pytest.raises(DataError, match="none of the 200 pages tried can be read"):
        read(write_pdf(circle))


def test_pdf_stops_after_many_missing_pages() -> None:
    content = read(make_pdf(say(b"One")).replace(b"/Count 1>>", b"/Count 1000000>>"))
    assert content.text == "One"
    assert "those from page 202 onward were left out" in content.notes[0]


def test_pdf_leaves_out_giant_images() -> None:
    entries = b"/Type/XObject/Subtype/Image/Width 100000/Height 100000/ColorSpace/DeviceRGB/BitsPerComponent 8"
    giant = stream(zlib.compress(bytes(1000)), entries + b"/Filter/FlateDecode")
    content = read(make_pdf(say(b"Some words on the page") + show(b"I0", 0, 0, 100, 100), images=[giant]))
    assert content.text == "Some words on the page"
    assert content.images == ()
    assert "100,000 x 100,000 pixels is too large" in content.notes[0]
    content = read(make_pdf(say(b"One"), show(b"I0", 0, 0, 200, 300), images=[giant]))
    assert "page 2" in content.notes[0]


def test_pdf_renders_pages_of_any_size() -> None:
    data = make_pdf(b"0 0 m 10 10 l S").replace(b"[0 0 200 300]", b"[0 0 9e5 300]")
    assert read(data).notes
    content = read(make_pdf(b"0 0 m 10 10 l S").replace(b"[0 0 200 300]", b"[0 0 9000 30]"))
    assert Image.open(io.BytesIO(content.images[0].data or b"")).size[0] == 4000


def test_name_pages_abbreviates_ranges() -> None:
    assert name_pages([3]) == "page 3"
    assert name_pages([3, 4, 5, 7]) == "pages 3-5, 7"
    assert name_pages(range(1, 100, 2)).endswith("19 and 40 more")
