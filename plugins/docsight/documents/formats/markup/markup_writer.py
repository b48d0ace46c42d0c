"""What the readers of markup write with, and the lines that they read."""

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import dedent
from typing import NamedTuple

from docsight.documents.formats.content import Kind, Metadata, ParsedDocument
from docsight.documents.formats.metadata import make_metadata
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.builder import LINE, PARAGRAPH, Block, TextBuilder
from docsight.documents.formats.text.encoding import decode, normalize_newlines

MAX_MARKUP_DEPTH = 40  # of blocks within blocks; deeper ones are paragraphs
_MARKUP_TAB_SIZE = 8


class MarkupRun(NamedTuple):
    """A piece of a line; `target` is that of a link."""

    text: str
    target: str = ""


class Stated(NamedTuple):
    """What a text states about itself."""

    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""


def decoded(source: Source) -> tuple[str, str]:
    """Return the text of a file with line feeds, and its encoding."""
    text, encoding = decode(source.read_bytes())
    return normalize_newlines(text), encoding


def markup_lines(text: str) -> list[str]:
    """Return the lines of a text without tabs and trailing spaces."""
    return [line.expandtabs(_MARKUP_TAB_SIZE).rstrip() for line in text.split("\n")]


def indent_of(line: str) -> int:
    return len(line) - len(line.lstrip())


def indented_block(lines: Sequence[str], at: int, indent: int) -> int:
    """Return where the lines from `at` end that have at least this indent, or are blank between such lines."""
    end = stop = at
    while stop < len(lines) and (not lines[stop] or indent_of(lines[stop]) >= indent):
        stop += 1
        if lines[stop - 1]:
            end = stop
    return end


def dedented(lines: Iterable[str]) -> list[str]:
    """Return lines without the indent that all of them have."""
    return dedent("\n".join(lines)).split("\n")


class MarkupWriter:
    """Writes blocks to a text; footnotes stand at its end.

    Attributes:
        kind: The kind of paragraphs, such as quote within a quote.
        item: The block of the item of a list that is open; None outside of lists.
        notes_before: The number of the last footnote that the text numbers itself.
    """

    def __init__(self) -> None:
        self.builder = TextBuilder()
        self.kind: Kind = "paragraph"
        self.item: Block | None = None
        self.notes_before = 0
        self._prefix = ""
        self._is_begun = False  # whether the item that is open has no text so far
        self._notes: list[list[MarkupRun]] = []

    def document(self, encoding: str, stated: Stated) -> ParsedDocument:
        """Write the footnotes, and return the document."""
        self.item = None
        for number, note in enumerate(self._notes, start=self.notes_before + 1):
            self.block(note, Block(kind="footnote"), prefix=f"[{number}] ")
        text = self.builder.text()
        metadata = make_metadata(stated.authors, stated.date) if stated.authors or stated.date else Metadata()
        return ParsedDocument(
            text=text,
            title=stated.title,
            encoding=encoding,
            passages=tuple(self.builder.passages()),
            metadata=metadata,
        )

    def paragraph(self, runs: Iterable[MarkupRun]) -> None:
        """Write a paragraph, which belongs to the item that is open."""
        if not self._is_begun:
            self.builder.interrupt(PARAGRAPH)
        self._is_begun = False
        self.builder.block = self.item or Block(kind=self.kind)
        self.runs(runs)

    def line(self, runs: Iterable[MarkupRun]) -> None:
        """Write a line of the paragraph that is open."""
        self.builder.interrupt(LINE)
        self.runs(runs)

    def block(self, runs: Iterable[MarkupRun], block: Block, *, prefix: str = "") -> None:
        """Write a block of its own, such as a heading."""
        self.builder.interrupt(PARAGRAPH)
        self.builder.block = block
        self._prefix += prefix
        self._is_begun = False
        self.runs(runs)
        self.builder.interrupt(PARAGRAPH)

    def begin_item(self, level: int, marker: str = "") -> Block:
        """Begin an item of a list; what is written next belongs to it. Return its block."""
        self.builder.interrupt(PARAGRAPH if self.item is None else LINE)
        self.item = Block(kind="list_item", level=level)
        self._prefix = marker
        self._is_begun = True
        return self.item

    def begin_line(self) -> None:
        """Begin a line; the next paragraph continues the block that is open on it."""
        self.builder.interrupt(LINE)
        self._is_begun = True

    def prefix(self, text: str) -> None:
        """Write a text before the next one."""
        self._prefix += text

    def code(self, lines: Iterable[str]) -> None:
        """Write lines of code without the indent that all of them have."""
        kept = dedent("\n".join(lines)).strip("\n")
        if kept.strip():
            self.builder.interrupt(PARAGRAPH)
            self.builder.block = Block(kind="code")
            self.builder.write(kept, verbatim=True)
            self.builder.interrupt(PARAGRAPH)

    def table(self, rows: Iterable[Sequence[Sequence[MarkupRun]]]) -> None:
        """Write a table, given the runs of each cell."""
        self.builder.begin_table(Block(kind="table"))
        for row in rows:
            for cell in row:
                self.builder.begin_cell()
                self.runs(cell)
                self.builder.end_cell()
            self.builder.end_row()
        self.builder.end_table()

    def note(self, runs: Sequence[MarkupRun]) -> str:
        """Keep a footnote for the end; return its mark."""
        self._notes.append(list(runs))
        return f"[{self.notes_before + len(self._notes)}]"

    def runs(self, runs: Iterable[MarkupRun]) -> None:
        """Write runs to the block or the cell that is open."""
        for run in runs:
            if self._prefix and run.text.strip():
                self.builder.write(self._prefix)
                self._prefix = ""
            self.builder.link = run.target
            self.builder.write_collapsed(run.text)
            self.builder.link = ""


def plain_text(runs: Iterable[MarkupRun]) -> str:
    """Return runs as a text on one line."""
    return " ".join("".join(run.text for run in runs).split())


def pipe_cells(line: str) -> Iterator[str]:
    r"""Yield the cells of a line such as `| a | b |`; `\|` is a sign within a cell."""
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    yield from (cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inner))
