"""What is written instead of a name or an id: the operators."""

import hashlib
import hmac
from collections.abc import Callable

from docsight.redaction.detections import Detection
from docsight.redaction.folded_words import FoldedWord, folded_words, joined_over_lines
from docsight.redaction.pseudonyms import PERSON_WORD, Pseudonyms
from docsight.redaction.recurrences import MIN_LETTERS_OF_SPACED, NameIndex
from docsight.redaction.redaction_options import RedactionOptions

_JOINING_WORDS = frozenset(("and", "und", "et", "of", "the"))  # between names that were found as one

Replace = Callable[[Detection, str], str]  # what is found, and how it is written


def make_replace(options: RedactionOptions, index: NameIndex) -> Replace:
    """Return the operator of the options for one document."""
    if options.operator == "mask":
        return lambda found, written: "*" * len(written)
    if options.operator == "hash":
        key = options.key or b""  # the options require one
        return lambda found, written: f"<{found.type}:{keyed_hash(key, found.type, _folded(written))}>"
    if options.operator == "pseudonym":
        return _PseudonymReplacer(options, index)
    return lambda found, written: f"<{found.type}>"


def keyed_hash(key: bytes, *parts: str) -> str:
    """Return 12 hexadecimal digits of the HMAC-SHA256 of strings."""
    return hmac.digest(key, "\0".join(parts).encode("utf-8", "backslashreplace"), hashlib.sha256).hex()[:12]


def _folded(written: str) -> str:
    return " ".join(word.key for word in joined_over_lines(folded_words(written), written)) or written


class _PseudonymReplacer:
    """Replaces a person's name word by word, so that Keller and Maria Keller agree, and anything else as a whole."""

    def __init__(self, options: RedactionOptions, index: NameIndex) -> None:
        self._index = index
        self._pseudonyms = Pseudonyms(options.key, index.word_keys)

    def __call__(self, found: Detection, written: str) -> str:
        if found.type != "PERSON":
            return self._pseudonyms.of(found.type, _folded(written))
        words = joined_over_lines(folded_words(written), written)
        if not words:
            return f"<{found.type}>"
        if len(words) >= MIN_LETTERS_OF_SPACED and all(len(word.key) == 1 for word in words):
            return self._of(self._index.part_of("".join(word.key for word in words)))
        pieces, last = [], words[0].start
        for number, word in enumerate(words):
            gap = written[last : word.start]
            pieces.append("".join(char if char in " .,-'\n\t" else " " for char in gap))
            pieces.append(self._word(word, written[word.start : word.end], is_last=number == len(words) - 1))
            last = word.end
        return "".join(pieces) + ("." if written.endswith(".") else "")

    def _word(self, word: FoldedWord, written: str, *, is_last: bool) -> str:
        if word.key in _JOINING_WORDS:
            return written
        if len(word.key) == 1:
            return self._of(self._full_form(word.key, is_last))[0].upper()
        made = self._of(self._index.part_of(word.key))
        return made.upper() if word.is_upper else made if word.has_capital else made.lower()

    def _of(self, key: str) -> str:
        return self._pseudonyms.of(PERSON_WORD, key)

    def _full_form(self, initial: str, is_last: bool) -> str:
        """Return the first word of a name in the document that an initial may stand for, or the initial."""
        candidates = (name[-1] if is_last else name[0] for name in self._index.persons if len(name) > 1)
        return next((key for key in candidates if key.startswith(initial) and len(key) > 1), initial)
