"""Turn the text of a PDF into running text: without control characters, ligatures and line-end hyphens."""

import re
from collections import Counter
from collections.abc import Iterable

_PDF_LINE_ENDS = re.compile(r"\r\n?|[\f\v\x85\u2028\u2029]")
# Control characters other than tab and line feed, noncharacters, lone surrogates, and the byte order mark.
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufeff\uffff\ud800-\udfff]")
# Glyphs without letters, as in sheet music, leave only their lines.
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00a0": " "}
)

# pdfium writes U+FFFE for a hyphen at a line end and removes the line break; other programs write U+00AD.
_BROKEN_WORD = re.compile(r"(\w*)(?:\ufffe|\u00ad\n)[ \t]*(\w*)")
_HYPHENATED_WORD = re.compile(r"\w+(?:-\w+)*")


def clean(text: str) -> str:
    """Normalize line ends and remove characters that are not text; line-end hyphens stay as U+FFFE."""
    text = _PDF_LINE_ENDS.sub("\n", text).translate(_LIGATURES)
    return _EMPTY_LINES.sub("\n\n", _NOT_TEXT.sub("", text)).strip()


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Count words in lower case; a hyphenated word counts as one."""
    return Counter(match[0].lower() for text in texts for match in _HYPHENATED_WORD.finditer(text))


def join_hyphens(text: str, known: Counter[str]) -> str:
    """Join words that were broken at line ends.

    The hyphen is kept if the document has the hyphenated word more often than the joined one. If it has both equally
    often, the letters decide: between lower-case letters, the hyphen nearly always marks only the line end.

    Args:
        text: Text that `clean` returned.
        known: The words of the whole document.
    """
    return _BROKEN_WORD.sub(lambda match: _join(match[1], match[2], known), text).replace("\u00ad", "")


def _join(left: str, right: str, known: Counter[str]) -> str:
    joined, hyphenated = known[(left + right).lower()], known[f"{left}-{right}".lower()]
    if joined == hyphenated:
        is_joined = len(left) > 1 and left[-1:].islower() and right[:1].islower()
    else:
        is_joined = joined > hyphenated
    return left + right if is_joined else f"{left}-{right}"
