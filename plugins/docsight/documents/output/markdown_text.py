"""Write a document as Markdown: its text in the order of the passages, marked by their kinds."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, pairwise
from operator import itemgetter
from textwrap import dedent
from typing import Any

from docsight.documents.formats.content import Range
from docsight.documents.formats.text.plain import paragraphs
from docsight.documents.output.markdown_escapes import (
    HARD_BREAK,
    escape_cell,
    escape_heading_end,
    escape_inline,
    escape_line_start,
    fence,
    link,
)
from docsight.documents.output.markdown_lists import OpenLists
from docsight.text_layout import text_layout

_MAX_HEADING_LEVEL = 6
_MAX_NESTING = 20  # of lists and quotes
_MAX_REFERENCE_CHARS = 50_000  # from the reference to a footnote to the footnote
_ASIDES = ("comment", "speaker_note")  # written as quotes
# The text of these formats has the line breaks of its pages or screens; in others, each line break is meant.
_WRAPPED_FORMATS = frozenset(("text", "mail", "pdf", "png", "jpeg", "tiff", "gif", "webp", "bmp"))
_ALIGNED_FORMATS = frozenset(("text", "mail", "ipynb"))  # columns may be made with spaces
_MIN_ALIGNED_LINES = 2

_TEXT_LINE = re.compile(r"[^\n]+")
_MARKS_OF_QUOTES = re.compile(r"[ \t]*>[> \t]*")
_ITEM_BULLET = re.compile(r"[•◦▪▫‣·●○■□✓➢*-][ \t\xa0]+")
_ITEM_NUMBER = re.compile(r"(0|[1-9]\d{0,8})([.)])[ \t\xa0]+")
_NOTE_MARK = re.compile(r"(?:(\d{1,3})[.)]?|\[(\d{1,3})\]|([*†‡§¶]{1,3}))[ \t\xa0]*(?=\S)")
_WORD_LINE = re.compile(r"[!-~]+")  # as in a list of file names; a wrapped line has several words, if it is in ASCII
_RULE_LINE = re.compile(r"\s*([=\-~^\"'*+#`:_])\1{2,}\s*")

Passage = Mapping[str, Any]  # as in the record


def to_markdown(record: Mapping[str, Any]) -> str:
    """Return the text of a document as Markdown, given its record. Markdown files are not changed."""
    if record["format"] == "markdown":
        return str(record["text"])
    text = _MarkdownText(record).render()
    return f"{text}\n" if text else ""


@dataclass(frozen=True, order=True)
class _Marked:
    """A range of the text that is written in another way: a link, or the reference to a footnote."""

    start: int
    end: int
    target: str = ""
    label: str = ""


class _MarkdownText:
    """Writes one document."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self._text: str = record["text"]
        self._passages = list(_whole(self._text, record["passages"]))
        layout = text_layout(self._text, may_wrap=record["format"] in _WRAPPED_FORMATS)
        self._line_ends = frozenset(layout.line_ends)
        self._gaps = layout.cell_ends if record["format"] in _ALIGNED_FORMATS else []
        self._labels: dict[int, tuple[str, int]] = {}  # of footnotes by their starts, and where their texts begin
        links = (_Marked(**each) for passage in self._passages for each in passage["links"])
        self._marked = sorted([*links, *self._references()])
        self._lists = OpenLists()

    def render(self) -> str:
        pieces: list[str] = []
        last_kind, last = "", ""
        for kind, passages in groupby(self._passages, key=itemgetter("kind")):
            self._lists.close()
            for block in self._code(passages) if kind == "code" else map(self._block, passages):
                if block:
                    pieces += _break(last_kind, last, kind, block) if pieces else "", block
                    last_kind, last = kind, block
        return "".join(pieces)

    def _code(self, passages: Iterable[Passage]) -> Iterator[str]:
        """Yield blocks of code; each line may be a passage of its own."""
        lines: list[str] = []
        for passage in passages:
            text = self._text[passage["start"] : passage["end"]]
            if "\n" not in text:
                lines.append(text)
                continue
            if lines:
                yield fence(dedent("\n".join(lines)))
                lines = []
            yield fence(dedent(text))
        if lines:
            yield fence(dedent("\n".join(lines)))

    def _block(self, passage: Passage) -> str:
        kind, start, end = passage["kind"], passage["start"], passage["end"]
        if kind == "heading":
            return self._heading(start, end, passage["level"])
        if kind == "list_item":
            return self._item(start, end, min(passage["level"] or 1, _MAX_NESTING))
        if kind == "table" and passage["cells"]:
            return self._table(passage["cells"])
        if self._is_aligned(start, end):
            return fence(self._text[start:end])
        if start in self._labels:
            return self._footnote(start, end)
        if kind == "quote" or kind in _ASIDES:
            return self._quote(start, end)
        if kind == "caption":
            return "\n\n".join(f"*{paragraph}*" for paragraph in self._paragraphs(start, end, following="*"))
        return "\n\n".join(self._paragraphs(start, end))

    def _references(self) -> Iterator[_Marked]:
        """Yield the references to footnotes that begin with a mark that stands once in the text before, on its page."""
        page, page_start = None, 0
        for passage in self._passages:
            if passage["page"] != page:
                page, page_start = passage["page"], passage["start"]
            start = passage["start"]
            found = _NOTE_MARK.match(self._text, start, passage["end"]) if passage["kind"] == "footnote" else None
            if found is None:
                continue
            mark = re.escape(next(filter(None, found.groups())))
            mark = rf"\[{mark}\]" if found[2] else rf"{mark}(?![\w*†‡§¶])"
            pattern = re.compile(rf"(?:(?<=[^\W\d_])|(?<=[^\d\s][.,;:!?)\"\u201d\u2019\u00bb])){mark}")
            references = list(
                islice(pattern.finditer(self._text, max(page_start, start - _MAX_REFERENCE_CHARS), start), 2)
            )
            if len(references) == 1:
                label = str(len(self._labels) + 1)
                self._labels[start] = label, found.end()
                yield _Marked(references[0].start(), references[0].end(), label=label)

    def _footnote(self, start: int, end: int) -> str:
        label, begin = self._labels[start]
        content = "\n\n".join(self._paragraphs(begin, end))
        return f"[^{label}]: " + re.sub(r"\n(?=[^\n])", "\n    ", content)

    def _heading(self, start: int, end: int, level: int | None) -> str:
        text = " ".join(self._inline(*line) for line in self._lines(start, end))
        marks = "#" * min(max(level or 1, 1), _MAX_HEADING_LEVEL)
        return f"{marks} {escape_heading_end(text)}" if text else ""

    def _item(self, start: int, end: int, level: int) -> str:
        number = _ITEM_NUMBER.match(self._text, start, end)
        begin = number or _ITEM_BULLET.match(self._text, start, end)
        marker, indent = self._lists.marker(
            level, int(number[1]) if number is not None else None, number[2] if number is not None else ""
        )
        content = "\n\n".join(self._paragraphs(start if begin is None else begin.end(), end))
        return marker + re.sub(r"\n(?=[^\n])", "\n" + indent, content)

    def _table(self, cells: Sequence[Sequence[Range]]) -> str:
        rows = [[self._cell(*cell) for cell in row] for row in cells]
        width = max(map(len, rows))
        if width == len(rows) == 1:
            return "\n\n".join(self._paragraphs(*cells[0][0]))
        rows[0] += [""] * (width - len(rows[0]))  # the head decides on the number of columns
        rows.insert(1, ["---"] * width)
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def _cell(self, start: int, end: int) -> str:
        return "<br>".join(escape_cell(self._inline(*line, following="<")) for line in self._lines(start, end))

    def _quote(self, start: int, end: int) -> str:
        """Return a quote; lines that have marks are quoted as deeply as the marks say, and the others are not."""
        runs: list[tuple[int, list[Range]]] = []
        for line in _TEXT_LINE.finditer(self._text, start, end):
            marks = _MARKS_OF_QUOTES.match(self._text, line.start(), line.end())
            depth, begin = (
                (min(marks[0].count(">"), _MAX_NESTING), marks.end()) if marks is not None else (0, line.start())
            )
            if not runs or runs[-1][0] != depth:
                runs.append((depth, []))
            runs[-1][1].append((begin, line.end()))
        if not any(depth for depth, _ in runs):
            return _quoted("\n\n".join(self._paragraphs(start, end)), 1)
        pieces = [_quoted(self._quoted_lines(lines), depth) for depth, lines in runs]
        between = [_quoted("", min(depths)) for depths in pairwise(depth for depth, _ in runs)]
        return "\n".join(piece for pair in zip(pieces, [*between, ""], strict=True) for piece in pair).rstrip("\n")

    def _quoted_lines(self, lines: Iterable[Range]) -> str:
        """Return the lines of a quote without their marks; an empty line is a mark without text."""
        pieces: list[str] = []
        paragraph: list[Range] = []
        for start, end in [*lines, (0, 0)]:
            begin, stop = self._stripped(start, end)
            if begin < stop:
                paragraph.append((begin, stop))
            elif paragraph:
                pieces.append(self._joined(paragraph))
                paragraph = []
        return "\n\n".join(pieces)

    def _paragraphs(self, start: int, end: int, *, following: str = "") -> Iterator[str]:
        """Yield the paragraphs of a passage; `following` is the character that is written after each."""
        for paragraph in paragraphs(self._text[start:end]):
            lines = list(self._lines(start + paragraph.start, start + paragraph.end))
            if joined := self._joined(lines, following=following):
                yield joined

    def _joined(self, lines: Sequence[Range], *, following: str = "") -> str:
        """Join the lines of a paragraph; breaks that do not only wrap it are kept."""
        written = []
        for number, (start, end) in enumerate(lines, start=1):
            is_last = number == len(lines)
            is_kept = not is_last and (
                end in self._line_ends or _WORD_LINE.fullmatch(self._text, start, end) is not None
            )
            after = following if is_last else HARD_BREAK if is_kept else ""
            written.append(escape_line_start(self._inline(start, end, after)) + (HARD_BREAK if is_kept else ""))
        return "\n".join(written)

    def _lines(self, start: int, end: int) -> Iterator[Range]:
        """Yield the lines of a text that are not blank, without the spaces around them."""
        for line in _TEXT_LINE.finditer(self._text, start, end):
            begin, stop = self._stripped(line.start(), line.end())
            if begin < stop:
                yield begin, stop

    def _stripped(self, start: int, end: int) -> Range:
        text = self._text[start:end]
        return start + len(text) - len(text.lstrip()), start + len(text.rstrip())

    def _inline(self, start: int, end: int, following: str = "") -> str:
        """Return a text within a line, with its links; `following` is the character that is written after it."""
        pieces: list[str] = []
        at = start
        first = bisect_right(self._marked, start, key=lambda each: each.end)
        for each in self._marked[first : bisect_left(self._marked, end, key=lambda each: each.start)]:
            begin, stop = max(each.start, at), min(each.end, end)
            if begin >= stop:
                continue
            pieces.append(escape_inline(self._text[at:begin], "["))
            pieces.append(f"[^{each.label}]" if each.label else link(self._text[begin:stop], each.target))
            at = stop
        return "".join([*pieces, escape_inline(self._text[at:end], following)])

    def _is_aligned(self, start: int, end: int) -> bool:
        """Return whether at least half of the lines have gaps, as in a table that is made with spaces."""
        gaps = self._gaps[bisect_left(self._gaps, start) : bisect_left(self._gaps, end)]
        if len(gaps) < _MIN_ALIGNED_LINES:
            return False
        lines = [line.start() for line in _TEXT_LINE.finditer(self._text, start, end)]
        with_gaps = {bisect_right(lines, gap) for gap in gaps}
        return len(with_gaps) >= max(_MIN_ALIGNED_LINES, len(lines) / 2)


def _whole(text: str, passages: Iterable[Passage]) -> Iterator[Passage]:
    """Yield the passages in order and without overlaps, and paragraphs for the text between them.

    The lines under and over headings are left out.
    """
    at = 0
    last_kind = ""
    for passage in passages:
        if (start := max(at, passage["start"])) < passage["end"]:
            if "heading" not in (last_kind, passage["kind"]) or not _RULE_LINE.fullmatch(text, at, start):
                yield from _between(text, at, start)
            yield {**passage, "start": start}
            at, last_kind = passage["end"], passage["kind"]
    if last_kind != "heading" or not _RULE_LINE.fullmatch(text, at):
        yield from _between(text, at, len(text))


def _between(text: str, start: int, end: int) -> Iterator[Passage]:
    return (paragraph.shifted(start).record() for paragraph in paragraphs(text[start:end]))


def _break(last_kind: str, last: str, kind: str, block: str) -> str:
    """Return what stands between two blocks."""
    if kind == last_kind == "list_item":
        return "\n"
    if kind == last_kind == "quote" and last.rpartition("\n")[2].startswith(">") and block.startswith(">"):
        return "\n>\n"
    return "\n\n"


def _quoted(text: str, depth: int) -> str:
    marks = "> " * depth
    return "\n".join(f"{marks}{line}".rstrip() for line in text.split("\n"))
