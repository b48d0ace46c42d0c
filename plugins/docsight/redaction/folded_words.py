"""The words of a text in a form in which spellings of one name are equal."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

# Soft hyphens, zero-width characters, marks of direction, variation selectors and combining marks do not end a word.
_IGNORED_IN_WORDS = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u0300-\u036f"
_LETTER_RUN, _DIGIT_RUN = (rf"{char}(?:[{_IGNORED_IN_WORDS}]*{char})*[\u0300-\u036f]*" for char in (r"[^\W\d_]", r"\d"))
_WORD = re.compile(f"%20|{_LETTER_RUN}|{_DIGIT_RUN}")
_ENCODED_SPACE = "%20"  # in addresses of pages
_IGNORED = re.compile(f"[{_IGNORED_IN_WORDS}\u02b9-\u02bd]")  # also letters that look like apostrophes
# Letters that have no accent to remove.
_STROKES = str.maketrans(
    {
        "\u00f8": "o",
        "\u0142": "l",
        "\u0111": "d",
        "\u0127": "h",
        "\u0167": "t",
        "\u0131": "i",
        "\u00e6": "ae",
        "\u0153": "oe",
    }
    | {"\u00fe": "th", "\u00f0": "d"}
)
_LINE_HYPHEN = re.compile(r"[-\u2010\u00ad][ \t]*\r?\n\s*")
_LATIN, _NOT_LATIN = re.compile("[a-zA-Z]"), re.compile("[\u0370-\u052f]")  # Greek and Cyrillic
# Greek and Cyrillic letters that look like Latin ones, whose case matters: \u041d looks like H, but \u043d does not.
_LOOKALIKES = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408\u0430\u0435\u043a\u043c\u043e\u0440\u0441\u0442\u0443"
    "\u0445\u0455\u0456\u0458\u0501\u04bb\u04cf\u051b\u051d\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03b1\u03b5"
    "\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7",
    "abekmhopctyxsijaekmopctyxsijdhlqwabezhikmnoptyxaeikvoptux",
)
_SENTENCE_BREAK = re.compile(r"[.!?:\u2026]|\n\s*\n")


@dataclass(frozen=True)
class FoldedWord:
    """A word: its positions in the text, its folded form, and how it is written.

    Args:
        start: In characters of the text.
        end: In characters of the text.
        key: The form without case, accents and invisible characters, and with Latin letters for those that look alike.
        has_capital: Whether it begins with a capital letter.
        is_upper: Whether all its letters are capital.
        begins_sentence: Whether a sentence or a paragraph begins with it.
    """

    start: int
    end: int
    key: str
    has_capital: bool
    is_upper: bool
    begins_sentence: bool


def fold(word: str) -> str:
    """Return a word without case, accents and invisible characters, and in one script."""
    plain = _IGNORED.sub("", unicodedata.normalize("NFKD", word))
    if _NOT_LATIN.search(plain) and _LATIN.search(plain):
        plain = plain.translate(_LOOKALIKES)
    return plain.casefold().translate(_STROKES)


def folded_words(text: str) -> list[FoldedWord]:
    """Return the words of a text in order: letters, or digits. A hyphen and an apostrophe end a word."""
    words: list[FoldedWord] = []
    last = 0
    for match in _WORD.finditer(text):
        written = match[0]
        if written == _ENCODED_SPACE:
            continue
        begins = not words or _SENTENCE_BREAK.search(text, last, match.start()) is not None
        last = match.end()
        key = fold(written)
        words.append(FoldedWord(match.start(), last, key, written[0].isupper(), written.isupper(), begins))
    return words


def joined_over_lines(words: Iterable[FoldedWord], text: str) -> list[FoldedWord]:
    """Join the two halves of words that are hyphenated at the end of a line; "Jean-" and "Luc" stay two words."""
    joined: list[FoldedWord] = []
    for word in words:
        if joined and is_hyphenated(joined[-1], word, text):
            before = joined[-1]
            joined[-1] = replace(before, end=word.end, key=before.key + word.key)
        else:
            joined.append(word)
    return joined


def is_hyphenated(first: FoldedWord, second: FoldedWord, text: str) -> bool:
    """Return whether two neighbouring words are the halves of one word, on two lines."""
    continues = not second.has_capital or (first.is_upper and second.is_upper)
    return continues and _LINE_HYPHEN.fullmatch(text, first.end, second.start) is not None
