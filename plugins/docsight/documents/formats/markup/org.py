"""Org: the text of an outline of Emacs, without its options, drawers and comments."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import NamedTuple

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.markup.markup_writer import (
    MarkupRun,
    MarkupWriter,
    Stated,
    decoded,
    indent_of,
    markup_lines,
    pipe_cells,
    plain_text,
)
from docsight.documents.formats.markup.org_headings import is_heading, parse_heading, states_of
from docsight.documents.formats.markup.org_inline import org_runs
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.builder import PARAGRAPH, Block

_KEYWORD = re.compile(r"#\+([\w-]+)(?:\[[^\]]*\])?:[ \t]*(.*)")
_BEGIN = re.compile(r"#\+begin_(\w+)", re.I)
_END = re.compile(r"#\+end_(\w+)", re.I)
_DRAWER = re.compile(r":[\w-]+:$")
_OMITTED_LINE = re.compile(
    r"(?:(?:CLOSED|DEADLINE|SCHEDULED): *[<\[][^>\]]*[>\]] *)+$|CLOCK: *\[|-{5,}$|#\+|# |#$|:end:$", re.I
)
_ORG_ITEM = re.compile(r"([-+*]|\d{1,4}[.)])(?: +|$)(?:\[@\d+\] *)?(?:\[[ xX-]\] +)?")
_NOTE = re.compile(r"\[fn:([\w-]+)\] *")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_CODE_BLOCKS = ("src", "example", "export")
_QUOTE_BLOCKS = ("quote", "verse")


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text of the file as one document."""
    text, encoding = decoded(source)
    reader = _OrgReader(markup_lines(text))
    yield reader.writer.document(encoding, reader.stated)


class _OpenItem(NamedTuple):
    indent: int
    block: Block


class _OrgReader:
    def __init__(self, lines: list[str]) -> None:
        self.writer = MarkupWriter()
        self.stated = Stated()
        self._lines = lines
        self._items: list[_OpenItem] = []
        self._states = states_of(lines)
        self._ends: dict[str, list[int]] = {}  # the numbers of the lines that end blocks and drawers, by their names
        for number, line in enumerate(lines):
            content = line.strip().lower()
            if content.startswith((":end:", "#+end_")):
                self._ends.setdefault(content.removeprefix("#+end_"), []).append(number)
            if (note := _NOTE.match(line)) is not None and note[1].isdecimal():
                self.writer.notes_before = max(self.writer.notes_before, int(note[1][:4]))
        at = 0
        while at < len(lines):
            at = self._block(at)

    def _block(self, at: int) -> int:
        """Write the block at a line, and return the number of the line after it."""
        line = self._lines[at]
        content = line.strip()
        if not content:
            self.writer.builder.interrupt(PARAGRAPH if not self._items else 0)
            return at + 1
        if (heading := parse_heading(line, self._states)) is not None:
            self._close_items(0)
            if not heading.is_exported:
                return self._branch_end(at, heading.level)
            self.writer.block(self._runs(heading.title), Block(kind="heading", level=heading.level))
            return at + 1
        item = _ORG_ITEM.match(content)
        self._close_items(indent_of(line), is_item=item is not None)
        if content.startswith(("#", ":")) and (end := self._special(at, content)):
            return end
        if _OMITTED_LINE.match(content):
            return at + 1
        if content.startswith("|"):
            return self._table(at)
        if item is not None:
            return self._item(at, content, item)
        end = self._paragraph_end(at)
        text = " ".join(each.strip() for each in self._lines[at:end])
        if not indent_of(line) and (note := _NOTE.match(text)):
            self.writer.block(self._runs(text[note.end() :]), Block(kind="footnote"), prefix=f"[{note[1]}] ")
        else:
            self.writer.paragraph(self._runs(text))
        return end

    def _branch_end(self, at: int, level: int) -> int:
        """Return the number of the line after a heading and all that is below it."""
        following = range(at + 1, len(self._lines))
        headings = ((number, parse_heading(self._lines[number], self._states)) for number in following)
        return next((number for number, each in headings if each is not None and each.level <= level), len(self._lines))

    def _special(self, at: int, content: str) -> int:
        """Write a block between marks, lines of fixed width or an option; 0 for any other line."""
        if (begin := _BEGIN.match(content)) is not None:
            return self._marked_block(at, begin[1].lower())
        if (end := _END.match(content)) is not None:
            if end[1].lower() in _QUOTE_BLOCKS:
                self.writer.kind = "paragraph"
            return at + 1
        if (keyword := _KEYWORD.match(content)) is not None:
            self._keyword(keyword[1].lower(), keyword[2].strip())
            return at + 1
        if _DRAWER.match(content) and (stop := self._end(":end:", at)):
            return stop + 1
        if content == ":" or content.startswith(": "):
            return self._while(at, lambda each: each == ":" or each.startswith(": "), self._fixed_width)
        return 0

    def _marked_block(self, at: int, name: str) -> int:
        stop = self._end(name, at)
        if name == "comment":
            return (stop or at) + 1
        if name in _CODE_BLOCKS and stop:
            self.writer.code(line.removeprefix(",") for line in self._lines[at + 1 : stop])
            return stop + 1
        if name in _QUOTE_BLOCKS and stop:
            self.writer.kind = "quote"
        if name == "verse" and stop:
            self.writer.paragraph([])
            for line in self._lines[at + 1 : stop]:
                self.writer.line(self._runs(line))
            return stop
        return at + 1

    def _keyword(self, name: str, value: str) -> None:
        if not value:
            return
        runs = self._runs(value)
        if name == "title":
            self.stated = self.stated._replace(title=" ".join(filter(None, (self.stated.title, plain_text(runs)))))
            self.writer.block(runs, Block(kind="heading", level=1))
        elif name == "author":
            self.stated = self.stated._replace(authors=(*self.stated.authors, plain_text(runs)))
            self.writer.paragraph(runs)
        elif name == "date":
            day = _DATE.search(value)
            self.stated = self.stated._replace(date=day[0] if day is not None else value)
            self.writer.paragraph(self._runs(value.strip("<>[]")))
        elif name == "subtitle":
            self.writer.paragraph(runs)
        elif name == "caption":
            self.writer.block(runs, Block(kind="caption"))

    def _item(self, at: int, content: str, item: re.Match[str]) -> int:
        indent = indent_of(self._lines[at])
        number = "" if item[1] in "-+*" else f"{item[1]} "
        block = self.writer.begin_item(len(self._items) + 1, number)
        self._items.append(_OpenItem(indent, block))
        end = self._paragraph_end(at)
        text = " ".join([content[item.end() :], *(each.strip() for each in self._lines[at + 1 : end])])
        term, mark, definition = text.partition(" :: ")
        self.writer.paragraph(self._runs(term))
        if mark:
            self.writer.line(self._runs(definition))
        return end

    def _table(self, at: int) -> int:
        def write(lines: list[str]) -> None:
            rows = (pipe_cells(line) for line in lines if not line.startswith(("|-", "|+")))
            self.writer.table([self._runs(cell) for cell in row] for row in rows)

        return self._while(at, lambda each: each.startswith("|"), write)

    def _fixed_width(self, lines: list[str]) -> None:
        self.writer.code(line[2:] for line in lines)

    def _while(self, at: int, belongs: Callable[[str], bool], write: Callable[[list[str]], None]) -> int:
        """Write the lines from `at` that belong together, and return the number of the line after them."""
        end = at + 1
        while end < len(self._lines) and belongs(self._lines[end].strip()):
            end += 1
        write([line.strip() for line in self._lines[at:end]])
        return end

    def _paragraph_end(self, at: int) -> int:
        end = at + 1
        while end < len(self._lines) and self._continues(self._lines[end]):
            end += 1
        return end

    @staticmethod
    def _continues(line: str) -> bool:
        """Return whether a line continues the paragraph before it."""
        content = line.strip()
        if not content or content.startswith("|") or is_heading(line):
            return False
        is_special = content == ":" or content.startswith(": ") or _DRAWER.match(content)
        return not is_special and _ORG_ITEM.match(content) is None and _OMITTED_LINE.match(content) is None

    def _close_items(self, indent: int, *, is_item: bool = False) -> None:
        """Close the items that a line with this indent does not belong to."""
        last: _OpenItem | None = None
        while self._items and self._items[-1].indent >= indent:
            last = self._items.pop()
        if self._items:
            self.writer.item = self._items[-1].block
        elif not is_item or last is None:
            self.writer.item = None

    def _end(self, name: str, at: int) -> int:
        """Return the number of the line that ends a block or a drawer which begins at a line; 0 if none does."""
        ends = self._ends.get(name, [])
        found = bisect_left(ends, at)
        return ends[found] if found < len(ends) else 0

    def _runs(self, text: str) -> list[MarkupRun]:
        return org_runs(text, self.writer.note)
