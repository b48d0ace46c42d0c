"""The typing session: the letters and words that are meant, keystroke by keystroke."""

import unicodedata
from collections import deque

import torch

from docsight.errors import ConfigError, DataError
from docsight.networks.char_lm import MAX_CONTEXT, to_plain
from docsight.spelling.keystrokes.completer import WordScorer
from docsight.spelling.keystrokes.kept_words import KeptWords
from docsight.spelling.keystrokes.keystroke import CorrectedWord, Keystroke
from docsight.spelling.keystrokes.letter_error_model import CODES
from docsight.spelling.keystrokes.typing_model import TypingModel
from docsight.spelling.keystrokes.word_reader import (
    MAX_WORD_LETTERS,
    Accepted,
    WordReader,
    WordStart,
    WordState,
    ends_word,
    with_apostrophes_of,
)

MAX_RECENT = 64  # keystrokes whose hypotheses are kept, so that backspace is immediate
MAX_UNDO_WORDS = 4096  # words that backspace can take back
_RESCORER_CONTEXT = 8  # tokens before a word by which its completions are ranked
# What follows one of these is not corrected: addresses, paths, tags, the rest of a number.
_NO_WORD_AFTER = frozenset("@#/\\_.:=&~%+*<>|$^")


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
        if not isinstance(completions, int) or isinstance(completions, bool) or completions < 0:
            raise ConfigError(
                f"session: expected the number of completions to be an integer of at least 0; found {completions!r}."
            )
        self._model, self._completions = model, completions
        plain = to_plain(context)[-MAX_CONTEXT:]
        num_begun = len(plain) - len(plain.rstrip("".join(CODES) + "".join(CODES).upper()))
        num_begun = min(num_begun, MAX_WORD_LETTERS)
        before, word = plain[: len(plain) - num_begun], context[len(context) - num_begun :]
        log_probs, state = model.network.begin(before)
        self._context = context[: len(context) - num_begun]
        self._ended: list[str] = []
        self._kept = KeptWords()
        self._reader = WordReader(model, max_completions=completions)
        start = WordStart(state, log_probs.numpy(), before[-1:] in _NO_WORD_AFTER, self._word_scorer())
        self._words: deque[WordStart] = deque([start], maxlen=MAX_UNDO_WORDS)
        self._recent: deque[WordState] = deque(maxlen=MAX_RECENT)
        self._now = self._reader.begin(start)
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
        return self._context + "".join(ended) + self._now.written

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
            DataError: The completion is not a string, is empty or blank, or holds control characters.
        """
        if completion is not None and not (
            isinstance(completion, str) and completion.strip() and completion.isprintable()
        ):
            raise DataError(f"session.accept: expected a word, such as a completion; found {str(completion)[:40]!r}.")
        return self._do(Accepted(self._now.keystroke.prefix if completion is None else completion))

    @torch.inference_mode()
    def backspace(self) -> Keystroke:
        """Take back the last keystroke or accepted text, and return the one before; at the start, do nothing."""
        if not self._words[-1].actions:
            if len(self._words) == 1:
                return self._now.keystroke
            self._words.pop()
            self._ended.pop()
            self._kept.take_back(self._words[-1].corrected)
            self._words[-1].corrected = ""
        word = self._words[-1]
        word.actions.pop()
        if self._recent:
            self._now = self._recent.pop()
        else:
            actions, word.actions = word.actions, []
            self._now = self._reader.begin(word)
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
        self._now = self._reader.begin(start)
        for action in actions:
            self._do(action)
        return self._now.keystroke

    def keep(self, word: str | None = None) -> Keystroke:
        """Leave the current word as it is typed, now and for the rest of the session.

        Args:
            word: Another word to leave as it is typed; the current one is then not changed.
        """
        typed = self._now.written if word is None else word
        if word is None and not typed:
            return self._now.keystroke
        self.learn(typed)
        return self.accept(typed) if typed == self._now.written else self._now.keystroke

    def learn(self, word: str) -> None:
        """Leave a word as it is typed for the rest of the session, in any case.

        A word is also learned when the user takes its correction back with backspace and types it again, twice.

        Raises:
            DataError: The word is not a string, or is empty.
        """
        if not isinstance(word, str) or not word.strip():
            raise DataError(f"session.learn: expected a word; found {str(word)[:40]!r}.")
        self._kept.learn(word)

    def _do(self, action: str) -> Keystroke:
        now = self._now
        if isinstance(action, Accepted):
            after = self._reader.begin(self._words[-1], str(action)) if action else now
        else:
            plain = to_plain(action)
            if ends_word(plain, now.text):
                return self._end(plain, action)
            after = self._reader.add(now, self._words[-1], plain, action)
        self._words[-1].actions.append(action)
        self._recent.append(now)
        self._now = after
        return after.keystroke

    def _end(self, plain: str, char: str) -> Keystroke:
        """End the word with a space or punctuation, and start the next one."""
        now, model = self._now, self._model
        text, row = self._reader.finish(now, plain)
        written = now.written
        if text != now.text:
            if self._kept.keeps(now.text):
                row = 0
            else:
                self._words[-1].corrected, written = written, with_apostrophes_of(written, text)
        self._kept.begin_word()
        state, log_probs = model.decoder.read(plain, now.beam.state.select([row]))
        literal = plain in _NO_WORD_AFTER or (now.literal and plain == "-")
        self._words[-1].actions.append(char)
        self._recent.append(now)
        self._ended.append(written + char)
        self._words.append(WordStart(state, log_probs, literal, self._word_scorer(), char))
        self._now = self._reader.begin(self._words[-1])
        return self._now.keystroke

    def _word_scorer(self) -> WordScorer | None:
        rescorer = self._model.rescorer
        if rescorer is None or not self._completions:
            return None
        # The end of the context is needed while few words were typed; the whole text may be long.
        before = self._context[-MAX_CONTEXT:] if len(self._ended) < _RESCORER_CONTEXT else ""
        return rescorer(before + "".join(self._ended[-_RESCORER_CONTEXT:]))
