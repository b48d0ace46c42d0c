"""Which text in a monospaced font is prose, as from a typewriter, and which is code."""

import re
from collections.abc import Sequence
from dataclasses import replace

from docsight.documents.formats.content import Passage

_MIN_PROSE_WORDS = 8
_MIN_PLAIN_WORDS = 0.85  # of the words of prose
_PLAIN_WORD = re.compile(r"[\"'(\u201c\u2018]?[^\W\d_]+(?:['\u2019-][^\W\d_]+)*[\"')\u201d\u2019]?[.,;:!?]*")
_CODE_SIGN = re.compile(r"[{}\\<>=|~^$]|;$|\w\(|::|->|(?:^|\s)--?\w|\w_\w|^[#>%]\s", re.MULTILINE)
_MIN_CODE_SIGN_FRACTION = 0.5  # of the lines


def is_prose(text: str) -> bool:
    """Return whether a text in a monospaced font consists of ordinary words."""
    words = text.split()
    plain = sum(_PLAIN_WORD.fullmatch(word) is not None for word in words)
    return len(words) >= _MIN_PROSE_WORDS and plain >= _MIN_PLAIN_WORDS * len(words)


def has_code_signs(lines: Sequence[str]) -> bool:
    """Return whether at least half of the lines have signs that are rare in prose."""
    return sum(_CODE_SIGN.search(line) is not None for line in lines) >= _MIN_CODE_SIGN_FRACTION * len(lines)


def with_prose_as_paragraphs(passages: Sequence[Passage], text: str) -> tuple[Passage, ...]:
    """Return the passages of a text, those of code as paragraphs if most of the letters in them are prose.

    A letter that LibreOffice opened as plain text has the style of code in all its lines. Lines with signs of code
    stay code.
    """
    code = [text[passage.start : passage.end] for passage in passages if passage.kind == "code"]
    if 2 * sum(len(each) for each in code if is_prose(each)) <= sum(map(len, code)):
        return tuple(passages)
    return tuple(
        replace(passage, kind="paragraph")
        if passage.kind == "code" and not has_code_signs(text[passage.start : passage.end].splitlines())
        else passage
        for passage in passages
    )
