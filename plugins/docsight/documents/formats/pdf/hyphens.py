"""Join words that were broken at line ends, and decide whether their hyphen belongs to the word.

pdfium writes U+FFFE for a hyphen at a line end and removes the line break; other programs write U+00AD.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib import resources
from itertools import islice

LINE_END_HYPHEN = "\ufffe"

_BROKEN_WORD = re.compile(r"(\w*)(?:\ufffe|\u00ad\n)[ \t]*(\w*)")
_HYPHENATED_WORD = re.compile(r"\w+(?:-\w+)*")
# A token whose hyphens are all its own: an address, a path or an option of a command.
_CODE_BEFORE = re.compile(r"(?:://|www\.|[/\\@_]|(?<!\S)-)\S*$")

_MAX_RANK = 100_000  # words that are rarer are mostly errors and names
# A joined form that is rarer than this, of two words that are as common as that, is a compound without its hyphen.
_RARE_JOINED, _COMMON_PART = 25_000, 6_000
_KNOWN_PART = 12_000  # the rank of each part of a compound whose joined form is unknown
_COMMON_CAPITALIZED = 3_000  # as above, if the first part is capitalized: it may begin a name
_MIN_ENGLISH = 0.5  # the fraction of a document's words that are in the list, if it is in English
_MIN_SAMPLE, _MAX_SAMPLE = 10, 2_000  # words


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COMPOUND_PREFIXES = _words(
    "all anti co counter cross e ex extra half high inter intra low macro mega meta micro mid mini multi neo non off "
    "over post pre pro pseudo quasi re self semi sub super t trans ultra under vice well x"
)
_SHORT_PARTS = _words("as at by do go in it of off on or out to up us")
_WORD_SUFFIXES = _words("able age ate ed en er ers est ible ing ings ion ism ist ity ive ize ly ment ness ous tion")


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Count words in lower case; a hyphenated word counts as one."""
    return Counter(_HYPHENATED_WORD.findall("\n".join(texts).lower()))


class HyphenJoiner:
    """Joins the broken words of one document.

    The hyphen is kept if the document has the hyphenated word more often than the joined one. In a tie, an English
    document keeps it between two words that form no known word together, and other documents drop it between lower-case
    letters.

    Args:
        known: The words of the whole document, from `count_words`.
    """

    def __init__(self, known: Counter[str]) -> None:
        self._known = known
        self._is_english: bool | None = None  # until it matters

    def join(self, text: str) -> str:
        """Return a text without hyphens that only mark line ends."""
        if LINE_END_HYPHEN not in text and "\u00ad" not in text:
            return text
        return _BROKEN_WORD.sub(self._join_match, text).replace("\u00ad", "")

    def _join_match(self, match: re.Match[str]) -> str:
        left, right = match[1], match[2]
        before = match.string[max(0, match.start() - 200) : match.end(1)]
        is_kept = bool(_CODE_BEFORE.search(before)) or self._keeps(left, right)
        return f"{left}-{right}" if is_kept else left + right

    def _keeps(self, left: str, right: str) -> bool:
        joined, hyphenated = self._known[(left + right).lower()], self._known[f"{left}-{right}".lower()]
        if joined != hyphenated:
            return hyphenated > joined
        if left.isupper() and right.isupper() and len(left) > 1:
            return not self._english() or (left + right).lower() not in _ranks()
        if not left[-1:].islower() or not right[:1].islower():
            return True
        return _is_compound(left, right) if self._english() else len(left) == 1

    def _english(self) -> bool:
        if self._is_english is None:
            words = list(islice((word for word in self._known if len(word) > 3 and word.isalpha()), _MAX_SAMPLE))
            known = sum(word in _ranks() for word in words)
            self._is_english = len(words) < _MIN_SAMPLE or known >= _MIN_ENGLISH * len(words)
        return self._is_english


def is_known_word(word: str) -> bool:
    """Return whether a word is in the list of English words, in any case."""
    return word.lower() in _ranks()


def _is_compound(left: str, right: str) -> bool:
    """Return whether two parts of an English word are more likely a compound than one word."""
    ranks = _ranks()
    joined = ranks.get((left + right).lower(), _MAX_RANK)
    if len(left) == 1:  # no word is broken after its first letter
        return True
    if joined < _RARE_JOINED:
        return False
    parts = max(_part_rank(left), _part_rank(right, is_last=True))
    if joined < _MAX_RANK:
        return parts < _COMMON_PART
    if left.lower() in _COMPOUND_PREFIXES and ranks.get(right, _MAX_RANK) < _MAX_RANK:
        return right not in _WORD_SUFFIXES
    return parts < (_COMMON_CAPITALIZED if left[:1].isupper() else _KNOWN_PART)


def _part_rank(part: str, *, is_last: bool = False) -> int:
    """Return the rank of a part of a compound; syllables that are no words, such as "ing", count as unknown."""
    if (is_last and part in _WORD_SUFFIXES) or (len(part) < 3 and part.lower() not in _SHORT_PARTS):
        return _MAX_RANK
    return _ranks().get(part.lower(), _MAX_RANK)


@cache
def _ranks() -> dict[str, int]:
    """Return the ranks of English words, the most frequent first: the vocabulary of the shipped speller."""
    path = resources.files("docsight") / "models" / "rnn_speller" / "words.txt"
    words = path.read_text("utf-8").split("\n", _MAX_RANK)[:_MAX_RANK]
    return dict(zip(words, range(len(words)), strict=True))
