"""The table of confusions: words of the lexicon that are typed for each other, by spelling, sound or known sets."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import permutations

import numpy as np
import numpy.typing as npt
import torch

from docsight.spelling.arrays import Ints
from docsight.spelling.candidates.index import CandidateIndex, best_of_rows, edit_distances, phonetic_keys
from docsight.spelling.lexicon.hashing import encode_words, hash_words
from docsight.spelling.lexicon.tables import DICTIONARY, Lexicon, WordSource
from docsight.spelling.tokens import is_key
from docsight.vocab import UNK, Vocab

_MAX_CONFUSIONS_PER_WORD = 11

_MIN_TYPED_ZIPF = 2.9  # for a rarer word, the corrector searches all candidates at run time
_MIN_NEAR_ZIPF = 2.3  # of a word one edit away
_MIN_ALIKE_ZIPF = 3.3  # of a word that sounds the same
_MIN_NAME_ZIPF = 4.0  # of a word that the dictionaries have only with a capital
_MIN_LISTED_ZIPF = 2.9
_MAX_ALIKE_EDITS = 3
_MAX_SEARCHED = 128

_ZIPF_GAIN = 0.8  # of a tenfold frequency, in nats
_KNOWN_GAIN = 100.0  # known pairs come before all others

# Words of a single letter.
_LETTERS = {
    "a": ("i", "an", "at"),
    "b": ("be", "by"),
    "c": ("see",),
    "i": ("in", "it", "is"),
    "k": ("ok",),
    "n": ("in", "and", "an", "on"),
    "r": ("are", "or"),
    "t": ("to", "at", "it"),
    "u": ("you",),
    "y": ("why",),
}


def confusions(
    words: Sequence[str],
    lexicon: Lexicon,
    *,
    cost: Callable[[Ints, Ints], npt.NDArray[np.float32]],
    sets: Iterable[Sequence[str]] = (),
    pairs: Iterable[tuple[str, str]] = (),
    most: int = _MAX_CONFUSIONS_PER_WORD,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Find the words that may have been meant where another word of the lexicon was typed.

    The form of a word in the other variety of English, and its form with or without -s, are excluded unless a set has
    them: the first is not an error, the second is a grammatical one.

    Args:
        words: The words of the lexicon, the first of which has id 2.
        lexicon: The facts about them.
        cost: Returns the cost in nats of typing words when others were meant, by their ids.
        sets: Words that people mix up with each other (their, there, they're).
        pairs: (typed, meant) from misspelling lists; only pairs of two words of the lexicon are used.
        most: The maximum number of confusions of a word; the most plausible are kept.

    Returns:
        (offsets, ids): int32 (num_words + 1,) and (confusions,). ids[offsets[i] : offsets[i + 1]] may have been meant
        where the word with id i was typed, the most plausible first.
    """
    vocab = Vocab(words)
    sources = lexicon.sources.cpu().numpy()
    zipf = lexicon.zipf_of(torch.arange(len(vocab))).numpy()
    typed, meant = _near(words, sources, zipf)
    variant = lexicon.variant.cpu().numpy()
    plain = (variant[typed] != meant) & (variant[meant] != typed) & ~_differ_in_s(words, typed, meant)
    # A single letter is never meant, except for the article: i is not a word in lower case.
    plain &= np.array([len(word) > 1 or word == "a" for word in ("", "", *words)])[meant]
    known_typed, known_meant = _known(vocab, sources, zipf, sets=sets, pairs=pairs)
    typed = np.concatenate([known_typed, typed[plain]])
    meant = np.concatenate([known_meant, meant[plain]])
    is_known = np.arange(len(typed)) < len(known_typed)
    _, first = np.unique(typed * len(vocab) + meant, return_index=True)
    typed, meant, is_known = typed[first], meant[first], is_known[first]
    score = (_ZIPF_GAIN * zipf[meant] - cost(typed, meant) + _KNOWN_GAIN * is_known).astype(np.float32)
    kept = best_of_rows(typed, score, most)
    offsets = np.searchsorted(typed[kept], np.arange(len(vocab) + 1))
    return offsets.astype(np.int32), meant[kept].astype(np.int32)


def _near(words: Sequence[str], sources: npt.NDArray[np.uint8], zipf: npt.NDArray[np.float32]) -> tuple[Ints, Ints]:
    """Find the neighbours of the frequent words, in letters and in sound: ids (typed, meant)."""
    frequent = np.flatnonzero(zipf >= _MIN_TYPED_ZIPF)
    index = CandidateIndex(words, zipf[2:], max_candidates=_MAX_SEARCHED)
    row, meant = index.search([words[word - 2] for word in frequent.tolist()])
    typed = frequent[row]
    codes, lengths = encode_words(words)
    distances = edit_distances(codes, lengths, codes, lengths, typed - 2, meant - 2)
    keys = np.array(phonetic_keys(words))
    alike = keys[typed - 2] == keys[meant - 2]
    near = (distances == 1) & (zipf[meant] >= _MIN_NEAR_ZIPF)
    near |= alike & (distances <= _MAX_ALIKE_EDITS) & (zipf[meant] >= _MIN_ALIKE_ZIPF)
    letters = hash_words([word.replace("'", "") for word in words])
    near |= letters[typed - 2] == letters[meant - 2]
    # Words that are meant are in the base dictionaries, and are not names unless they are frequent.
    is_base = (sources & int(WordSource.US | WordSource.UK)) > 0
    near &= (is_base & (((sources & int(WordSource.LOWER)) > 0) | (zipf >= _MIN_NAME_ZIPF)))[meant]
    return typed[near], meant[near]


def _known(
    vocab: Vocab,
    sources: npt.NDArray[np.uint8],
    zipf: npt.NDArray[np.float32],
    *,
    sets: Iterable[Sequence[str]],
    pairs: Iterable[tuple[str, str]],
) -> tuple[Ints, Ints]:
    """Return the ids (typed, meant) of the known pairs of which the lexicon has both words."""
    known = [pair for words in sets for pair in permutations(words, 2)]
    known += [(letter, word) for letter, meant in _LETTERS.items() for word in meant]
    is_dictionary = (sources & int(DICTIONARY)) > 0
    for wrong, right in ((wrong.lower(), right.lower()) for wrong, right in pairs):
        typed, meant = vocab.id(wrong), vocab.id(right)
        if typed != meant and is_dictionary[typed] and min(zipf[typed], zipf[meant]) >= _MIN_LISTED_ZIPF:
            known.append((wrong, right))
    ids = [(vocab.id(a), vocab.id(b)) for a, b in known if UNK not in (vocab.id(a), vocab.id(b))]
    array = np.array(ids, dtype=np.int64).reshape(-1, 2)
    return array[:, 0], array[:, 1]


def _differ_in_s(words: Sequence[str], a: Ints, b: Ints) -> npt.NDArray[np.bool_]:
    """Return which pairs are a word of three letters or more and its form with -s or -'s."""
    table = np.array(words)
    shorter, longer = np.where(np.char.str_len(table[a - 2]) < np.char.str_len(table[b - 2]), (a, b), (b, a)) - 2
    is_stem = np.char.str_len(table[shorter]) >= 3
    stems, forms = table[shorter], table[longer]
    pairs: npt.NDArray[np.bool_] = is_stem & ((np.char.add(stems, "s") == forms) | (np.char.add(stems, "'s") == forms))
    return pairs


@cache
def confusion_sets() -> Mapping[str, tuple[str, ...]]:
    """Return the real words that each word is mixed up with."""
    others: defaultdict[str, list[str]] = defaultdict(list)
    lines = files("docsight_training.data.speller").joinpath("confusions.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        confused = line.split("#")[0].split()
        for word in confused:
            others[word] += [other for other in confused if other != word and other not in others[word]]
    return {word: tuple(listed) for word, listed in others.items()}


def edit_neighbours(words: Sequence[str], *, most: int, among: int = 60_000) -> Ints:
    """Return for each word the most frequent words that become equal to it when each loses at most one letter.

    These are the words one edit away, and those where one letter has moved (act, cat). Only the first `among` of the
    words, which are sorted by descending frequency, have and are neighbours. The ids are (words + 2, most), 0 for none.
    """
    by_rest: dict[str, list[int]] = {}
    frequent = [word for word in words[:among] if is_key(word)]
    ids = {word: at for at, word in enumerate(words[:among], start=2)}
    for word in frequent:
        for rest in {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}:
            by_rest.setdefault(rest, []).append(ids[word])
    neighbours: list[set[int]] = [set() for _ in range(len(words) + 2)]
    for sharing in by_rest.values():
        for word_id, other in permutations(sharing, 2):
            neighbours[word_id].add(other)
    table = np.zeros((len(words) + 2, most), dtype=np.int64)
    for word_id, others in enumerate(neighbours):
        nearest = sorted(others)[:most]
        table[word_id, : len(nearest)] = nearest
    return table
