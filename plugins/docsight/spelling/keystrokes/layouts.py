"""Keyboard layouts: which keys are beside which, for slips of the finger."""

import math

import numpy as np

from docsight.spelling.arrays import Floats
from docsight.spelling.keystrokes.letter_error_model import CODES

# The rows of letter keys; each row is shifted to the right against the one above it, as on most keyboards.
LAYOUTS = {
    "qwerty": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "azerty": ("azertyuiop", "qsdfghjklm", "wxcvbn'"),
    "qwertz": ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
    "dvorak": ("'  pyfgcrl", "aoeuidhtns", " qjkxbmwvz"),
}
_SHIFTS = (0.0, 0.25, 0.75)  # of the rows, in keys
_MAX_DISTANCE = 1.3  # keys from one centre to the other


def neighbours(layout: str) -> Floats:
    """Return the probability of each key when a neighbour of another one is hit: (27, 27), by meant and typed letter.

    The codes are those of `LETTERS`. The rows of keys without a letter beside them are zero.
    """
    places = {
        letter: (column + _SHIFTS[row], row)
        for row, letters in enumerate(LAYOUTS[layout])
        for column, letter in enumerate(letters)
        if letter in CODES
    }
    near = np.zeros((len(CODES), len(CODES)), dtype=np.float32)
    for meant, here in places.items():
        for typed, there in places.items():
            near[CODES[meant], CODES[typed]] = meant != typed and math.dist(here, there) <= _MAX_DISTANCE
    probabilities: Floats = near / np.maximum(near.sum(axis=1, keepdims=True), 1)
    return probabilities
