"""RTF: the text in order, with headings, lists and tables; then footnotes and comments. Hidden text is left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.office.rtf_document import INFO_WORDS, STORIES, RtfDocument
from docsight.documents.formats.office.rtf_fields import link_of_field, text_of_field
from docsight.documents.formats.office.rtf_formulas import (
    FORMULA_SIGNS,
    FormulaPart,
    is_formula_properties,
    is_formula_word,
    new_part,
    sign_at_begin,
    sign_at_end,
)
from docsight.documents.formats.office.rtf_grid import RtfGrid
from docsight.documents.formats.office.rtf_lists import LIST_TABLES
from docsight.documents.formats.office.rtf_story import TABLE_WORDS, RtfStory
from docsight.documents.formats.office.rtf_tables import FontTable, StyleSheet
from docsight.documents.formats.office.rtf_words import (
    CHARACTERS,
    LEFT_OUT_WORDS,
    MARKER_GROUPS,
    SHOWN_WORDS,
    TEXT_BOXES,
    is_number_marker,
)
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.builder import LINE, PARAGRAPH
from docsight.documents.formats.text.encoding import try_decode
from docsight.errors import DataError

_RTF_SIGNATURE = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\\rtf")
_MAX_GROUPS = 1000  # that are open at once
_MAX_LOOK_BACK = 8  # bytes
_MAX_INSTRUCTION_CHARS = 5000
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)"
)
_RTF_BREAKS = {"par": PARAGRAPH, "sect": PARAGRAPH, "page": PARAGRAPH, "column": PARAGRAPH, "line": LINE}
_CHARACTER_WORDS = ("f", "plain", "uc")  # without which markers and instructions cannot be decoded, either


@dataclass(frozen=True, kw_only=True)
class _Group:
    """The state that ends with a group in braces."""

    story: RtfStory
    destination: str = ""
    is_left_out: bool = False
    is_optional: bool = False  # `\*` was read: the next word is a destination that programs may ignore
    is_hidden: bool = False
    unicode_skip: int = 1  # how many characters follow a Unicode character for old programs
    font: int | None = None
    style: int | None = None  # that is described, in the style sheet
    formula: FormulaPart | None = None  # the operator or the brackets around it


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text as one document.

    Raises:
        DataError: It is not RTF, or its groups are nested too deeply.
    """
    data = source.read_bytes()
    if not _RTF_SIGNATURE.match(data):
        raise DataError(rf"expected RTF, which begins with '{{\rtf', found {data[:20]!r}")
    yield _Reader(data).document()


class _Reader:
    """Reads the tokens of a file; text is collected until a break, since a character may take several tokens."""

    def __init__(self, data: bytes) -> None:
        self._document = RtfDocument()
        self._group = _Group(story=self._document.body)
        self._open_groups: list[_Group] = []
        self._fonts = FontTable()
        self._styles = StyleSheet()
        self._bytes = bytearray()  # not decoded yet
        self._pieces: list[str] = []  # of text, not written yet
        self._apart_text: dict[str, list[str]] = {name: [] for name in ("fldinst", *MARKER_GROUPS, *FORMULA_SIGNS)}
        self._skip = 0  # characters to leave out after a Unicode character
        self._images_left_out = 0
        self._grid = RtfGrid(data)
        self._at = 0  # where the word that is read begins
        self._is_utf8 = not data.isascii() and try_decode(data, "utf-8") is not None  # against the specification
        self._read(data)

    def document(self) -> ParsedDocument:
        encoding = "utf-8" if self._is_utf8 else self._fonts.code_page
        return self._document.parsed(encoding=encoding, images_left_out=self._images_left_out)

    def _read(self, data: bytes) -> None:
        at = 0
        while (token := _TOKEN.search(data, at)) is not None:
            self._at, at = token.span()
            word, number, code, symbol, brace, text = token.groups()
            if word is not None:
                argument = None if number is None else int(number)
                if word == b"bin":
                    at += max(argument or 0, 0)
                else:
                    self._read_word(word.decode("ascii"), argument)
            elif code is not None:
                self._add_bytes(bytes.fromhex(code.decode("ascii")))
            elif symbol == b"*":
                # Elsewhere than at the begin of a group, where OpenOffice writes it too, it means nothing.
                is_begin = data[max(0, at - _MAX_LOOK_BACK) : at - 2].rstrip().endswith(b"{")
                self._group = replace(self._group, is_optional=is_begin)
            elif symbol is not None:
                self._read_symbol(symbol.decode("latin-1"))
            elif brace is not None:
                self._skip = 0
                self._open() if brace == b"{" else self._close()
            elif text is not None:
                self._add_bytes(text)
        self._flush()
        self._document.end()

    def _open(self) -> None:
        if len(self._open_groups) >= _MAX_GROUPS:
            raise DataError(f"its groups are nested more than {_MAX_GROUPS} deep")
        self._decode()
        self._open_groups.append(self._group)

    def _close(self) -> None:
        if not self._open_groups:
            return
        self._decode()
        before, after = self._group, self._open_groups.pop()
        if before.story is not after.story:
            self._flush()
        elif before.destination in TEXT_BOXES and before.destination != after.destination:
            self._break(PARAGRAPH)
        elif before.destination == "fldrslt" != after.destination:
            self._begin_link("")
        elif before.destination in MARKER_GROUPS and before.destination != after.destination:
            self._end_marker(before.destination)
        self._group = after
        if before.destination == "fldinst" != after.destination:
            self._add(text_of_field(self._instruction()))
        if before.formula is not None and before.destination != after.destination:
            self._end_formula_group(before.destination, before.formula)

    def _read_symbol(self, symbol: str) -> None:
        self._skip = 0
        if symbol in "\r\n":
            self._break(PARAGRAPH)
        else:
            self._add(CHARACTERS.get(symbol, ""))

    def _read_word(self, word: str, number: int | None) -> None:
        self._skip = 0
        group = self._group
        if group.destination == "fonttbl":
            self._read_font(word, number)
        elif group.destination == "stylesheet":
            self._read_style(word, number)
        elif group.destination in LIST_TABLES:
            self._document.lists.read_word(word, number)
        elif group.is_optional and word not in SHOWN_WORDS and word not in STORIES:
            self._apart_text["fldinst"] = [] if word == "fldinst" else self._apart_text["fldinst"]
            self._group = replace(group, is_optional=False, is_left_out=True, destination=word)
        elif word in LEFT_OUT_WORDS:
            self._leave_out(word)
        elif word[0] == "m" and is_formula_word(word):
            self._begin_formula_group(word)
        elif word in STORIES or (word in INFO_WORDS and group.destination == "info"):
            self._begin_story(word)
        elif word == "fldrslt":
            self._group = replace(group, destination=word)
            self._begin_link(link_of_field(self._instruction()))
        elif word in TEXT_BOXES:
            self._break(PARAGRAPH)
            is_left_out = group.is_left_out and word != "shptxt"
            self._group = replace(group, is_optional=False, is_left_out=is_left_out, destination=word)
        elif word == "do":
            self._group = replace(group, is_optional=False)
        elif word == "u" and number is not None:
            self._add(chr(number % 0x10000))
            self._skip = group.unicode_skip
        elif word in CHARACTERS:
            self._add(CHARACTERS[word])
        elif word in _RTF_BREAKS:
            self._break(_RTF_BREAKS[word])
        elif not group.is_left_out or word in _CHARACTER_WORDS:
            self._read_property(word, number)

    def _leave_out(self, word: str) -> None:
        story = self._group.story
        self._decode()
        if word in MARKER_GROUPS:
            story.begin_item()
            self._apart_text[word].clear()
        self._images_left_out += word == "pict" and not self._group.is_left_out
        self._group = replace(self._group, is_optional=False, is_left_out=True, destination=word)

    def _begin_story(self, word: str) -> None:
        self._flush()
        story = self._document.begin_story(word)
        self._group = replace(self._group, is_optional=False, is_left_out=False, destination="", story=story)

    def _begin_link(self, target: str) -> None:
        self._flush()
        self._group.story.builder.link = target

    def _instruction(self) -> str:
        """Return the instruction of the last field; several results may ask for a long one."""
        text = "".join(self._apart_text["fldinst"])[:_MAX_INSTRUCTION_CHARS]
        self._apart_text["fldinst"] = [text]
        return text

    def _end_marker(self, word: str) -> None:
        """Keep the number of an item for its text; bullets are left out."""
        marker = "".join(self._apart_text[word]).strip()
        self._group.story.marker = f"{marker} " if is_number_marker(marker) else ""

    def _begin_formula_group(self, word: str) -> None:
        group, part = self._group, self._group.formula
        if word in FORMULA_SIGNS:
            self._apart_text[word].clear()
            self._group = replace(group, destination=word)
        elif is_formula_properties(word):
            self._group = replace(group, is_left_out=True, destination=word)
        else:
            is_child = part is not None and group.destination == part.word
            self._add(sign_at_begin(word, part if is_child else None))
            self._group = replace(group, is_optional=False, destination=word, formula=new_part(word) or part)

    def _end_formula_group(self, word: str, part: FormulaPart) -> None:
        if word in FORMULA_SIGNS:
            part.signs[word] = "".join(self._apart_text[word]).strip()
        elif sign := sign_at_end(word, part):
            self._add(sign)

    def _read_font(self, word: str, number: int | None) -> None:
        if word == "f":
            self._group = replace(self._group, font=number)
        elif word in ("fcharset", "cpg") and self._group.font is not None:
            self._fonts.set_encoding(self._group.font, word, number)

    def _read_style(self, word: str, number: int | None) -> None:
        if word == "s":
            self._group = replace(self._group, style=number)
        elif word == "outlinelevel" and self._group.style is not None:
            self._styles.set_level(self._group.style, number)

    def _read_property(self, word: str, number: int | None) -> None:
        """Apply a word that describes the document, the characters or the paragraph that follow."""
        story = self._group.story
        if word in ("v", "deleted"):
            self._group = replace(self._group, is_hidden=number != 0)
        elif word in ("f", "plain"):
            self._decode()
            is_hidden = self._group.is_hidden and word != "plain"
            self._group = replace(
                self._group, font=self._fonts.default if word == "plain" else number, is_hidden=is_hidden
            )
        elif word == "uc" and number is not None:
            self._group = replace(self._group, unicode_skip=max(number, 0))
        elif word == "deff":
            self._fonts.default = number
        elif self._fonts.set_code_page(word, number):
            pass
        elif word in TABLE_WORDS:
            self._flush()
            story.read_table_word(word, self._grid.edges_at(self._at))
        elif word == "pard":
            self._flush()
            story.reset_paragraph()
        else:
            story.read_property(word, number, self._styles)

    def _add_bytes(self, data: bytes) -> None:
        data, self._skip = data[self._skip :], max(self._skip - len(data), 0)
        if self._is_utf8 and not data.isascii() and len(data) > 1:
            self._add(data.decode("utf-8", "replace"))
        elif self._group.destination == "fonttbl" and self._group.font is not None:
            self._fonts.add_name(self._group.font, data)
        elif self._group.destination == "stylesheet" and self._group.style is not None:
            self._styles.add_name(self._group.style, data)
        elif self._group.destination in LIST_TABLES:
            self._document.lists.add_text(data.decode("latin-1"))
        elif self._target() is not None:
            self._bytes += data

    def _add(self, text: str) -> None:
        if (target := self._target()) is not None:
            self._decode()
            target.append(self._fonts.sign(text, self._group.font))

    def _target(self) -> list[str] | None:
        """Return the list that text of the current group belongs to; None if it is left out."""
        if (apart := self._apart_text.get(self._group.destination)) is not None:
            return apart
        return None if self._group.is_left_out or self._group.is_hidden else self._pieces

    def _decode(self) -> None:
        """Decode the bytes that are pending, in the encoding of the font; a character may have several."""
        if self._bytes and (target := self._target()) is not None:
            target.append(self._fonts.decode(bytes(self._bytes), self._group.font))
        self._bytes.clear()

    def _flush(self) -> None:
        """Write the text that is pending; its surrogate pairs become single characters."""
        self._decode()
        if text := "".join(self._pieces).replace("\0", ""):
            self._group.story.write(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
        self._pieces.clear()

    def _break(self, strength: int) -> None:
        if not self._group.is_left_out and not self._group.is_hidden:
            self._flush()
            self._group.story.end_paragraph(strength)
