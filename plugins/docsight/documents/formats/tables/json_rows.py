"""The rows in a JSON value: which array holds them, their fields by path, and their texts."""

from collections.abc import Iterator
from typing import Any

from docsight.documents.formats.tables.columns import TEXT_COLUMNS, is_prose

_MAX_ROWS_EXAMINED = 100
_MAX_ARRAY_DEPTH = 3  # of arrays of rows in rows, such as the messages of chats
_PIECE_KEY = "text"  # of an object that is a piece of a text
_TARGET_KEYS = ("href", "url")  # of such an object


def flatten(row: Any, depth: int = 4) -> Any:
    """Replace the objects in an object by their fields, named by their paths; other values stay as they are."""
    if not isinstance(row, dict):
        return row
    fields: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict) and depth:
            fields |= {f"{name}.{inner}": item for inner, item in flatten(value, depth - 1).items()}
        else:
            fields[name] = value
    return fields


def is_usual(name: str) -> bool:
    """Return whether a field, named by its path, has a usual name of texts."""
    return name.strip().lower().rpartition(".")[2] in TEXT_COLUMNS


def pieces(value: Any) -> list[str] | None:
    """Return the pieces of a text that is a list of strings and of objects with a text; None if it is something else.

    Messengers and editors write texts so; an object is a piece with a format, or a link.
    """
    if not isinstance(value, list):
        return None
    found = [item.get(_PIECE_KEY, _no_text(item)) if isinstance(item, dict) else item for item in value]
    strings = [piece for piece in found if isinstance(piece, str)]
    return strings if len(strings) == len(found) else None


def _no_text(item: dict[str, Any]) -> str | None:
    """Return the text of a piece that has none, such as an image: an object of a type."""
    return "" if isinstance(item.get("type"), str) else None


def join_pieces(value: Any) -> tuple[Any, tuple[tuple[int, int, str], ...]]:
    """Return a list of pieces as one text, in their order, and its links; other values stay as they are.

    Pieces of one line have the spaces between them, or are strings among objects. Others are lines of their own.
    """
    if (found := pieces(value)) is None:
        return value, ()
    is_mixed = len({isinstance(item, dict) for item in value}) > 1
    if not any(found) and value:
        return value, ()
    is_inline = is_mixed or any(piece[:1].isspace() or piece[-1:].isspace() for piece in found)
    separator = "" if is_inline else "\n"
    links = []
    at = 0
    for item, piece in zip(value, found, strict=True):
        target = next((item[key] for key in _TARGET_KEYS if item.get(key)), "") if isinstance(item, dict) else ""
        if piece and isinstance(target, str) and target:
            links.append((at, at + len(piece), target))
        at += len(piece) + len(separator)
    return separator.join(found).strip("\n"), tuple(links)


def array_within(value: Any, depth: int = _MAX_ARRAY_DEPTH) -> list[Any] | None:
    """Return the rows of an object without a text, such as `{"count": 2, "items": [...]}`; None if it has no rows.

    They are those of the only array of objects, or of the only one whose rows have a text of a usual name. Rows of rows
    count, too: the messages of several chats.
    """
    if not isinstance(value, dict):
        return None
    fields = flatten(value)
    if any(is_usual(name) and _is_text(item) for name, item in fields.items()):
        return None
    arrays = [item for item in fields.values() if isinstance(item, list) and any(isinstance(row, dict) for row in item)]
    with_text = [rows for rows in (_rows_with_text(array, depth) for array in arrays) if rows]
    if len(with_text) == 1:
        return with_text[0]
    if any(isinstance(item, str) and is_prose([item]) for item in fields.values()):
        return None
    return arrays[0] if len(arrays) == 1 else None


def _is_text(value: Any) -> bool:
    """Return whether the value of a field with a usual name is a text, and not an array of rows."""
    if not isinstance(value, list):
        return isinstance(value, str)
    return bool(pieces(value)) and all(isinstance(item, str) or "type" in item for item in value)


def _rows_with_text(rows: list[Any], depth: int) -> list[Any]:
    """Return the rows that have a text of a usual name, or the rows in them that have one; none if there are none."""
    sample = [flatten(row) for row in rows[:_MAX_ROWS_EXAMINED] if isinstance(row, dict)]
    if any(is_usual(name) and _is_text(value) for row in sample for name, value in row.items()):
        return rows
    return list(_inner_rows(rows, depth - 1)) if depth else []


def _inner_rows(rows: list[Any], depth: int) -> Iterator[Any]:
    for row in rows:
        found = array_within(row, depth)
        if found is not None and _rows_with_text(found, 0):
            yield from found
