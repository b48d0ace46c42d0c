"""Excel files: the values of each sheet as a table."""

import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.office import excel, excel_limits, xls_strings
from docsight.documents.formats.source import Source
from docsight.errors import DataError

# The package test runs without the sources, so the builder is beside the tests.
sys.path.append(str(Path(__file__).parents[2]))
from hostile_files.ole_builder import xls

pytest.importorskip("python_calamine")
library = pytest.importorskip("xlsxwriter")


def save(write: Callable[[Any], None]) -> bytes:
    file = io.BytesIO()
    with library.Workbook(file, {"in_memory": True}) as book:
        write(book)
    return file.getvalue()


def read(data: bytes, name: str = "a.xlsx") -> ParsedDocument:
    (document,) = excel.read(Source(name=name, data=data))
    return document


def tables(document: ParsedDocument) -> list[list[list[str]]]:
    text = document.text
    return [[[text[a:b] for a, b in row] for row in passage.cells] for passage in document.passages if passage.cells]


def test_each_sheet_is_a_heading_and_a_table_with_cells() -> None:
    def write(book: Any) -> None:
        prices = book.add_worksheet("Prices")
        prices.write_row(0, 0, ("Item", "", "Price"))
        prices.write_row(2, 0, ("Clock\trepair", "", 12.5))
        book.add_worksheet("People").write("C3", "Ada Lovelace")

    document = read(save(write))
    assert document.text == "Prices\n\nItem\t\tPrice\nClock repair\t\t12.5\n\nPeople\n\nAda Lovelace"
    assert [passage.kind for passage in document.passages] == ["heading", "table", "heading", "table"]
    assert tables(document) == [[["Item", "", "Price"], ["Clock repair", "", "12.5"]], [["Ada Lovelace"]]]


def test_values_are_written_as_excel_shows_them() -> None:
    def write(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, (3.0, 0.1 + 0.2, True, -7))
        sheet.write(1, 0, 45293, book.add_format({"num_format": "dd.mm.yyyy"}))
        sheet.write(1, 1, 0.5, book.add_format({"num_format": "hh:mm"}))
        sheet.write_formula(1, 2, "=1+1", None, 2)
        sheet.write(1, 3, (26 + 5 / 60) / 24, book.add_format({"num_format": "[h]:mm"}))

    assert tables(read(save(write))) == [[["3", "0.3", "TRUE", "-7"], ["2024-01-02", "12:00:00", "2", "26:05:00"]]]


def test_a_merged_cell_has_its_content_in_the_first_cell() -> None:
    def write(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:C1", "Title")
        sheet.write_row(1, 0, ("a", "b", "c"))

    assert tables(read(save(write))) == [[["Title", "", ""], ["a", "b", "c"]]]


def test_comments_text_boxes_and_hidden_sheets_are_read() -> None:
    def write(book: Any) -> None:
        sheet = book.add_worksheet("Open")
        sheet.write("A1", "value")
        sheet.write_comment("A1", "Ask Ada")
        sheet.insert_textbox("D5", "In a box")
        hidden = book.add_worksheet("Secret")
        hidden.write("A1", "hidden value")
        hidden.hide()

    document = read(save(write))
    assert document.text == "Open\n\nvalue\n\nSecret\n\nhidden value\n\nIn a box\n\nAsk Ada"
    assert document.passages[-1].kind == "comment"
    assert document.notes == ("1 hidden sheet was read",)


def test_images_are_collected_once() -> None:
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (80, 70)).save(picture, "PNG")

    def write(book: Any) -> None:
        sheet = book.add_worksheet()
        for cell in ("A1", "D9"):
            sheet.insert_image(cell, "a.png", {"image_data": picture})

    assert [image.data for image in read(save(write)).images] == [picture.getvalue()]


def test_cells_in_opposite_corners_are_refused_before_memory_is_taken() -> None:
    def write(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, 1)
        sheet.write(1_048_575, 16_383, 2)

    with pytest.raises(DataError, match="span 1,048,576 rows by 16,384 columns"):
        read(save(write))


def replace_in_sheet(data: bytes, sheet: int, old: bytes, new: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(file, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            archive.writestr(name, part.replace(old, new) if name == f"xl/worksheets/sheet{sheet}.xml" else part)
    return file.getvalue()


def write_two_sheets(book: Any) -> None:
    book.add_worksheet("One").write_row(0, 0, (42, "Ada"))
    book.add_worksheet("Two").write(0, 0, 43)


def test_spaces_around_numbers_are_ignored_as_in_excel() -> None:
    data = replace_in_sheet(save(write_two_sheets), 1, b'"A1"><v>42</v>', b'"A1" t="n"><v> 42\n</v>')
    assert tables(read(data))[0] == [["42", "Ada"]]


def test_a_sheet_that_cannot_be_read_is_left_out_with_a_note() -> None:
    damaged = replace_in_sheet(save(write_two_sheets), 1, b'"A1"><v>42</v>', b'"A1" t="n"><v>4x</v>')
    document = read(damaged)
    assert document.text == "Two\n\n43"
    (note,) = document.notes
    assert note.startswith("the sheet 'One' could not be read: ")
    with pytest.raises(DataError, match="cannot be read as a spreadsheet"):
        read(replace_in_sheet(damaged, 2, b'"A1"><v>43</v>', b'"A1" t="n"><v>4x</v>'))


def test_a_damaged_file_fails_with_the_reason() -> None:
    data = save(lambda book: book.add_worksheet())
    with pytest.raises(DataError, match="cannot be read as a spreadsheet"):
        read(data[: len(data) // 2])


@pytest.mark.parametrize("record_bytes", [8224, 21, 20])
def test_old_files_have_shared_strings_of_any_number_of_records(record_bytes: int) -> None:
    strings = ["Ada", "Žofie Lovelaceová", "", "Zürich"]
    cells = [(0, 0, 1), (0, 1, 3), (1, 0, "text"), (1, 1, 0)]
    data = xls(*cells, shared=strings, record_bytes=record_bytes)
    assert read(data, "a.xls").text == "Sheet1\n\nŽofie Lovelaceová\tZürich\ntext\tAda"


def test_a_shared_string_counts_for_each_cell_that_refers_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    data = xls(*[(row, 0, 1) for row in range(100)], shared=["Ada", "x" * 50])
    assert len(read(data, "a.xls").text) > 5000
    monkeypatch.setattr(excel_limits, "_MAX_CHARS", 4999)
    with pytest.raises(DataError, match="more than 4,999 characters"):
        read(data, "a.xls")


def test_a_loop_in_the_tables_of_an_old_file_is_not_followed() -> None:
    data = bytearray(xls((0, 0, "Ada"), *[(row, 1, "x" * 200) for row in range(100)]))
    table = 512 * (1 + int.from_bytes(data[76:80], "little"))
    data[table + 4 : table + 8] = (1).to_bytes(4, "little")  # the second sector follows itself
    with pytest.raises(DataError, match="cannot be read as a spreadsheet"):
        read(bytes(data), "a.xls")
    size = data.index((len(xls_stream(data))).to_bytes(8, "little"))
    data[size : size + 4] = (1 << 30).to_bytes(4, "little")
    with pytest.raises(DataError, match="a stream of 1,073,741,824 bytes"):
        read(bytes(data), "a.xls")


def xls_stream(data: bytes) -> bytes:
    olefile = pytest.importorskip("olefile")
    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        return ole.openstream("Workbook").read()


def test_an_encrypted_workbook_of_excel_97_is_recognized() -> None:
    def record(kind: int, content: bytes) -> bytes:
        return kind.to_bytes(2, "little") + len(content).to_bytes(2, "little") + content

    begin, end = record(0x809, bytes(16)), record(0x0A, b"")
    assert xls_strings.is_encrypted(begin + record(0x2F, b"\0\0abcd") + b"\xff" * 50)
    assert not xls_strings.is_encrypted(begin + end + record(0x2F, b""))
