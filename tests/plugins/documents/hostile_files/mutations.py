"""Mutate a file slightly, so that most of it stays valid."""

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence

from .builders import make_zip
from .xml_mutations import mutate_xml

_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF)
_DECIMALS = (b"0", b"-1", b"1", b"65536", b"2147483648", b"4294967295", b"99999999999999999999", b"1e400", b"nan")
_COMMON_KEYWORDS = (
    b"\0",
    b"\xff\xff\xff\xff",
    b"\r",
    b"\n\n",
    b'"',
    b"'",
    b"\\",
    b"%s",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xed\xa0\x80",
)
_KEYWORDS: dict[str, tuple[bytes, ...]] = {
    ".rst": (b".. note::\n", b"``", b"`", b"::\n", b"    ", b"+--+\n", b"== ==\n", b"\n====\n", b"|a|", b"* ", b"#. "),
    ".adoc": (
        b"|===\n",
        b"----\n",
        b"____\n",
        b"[cols=99*]\n",
        b"99+|",
        b"99*|",
        b"{k}",
        b"** ",
        b"::",
        b"footnote:[",
        b"+\n",
    ),
    ".org": (
        b"* ",
        b"#+begin_quote\n",
        b"#+end_quote\n",
        b"[[",
        b"][",
        b"|",
        b":END:\n",
        b" :: ",
        b"[fn::",
        b"/",
        b"  - ",
    ),
    ".tex": (
        b"{",
        b"}",
        b"\\\\",
        b"&",
        b"$",
        b"\\begin{tabular}{l}",
        b"\\end{tabular}",
        b"\\begin{itemize}",
        b"\\item[",
        b"\\footnote{",
        b"\\x",
        b"\\section{",
        b"%",
        b"\\[",
        b"\\(",
        b"\\verb|",
        b"\\multicolumn{99}{c}{",
    ),
    ".pdf": (
        b"obj",
        b"endobj",
        b"stream\n",
        b"endstream",
        b"xref",
        b"trailer",
        b"<<",
        b">>",
        b"[",
        b"]",
        b"/Kids",
        b"/Parent 3 0 R",
        b"/Length 9999999",
        b"/Filter/FlateDecode",
        b"/Filter[/ASCII85Decode/LZWDecode]",
        b"/Type/ObjStm",
        b"1 0 R",
        b"2 0 R",
        b"3 0 R",
        b"4 0 R",
        b"6 0 R",
        b"/DCTDecode",
        b"/JBIG2Decode",
        b"/JPXDecode",
        b"/CCITTFaxDecode",
        b"/Rotate 77",
        b"BT",
        b"ET",
        b"Tj",
        b"/SMask 6 0 R",
        b"/Encrypt 6 0 R",
        b"/UserUnit 9e9",
        b"Do",
        b"BI /W 9 /H 9 ID",
        b"/Indexed",
        b"/Width -1",
    ),
    ".html": (
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"<script>",
        b"</script>",
        b"<table>",
        b"<td>",
        b"</p>",
        b"<template>",
        b"<svg>",
        b"<math>",
        b"&#xD800;",
        b"&#0;",
        b"&#x110000;",
        b"<title>",
        b"<plaintext>",
        b"<textarea>",
        b"<meta charset=utf-16>",
        b"<select>",
        b"<body>",
        b"</body>",
        b"<frameset>",
        b"<?xml",
        b'<p title="',
        b"<noscript>",
        b"<pre>",
    ),
    ".eml": (
        b'Content-Type: multipart/mixed; boundary=""\r\n',
        b"Content-Type: message/rfc822\r\n\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n",
        b"=?utf-8?b?////?=",
        b"=?utf-8?q?=ED=A0=80?=",
        b"charset=utf-7",
        b"charset=idna",
        b"filename*=utf-8''%00%ff",
        b"filename*1=x",
        b"Subject: ",
        b"=3D=",
        b"\r\n\r\n",
        b"--",
        b"Date: 99",
        b'From: "',
        b"(",
        b"<@,@:",
        b"Content-Type: text/html\r\n",
        b'charset="\xff"',
        b"Content-Type: message/delivery-status\r\n\r\n",
        b"boundary*0=",
        b"Content-ID: <one>",
    ),
    ".rtf": (
        b"{",
        b"}",
        b"\\par ",
        b"\\cell ",
        b"\\row ",
        b"\\trowd",
        b"\\intbl",
        b"\\pard ",
        b"\\u-10179?",
        b"\\uc9999999999 ",
        b"\\bin9999999999 ",
        b"\\'",
        b"{\\footnote ",
        b"{\\*\\",
        b"\\fcharset128 ",
        b"\\nestcell ",
        b"{\\shptxt ",
        b"\\ansicpg65001 ",
    ),
    ".ipynb": (
        b'"source":',
        b'"outputs": 5',
        b'"cell_type": "code"',
        b'"image/png": "A"',
        b"\\ud800",
        b"`" * 500,
        b"$$" * 500,
        b"> " * 500,
    ),
    ".jsonl": (
        b"[",
        b"{",
        b"}",
        b"null",
        b"NaN",
        b"1e999",
        b"\\ud800",
        b"\\u0000",
        b'"text":',
        b'"text": [1]',
        b"\\",
        b"9" * 5000,
    ),
    ".csv": (
        b'"',
        b'""',
        b",",
        b";",
        b"\t",
        b"text",
        b"text,text",
        b"\r\n",
        b'"\n',
        b"sep=;\n",
    ),
    ".parquet": (
        b"PAR1",
        b"PARE",
        b"\x15\x00",
        b"\x19\xfc\xff\xff\xff\xff\x0f",
        b"\x16\xfe\xff\xff\xff\x0f",
    ),
    ".xml": (
        b"<w:tbl>",
        b"<w:tr>",
        b"<w:tc>",
        b"<w:p/>",
        b"<w:gridSpan w:val='99999999'/>",
        b"<w:vMerge/>",
        b"<w:tab/>",
        b"<w:del>",
        b"<w:ins>",
        b"<mc:AlternateContent>",
        b"<w:drawing/>",
        b"&a;",
        b"&#0;",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
        b"<?x?>",
        b"<!--",
        b"r:embed='rId1'",
        b"<a:t>",
        b"<p:grpSp>",
        b"<p:pic/>",
        b"<a:tbl/>",
        b"<w:sdt>",
        b"<w:hyperlink>",
        b"<w:footnoteReference w:id='9'/>",
        b"<w:txbxContent>",
        b"<c r='XFD1048576'><v>1</v></c>",
        b"<row r='99999999'>",
        b"<c t='s'><v>99999999</v></c>",
        b"<table:table-cell table:number-columns-repeated='99999'><text:p>x</text:p></table:table-cell>",
        b"<text:list>",
        b"<text:note>",
        b"<office:annotation>",
        b"<mergeCell ref='A1:XFD1048576'/>",
        b"<section>",
        b"<title/>",
        b"<table><row><entry>",
        b"<td colspan='9999' rowspan='9999'/>",
        b"<listitem>",
        b"<footnote>",
        b"<xref linkend='i'/>",
        b"<TEI/>",
    ),
}
_KEYWORDS[".mbox"] = (*_KEYWORDS[".eml"], b"\nFrom ", b"\nFrom x\n\n")
_KEYWORDS[".ics"] = _KEYWORDS[".vcf"] = (
    b"BEGIN:VCARD\r\n",
    b"BEGIN:VEVENT\r\n",
    b"END:VEVENT\r\n",
    b"\r\n ",
    b";",
    b":",
    b"=\r\n",
    b";ENCODING=QUOTED-PRINTABLE:",
    b"PHOTO;ENCODING=b:AAA",
    b"DTSTART:99999999T999999Z",
)
_KEYWORDS[".tsv"] = _KEYWORDS[".csv"]
_KEYWORDS[".docx"] = _KEYWORDS[".pptx"] = _KEYWORDS[".xlsx"] = _KEYWORDS[".svg"] = _KEYWORDS[".xml"]
_ZIPS = (".zip", ".docx", ".pptx", ".xlsx", ".odt", ".ods", ".odp", ".epub")
_XMLS = (".xml", ".svg")
_MAX_BYTES = 1 << 20


def mutate(data: bytes, suffix: str, others: Sequence[bytes], rng: random.Random) -> bytes:
    """Change a file in up to four places; in most archives and Office files, change a member instead.

    Args:
        data: The file.
        suffix: Its suffix, which selects the keywords to insert.
        others: Files of the same format, to splice it with.
        rng: The source of randomness.
    """
    if suffix in _ZIPS and rng.random() < 0.8:
        return _mutate_member(data, suffix, rng)
    if suffix in _XMLS and rng.random() < 0.6:
        return mutate_xml(data, rng) or _change(data, suffix, others, rng)
    if suffix == ".gz" and rng.random() < 0.6:
        return gzip.compress(_change(_gunzip(data), ".txt", [], rng), 1, mtime=0)
    return _change(data, suffix, others, rng)


def _change(data: bytes, suffix: str, others: Sequence[bytes], rng: random.Random) -> bytes:
    changes: list[Callable[[bytes, str, random.Random], bytes]]
    changes = [
        _flip,
        _flip,
        _set_number,
        _replace_digits,
        _delete,
        _duplicate,
        _swap,
        _insert_keyword,
        _insert_keyword,
        _truncate,
        _repeat,
    ]
    for _ in range(rng.choice((1, 1, 2, 4))):
        if others and rng.random() < 0.1:
            other = rng.choice(others)
            data = data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]
        data = rng.choice(changes)(data, suffix, rng)[:_MAX_BYTES]
    return data


def _offset(data: bytes, rng: random.Random) -> int:
    """Choose an offset, with a preference for the first 64 bytes, where headers are."""
    return rng.randrange(min(len(data), 64) + 1) if rng.random() < 0.3 else rng.randrange(len(data) + 1)


def _flip(data: bytes, suffix: str, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 3, 20))):
        if out:
            at = min(_offset(data, rng), len(out) - 1)
            out[at] ^= 1 << rng.randrange(8)
    return bytes(out)


def _set_number(data: bytes, suffix: str, rng: random.Random) -> bytes:
    """Write a boundary value of one to eight bytes."""
    kind = rng.choice("BHIQ")
    number = rng.choice(_NUMBERS) % (1 << 8 * struct.calcsize(kind))
    packed = struct.pack(rng.choice("<>") + kind, number)
    at = _offset(data, rng)
    return data[:at] + packed + data[at + len(packed) :]


def _replace_digits(data: bytes, suffix: str, rng: random.Random) -> bytes:
    """Replace a number in decimal digits."""
    digits = [at for at, byte in enumerate(data) if 48 <= byte <= 57]
    if not digits:
        return data
    start = end = rng.choice(digits)
    while end < len(data) and 48 <= data[end] <= 57:
        end += 1
    return data[:start] + rng.choice(_DECIMALS) + data[end:]


def _span(data: bytes, rng: random.Random) -> tuple[int, int]:
    start = _offset(data, rng)
    return start, min(len(data), start + rng.choice((1, 4, 16, 100, 1000)))


def _delete(data: bytes, suffix: str, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + data[end:]


def _duplicate(data: bytes, suffix: str, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    at = _offset(data, rng)
    return data[:at] + data[start:end] + data[at:]


def _repeat(data: bytes, suffix: str, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:end] + data[start:end] * rng.choice((10, 100, 1000)) + data[end:]


def _swap(data: bytes, suffix: str, rng: random.Random) -> bytes:
    a, b = sorted((_offset(data, rng), _offset(data, rng)))
    c, d = sorted((rng.randrange(b, len(data) + 1), rng.randrange(b, len(data) + 1)))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def _insert_keyword(data: bytes, suffix: str, rng: random.Random) -> bytes:
    at = _offset(data, rng)
    return (
        data[:at] + rng.choice((*_KEYWORDS.get(suffix, ()), *_COMMON_KEYWORDS)) * rng.choice((1, 1, 1, 50)) + data[at:]
    )


def _truncate(data: bytes, suffix: str, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)] if rng.random() < 0.5 else data


def _mutate_member(data: bytes, suffix: str, rng: random.Random) -> bytes:
    """Change a member of a zip or its name, duplicate one or remove one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(name, archive.read(name)) for name in archive.namelist()]
    except (OSError, ValueError, RuntimeError, NotImplementedError, EOFError, zipfile.BadZipFile, zlib.error):
        # After an earlier change `zipfile` cannot read it, so it is changed as bytes.
        return _change(data, suffix, [], rng)
    if not members:
        return data
    at = rng.randrange(len(members))
    if suffix != ".zip" and rng.random() < 0.7:  # the part that most code reads
        at = max(
            range(len(members)),
            key=lambda number: members[number][0].endswith(
                ("document.xml", "slide1.xml", "sheet1.xml", "content.xml", ".opf")
            ),
        )
    name, content = members[at]
    choice = rng.random()
    if choice < 0.05:
        del members[at]
    elif choice < 0.1:
        members[at] = (rng.choice(("../x", "/x.txt", "a\0b", "x" * 70_000, "", "word/document.xml"))[:65535], content)
    elif choice < 0.15:
        members.append((name, rng.choice(members)[1]))
    else:
        inner = ".xml" if name.endswith((".xml", ".rels", ".opf")) else "." + name.rpartition(".")[2]
        changed = mutate_xml(content, rng) if inner == ".xml" and rng.random() < 0.7 else None
        members[at] = (name, changed or _change(content, inner, [other for _, other in members], rng))
    return make_zip(members)


def _gunzip(data: bytes) -> bytes:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return data
