"""The hypotheses of the beam search over meant letters."""

from dataclasses import dataclass, replace

from docsight.networks.char_lm import State
from docsight.spelling.arrays import Floats
from docsight.spelling.keystrokes.letter_error_model import CODES, START
from docsight.spelling.keystrokes.prefixes import Span


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A prefix that may be meant by the letters typed so far."""

    text: str
    span: Span | None  # the words of the lexicon with this prefix, or None
    score: float  # log probability of the letters meant and typed, relative to all hypotheses
    deleted: str = ""  # the last letter, if nothing was typed for it
    deletion_cost: float = 0.0  # log probability of this deletion
    swapped: str = ""  # the letter that, if typed next, makes a swap: ei for ie
    swap_gain: float = 0.0  # the change of the score if it is
    errors: int = 0

    @property
    def last(self) -> int:
        """The code of the last letter."""
        return CODES[self.text[-1].lower()] if self.text else START

    def completes_swap(self, letter: str) -> bool:
        """Return whether a letter is the second one of a swap: the letter that was deleted just before."""
        return bool(self.swapped) and self.swapped.lower() == letter.lower()

    def rescored(self, score: float) -> "Hypothesis":
        return replace(self, score=float(score))


@dataclass(frozen=True, slots=True)
class Beam:
    """The hypotheses for the current word.

    In the first one every typed letter is meant. Those from `kept` on extend one of the others, their `parents`, by a
    letter for which nothing has been typed.
    """

    hypotheses: tuple[Hypothesis, ...]
    kept: int
    parents: tuple[int, ...]
    state: State  # (hypotheses, hidden) each
    log_probs: Floats  # (hypotheses, chars + 1), of the next character
