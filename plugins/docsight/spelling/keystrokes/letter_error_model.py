"""What is typed when a letter is meant: the channel model of the typing session."""

import math
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from docsight.saved_names import keep_saved_names

# The letters that a word of the lexicon has; their order is their code.
LETTERS = "abcdefghijklmnopqrstuvwxyz'"
CODES = {letter: code for code, letter in enumerate(LETTERS)}
START = len(LETTERS)  # what stands before the first letter of a word
# An error in the first letter of a word is this much rarer than in one of the others (spelling lists: 3 to 5 % of all
# errors are there, of the letters 13 %).
FIRST = 0.35


class Costs(NamedTuple):
    """Log-probabilities of what can happen at a letter, in nats."""

    substitute: NDArray[np.float32]  # (meant, typed); the diagonal is that of no error
    delete: NDArray[np.float32]  # (meant before, meant)
    insert: NDArray[np.float32]  # (meant before, typed)
    swap: float  # of two letters typed in each other's place


class LetterErrorModel(nn.Module):
    """The rates of typing errors at a letter, as shares of all errors at all letters.

    A rate of 1 says: as frequent as errors are at all, on average over the letters of running text.

    Attributes:
        substitute: (27, 27) by the letter meant and the letter typed; the diagonal is zero.
        delete: (28, 27) by the letter before (`START` at the beginning) and the letter left out.
        insert: (28, 27) by the letter before and the letter put in.
        swap: (1,) of two letters swapped.
    """

    substitute: Tensor
    delete: Tensor
    insert: Tensor
    swap: Tensor

    saved_names: ClassVar[dict[str, str]] = {"delete": "leave_out", "insert": "put_in"}

    def __init__(self) -> None:
        super().__init__()
        size = len(LETTERS)
        self.register_buffer("substitute", torch.full((size, size), 0.4 / size))
        self.register_buffer("delete", torch.full((size + 1, size), 0.3))
        self.register_buffer("insert", torch.full((size + 1, size), 0.2 / size))
        self.register_buffer("swap", torch.full((1,), 0.1))
        keep_saved_names(self)

    def costs(self, error_rate: float) -> Costs:
        """Return log-probabilities where a share `error_rate` of the letters is typed wrong."""
        substitute = self._logs(self.substitute, error_rate)
        np.fill_diagonal(substitute, math.log1p(-error_rate))
        return Costs(
            substitute,
            self._logs(self.delete, error_rate),
            self._logs(self.insert, error_rate),
            float(self._logs(self.swap, error_rate)[0]),
        )

    @staticmethod
    def _logs(rates: Tensor, error_rate: float) -> NDArray[np.float32]:
        # No rate is so small that a slip of the kind could not be; none so large that it becomes the rule.
        shares = (rates.detach().float().cpu().numpy() * error_rate).clip(1e-7, 0.5)
        return np.log(shares).astype(np.float32)
