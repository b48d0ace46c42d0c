"""reStructuredText: the text of a document, without its comments, options and targets."""

from collections.abc import Iterator, Sequence

from docsight.documents.formats.content import Kind, ParsedDocument
from docsight.documents.formats.markup.markup_writer import (
    MAX_MARKUP_DEPTH,
    MarkupRun,
    MarkupWriter,
    Stated,
    decoded,
    dedented,
    indent_of,
    indented_block,
    markup_lines,
    plain_text,
)
from docsight.documents.formats.markup.rst_directives import Directive, argument_kind, parse_directive
from docsight.documents.formats.markup.rst_inline import RstInline
from docsight.documents.formats.markup.rst_lines import (
    ADORNMENT,
    ANONYMOUS_TARGET,
    EXPLICIT_MARKUP,
    NOTE_DEFINITION,
    RST_BULLET,
    RST_FIELD,
    RST_OPTION,
    SESSION_PROMPT,
    is_plain,
    is_term,
)
from docsight.documents.formats.markup.rst_lists import NUMBER, LastItem, is_numbered, next_item
from docsight.documents.formats.markup.rst_tables import (
    csv_rows,
    grid_rows,
    is_grid,
    is_simple,
    list_rows,
    simple_rows,
    table_end,
)
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.builder import Block

_MIN_TRANSITION = 4
_NOT_SHOWN_FIELDS = frozenset(("orphan", "nocomments", "tocdepth", "alt", "name", "class", "id"))


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text of the file as one document."""
    text, encoding = decoded(source)
    reader = RstReader(text)
    yield reader.writer.document(encoding, reader.stated)


class RstReader:
    """Reads the blocks of a text to `writer`, and what it says about itself to `stated`."""

    def __init__(self, text: str) -> None:
        self.writer = MarkupWriter()
        self.stated = Stated()
        self._inline = RstInline(text)
        self._levels: dict[str, int] = {}  # of headings by their adornments
        self._has_top = False  # whether there was a heading of level 1
        self._list_level = 0
        self._read(markup_lines(text), 0)

    def _read(self, lines: Sequence[str], depth: int) -> None:
        """Read blocks; the lines of those within others have no indent."""
        at = 0
        while at < len(lines):
            if not lines[at]:
                at += 1
            elif depth > MAX_MARKUP_DEPTH:
                at = self._paragraph(lines, at)
            else:
                at = self._block(lines, at, depth)

    def _block(self, lines: Sequence[str], at: int, depth: int) -> int:
        line = lines[at]
        if line[0] == " ":
            return self._quote(lines, at, depth)
        if (end := self._heading(lines, at)) or (end := self._table(lines, at)):
            return end
        if EXPLICIT_MARKUP.match(line) or ANONYMOUS_TARGET.match(line):
            return self._explicit(lines, at, depth)
        if line.startswith(SESSION_PROMPT):
            end = next((n for n in range(at, len(lines)) if not lines[n]), len(lines))
            self.writer.code(lines[at:end])
            return end
        if line == "|" or line.startswith("| "):
            return self._line_block(lines, at)
        if RST_BULLET.match(line) or is_numbered(lines, at):
            return self._items(lines, at, depth)
        if RST_FIELD.match(line):
            return self._fields(lines, at, depth)
        if is_term(lines, at) or RST_OPTION.match(line):
            return self._definition(lines, at, depth)
        return self._paragraph(lines, at)

    def _heading(self, lines: Sequence[str], at: int) -> int:
        """Write a heading, or pass a transition between paragraphs; return 0 if there is none."""
        over = ADORNMENT.match(lines[at])
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if over is not None:
            under = lines[at + 2] if at + 2 < len(lines) else ""
            if following.strip() and under and under[0] == over[1] and ADORNMENT.match(under):
                self._write_heading(following.strip(), over[1] * 2)
                return at + 3
            return at + 1 if not following and len(lines[at]) >= _MIN_TRANSITION else 0
        under_match = ADORNMENT.match(following)
        if under_match is None or (len(following) < len(lines[at]) * 0.8 and len(following) < 4):
            return 0
        self._write_heading(lines[at], under_match[1])
        return at + 2

    def _write_heading(self, title: str, adornment: str) -> None:
        level = self._levels.setdefault(adornment, len(self._levels) + 1)
        runs = self._runs(title)
        if level == 1:  # it is the title if no other heading has its level
            is_first = not self._has_top and not len(self.writer.builder)
            self.stated = self.stated._replace(title=plain_text(runs) if is_first else "")
            self._has_top = True
        self.writer.item = None
        self.writer.block(runs, Block(kind="heading", level=level))

    def _quote(self, lines: Sequence[str], at: int, depth: int) -> int:
        end = indented_block(lines, at, 1)
        self._read_as("quote" if self.writer.item is None else self.writer.kind, dedented(lines[at:end]), depth)
        return end

    def _read_as(self, kind: Kind, lines: Sequence[str], depth: int) -> None:
        before, self.writer.kind = self.writer.kind, kind
        self._read(lines, depth + 1)
        self.writer.kind = before

    def _table(self, lines: Sequence[str], at: int) -> int:
        if is_grid(lines[at]):
            end = table_end(lines, at)
            rows = grid_rows(lines[at:end])
        elif is_simple(lines, at):
            end = table_end(lines, at, simple=True)
            rows = simple_rows(lines[at:end])
        else:
            return 0
        self.writer.table([self._runs(cell) for cell in row] for row in rows)
        return end

    def _items(self, lines: Sequence[str], at: int, depth: int) -> int:
        """Read the items of a list."""
        outer, last = self.writer.item, LastItem("", 0)
        self._list_level += 1
        while at < len(lines):
            marker = RST_BULLET.match(lines[at]) or (NUMBER.match(lines[at]) if is_numbered(lines, at) else None)
            if marker is None:
                break
            last = next_item(marker[0].strip(), last)
            self.writer.begin_item(self._list_level, last.marker)
            end = indented_block(lines, at + 1, marker.end() if lines[at][marker.end() :] else 1)
            rest = lines[at + 1 : end]
            inner = min((indent_of(line) for line in rest if line), default=0)
            self._read([lines[at][marker.end() :], *(line[inner:] for line in rest)], depth + 1)
            at = end
            while at < len(lines) and not lines[at]:
                at += 1
        self._list_level -= 1
        self.writer.item = outer
        return at

    def _definition(self, lines: Sequence[str], at: int, depth: int) -> int:
        """Read terms with their definitions, or options of a program with what they do."""
        outer = self.writer.item
        self._list_level += 1
        while at < len(lines) and lines[at] and (is_term(lines, at) or RST_OPTION.match(lines[at])):
            self.writer.begin_item(self._list_level)
            self.writer.paragraph(self._runs(lines[at]))
            end = indented_block(lines, at + 1, 1)
            self.writer.begin_line()
            self._read(dedented(lines[at + 1 : end]), depth + 1)
            at = end
            while at < len(lines) and not lines[at]:
                at += 1
            if at < len(lines) and not is_plain(lines[at]):
                break
        self._list_level -= 1
        self.writer.item = outer
        return at

    def _fields(self, lines: Sequence[str], at: int, depth: int) -> int:
        """Read fields such as `:Author: Ada`, each as an item, and keep what they say about the document."""
        outer = self.writer.item
        self._list_level += 1
        while at < len(lines) and (field := RST_FIELD.match(lines[at])) is not None:
            name, value = field[1], lines[at][field.end() :]
            end = indented_block(lines, at + 1, 1)
            if name.lower() not in _NOT_SHOWN_FIELDS:
                if depth == 0:
                    self._keep_stated(name.lower(), value)
                self.writer.begin_item(self._list_level, f"{name}: " if value or end > at + 1 else name)
                self._read([value, *dedented(lines[at + 1 : end])], depth + 1)
            at = end
        self._list_level -= 1
        self.writer.item = outer
        return at

    def _keep_stated(self, name: str, value: str) -> None:
        text = plain_text(self._runs(value))
        if name in ("author", "authors"):
            self.stated = self.stated._replace(authors=(*self.stated.authors, text))
        elif name == "date" and not self.stated.date:
            self.stated = self.stated._replace(date=text)

    def _line_block(self, lines: Sequence[str], at: int) -> int:
        """Write lines such as `| a verse`, whose breaks are kept."""
        self.writer.paragraph([])
        while at < len(lines) and (lines[at].startswith("| ") or lines[at] == "|"):
            self.writer.line(self._runs(lines[at][1:]))
            at += 1
        return at

    def _explicit(self, lines: Sequence[str], at: int, depth: int) -> int:
        """Read a directive or a footnote; comments, targets and substitutions are left out."""
        end = indented_block(lines, at + 1, 1)
        body = lines[at + 1 : end]
        if (note := NOTE_DEFINITION.match(lines[at])) is not None:
            text = " ".join([lines[at][note.end() :], *(line.strip() for line in body)])
            mark = "" if note[1] in ("#", "*") else note[1].lstrip("#")
            block = Block(kind="footnote")
            self.writer.block(self._runs(text), block, prefix=f"[{mark or self._inline.next_note()}] ")
        elif (directive := parse_directive(lines[at], body)) is not None:
            self._directive(directive, depth)
        return end

    def _directive(self, directive: Directive, depth: int) -> None:
        """Write what a document shows of a directive."""
        if directive.is_code:
            self._caption(directive.options.get("caption", ""))
            self.writer.code([directive.argument, *directive.content] if directive.is_math else directive.content)
            return
        kind = argument_kind(directive.name)
        if kind == "image":
            self.writer.paragraph([MarkupRun(directive.options.get("alt", ""))])
        elif kind == "code":
            self.writer.code(directive.argument.split("\n"))
        elif kind == "caption":
            self._caption(directive.argument)
        elif kind == "text":
            self.writer.prefix(directive.label)
            self.writer.paragraph(self._runs(directive.argument))
        if directive.name in ("csv-table", "list-table"):
            self._directive_table(directive)
        elif directive.name == "figure":
            self._caption_and_rest(directive.content, depth)
        elif directive.is_quote:
            self._read_as("quote", directive.content, depth)
        elif kind != "nothing":
            self._read(directive.content, depth + 1)

    def _caption(self, text: str) -> None:
        if text:
            self.writer.block(self._runs(text), Block(kind="caption"))

    def _caption_and_rest(self, lines: Sequence[str], depth: int) -> None:
        end = next((number for number, line in enumerate(lines) if not line), len(lines))
        self._caption(" ".join(lines[:end]))
        self._read(lines[end:], depth + 1)

    def _directive_table(self, directive: Directive) -> None:
        rows = csv_rows(directive) if directive.name == "csv-table" else list_rows(directive.content)
        self.writer.table([self._runs(cell) for cell in row] for row in rows)

    def _paragraph(self, lines: Sequence[str], at: int) -> int:
        """Write a paragraph, and the literal block that it introduces with `::`."""
        end = at + 1
        while end < len(lines) and lines[end]:
            end += 1
        text = " ".join(line.strip() for line in lines[at:end])
        is_introduction = text.endswith("::")
        if is_introduction:
            text = text[:-2] if text in ("::", text[:-3] + " ::") else text[:-1]
        self.writer.paragraph(self._runs(text))
        if not is_introduction:
            return end
        start = end
        while start < len(lines) and not lines[start]:
            start += 1
        stop = indented_block(lines, start, 1)
        self.writer.code(lines[start:stop])
        return max(stop, end)

    def _runs(self, text: str) -> list[MarkupRun]:
        return self._inline.runs(text)
