"""The words of a text in a form in which spellings of one name are equal."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

# Soft hyphens, zero-width characters and combining marks do not end a word.
_IGNORED_IN_WORDS = "\u00ad\u200b-\u200d\u2060\ufeff\u0300-\u036f"
_WORD = re.compile(rf"[^\W_](?:[{_IGNORED_IN_WORDS}]*[^\W_])*[\u0300-\u036f]*")
_IGNORED = re.compile(f"[{_IGNORED_IN_WORDS}]")
_LINE_HYPHEN = re.compile(r"[-\u2010\u00ad][ \t]*\r?\n\s*")
_SENTENCE_BREAK = re.compile(r"[.!?:\u2026]|\n\s*\n")


@dataclass(frozen=True)
class FoldedWord:
    """A word: its positions in the text, its folded form, and how it is written.

    Args:
        start: In characters of the text.
        end: In characters of the text.
        key: The form without case, accents and invisible characters.
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
    """Return a word without case, accents and invisible characters."""
    return _IGNORED.sub("", unicodedata.normalize("NFKD", word)).casefold()


def folded_words(text: str) -> list[FoldedWord]:
    """Return the words of a text in order. An underscore, a hyphen and an apostrophe end a word."""
    words: list[FoldedWord] = []
    last = 0
    for match in _WORD.finditer(text):
        written = match[0]
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
