"""Excel: each sheet as a heading and a table of the values that Excel shows, then text boxes and comments."""

import datetime
import re
from collections.abc import Iterable, Iterator
from typing import Any

from docsight.documents.formats.archives.safe_zip import read_members
from docsight.documents.formats.content import DocumentImage, ParsedDocument
from docsight.documents.formats.image_collector import ImageCollector
from docsight.documents.formats.ocr_text import append_image_text, recognizer_for
from docsight.documents.formats.office.excel_limits import check_workbook, read_xls
from docsight.documents.formats.office.markup import A, parse_xml
from docsight.documents.formats.office.package import zip_parts
from docsight.documents.formats.office.properties import CORE_PROPERTIES, read_properties
from docsight.documents.formats.ole import OLE_SIGNATURE
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.builder import LINE, PARAGRAPH, Block, TextBuilder
from docsight.errors import DataError, MissingExtraError

_EXCEL_KIND = "spreadsheet"
_MAX_PARTS_BYTES = 512 << 20  # when unpacked
_WORKBOOK_PARTS = re.compile(
    r"^(?:\[Content_Types\]\.xml|docProps/core\.xml|(?:_rels|xl)/.*\.(?:xml|bin|rels)|"
    r"xl/media/.*\.(?:png|jpe?g|gif|tiff?|bmp))$",
    re.I,
)
_EXCEL_MEDIA = re.compile(r"^xl/media/", re.I)
_COMMENTS = re.compile(r"^xl/(?:comments/?[^/]*|threadedComments/[^/]*)\.xml$", re.I)
_DRAWINGS = re.compile(r"^xl/drawings/drawing\d*\.xml$", re.I)
_SHEET_XML = re.compile(r"^xl/worksheets/.*\.xml$", re.I)
_SPACE_AROUND_VALUE = re.compile(rb"(?<=v>)\s++(?!<)|(?<!\s)\s++(?=</(?:\w{1,20}:)?v>)")
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield all sheets, hidden ones too, as one document.

    Raises:
        DataError: It cannot be read as a spreadsheet, or its cells span too large an area.
        MissingExtraError: A package is not installed.
    """
    try:
        from python_calamine import CalamineWorkbook
    except ImportError as err:
        raise MissingExtraError("Reading Excel files", "documents") from err
    recognize = recognizer_for(source.options)
    parts: dict[str, bytes] = {}
    if source.head(len(OLE_SIGNATURE)) == OLE_SIGNATURE:
        file = read_xls(source)
    else:
        parts = read_members(
            source, _WORKBOOK_PARTS, kind=_EXCEL_KIND, max_bytes=min(_MAX_PARTS_BYTES, source.options.max_bytes)
        )
        check_workbook(parts)
        file = zip_parts(
            {name: _without_spaces(name, data) for name, data in parts.items() if not _EXCEL_MEDIA.search(name)}
        )
    builder = TextBuilder()
    try:
        notes = _write_sheets(CalamineWorkbook.from_filelike(file), builder)
        _write_drawings(parts, builder)
    except DataError:
        raise
    except BaseException as err:
        # The library raises errors without a common class, and a panic of its Rust code is no `Exception`.
        if not isinstance(err, Exception) and type(err).__name__ != "PanicException":
            raise
        reason = "it is encrypted" if type(err).__name__ == "PasswordError" else err or type(err).__name__
        raise DataError(f"cannot be read as a {_EXCEL_KIND}: {reason}") from err
    images = _images(parts)
    title, metadata = read_properties(parts.get(CORE_PROPERTIES))
    document = ParsedDocument(
        text=builder.text(),
        title=title,
        metadata=metadata,
        images=tuple(images.images),
        passages=tuple(builder.passages()),
        notes=(*notes, *images.notes),
    )
    if source.options.ocr == "always" and recognize is not None:
        document = append_image_text(document, document.images, recognize)
    yield document


def _without_spaces(name: str, data: bytes) -> bytes:
    """Return a part without the spaces around numbers, which Excel ignores, but calamine does not."""
    return _SPACE_AROUND_VALUE.sub(b"", data) if _SHEET_XML.search(name) else data


def _write_sheets(workbook: Any, builder: TextBuilder) -> list[str]:
    """Write all worksheets; return notes.

    Raises:
        CalamineError: No sheet can be read.
    """
    from python_calamine import CalamineError

    hidden = 0
    errors: dict[str, CalamineError] = {}
    read = False
    for sheet in workbook.sheets_metadata:
        if not str(sheet.typ).endswith("WorkSheet"):
            continue  # a chart or a macro
        try:
            rows = workbook.get_sheet_by_name(sheet.name).iter_rows()
        except CalamineError as err:
            errors[sheet.name] = err
            continue
        read = True
        hidden += not str(sheet.visible).endswith(".Visible")
        builder.interrupt(PARAGRAPH)
        builder.block = Block(kind="heading", level=1)
        builder.write_collapsed(sheet.name)
        write_rows(rows, builder)
    if errors and not read:
        raise next(iter(errors.values()))
    notes = [f"{hidden} hidden {'sheet was' if hidden == 1 else 'sheets were'} read"] if hidden else []
    return notes + [f"the sheet {name!r} could not be read: {err}" for name, err in errors.items()]


def write_rows(rows: Iterable[list[Any]], builder: TextBuilder) -> None:
    """Write the rows of a sheet as a table."""
    builder.begin_table(Block(kind="table"))
    for row in rows:
        if row.count("") == len(row):  # sheets may have millions of empty rows
            continue
        for value in row:
            builder.begin_cell()
            if text := _shown(value):
                builder.write(text)
            builder.end_cell()
        builder.end_row()
    builder.end_table()


def _shown(value: Any) -> str:
    """Return the value of a cell as Excel shows it with general formats, and dates in ISO 8601."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\t", " ").replace("\0", "").strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    if isinstance(value, datetime.timedelta):
        return _hours(value)
    return "" if value is None else str(value)


def _hours(duration: datetime.timedelta) -> str:
    """Return a duration in hours, minutes and seconds, such as 26:05:00."""
    minutes, seconds = divmod(abs(round(duration.total_seconds())), 60)
    sign = "-" if duration < datetime.timedelta() else ""
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def _write_drawings(parts: dict[str, bytes], builder: TextBuilder) -> None:
    """Write the text boxes of all sheets, then the comments on cells."""
    for name in filter(_DRAWINGS.search, parts):
        builder.block = Block()
        for paragraph in parse_xml(parts[name]).iter(f"{A}p"):
            builder.interrupt(LINE)
            builder.write_collapsed("".join(text.text or "" for text in paragraph.iter(f"{A}t")))
        builder.interrupt(PARAGRAPH)
    for name in filter(_COMMENTS.search, parts):
        for comment in parse_xml(parts[name]).iter(f"{_SHEET}comment", "{*}threadedComment"):
            builder.interrupt(PARAGRAPH)
            builder.block = Block(kind="comment")
            builder.write("".join(text.text or "" for text in comment.iter(f"{_SHEET}t", "{*}text") if len(text) == 0))


def _images(parts: dict[str, bytes]) -> ImageCollector:
    images = ImageCollector()
    for name in filter(_EXCEL_MEDIA.search, parts):
        if images.is_new(parts[name]):
            images.add(DocumentImage(data=parts[name]))
    return images
