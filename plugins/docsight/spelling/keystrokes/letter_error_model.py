"""The probabilities of typing errors at each letter: the noisy channel of the typing session."""

import math
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from docsight.spelling.arrays import Floats, as_array
from docsight.weights import keep_saved_names

# The letters of the words of the lexicon; their order gives their codes.
LETTERS = "abcdefghijklmnopqrstuvwxyz'"
CODES = {letter: code for code, letter in enumerate(LETTERS)}
START = len(LETTERS)  # the code of the start of a word
# The odds of an error in the first letter of a word, relative to the other letters. In spelling lists 3 to 5 % of all
# errors are there, but 13 % of the letters.
FIRST = 0.35
_SLIPS = 0.5  # of the wrong letters, if the layout of the keyboard is known


class Costs(NamedTuple):
    """The log probabilities of the errors at a letter."""

    substitute: Floats  # (27, 27) by the meant and the typed letter; no error on the diagonal
    delete: Floats  # (28, 27) by the meant letter before, `START` for none, and the deleted letter
    insert: Floats  # (28, 27) by the meant letter before, `START` for none, and the inserted letter
    swap: float  # of two neighbouring letters


class LetterErrorModel(nn.Module):
    """The rates of typing errors at a letter, as in `Costs`; 1 is the mean rate of any error at a letter of text."""

    saved_names: ClassVar[dict[str, str]] = {"delete": "leave_out", "insert": "put_in"}

    def __init__(self) -> None:
        super().__init__()
        size = len(LETTERS)
        self.substitute = nn.Buffer(torch.full((size, size), 0.4 / size))
        self.delete = nn.Buffer(torch.full((size + 1, size), 0.3))
        self.insert = nn.Buffer(torch.full((size + 1, size), 0.2 / size))
        self.swap = nn.Buffer(torch.full((1,), 0.1))
        keep_saved_names(self)

    def costs(self, error_rate: float, slips: Floats | None = None) -> Costs:
        """Return the log probabilities if the fraction `error_rate` of the letters is mistyped.

        Args:
            error_rate: The fraction.
            slips: The probability of each key beside another one, (27, 27), as `layouts.neighbours` returns it. Half of
                the wrong letters are then such slips, whatever the letter; the other half is as learned from lists.
        """

        def logs(rates: Tensor) -> Floats:
            # Every error is possible, and none is more likely than not.
            probabilities: Floats = (as_array(rates.float()) * error_rate).clip(1e-7, 0.5)
            return np.log(probabilities).astype(np.float32)

        substitute = logs(self.substitute if slips is None else self._with_slips(slips))
        np.fill_diagonal(substitute, math.log1p(-error_rate))
        return Costs(substitute, logs(self.delete), logs(self.insert), float(logs(self.swap)[0]))

    def _with_slips(self, slips: Floats) -> Tensor:
        mean = self.substitute.sum(dim=1).mean()
        return (1 - _SLIPS) * self.substitute + _SLIPS * mean * torch.from_numpy(slips)
