"""Estimation of `Trigrams` from a text."""

import numpy as np
import torch

from docsight.spelling.lexicon.trigrams import STEP, Trigrams, hash_ids

_BITS_PER_ID = 21  # three ids fit into 63 bits


def count_trigrams(
    sentences: np.ndarray, zipf: np.ndarray, *, min_count: int = 2, discount: float = 0.75, corpus: float = 0.5
) -> Trigrams:
    """Count pairs and triples of words, and smooth the counts by absolute discounting.

    Args:
        sentences: (tokens,) ids, with two zeros before each sentence and two behind the last.
        zipf: (num_words,) Zipf frequencies of the words, 0 for none.
        min_count: How often a pair or triple must occur to be stored.
        discount: The probability mass that each count gives to unseen words.
        corpus: The weight of the counts against the Zipf frequencies, in the probability of single words.

    Raises:
        ValueError: There are too many words.
    """
    ids = sentences.astype(np.int64)
    size = len(zipf)
    if size >= 1 << _BITS_PER_ID:
        raise ValueError(f"Expected fewer than {1 << _BITS_PER_ID:,} words; found {size:,}.")
    single = _single(ids, zipf, corpus)
    pairs, pair_counts = np.unique((ids[:-1] << _BITS_PER_ID) | ids[1:], return_counts=True)
    first, second = pairs >> _BITS_PER_ID, pairs & ((1 << _BITS_PER_ID) - 1)
    seen = np.bincount(first, pair_counts, size)
    followers = np.bincount(first, minlength=size)
    left_over = np.where(seen > 0, discount * followers / np.maximum(seen, 1), 1.0)
    pair = (pair_counts - discount) / seen[first] + left_over[first] * single[second]

    coded = (ids[:-2] << 2 * _BITS_PER_ID) | (ids[1:-1] << _BITS_PER_ID) | ids[2:]
    triples, triple_counts = np.unique(coded, return_counts=True)
    context = np.searchsorted(pairs, triples >> _BITS_PER_ID)
    ending = np.searchsorted(pairs, triples & ((1 << 2 * _BITS_PER_ID) - 1))
    pair_seen = np.bincount(context, triple_counts, len(pairs))
    pair_followers = np.bincount(context, minlength=len(pairs))
    pair_left = np.where(pair_seen > 0, discount * pair_followers / np.maximum(pair_seen, 1), 1.0)
    triple = (triple_counts - discount) / pair_seen[context] + pair_left[context] * pair[ending]

    kept, kept3 = pair_counts >= min_count, triple_counts >= min_count
    model = Trigrams(num_words=size, num_bigrams=int(kept.sum()), num_trigrams=int(kept3.sum()))
    model.unigram.copy_(_steps(single))
    model.unigram_backoff.copy_(_steps(left_over))
    pair_ids = [torch.from_numpy(part[kept]) for part in (first, second)]
    _store(model, "bigram", hash_ids(*pair_ids), bigram=pair[kept], bigram_backoff=pair_left[kept])
    parts = (
        triples >> 2 * _BITS_PER_ID,
        (triples >> _BITS_PER_ID) & ((1 << _BITS_PER_ID) - 1),
        triples & ((1 << _BITS_PER_ID) - 1),
    )
    triple_ids = [torch.from_numpy(part[kept3]) for part in parts]
    _store(model, "trigram", hash_ids(*triple_ids), trigram=triple[kept3])
    return model


def _single(ids: np.ndarray, zipf: np.ndarray, corpus: float) -> np.ndarray:
    """Return the unigram probability of each word, (num_words,)."""
    counted = np.bincount(ids, minlength=len(zipf)) + 0.1
    listed = np.where(zipf > 0, 10.0 ** (zipf - 9), 0)
    listed[:2] = counted[:2] / counted.sum()
    single: np.ndarray = corpus * counted / counted.sum() + (1 - corpus) * listed / listed.sum()
    return single


def _steps(probabilities: np.ndarray) -> torch.Tensor:
    """Return probabilities as steps of their logarithm, one byte each."""
    steps = np.round(-np.log(np.clip(probabilities, 1e-12, 1.0)) / STEP)
    return torch.from_numpy(steps.clip(0, 255).astype(np.uint8))


def _store(model: Trigrams, name: str, keys: torch.Tensor, **values: np.ndarray) -> None:
    order = keys.argsort()
    getattr(model, f"{name}_keys").copy_(keys[order])
    for table, probabilities in values.items():
        getattr(model, table).copy_(_steps(probabilities)[order])
