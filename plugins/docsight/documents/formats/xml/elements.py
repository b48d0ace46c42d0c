"""What one element of an article says: its name, its text, its numbers, and the places that a cell covers."""

import itertools
from typing import Any

from docsight.documents.formats.xml import vocabularies as v
from docsight.documents.formats.xml.entities import known_character

_TITLE_PATHS = (
    "{*}front/{*}article-meta/{*}title-group/{*}article-title", "{*}teiHeader/{*}fileDesc/{*}titleStmt/{*}title",
    "{*}info/{*}title", "{*}title", "{*}bookinfo/{*}title", "{*}articleinfo/{*}title",
    "{*}refnamediv/{*}refname",
)  # fmt: skip


def title_of(root: Any) -> str:
    """Return the title of a document on one line; empty if it has none."""
    found = (root.find(path) for path in _TITLE_PATHS)
    return next((text for one in found if one is not None and (text := plain_text(one))), "")


def local_name(element: Any) -> str:
    """Return the name of an element without its namespace; empty for comments, instructions and entities."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def entity_text(element: Any) -> str:
    """Return the character of an entity that HTML knows; other entities stay as they are written.

    Comments and instructions are empty.
    """
    from lxml import etree  # type: ignore[import-untyped]

    return known_character(element.name) or element.text if element.tag is etree.Entity else ""


def plain_text(element: Any) -> str:
    """Return the text in an element on one line."""
    return " ".join("".join(element.itertext("*")).split())


def is_line(element: Any) -> bool:
    """Return whether an element has text of its own, and not only other elements."""
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)


def separator_of_parts(element: Any) -> str:
    """Return what to write between the parts of a reference; empty if it has text between them.

    The parts of many references are only elements, which a program shows with punctuation between them.
    """
    if is_line(element):
        return ""
    return " " if local_name(element) in v.PERSON_NAMES else ", "


def number_of_footnote(footnote: Any) -> str:
    """Return the number or mark that an element states for a footnote, with a space; empty if it states none."""
    number = footnote.get("label") or footnote.get("n") or footnote.get("symbol")
    return f"{number} " if number else ""


def item_numbers(name: str, element: Any) -> "itertools.count[int] | None":
    """Return the numbers of the items of a list; None if it is not numbered."""
    kind = element.get("list-type") or element.get("type") or element.get("rend") or ""
    return itertools.count(1) if name in v.NUMBERED_LISTS or kind in v.NUMBERED_TYPES else None


def titles_by_id(root: Any) -> dict[str, str]:
    """Return the titles of the elements that references without a text may refer to."""
    titles: dict[str, str] = {}
    for element in root.iter("{*}*"):
        name = next((value for attribute in v.ID_ATTRIBUTES if (value := element.get(attribute))), "")
        title = next(element.iterchildren("{*}title", "{*}head"), None) if name else None
        if title is None and name:
            title = element.find("{*}info/{*}title")
        if title is not None:
            titles[name] = plain_text(title)
    return titles


def column_names(table: Any) -> dict[str, int]:
    """Return the numbers of the columns of a CALS table by their names; columns need not have one."""
    columns = enumerate(table.iterchildren("{*}colspec"))
    return {name: number for number, column in columns if (name := column.get("colname"))}


def cell_spans(cell: Any, columns: dict[str, int]) -> dict[str, str | None]:
    """Return how many columns and rows a cell covers, as the attributes of HTML."""
    first, last = columns.get(cell.get("namest") or ""), columns.get(cell.get("nameend") or "")
    width = cell.get("colspan") or cell.get("cols")
    if first is not None and last is not None:
        width = str(last - first + 1)
    more = cell.get("morerows") or ""
    height = str(int(more) + 1) if more.isascii() and more.isdigit() and len(more) < 6 else None
    return {"colspan": width, "rowspan": height or cell.get("rowspan") or cell.get("rows")}
