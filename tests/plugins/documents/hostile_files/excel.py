"""Spreadsheets: absurd dimensions, strings without end, entities and damaged parts."""

import io
import re
import zipfile

from .builders import deflated_zeros, make_raw_zip, make_zip
from .case import CANARY_FILE, DOCUMENT, EITHER, FAILED, Cases
from .good import SENTENCE, make_xlsx
from .ole_builder import ole, xls

CASES = Cases()
EXCEL = {"needs": ("python_calamine", "lxml")}
XLS = {"needs": ("python_calamine", "olefile")}
SHEET, SHARED = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def edited(name: str, pattern: bytes, new: bytes) -> bytes:
    """Replace a pattern in a part of the valid file."""
    with zipfile.ZipFile(io.BytesIO(make_xlsx())) as archive:
        parts = {member: archive.read(member) for member in archive.namelist()}
    parts[name], count = re.subn(pattern, lambda _: new, parts[name], count=1, flags=re.S)
    assert count
    return make_zip(parts)


def rows(content: bytes) -> bytes:
    return edited(SHEET, rb"<sheetData>.*</sheetData>", b"<sheetData>" + content + b"</sheetData>")


@CASES.add("corners.xlsx", FAILED, "span 1,048,576 rows by 16,384 columns", **EXCEL)
def corners() -> bytes:
    return rows(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>')


@CASES.add("claims-all.xlsx", DOCUMENT, "Ada Lovelace", **EXCEL)
def claimed_dimension() -> bytes:
    """States the dimension of a full sheet for three rows."""
    return edited(SHEET, rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1:XFD1048576"/>')


@CASES.add("merge-all.xlsx", EITHER, **EXCEL)
def merged_all() -> bytes:
    return edited(SHEET, rb'<mergeCell ref="[^"]*"/>', b'<mergeCell ref="A1:XFD1048576"/>' * 100)


@CASES.add("far-rows.xlsx", FAILED, **EXCEL)
def far_rows() -> bytes:
    return rows(b'<row r="4294967296"><c><v>1</v></c></row><row r="1"><c r="ZZZ9999999"><v>1</v></c></row>')


@CASES.add("far-cell.xlsx", FAILED, "span 2,147,483,648 rows", **EXCEL)
def far_cell() -> bytes:
    return rows(b'<row r="1"><c r="A1"><v>1</v></c><c r="C2147483648"><v>1</v></c></row>')


@CASES.add("no-references.xlsx", DOCUMENT, **EXCEL)
def without_references() -> bytes:
    return rows(b"<row><c><v>1</v></c><c/><c><v>2</v></c></row>" * 3)


@CASES.add("quoted-often.xlsx", FAILED, "characters", **EXCEL)
def shared_string_bomb() -> bytes:
    """Has one string of 200 kB in 10,000 cells."""
    with zipfile.ZipFile(io.BytesIO(rows(b'<row><c t="s"><v>0</v></c></row>' * 10_000))) as archive:
        parts = {member: archive.read(member) for member in archive.namelist()}
    parts[SHARED] = re.sub(rb"<t[^>]*>[^<]*</t>", b"<t>" + b"Ada " * 50_000 + b"</t>", parts[SHARED], count=1)
    return make_zip(parts)


@CASES.add("entities.xlsx", EITHER, **EXCEL)
def entities() -> bytes:
    """Has the billion laughs in its strings."""
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    doctype = b'<!DOCTYPE sst [<!ENTITY l0 "lol">' + laughs + b"]>\n<sst "
    return edited(SHARED, rb"<sst ", doctype).replace(b"Ada", b"Ada")


@CASES.add("external-entity.xlsx", EITHER, **EXCEL)
def external_entity() -> bytes:
    return edited(SHARED, rb"<sst ", b'<!DOCTYPE sst [<!ENTITY x SYSTEM "%s">]><sst ' % CANARY_FILE.encode())


@CASES.add("cut-sheet.xlsx", FAILED, **EXCEL)
def cut_sheet() -> bytes:
    return edited(SHEET, rb"</sheetData>.*", b"")


@CASES.add("no-sheet.xlsx", FAILED, **EXCEL)
def no_sheet() -> bytes:
    return make_zip({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})


@CASES.add("formula.xlsx", DOCUMENT, "Ada Lovelace", **EXCEL)
def formula() -> bytes:
    return edited(SHEET, rb"<f>[^<]*</f>", b"<f>WEBSERVICE(&quot;http://example.org&quot;)</f>")


CASES.add_bytes(
    "bomb.xlsx", make_raw_zip(b"xl/workbook.xml", deflated_zeros(2000 << 20, wrapped=False), 2000 << 20), FAILED
)
CASES.add_bytes("corners.xls", xls((0, 0, SENTENCE), (65_535, 65_535, "x")), FAILED, "span 65,536 rows", **XLS)
REPEATED_CELLS = [(row, 0, 0) for row in range(20_000)]
CASES.add_bytes("quoted-often.xls", xls(*REPEATED_CELLS, shared=["Ada " * 8000]), FAILED, "characters", **XLS)
CASES.add_bytes("wide.xls", xls((0, 0, SENTENCE), (30_000, 255, "x")), DOCUMENT, "Ada Lovelace", **XLS)
CASES.add_bytes("empty.xls", b"", EITHER)
CASES.add_bytes("cut.xls", xls((0, 0, SENTENCE))[:1000], FAILED, **XLS)
CASES.add_bytes("other-stream.xls", ole({"Pictures": b"x"}), FAILED, "not a spreadsheet", **XLS)
CASES.add_bytes(
    "encrypted.xlsx", ole({"EncryptedPackage": b"x" * 100, "EncryptionInfo": b"x"}), FAILED, "encrypted", **XLS
)
CASES.add_bytes("sector-loop.xls", xls((0, 0, SENTENCE))[:48] + b"\0\0\0\0" + xls((0, 0, SENTENCE))[52:], FAILED, **XLS)
