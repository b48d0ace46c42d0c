"""Books of the Bible before a chapter and a verse, such as `John 3:16`: they are no persons."""

import re
from collections.abc import Sequence

from docsight.components.word_rows import WordAt
from docsight.networks.spans import ScoredSpan

# Books that are also names of persons, and how many chapters they have. With a time after them, they may be persons:
# "Mark 10:30".
_NAMED_BOOK_LIST = (
    "Amos 9 Daniel 14 Esther 16 Ezekiel 48 Ezra 10 Habakkuk 3 Haggai 2 Hosea 14 Isaiah 66 James 5 Jeremiah 52 Job 42 "
    "Joel 4 John 21 Jonah 4 Joshua 24 Jude 1 Luke 24 Malachi 4 Mark 16 Matt 28 Matthew 28 Micah 7 Nahum 3 Nehemiah 13 "
    "Obadiah 1 Peter 5 Phil 4 Philemon 1 Ruth 4 Samuel 31 Tim 6 Timothy 6 Titus 3 Zechariah 14 Zephaniah 3"
)
_OTHER_BOOK_LIST = (
    "Acts Chronicles Colossians Corinthians Deuteronomy Ecclesiastes Ephesians Exodus Galatians Genesis Hebrews Kings "
    "Lamentations Leviticus Numbers Philippians Proverbs Psalm Psalms Revelation Romans Thessalonians Cor Deut Eccl "
    "Eph Exod Gal Gen Heb Isa Jer Lev Num Prov Ps Rev Rom Thess Zech"
)
_NUM_CHAPTERS = {book: int(number) for book, number in re.findall(r"(\w+) (\d+)", _NAMED_BOOK_LIST)}
_MAX_CHAPTERS = 150  # of the other books
_OTHER_BOOKS = frozenset(_OTHER_BOOK_LIST.split())
_BOOK_NUMBERS = ("1", "2", "3", "I", "II", "III", "First", "Second", "Third")
_VERSE = re.compile(r"([1-9]\d{0,2}):([1-9]\d{0,2})(.*)")


def bible_verses(spans: Sequence[ScoredSpan], word_at: WordAt, num_words: int) -> set[int]:
    """Return the first words of the entities that are books of the Bible.

    A name and a time look like a book, a chapter and a verse. So a book that is also the name of a person counts only
    if the row cites at least one book for which this can't be.

    The arguments are those of `AnnotationConventions.mend`.
    """
    cited = {span.start for span in spans if _is_citation(span, word_at, num_words)}
    if not cited:
        return set()
    is_certain = any(_is_certain(at, word_at, num_words) for at in range(num_words - 1))
    return cited if is_certain else set()


def _is_citation(span: ScoredSpan, word_at: WordAt, num_words: int) -> bool:
    """Return whether an entity is a book, perhaps with a number, and a chapter and a verse follow."""
    before = [word_at(at) for at in range(span.start, span.end - 1)]
    return all(word in _BOOK_NUMBERS for word in before) and _verse(span.end - 1, word_at, num_words) is not None


def _is_certain(at: int, word_at: WordAt, num_words: int) -> bool:
    """Return whether a book begins at a word that cannot be a person before a time."""
    verse = _verse(at, word_at, num_words)
    if verse is None:
        return False
    chapter, number, rest = verse.groups()
    is_range = bool(rest[1:2].isdigit()) and rest[0] in "-\u2013" and ":" not in rest
    is_time = int(chapter) <= 24 and len(number) == 2 and int(number) < 60 and not is_range
    is_other = word_at(at).removesuffix(".") in _OTHER_BOOKS
    return is_other or not is_time or (at > 0 and word_at(at - 1) in _BOOK_NUMBERS[:6])


def _verse(at: int, word_at: WordAt, num_words: int) -> re.Match[str] | None:
    """Return a chapter and a verse after a word that is a book; None without them, or if it has no such chapter."""
    book = word_at(at).removesuffix(".")
    max_chapters = _MAX_CHAPTERS if book in _OTHER_BOOKS else _NUM_CHAPTERS.get(book, 0)
    after = at + 1
    if max_chapters and after < num_words and word_at(after) == ".":
        after += 1
    verse = _VERSE.match(word_at(after)) if max_chapters and after < num_words else None
    return verse if verse is not None and int(verse[1]) <= max_chapters else None
