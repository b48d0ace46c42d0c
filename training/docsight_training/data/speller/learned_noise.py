"""The noise of a speller's training text, learned from its lexicon and from misspelling lists."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from docsight.spelling.lexicon.dictionary import RARE
from docsight.spelling.lexicon.tables import ZIPF_STEPS, WordSource
from docsight_training.data.speller.lexicon import read_pairs
from docsight_training.data.speller.neighbours import edit_neighbours
from docsight_training.data.speller.noise import Noise

_CONTRACTION_WEIGHT = 20  # as many sightings as a contraction without its apostrophe counts for
_FREQUENT_CONTRACTIONS = 20_000  # contractions are taken from so many of the most frequent words
_MIN_BASE_ZIPF = 2.0  # a rarer word of the base dictionaries may be a misspelling of another one


def make_noise(words: Sequence[str], lexicon: Mapping[str, torch.Tensor], *, lists: Path) -> Noise:
    """Learn the noise of a speller's training text.

    Args:
        words: The words of the lexicon, by falling frequency.
        lexicon: The state dict of the `Lexicon`.
        lists: The folder of the misspelling lists.
    """
    # A misspelling may be a rare word (wich, hous), but not a usual one.
    sources, zipf = lexicon["sources"][2:], lexicon["zipf"][2:]
    is_base = (sources & int(WordSource.US | WordSource.UK)) > 0
    is_usual = (is_base & (zipf >= _MIN_BASE_ZIPF * ZIPF_STEPS)) | (zipf >= RARE * ZIPF_STEPS)
    usual = frozenset(word for word, keep in zip(words, is_usual.tolist(), strict=True) if keep)
    rows = edit_neighbours(words, most=8, among=20_000)
    neighbours = {words[at - 2]: [words[other - 2] for other in row if other] for at, row in enumerate(rows) if row[0]}
    # Misspelling lists have too few contractions without their apostrophe.
    contractions = [
        (word.replace("'", ""), word, _CONTRACTION_WEIGHT) for word in words[:_FREQUENT_CONTRACTIONS] if "'" in word
    ]
    return Noise.from_pairs([*read_pairs(lists), *contractions], lexicon=usual, neighbours=neighbours)
