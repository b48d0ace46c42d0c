"""Build files that libraries refuse to write."""

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Mapping, Sequence

MEGA = 1 << 20


def make_zip(members: Mapping[str, bytes] | Sequence[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Make a zip of members, in this order; names may occur twice."""
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", method) as archive:
        warnings.simplefilter("ignore")  # about names that occur twice
        for name, data in members.items() if isinstance(members, Mapping) else members:
            info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            info.compress_type = method
            archive.writestr(info, data)
    return file.getvalue()


def deflated_zeros(size: int, *, wrapped: bool) -> bytes:
    """Return compressed zero bytes without holding them in memory: one compressed block, repeated.

    Args:
        size: The number of zero bytes, a multiple of 1 MiB.
        wrapped: Whether to return a zlib stream, with a header and a checksum, or raw deflate.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(MEGA)) + packer.flush(zlib.Z_FULL_FLUSH)
    data = block * (size // MEGA) + b"\x03\x00"
    # The adler32 checksum of zeros is their count in the upper half, and 1 in the lower.
    return b"\x78\xda" + data + struct.pack(">I", (size % 65521) << 16 | 1) if wrapped else data


def make_raw_zip(name: bytes, data: bytes, size: int, *, method: int = 8, crc: int = 0, entries: int = 1) -> bytes:
    """Make a zip whose `entries` members share the same packed data, and state that it unpacks to `size` bytes."""
    size32, packed32 = min(size, 0xFFFFFFFF), len(data)
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, method, 0, 33, crc, packed32, size32, len(name), 0)
    body = local + name + data
    directory = b""
    for number in range(entries):
        own = b"%d-%s" % (number, name) if number else name
        directory += struct.pack(
            "<4sHHHHHHIIIHHHHHII",
            b"PK\1\2", 20, 20, 0, method, 0, 33, crc, packed32, size32, len(own), 0, 0, 0, 0, 0, 0,
        ) + own  # fmt: skip
    count = min(entries, 0xFFFF)
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + end


def pdf(
    objects: Sequence[bytes], *, trailer: bytes = b"", compact: bool = False, size: int | None = None, root: int = 1
) -> bytes:
    """Make a PDF of objects, numbered from 1; object `root` is the catalogue."""
    out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    if not compact:
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1 if size is None else size
    return out + b"trailer\n<</Size %d /Root %d 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (count, root, trailer, start)


def stream(data: bytes, entries: bytes = b"", *, length: int | None = None) -> bytes:
    """Make a PDF stream object."""
    return b"<</Length %d %s>>\nstream\n%s\nendstream" % (len(data) if length is None else length, entries, data)


FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def pdf_page(content: bytes, page: bytes = b"", catalogue: bytes = b"", more: Sequence[bytes] = ()) -> bytes:
    """Make a PDF of one page; the objects in `more` are numbered from 6."""
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R %s>>" % catalogue,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>> %s>>"
            % page,
            stream(content),
            FONT,
            *more,
        ]
    )


def show_line(text: str) -> bytes:
    """Return the content of a PDF page that shows a line of text."""
    return b"BT /F 24 Tf 72 700 Td (%s) Tj ET" % text.encode("latin-1")


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """Make a chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, data: bytes, *, depth: int = 8, colour: int = 0, extra: bytes = b"") -> bytes:
    """Make a PNG of packed pixel data."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + extra + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")


_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    '<Override PartName="/{}" ContentType="application/vnd.openxmlformats-officedocument.{}+xml"/></Types>'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONSHIPS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def relationship(name: str, kind: str, target: str, mode: str = "Internal") -> str:
    """Make the XML of a relationship in an Office file."""
    return f'<Relationship Id="{name}" Type="{_RELATION}/{kind}" Target="{target}" TargetMode="{mode}"/>'


def docx_parts(body: str | bytes, *, relations: str = "", doctype: str = "") -> dict[str, bytes]:
    """Make the parts of a Word file from the XML of its body."""
    inner = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    head = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{doctype}<w:document xmlns:w="{WORD}" '
        f'xmlns:r="{_RELATION}"><w:body>'
    )
    kind = "wordprocessingml.document.main"
    parts = {
        "[Content_Types].xml": _TYPES.format("word/document.xml", kind).encode(),
        "_rels/.rels": _RELATIONSHIPS.format(relationship("rId1", "officeDocument", "word/document.xml")).encode(),
        "word/document.xml": head.encode() + inner + b"</w:body></w:document>",
    }
    if relations:
        parts["word/_rels/document.xml.rels"] = _RELATIONSHIPS.format(relations).encode()
    return parts


def docx(body: str | bytes, **options: str) -> bytes:
    """Make a Word file from the XML of its body."""
    return make_zip(docx_parts(body, **options))


def paragraph(text: str) -> str:
    """Make the XML of a paragraph in a Word file."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


SLIDE = "http://schemas.openxmlformats.org/presentationml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def shape(text: str) -> str:
    """Make the XML of a shape with text."""
    return (
        '<p:sp><p:nvSpPr><p:cNvPr id="2" name="t"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/>'
        f"<p:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def pptx_parts(shapes: str, *, doctype: str = "") -> dict[str, bytes]:
    """Make the parts of a PowerPoint file with one slide from the XML of its shapes."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    spaces = f'xmlns:p="{SLIDE}" xmlns:a="{DRAWING}" xmlns:r="{_RELATION}"'
    kind = "presentationml.presentation.main"
    slide_type = (
        '<Override PartName="/ppt/slides/slide1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.presentationml.slide+xml"/></Types>'
    )
    types = _TYPES.format("ppt/presentation.xml", kind).replace("</Types>", slide_type)
    group = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>' + shapes
    return {
        "[Content_Types].xml": types.encode(),
        "_rels/.rels": _RELATIONSHIPS.format(relationship("rId1", "officeDocument", "ppt/presentation.xml")).encode(),
        "ppt/presentation.xml": (
            f'{head}<p:presentation {spaces}><p:sldIdLst><p:sldId id="256" r:id="rId2"/></p:sldIdLst></p:presentation>'
        ).encode(),
        "ppt/_rels/presentation.xml.rels": _RELATIONSHIPS.format(
            relationship("rId2", "slide", "slides/slide1.xml")
        ).encode(),
        "ppt/slides/slide1.xml": (
            f"{head}{doctype}<p:sld {spaces}><p:cSld><p:spTree>{group}</p:spTree></p:cSld></p:sld>"
        ).encode(),
    }


def pptx(shapes: str, **options: str) -> bytes:
    """Make a PowerPoint file with one slide from the XML of its shapes."""
    return make_zip(pptx_parts(shapes, **options))


_OPENDOCUMENT = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" '
    'xmlns:xlink="http://www.w3.org/1999/xlink"'
)


def opendocument_parts(kind: str, body: str, *, doctype: str = "") -> dict[str, bytes]:
    """Make the parts of an OpenDocument text, spreadsheet or presentation from the XML of its body."""
    head = f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<office:document-content {_OPENDOCUMENT}><office:body>'
    content = f"{head}<office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    return {"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(), "content.xml": content.encode()}


def opendocument(kind: str, body: str, **options: str) -> bytes:
    """Make an OpenDocument file from the XML of its body."""
    return make_zip(opendocument_parts(kind, body, **options))


def epub_parts(*chapters: str, spine: str = "", doctype: str = "") -> dict[str, bytes]:
    """Make the parts of an EPUB book from the XHTML of the bodies of its chapters and more XML of the spine."""
    numbers = range(1, len(chapters) + 1)
    items = "".join(f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in numbers)
    order = "".join(f'<itemref idref="c{n}"/>' for n in numbers)
    head = f'<?xml version="1.0" encoding="UTF-8"?>{doctype}'
    package = (
        f'{head}<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        f"<dc:title>Letters</dc:title></metadata><manifest>{items}</manifest><spine>{order}{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="{}"/>'
    )
    parts = {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": f"{container.format('OEBPS/a.opf')}</rootfiles></container>".encode(),
        "OEBPS/a.opf": package.encode(),
    }
    for number, body in zip(numbers, chapters, strict=True):
        page = f'{head}<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{body}</body></html>'
        parts[f"OEBPS/c{number}.xhtml"] = page.encode()
    return parts


def epub(*chapters: str, **options: str) -> bytes:
    """Make an EPUB book from the XHTML of the bodies of its chapters."""
    return make_zip(epub_parts(*chapters, **options))
