"""The words of a domain that a finished speller takes over, and its tables with them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch

from docsight.spelling.arrays import Floats, as_array
from docsight.spelling.candidates.index import CandidateIndex
from docsight.spelling.lexicon.tables import DICTIONARY, ZIPF_STEPS, Confusions, KnownPairs, Lexicon, WordSource
from docsight.vocab import Vocab
from docsight_training.data.speller.alignment import align
from docsight_training.data.speller.domain_text import DomainCounts

_PRIOR_WORDS = 1_000_000  # the words of a domain that count as much as the frequencies which the speller has
# A word that is so many times rarer than one that is one or two edits away may be a misspelling of it.
_MISSPELLING_RATIOS = {1: 10.0, 2: 200.0}
_MIN_TWO_EDITS_LETTERS = 7
_MIN_LETTERS = 3
_NAME_FRACTION = 0.1  # a word that is in lower case less often than this is a name


class AdaptedTables(NamedTuple):
    words: Vocab
    lexicon: Lexicon
    confusions: Confusions
    learned: list[str]  # the words that are now known
    refused: list[tuple[str, str]]  # words that look like misspellings, and of which


def adapt_words(
    counts: DomainCounts,
    *,
    words: Vocab,
    lexicon: Lexicon,
    pairs: KnownPairs,
    confusions: Confusions,
    min_documents: int,
    min_count: int,
) -> AdaptedTables:
    """Add the words of a domain to the tables of a speller, and mix the frequencies.

    A word becomes known if it occurs `min_count` times, in `min_documents` documents, has three letters or more, is
    listed as no misspelling, and is not one or two edits away from a much more frequent word. New words get the ids
    after those of the lexicon, so that all other tables stay valid.
    """
    wanted = list(_unknown_words(counts, words, lexicon, min_documents=min_documents, min_count=min_count))
    is_listed = set(pairs.lookup(wanted)[0].tolist())
    candidates = [word for at, word in enumerate(wanted) if at not in is_listed]
    meant = _likely_meant(candidates, counts, words, lexicon)
    learned = [word for word in candidates if word not in meant]
    added = [word for word in learned if word not in words]
    vocab = Vocab([*words.entries, *added])
    offsets = confusions.offsets
    extended = Confusions(num_words=len(vocab), num_confusions=len(confusions.ids))
    extended.offsets.copy_(torch.cat([offsets, offsets[-1:].expand(len(added))]))
    extended.ids.copy_(confusions.ids)
    return AdaptedTables(
        vocab, _adapt_lexicon(lexicon, vocab, learned, counts), extended, learned, sorted(meant.items())
    )


def _unknown_words(
    counts: DomainCounts, words: Vocab, lexicon: Lexicon, *, min_documents: int, min_count: int
) -> Iterator[str]:
    in_dictionary = (as_array(lexicon.sources) & int(DICTIONARY)) > 0
    for word, documents in counts.documents.items():
        is_frequent = documents >= min_documents and counts.occurrences[word] >= min_count
        if is_frequent and len(word) >= _MIN_LETTERS and not in_dictionary[words.id(word)]:
            yield word


def _likely_meant(candidates: Sequence[str], counts: DomainCounts, words: Vocab, lexicon: Lexicon) -> dict[str, str]:
    """Return what was probably meant by the candidates that look like misspellings."""
    if not candidates:
        return {}
    added = [word for word in candidates if word not in words]
    names = [*words.entries, *added]
    expected = _expected_counts(names, lexicon, counts)
    zipf = np.log10(expected / max(counts.total, 1)) + 9
    index = CandidateIndex(names, zipf.astype(np.float32))
    meant: dict[str, str] = {}
    for row, word_id in zip(*(ids.tolist() for ids in index.search(candidates)), strict=True):
        typed, other = candidates[row], names[word_id - 2]
        ratio = expected[word_id - 2] / counts.occurrences[typed]
        if typed not in meant and ratio >= min(_MISSPELLING_RATIOS.values()) and _is_misspelling(typed, other, ratio):
            meant[typed] = other
    return meant


def _expected_counts(names: Sequence[str], lexicon: Lexicon, counts: DomainCounts) -> Floats:
    """Return how often words occur in the texts, or would occur if they were as frequent there as elsewhere."""
    zipf = np.zeros(len(names))
    zipf[: len(lexicon.zipf) - 2] = as_array(lexicon.zipf)[2:] / ZIPF_STEPS
    found = np.fromiter((counts.occurrences[name] for name in names), np.float64, len(names))
    return np.maximum(found, counts.total * 10.0 ** (zipf - 9))


def _is_misspelling(typed: str, meant: str, ratio: float) -> bool:
    edits = align(typed, meant, 2 if len(typed) >= _MIN_TWO_EDITS_LETTERS else 1)
    return edits is not None and ratio >= _MISSPELLING_RATIOS[len(edits)]


def _adapt_lexicon(lexicon: Lexicon, words: Vocab, learned: Iterable[str], counts: DomainCounts) -> Lexicon:
    adapted = Lexicon(num_words=len(words))
    size = len(lexicon.sources)
    for name in ("sources", "zipf", "variant"):
        adapted.get_buffer(name)[:size] = lexicon.get_buffer(name)
    for word in learned:
        is_name = counts.lower[word] < _NAME_FRACTION * counts.title[word]
        case = WordSource.PROPER if is_name else WordSource.LOWER
        adapted.sources[words.id(word)] |= int(WordSource.US | WordSource.UK | WordSource.CORPUS | case)
    for word_id, zipf in _mixed_frequencies(adapted, words, counts.occurrences, counts.total).items():
        adapted.zipf[word_id] = max(int(adapted.zipf[word_id]), min(255, round(zipf * ZIPF_STEPS)))
    return adapted


def _mixed_frequencies(lexicon: Lexicon, words: Vocab, counted: Mapping[str, int], total: int) -> dict[int, float]:
    """Return by id the Zipf frequencies of the counted words; those of the lexicon are a Dirichlet prior."""
    zipf = as_array(lexicon.zipf) / ZIPF_STEPS
    fractions = np.where(zipf > 0, 10.0 ** (zipf - 9), 0.0)
    ids = np.array([words.id(word) for word in counted], dtype=np.int64)
    occurrences = np.fromiter(counted.values(), np.float64, len(counted))
    kept = as_array(lexicon.sources)[ids] > 0
    mixed = (occurrences + _PRIOR_WORDS * fractions[ids]) / (total + _PRIOR_WORDS)
    return dict(zip(ids[kept].tolist(), (np.log10(mixed[kept]) + 9).tolist(), strict=True))
