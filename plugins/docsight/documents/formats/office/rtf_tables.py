"""The font table and the style sheet of an RTF file: in which encoding text is, and what its paragraphs are."""

import codecs
import re

from docsight.documents.formats.office.roles import ROLES_OF_STYLES, Role
from docsight.documents.formats.office.symbol_fonts import is_symbol_font, symbol

_CODE_PAGE_WORDS = {"mac": "mac-roman", "pc": "cp437", "pca": "cp850", "ansi": "cp1252"}
_FONT_CHARSETS = {
    77: "mac-roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
    254: "cp437", 255: "cp850",
}  # fmt: skip
_MAX_RTF_LEVEL = 9
_MAX_RTF_NAME_CHARS = 200
_HEADING_STYLE = re.compile(r"heading ([1-9])")
_PRIVATE_USE = re.compile("[\uf000-\uf0ff]")


def _code_page(number: int | None) -> str | None:
    try:
        return codecs.lookup(f"cp{number}").name
    except LookupError:  # Python does not have it
        return None


class FontTable:
    """The encodings of the fonts, and which of them are fonts of symbols."""

    def __init__(self) -> None:
        self.code_page = "cp1252"  # of the document
        self.default: int | None = None
        self._encodings: dict[int, str] = {}
        self._names: dict[int, str] = {}

    def set_code_page(self, word: str, number: int | None) -> bool:
        """Apply a word of the header; return whether it is one about the code page of the document."""
        if word == "ansicpg" and number is not None:
            self.code_page = _code_page(number) or "cp1252"
        elif word in _CODE_PAGE_WORDS:
            self.code_page = _CODE_PAGE_WORDS[word]
        return word == "ansicpg" or word in _CODE_PAGE_WORDS

    def set_encoding(self, font: int, word: str, number: int | None) -> None:
        """Apply the character set of a font (`fcharset`), or its code page (`cpg`)."""
        encoding = _FONT_CHARSETS.get(number or 0) if word == "fcharset" else _code_page(number)
        if encoding is not None:
            self._encodings[font] = encoding

    def add_name(self, font: int, data: bytes) -> None:
        """Add a piece of the name of a font, which ends with a semicolon; other names may follow."""
        name = self._names.get(font, "")
        if not name.endswith(";") and len(name) < _MAX_RTF_NAME_CHARS:
            self._names[font] = name + data.decode("latin-1")

    def decode(self, data: bytes, font: int | None) -> str:
        """Decode bytes in the encoding of their font."""
        font = self.default if font is None else font
        if self._is_symbols(font):
            return "".join(symbol(self._name(font), byte) for byte in data)
        encoding = self.code_page if font is None else self._encodings.get(font, self.code_page)
        return data.decode(encoding, "replace")

    def sign(self, character: str, font: int | None) -> str:
        """Return a character of a font; those of fonts of symbols have private codes."""
        font = self.default if font is None else font
        if self._is_symbols(font) and _PRIVATE_USE.fullmatch(character):
            return symbol(self._name(font), ord(character))
        return character

    def _name(self, font: int | None) -> str:
        return "" if font is None else self._names.get(font, "").partition(";")[0].strip()

    def _is_symbols(self, font: int | None) -> bool:
        return is_symbol_font(self._name(font))


class StyleSheet:
    """The roles of the styles of paragraphs, by their numbers."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._levels: dict[int, int] = {}

    def add_name(self, style: int, data: bytes) -> None:
        """Add a piece of the name of a style."""
        name = self._names.get(style, "")
        if len(name) < _MAX_RTF_NAME_CHARS:
            self._names[style] = name + data.decode("latin-1")

    def set_level(self, style: int, number: int | None) -> None:
        """Set the level of the headings of a style, from 0; other numbers are those of text."""
        if number is not None and 0 <= number < _MAX_RTF_LEVEL:
            self._levels[style] = number + 1

    def role(self, style: int | None) -> Role:
        """Return the role of the paragraphs of a style."""
        if style is None:
            return Role()
        name = self._names.get(style, "").partition(";")[0].strip().lower()
        if match := _HEADING_STYLE.fullmatch(name):
            return Role(kind="heading", level=int(match[1]))
        if style in self._levels:
            return Role(kind="heading", level=self._levels[style])
        return ROLES_OF_STYLES.get(name, Role())
