"""Quoted lines of mails in documents that are no mails, and the line above them that says who wrote them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, zip_longest

from docsight.documents.formats.content import Passage
from docsight.documents.formats.text.quote_phrases import ATTRIBUTION, is_dated, is_introduction

_WRITTEN_LINE = re.compile(r"[^\n]*[^\s][^\n]*")
_QUOTED_LINE = re.compile(r"^[ \t]?>(?!>> )", re.M)  # a prompt of Python is no mark
_COMMAND_SIGN = re.compile(r"<-|[=;{}$|\\]|\w\(|^[ \t]?>\s*\S+\.\w+$", re.M)
_QUOTED_WORD = re.compile(r"[^\W\d_]{2,}")
_MIN_QUOTED_WORDS = 2
_MAX_INTRODUCTION_LINES = 3
_MAX_INTRODUCTION_CHARS = 400


def mark_quoted_lines(text: str, passages: Iterable[Passage]) -> Iterator[Passage]:
    """Yield the passages of a document; quoted lines, and what introduces them, have the kind quote.

    Paragraphs of lines with `>` are quotes, unless they look like commands. Among other lines, such lines are only
    quotes if a line that says who wrote them, and when, stands above some quoted lines of the document.
    """
    blocks = list(passages)
    if _QUOTED_LINE.search(text):
        is_mail = has_quoted_mail(text, 0, len(text))
        blocks = [part for block in blocks for part in _divided(text, block, is_mail=is_mail)]
    for block, following in zip_longest(blocks, blocks[1:]):
        is_above_quote = block.kind == "paragraph" and following is not None and following.kind == "quote"
        starts = (
            [line.start() for line in _WRITTEN_LINE.finditer(text, block.start, block.end)] if is_above_quote else []
        )
        start = _introduction_start(text, starts, block.end)
        if start is None:
            yield block
            continue
        if before := text[block.start : start].rstrip():
            yield block.clipped(block.start, block.start + len(before))
        yield replace(block.clipped(start, block.end), kind="quote")


def has_quoted_mail(text: str, start: int, end: int) -> bool:
    """Return whether a part of a text has quoted lines below a line that says who wrote them, and when."""
    above: list[int] = []  # where the lines of the last paragraph begin
    last_end = start
    for line in _WRITTEN_LINE.finditer(text, start, end):
        if _QUOTED_LINE.match(text, line.start()):
            if _introduction_start(text, above, last_end) is not None:
                return True
            above = []
        else:
            is_next = text.count("\n", last_end, line.start()) == 1
            above = [*(above[1 - _MAX_INTRODUCTION_LINES :] if is_next else ()), line.start()]
        last_end = line.start() + len(line[0].rstrip())
    return False


def _introduction_start(text: str, starts: Sequence[int], end: int) -> int | None:
    """Return where the lines begin that introduce a quote below them; None if they do not.

    Args:
        text: The whole text.
        starts: Where the lines of the paragraph above the quote begin.
        end: Where that paragraph ends.
    """
    starts = [start for start in starts[-_MAX_INTRODUCTION_LINES:] if end - start <= _MAX_INTRODUCTION_CHARS]
    for start in starts:
        found = ATTRIBUTION.match(text, start, end)
        if found is not None and found.end() == end and is_dated(found[0]):
            return start
    for start in reversed(starts):
        lines = text[start:end]
        if lines.endswith((":", "\uff1a")) and is_introduction(lines) and is_dated(lines):
            return start
    return None


def _looks_like_commands(lines: str) -> bool:
    """Return whether lines with `>` may be commands at a prompt: they have signs of code, or hardly any words."""
    return _COMMAND_SIGN.search(lines) is not None or len(_QUOTED_WORD.findall(lines)) < _MIN_QUOTED_WORDS


def _divided(text: str, block: Passage, *, is_mail: bool) -> Iterator[Passage]:
    """Yield a passage, or its quoted lines and its others apart."""
    lines = list(_WRITTEN_LINE.finditer(text, block.start, block.end)) if block.kind == "paragraph" else []
    runs = [(key, list(run)) for key, run in groupby(lines, lambda line: bool(_QUOTED_LINE.match(text, line.start())))]
    is_certain = is_mail or (len(runs) == 1 and not _looks_like_commands(text[block.start : block.end]))
    if not any(is_quoted for is_quoted, _ in runs) or not is_certain:
        yield block
        return
    for is_quoted, run in runs:
        part = block.clipped(run[0].start(), min(run[-1].start() + len(run[-1][0].rstrip()), block.end))
        yield replace(part, kind="quote") if is_quoted else part
