"""The features from which the ranker scores the candidates of a place."""

from typing import Any

import numpy as np
import numpy.typing as npt

from docsight.networks.ranker import FEATURES, NUM_FEATURES
from docsight.spelling.arrays import Bools, Bytes, Floats
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.candidate_groups import CandidateGroups, ModelScores
from docsight.spelling.lexicon.dictionary import WordFacts
from docsight.spelling.lexicon.tables import DICTIONARY, WordSource
from docsight.spelling.tokens import INITIAL, TITLE, UPPER


def make_features(groups: CandidateGroups, batch: TokenBatch, scores: ModelScores, words: WordFacts) -> Floats:
    """Return the features of all rows, (rows, NUM_FEATURES)."""
    of_candidate = _candidate_features(groups, batch, scores, words)
    of_typed = _typed_features(groups, batch, words)
    heads = groups.start[:-1]
    features = np.zeros((len(groups.first), NUM_FEATURES), dtype=np.float32)
    for at, name in enumerate(FEATURES):
        if name in of_candidate:
            features[:, at] = of_candidate[name]
        else:
            features[heads, at] = of_typed[name]
    return features


def _candidate_features(
    groups: CandidateGroups, batch: TokenBatch, scores: ModelScores, words: WordFacts
) -> dict[str, npt.NDArray[Any]]:
    """Return the features of every candidate, (rows,) each."""
    of, heads = groups.of, groups.start[:-1]

    def less_typed(values: Floats) -> Floats:
        return values - values[heads][of]

    def less_best(values: Floats) -> Floats:
        return values - np.maximum.reduceat(values, heads)[of] if len(values) else values

    second = groups.second > 0
    zipf = np.where(second, np.minimum(words.zipf[groups.first], words.zipf[groups.second]), words.zipf[groups.first])
    typed_first = groups.first[heads][of]
    other = ~groups.typed
    join = (groups.span == 2)[of]
    context = less_typed(scores.context).clip(-15, 15)
    left, right, right_two = (less_typed(part) for part in (scores.left, scores.right, scores.right_two))
    trigram = left + right + right_two
    posterior = context - groups.cost
    longer = words.letters[groups.first] - words.letters[typed_first]
    kinds = _kinds(words.sources[groups.first])
    variety = batch.variety[batch.texts[groups.token]][of]
    sources = words.sources[groups.first] & int(WordSource.US | WordSource.UK)
    return {
        "typed": groups.typed,
        "cost": groups.cost,
        "little_cost": np.minimum(groups.cost, 3),
        "zipf": zipf,
        "context": context,
        "context_best": less_best(context),
        "left": left,
        "right": right,
        "right_two": right_two,
        "trigram": trigram,
        "trigram_best": less_best(trigram),
        "posterior": posterior,
        "posterior_best": less_best(posterior),
        "pair": groups.pair > 0,
        "only_pair": groups.pair > 1,
        "split": second & other & ~join,
        "join": join & other,
        "same_first": other & (words.initial[groups.first] == words.initial[typed_first]),
        "longer": np.where(other & ~second & ~join, longer.clip(-4, 4), 0),
        "apostrophe": other & (words.bare[groups.first] == words.bare[typed_first]),
        **{name: other & is_kind for name, is_kind in kinds.items()},
        "other_variety": other & (variety > 0) & (sources > 0) & ((sources & variety) == 0),
        "alone": batch.alone[groups.token][of],
    }


def _typed_features(groups: CandidateGroups, batch: TokenBatch, words: WordFacts) -> dict[str, npt.NDArray[Any]]:
    """Return the features of the words as typed, (groups,) each."""
    heads, at = groups.start[:-1], groups.token
    ids, casings, types, tokens = batch.ids[at], batch.casings[at], batch.types, batch.tokens[at]
    kinds = _kinds(words.sources[ids])
    title, inside, letters = casings == TITLE, ~batch.first_of_sentence[at], types.letters[tokens]
    costs = np.where(groups.typed, np.float32(20), groups.cost)
    return {
        "known": types.known[tokens],
        **{f"typed_{name}": is_kind for name, is_kind in kinds.items()},
        "typed_zipf": words.zipf[ids],
        "title_inside": title & inside,
        "title_start": title & ~inside,
        "upper": casings == UPPER,
        "initial": casings == INITIAL,
        "lower_sentence": batch.lower_sentence[at],
        "upper_sentence": batch.upper_sentence[at],
        "beside_title": batch.beside_title[at] & (title | (casings >= UPPER)),
        "repeats": np.log1p(batch.repeats[at]) * title,
        "letters": np.minimum(letters, 14),
        "few_letters": np.maximum(4 - letters, 0),
        "num_candidates": np.log(np.diff(groups.start)),
        "min_cost": np.minimum.reduceat(costs, heads) if len(heads) else costs,
        "has_pair": np.maximum.reduceat(groups.pair, heads) > 0 if len(heads) else np.zeros(0, bool),
        "possessive": types.possessive[tokens],
        "suspicious": batch.suspicious[at],
    }


def _kinds(sources: Bytes) -> dict[str, Bools]:
    base = (sources & int(WordSource.US | WordSource.UK)) > 0
    dictionary = (sources & int(DICTIONARY)) > 0
    lower = (sources & int(WordSource.LOWER)) > 0
    return {
        "base": base & lower,
        "large": dictionary & ~base & lower,
        "proper": dictionary & ~lower,
        "listed": ~dictionary & (sources > 0),
    }
