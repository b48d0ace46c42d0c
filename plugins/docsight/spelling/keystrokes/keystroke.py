"""What a typing session reports."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Keystroke:
    """What a session infers from a keystroke.

    Attributes:
        letter: The letter that was probably meant after the letters before: the typed character, unless another one is
            likely enough.
        letters: The likeliest letters with their probabilities, the likeliest first; at most five.
        prefix: The corrected word so far; empty after a space or punctuation, which ends a word.
        completions: Whole words that begin like this, with their probabilities, the likeliest first.
    """

    letter: str
    letters: tuple[tuple[str, float], ...]
    prefix: str
    completions: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class CorrectedWord:
    """A word of a session that was corrected when it ended.

    Attributes:
        word: Its number in the session, which `Session.undo` takes.
        start: Its first character in the text of the session.
        end: The character after its last one.
        typed: The word as it was typed.
        text: The word as corrected.
    """

    word: int
    start: int
    end: int
    typed: str
    text: str
