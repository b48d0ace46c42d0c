"""Texts as the corrector reads them: flat arrays of tokens, each distinct token looked at once."""

import re
from collections.abc import Sequence

import numpy as np

from docsight.spelling.arrays import Bools, Ints, starts_of
from docsight.spelling.correction.features import CandidateGroups, PlaceFacts
from docsight.spelling.correction.foreign import foreign_stretches, word_kinds
from docsight.spelling.correction.token_types import LOWER, MIXED, TITLE, UPPER, look_up
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.lexicon.tables import WordSource
from docsight.spelling.tokens import read_tokens

# Stretches without a space in which no word is corrected: with a digit or a sign of technical writing in them, web
# addresses, domains and file names, calls of functions, parts of words in brackets, letters of another script or with
# diacritics. It looks from the beginning of a stretch alone: from every character of a long one without any of these,
# time would be quadratic.
_ODD = re.compile(
    r"(?<!\S)\S*(?:[\d@/\\#~^=<>{}|+$%]|[^\W_]_+[^\W_]|\b[a-z]+\.[a-z]{2}|\bwww\.|[a-z][(\[]|\][a-z]"
    r"|[^\x00-\x7f\s\u00ab\u00b7\u00bb\u2010-\u2027\u2030-\u205e])\S*",
    re.IGNORECASE,
)
# Two sentences without a space between them are none of these.
_TWO_SENTENCES = re.compile(r"[^\W\d_]+[.!?][A-Z][a-z]*[.,;:!?]?")
# What some tokenizers cut off a verb (do n't); neither it nor the verb before it is a word of its own.
_CUT_OFF = "n't"


class TokenBatch:
    """Some texts, one after the other: their tokens, and what is known of each from where it stands.

    Args:
        texts: As written.
        dictionary: The words that are known.
        protected: For each text the stretches (start, end), in characters, in which nothing is corrected.
        dialect: us, uk, or auto: seen for each text.

    Attributes:
        types: The distinct tokens.
        tokens: (tokens,) into the types.
        starts: (tokens,) offset of the first character in its text.
        ends: (tokens,) offset behind the last one.
        texts: (tokens,) the text it stands in.
        bounds: (sentences + 1,) where sentences begin.
        ids: (tokens,) of words.
        open: (tokens,) it may be corrected.
        sentence: (tokens,) the sentence it stands in.
        lower_sentence: (sentences,) nothing in it has a capital.
        glued: (tokens,) one space parts it from the next token of its sentence.
    """

    def __init__(
        self,
        texts: Sequence[str],
        dictionary: Dictionary,
        protected: Sequence[Sequence[tuple[int, int]]] | None = None,
        dialect: str = "auto",
    ) -> None:
        surfaces: list[str] = []
        starts, bounds, sizes = [np.zeros(0, np.int64)], [np.zeros(1, np.int64)], []
        for text in texts:
            read = read_tokens(text)
            bounds.append(read.bounds[1:] + len(surfaces))
            surfaces += read.surfaces
            starts.append(read.starts)
            sizes.append(len(read.surfaces))
        numbers = {surface: at for at, surface in enumerate(dict.fromkeys(surfaces))}
        self.tokens = np.fromiter(map(numbers.__getitem__, surfaces), np.int64, len(surfaces))
        self.starts = np.concatenate(starts)
        self.texts = np.repeat(np.arange(len(texts)), sizes)
        self.num_texts = len(texts)
        self.bounds = np.unique(np.concatenate(bounds))
        self.types = look_up(list(numbers), dictionary)
        self.ends = self.starts + self.types.sizes[self.tokens]
        first = starts_of(np.array(sizes, dtype=np.int64))
        opened, self.glued = np.ones(len(surfaces), dtype=bool), np.zeros(len(surfaces), dtype=bool)
        for at, text in enumerate(texts):
            here = slice(first[at], first[at + 1])
            odd = [m.span() for m in _ODD.finditer(text) if not _TWO_SENTENCES.fullmatch(m.group())]
            spans = [*odd, *(protected[at] if protected else ())]
            opened[here] = ~_covered(self.starts[here], self.ends[here], spans)
            self.glued[here] = _before_one_space(text, self.starts[here], self.ends[here])
        self.glued[self.bounds[1:] - 1] = False
        self.ids = self.types.ids[self.tokens]
        cut = np.array([key == _CUT_OFF for key in self.types.keys], dtype=bool)[self.tokens]
        self.open = opened & self.types.plain[self.tokens] & ~cut & ~np.append(cut[1:], False)[: len(cut)]
        self.casings = self.types.casings[self.tokens]
        self._survey()
        self.open &= ~self._foreign(dictionary)
        self.suspicious = self.types.suspicious[self.tokens] & self.open
        self.variety = self._varieties(dictionary, dialect)

    def places(self, groups: CandidateGroups) -> PlaceFacts:
        """Return what is known of the places of groups."""
        at, types = groups.token, self.types
        tokens = self.tokens[at]
        return PlaceFacts(
            ids=self.ids[at],
            known=types.known[tokens],
            casing=self.casings[at],
            first_of_sentence=self._first_word[at],
            lower_sentence=self.lower_sentence[self.sentence[at]],
            upper_sentence=self._upper[self.sentence[at]],
            beside_title=self._beside_title[at],
            repeats=self._repeats[at],
            letters=types.letters[tokens],
            possessive=types.possessive[tokens],
            suspicious=self.suspicious[at],
            alone=self._alone[self.sentence[at]],
            variety=self.variety[self.texts[at]],
        )

    def _survey(self) -> None:
        """Look at the casing of each sentence and of each word's neighbours, and count names."""
        sizes = np.diff(self.bounds)
        count = len(sizes)
        self.sentence = np.repeat(np.arange(count), sizes)
        casings = self.casings
        is_word = (casings >= LOWER) & (casings <= MIXED)
        # The first word of a sentence may stand behind a quotation mark.
        before: Ints = np.cumsum(is_word) - is_word
        self._first_word = is_word & (before == before[self.bounds[:-1]][self.sentence])
        words = np.bincount(self.sentence, is_word, count)
        long = np.bincount(self.sentence, is_word & (self.types.letters[self.tokens] > 1), count)
        self._upper = (np.bincount(self.sentence, casings == UPPER, count) == long) & (long > 1)
        self.lower_sentence = (np.bincount(self.sentence, is_word & (casings > LOWER), count) == 0) & (words > 1)
        self._alone = words <= 1
        title = (casings == TITLE) & ~self._first_word
        same = self.sentence[1:] == self.sentence[:-1]
        self._beside_title = np.zeros(len(casings), dtype=bool)
        self._beside_title[1:] |= title[:-1] & same
        self._beside_title[:-1] |= title[1:] & same
        _, where = np.unique((self.texts << 32) | self.ids, return_inverse=True)
        self._repeats = np.bincount(where, title)[where].astype(np.int64) - title if len(where) else where

    def _foreign(self, dictionary: Dictionary) -> Bools:
        """Tell the words of stretches in another language."""
        words = np.flatnonzero((self.casings >= LOWER) & (self.casings <= MIXED))
        types = self.tokens[words]
        kinds = word_kinds(self.types.keys, self.types.ids, self.types.casings, dictionary)
        edges = np.searchsorted(words, self.bounds)[np.stack([self.sentence[words], self.sentence[words] + 1])]
        found = np.zeros(len(self.tokens), dtype=bool)
        found[words] = foreign_stretches(kinds[types], edges)
        return found

    def _varieties(self, dictionary: Dictionary, dialect: str) -> Ints:
        """Tell the variety of English of each text: the flag of its `WordSource`, 0 where it is not clear."""
        flags = {"us": int(WordSource.US), "uk": int(WordSource.UK)}
        if dialect in flags:
            return np.full(self.num_texts, flags[dialect], dtype=np.int64)
        inside = np.where(self.ids < dictionary.size, self.ids, 0)
        only = np.where(dictionary.variant[inside] > 0, dictionary.sources[inside] & (flags["us"] | flags["uk"]), 0)
        us, uk = (np.bincount(self.texts, only == flags[name], self.num_texts) for name in ("us", "uk"))
        return np.where(us > 2 * uk, flags["us"], np.where(uk > 2 * us, flags["uk"], 0))


def _covered(starts: Ints, ends: Ints, spans: Sequence[tuple[int, int]]) -> Bools:
    """Tell which tokens touch any of the spans of their text."""
    covered = np.zeros(len(starts) + 1, dtype=np.int64)
    edges = np.array([span for span in spans if span[0] < span[1]], dtype=np.int64).reshape(-1, 2)
    if len(edges) and len(starts):
        np.add.at(covered, np.searchsorted(ends, edges[:, 0], side="right"), 1)
        np.add.at(covered, np.searchsorted(starts, edges[:, 1]), -1)
    return np.cumsum(covered)[:-1] > 0


def _before_one_space(text: str, starts: Ints, ends: Ints) -> Bools:
    """Tell which tokens have exactly one space between them and the next."""
    parted = np.zeros(len(starts), dtype=bool)
    if len(starts) > 1:
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        parted[:-1] = (starts[1:] - ends[:-1] == 1) & (points[ends[:-1]] == ord(" "))
    return parted
