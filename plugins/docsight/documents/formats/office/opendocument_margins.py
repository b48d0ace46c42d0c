"""The headers and footers of OpenDocument files, which are in the part with the styles."""

import re
from typing import Any

from docsight.documents.formats.office.markup import parse_xml
from docsight.documents.formats.office.opendocument_styles import ODF_STYLE, ODF_TEXT

_COUNTED_FIELDS = {f"{ODF_TEXT}{name}" for name in ("page-number", "page-count", "sheet-name", "date", "time")}
_UNKNOWN_VALUE = "???"  # of a field that the program fills in
_PARAGRAPH_TAGS = (f"{ODF_TEXT}p", f"{ODF_TEXT}h")
_WORD_OR_NUMBER = re.compile(r"[^\W\d_]+|\d+")
_PAGE_WORD = re.compile(
    "pages?|pg|pp?|of|seiten?|s|von|páginas?|pág|pagin[ae]|pag|de|sur|di|su|van|sida|av|side|sivu|strona|str|z|"
    "oldal|stránka|strana|стр|страница|из|第|頁|页|ページ|共|の|쪽"
)


def read_styles(parts: dict[str, bytes], notes: list[str]) -> Any:
    """Return the root of the part with the styles; None if there is none."""
    try:
        return parse_xml(parts["styles.xml"]) if "styles.xml" in parts else None
    except SyntaxError:
        notes.append("its styles are damaged, so its headers and footers were not read")
        return None


def find_margins(styles: Any) -> dict[str, list[Any]]:
    """Return the headers and footers of all page styles, without those that only say "Page 1" or the like."""
    margins: dict[str, list[Any]] = {"header": [], "footer": []}
    if styles is None:
        return margins
    for kind, elements in margins.items():
        texts: set[str] = set()
        for element in styles.iter(f"{ODF_STYLE}{kind}"):
            text = "".join(element.itertext()).strip()
            if text and text not in texts and not _is_only_counted(element):
                texts.add(text)
                elements.append(element)
    return margins


def _is_only_counted(margin: Any) -> bool:
    """Return whether a margin has only fields with page numbers, dates and unknown values, and words like "Page"."""
    fields = [
        each
        for each in margin.iter()
        if each.tag in _COUNTED_FIELDS or (each.text == _UNKNOWN_VALUE and each.tag not in _PARAGRAPH_TAGS)
    ]
    if not fields:
        return False
    counted = {id(inner) for each in fields for inner in each.iter()}
    texts = [text for each in margin.iter() for text in ("" if id(each) in counted else each.text, each.tail)]
    words = _WORD_OR_NUMBER.findall(" ".join(filter(None, texts)).casefold())
    return all(map(_PAGE_WORD.fullmatch, words))
