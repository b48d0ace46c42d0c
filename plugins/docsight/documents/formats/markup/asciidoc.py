"""AsciiDoc: the text of a document, without its attributes, comments and macros."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.markup.asciidoc_inline import AsciidocInline
from docsight.documents.formats.markup.asciidoc_lines import (
    ADOC_ITEM,
    ATTRIBUTE_ENTRY,
    AUTHOR_LINE,
    BLOCK_ATTRIBUTES,
    BLOCK_MACRO,
    BLOCK_TITLE,
    CONDITION_MACRO,
    FENCE_LINE,
    IMAGE_MACRO,
    REVISION_LINE,
    RULE_LINES,
    SECTION_TITLE,
    TERM,
    UNDERLINE_LINE,
    UNDERLINES,
    paragraph_end,
)
from docsight.documents.formats.markup.asciidoc_lists import kind_of_mark, shown_marker
from docsight.documents.formats.markup.asciidoc_tables import table_rows
from docsight.documents.formats.markup.markup_writer import (
    MAX_MARKUP_DEPTH,
    MarkupRun,
    MarkupWriter,
    Stated,
    decoded,
    indent_of,
    markup_lines,
    plain_text,
)
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.builder import Block

_CODE_STYLES = (
    "source", "listing", "literal", "latexmath", "asciimath", "stem", "pass", "mermaid", "plantuml", "ditaa",
    "graphviz",
)  # fmt: skip
_QUOTE_STYLES = ("quote", "verse")


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text of the file as one document."""
    text, encoding = decoded(source)
    reader = _AsciidocReader(markup_lines(text))
    yield reader.writer.document(encoding, reader.stated)


class _OpenItem(NamedTuple):
    kind: str
    block: Block
    number: int


class _AsciidocReader:
    def __init__(self, lines: list[str]) -> None:
        self.writer = MarkupWriter()
        self.stated = Stated()
        self._inline = AsciidocInline(self.writer.note)
        self._items: list[_OpenItem] = []  # of the lists that are open, from the outermost
        self._attributes = ""  # of the next block, as written
        self._style: list[str] = []  # the same, divided
        self._has_title = False
        self._awaits_definition = False  # whether the definition of a term may follow a blank line
        self._never_ended: set[tuple[int, str]] = set()  # lines that begin blocks without an end, by depth
        self._read(lines, 0)

    def _read(self, lines: Sequence[str], depth: int) -> None:
        at = 0
        while at < len(lines):
            at = self._block(lines, at, depth)

    def _block(self, lines: Sequence[str], at: int, depth: int) -> int:
        """Write the block at a line, and return the number of the line after it."""
        line = lines[at].strip()
        if not line:
            self._style = []
            return at + 1
        if line.startswith("//") and not line.startswith("///"):
            if at > 0 and not lines[at - 1]:
                self._close_lists()  # such a line separates lists
            return at + 1
        if line == "+" or line in RULE_LINES:
            return at + 1
        if (attribute := ATTRIBUTE_ENTRY.match(line)) is not None:
            return self._attribute(lines, at, attribute)
        if FENCE_LINE.match(line):
            return self._fenced(lines, at, line, depth)
        if (heading := self._heading(lines, at)) is not None:
            return heading
        if BLOCK_ATTRIBUTES.match(line):
            if at == 0 or lines[at - 1].strip() != "+":
                self._close_lists()
            self._attributes = line
            self._style = [each.strip().strip('"') for each in line[1:-1].split(",")]
            return at + 1
        if (title := BLOCK_TITLE.match(line)) is not None and ADOC_ITEM.match(line) is None:
            self.writer.block(self._runs(title[1]), Block(kind="caption"))
            return at + 1
        if (macro := BLOCK_MACRO.match(line)) is not None:
            self._macro(line, macro)
            return at + 1
        return self._item(lines, at) or self._paragraph(lines, at)

    def _heading(self, lines: Sequence[str], at: int) -> int | None:
        title = SECTION_TITLE.match(lines[at])
        if title is not None:
            level, words, end = len(title[1]), title[2], at + 1
        else:
            under = UNDERLINE_LINE.match(lines[at + 1]) if at + 1 < len(lines) else None
            if under is None or abs(len(under[0]) - len(lines[at])) > 2 or not any(map(str.isalpha, lines[at])):
                return None
            level, words, end = UNDERLINES.index(under[1]) + 1, lines[at].strip(), at + 2
        self._close_lists()
        runs = self._runs(words)
        self.writer.block(runs, Block(kind="heading", level=level))
        if level == 1 and not self._has_title and not self.stated.title:
            self.stated = self.stated._replace(title=plain_text(runs))
            end = self._header(lines, end)
        self._has_title = True
        return end

    def _header(self, lines: Sequence[str], at: int) -> int:
        """Read the author and the revision below the title."""
        for pattern in (AUTHOR_LINE, REVISION_LINE):
            if at < len(lines) and lines[at] and pattern.match(lines[at]) and not ATTRIBUTE_ENTRY.match(lines[at]):
                if pattern is AUTHOR_LINE:
                    names = tuple(name.partition(" <")[0].strip() for name in lines[at].split(";"))
                    self.stated = self.stated._replace(authors=names)
                elif day := re.search(r"\d{4}-\d\d-\d\d", lines[at]):
                    self.stated = self.stated._replace(date=day[0])
                self.writer.paragraph([MarkupRun(lines[at])])
                at += 1
        return at

    def _attribute(self, lines: Sequence[str], at: int, attribute: re.Match[str]) -> int:
        r"""Keep the value of an attribute, which `\` continues on the next line."""
        name, value = attribute[1].lower(), attribute[2] or ""
        while value.endswith("\\") and at + 1 < len(lines):
            at += 1
            value = f"{value[:-1].rstrip()} {lines[at].strip()}"
        self._inline.define(name, value)
        if name in ("author", "authors") and value:
            self.stated = self.stated._replace(authors=(*self.stated.authors, value))
        elif name in ("revdate", "date") and value:
            self.stated = self.stated._replace(date=value)
        return at + 1

    def _fenced(self, lines: Sequence[str], at: int, fence: str, depth: int) -> int:
        """Read the block between a line and the next one that is equal to it."""
        closing = "```" if fence.startswith("```") else fence
        is_ended = (depth, closing) not in self._never_ended
        end = next((n for n in range(at + 1, len(lines)) if lines[n].strip() == closing), 0) if is_ended else 0
        if not end:
            self._never_ended.add((depth, closing))
            return at + 1
        body, style, attributes = lines[at + 1 : end], self._style, self._attributes
        self._style, self._attributes = [], ""
        item = self.writer.item
        if not (at and lines[at - 1].strip() == "+"):
            self._close_lists()
        if fence[1:] == "===" and fence[0] in "|,:!":
            self.writer.table([self._runs(cell) for cell in row] for row in table_rows(body, fence[0], attributes))
        elif fence[0] == "/" or (style and style[0] == "comment"):
            pass
        elif fence[0] in "-.+`" and fence != "--":
            self.writer.code(body)
        elif depth < MAX_MARKUP_DEPTH:
            self._nested(body, style, depth, is_quote=fence[0] == "_")
        self.writer.item = item if self._items else None
        return end + 1

    def _nested(self, body: Sequence[str], style: list[str], depth: int, *, is_quote: bool) -> None:
        name = style[0].partition("%")[0] if style else ""
        if name in _CODE_STYLES:
            self.writer.code(body)
            return
        items, self._items = self._items, []
        item, self.writer.item = self.writer.item, None
        before = self.writer.kind
        if is_quote or name in _QUOTE_STYLES:
            self.writer.kind = "quote"
            if name == "verse":
                self._write_lines([line.strip() for line in body], breaks=True)
            else:
                self._within(body, depth)
            self._attribution(style)
        else:
            if name.isupper() and name.isalpha():
                self.writer.prefix(f"{name.capitalize()}: ")
            self._within(body, depth)
        self.writer.kind, self._items, self.writer.item = before, items, item

    def _within(self, body: Sequence[str], depth: int) -> None:
        outer = {each for each in self._never_ended if each[0] <= depth}
        self._read(body, depth + 1)
        self._never_ended = outer

    def _attribution(self, style: list[str]) -> None:
        """Write who said what a quote says, and where."""
        if words := ", ".join(filter(None, style[1:3])):
            self.writer.paragraph(self._runs(f"\N{EM DASH} {words}"))

    def _macro(self, line: str, macro: re.Match[str]) -> None:
        """Write the alternative text of an image, or the text below a condition on one line; others have none."""
        text = (
            macro[2].partition(",")[0].strip().strip('"')
            if IMAGE_MACRO.match(line)
            else macro[2]
            if CONDITION_MACRO.match(line)
            else ""
        )
        if text and "=" not in text:
            self.writer.paragraph(self._runs(text))

    def _item(self, lines: Sequence[str], at: int) -> int:
        """Write an item of a list, or a term with its definition; return 0 if there is none."""
        line = lines[at].strip()
        item, term = ADOC_ITEM.match(line), TERM.match(line)
        if item is None and term is None:
            return 0
        mark = item["mark"] if item is not None else term[2] if term is not None else ""
        number = self._open(kind_of_mark(mark))
        block = self.writer.begin_item(len(self._items) + 1, shown_marker(mark, number))
        self._items.append(_OpenItem(kind_of_mark(mark), block, number))
        end = paragraph_end(lines, at)
        rest = [each.strip() for each in lines[at + 1 : end]]
        if item is not None:
            self._write_lines([line[item.end() :], *rest])
        elif term is not None:
            self.writer.paragraph(self._runs(term[1]))
            self.writer.begin_line()
            if words := [term[3], *rest] if term[3] else rest:
                self._write_lines(words)
            self._awaits_definition = not words
        return end

    def _open(self, kind: str) -> int:
        """Close the lists within the one that an item of this kind belongs to; return the number of the item."""
        if any(each.kind == kind for each in self._items):
            while (last := self._items.pop()).kind != kind:
                pass
            return last.number + 1
        return 1

    def _paragraph(self, lines: Sequence[str], at: int) -> int:
        is_continued = self._awaits_definition or (at > 0 and lines[at - 1].strip() == "+")
        if not is_continued:
            self._close_lists()
        self._awaits_definition = False
        end = paragraph_end(lines, at)
        style, self._style = self._style, []
        name = style[0].partition("%")[0] if style else ""
        if name in _CODE_STYLES or (indent_of(lines[at]) and not self._items):
            self.writer.code(lines[at:end])
            return end
        before = self.writer.kind
        if name in _QUOTE_STYLES:
            self.writer.kind = "quote"
        elif name.isupper() and name.isalpha():
            self.writer.prefix(f"{name.capitalize()}: ")
        self._write_lines([line.strip() for line in lines[at:end]], breaks=name == "verse")
        if self.writer.kind == "quote" != before:
            self._attribution(style)
        self.writer.kind = before
        return end

    def _write_lines(self, lines: Sequence[str], *, breaks: bool = False) -> None:
        """Write the lines of a paragraph; a plus sign at the end of one keeps its break."""
        self.writer.paragraph([])
        begin = 0
        for number, line in enumerate(lines, start=1):
            if breaks or line.endswith(" +") or number == len(lines):
                text = " ".join(lines[begin:number])
                runs = self._runs(text.removesuffix(" +"))
                self.writer.line(runs) if begin else self.writer.runs(runs)
                begin = number

    def _close_lists(self) -> None:
        self._items.clear()
        self._awaits_definition = False
        self.writer.item = None

    def _runs(self, text: str) -> list[MarkupRun]:
        return self._inline.runs(text)
