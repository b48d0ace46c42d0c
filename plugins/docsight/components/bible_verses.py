"""Books of the Bible before a chapter and a verse, such as `John 3:16`: they are no persons."""

import re
from collections.abc import Sequence

from docsight.components.word_rows import WordAt
from docsight.networks.spans import ScoredSpan

# Books that are also names of persons. With a time after them, they may be persons: "James 14:30".
_NAMED_BOOK_LIST = (
    "Amos Daniel Esther Ezekiel Ezra Habakkuk Haggai Hosea Isaiah James Jeremiah Job Joel John Jonah Joshua Jude Luke "
    "Malachi Mark Matthew Micah Nahum Nehemiah Obadiah Peter Philemon Ruth Samuel Timothy Titus Zechariah Zephaniah"
)
_OTHER_BOOK_LIST = (
    "Acts Chronicles Colossians Corinthians Deuteronomy Ecclesiastes Ephesians Exodus Galatians Genesis Hebrews Kings "
    "Lamentations Leviticus Numbers Philippians Proverbs Psalm Psalms Revelation Romans Thessalonians Cor Deut Eccl "
    "Eph Exod Gal Gen Heb Isa Jer Lev Matt Num Phil Prov Ps Rev Rom Thess Tim Zech"
)
_NAMED_BOOKS, _OTHER_BOOKS = frozenset(_NAMED_BOOK_LIST.split()), frozenset(_OTHER_BOOK_LIST.split())
_BOOK_NUMBERS = ("1", "2", "3", "I", "II", "III", "First", "Second", "Third")
_VERSE = re.compile(r"(\d{1,3}):(\d{1,3})(.*)")


def bible_verses(spans: Sequence[ScoredSpan], word_at: WordAt, num_words: int) -> set[int]:
    """Return the first words of the entities that are books of the Bible.

    A name and a time look like a book, a chapter and a verse. So a book that is also the name of a person counts only
    if the row cites at least one book for which this can't be.

    Args:
        spans: The entities of the row, in words.
        word_at: Returns a word of the row.
        num_words: The number of words of the row.
    """
    cited = {span.start for span in spans if _is_citation(span, word_at, num_words)}
    if not cited:
        return set()
    is_certain = any(_is_certain(at, word_at, num_words) for at in range(num_words - 1))
    return cited if is_certain else set()


def _is_citation(span: ScoredSpan, word_at: WordAt, num_words: int) -> bool:
    """Return whether an entity is a book, perhaps with a number, and a chapter and a verse follow."""
    after = span.end + (span.end < num_words and word_at(span.end) == ".")
    book = word_at(span.end - 1).removesuffix(".")
    before = [word_at(at) for at in range(span.start, span.end - 1)]
    is_book = (book in _NAMED_BOOKS or book in _OTHER_BOOKS) and all(word in _BOOK_NUMBERS for word in before)
    return is_book and after < num_words and _VERSE.match(word_at(after)) is not None


def _is_certain(at: int, word_at: WordAt, num_words: int) -> bool:
    """Return whether a book begins at a word that cannot be a person before a time."""
    book = word_at(at).removesuffix(".")
    if book not in _NAMED_BOOKS and book not in _OTHER_BOOKS:
        return False
    after = at + 1 + (word_at(at + 1) == ".")
    verse = _VERSE.match(word_at(after)) if after < num_words else None
    if verse is None:
        return False
    chapter, number, rest = verse.groups()
    is_range = bool(rest[1:2].isdigit()) and rest[0] in "-\u2013" and ":" not in rest
    is_time = int(chapter) <= 24 and len(number) == 2 and int(number) < 60 and not is_range
    return book in _OTHER_BOOKS or not is_time or (at > 0 and word_at(at - 1) in _BOOK_NUMBERS[:6])
