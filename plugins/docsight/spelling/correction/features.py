"""The features from which the ranker scores the candidates of a place."""

from typing import Any

import numpy as np
import numpy.typing as npt

from docsight.spelling.arrays import Bools, Bytes, Floats
from docsight.spelling.correction.candidate_groups import CandidateGroups, ModelScores, PlaceFacts
from docsight.spelling.lexicon.dictionary import WordFacts
from docsight.spelling.lexicon.tables import DICTIONARY, WordSource
from docsight.spelling.tokens import INITIAL, TITLE, UPPER

# Of every candidate. Differences are to the word as typed, whose own are 0.
_OF_CANDIDATE = (
    "typed",  # it is the word as typed
    "cost",  # of typing the word as typed when this was meant, nats
    "little_cost",  # the same, at most 3
    "zipf",
    "context",  # score of the context network, difference
    "context_best",  # the same, difference to the best candidate
    "left",  # trigram score of the word, difference
    "right",  # of the next word, difference
    "right_two",  # of the word after that, difference
    "trigram",  # their sum, difference
    "trigram_best",  # the same, difference to the best candidate
    "posterior",  # context - cost, difference
    "posterior_best",  # the same, difference to the best candidate
    "pair",  # a listed correction
    "only_pair",  # the only listed correction
    "split",
    "join",
    "same_first",  # the same first letter
    "longer",  # the difference in letters
    "apostrophe",  # differs in apostrophes alone
    "base",  # a dictionary word, as the next three; see `WordSource`
    "large",
    "proper",
    "listed",
    "other_variety",  # not the variety of English of the document
    "alone",  # the only word of its sentence, without context
)
# Of the word as typed; 0 for the other candidates.
OF_TYPED = (
    "known",
    "typed_base",
    "typed_large",
    "typed_proper",
    "typed_listed",
    "typed_zipf",
    "title_inside",  # capitalised, within a sentence
    "title_start",  # capitalised, the first of its sentence
    "upper",
    "initial",  # a single capital letter
    "lower_sentence",
    "upper_sentence",
    "beside_title",  # next to a capitalised word within the sentence
    "repeats",  # log of how often it occurs capitalised within sentences of the document
    "letters",
    "few_letters",
    "num_candidates",
    "min_cost",
    "has_pair",
    "possessive",
    "suspicious",
)
FEATURES = _OF_CANDIDATE + OF_TYPED
NUM_FEATURES = len(FEATURES)


def make_features(groups: CandidateGroups, places: PlaceFacts, scores: ModelScores, words: WordFacts) -> Floats:
    """Return the features of all rows, (rows, NUM_FEATURES)."""
    of_candidate = _candidate_features(groups, places, scores, words)
    of_typed = _typed_features(groups, places, words)
    heads = groups.start[:-1]
    features = np.zeros((len(groups.first), NUM_FEATURES), dtype=np.float32)
    for at, name in enumerate(FEATURES):
        if name in of_candidate:
            features[:, at] = of_candidate[name]
        else:
            features[heads, at] = of_typed[name]
    return features


def _candidate_features(
    groups: CandidateGroups, places: PlaceFacts, scores: ModelScores, words: WordFacts
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
    variety = places.variety[of]
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
        "alone": places.alone[of],
    }


def _typed_features(groups: CandidateGroups, places: PlaceFacts, words: WordFacts) -> dict[str, npt.NDArray[Any]]:
    """Return the features of the words as typed, (groups,) each."""
    heads = groups.start[:-1]
    kinds = _kinds(words.sources[np.minimum(places.ids, len(words.sources) - 1)])
    title, inside = places.casing == TITLE, ~places.first_of_sentence
    costs = np.where(groups.typed, np.float32(20), groups.cost)
    return {
        "known": places.known,
        **{f"typed_{name}": is_kind for name, is_kind in kinds.items()},
        "typed_zipf": words.zipf[np.minimum(places.ids, len(words.zipf) - 1)],
        "title_inside": title & inside,
        "title_start": title & ~inside,
        "upper": places.casing == UPPER,
        "initial": places.casing == INITIAL,
        "lower_sentence": places.lower_sentence,
        "upper_sentence": places.upper_sentence,
        "beside_title": places.beside_title & (title | (places.casing >= UPPER)),
        "repeats": np.log1p(places.repeats) * title,
        "letters": np.minimum(places.letters, 14),
        "few_letters": np.maximum(4 - places.letters, 0),
        "num_candidates": np.log(np.diff(groups.start)),
        "min_cost": np.minimum.reduceat(costs, heads) if len(heads) else costs,
        "has_pair": np.maximum.reduceat(groups.pair, heads) > 0 if len(heads) else np.zeros(0, bool),
        "possessive": places.possessive,
        "suspicious": places.suspicious,
    }


def _kinds(sources: Bytes) -> dict[str, Bools]:
    """Return which words are of each kind, by their sources."""
    base = (sources & int(WordSource.US | WordSource.UK)) > 0
    dictionary = (sources & int(DICTIONARY)) > 0
    lower = (sources & int(WordSource.LOWER)) > 0
    return {
        "base": base & lower,
        "large": dictionary & ~base & lower,
        "proper": dictionary & ~lower,
        "listed": ~dictionary & (sources > 0),
    }
