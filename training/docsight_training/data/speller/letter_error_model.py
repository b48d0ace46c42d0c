"""Estimation of the typing model's letter error model from misspelling lists."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray

from docsight.errors import DataError
from docsight.spelling.keystrokes.letter_error_model import CODES, START, LetterErrorModel
from docsight_training.data.speller.alignment import differing_parts

# Misspelling lists have four times the swaps of running text, and too few vowels replaced by vowels.
_WEIGHT_BY_KIND = {"substitute": 1.0, "vowel": 1.5, "delete": 1.0, "insert": 1.0, "swap": 0.25}
_VOWELS_AND_Y = frozenset("aeiouy")
_PAIR_SMOOTHING = 400.0  # the rate of the letter alone counts as much as this many occurrences of the pair


def fit_letter_error_model(pairs: Iterable[tuple[str, str]]) -> LetterErrorModel:
    """Estimate the rates from pairs of a misspelling and its correction that are one edit apart.

    The edit is what remains of two words without their common beginning and end. The fraction of each kind of edit is
    that of the lists, weighted by kind. Within a kind, a rate is a count divided by the occurrences of its letters.
    """
    edits: Counter[tuple[str, int, int]] = Counter()
    letters, before = np.zeros(START), np.zeros((START + 1, START))
    for misspelling, correction in pairs:
        typed, meant = misspelling.lower(), correction.lower()
        if not (set(typed) | set(meant)) <= CODES.keys() or typed == meant:
            continue
        if (edit := _edit(typed, meant)) is None:
            continue
        edits[edit] += 1
        codes = [CODES[letter] for letter in meant]
        np.add.at(letters, codes, 1)
        np.add.at(before, ([START, *codes[:-1]], codes), 1)
    if not edits:
        raise DataError("Expected misspellings that are one edit from their corrections; the lists have none.")
    return _rates(edits, letters, before)


def _edit(typed: str, meant: str) -> tuple[str, int, int] | None:
    """Return the kind of the edit between two words, and the row and column of its letters in the table of the kind."""
    start, wrong, right = differing_parts(typed, meant)
    previous = CODES[meant[start - 1]] if start else START
    if len(wrong) == len(right) == 1:
        kind = "vowel" if {wrong, right} <= _VOWELS_AND_Y else "substitute"
        return kind, CODES[right], CODES[wrong]
    if not wrong and len(right) == 1:
        return "delete", previous, CODES[right]
    if not right and len(wrong) == 1:
        return "insert", previous, CODES[wrong]
    if len(wrong) == 2 and wrong == right[::-1]:
        return "swap", 0, 0
    return None


def _rates(
    edits: Counter[tuple[str, int, int]], letters: NDArray[np.float64], before: NDArray[np.float64]
) -> LetterErrorModel:
    tables = {kind: np.zeros((START + 1, START)) for kind in _WEIGHT_BY_KIND}
    for (kind, row, column), count in edits.items():
        tables[kind][row, column] += count * _WEIGHT_BY_KIND[kind]
    # The letters of a word are counted once for each of its misspellings, so the sum of all rates is one.
    scale = letters.sum() / sum(table.sum() for table in tables.values())
    substitute = (tables["substitute"] + tables["vowel"])[:START] * scale
    smooth = 0.05 * substitute.sum() / START  # a twentieth is spread over all pairs of letters
    substitute = (substitute + smooth * letters[:, None] / letters.sum()) / (letters[:, None] + 1)
    np.fill_diagonal(substitute, 0.0)
    alone = tables["delete"].sum(axis=0) * scale / (letters + 1)
    delete = (tables["delete"] * scale + _PAIR_SMOOTHING * alone) / (before + _PAIR_SMOOTHING)
    ahead = before.sum(axis=1, keepdims=True)
    anywhere = tables["insert"].sum(axis=0) * scale / letters.sum()
    insert = (tables["insert"] * scale + _PAIR_SMOOTHING * anywhere) / (ahead + _PAIR_SMOOTHING)
    channel = LetterErrorModel()
    channel.substitute.copy_(torch.from_numpy(substitute))
    channel.delete.copy_(torch.from_numpy(delete))
    channel.insert.copy_(torch.from_numpy(insert))
    channel.swap.fill_(tables["swap"].sum() * scale / letters.sum())
    return channel
