"""A small valid file of each format: they lie beside hostile ones, and are what the fuzz run changes."""

import gzip
import io
import json
from collections.abc import Callable

from PIL import Image

from .building import docx, line_of, paragraph, pdf_page, pptx, shape, zipped

SENTENCE = "Ada Lovelace wrote to Charles Babbage in London."


def picture(kind: str, mode: str = "L", size: tuple[int, int] = (32, 24), **options: object) -> bytes:
    """Make a picture with a shape on it."""
    image = Image.new(mode, size, None)
    image.paste(Image.new(mode, (size[0] // 2 or 1, size[1] // 2 or 1), _light(mode)), (0, 0))
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def mail() -> bytes:
    """Make a mail with a part of text, one of HTML, and attachments."""
    from email.message import EmailMessage

    message = EmailMessage()
    message["Subject"] = "The engine \u2013 notes"
    message["From"] = "Ada Lovelace <ada@example.org>"
    message["To"] = "charles@example.org, \u00c9mile <e@example.org>"
    message["Date"] = "Mon, 10 Jul 1843 10:00:00 +0000"
    message.set_content(f"{SENTENCE}\nD\u00e9j\u00e0 vu.\n")
    message.add_alternative(f"<p>{SENTENCE}</p><img src='cid:one'>", subtype="html")
    message.add_attachment(picture("PNG"), maintype="image", subtype="png", filename="chart.png")
    message.add_attachment(b"a,text\n1," + SENTENCE.encode(), maintype="text", subtype="csv", filename="t.csv")
    inner = EmailMessage()
    inner["Subject"] = "Inner"
    inner.set_content("An inner message.\n")
    message.add_attachment(inner)
    return message.as_bytes()


def mbox() -> bytes:
    """Make a mailbox of two mails."""
    letter = (
        b"From ada@example.org Mon Jul 10 10:00:00 1843\nSubject: %s\nFrom: ada@example.org\n\n" + SENTENCE.encode()
    )
    return b"\n\n".join(letter % subject for subject in (b"One", b"=?utf-8?q?Zwei=C3=A9?=")) + b"\n>From quoted\n\n"


def parquet() -> bytes:
    """Make a Parquet table of three rows."""
    import pyarrow
    from pyarrow import parquet as writer

    table = pyarrow.table({"n": [1, 2, 3], "text": [SENTENCE, None, "Third row."]})
    file = io.BytesIO()
    writer.write_table(table, file)
    return file.getvalue()


def pdf_file() -> bytes:
    """Make a PDF of a page with a line of text and a picture."""
    from .building import stream

    image = stream(
        picture("JPEG", "RGB", (40, 30)),
        b"/Type/XObject/Subtype/Image/Width 40/Height 30/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode",
    )
    content = line_of(SENTENCE) + b" q 100 0 0 80 72 500 cm /I Do Q"
    page = b"/Resources<</Font<</F 5 0 R>>/XObject<</I 6 0 R>>>>"
    return pdf_page(content, more=[image]).replace(b"/Resources<</Font<</F 5 0 R>>>>", page)


def archive() -> bytes:
    """Make a zip with files of several kinds, one of them a zip."""
    members = {"a.txt": SENTENCE.encode(), "sub/b.html": f"<p>{SENTENCE}</p>".encode(), "c.png": picture("PNG")}
    return zipped(members | {"inner.zip": zipped({"d.md": b"# Inner\n"}), "e.eml": b"Subject: x\n\ny\n"})


def rich_word() -> bytes:
    """Make a Word file of many kinds of content, as its library writes it."""
    import docx

    document = docx.Document()
    document.core_properties.title = "Notes"
    document.add_heading("The engine", 1)
    document.add_paragraph(SENTENCE, style="List Bullet").add_run(" bold").bold = True
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(1, 1)).text = "merged"
    table.cell(2, 2).add_table(2, 2).cell(0, 0).text = "inner"
    document.add_picture(io.BytesIO(picture("PNG")))
    document.sections[0].header.paragraphs[0].text = "Header"
    document.sections[0].footer.add_table(1, 1, 100).cell(0, 0).text = "Footer"
    document.add_page_break()
    return _saved(document)


def rich_slides() -> bytes:
    """Make a PowerPoint file of many kinds of content, as its library writes it."""
    import pptx

    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "The engine", SENTENCE
    slide.shapes.add_table(2, 2, 0, 0, 99, 99).table.cell(0, 0).text = "cell"
    slide.shapes.add_picture(io.BytesIO(picture("PNG")), 5, 5)
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(1, 1, 9, 9).text_frame.text = "grouped"
    slide.notes_slide.notes_text_frame.text = "Notes"
    show.slides.add_slide(show.slide_layouts[5])
    return _saved(show)


def _saved(document: object) -> bytes:
    file = io.BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def _light(mode: str) -> object:
    return {"RGB": (250, 200, 10), "RGBA": (250, 200, 10, 90), "CMYK": (10, 20, 30, 40)}.get(mode, 200)


# By suffix; each gives a document whose text has SENTENCE, or a picture.
GOOD: dict[str, Callable[[], bytes]] = {
    ".txt": lambda: f"{SENTENCE}\nD\u00e9j\u00e0 vu \u2013 caf\u00e9 in Z\u00fcrich.\n".encode(),
    ".md": lambda: f"# Title\n\n{SENTENCE}\n\n- one\n- two\n".encode(),
    ".html": lambda: (
        f"<!doctype html><html><head><meta charset='utf-8'><title>T</title></head><body><h1>T</h1><p>{SENTENCE}</p>"
        "<table><tr><td>1<td>2</table><pre>a\n b</pre><script>x()</script><ul><li>q</ul></body></html>"
    ).encode(),
    ".png": lambda: picture("PNG"),
    ".jpg": lambda: picture("JPEG", "RGB"),
    ".gif": lambda: picture("GIF"),
    ".tif": lambda: picture("TIFF", "RGB"),
    ".webp": lambda: picture("WEBP", "RGB"),
    ".bmp": lambda: picture("BMP", "RGB"),
    ".pdf": pdf_file,
    ".docx": lambda: docx(
        paragraph(SENTENCE) + f"<w:tbl><w:tr><w:tc>{paragraph('a')}</w:tc><w:tc>{paragraph('b')}</w:tc></w:tr></w:tbl>"
    ),
    ".pptx": lambda: pptx(shape(SENTENCE) + shape("Second")),
    ".zip": archive,
    ".gz": lambda: gzip.compress(SENTENCE.encode() * 3, mtime=0),
    ".eml": mail,
    ".mbox": mbox,
    ".csv": lambda: f'id,text,n\n1,"{SENTENCE}",2\n2,"He said ""no"".",3\n'.encode(),
    ".tsv": lambda: f"id\ttext\n1\t{SENTENCE}\n2\tSecond row\n".encode(),
    ".jsonl": lambda: "".join(
        json.dumps({"id": n, "text": SENTENCE, "x": [1.5, None]}) + "\n" for n in (1, 2)
    ).encode(),
    ".parquet": parquet,
}
RICH = {".docx": rich_word, ".pptx": rich_slides}
NEEDS = {
    ".html": ("selectolax",),
    ".pdf": ("pypdfium2",),
    ".docx": ("docx",),
    ".pptx": ("pptx",),
    ".parquet": ("pyarrow",),
    ".eml": ("selectolax",),
    ".zip": ("selectolax",),
}
