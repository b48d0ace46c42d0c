"""A small valid file of each format, written beside the hostile ones and mutated by the fuzzer."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
from collections.abc import Callable

from PIL import Image

from .builders import docx, epub, make_zip, opendocument, paragraph, pdf_page, pptx, shape, show_line
from .ole_builder import msg, xls

SENTENCE = "Ada Lovelace wrote to Charles Babbage in London."
OPENDOCUMENT_TABLE = (
    f'<table:table table:name="S"><table:table-row><table:table-cell><text:p>{SENTENCE}</text:p></table:table-cell>'
    '<table:table-cell table:number-columns-repeated="3"/></table:table-row></table:table>'
)


def make_image(kind: str, mode: str = "L", size: tuple[int, int] = (32, 24), **options: object) -> bytes:
    """Make an image with a rectangle in it."""
    image = Image.new(mode, size, None)
    image.paste(Image.new(mode, (size[0] // 2 or 1, size[1] // 2 or 1), _light(mode)), (0, 0))
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def make_mail() -> bytes:
    """Make a mail with plain text, HTML and attachments."""
    from email.message import EmailMessage

    message = EmailMessage()
    message["Subject"] = "The engine \u2013 notes"
    message["From"] = "Ada Lovelace <ada@example.org>"
    message["To"] = "charles@example.org, \u00c9mile <e@example.org>"
    message["Date"] = "Mon, 10 Jul 1843 10:00:00 +0000"
    message.set_content(f"{SENTENCE}\nD\u00e9j\u00e0 vu.\n")
    message.add_alternative(f"<p>{SENTENCE}</p><img src='cid:one'>", subtype="html")
    message.add_attachment(make_image("PNG"), maintype="image", subtype="png", filename="chart.png")
    message.add_attachment(b"a,text\n1," + SENTENCE.encode(), maintype="text", subtype="csv", filename="t.csv")
    inner = EmailMessage()
    inner["Subject"] = "Inner"
    inner.set_content("An inner message.\n")
    message.add_attachment(inner)
    return message.as_bytes()


def make_mbox() -> bytes:
    """Make a mailbox of two mails."""
    letter = (
        b"From ada@example.org Mon Jul 10 10:00:00 1843\nSubject: %s\nFrom: ada@example.org\n\n" + SENTENCE.encode()
    )
    return b"\n\n".join(letter % subject for subject in (b"One", b"=?utf-8?q?Zwei=C3=A9?=")) + b"\n>From quoted\n\n"


def make_parquet() -> bytes:
    """Make a Parquet table of three rows."""
    import pyarrow
    from pyarrow import parquet as writer

    table = pyarrow.table({"n": [1, 2, 3], "text": [SENTENCE, None, "Third row."]})
    file = io.BytesIO()
    writer.write_table(table, file)
    return file.getvalue()


def make_pdf() -> bytes:
    """Make a PDF of one page with a line of text and an image."""
    from .builders import stream

    image = stream(
        make_image("JPEG", "RGB", (40, 30)),
        b"/Type/XObject/Subtype/Image/Width 40/Height 30/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode",
    )
    content = show_line(SENTENCE) + b" q 100 0 0 80 72 500 cm /I Do Q"
    page = b"/Resources<</Font<</F 5 0 R>>/XObject<</I 6 0 R>>>>"
    return pdf_page(content, more=[image]).replace(b"/Resources<</Font<</F 5 0 R>>>>", page)


def make_archive() -> bytes:
    """Make a zip with files of several formats, one of them a zip."""
    members = {"a.txt": SENTENCE.encode(), "sub/b.html": f"<p>{SENTENCE}</p>".encode(), "c.png": make_image("PNG")}
    return make_zip(members | {"inner.zip": make_zip({"d.md": b"# Inner\n"}), "e.eml": b"Subject: x\n\ny\n"})


def make_tar() -> bytes:
    """Make a tar with two files and a link."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in (("a.txt", SENTENCE.encode()), ("sub/b.md", b"# Title")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def make_7z() -> bytes:
    """Make a 7z archive of two files."""
    import py7zr

    file = io.BytesIO()
    with py7zr.SevenZipFile(file, "w") as archive:
        archive.writestr(SENTENCE, "a.txt")
        archive.writestr("# Title", "sub/b.md")
    return file.getvalue()


def make_rich_docx() -> bytes:
    """Make a Word file with many kinds of content, written by its library."""
    import docx

    document = docx.Document()
    document.core_properties.title = "Notes"
    document.add_heading("The engine", 1)
    document.add_paragraph(SENTENCE, style="List Bullet").add_run(" bold").bold = True
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(1, 1)).text = "merged"
    table.cell(2, 2).add_table(2, 2).cell(0, 0).text = "inner"
    document.add_picture(io.BytesIO(make_image("PNG")))
    document.sections[0].header.paragraphs[0].text = "Header"
    document.sections[0].footer.add_table(1, 1, 100).cell(0, 0).text = "Footer"
    document.add_page_break()
    return _saved(document)


def make_xlsx() -> bytes:
    """Make an Excel file with two sheets, merged cells, a comment and an image, written by a library."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Letters")
        sheet.write_row(0, 0, ("id", "text", "when"))
        sheet.write_row(1, 0, (1, SENTENCE))
        sheet.write(1, 2, 15898, book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.merge_range("A3:B3", "merged")
        sheet.write_formula("C3", "=1+1", None, 2)
        sheet.write_comment("A1", "A comment")
        sheet.insert_image("E1", "chart.png", {"image_data": io.BytesIO(make_image("PNG"))})
        book.add_worksheet("Second").write("B2", "cell")
    return file.getvalue()


def make_rich_pptx() -> bytes:
    """Make a PowerPoint file with many kinds of content, written by its library."""
    import pptx

    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "The engine", SENTENCE
    slide.shapes.add_table(2, 2, 0, 0, 99, 99).table.cell(0, 0).text = "cell"
    slide.shapes.add_picture(io.BytesIO(make_image("PNG")), 5, 5)
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(1, 1, 9, 9).text_frame.text = "grouped"
    slide.notes_slide.notes_text_frame.text = "Notes"
    presentation.slides.add_slide(presentation.slide_layouts[5])
    return _saved(presentation)


def _saved(document: object) -> bytes:
    file = io.BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def _light(mode: str) -> object:
    return {"RGB": (250, 200, 10), "RGBA": (250, 200, 10, 90), "CMYK": (10, 20, 30, 40)}.get(mode, 200)


# By suffix. The text of each file contains SENTENCE, or the file is an image.
GOOD: dict[str, Callable[[], bytes]] = {
    ".txt": lambda: f"{SENTENCE}\nD\u00e9j\u00e0 vu \u2013 caf\u00e9 in Z\u00fcrich.\n".encode(),
    ".md": lambda: f"# Title\n\n{SENTENCE}\n\n- one\n- two\n".encode(),
    ".rst": lambda: (
        f"Title\n=====\n\n:Date: 1843\n\n{SENTENCE} `a <https://b.org>`_ [#]_\n\n"
        "* one\n\n  1. two\n\n.. note:: Mind::\n\n     x()\n\n"
        ".. list-table::\n\n   * - a\n     - b\n\n+--+--+\n|a |b |\n+--+--+\n\n"
        "== ==\na  b\n== ==\n\n.. [#] Note |s|\n.. |s| replace:: t\n"
    ).encode(),
    ".adoc": lambda: (
        f"= Title\nAda <a@b.org>\n:k: v\n\n{SENTENCE} {{k}} link:c[d] footnote:[N *b*]\n\n"
        "* one\n** two\n+\nmore\n\nterm:: what\n\n"
        '[quote, A, B]\n____\nq\n____\n\n[cols="1,2"]\n|===\n2+|a|b |c\n3*|d\n|===\n\n[source]\n----\nx\n----\n'
    ).encode(),
    ".org": lambda: (
        f"#+TITLE: T\n* TODO One :a:\n:PROPERTIES:\n:A: b\n:END:\n{SENTENCE} [[https://b.org][c]] /d/ [fn:: e]\n"
        "- [ ] f\n  - g :: h\n"
        "| a | b |\n|---+---|\n#+BEGIN_SRC c\nx\n#+END_SRC\n#+begin_quote\nq\n#+end_quote\n: y\n"
    ).encode(),
    ".tex": lambda: (
        r"\documentclass{article}\newcommand{\x}{X}\title{T\thanks{U}}\begin{document}\maketitle\section[a]{B}"
        + SENTENCE
        + r" \x{} caf\'{e} $a_1$ \[b\] \footnote{N \emph{o}} \verb|c| \href{https://b.org}{d}%e"
        "\n\n"
        r"\begin{itemize}\item[f] g\end{itemize}\begin{tabular}{ll}\multicolumn{2}{c}{h}\\ i & j\end{tabular}"
        r"\begin{verbatim}k\end{verbatim}\begin{equation}l\end{equation}\end{document}"
    ).encode(),
    ".html": lambda: (
        f"<!doctype html><html><head><meta charset='utf-8'><title>T</title></head><body><h1>T</h1><p>{SENTENCE}</p>"
        "<table><tr><td>1<td>2</table><pre>a\n b</pre><script>x()</script><ul><li>q</ul></body></html>"
    ).encode(),
    ".png": lambda: make_image("PNG"),
    ".jpg": lambda: make_image("JPEG", "RGB"),
    ".gif": lambda: make_image("GIF"),
    ".tif": lambda: make_image("TIFF", "RGB"),
    ".webp": lambda: make_image("WEBP", "RGB"),
    ".bmp": lambda: make_image("BMP", "RGB"),
    ".pdf": make_pdf,
    ".docx": lambda: docx(
        paragraph(SENTENCE) + f"<w:tbl><w:tr><w:tc>{paragraph('a')}</w:tc><w:tc>{paragraph('b')}</w:tc></w:tr></w:tbl>"
    ),
    ".pptx": lambda: pptx(shape(SENTENCE) + shape("Second")),
    ".xlsx": make_xlsx,
    ".xls": lambda: xls((0, 0, "text"), (1, 0, SENTENCE), (2, 3, "cell")),
    ".odt": lambda: opendocument("text", f"<text:h>T</text:h><text:p>{SENTENCE}</text:p>"),
    ".ods": lambda: opendocument("spreadsheet", OPENDOCUMENT_TABLE),
    ".odp": lambda: opendocument("presentation", f"<draw:page><text:p>{SENTENCE}</text:p></draw:page>"),
    ".epub": lambda: epub(f"<h1>T</h1><p>{SENTENCE}</p>", "<table><tr><td>a</td><td/></tr></table>"),
    ".rtf": lambda: (
        rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset204 A;}{\f1\fcharset0 B;}}{\info{\title T}}"
        rb"{\header H\par}"
        rb"\pard\outlinelevel0 T\u8364?\par\pard\f1 " + SENTENCE.encode() + rb" caf\'e9{\footnote N}{\v hidden}\par"
        rb"\trowd\cellx99\pard\intbl a\cell b\cell\row\pard{\listtext 1.}\ls1 item\par{\pict\pngblip 0011}}"
    ),
    ".xml": lambda: (
        f"<?xml version='1.0'?><article><info><title>T</title><author><firstname>A</firstname></author></info><section>"
        f"<title>U</title><para>{SENTENCE} <footnote><para>N</para></footnote><xref linkend='i'/></para><table id='i'>"
        "<title>V</title><tgroup cols='2'><colspec colname='a'/><colspec colname='b'/><tbody><row><entry morerows='1'>a"
        "</entry><entry namest='a' nameend='b'>b</entry></row></tbody></tgroup></table><orderedlist><listitem><para>c"
        "</para></listitem></orderedlist><bibliography><bibliomixed>d<title>e</title></bibliomixed></bibliography>"
        "<programlisting>\n f\n</programlisting></section></article>"
    ).encode(),
    ".svg": lambda: (
        f"<svg xmlns='http://www.w3.org/2000/svg'><title>T</title><g><text x='1'>{SENTENCE}<tspan dy='2'>b</tspan>"
        "</text><switch><foreignObject><p>c</p></foreignObject></switch></g></svg>"
    ).encode(),
    ".zip": make_archive,
    ".gz": lambda: gzip.compress(SENTENCE.encode() * 3, mtime=0),
    ".tar": make_tar,
    ".7z": make_7z,
    ".bz2": lambda: bz2.compress(SENTENCE.encode() * 3),
    ".xz": lambda: lzma.compress(SENTENCE.encode() * 3),
    ".eml": make_mail,
    ".msg": lambda: msg(
        {0x37: "The engine", 0x0C1A: "Ada", 0x0C1F: "a@b.org", 0x39: 133_485_408_000_000_000, 0x1000: SENTENCE},
        recipients=[{0x3001: "Charles", 0x39FE: "c@b.org", 0x0C15: 1}],
        attachments=[{0x3707: "a.txt", 0x3701: b"Text", 0x370E: "text/plain"}],
    ),
    ".ics": lambda: (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Tea\\, late\r\nDTSTART;TZID=Europe/London:18430710T160000\r\n"
        f'ATTENDEE;CN="Ada":mailto:a@b.org\r\nDESCRIPTION:{SENTENCE}\\n\r\n  more\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'
    ).encode(),
    ".vcf": lambda: (
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Lovelace;Ada;;;\r\nTEL;HOME;VOICE:5\r\nADR;TYPE=home:;;1\\, St;London;;;\r\n"
        f"NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:{SENTENCE}=C3=BC=\r\nmore\r\nEND:VCARD\r\n"
    ).encode(),
    ".mbox": make_mbox,
    ".csv": lambda: f'id,text,n\n1,"{SENTENCE}",2\n2,"He said ""no"".",3\n'.encode(),
    ".tsv": lambda: f"id\ttext\n1\t{SENTENCE}\n2\tSecond row\n".encode(),
    ".jsonl": lambda: "".join(
        json.dumps({"id": n, "text": SENTENCE, "x": [1.5, None]}) + "\n" for n in (1, 2)
    ).encode(),
    ".ipynb": lambda: json.dumps(
        {
            "cells": [
                {"cell_type": "markdown", "source": f"# Notes\n\n{SENTENCE}"},
                {"cell_type": "code", "source": ["1 + 1"], "outputs": [{"output_type": "stream", "text": ["2\n"]}]},
            ],
            "metadata": {},
            "nbformat": 4,
        }
    ).encode(),
    ".parquet": make_parquet,
}
RICH = {".docx": make_rich_docx, ".pptx": make_rich_pptx}
NEEDS = {
    ".html": ("selectolax",),
    ".ipynb": ("selectolax", "markdown_it"),
    ".pdf": ("pypdfium2",),
    ".docx": ("docx",),
    ".pptx": ("pptx",),
    ".odt": ("lxml",),
    ".ods": ("lxml",),
    ".odp": ("lxml",),
    ".epub": ("lxml", "selectolax"),
    ".xml": ("lxml",),
    ".svg": ("lxml",),
    ".7z": ("py7zr",),
    ".xlsx": ("python_calamine",),
    ".xls": ("python_calamine", "olefile"),
    ".parquet": ("pyarrow",),
    ".eml": ("selectolax",),
    ".msg": ("olefile",),
    ".zip": ("selectolax",),
}
