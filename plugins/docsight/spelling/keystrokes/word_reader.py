"""What is meant by the letters of one word, keystroke by keystroke."""

import math
import unicodedata
from dataclasses import dataclass, field

from docsight.networks.char_lm import State, to_plain
from docsight.spelling.arrays import Floats
from docsight.spelling.keystrokes.beam import Beam
from docsight.spelling.keystrokes.completer import WordScorer
from docsight.spelling.keystrokes.keystroke import Keystroke
from docsight.spelling.keystrokes.letter_error_model import CODES
from docsight.spelling.keystrokes.typing_model import TypingModel

MAX_WORD_LETTERS = 32  # of a word that is still corrected
MAX_LETTERS_SHOWN = 5  # of a keystroke
_MIN_LETTER_PROBABILITY = 0.45  # of another letter that replaces the typed one
_MIN_WORD_PROBABILITY = 0.9  # of another prefix or word that replaces the typed one
_NO_WORD_BEFORE = frozenset("@/\\_=~|")  # a word before one of these is not corrected


class Accepted(str):
    """A text that replaces the word so far."""


@dataclass(frozen=True)
class WordState:  # after a keystroke
    written: str  # the word as typed or accepted
    text: str  # the same with straight apostrophes, as the networks read it
    literal: bool  # whether it is not corrected
    beam: Beam
    keystroke: Keystroke


@dataclass
class WordStart:
    """The state at the start of a word, and the actions since."""

    state: State  # (1, hidden) each
    log_probs: Floats  # (1, chars + 1)
    literal: bool
    scorer: WordScorer | None
    letter: str = ""  # that ended the word before
    actions: list[str] = field(default_factory=list)  # characters, and `Accepted` texts
    corrected: str = ""  # the word as typed, once its end has corrected it


class WordReader:
    """Computes the states of words; it has none of its own.

    Args:
        model: The networks.
        max_completions: The number of completions of a keystroke.
    """

    def __init__(self, model: TypingModel, *, max_completions: int) -> None:
        self._model, self._max_completions = model, max_completions

    def begin(self, start: WordStart, text: str = "") -> WordState:
        """Return the state before the first letter of a word, or after an accepted text."""
        decoder, plain = self._model.decoder, to_plain(text)
        state, log_probs = decoder.read(plain, start.state) if plain else (start.state, start.log_probs)
        literal = start.literal or len(plain) > MAX_WORD_LETTERS or not set(plain.lower()) <= CODES.keys()
        beam = decoder.literal(state, log_probs, plain) if literal else decoder.begin(state, log_probs, plain)
        completions = () if literal else self._complete(beam, start.scorer)
        letter = text[-1:] or start.letter
        letters = ((letter, 1.0),) if letter else ()
        return WordState(text, plain, literal, beam, Keystroke(letter, letters, text, completions))

    def add(self, now: WordState, start: WordStart, plain: str, char: str) -> WordState:
        """Return the state after a character that does not end the word; `plain` is its form for the networks."""
        decoder = self._model.decoder
        written, text = now.written + char, now.text + plain
        if now.literal or plain.lower() not in CODES or len(text) > MAX_WORD_LETTERS:
            state, log_probs = decoder.read(plain, now.beam.state.select([0]))
            beam = decoder.literal(state, log_probs, text)
            return WordState(written, text, True, beam, Keystroke(char, ((char, 1.0),), written, ()))
        beam, probabilities = decoder.type(now.beam, plain)
        ranked = sorted(probabilities.items(), key=lambda item: -item[1])
        best, probability = ranked[0]
        changed = best != plain and probability >= _MIN_LETTER_PROBABILITY
        prefix = with_apostrophes_of(written, self._prefix(beam, text, changed=changed))
        letters = tuple((char if meant == plain else meant, p) for meant, p in ranked[:MAX_LETTERS_SHOWN])
        completions = self._complete(beam, start.scorer)
        return WordState(written, text, False, beam, Keystroke(best if changed else char, letters, prefix, completions))

    def finish(self, now: WordState, plain: str) -> tuple[str, int]:
        """Return the word that is meant when a character ends it, and the row of its hypothesis in the beam."""
        text = now.text
        if len(text) > 1 and not now.literal and plain not in _NO_WORD_BEFORE and text[-1] != "'":
            best, probability, row = self._model.decoder.finish(now.beam, plain)[0]
            if best != text and probability >= _MIN_WORD_PROBABILITY and not self._model.is_term(text):
                return best, row
        return text, 0

    def _prefix(self, beam: Beam, text: str, *, changed: bool) -> str:
        """Return the word so far: as typed, unless the letter was changed or another prefix is likely enough."""
        probabilities: dict[str, float] = {}
        for hypothesis in beam.hypotheses[: beam.kept]:
            probabilities[hypothesis.text] = probabilities.get(hypothesis.text, 0.0) + math.exp(hypothesis.score)
        if changed:
            probabilities.pop(text, None)
        best = max(probabilities, key=probabilities.__getitem__, default=text)
        return best if changed or probabilities[best] >= _MIN_WORD_PROBABILITY else text

    def _complete(self, beam: Beam, scorer: WordScorer | None) -> tuple[tuple[str, float], ...]:
        return self._model.completer.complete(beam, self._max_completions, scorer) if self._max_completions else ()


def with_apostrophes_of(written: str, word: str) -> str:
    """Write a word with curly apostrophes if they were typed."""
    return word.replace("'", "\u2019") if "\u2019" in written else word


def ends_word(char: str, word: str) -> bool:
    """Return whether a character ends a word: space or punctuation; an apostrophe only before the first letter."""
    if char == "'":
        return not word
    return unicodedata.category(char)[0] in "ZPSC" and char != "_" and unicodedata.category(char) != "Cf"
