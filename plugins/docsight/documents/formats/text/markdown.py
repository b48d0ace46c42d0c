"""Markdown: the text as written, markup included, with passages that say what its parts are."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from docsight.documents.formats.content import Kind, Metadata, ParsedDocument, Passage, Range
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.encoding import decode, normalize_newlines
from docsight.documents.formats.text.front_matter import FRONT_MATTER, stated_fields
from docsight.documents.formats.text.plain import paragraphs
from docsight.documents.formats.text.quoted_lines import mark_quoted_lines
from docsight.errors import MissingExtraError

if TYPE_CHECKING:
    from markdown_it.token import Token

_MAX_FRONT_MATTER_CHARS = 10_000
_MAX_PARSED_CHARS = 1 << 20  # a longer file is split into paragraphs only


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text of the file as one document.

    Raises:
        MissingExtraError: markdown-it-py is not installed.
    """
    text, encoding = decode(source.read_bytes())
    text = normalize_newlines(text)
    front_matter = FRONT_MATTER.match(text, 0, _MAX_FRONT_MATTER_CHARS)
    title, metadata = stated_fields(front_matter[0]) if front_matter is not None else ("", Metadata())
    start = front_matter.end() if front_matter is not None else 0
    passages = _passages(text, start) if len(text) <= _MAX_PARSED_CHARS else paragraphs(text)
    yield ParsedDocument(
        text=text, title=title, encoding=encoding, passages=tuple(mark_quoted_lines(text, passages)), metadata=metadata
    )


def _passages(text: str, start: int) -> Iterator[Passage]:
    try:
        from markdown_it import MarkdownIt
    except ImportError as err:
        raise MissingExtraError("Reading Markdown", "documents") from err
    if start:  # the fields before the text
        yield Passage(start=0, end=len(text[:start].rstrip()))
    tokens = MarkdownIt("commonmark").enable("table").disable("inline").parse(text[start:])
    yield from _Reader(text, start).passages(tokens)


class _Reader:
    """Turns the tokens of a Markdown parser into passages; the tokens have the numbers of their lines only."""

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._lines = [start, *(match.end() for match in re.compile("\n").finditer(text, start)), len(text) + 1]

    def passages(self, tokens: "list[Token]") -> Iterator[Passage]:
        lists = quotes = heading = 0
        rows: list[list[Range]] | None = None
        for token in tokens:
            match token.type:
                case "bullet_list_open" | "ordered_list_open" | "bullet_list_close" | "ordered_list_close":
                    lists += token.nesting
                case "blockquote_open" | "blockquote_close":
                    quotes += token.nesting
                case "heading_open":
                    heading = int(token.tag[1:])
                case "heading_close":
                    heading = 0
                case "table_open":
                    rows = []
                case "tr_open" if rows is not None:
                    rows.append([])
                case "table_close" if rows:
                    yield self._table(rows)
                    rows = None
                case "inline" if rows is not None:
                    rows[-1].append(self._cell(token, rows[-1]))
                case "inline" | "html_block":
                    kind: Kind = "heading" if heading else "list_item" if lists else "quote" if quotes else "paragraph"
                    yield from self._passage(token, kind, heading or lists or None)
                case "fence" | "code_block":
                    yield from self._passage(token, "code", None)

    def _passage(self, token: "Token", kind: Kind, level: int | None) -> Iterator[Passage]:
        """Yield the passage of a block, from the beginning of its content to its end."""
        content = token.content.strip().split("\n")
        first, last = token.map or (0, 0)
        start = self._text.find(content[0].strip(), self._lines[first + (token.type == "fence")], self._lines[last])
        end = self._text.rfind(content[-1].strip(), max(start, 0), self._lines[last])
        if content != [""] and 0 <= start <= end:
            yield Passage(start=start, end=end + len(content[-1].strip()), kind=kind, level=level)

    def _cell(self, token: "Token", row: list[Range]) -> Range:
        """Return the range of the next cell of a row, behind the bar before it; missing cells are at the row's end."""
        first, _ = token.map or (0, 0)
        line_start, line_end = self._lines[first], self._lines[first + 1] - 1
        begin = row[-1][1] if row else line_start
        line = self._text[begin:line_end]
        if row or line.lstrip(" >").startswith("|"):
            bar = self._text.find("|", begin, line_end)
            begin = bar + 1 if bar >= 0 else line_end
        content = token.content.replace("|", "\\|")
        start = self._text.find(content, begin, line_end) if content else begin
        return (start, start + len(content)) if start >= 0 else (begin, begin)

    @staticmethod
    def _table(rows: list[list[Range]]) -> Passage:
        cells = tuple(tuple(row) for row in rows)
        ends = [end for row in rows for _, end in row]
        return Passage(start=rows[0][0][0], end=max(ends), kind="table", cells=cells)
