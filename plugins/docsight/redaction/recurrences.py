"""Find the names of a document wherever they recur: in other casing, in part, as initials, hyphenated, letter-spaced.

The rule for a single word of a person's name:

- A word that is not common in English counts in any casing, also with a plural or genitive s.
- A common word ("Will", "Street") or one of two letters counts only with a capital letter. At the beginning of a
  sentence it does not count if the document also writes it in lower case elsewhere. Beside a word of the same name that
  counts, it counts in any casing.
- Titles and particles ("Dr", "van") never count alone. They count beside a part of a name.

All words of a name in a row count in any casing, and so does what `name_forms` writes as one word. Names of
organisations and places, and ids, count only as a whole. Of an e-mail address, the part before the @ counts, too: if it
is one word that is neither short nor common, in this form, otherwise as the name of a person.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from spacy.lang.en.stop_words import STOP_WORDS

from docsight.redaction.common_words import common_non_names, common_words
from docsight.redaction.detections import Detection
from docsight.redaction.folded_words import FoldedWord, fold, folded_words, joined_over_lines
from docsight.redaction.name_forms import NameForms, name_forms

_RECURRENCE = "recurrence"
_NO_INITIALS = STOP_WORDS | frozenset("ok pm tv id uk eu un pc cd ad bc hr it pr ps re cc ceo cfo usa eg ie cf".split())
_GAP = re.compile(r"[\s.,'\u2019\u02bc\u0060\u00b4\-\u2010\u2011_/+]{0,6}|%20")  # between words of a name
_NARROW_GAP = re.compile(r",?\s{1,3}|[-\u2010\u2011_/+.,'\u2019]?|%20")  # the same, but within a sentence
_HYPHENATION = re.compile(r"[-\u2010\u00ad]\s*")
_HYPHEN = re.compile(r"[-\u2010\u2011]")
_LETTER_GAP = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f.\-_]{1,3}")  # between the letters of a letter-spaced word
_DOT, _TIGHT_DOT = re.compile(r"\.\s?"), re.compile(r"\.")
_INITIAL_GAP = re.compile(r",?[.\-\u2010]?[ \t\u00a0]?")  # between a part of a name and initials in capitals
_TIGHT_INITIAL_GAP = re.compile(r"[._\-]")  # the same in lower case: m.keller
_CAMEL_HUMP = re.compile(r"(?<=[^\W\d_])(?=[A-Z\u00c0-\u00de])(?<![A-Z\u00c0-\u00de])")
_MAX_INITIALS = 3
_MIN_LETTERS_OF_GENITIVE = 4
_MIN_CHARS_OF_ID = 5
_MIN_LETTERS_OF_LOCAL_PART = 4
_LETTERS_OF_KEY = 8  # of names that are found within words
MIN_LETTERS_OF_SPACED = 4


class NameIndex:
    """The names and ids of one document, and the words by which they are found again.

    Args:
        text: The text of the document.
        detections: The names and ids that were found.
        with_persons: Whether names of persons are taken out, also those in e-mail addresses.
    """

    def __init__(self, text: str, detections: Iterable[Detection], *, with_persons: bool = True) -> None:
        self._text = text
        self._words = folded_words(text)
        self.word_keys = {word.key for word in self._words}
        detections = tuple(detections)
        inside = _words_inside(self._words, detections)  # an address is in lower case, whatever it means
        self._lower = {word.key for at, word in enumerate(self._words) if not word.has_capital and at not in inside}
        self._with_persons = with_persons
        self._parts: dict[str, Detection] = {}
        self._joined: dict[str, Detection] = {}
        self._full: dict[str, dict[str, Detection]] = defaultdict(dict)  # full names by their first letters
        self._initials: dict[tuple[str, ...], Detection] = {}
        self._sequences: dict[str, list[tuple[tuple[str, ...], Detection]]] = defaultdict(list)
        self._particles: set[str] = set()  # of the names in this document
        self._companions: dict[str, set[str]] = defaultdict(set)  # of a word, the other words of its names
        self._spellings: dict[str, str] = {}  # the first spelling of words that have several
        self.persons: list[tuple[str, ...]] = []  # the folded words of each
        seen = set()
        for found in sorted(detections, key=lambda each: -each.score):
            written = text[found.start : found.end]
            keys = tuple(word.key for word in joined_over_lines(folded_words(written), written))
            if keys and (keys, found.type) not in seen:
                seen.add((keys, found.type))
                self._add(keys, written, found)

    def recurrences(self) -> Iterator[Detection]:
        """Yield every place where a name or an id occurs, also those that were detected."""
        words = self._words
        sources = [self._source_of(word) for word in words]
        for at, word in enumerate(words):
            yield from self._sequences_at(at)
            source = sources[at] or self._source_beside(at, sources)
            if source is not None:
                start, end = self._with_neighbours(at)
                yield self._recurrence(start, end, source)
            else:
                yield from self._names_within(word)
            if at + 1 < len(words) and self._gap_matches(_HYPHENATION, at):
                source = self._parts.get(word.key + words[at + 1].key)
                if source is not None:
                    yield self._recurrence(word.start, words[at + 1].end, source)
            yield from self._initials_at(at)
        names = self._joined | self._parts
        for first, after in self._letter_runs():
            yield from self._spaced_names(names, first, after)

    def part_of(self, key: str) -> str:
        """Return a part of a name without its plural or genitive s, in the first of its spellings."""
        if key not in self._parts and key.endswith("s") and key[:-1] in self._parts:
            key = key[:-1]
        return self._spellings.get(key, key)

    def _add(self, keys: tuple[str, ...], written: str, found: Detection) -> None:
        if found.type == "PERSON":
            self._add_person(written, found)
        elif found.is_name and len(keys) == 1:
            self._parts.setdefault(keys[0], found)
        if len(keys) > 1 or (not found.is_name and len(keys[0]) >= _MIN_CHARS_OF_ID):
            self._sequences[keys[0]].append((keys, found))
        if found.type == "EMAIL":
            self._add_local_part(written.partition("@")[0], found)

    def _add_local_part(self, local: str, found: Detection) -> None:
        words = folded_words(local)
        if len(words) == 1:
            key = words[0].key
            if len(key) >= _MIN_CHARS_OF_ID and key not in common_words():
                self._joined.setdefault(key, found)
        elif self._with_persons:
            named = [word for word in words if not word.key.isdigit() and word.key not in common_non_names()]
            if any(len(word.key) >= _MIN_LETTERS_OF_LOCAL_PART for word in named):
                written = " ".join(local[word.start : word.end] for word in named)
                self._add_person(written, replace(found, type="PERSON"))

    def _add_person(self, written: str, found: Detection) -> None:
        spellings = name_forms(written)
        for forms in spellings:
            self._add_forms(forms, found)
            for word, spelling in zip(forms.words, spellings[0].words, strict=True):
                if word != spelling:
                    self._spellings.setdefault(word, spelling)
        if spellings:
            self.persons.append(spellings[0].words)

    def _add_forms(self, forms: NameForms, found: Detection) -> None:
        self._particles |= forms.particles
        for key in forms.words:
            if len(key) > 1 and not key.isdigit():
                self._parts[key] = found
            self._companions[key].update(other for other in forms.words if other != key)
        for compound in forms.compounds:
            self._sequences[compound[0]].append((compound, found))
        for joined in forms.joined:
            self._joined.setdefault(joined, found)
        for full in forms.full:
            if len(full) >= _LETTERS_OF_KEY:
                self._full[full[:_LETTERS_OF_KEY]].setdefault(full, found)
        for initials in forms.initials:
            self._initials.setdefault(initials, found)

    def _source_of(self, word: FoldedWord) -> Detection | None:
        key = word.key
        if (source := self._parts.get(key)) is not None:
            return source if self._counts(word, key) else None
        base = key[:-1]
        if key.endswith("s") and len(base) >= _MIN_LETTERS_OF_GENITIVE and (source := self._parts.get(base)):
            return source if self._counts(word, base) and key not in common_words() else None
        return self._joined.get(key)

    def _source_beside(self, at: int, sources: Sequence[Detection | None]) -> Detection | None:
        """Return the name of a word that counts only because another word of that name stands beside it."""
        companions = self._companions.get(self._words[at].key, set())
        counted = (
            gap
            for gap, beside in ((at - 1, at - 1), (at, at + 1))
            if 0 <= beside < len(sources) and sources[beside] is not None and self._words[beside].key in companions
        )
        is_beside = any(self._gap_matches(_NARROW_GAP, gap) for gap in counted)
        return self._parts.get(self._words[at].key) if is_beside else None

    def _names_within(self, word: FoldedWord) -> Iterator[Detection]:
        """Yield what of a word is a name: Keller in KellerReport, and all of mariakellerphoto."""
        humps = [0, *(hump.start() for hump in _CAMEL_HUMP.finditer(self._text[word.start : word.end]))]
        if len(humps) > 1:
            for first, after in zip(humps, [*humps[1:], word.end - word.start], strict=True):
                key = fold(self._text[word.start + first : word.start + after])
                source = self._parts.get(key)
                if source is not None and len(key) > 2 and (first or key not in common_words()):
                    yield self._recurrence(word.start + first, word.start + after, source)
        for at in range(len(word.key) - _LETTERS_OF_KEY + 1 if self._full else 0):
            for full, source in self._full.get(word.key[at : at + _LETTERS_OF_KEY], {}).items():
                if word.key.startswith(full, at):
                    yield self._recurrence(word.start, word.end, source)

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
        """Yield M.K., m.k. and M. K., and MK in capitals if that is not something else, such as IT."""
        word = self._words[at]
        if word.is_upper and word.key not in _NO_INITIALS and (source := self._initials.get(tuple(word.key))):
            yield self._recurrence(word.start, word.end, source)
        for length in (3, 2):
            inside = self._words[at : at + length]
            keys = tuple(each.key for each in inside)
            source = self._initials.get(keys)
            if source is None or len(keys) < length:
                continue
            is_upper = all(each.is_upper for each in inside)
            is_dotted = all(
                self._gap_matches(_DOT if is_upper else _TIGHT_DOT, number) for number in range(at, at + length - 1)
            )
            if is_dotted and (is_upper or "".join(keys) not in _NO_INITIALS):
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

    def _spaced_names(self, names: Mapping[str, Detection], first: int, after: int) -> Iterator[Detection]:
        words = self._words[first:after]
        letters = "".join(word.key for word in words)
        for name, source in names.items():
            at = letters.find(name) if len(name) >= MIN_LETTERS_OF_SPACED else -1
            while at >= 0:
                yield self._recurrence(words[at].start, words[at + len(name) - 1].end, source)
                at = letters.find(name, at + 1)

    def _with_neighbours(self, at: int) -> tuple[int, int]:
        """Extend a part of a name over what belongs to it: M. Keller, van Gogh, Maria K., Keller-Braun."""
        words, first, last = self._words, at, at
        initials = {other[0] for other in self._companions.get(self.part_of(words[at].key), ())}
        while first and (
            self._is_initial_before(first, initials)
            or self._is_particle_before(first)
            or self._is_hyphenated_with(first - 1, gap=first - 1)
        ):
            first -= 1
        while last + 1 < len(words) and (
            self._is_initial_of(last + 1, initials, gap=last) or self._is_hyphenated_with(last + 1, gap=last)
        ):
            last += 1
        return words[first].start, words[last].end

    def _is_initial_before(self, at: int, initials: set[str]) -> bool:
        before = self._words[at - 1]
        if len(before.key) == 1 and before.is_upper and self._text[before.end] == ".":
            return self._gap_matches(_GAP, at - 1)  # of whatever name: it may be a middle name
        return self._is_initial_of(at - 1, initials, gap=at - 1)

    def _is_initial_of(self, at: int, initials: set[str], *, gap: int) -> bool:
        """Return whether a word is one or several initials of a person whose other word is beyond the gap."""
        word = self._words[at]
        if len(word.key) > _MAX_INITIALS or not initials.issuperset(word.key):
            return False
        if not word.is_upper:
            return len(word.key) == 1 and self._gap_matches(_TIGHT_INITIAL_GAP, gap)
        is_word = word.key in _NO_INITIALS and self._text[word.end : word.end + 1] != "."  # I, A, IT
        return not is_word and self._gap_matches(_INITIAL_GAP, gap)

    def _is_hyphenated_with(self, at: int, *, gap: int) -> bool:
        """Return whether a word is the other half of a double name, as in Keller-Braun."""
        word = self._words[at]
        is_name = word.has_capital and len(word.key) > 1 and word.key not in common_non_names()
        return is_name and self._gap_matches(_HYPHEN, gap)

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
