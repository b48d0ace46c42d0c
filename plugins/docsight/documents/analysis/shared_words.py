"""Find unknown words that several documents of a run have: such a word is a name or a term, not a misspelling.

Which documents have a word depends on all files of a run. So workers only record the unknown words that are corrected,
and the merge decides, as on duplicates: neither the order of files nor where a run was interrupted changes the result.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from docsight.corrections import UNKNOWN_WORD
from docsight.documents.analysis.duplicates import add_text_hash

MIN_OTHER_DOCUMENTS = 2  # that have a word which is then not corrected; chosen on benchmarks/data/judged
SHARED_REASON = "at least two other documents have this word, too"

_WHOLE_WORD = re.compile(r"[^\W\d_]+(?:'(?!s\b)[^\W\d_]+)*")  # without a possessive 's

Rows = list[dict[str, Any]]


def count_corrected(rows: Iterable[Mapping[str, Any]], is_misspelling: Callable[[str], bool]) -> Counter[str]:
    """Count the applied corrections of a document by unknown word, without those that cannot be names or terms.

    Args:
        rows: The corrections.
        is_misspelling: Whether a word is a known misspelling, such as *occured*. In a large archive, several documents
            have it.
    """
    words = (_unknown_word(row) for row in rows if row["applied"])
    return Counter(word for word in words if word is not None and not is_misspelling(word))


class SharedWords:
    """Counts the documents that have certain words, in memory that does not grow with the number of documents.

    Documents with the same text count once: a copy is no evidence that a word is meant.

    Args:
        words: The words to look for, as `count_corrected` returns them.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._found: set[str] = set()
        self._texts: dict[str, set[str]] = {word: set() for word in words}  # hashes, of words that are not found yet

    @property
    def found(self) -> frozenset[str]:
        """The words that are in `MIN_OTHER_DOCUMENTS` documents besides any one of them."""
        return frozenset(self._found)

    @property
    def is_complete(self) -> bool:
        """Whether more texts would change nothing."""
        return not self._texts

    def add(self, text: str) -> None:
        """Add the text of a document, in any order."""
        words = self._texts.keys() & set(_WHOLE_WORD.findall(_normalized(text)))
        text_hash = add_text_hash("", text) if words else ""
        for word in words:
            self._texts[word].add(text_hash)
            if len(self._texts[word]) > MIN_OTHER_DOCUMENTS:
                self._found.add(word)
                del self._texts[word]


def leave_shared_words(rows: Iterable[Mapping[str, Any]], shared: Collection[str]) -> Rows | None:
    """Return the corrections of a document with those of shared words not applied; None if no row changes."""
    revised = [dict(row) for row in rows]
    is_changed = False
    for row in revised:
        if row["applied"] and _unknown_word(row) in shared:
            row |= {"because": SHARED_REASON, "applied": False}
            is_changed = True
    return revised if is_changed else None


def _unknown_word(row: Mapping[str, Any]) -> str | None:
    """Return the word of a correction in lower case and without a possessive 's; None if it is known."""
    text = row["text"]
    if row["reason"] != UNKNOWN_WORD or not isinstance(text, str):
        return None
    return _normalized(text).removesuffix("'s")


def _normalized(text: str) -> str:
    return text.lower().replace("\u2019", "'")
