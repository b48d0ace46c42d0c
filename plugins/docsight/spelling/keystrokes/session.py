"""The typing session: the letters and words that are meant, keystroke by keystroke."""

import math
import unicodedata
from collections import Counter, deque
from dataclasses import dataclass, field

import torch

from docsight.errors import ConfigError, DataError
from docsight.networks.char_lm import MAX_CONTEXT, State, to_plain
from docsight.spelling.arrays import Floats
from docsight.spelling.keystrokes.beam import Beam
from docsight.spelling.keystrokes.completer import WordScorer
from docsight.spelling.keystrokes.keystroke import CorrectedWord, Keystroke
from docsight.spelling.keystrokes.letter_error_model import CODES
from docsight.spelling.keystrokes.typing_model import TypingModel

MAX_WORD_LETTERS = 32  # of a word that is still corrected
MAX_RECENT = 64  # keystrokes whose hypotheses are kept, so that backspace is immediate
MAX_UNDO_WORDS = 4096  # words that backspace can take back
MAX_LETTERS_SHOWN = 5  # of a keystroke
_MIN_LETTER_PROBABILITY = 0.45  # of another letter that replaces the typed one
_MIN_WORD_PROBABILITY = 0.9  # of another prefix or word that replaces the typed one
_KEPT_UNTIL_LEARNED = 2  # times that a word is typed again after its correction was taken back
_RESCORER_CONTEXT = 8  # tokens before a word by which its completions are ranked
# What follows one of these is not corrected: addresses, paths, tags, the rest of a number.
_NO_WORD_AFTER = frozenset("@#/\\_.:=&~%+*<>|$^")
_NO_WORD_BEFORE = frozenset("@/\\_=~|")  # a word before one of these is not corrected


class _Accepted(str):
    """A text that replaces the word so far."""


@dataclass(frozen=True)
class _WordState:  # after a keystroke
    text: str  # the word as typed or accepted
    literal: bool  # whether it is not corrected
    beam: Beam
    keystroke: Keystroke


@dataclass
class _Start:
    """The state at the start of a word, and the actions since."""

    state: State  # (1, hidden) each
    log_probs: Floats  # (1, chars + 1)
    literal: bool
    scorer: WordScorer | None
    letter: str = ""  # that ended the word before
    actions: list[str] = field(default_factory=list)  # characters, and `_Accepted` texts
    corrected: str = ""  # the word as typed, once its end has corrected it


class Session:
    """A text that is being typed. Every keystroke takes the same time, however long the text is.

    A keystroke reports the letter that was probably meant; the letters already typed do not change until the word ends.
    Then the corrected word goes into the context and into `text`.

    Args:
        context: The text before the first keystroke. A word at its end is continued.
        completions: The maximum number of completions for each keystroke.

    Raises:
        ConfigError: The context is not a string, or the number of completions is not an integer of at least 0.
    """

    @torch.inference_mode()
    def __init__(self, model: TypingModel, context: str = "", *, completions: int = 5) -> None:
        if not isinstance(context, str):
            raise ConfigError(f"session: expected the context to be a string; found {context!r}.")
        if not isinstance(completions, int) or completions < 0:
            raise ConfigError(
                f"session: expected the number of completions to be an integer of at least 0; found {completions!r}."
            )
        self._model, self._completions = model, completions
        plain = to_plain(context)[-MAX_CONTEXT:]
        num_begun = len(plain) - len(plain.rstrip("".join(CODES) + "".join(CODES).upper()))
        num_begun = min(num_begun, MAX_WORD_LETTERS)
        before, word = plain[: len(plain) - num_begun], plain[len(plain) - num_begun :]
        log_probs, state = model.network.begin(before)
        self._context = context[: len(context) - num_begun]
        self._ended: list[str] = []
        self._learned: set[str] = set()
        self._kept = Counter[str]()  # how often the user typed a word again that had been corrected
        self._taken_back = ""  # the word as typed whose correction was last taken back by backspace
        start = _Start(state, log_probs.numpy(), before[-1:] in _NO_WORD_AFTER, self._word_scorer())
        self._words: deque[_Start] = deque([start], maxlen=MAX_UNDO_WORDS)
        self._recent: deque[_WordState] = deque(maxlen=MAX_RECENT)
        self._now = self._begin(start)
        for char in word:
            self._do(char)

    @property
    def text(self) -> str:
        """The whole text: the context, the corrected words, and the current `prefix`."""
        return self._context + "".join(self._ended) + self._now.keystroke.prefix

    @property
    def typed(self) -> str:
        """The whole text as it was typed, without corrections; accepted texts count as typed."""
        ended = self._ended[: self._first_word]  # too long ago to be taken back
        words = zip(list(self._words)[:-1], self._ended[self._first_word :], strict=True)
        ended = [*ended, *(start.corrected + text[-1] if start.corrected else text for start, text in words)]
        return self._context + "".join(ended) + self._now.text

    @property
    def corrected_words(self) -> tuple[CorrectedWord, ...]:
        """The words that were corrected and can still be taken back, in text order."""
        found, at = [], len(self._context)
        for number, text in enumerate(self._ended):
            start = self._words[number - self._first_word] if number >= self._first_word else None
            if start is not None and start.corrected:
                found.append(CorrectedWord(number, at, at + len(text) - 1, start.corrected, text[:-1]))
            at += len(text)
        return tuple(found)

    @property
    def keystroke(self) -> Keystroke:
        """What the last keystroke returned."""
        return self._now.keystroke

    @property
    def _first_word(self) -> int:
        """The number of the first word that can be taken back."""
        return len(self._ended) + 1 - len(self._words)

    @torch.inference_mode()
    def type(self, letter: str) -> Keystroke:
        """Type a character.

        Args:
            letter: A letter or any other character. A space or punctuation ends the word.

        Raises:
            DataError: It is not exactly one character, or a control character other than a line break or a tab.
        """
        char = unicodedata.normalize("NFC", letter) if isinstance(letter, str) else ""
        if len(char) != 1:
            raise DataError(
                f"session.type: expected one character; found {str(letter)[:40]!r}. Type characters one by one."
            )
        if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\r\t":
            raise DataError(f"session.type: expected a printable character; found the control character {char!r}.")
        return self._do(char)

    @torch.inference_mode()
    def accept(self, completion: str | None = None) -> Keystroke:
        """Replace the current word by its corrected prefix, or by a completion, and continue from there.

        Args:
            completion: The text to accept; by default the `prefix` of the last keystroke.

        Raises:
            DataError: The completion is not a string, is empty, or holds control characters.
        """
        if completion is not None and not (isinstance(completion, str) and completion and completion.isprintable()):
            raise DataError(f"session.accept: expected a word, such as a completion; found {str(completion)[:40]!r}.")
        return self._do(_Accepted(self._now.keystroke.prefix if completion is None else completion))

    @torch.inference_mode()
    def backspace(self) -> Keystroke:
        """Take back the last keystroke or accepted text, and return the one before; at the start, do nothing."""
        if not self._words[-1].actions:
            if len(self._words) == 1:
                return self._now.keystroke
            self._words.pop()
            self._ended.pop()
            self._taken_back = self._words[-1].corrected
            self._words[-1].corrected = ""
        word = self._words[-1]
        word.actions.pop()
        if self._recent:
            self._now = self._recent.pop()
        else:
            actions, word.actions = word.actions, []
            self._now = self._begin(word)
            for action in actions:
                self._do(action)
        return self._now.keystroke

    @torch.inference_mode()
    def undo(self, word: int | None = None) -> Keystroke:
        """Take back the correction of a whole word. The word stays as it was typed, now and later in the session.

        What was typed after it stays. Without a correction to take back, nothing changes.

        Args:
            word: The number of one of `corrected_words`; None for the last one.

        Raises:
            DataError: That word was not corrected, or too long ago.
        """
        corrected = [each.word for each in self.corrected_words]
        if word is not None and word not in corrected:
            raise DataError(
                f"session.undo: expected the number of a corrected word, {corrected or 'of which there is none'}; "
                f"found {word!r}."
            )
        if not corrected:
            return self._now.keystroke
        at = (corrected[-1] if word is None else word) - self._first_word
        self.learn(self._words[at].corrected)
        later = [self._words.pop() for _ in range(len(self._words) - at)]
        del self._ended[len(self._ended) - len(later) + 1 :]
        start = later[-1]
        actions = [action for each in reversed(later) for action in each.actions]
        start.actions, start.corrected = [], ""
        self._words.append(start)
        self._recent.clear()
        self._now = self._begin(start)
        for action in actions:
            self._do(action)
        return self._now.keystroke

    def keep(self, word: str | None = None) -> Keystroke:
        """Leave the current word as it is typed, now and for the rest of the session.

        Args:
            word: Another word to leave as it is typed; the current one is then not changed.
        """
        typed = self._now.text if word is None else word
        if word is None and not typed:
            return self._now.keystroke
        self.learn(typed)
        return self.accept(typed) if typed == self._now.text else self._now.keystroke

    def learn(self, word: str) -> None:
        """Leave a word as it is typed for the rest of the session, in any case.

        A word is also learned when the user takes its correction back with backspace and types it again, twice.

        Raises:
            DataError: The word is not a string, or is empty.
        """
        if not isinstance(word, str) or not word.strip():
            raise DataError(f"session.learn: expected a word; found {str(word)[:40]!r}.")
        self._learned.add(to_plain(word).lower())

    def _is_kept(self, text: str) -> bool:
        """Return whether a word that would be corrected stays as typed, because the user wants it so."""
        if text.lower() in self._learned:
            return True
        if text != self._taken_back:
            return False
        self._kept[text.lower()] += 1
        if self._kept[text.lower()] >= _KEPT_UNTIL_LEARNED:
            self.learn(text)
        return True

    def _do(self, action: str) -> Keystroke:
        now = self._now
        if isinstance(action, _Accepted):
            after = self._begin(self._words[-1], str(action)) if action else now
        else:
            plain = to_plain(action)
            if _ends_word(plain, now.text):
                return self._end(plain, action)
            after = self._letter(plain, action)
        self._words[-1].actions.append(action)
        self._recent.append(now)
        self._now = after
        return after.keystroke

    def _letter(self, plain: str, char: str) -> _WordState:
        now, model = self._now, self._model
        text = now.text + plain
        if now.literal or plain.lower() not in CODES or len(text) > MAX_WORD_LETTERS:
            state, log_probs = model.decoder.read(plain, now.beam.state.select([0]))
            beam = model.decoder.literal(state, log_probs, text)
            return _WordState(text, True, beam, Keystroke(char, ((char, 1.0),), text, ()))
        beam, probabilities = model.decoder.type(now.beam, plain)
        ranked = sorted(probabilities.items(), key=lambda item: -item[1])
        best, probability = ranked[0]
        changed = best != plain and probability >= _MIN_LETTER_PROBABILITY
        prefix = self._prefix(beam, text, changed=changed)
        letters = tuple((char if meant == plain else meant, p) for meant, p in ranked[:MAX_LETTERS_SHOWN])
        completions = self._complete(beam, self._words[-1].scorer)
        return _WordState(text, False, beam, Keystroke(best if changed else char, letters, prefix, completions))

    def _prefix(self, beam: Beam, text: str, *, changed: bool) -> str:
        """Return the word so far: as typed, unless the letter was changed or another prefix is likely enough."""
        probabilities: dict[str, float] = {}
        for hypothesis in beam.hypotheses[: beam.kept]:
            probabilities[hypothesis.text] = probabilities.get(hypothesis.text, 0.0) + math.exp(hypothesis.score)
        if changed:
            probabilities.pop(text, None)
        best = max(probabilities, key=probabilities.__getitem__, default=text)
        return best if changed or probabilities[best] >= _MIN_WORD_PROBABILITY else text

    def _end(self, plain: str, char: str) -> Keystroke:
        """End the word with a space or punctuation, and start the next one."""
        now, model = self._now, self._model
        text, row = now.text, 0
        if len(text) > 1 and not now.literal and plain not in _NO_WORD_BEFORE and text[-1] != "'":
            best, probability, best_row = model.decoder.finish(now.beam, plain)[0]
            if best != text and probability >= _MIN_WORD_PROBABILITY and not self._is_kept(text):
                self._words[-1].corrected = text
                text, row = best, best_row
        self._taken_back = ""
        state, log_probs = model.decoder.read(plain, now.beam.state.select([row]))
        literal = plain in _NO_WORD_AFTER or (now.literal and plain == "-")
        self._words[-1].actions.append(char)
        self._recent.append(now)
        self._ended.append(text + char)
        self._words.append(_Start(state, log_probs, literal, self._word_scorer(), char))
        self._now = self._begin(self._words[-1])
        return self._now.keystroke

    def _begin(self, start: _Start, text: str = "") -> _WordState:
        """Return the state before the first letter of a word, or after an accepted text."""
        decoder, plain = self._model.decoder, to_plain(text)
        state, log_probs = decoder.read(plain, start.state) if plain else (start.state, start.log_probs)
        literal = start.literal or len(plain) > MAX_WORD_LETTERS or not set(plain.lower()) <= CODES.keys()
        beam = decoder.literal(state, log_probs, plain) if literal else decoder.begin(state, log_probs, plain)
        completions = () if literal else self._complete(beam, start.scorer)
        letter = text[-1:] or start.letter
        letters = ((letter, 1.0),) if letter else ()
        return _WordState(plain, literal, beam, Keystroke(letter, letters, text, completions))

    def _word_scorer(self) -> WordScorer | None:
        rescorer = self._model.rescorer
        if rescorer is None or not self._completions:
            return None
        # The end of the context is needed while few words were typed; the whole text may be long.
        before = self._context[-MAX_CONTEXT:] if len(self._ended) < _RESCORER_CONTEXT else ""
        return rescorer(before + "".join(self._ended[-_RESCORER_CONTEXT:]))

    def _complete(self, beam: Beam, scorer: WordScorer | None) -> tuple[tuple[str, float], ...]:
        return self._model.completer.complete(beam, self._completions, scorer) if self._completions else ()


def _ends_word(char: str, word: str) -> bool:
    """Return whether a character ends a word: space or punctuation; an apostrophe only before the first letter."""
    if char == "'":
        return not word
    return unicodedata.category(char)[0] in "ZPSC" and char != "_" and unicodedata.category(char) != "Cf"
