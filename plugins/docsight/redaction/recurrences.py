"""Find the names of a document wherever they recur: in other casing, in part, as initials, hyphenated, letter-spaced.

The rule for a single word of a person's name:

- A word that is not common in English counts in any casing, also with a plural or genitive s.
- A common word ("Will", "Street") or one of two letters counts only with a capital letter. At the beginning of a
  sentence it does not count if the document also writes it in lower case elsewhere.
- Titles and particles ("Dr", "van") never count alone. They count beside a part of a name.

All words of a name in a row count in any casing. Names of organisations and places, and ids, count only as a whole;
of an e-mail address, the part before the @ counts, too, if it is one word that is neither short nor common.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from spacy.lang.en.stop_words import STOP_WORDS

from docsight.redaction.common_words import common_words
from docsight.redaction.detections import Detection
from docsight.redaction.folded_words import FoldedWord, folded_words, joined_over_lines

_RECURRENCE = "recurrence"
_NEVER_ALONE = frozenset(
    "mr mrs ms miss mx dr prof professor sir madam lord lady herr frau st jr sr phd von van de der den des di da del "
    "du la le el al bin ibn ter ten of the and y e und et".split()
)
_PARTICLES = frozenset("von van de der den des di da del du la le el al bin ibn ter ten".split())
_NO_INITIALS = STOP_WORDS | frozenset("ok pm tv id uk eu un pc cd ad bc hr it pr ps re cc ceo cfo usa".split())
_GAP = re.compile(r"[\s.,'\u2019\-\u2010\u2011_/]{0,6}")  # between words of a name
_HYPHENATION = re.compile(r"[-\u2010\u00ad]\s*")
_LETTER_GAP = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f.\-_]{1,3}")  # between the letters of a letter-spaced word
_DOT = re.compile(r"\.\s?")
_MIN_LETTERS_OF_GENITIVE = 4
_MIN_LETTERS_OF_JOINED = 6
_MIN_CHARS_OF_ID = 5
MIN_LETTERS_OF_SPACED = 4


class NameIndex:
    """The names and ids of one document, and the words by which they are found again."""

    def __init__(self, text: str, detections: Iterable[Detection]) -> None:
        self._text = text
        self._words = folded_words(text)
        self.word_keys = {word.key for word in self._words}
        detections = tuple(detections)
        inside = _words_inside(self._words, detections)  # an address is in lower case, whatever it means
        self._lower = {word.key for at, word in enumerate(self._words) if not word.has_capital and at not in inside}
        self._parts: dict[str, Detection] = {}
        self._joined: dict[str, Detection] = {}
        self._initials: dict[tuple[str, ...], Detection] = {}
        self._sequences: dict[str, list[tuple[tuple[str, ...], Detection]]] = defaultdict(list)
        self._particles: set[str] = set()  # of the names in this document
        self._pairs: set[tuple[str, str]] = set()  # a given name, and the initial of the surname
        self.persons: list[tuple[str, ...]] = []  # the folded words of each
        seen = set()
        for found in sorted(detections, key=lambda each: -each.score):
            written = text[found.start : found.end]
            keys = tuple(word.key for word in joined_over_lines(folded_words(written), written))
            if keys and (keys, found.type) not in seen:
                seen.add((keys, found.type))
                self._add(keys, found)

    def recurrences(self) -> Iterator[Detection]:
        """Yield every place where a name or an id occurs, also those that were detected."""
        words = self._words
        for at, word in enumerate(words):
            yield from self._sequences_at(at)
            if (source := self._source_of(word)) is not None:
                start, end = self._with_neighbours(at)
                yield self._recurrence(start, end, source)
            if at + 1 < len(words) and self._gap_matches(_HYPHENATION, at):
                source = self._parts.get(word.key + words[at + 1].key)
                if source is not None:
                    yield self._recurrence(word.start, words[at + 1].end, source)
            yield from self._initials_at(at)
        for first, after in self._letter_runs():
            yield from self._spaced_names(first, after)

    def part_of(self, key: str) -> str:
        """Return a part of a name without its plural or genitive s."""
        return key[:-1] if key not in self._parts and key.endswith("s") and key[:-1] in self._parts else key

    def _add(self, keys: tuple[str, ...], found: Detection) -> None:
        if found.type == "PERSON":
            self._add_person(keys, found)
        elif found.is_name and len(keys) == 1:
            self._parts.setdefault(keys[0], found)
        if len(keys) > 1 or (not found.is_name and len(keys[0]) >= _MIN_CHARS_OF_ID):
            self._sequences[keys[0]].append((keys, found))
        if found.type == "EMAIL":  # of the part before the @, words may be parts of names, which are more telling
            local = folded_words(self._text[found.start : found.end].partition("@")[0])
            if len(local) == 1 and len(keys[0]) >= _MIN_CHARS_OF_ID and keys[0] not in common_words():
                self._joined.setdefault(keys[0], found)

    def _add_person(self, keys: tuple[str, ...], found: Detection) -> None:
        core = tuple(key for key in keys if key not in _NEVER_ALONE)
        self.persons.append(core)
        self._particles.update(_PARTICLES.intersection(keys))
        for key in core:
            if len(key) > 1 and not key.isdigit():
                self._parts[key] = found
        full = [key for key in core if len(key) > 1]
        if len(full) < 2:
            return
        first, last = full[0], full[-1]
        self._pairs.add((first, last[0]))
        neighbours = (one + next_one for one, next_one in pairwise(core))  # JeanLuc, OBrien
        for joined in (first + last, last + first, first[0] + last, last + first[0], first + last[0], *neighbours):
            if len(joined) >= _MIN_LETTERS_OF_JOINED and joined not in common_words():
                self._joined.setdefault(joined, found)
        self._initials.setdefault(tuple(key[0] for key in core), found)
        self._initials.setdefault((first[0], last[0]), found)

    def _source_of(self, word: FoldedWord) -> Detection | None:
        key = word.key
        if (source := self._parts.get(key)) is not None:
            return source if self._counts(word, key) else None
        base = key[:-1]
        if key.endswith("s") and len(base) >= _MIN_LETTERS_OF_GENITIVE and (source := self._parts.get(base)):
            return source if self._counts(word, base) and key not in common_words() else None
        return self._joined.get(key)

    def _counts(self, word: FoldedWord, key: str) -> bool:
        if len(key) > 2 and key not in common_words():
            return True
        return word.has_capital and not (word.begins_sentence and word.key in self._lower)

    def _sequences_at(self, at: int) -> Iterator[Detection]:
        for keys, source in self._sequences.get(self._words[at].key, ()):
            inside = self._words[at : at + len(keys)]
            if tuple(word.key for word in inside) == keys and all(
                self._gap_matches(_GAP, number) for number in range(at, at + len(keys) - 1)
            ):
                yield self._recurrence(inside[0].start, inside[-1].end, source)

    def _initials_at(self, at: int) -> Iterator[Detection]:
        """Yield M.K. and M. K., and MK in capitals if that is not something else, such as IT."""
        word = self._words[at]
        if word.is_upper and word.key not in _NO_INITIALS and (source := self._initials.get(tuple(word.key))):
            yield self._recurrence(word.start, word.end, source)
        for length in (3, 2):
            inside = self._words[at : at + length]
            source = self._initials.get(tuple(each.key for each in inside))
            is_dotted = all(self._gap_matches(_DOT, number) for number in range(at, at + len(inside) - 1))
            if source is not None and is_dotted and all(each.is_upper for each in inside):
                yield self._recurrence(inside[0].start, inside[-1].end, source)

    def _letter_runs(self) -> Iterator[tuple[int, int]]:
        """Yield the words from the first to the last, exclusive, of runs of single letters, as in K e l l e r."""
        letters = [len(word.key) == 1 for word in self._words]
        first = 0
        for at, is_letter in enumerate(letters):
            goes_on = is_letter and at + 1 < len(letters) and letters[at + 1] and self._gap_matches(_LETTER_GAP, at)
            if not goes_on:
                if is_letter and at + 1 - first >= MIN_LETTERS_OF_SPACED:
                    yield first, at + 1
                first = at + 1

    def _spaced_names(self, first: int, after: int) -> Iterator[Detection]:
        words = self._words[first:after]
        letters = "".join(word.key for word in words)
        for name, source in (self._joined | self._parts).items():
            at = letters.find(name) if len(name) >= MIN_LETTERS_OF_SPACED else -1
            while at >= 0:
                yield self._recurrence(words[at].start, words[at + len(name) - 1].end, source)
                at = letters.find(name, at + 1)

    def _with_neighbours(self, at: int) -> tuple[int, int]:
        """Extend a part of a name over the initials and particles beside it: M. Keller, van Gogh, Maria K."""
        words, first, last = self._words, at, at
        while first and (self._is_initial_before(first) or self._is_particle_before(first)):
            first -= 1
        follows = last + 1 < len(words) and self._gap_matches(_GAP, last)
        if follows and words[last + 1].is_upper and (words[at].key, words[last + 1].key) in self._pairs:
            last += 1
        return words[first].start, words[last].end

    def _is_initial_before(self, at: int) -> bool:
        before = self._words[at - 1]
        if len(before.key) != 1 or not before.is_upper:
            return False
        gap = self._text[before.end : self._words[at].start]
        return gap.startswith(".") and _GAP.fullmatch(gap) is not None

    def _is_particle_before(self, at: int) -> bool:
        before = self._words[at - 1]
        return before.key in self._particles and self._gap_matches(_GAP, at - 1)

    def _gap_matches(self, pattern: re.Pattern[str], at: int) -> bool:
        return pattern.fullmatch(self._text, self._words[at].end, self._words[at + 1].start) is not None

    def _recurrence(self, start: int, end: int, source: Detection) -> Detection:
        return Detection(start=start, end=end, type=source.type, recognizer=_RECURRENCE, score=source.score)


def _words_inside(words: Sequence[FoldedWord], detections: Iterable[Detection]) -> set[int]:
    """Return the numbers of the words that begin inside a detection."""
    inside: set[int] = set()
    for found in detections:
        first, after = (bisect_left(words, end, key=lambda word: word.start) for end in (found.start, found.end))
        inside.update(range(first, after))
    return inside
