"""PDFs: loops, false sizes, actions and bombs."""

from pathlib import Path

from .builders import FONT, MEGA, deflated_zeros, pdf, pdf_page, show_line, stream
from .case import CANARY_FILE, DOCUMENT, EITHER, FAILED, Cases
from .good import SENTENCE, make_pdf

CASES = Cases()
NEEDS = {"needs": ("pypdfium2",)}
LINE = show_line(SENTENCE)
CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"


def with_pages(pages: bytes, *more: bytes) -> bytes:
    """Make a PDF with this page tree; object 3 is a page."""
    return pdf([CATALOGUE, pages, PAGE, stream(LINE), FONT, *more])


@CASES.add("page-loop.pdf", EITHER, **NEEDS)
def page_loop() -> bytes:
    return with_pages(b"<</Type/Pages/Kids[2 0 R 3 0 R 2 0 R]/Count 3>>")


@CASES.add("page-loop-long.pdf", EITHER, **NEEDS)
def long_page_loop() -> bytes:
    return with_pages(
        b"<</Type/Pages/Kids[6 0 R]/Count 100000>>",
        b"<</Type/Pages/Parent 2 0 R/Kids[7 0 R 7 0 R]/Count 50000>>",
        b"<</Type/Pages/Parent 6 0 R/Kids[6 0 R 3 0 R]/Count 50000>>",
    )


@CASES.add("million-pages.pdf", EITHER, **NEEDS)
def page_count_lie() -> bytes:
    return with_pages(b"<</Type/Pages/Kids[3 0 R]/Count 1000000>>")


@CASES.add("same-page-often.pdf", EITHER, slow=True, **NEEDS)
def same_page_often() -> bytes:
    return with_pages(b"<</Type/Pages/Kids[%s]/Count 200000>>" % (b"3 0 R " * 200_000))


@CASES.add("same-page-2000-times.pdf", DOCUMENT, "Ada Lovelace", **NEEDS)
def same_page() -> bytes:
    return with_pages(b"<</Type/Pages/Kids[%s]/Count 2000>>" % (b"3 0 R " * 2000))


@CASES.add("negative-pages.pdf", EITHER, **NEEDS)
def negative_pages() -> bytes:
    return with_pages(b"<</Type/Pages/Kids[3 0 R]/Count -1>>")


@CASES.add("deep-page-tree.pdf", EITHER, **NEEDS)
def deep_page_tree() -> bytes:
    depth = 3000
    nodes = [
        b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (number + 1 if number < depth else 3)
        for number in range(6, depth + 1)
    ]
    return with_pages(b"<</Type/Pages/Kids[6 0 R]/Count 1>>", *nodes)


@CASES.add("no-pages.pdf", EITHER, **NEEDS)
def no_pages() -> bytes:
    return with_pages(b"<</Type/Pages/Kids[]/Count 0>>")


@CASES.add("encrypted.pdf", FAILED, "crypt|password", **NEEDS)
def encrypted() -> bytes:
    """Has a user password; its hashes match no password that a reader would try."""
    objects = [CATALOGUE, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", PAGE, stream(LINE), FONT]
    secret = b"<" + b"ab" * 32 + b">"
    objects.append(b"<</Filter/Standard/V 2/R 3/Length 128/P -4/O %s/U %s>>" % (secret, secret))
    return pdf(
        objects, trailer=b"/Encrypt 6 0 R/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]"
    )


@CASES.add("giant-page.pdf", EITHER, **NEEDS)
def giant_page() -> bytes:
    return pdf_page(LINE).replace(b"[0 0 612 792]", b"[-1e9 -1e9 1e9 1e9]")


@CASES.add("giant-empty-page.pdf", EITHER, **NEEDS)
def giant_scan() -> bytes:
    return pdf_page(b"0 0 m 900000 900000 l S").replace(b"[0 0 612 792]", b"[0 0 1000000 1000000]")


@CASES.add("page-of-no-size.pdf", EITHER, **NEEDS)
def flat_page() -> bytes:
    return pdf_page(b"0 0 m 9 9 l S").replace(b"[0 0 612 792]", b"[0 0 0 0]")


@CASES.add("page-of-nan.pdf", EITHER, **NEEDS)
def nan_page() -> bytes:
    return pdf_page(LINE).replace(b"[0 0 612 792]", b"[nan inf 1e999 -1e999]")


@CASES.add("ribbon.pdf", EITHER, **NEEDS)
def ribbon() -> bytes:
    return pdf_page(b"0 0 m 9 9 l S").replace(b"[0 0 612 792]", b"[0 0 1000000 1]")


@CASES.add("unit.pdf", EITHER, **NEEDS)
def user_unit() -> bytes:
    return pdf_page(b"0 0 m 9 9 l S", page=b"/UserUnit 100000000")


@CASES.add_file("actions.pdf", DOCUMENT, "Ada Lovelace", **NEEDS)
def actions(path: Path) -> None:
    mark = str(path.parent / "launched").encode()
    catalogue = b"/OpenAction 6 0 R/AA<</WC 7 0 R>>"
    catalogue += b"/Names<</JavaScript<</Names[(a) 6 0 R]>>/EmbeddedFiles<</Names[(b) 8 0 R]>>>>"
    more = [
        b"<</S/JavaScript/JS(app.launchURL\\('http://203.0.113.7/'\\);while\\(true\\){})>>",
        b"<</S/Launch/F(/bin/touch)/Win<</F(cmd.exe)/P(/c touch %s)>>/Unix<</F(touch %s)>>>>" % (mark, mark),
        b"<</Type/Filespec/F(../../evil.sh)/EF<</F 9 0 R>>>>",
        stream(b"#!/bin/sh\ntouch " + mark, b"/Type/EmbeddedFile"),
        b"<</Type/Annot/Subtype/Link/Rect[0 0 600 700]/A<</S/URI/URI(http://203.0.113.7/)>>>>",
    ]
    path.write_bytes(pdf_page(LINE, page=b"/Annots[10 0 R]/AA<</O 6 0 R>>", catalogue=catalogue, more=more))


@CASES.add_file("file-stream.pdf", EITHER, **NEEDS)
def external_stream(path: Path) -> None:
    """Has a stream whose content is a file on the machine."""
    target = str((path.parent / CANARY_FILE).resolve()).encode()
    path.write_bytes(pdf_page(b"", page=b"/Contents 6 0 R", more=[stream(b"", b"/F(%s)" % target)]))


@CASES.add("nested-arrays.pdf", EITHER, **NEEDS)
def nested_arrays() -> bytes:
    return pdf_page(LINE, more=[b"[" * 100_000, b"<</A" * 100_000]).replace(b"/F 5 0 R", b"/F 5 0 R/G 6 0 R/H 7 0 R")


@CASES.add("nested-contents.pdf", EITHER, **NEEDS)
def nested_contents() -> bytes:
    return pdf_page(b"q " * 200_000 + b"[" * 200_000 + LINE)


@CASES.add("form-loop.pdf", EITHER, slow=True, **NEEDS)
def form_loop() -> bytes:
    """Has a form that draws itself, and a chain of forms each of which draws the next one twice."""
    forms = [stream(b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>")]
    for number in range(7, 32):
        entries = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>" % (
            number + 1 if number < 31 else 5
        )
        forms.append(stream(b"/X Do /X Do", entries))
    return pdf_page(LINE + b" /X Do /Y Do", more=forms).replace(b"/Font<<", b"/XObject<</X 6 0 R/Y 7 0 R>>/Font<<", 1)


@CASES.add("length-lie.pdf", EITHER, **NEEDS)
def length_lie() -> bytes:
    return pdf([CATALOGUE, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", PAGE, stream(LINE, length=2**31 - 1), FONT])


@CASES.add("length-refers-to-itself.pdf", EITHER, **NEEDS)
def length_loop() -> bytes:
    return pdf(
        [
            CATALOGUE,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            PAGE,
            stream(LINE).replace(b"/Length 74", b"/Length 4 0 R"),
            FONT,
        ]
    )


@CASES.add("bomb-stream.pdf", EITHER, slow=True, **NEEDS)
def bomb_stream() -> bytes:
    return _bomb(4000)


@CASES.add("bomb-stream-small.pdf", EITHER, slow=True, **NEEDS)
def small_bomb_stream() -> bytes:
    return _bomb(600)


def _bomb(megabytes: int) -> bytes:
    import zlib

    inner = deflated_zeros(megabytes * MEGA, wrapped=True)
    return pdf(
        [
            CATALOGUE,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            PAGE,
            stream(zlib.compress(inner), b"/Filter[/FlateDecode/FlateDecode]"),
            FONT,
        ]
    )


@CASES.add("bomb-image.pdf", EITHER, **NEEDS)
def bomb_image() -> bytes:
    image = stream(
        deflated_zeros(430 * MEGA, wrapped=True),
        b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceGray/BitsPerComponent 1"
        b"/Filter/FlateDecode",
    )
    page = pdf_page(LINE + b" q 500 0 0 500 50 50 cm /I Do Q", more=[image])
    return page.replace(b"/Font<<", b"/XObject<</I 6 0 R>>/Font<<", 1)


@CASES.add("image-claims.pdf", EITHER, **NEEDS)
def image_claims() -> bytes:
    image = stream(
        b"x",
        b"/Type/XObject/Subtype/Image/Width 100000/Height 100000/ColorSpace/DeviceRGB/BitsPerComponent 8",
    )
    page = pdf_page(b"q 500 0 0 500 50 50 cm /I Do Q", more=[image])
    return page.replace(b"/Font<<", b"/XObject<</I 6 0 R>>/Font<<", 1)


@CASES.add("many-images.pdf", EITHER, **NEEDS)
def many_images() -> bytes:
    image = stream(
        b"\x80" * 400, b"/Type/XObject/Subtype/Image/Width 20/Height 20/ColorSpace/DeviceGray/BitsPerComponent 8"
    )
    page = pdf_page(LINE + b" q 50 0 0 50 50 50 cm /I Do Q" * 20_000, more=[image])
    return page.replace(b"/Font<<", b"/XObject<</I 6 0 R>>/Font<<", 1)


@CASES.add("text-of-10mb.pdf", EITHER, **NEEDS)
def much_text() -> bytes:
    return pdf_page(b"BT /F 1 Tf " + b"(Ada Lovelace in London. ) Tj " * 20_000 + b"ET")


@CASES.add("text-of-100mb.pdf", EITHER, slow=True, **NEEDS)
def very_much_text() -> bytes:
    return pdf_page(b"BT /F 1 Tf " + b"(" + b"Ada Lovelace. " * 7_000_000 + b") Tj ET")


@CASES.add("xref-loop.pdf", EITHER, **NEEDS)
def xref_loop() -> bytes:
    data = pdf_page(LINE)
    start = data.rfind(b"xref\n0")
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>"], trailer=b"/Prev %d" % start) + data


@CASES.add("own-previous.pdf", EITHER, **NEEDS)
def own_previous() -> bytes:
    data = pdf_page(LINE)
    return data.replace(b"/Root 1 0 R ", b"/Root 1 0 R /Prev %d " % data.rfind(b"xref\n0"))


@CASES.add("object-stream-loop.pdf", EITHER, **NEEDS)
def object_stream_loop() -> bytes:
    return pdf_page(LINE, more=[stream(b"6 0 <<>>", b"/Type/ObjStm/N 2000000000/First 4/Extends 6 0 R")])


@CASES.add("function-loop.pdf", EITHER, **NEEDS)
def function_loop() -> bytes:
    function = b"<</FunctionType 3/Domain[0 1]/Functions[6 0 R 6 0 R]/Bounds[0.5]/Encode[0 1 0 1]>>"
    content = b"/CS cs 0.5 scn 0 0 100 100 re f"
    page = pdf_page(content, more=[function, b"[/Separation/X/DeviceRGB 6 0 R]"])
    return page.replace(b"/Font<<", b"/ColorSpace<</CS 7 0 R>>/Font<<", 1)


for name, change in {
    "cut-in-half.pdf": lambda data: data[: len(data) // 2],
    "no-xref.pdf": lambda data: data[: data.rfind(b"xref\n0")],
    "only-a-head.pdf": lambda data: data[:15],
    "text-in-front.pdf": lambda data: b"Sent by fax\r\n" * 20 + data,
    "xref-elsewhere.pdf": lambda data: data.replace(b"startxref\n", b"startxref\n999"),
}.items():
    CASES.add_bytes(name, change(make_pdf()), EITHER, **NEEDS)
CASES.add_bytes("empty.pdf", b"", FAILED, **NEEDS)
CASES.add_bytes("text-called.pdf", b"This is no PDF at all.\n", EITHER, **NEEDS)
CASES.add_bytes("pdf-called.txt", pdf_page(LINE), DOCUMENT, "Ada Lovelace", **NEEDS)
