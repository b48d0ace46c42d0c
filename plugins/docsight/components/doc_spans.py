"""Spans of words as spans of tokens, and where tokens have to be split for them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from docsight.components.token_splits import Cut
from docsight.components.word_rows import WordRow
from docsight.networks.spans import ScoredSpan


class DocSpans(NamedTuple):
    """The spans of a Doc, in tokens as they are numbered after the splits."""

    best: Sequence[ScoredSpan] = ()  # the entities; they do not overlap
    likely: Sequence[ScoredSpan] = ()  # all with a minimum score, overlapping ones too; empty if none was asked for
    cuts: Sequence[Cut] = ()  # where to split tokens, in order


def spans_of_tokens(row: WordRow, best: Sequence[ScoredSpan], likely: Sequence[ScoredSpan]) -> DocSpans:
    """Turn spans of the words of a row into spans of tokens."""
    cuts = sorted({cut for span in (*best, *likely) for cut in _cuts_for(row, span)}) if row.pieces else []
    numbered, numbered_likely = ([_in_tokens(row, span, cuts) for span in spans] for spans in (best, likely))
    return DocSpans(numbered, numbered_likely, cuts)


def _cuts_for(row: WordRow, span: ScoredSpan) -> Iterable[Cut]:
    """Yield where tokens have to be split for a span."""
    first, last = row.pieces.get(span.start), row.pieces.get(span.end - 1)
    if first is not None and first.start > 0:
        yield Cut(int(row.tokens[span.start]), first.start)
    if last is not None and span.end < len(row.tokens) and row.tokens[span.end] == row.tokens[span.end - 1]:
        yield Cut(int(row.tokens[span.end - 1]), last.end)


def _in_tokens(row: WordRow, span: ScoredSpan, cuts: Sequence[Cut]) -> ScoredSpan:
    """Return a span of words as a span of tokens; each cut before a place raises its number by one."""
    first, last = int(row.tokens[span.start]), int(row.tokens[span.end - 1])
    if cuts:
        first_piece, last_piece = row.pieces.get(span.start), row.pieces.get(span.end - 1)
        first += bisect_right(cuts, Cut(first, first_piece.start if first_piece else 0))
        last += bisect_left(cuts, Cut(last, last_piece.end if last_piece else 1))
    return span._replace(start=first, end=last + 1)
