"""A batch of texts as flat arrays of tokens, with facts about each token and its surroundings."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from docsight.spelling.arrays import Bools, Ints, starts_of
from docsight.spelling.correction.foreign import foreign_passages, word_kinds
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.lexicon.tables import WordSource
from docsight.spelling.tokens import INITIAL, LOWER, MIXED, TITLE, UPPER, is_key, key_of, read_tokens
from docsight.vocab import UNK, casing

# Runs of text without white space in which no word is corrected: with digits or technical signs, web addresses, domains
# and file names, function calls, words with parts in brackets, letters of other scripts or with diacritics. The pattern
# is anchored to the start of a run; otherwise, long runs would take quadratic time.
_TECHNICAL = re.compile(
    r"(?<!\S)\S*(?:[\d@/\\#~^=<>{}|+$%]|[^\W_]_+[^\W_]|\b[a-z]+\.[a-z]{2}|\bwww\.|[a-z][(\[]|\][a-z]"
    r"|[^\x00-\x7f\s\u00ab\u00b7\u00bb\u2010-\u2027\u2030-\u205e])\S*",
    re.IGNORECASE,
)
# A command at the prompt of a shell.
_COMMAND_LINE = re.compile(r"^[ \t]*(?:[\w.-]+@[\w.-]+:\S*)?\$ [a-z./~][^\n]*", re.MULTILINE)
# Two sentences without a space between them; such a run is corrected.
_TWO_SENTENCES = re.compile(r"[^\W\d_]+[.!?][A-Z][a-z]*[.,;:!?]?")
# The end of a line within a word, from the last letter before it to the first after it: neither half is a word.
_WITHIN_WORD = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad][ \t]*\r?\n[ \t>]*[a-z]")
# Some tokenizers split it from a verb (do n't). Neither it nor the verb before it is checked.
_CUT_OFF_NOT = "n't"
_POSSESSIVE_S = "'s"
# The word after one of them is a name.
_HONORIFICS = frozenset(
    ("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "lady", "lord", "rev", "capt", "sgt", "hon")
)


@dataclass
class TokenTypes:
    """Distinct tokens; the arrays are (types,)."""

    surfaces: list[str]  # as written
    keys: list[str]  # lookup keys, without a possessive 's
    ids: Ints  # word ids; unknown words have the ids from `dictionary.size` up, in the order of `unknown`
    unknown: list[str]  # the keys of the unknown words
    casings: Ints
    sizes: Ints  # characters of the surface
    letters: Ints  # letters of the key
    possessive: Bools
    plain: Bools  # can be corrected: ASCII letters, not in mixed case, not a word of the user, not the plural of a name
    known: Bools
    suspicious: Bools  # plain, and unknown or rare
    proper: Bools  # a name in the dictionaries
    common: Bools  # a word in lower case in the dictionaries; it may be a name, too


class TokenBatch:
    """The tokens of a batch of texts, one text after the other.

    The arguments are those of `Corrector.correct`.

    Attributes:
        types: The distinct tokens.
        tokens: (tokens,) indices into the types.
        starts, ends: (tokens,) character offsets in the text.
        texts: (tokens,) the index of the text.
        bounds: (sentences + 1,) the first token of each sentence, then the number of tokens.
        ids: (tokens,) word ids.
        casings: (tokens,) casing classes.
        is_word: (tokens,) whether it is a word, not a number or a sign.
        open: (tokens,) whether the token may be corrected.
        suspicious: (tokens,) whether it may be corrected and is unknown or rare.
        sentence: (tokens,) the index of the sentence.
        first_of_sentence: (tokens,) whether it is the first word.
        lower_sentence: (tokens,) whether its sentence has no capital.
        upper_sentence: (tokens,) whether its sentence has nothing but capitals.
        alone: (tokens,) whether it is the only word of its sentence.
        beside_title: (tokens,) whether it is next to a capitalised word within the sentence.
        repeats: (tokens,) how often the word occurs elsewhere in the text, capitalised within a sentence.
        is_name: (tokens,) whether it is capitalised as a name, and either one of the dictionaries or after Mr, Dr or
            the like.
        before_space: (tokens,) whether a single space separates it from the next token of its sentence.
        kinds: (types,) the `Kind` of the words.
        variety: (texts,) the variety of English: a flag of `WordSource`, or 0 where it is unclear.
    """

    def __init__(
        self,
        texts: Sequence[str],
        dictionary: Dictionary,
        protected: Sequence[Sequence[tuple[int, int]]] | None = None,
        dialect: str = "auto",
        sentence_ends: Sequence[Sequence[int]] | None = None,
    ) -> None:
        surfaces: list[str] = []
        starts, bounds, sizes = [np.zeros(0, np.int64)], [np.zeros(1, np.int64)], []
        for at, text in enumerate(texts):
            tokens = read_tokens(text, sentence_ends[at] if sentence_ends else ())
            bounds.append(tokens.bounds[1:] + len(surfaces))
            surfaces += tokens.surfaces
            starts.append(tokens.starts)
            sizes.append(len(tokens.surfaces))
        numbers = {surface: at for at, surface in enumerate(dict.fromkeys(surfaces))}
        self.tokens = np.fromiter(map(numbers.__getitem__, surfaces), np.int64, len(surfaces))
        self.starts = np.concatenate(starts)
        self.texts = np.repeat(np.arange(len(texts)), sizes)
        self.bounds = np.unique(np.concatenate(bounds))
        self.types = _look_up(list(numbers), dictionary)
        self.ends = self.starts + self.types.sizes[self.tokens]
        first = starts_of(np.array(sizes, dtype=np.int64))
        unprotected, self.before_space = np.ones(len(surfaces), dtype=bool), np.zeros(len(surfaces), dtype=bool)
        for at, text in enumerate(texts):
            here = slice(first[at], first[at + 1])
            technical = [m.span() for m in _TECHNICAL.finditer(text) if not _TWO_SENTENCES.fullmatch(m.group())]
            halves = [(m.start() - 1, m.end()) for m in _WITHIN_WORD.finditer(text)]
            commands = [m.span() for m in _COMMAND_LINE.finditer(text)]
            spans = [*technical, *halves, *commands, *(protected[at] if protected else ())]
            unprotected[here] = ~_covered(self.starts[here], self.ends[here], spans)
            self.before_space[here] = _before_one_space(text, self.starts[here], self.ends[here])
        self.before_space[self.bounds[1:] - 1] = False
        self.ids = self.types.ids[self.tokens]
        cut = np.array([key == _CUT_OFF_NOT for key in self.types.keys], dtype=bool)[self.tokens]
        self.open = unprotected & self.types.plain[self.tokens] & ~cut & ~np.append(cut[1:], False)[: len(cut)]
        self.casings = self.types.casings[self.tokens]
        self.is_word = (self.casings >= LOWER) & (self.casings <= MIXED)
        self._inspect_casing()
        self.open &= ~self._foreign(dictionary)
        self.suspicious = self.types.suspicious[self.tokens] & self.open
        self.variety = self._varieties(dictionary, dialect, len(texts))

    def _inspect_casing(self) -> None:
        """Look at the casing of sentences and of neighbouring words, and count capitalised words."""
        sizes = np.diff(self.bounds)
        count = len(sizes)
        self.sentence = np.repeat(np.arange(count), sizes)
        casings = self.casings
        is_word = self.is_word
        # The first word of a sentence may follow a quotation mark.
        before: Ints = np.cumsum(is_word) - is_word
        self.first_of_sentence = is_word & (before == before[self.bounds[:-1]][self.sentence])
        words = np.bincount(self.sentence, is_word, count)
        long = np.bincount(self.sentence, is_word & (self.types.letters[self.tokens] > 1), count)
        upper = (np.bincount(self.sentence, casings == UPPER, count) == long) & (long > 1)
        lower = (np.bincount(self.sentence, is_word & (casings > LOWER), count) == 0) & (words > 1)
        self.lower_sentence, self.upper_sentence = lower[self.sentence], upper[self.sentence]
        self.alone = (words <= 1)[self.sentence]
        title = (casings == TITLE) & ~self.first_of_sentence
        same = self.sentence[1:] == self.sentence[:-1]
        self.beside_title = np.zeros(len(casings), dtype=bool)
        self.beside_title[1:] |= title[:-1] & same
        self.beside_title[:-1] |= title[1:] & same
        # At the start of a sentence, a word that is nothing but a name counts if another capitalised word follows.
        is_proper, is_common = self.types.proper[self.tokens], self.types.common[self.tokens]
        is_known_name = is_proper & (~self.first_of_sentence | (self.beside_title & ~is_common))
        self.is_name = (casings == TITLE) & (is_known_name | self._follows_honorific())
        _, where = np.unique((self.texts << 32) | self.ids, return_inverse=True)
        self.repeats = np.bincount(where, title)[where].astype(np.int64) - title if len(where) else where

    def _follows_honorific(self) -> Bools:
        is_honorific = np.array([key in _HONORIFICS for key in self.types.keys], dtype=bool)[self.tokens]
        is_stop = np.array([key == "." for key in self.types.keys], dtype=bool)[self.tokens]
        follows = np.zeros(len(self.tokens), dtype=bool)
        follows[1:] = is_honorific[:-1]
        follows[2:] |= is_honorific[:-2] & is_stop[1:-1]
        return follows

    def _foreign(self, dictionary: Dictionary) -> Bools:
        words = np.flatnonzero(self.is_word)
        types = self.tokens[words]
        self.kinds = word_kinds(self.types.keys, self.types.ids, self.types.casings, dictionary)
        edges = np.searchsorted(words, self.bounds)[np.stack([self.sentence[words], self.sentence[words] + 1])]
        is_foreign = np.zeros(len(self.tokens), dtype=bool)
        is_foreign[words] = foreign_passages(self.kinds[types], edges)
        return is_foreign

    def _varieties(self, dictionary: Dictionary, dialect: str, num_texts: int) -> Ints:
        flags = {"us": int(WordSource.US), "uk": int(WordSource.UK)}
        if dialect in flags:
            return np.full(num_texts, flags[dialect], dtype=np.int64)
        inside = np.where(self.ids < dictionary.size, self.ids, 0)
        only = np.where(dictionary.variant[inside] > 0, dictionary.sources[inside] & (flags["us"] | flags["uk"]), 0)
        us, uk = (np.bincount(self.texts, only == flags[name], num_texts) for name in ("us", "uk"))
        return np.where(us > 2 * uk, flags["us"], np.where(uk > 2 * us, flags["uk"], 0))


def _covered(starts: Ints, ends: Ints, spans: Sequence[tuple[int, int]]) -> Bools:
    """Return which tokens overlap any of the spans of their text."""
    covered = np.zeros(len(starts) + 1, dtype=np.int64)
    edges = np.array([span for span in spans if span[0] < span[1]], dtype=np.int64).reshape(-1, 2)
    if len(edges) and len(starts):
        np.add.at(covered, np.searchsorted(ends, edges[:, 0], side="right"), 1)
        np.add.at(covered, np.searchsorted(starts, edges[:, 1]), -1)
    return np.cumsum(covered)[:-1] > 0


def _before_one_space(text: str, starts: Ints, ends: Ints) -> Bools:
    """Return which tokens are followed by exactly one space and another token."""
    is_parted = np.zeros(len(starts), dtype=bool)
    if len(starts) > 1:
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        is_parted[:-1] = (starts[1:] - ends[:-1] == 1) & (points[ends[:-1]] == ord(" "))
    return is_parted


def _look_up(surfaces: list[str], dictionary: Dictionary) -> TokenTypes:
    keys, ids, possessive, of_user, plain = [], [], [], [], []
    unknown: dict[str, int] = {}
    casings = np.fromiter(map(casing, surfaces), np.int64, len(surfaces))
    for surface in surfaces:
        key = key_of(surface)
        at = dictionary.ids.get(key, UNK)
        is_possessive = at == UNK and key.endswith(_POSSESSIVE_S) and len(key) > len(_POSSESSIVE_S)
        if is_possessive:
            key = key[: -len(_POSSESSIVE_S)]
            at = dictionary.ids.get(key, UNK)
        if at == UNK:
            at = dictionary.size + unknown.setdefault(key, len(unknown))
        keys.append(key)
        ids.append(at)
        possessive.append(is_possessive)
        of_user.append(
            dictionary.is_users(surface) or (is_possessive and dictionary.is_users(surface[: -len(_POSSESSIVE_S)]))
        )
        plain.append(is_key(key) and not of_user[-1])
    word_ids = np.array(ids, dtype=np.int64)
    is_plain = np.array(plain, dtype=bool) & (casings >= LOWER) & (casings <= INITIAL)
    is_plain &= ~((word_ids >= dictionary.size) & (casings == TITLE) & _is_family(keys, dictionary))
    # A word of the user is unknown in any other casing.
    in_lexicon = word_ids < dictionary.lexicon_size
    known = dictionary.known(word_ids, casings) & (in_lexicon | np.array(of_user, dtype=bool))
    sources = np.where(in_lexicon, dictionary.sources[np.where(in_lexicon, word_ids, 0)], 0)
    return TokenTypes(
        surfaces=surfaces,
        keys=keys,
        ids=word_ids,
        unknown=list(unknown),
        casings=casings,
        sizes=np.fromiter(map(len, surfaces), np.int64, len(surfaces)),
        letters=np.fromiter(map(len, keys), np.int64, len(keys)),
        possessive=np.array(possessive, dtype=bool),
        plain=is_plain,
        known=known,
        suspicious=is_plain & (~known | dictionary.rare(word_ids)),
        proper=(sources & int(WordSource.PROPER)) > 0,
        common=(sources & int(WordSource.LOWER)) > 0,
    )


def _is_family(keys: Sequence[str], dictionary: Dictionary) -> Bools:
    """Return which keys are the plural of a name, as in "the Kellers"."""
    return np.array([key.endswith("s") and dictionary.is_name(key.removesuffix("s")) for key in keys], dtype=bool)
