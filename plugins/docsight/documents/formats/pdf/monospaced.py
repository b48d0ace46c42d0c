"""Text in a monospaced font: code, which keeps its spaces, or typewritten prose."""

import re
from collections.abc import Sequence

from docsight.documents.formats.pdf.text_lines import TextLine

_MAX_INDENT = 80  # letters
_MIN_PROSE_WORDS = 8
_MIN_PLAIN_WORDS = 0.85  # of the words of prose
_PLAIN_WORD = re.compile(r"[\"'(\u201c\u2018]?[^\W\d_]+(?:['\u2019-][^\W\d_]+)*[\"')\u201d\u2019]?[.,;:!?]*")
_CODE_SIGN = re.compile(r"[{}\\<>=|~^$]|;$|\w\(|::|->|(?:^|\s)--?\w|\w_\w|^[#>%]\s", re.MULTILINE)
_MIN_CODE_SIGN_FRACTION = 0.5  # of the lines


def aligned_text(line: TextLine, left: float) -> str:
    """Return the text of a line with as many spaces as letters would fit in its gaps, and between `left` and it."""
    letters = sum(len(run.text) for run in line.runs)
    pitch = max(1e-6, sum(run.box[2] - run.box[0] for run in line.runs) / max(1, letters))
    text = " " * min(_MAX_INDENT, max(0, round((line.box[0] - left) / pitch)))
    right = line.box[0]
    for run in line.runs:
        text += " " * max(run is not line.runs[0], min(_MAX_INDENT, round((run.box[0] - right) / pitch))) + run.text
        right = run.box[2]
    return text


def is_prose(text: str) -> bool:
    """Return whether a text in a monospaced font consists of ordinary words."""
    words = text.split()
    plain = sum(_PLAIN_WORD.fullmatch(word) is not None for word in words)
    return len(words) >= _MIN_PROSE_WORDS and plain >= _MIN_PLAIN_WORDS * len(words)


def has_code_signs(lines: Sequence[str]) -> bool:
    """Return whether at least half of the lines have signs that are rare in prose."""
    return sum(_CODE_SIGN.search(line) is not None for line in lines) >= _MIN_CODE_SIGN_FRACTION * len(lines)
