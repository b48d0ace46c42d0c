"""The instructions of fields in RTF: links, and text that only the instruction has."""

import re

from docsight.documents.formats.office.symbol_fonts import is_symbol_font, symbol

_LINK_FIELD = re.compile(r'\s*HYPERLINK\s+(?:"([^"]+)"|([^\s\\]\S*))')
_PHONETIC_GUIDE = re.compile(r"\s*EQ\b[^()]*\\o[^()]*\(\\s\\up[ \d]*\([^()]*\)[,;]([^()]*)\)")
_SYMBOL_FIELD = re.compile(r'\s*SYMBOL\s+(\d{1,6})\b(?:.*?\\f\s+"?([^"\\]*))?', re.S)


def link_of_field(instruction: str) -> str:
    """Return the target of a hyperlink; empty if the field is another."""
    found = _LINK_FIELD.match(instruction)
    return (found[1] or found[2]) if found is not None else ""


def text_of_field(instruction: str) -> str:
    """Return the text that Word draws for a field without a result: the base of a phonetic guide, or a symbol."""
    if guide := _PHONETIC_GUIDE.match(instruction):
        return guide[1]
    found = _SYMBOL_FIELD.match(instruction)
    if found is None:
        return ""
    font, code = (found[2] or "").strip(), int(found[1])
    if is_symbol_font(font):
        return symbol(font, code)
    return bytes([code]).decode("cp1252", "replace") if 32 <= code < 256 else ""
