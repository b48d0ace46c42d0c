"""Make running text of what a PDF holds: no control characters, ligatures or hyphens at line ends."""

import re
from collections import Counter
from collections.abc import Iterable

_LINE_ENDS = re.compile(r"\r\n?|[\f\v\x85\u2028\u2029]")
# Controls but for tab and line feed, noncharacters, lone surrogates, and marks that no reader sees.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufeff\uffff\ud800-\udfff]")
# Signs that stand for no letter, as those of music, leave nothing but their lines.
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00a0": " "}
)

# pdfium writes U+FFFE for a hyphen at a line's end, and takes the line break out; other programs write U+00AD.
_BROKEN = re.compile(r"(\w*)(?:\ufffe|\u00ad\n)[ \t]*(\w*)")
_WORD = re.compile(r"\w+(?:-\w+)*")


def clean(text: str) -> str:
    """Make line ends alike and take out what is no text; hyphens at line ends are left as U+FFFE."""
    text = _LINE_ENDS.sub("\n", text).translate(_LIGATURES)
    return _EMPTY_LINES.sub("\n\n", _UNSEEN.sub("", text)).strip()


def words(texts: Iterable[str]) -> Counter[str]:
    """Count the words of texts in lower case, those with a hyphen as one, too."""
    return Counter(match[0].lower() for text in texts for match in _WORD.finditer(text))


def join_hyphens(text: str, known: Counter[str]) -> str:
    """Join the words that were broken at line ends.

    Whether the hyphen belongs to the word is told by the document's other words, and where they do not tell, by
    its letters: between small letters it nearly always stands for the line end alone.

    Args:
        text: What `clean` made.
        known: The words of the whole document.
    """
    return _BROKEN.sub(lambda match: _join(match[1], match[2], known), text).replace("\u00ad", "")


def _join(left: str, right: str, known: Counter[str]) -> str:
    whole, compound = known[(left + right).lower()], known[f"{left}-{right}".lower()]
    if whole == compound:
        whole = len(left) > 1 and left[-1:].islower() and right[:1].islower()
    return left + right if whole > compound or whole is True else f"{left}-{right}"
