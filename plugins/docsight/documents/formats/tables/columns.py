"""Tables: which column of them is the text, and a row as a document."""

import re
from collections.abc import Collection, Sequence
from typing import Any

from docsight.documents.formats.content import ParsedDocument, PartError, SkipError
from docsight.errors import DataError

TEXT_NAMES = ("text", "content", "body", "document", "abstract")
_TITLE_NAMES = ("title", "subject", "headline")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NAMES_SHOWN = 20


def text_column(names: Sequence[str], strings: Collection[str], *, wanted: str | None) -> str:
    """Choose the column that holds the text: the one asked for, else one of a usual name, else the only one of strings.

    Args:
        names: All columns.
        strings: Those that hold text.
        wanted: The column asked for.

    Raises:
        DataError: There is none, or there are several.
    """
    shown = ", ".join(repr(name[:80]) for name in names[:_NAMES_SHOWN]) + (", …" if len(names) > _NAMES_SHOWN else "")
    if wanted is not None:
        if wanted in names:
            return wanted
        raise DataError(f"has no column {wanted!r}, but {shown or 'none at all'}; choose one with --text-column")
    by_name = {name.strip().lower(): name for name in strings}
    for one in TEXT_NAMES:
        if one in by_name:
            return by_name[one]
    if len(strings) == 1:
        return next(iter(strings))
    raise DataError(f"no telling which of its columns holds the text: {shown or 'none'}; choose one with --text-column")


def title_column(names: Sequence[str], *, text: str) -> str | None:
    """Choose the column that holds the title, by its name."""
    by_name = {name.strip().lower(): name for name in names if name != text}
    return next((by_name[one] for one in _TITLE_NAMES if one in by_name), None)


def row_content(
    number: int, text: Any, title: Any = None, *, encoding: str = "", note: str = ""
) -> ParsedDocument | PartError:
    """Make a row a document; a flaw where its text is none.

    Args:
        number: The number of the row, from 1.
        text: What its text column holds.
        title: What its title column holds.
        encoding: How the table was decoded.
        note: What is wrong with the row, if anything is.
    """
    part = str(number)
    if text is None:
        return PartError(part=part, error=SkipError("the row has no text"))
    if not isinstance(text, str):
        return PartError(part=part, error=DataError(f"expected text in its text column, found {type(text).__name__}"))
    text, replaced = _SURROGATE.subn("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    notes = [f"{replaced} bytes or halves that are no characters were replaced by U+FFFD"] if replaced else []
    return ParsedDocument(
        text=text,
        part=part,
        title=_SURROGATE.sub("\ufffd", " ".join(title.split())) if isinstance(title, str) else "",
        encoding=encoding,
        notes=(*notes, note) if note else tuple(notes),
    )
