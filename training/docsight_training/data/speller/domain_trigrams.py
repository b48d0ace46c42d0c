"""The trigrams of a speller, mixed with those of a domain."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from docsight.spelling.lexicon.tables import ZIPF_STEPS
from docsight.spelling.lexicon.trigrams import Trigrams, hash_ids
from docsight_training.data.speller.tables import BITS_PER_ID, probability_steps

_PRIOR_COUNT = 5.0  # how many occurrences of a context the probabilities that the speller has are worth


def mix_trigrams(old: Trigrams, sentences: np.ndarray, zipf_steps: Tensor, *, min_count: int = 2) -> Trigrams:
    """Return trigrams with the counts of a domain, for which the probabilities of `old` are a Dirichlet prior.

    Contexts of the domain keep the old probabilities of the words that did not follow there, so that their sum is a
    little above 1; candidates are compared in the same context.

    Args:
        old: The trigrams of the speller.
        sentences: (tokens,) ids of `trigram_ids`; new words have ids above those of `old`.
        zipf_steps: (num_words,) the frequencies of all words, as `Lexicon` stores them.
        min_count: How often a pair or triple must occur to be stored.
    """
    prior = _with_words(old, zipf_steps)
    ids = torch.from_numpy(sentences.astype(np.int64))
    pairs, pair_counts = torch.unique(_packed(ids[:-1], ids[1:]), return_counts=True)
    triples, triple_counts = torch.unique(_packed(ids[:-2], ids[1:-1], ids[2:]), return_counts=True)
    occurrences = torch.bincount(ids, minlength=len(zipf_steps)).double()
    first, second = _unpacked(pairs, 2)
    # No context has this id, so that the prior of a pair is not that of a triple.
    nowhere = torch.full_like(first, -1)
    pair = _posterior(pair_counts, occurrences[first], prior.log_prob(nowhere, first, second))
    one, two, three = _unpacked(triples, 3)
    in_context = pair_counts[torch.searchsorted(pairs, _packed(one, two))].double()
    triple = _posterior(triple_counts, in_context, prior.log_prob(one, two, three))
    kept, kept_triples = pair_counts >= min_count, triple_counts >= min_count
    # What did not follow in the domain has the old probability times this.
    is_new_word = torch.arange(len(zipf_steps)) >= len(old.unigram)
    prior.unigram_backoff[is_new_word] = _steps(_left_over(occurrences[is_new_word]))
    backoff = _steps(_left_over(pair_counts)) + _backoff_steps(prior, first, second)
    bigram_keys, bigrams = _merge(
        prior.bigram_keys,
        [prior.bigram, prior.bigram_backoff],
        hash_ids(first[kept], second[kept]),
        [_steps(pair[kept]), backoff.clamp(max=255).to(torch.uint8)[kept]],
    )
    trigram_keys, trigrams = _merge(
        prior.trigram_keys,
        [prior.trigram],
        hash_ids(one[kept_triples], two[kept_triples], three[kept_triples]),
        [_steps(triple[kept_triples])],
    )
    mixed = Trigrams(num_words=len(zipf_steps), num_bigrams=len(bigram_keys), num_trigrams=len(trigram_keys))
    for name, values in (
        ("unigram", prior.unigram),
        ("unigram_backoff", prior.unigram_backoff),
        ("bigram_keys", bigram_keys),
        ("bigram", bigrams[0]),
        ("bigram_backoff", bigrams[1]),
        ("trigram_keys", trigram_keys),
        ("trigram", trigrams[0]),
    ):
        mixed.get_buffer(name).copy_(values)
    return mixed


def _with_words(old: Trigrams, zipf_steps: Tensor) -> Trigrams:
    """Return the trigrams with rows for new words, and with probabilities of single words that are at least `zipf`."""
    size = len(old.unigram)
    grown = Trigrams(num_words=len(zipf_steps), num_bigrams=len(old.bigram_keys), num_trigrams=len(old.trigram_keys))
    for name, values in old.state_dict().items():
        grown.get_buffer(name)[: len(values)] = values
    zipf = zipf_steps[2:].double() / ZIPF_STEPS
    steps = probability_steps((10.0 ** (zipf - 9)).numpy())
    grown.unigram[2:size] = torch.minimum(grown.unigram[2:size], steps[: size - 2])
    grown.unigram[size:] = steps[size - 2 :]
    return grown


def _posterior(counts: Tensor, in_context: Tensor, log_prior: Tensor) -> Tensor:
    return (counts + _PRIOR_COUNT * log_prior.double().exp()) / (in_context + _PRIOR_COUNT)


def _left_over(counts: Tensor) -> Tensor:
    return _PRIOR_COUNT / (counts + _PRIOR_COUNT)


def _steps(probabilities: Tensor) -> Tensor:
    return probability_steps(probabilities.numpy())


def _backoff_steps(trigrams: Trigrams, first: Tensor, second: Tensor) -> Tensor:
    """Return the stored backoff weights of pairs, 0 where there is none: (pairs,) int64."""
    wanted = hash_ids(first, second)
    at = torch.searchsorted(trigrams.bigram_keys, wanted).clamp(max=len(trigrams.bigram_keys) - 1)
    return torch.where(trigrams.bigram_keys[at] == wanted, trigrams.bigram_backoff[at].long(), 0)


def _merge(
    old_keys: Tensor, old_values: Sequence[Tensor], new_keys: Tensor, new_values: Sequence[Tensor]
) -> tuple[Tensor, list[Tensor]]:
    """Merge two tables of hashed entries; the new entries take the place of old ones with the same key."""
    is_replaced = torch.isin(old_keys, new_keys)
    keys = torch.cat([old_keys[~is_replaced], new_keys])
    order = keys.argsort(stable=True)
    values = [torch.cat([old[~is_replaced], new])[order] for old, new in zip(old_values, new_values, strict=True)]
    return keys[order], values


def _packed(*ids: Tensor) -> Tensor:
    packed = ids[0]
    for column in ids[1:]:
        packed = (packed << BITS_PER_ID) | column
    return packed


def _unpacked(packed: Tensor, width: int) -> list[Tensor]:
    mask = (1 << BITS_PER_ID) - 1
    return [(packed >> (at * BITS_PER_ID)) & mask for at in reversed(range(width))]
