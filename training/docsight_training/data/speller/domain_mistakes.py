"""Misspellings for texts of a domain, drawn with the error model of a finished speller: no list is needed."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from docsight.spelling.candidates.error_model import encode_letters
from docsight.spelling.correction.corrector import Corrector
from docsight.spelling.lexicon.tables import Lexicon
from docsight.spelling.model import Speller
from docsight.spelling.tokens import read_tokens
from docsight.vocab import Vocab
from docsight_training.data.speller.edits import LETTERS
from docsight_training.data.speller.mistakes import NoisyText
from docsight_training.data.speller.noise import Noise, learn_noise

_NUM_WORDS = 250  # of the lexicon, whose misspellings show the rates of all edits
_LETTERS_OF_WORDS = range(4, 11)
_MAX_COST = 11.0  # nats; rarer edits are left out
_MIN_PLANTED_LETTERS = 4


class Planted(NamedTuple):
    """What a speller does to texts that are taken to be right, and to copies with planted misspellings.

    The fractions are those of the planted misspellings, the numbers are per 10,000 words.
    """

    wrong: float  # applied corrections in the texts
    wrong_among_mistakes: float  # applied corrections of other words, in the copies
    flagged: float  # words of the texts that are reported as possible errors
    corrected: float  # planted misspellings that were corrected to what was meant


def make_domain_noise(speller: Speller, words: Vocab, lexicon: Lexicon) -> Noise:
    """Learn noise from the costs of the speller's error model, as `make_noise` does from lists of misspellings."""
    usual = [word for word in words.entries if word.isalpha() and len(word) in _LETTERS_OF_WORDS][:_NUM_WORDS]
    pairs = [(typed, meant) for meant in usual for typed in _one_edit_away(meant)]
    typed, meant = (encode_letters([pair[at] for pair in pairs]) for at in (0, 1))
    costs = speller.channel.costs(typed, meant)
    weights = ((_MAX_COST - costs).exp().round()).long().tolist()
    weighted = [(typed, meant, weight) for (typed, meant), weight in zip(pairs, weights, strict=True) if weight]
    return learn_noise(weighted, words.entries, lexicon.state_dict())


def plant_misspellings(documents: Sequence[str], noise: Noise, rng: random.Random, *, rate: float) -> list[NoisyText]:
    """Misspell each word of four letters or more with a probability."""
    return [_plant(document, noise, rng, rate) for document in documents]


def measure(corrector: Corrector, documents: Sequence[str], planted: Sequence[NoisyText], threshold: float) -> Planted:
    """Count what a speller does at a threshold to documents and to their copies with planted misspellings."""
    num_words = sum(any(map(str.isalpha, surface)) for text in documents for surface in read_tokens(text).surfaces)
    flagged = [correction for found in corrector.correct(documents) for correction in found]
    wrong = sum(bool(each.suggestions) and each.score >= threshold for each in flagged)
    among, right = 0, 0
    for noisy, found in zip(planted, corrector.correct([noisy.text for noisy in planted]), strict=True):
        for each in found:
            if each.suggestions and each.score >= threshold:
                meant = noisy.meant.get((each.start, each.end))
                among += meant is None
                right += each.suggestions[0][0] == meant
    num_planted = sum(len(noisy.meant) for noisy in planted)
    per_10_000 = 10_000 / max(num_words, 1)
    return Planted(wrong * per_10_000, among * per_10_000, len(flagged) * per_10_000, right / max(num_planted, 1))


def _plant(document: str, noise: Noise, rng: random.Random, rate: float) -> NoisyText:
    tokens = read_tokens(document)
    text, done, meant = "", 0, {}
    for surface, start in zip(tokens.surfaces, tokens.starts.tolist(), strict=True):
        if len(surface) < _MIN_PLANTED_LETTERS or rng.random() >= rate:
            continue
        typed = noise.misspell(surface, rng)
        if typed != surface:
            text += document[done:start]
            meant[len(text), len(text) + len(typed)] = surface
            text += typed
            done = start + len(surface)
    return NoisyText(text + document[done:], meant)


def _one_edit_away(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        yield from (f"{word[:at]}{letter}{word[at:]}" for letter in LETTERS)
    for at, letter in enumerate(word):
        yield word[:at] + word[at + 1 :]
        yield from (f"{word[:at]}{other}{word[at + 1 :]}" for other in LETTERS if other != letter)
    for at in range(len(word) - 1):
        yield f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}"
