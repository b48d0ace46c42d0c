"""XML that is not well-formed: repaired where that changes no text, else read without its markup."""

import html
import re
from typing import Any
from xml.sax.saxutils import escape

from docsight.documents.formats.office.markup import parse_xml

_MAX_CHANGE = 0.01  # of the number of characters by a repair
# Each pattern matches to the end of the text if the markup is not closed, so that the time is linear.
_CDATA = r"<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)"
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[[^\]]*(?:\]\s*>|\Z)|>|\Z)")
_MARKUP = re.compile(rf"<!--.*?(?:-->|\Z)|{_CDATA}|{_DOCTYPE.pattern}|</?[A-Za-z_:][^<>]*>?|<[?!][^<>]*>?", re.DOTALL)
_STRAY = re.compile(rf"<!--.*?(?:-->|\Z)|{_CDATA}|&(?!#?\w{{1,40}};)|<(?![A-Za-z_:/!?])|\]\]>", re.DOTALL)
_NO_XML_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def repair(text: str) -> Any:
    """Return the root element of a text with stray characters escaped and tags closed; None if that changes the text.

    Several elements side by side, or a tag that closes too much, are read as parts of an element around them.
    """
    escaped = _STRAY.sub(_escaped, _NO_XML_CHARACTER.sub("", text))
    length = _length(without_markup(text))
    for attempt in (escaped, f"<document>{_DOCTYPE.sub('', escaped, count=1)}</document>"):
        root = _recovered(attempt)
        if root is not None and abs(_length(_text_of(root)) - length) <= _MAX_CHANGE * length:
            return root
    return None


def without_markup(text: str) -> str:
    """Return a text with each tag replaced by a line break."""
    return html.unescape(_MARKUP.sub(lambda found: f"\n{escape(found['cdata'] or '')}\n", text))


def _recovered(text: str) -> Any:
    from lxml import etree  # type: ignore[import-untyped]

    try:
        return parse_xml(text.encode(), recover=True)
    except etree.XMLSyntaxError:  # nested too deeply
        return None


def _text_of(root: Any) -> str:
    from lxml import etree

    text: str = etree.tostring(root, method="text", encoding="unicode")
    return text


def _escaped(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith("<!") else escape(found[0])


def _length(text: str) -> int:
    return sum(map(len, text.split()))
