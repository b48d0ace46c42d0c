"""What the ranker is told of each alternative of a place."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from docsight.spelling.arrays import Bools, Bytes, Floats, Ints, starts_of
from docsight.spelling.lexicon.dictionary import WordFacts
from docsight.spelling.lexicon.tables import DICTIONARY, WordSource

# Of every alternative; differences are from the word as typed, and 0 for itself.
_OF_ALL = (
    "typed",  # it is the word as typed
    "cost",  # of typing this when that was meant, nats
    "little_cost",  # the same, up to 3
    "zipf",
    "context",  # score of the context network, difference
    "context_best",  # the same, from the best alternative
    "left",  # trigram: the word after the two before it, difference
    "right",  # the word after it, difference
    "right_two",  # the word after that, difference
    "trigram",  # their sum, difference
    "trigram_best",  # the same, from the best
    "posterior",  # context - cost, difference
    "posterior_best",  # the same, from the best
    "pair",  # it stands in a list of misspellings
    "only_pair",  # and is the only correction there
    "split",
    "join",
    "same_first",  # letter
    "longer",  # by how many letters
    "apostrophe",  # differs by apostrophes alone
    "base",  # dictionary words, as `WordSource` has it
    "large",
    "proper",
    "listed",
    "other_variety",  # of English than the rest of the document
    "alone",  # the only word of its sentence: there is no context
)
# Of the word as typed alone.
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
    "initial",  # one capital
    "lower_sentence",
    "upper_sentence",
    "beside_title",  # a word beside it is capitalised, within the sentence
    "repeats",  # log of how often it stands capitalised within sentences of the document
    "letters",
    "few_letters",
    "alternatives",
    "least_cost",
    "has_pair",
    "possessive",
    "suspicious",
)
FEATURES = _OF_ALL + OF_TYPED
NUM_FEATURES = len(FEATURES)


@dataclass
class CandidateGroups:
    """Places and their alternatives. The rows of a group stand together, the word as typed first."""

    token: Ints  # (groups,) its first token
    span: Ints  # (groups,) how many tokens it covers
    start: Ints  # (groups + 1,) where its rows begin
    first: Ints  # (rows,) the word, by its id; an unknown word as typed by one behind all ids
    second: Ints  # (rows,) the second word of two, 0 for none
    typed: Bools  # (rows,)
    cost: Floats  # (rows,)
    pair: Ints  # (rows,) 0: not listed; 1: one of several listed corrections; 2: the only one

    @property
    def of(self) -> Ints:
        """The group of each row."""
        return np.repeat(np.arange(len(self.token)), np.diff(self.start))

    def select(self, groups: Bools) -> "CandidateGroups":
        """Keep some groups."""
        rows = np.repeat(groups, np.diff(self.start))
        return CandidateGroups(
            self.token[groups],
            self.span[groups],
            starts_of(np.diff(self.start)[groups]),
            self.first[rows],
            self.second[rows],
            self.typed[rows],
            self.cost[rows],
            self.pair[rows],
        )


@dataclass
class PlaceFacts:
    """What is known of the places of groups, (groups,) each."""

    ids: Ints  # of the word as typed
    known: Bools
    casing: Ints
    first_of_sentence: Bools
    lower_sentence: Bools
    upper_sentence: Bools
    beside_title: Bools
    repeats: Ints
    letters: Ints
    possessive: Bools
    suspicious: Bools
    alone: Bools
    variety: Ints  # of the document, a flag of `WordSource`, or 0


@dataclass
class ModelScores:
    """What the models say of each row, nats, (rows,) each."""

    context: Floats
    left: Floats
    right: Floats
    right_two: Floats


def make_features(groups: CandidateGroups, places: PlaceFacts, scores: ModelScores, words: WordFacts) -> Floats:
    """Return the features of all rows, (rows, NUM_FEATURES)."""
    of, heads = groups.of, groups.start[:-1]
    columns: dict[str, npt.NDArray[np.generic]] = {}

    def less_typed(values: Floats) -> Floats:
        return values - values[heads][of]

    def less_best(values: Floats) -> Floats:
        return values - np.maximum.reduceat(values, heads)[of] if len(values) else values

    second = groups.second > 0
    zipf = np.where(second, np.minimum(words.zipf[groups.first], words.zipf[groups.second]), words.zipf[groups.first])
    typed_first = groups.first[heads][of]
    other = ~groups.typed
    join = (groups.span == 2)[of]
    columns["typed"] = groups.typed
    columns["cost"], columns["little_cost"] = groups.cost, np.minimum(groups.cost, 3)
    columns["zipf"] = zipf
    context = less_typed(scores.context).clip(-15, 15)
    columns["context"], columns["context_best"] = context, less_best(context)
    left, right, two = (less_typed(part) for part in (scores.left, scores.right, scores.right_two))
    columns["left"], columns["right"], columns["right_two"] = left, right, two
    trigram = left + right + two
    columns["trigram"], columns["trigram_best"] = trigram, less_best(trigram)
    posterior = context - groups.cost
    columns["posterior"], columns["posterior_best"] = posterior, less_best(posterior)
    columns["pair"], columns["only_pair"] = groups.pair > 0, groups.pair > 1
    columns["split"], columns["join"] = second & other & ~join, join & other
    columns["same_first"] = other & (words.initial[groups.first] == words.initial[typed_first])
    longer = words.letters[groups.first] - words.letters[typed_first]
    columns["longer"] = np.where(other & ~second & ~join, longer.clip(-4, 4), 0)
    columns["apostrophe"] = other & (words.bare[groups.first] == words.bare[typed_first])
    dictionary = _kind(words.sources[groups.first])
    for name in ("base", "large", "proper", "listed"):
        columns[name] = other & dictionary[name]
    variety = places.variety[of]
    sources = words.sources[groups.first] & int(WordSource.US | WordSource.UK)
    columns["other_variety"] = other & (variety > 0) & (sources > 0) & ((sources & variety) == 0)
    columns["alone"] = places.alone[of]

    of_typed = _kind(words.sources[np.minimum(places.ids, len(words.sources) - 1)])
    title, inside = places.casing == 2, ~places.first_of_sentence
    has_pair = np.maximum.reduceat(groups.pair, heads) > 0 if len(heads) else np.zeros(0, bool)
    costs = np.where(groups.typed, np.float32(20), groups.cost)
    at_typed = {
        "known": places.known,
        **{f"typed_{name}": of_typed[name] for name in ("base", "large", "proper", "listed")},
        "typed_zipf": words.zipf[np.minimum(places.ids, len(words.zipf) - 1)],
        "title_inside": title & inside,
        "title_start": title & ~inside,
        "upper": places.casing == 3,
        "initial": places.casing == 4,
        "lower_sentence": places.lower_sentence,
        "upper_sentence": places.upper_sentence,
        "beside_title": places.beside_title & (title | (places.casing >= 3)),
        "repeats": np.log1p(places.repeats) * title,
        "letters": np.minimum(places.letters, 14),
        "few_letters": np.maximum(4 - places.letters, 0),
        "alternatives": np.log(np.diff(groups.start)),
        "least_cost": np.minimum.reduceat(costs, heads) if len(heads) else costs,
        "has_pair": has_pair,
        "possessive": places.possessive,
        "suspicious": places.suspicious,
    }
    made = np.zeros((len(of), NUM_FEATURES), dtype=np.float32)
    for at, name in enumerate(FEATURES):
        if name in columns:
            made[:, at] = columns[name]
        else:
            made[heads, at] = at_typed[name]
    return made


def _kind(sources: Bytes) -> dict[str, Bools]:
    """Tell the kinds of words by their sources."""
    base = (sources & int(WordSource.US | WordSource.UK)) > 0
    dictionary = (sources & int(DICTIONARY)) > 0
    lower = (sources & int(WordSource.LOWER)) > 0
    return {
        "base": base & lower,
        "large": dictionary & ~base & lower,
        "proper": dictionary & ~lower,
        "listed": ~dictionary & (sources > 0),
    }
