"""Flags for texts that were damaged before they were read, or that are no prose."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec

from docsight.documents.formats.content import Passage

LETTER_SPACED, MOJIBAKE, CODE, OCR_DOUBTFUL = "letter_spaced", "mojibake", "code", "ocr_doubtful"

_MIN_SPACED_FRACTION = 0.1  # of the letters
_MIN_BAD_PER_CHAR = 0.002  # characters in sequences that only a wrong encoding makes
_MIN_BAD = 2
_MIN_CODE_FRACTION = 0.3  # of the lines
_MIN_CODE_LINES = 3
_MIN_OCR_CONFIDENCE = 0.85
_MAX_JUDGED_CHARS = 20_000  # the rest of a text says little more

# Five letters or more, with a space between any two.
_SPACED_LETTERS = re.compile(r"(?<![^\W_])(?:[^\W\d_] ){4,}[^\W\d_](?![^\W_])")
_CODE_LINE = re.compile(
    r"""
    (?:.*[^\s;])?(?:;|\{|\}[;,]?|\)\ ?:|=>)$      # how a statement or a block ends
    | (?:\#include|\#define|\#!/|//|/\*|</?\w[^<>]*>$)
    | (?:def|class|import|from|return|function|var|let|const|public|private|static|if|for|while)\b.*[(){}=]
    | [\w.\[\]]+\ ?[-+*/|]?=\ ?["'(\[{]           # an assignment
    """,
    re.VERBOSE,
)


def quality_flags(text: str, passages: Sequence[Passage]) -> tuple[str, ...]:
    """Return the flags of a document, as docs/documents.md describes them."""
    return tuple(_flags(text[:_MAX_JUDGED_CHARS], passages))


def _flags(text: str, passages: Sequence[Passage]) -> Iterator[str]:
    if _is_letter_spaced(text):
        yield LETTER_SPACED
    if _is_mojibake(text):
        yield MOJIBAKE
    if _is_code(text, passages):
        yield CODE
    recognized = [(passage.end - passage.start, passage.confidence) for passage in passages if passage.confidence]
    size = sum(chars for chars, _ in recognized)
    if size and sum(chars * confidence for chars, confidence in recognized) < _MIN_OCR_CONFIDENCE * size:
        yield OCR_DOUBTFUL


def _is_letter_spaced(text: str) -> bool:
    spaced = sum((len(run[0]) + 1) // 2 for run in _SPACED_LETTERS.finditer(text))
    return spaced > 0 and spaced >= _MIN_SPACED_FRACTION * sum(map(str.isalpha, text))


def _is_mojibake(text: str) -> bool:
    if text.isascii():
        return False
    bad = text.count("\ufffd")
    if _has_ftfy():
        from ftfy.badness import badness

        bad += badness(text)
    return bad >= _MIN_BAD and bad >= _MIN_BAD_PER_CHAR * len(text)


@cache
def _has_ftfy() -> bool:
    return find_spec("ftfy") is not None


def _is_code(text: str, passages: Sequence[Passage]) -> bool:
    """Return whether most of a text is code, by the kinds of its passages or by the shape of its lines."""
    if sum(passage.end - passage.start for passage in passages if passage.kind == "code") > len(text) / 2:
        return True
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    code = sum(_CODE_LINE.match(line) is not None for line in lines)
    return code >= _MIN_CODE_LINES and code >= _MIN_CODE_FRACTION * len(lines)
