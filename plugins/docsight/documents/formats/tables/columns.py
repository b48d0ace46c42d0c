"""Which column of a table holds the text, and a row as a document."""

import re
from collections.abc import Collection, Sequence
from typing import Any

from docsight.documents.formats.content import ParsedDocument, PartError, SkipError
from docsight.documents.formats.text.encoding import normalize_newlines, replace_surrogates
from docsight.errors import DataError

TEXT_COLUMNS = ("text", "content", "body", "document", "abstract")
_TITLE_COLUMNS = ("title", "subject", "headline")
_MAX_COLUMNS_LISTED = 20
_MAX_PROSE_CHARS = 10_000  # of a cell
_URL_CELL = re.compile(r"[a-z][a-z0-9+.-]*://\S*", re.I)
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def choose_text_column(names: Sequence[str], textual: Collection[str], *, requested: str | None) -> str:
    """Choose the column that holds the text: the requested one, one with a usual name, or the only textual one.

    The name of a nested field is its path, such as `data.text`; if no column has a usual name, its last part counts.

    Raises:
        DataError: There is no such column, or there are several.
    """
    listed = ", ".join(repr(name[:80]) for name in names[:_MAX_COLUMNS_LISTED]) or "none"
    listed += ", …" if len(names) > _MAX_COLUMNS_LISTED else ""
    if requested is not None:
        if requested in names:
            return requested
        raise DataError(f"has no column {requested!r}, found {listed}; choose one with --text-column")
    by_name = {name.strip().lower(): name for name in textual}
    for name in TEXT_COLUMNS:
        if name in by_name:
            return by_name[name]
    for usual in TEXT_COLUMNS:
        nested = [name for name in textual if name.strip().lower().endswith(f".{usual}")]
        if len(nested) == 1:
            return nested[0]
    if len(textual) == 1:
        return next(iter(textual))
    raise DataError(f"it is unclear which column holds the text, found {listed}; choose one with --text-column")


def is_prose(cells: Sequence[str]) -> bool:
    """Return whether most cells of a column have more than three words, unlike names, numbers and addresses."""
    return sum(_count_words(cell[:_MAX_PROSE_CHARS]) > 3 for cell in cells) * 2 > len(cells)


def is_address(cells: Sequence[str]) -> bool:
    """Return whether all cells of a column are addresses such as `https://example.org/a`."""
    return all(_URL_CELL.fullmatch(cell.strip()) is not None for cell in cells)


def _count_words(text: str) -> int:
    """Return the number of words: a path or an identifier such as `a::b` is one, but many scripts have no spaces."""
    found = ((word, _LETTERS.findall(word)) for word in text.split())
    return sum(min(1, len(parts)) if word.isascii() else len(parts) for word, parts in found)


def choose_title_column(names: Sequence[str], *, text: str) -> str | None:
    by_name = {name.strip().lower(): name for name in names if name != text}
    return next((by_name[name] for name in _TITLE_COLUMNS if name in by_name), None)


def parse_row(
    number: int, text: Any, title: Any = None, *, encoding: str = "", note: str = ""
) -> ParsedDocument | PartError:
    """Return a row as a document, or an error if it has no text.

    Args:
        number: The number of the row, from 1.
        text: The value in its text column.
        title: The value in its title column.
        encoding: How the table was decoded.
        note: A warning about the row, if any.
    """
    part = str(number)
    if text is None:
        return PartError(part=part, error=SkipError("the row has no text"))
    if not isinstance(text, str):
        return PartError(part=part, error=DataError(f"expected text in its text column, found {type(text).__name__}"))
    text, replaced = replace_surrogates(normalize_newlines(text))
    what = "byte or lone surrogate was" if replaced == 1 else "bytes or lone surrogates were"
    notes = [f"{replaced} {what} replaced by U+FFFD"] if replaced else []
    return ParsedDocument(
        text=text,
        part=part,
        title=replace_surrogates(" ".join(title.split()))[0] if isinstance(title, str) else "",
        encoding=encoding,
        notes=(*notes, note) if note else tuple(notes),
    )
