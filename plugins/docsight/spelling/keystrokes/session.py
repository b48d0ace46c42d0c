"""The typing session: what is meant, keystroke by keystroke; and text that goes on by itself."""

import math
import unicodedata
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from docsight.errors import ConfigError, DataError
from docsight.networks.char_lm import UNKNOWN, CharLM, State
from docsight.spelling.keystrokes.beam import Beam, Decoder
from docsight.spelling.keystrokes.completer import Completer, Rank
from docsight.spelling.keystrokes.letter_error_model import CODES, LetterErrorModel
from docsight.spelling.keystrokes.prefixes import PrefixIndex

CONTEXT = 400  # characters of the context that are read
LONGEST = 32  # letters of a word that is still corrected
RECENT = 64  # keystrokes whose hypotheses are kept, to take them back at once
WORDS = 4096  # words that can be taken back
_SEEDS = 1 << 63
BEFORE = 8  # words and signs before a word by which its completions are ranked
SHOWN = 5  # letters that a keystroke names
_PLAIN = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " ", "\t": " ", "\r": "\n"}
)
# Behind one of these no word begins as words do: addresses, paths, tags, e.g. the rest of a number.
_GLUE = frozenset("@#/\\_.:=&~%+*<>|$^")
_KEEPING = frozenset("@/\\_=~|")  # and before one of these none ends so


@dataclass(frozen=True)
class Keystroke:
    """What a session makes of a keystroke.

    Attributes:
        letter: What was probably meant: the letter that the word has here, behind the letters that stood before.
            The character typed, unless another is likely enough.
        letters: The likeliest letters with their probabilities, the likeliest first.
        prefix: The word so far, corrected; empty behind a space or a sign, which end a word.
        completions: Whole words that the word may become, with their probabilities, the likeliest first.
    """

    letter: str
    letters: tuple[tuple[str, float], ...]
    prefix: str
    completions: tuple[tuple[str, float], ...]


# From the text before a word to a ranking of what the word may be.
Rankings = Callable[[str], Rank]

# Before the first keystroke.
_NOTHING = Keystroke("", (), "", ())


@dataclass(frozen=True)
class _Accepted:
    """An action: a text that takes the place of the word so far."""

    text: str


@dataclass(frozen=True)
class _Moment:
    """What a keystroke changes."""

    text: str  # the word as typed or accepted
    literal: bool  # whether it is left alone
    beam: Beam
    keystroke: Keystroke


@dataclass
class _Word:
    """Where a word begins, and what was done since."""

    state: State  # (1, hidden) each
    log_probs: NDArray[np.float32]  # (1, chars + 1)
    literal: bool
    keystroke: Keystroke
    rank: Rank | None = None
    actions: list[str | _Accepted] = field(default_factory=list)


class TypingModel:
    """What the sessions of a speller share.

    Args:
        network: The language model, in evaluation mode.
        channel: What is typed when a letter is meant.
        words: The lexicon: distinct words of `a` to `z` and apostrophes; those that prove that a word exists.
        zipf: (words,) their Zipf frequencies.
        threshold: The probability that another letter needs to be put for the one typed.
        word_threshold: The probability that another prefix or word needs to be put for the one typed.
        rankings: More knowledge of which words fit, for the completions: from what stands before a word, to a function
            from a list of words in lower case to the log-probability of each. Called once a word.
        settings: Further arguments of the `Decoder`.
    """

    def __init__(
        self,
        network: CharLM,
        channel: LetterErrorModel,
        words: Sequence[str],
        zipf: ArrayLike,
        *,
        threshold: float = 0.45,
        word_threshold: float = 0.9,
        rankings: Rankings | None = None,
        **settings: Any,
    ) -> None:
        index = PrefixIndex(words, zipf)
        self.network = network
        self.decoder = Decoder(network, channel, index, **settings)
        self.completer = Completer(network, index)
        self.threshold, self.word_threshold = threshold, word_threshold
        self.rankings = rankings

    def session(self, context: str = "", *, completions: int = 5) -> "Session":
        """Start a session; see `Session`."""
        return Session(self, context, completions=completions)


class Session:
    """A text in the typing, each keystroke at the same cost however long it grows.

    Letters are never changed behind the user's back: a keystroke says what it would put. A word that ends goes into
    the context, and into `text`, as it is corrected.

    Args:
        typist: Network, channel and lexicon.
        context: What stands before. A word at its very end is the one that goes on.
        completions: How many completions a keystroke brings.
    """

    @torch.inference_mode()
    def __init__(self, typist: TypingModel, context: str = "", *, completions: int = 5) -> None:
        if not isinstance(context, str):
            raise ConfigError(f"session: expected the context to be a string; found {context!r}.")
        if not isinstance(completions, int) or completions < 0:
            raise ConfigError(f"session: expected a number of completions of at least 0; found {completions!r}.")
        self._typist, self._completions = typist, completions
        plain = unicodedata.normalize("NFC", context).translate(_PLAIN)[-CONTEXT:]
        begun = len(plain) - len(plain.rstrip("".join(CODES) + "".join(CODES).upper()))
        begun = min(begun, LONGEST)
        before, word = plain[: len(plain) - begun], plain[len(plain) - begun :]
        network = typist.network
        logits, state = network(network.encode("\n" + before)[None], network.start())
        log_probs = logits[:, -1].log_softmax(dim=1).numpy()
        self._old = context[: len(context) - begun]
        self._ended: list[str] = []
        glued = before[-1:] in _GLUE
        begin = _Word(state, log_probs, glued, _NOTHING, self._ranking())
        self._words: deque[_Word] = deque([begin], maxlen=WORDS)
        self._recent: deque[_Moment] = deque(maxlen=RECENT)
        self._now = self._restart(self._words[-1])
        for char in word:
            self._do(char)

    @property
    def text(self) -> str:
        """The whole text: the words that ended as corrected, and the one that is typed as `prefix` has it."""
        return self._old + "".join(self._ended) + self._now.keystroke.prefix

    @torch.inference_mode()
    def type(self, letter: str) -> Keystroke:
        """Take a keystroke: a letter or any other character.

        Raises:
            DataError: It is not one character, or a control character other than line break and tab.
        """
        char = unicodedata.normalize("NFC", letter) if isinstance(letter, str) else ""
        if len(char) != 1:
            raise DataError(f"session.type: expected one character; found {str(letter)[:40]!r}. Type them one by one.")
        if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\r\t":
            raise DataError(f"session.type: expected a letter or sign; found the control character {char!r}.")
        return self._do(char)

    @torch.inference_mode()
    def accept(self, completion: str | None = None) -> Keystroke:
        """Take the corrected prefix, or a completion, as what is meant; the word goes on from there.

        Raises:
            DataError: The completion is empty or holds control characters.
        """
        if completion is not None and not (isinstance(completion, str) and completion and completion.isprintable()):
            raise DataError(f"session.accept: expected a word, such as a completion; found {str(completion)[:40]!r}.")
        return self._do(_Accepted(self._now.keystroke.prefix if completion is None else completion))

    @torch.inference_mode()
    def backspace(self) -> Keystroke:
        """Take back the last keystroke, or what was accepted; everything is as it was before.

        At the beginning there is nothing to take back, and nothing happens.
        """
        if not self._words[-1].actions:
            if len(self._words) == 1:
                return self._now.keystroke
            self._words.pop()
            self._ended.pop()
        word = self._words[-1]
        word.actions.pop()
        if self._recent:
            self._now = self._recent.pop()
        else:
            actions, word.actions = word.actions, []
            self._now = self._restart(word)
            for action in actions:
                self._do(action)
        return self._now.keystroke

    def _do(self, action: "str | _Accepted") -> Keystroke:
        """Take a character, or what was accepted."""
        now = self._now
        if isinstance(action, _Accepted):
            after = self._accept(action.text)
        else:
            plain = action.translate(_PLAIN)
            if _ends_word(plain, now.text):
                return self._end(plain, action)
            after = self._letter(plain, action)
        self._words[-1].actions.append(action)
        self._recent.append(now)
        self._now = after
        return after.keystroke

    def _letter(self, plain: str, char: str) -> _Moment:
        """Go on by a character inside a word."""
        now, typist = self._now, self._typist
        text = now.text + plain
        if now.literal or plain.lower() not in CODES or len(text) > LONGEST:
            keystroke = Keystroke(char, ((char, 1.0),), text, ())
            return _Moment(text, True, typist.decoder.alone(now.beam, plain), keystroke)
        beam, shares = typist.decoder.type(now.beam, plain)
        ranked = sorted(shares.items(), key=lambda item: -item[1])
        best, share = ranked[0]
        changed = best != plain and share >= typist.threshold
        prefix = self._prefix(beam, text, changed=changed)
        letters = tuple((char if meant == plain else meant, p) for meant, p in ranked[:SHOWN])
        completions = self._complete(beam, self._words[-1].rank)
        return _Moment(text, False, beam, Keystroke(best if changed else char, letters, prefix, completions))

    def _prefix(self, beam: Beam, text: str, *, changed: bool) -> str:
        """Return the word so far: as typed, unless the letter was changed or another word is likely enough."""
        shares: dict[str, float] = {}
        for found in beam.hypotheses[: beam.kept]:
            shares[found.text] = shares.get(found.text, 0.0) + math.exp(found.score)
        if changed:
            shares.pop(text, None)
        best = max(shares, key=shares.__getitem__, default=text)
        return best if changed or shares[best] >= self._typist.word_threshold else text

    def _end(self, plain: str, char: str) -> Keystroke:
        """End the word by a space or a sign, and begin the next one."""
        now, typist = self._now, self._typist
        text, row = now.text, 0
        if len(text) > 1 and not now.literal and plain not in _KEEPING and text[-1] != "'":
            best, share, at = typist.decoder.finish(now.beam, plain)[0]
            if best != text and share >= typist.word_threshold:
                text, row = best, at
        state, log_probs = typist.decoder.read(plain, now.beam.state.select(torch.tensor([row])))
        literal = plain in _GLUE or (now.literal and plain == "-")
        self._words[-1].actions.append(char)
        self._recent.append(now)
        self._ended.append(text + char)
        word = _Word(state, log_probs, literal, _NOTHING, self._ranking())
        self._now = self._restart(word)
        word.keystroke = Keystroke(char, ((char, 1.0),), "", self._now.keystroke.completions)
        self._now = replace(self._now, keystroke=word.keystroke)
        self._words.append(word)
        return word.keystroke

    def _accept(self, text: str) -> _Moment:
        """Go on from a text in place of the word so far."""
        word, decoder = self._words[-1], self._typist.decoder
        plain = unicodedata.normalize("NFC", text).translate(_PLAIN)
        if not plain:
            return self._now
        state, log_probs = decoder.read(plain, word.state)
        literal = word.literal or len(plain) > LONGEST or not set(plain.lower()) <= CODES.keys()
        beam = decoder.settled(state, log_probs, plain) if literal else decoder.begin(state, log_probs, plain)
        completions = () if literal else self._complete(beam, word.rank)
        return _Moment(plain, literal, beam, Keystroke(text[-1], ((text[-1], 1.0),), text, completions))

    def _restart(self, word: "_Word") -> _Moment:
        """Return the moment before the first letter of a word."""
        decoder = self._typist.decoder
        if word.literal:
            return _Moment("", True, decoder.settled(word.state, word.log_probs, ""), word.keystroke)
        beam = decoder.begin(word.state, word.log_probs)
        keystroke = word.keystroke
        if keystroke is _NOTHING:
            keystroke = replace(_NOTHING, completions=self._complete(beam, word.rank))
        return _Moment("", False, beam, keystroke)

    def _ranking(self) -> Rank | None:
        """Return the ranking of the word that begins here."""
        rankings = self._typist.rankings
        if rankings is None or not self._completions:
            return None
        # Of the context too where little was typed since; never the whole text, which may be long.
        before = self._old[-CONTEXT:] if len(self._ended) < BEFORE else ""
        return rankings(before + "".join(self._ended[-BEFORE:]))

    def _complete(self, beam: Beam, rank: Rank | None) -> tuple[tuple[str, float], ...]:
        return self._typist.completer.complete(beam, self._completions, rank) if self._completions else ()


def _ends_word(char: str, word: str) -> bool:
    """Tell whether a character ends a word: spaces and signs, but an apostrophe only where no word has begun."""
    if char == "'":
        return not word
    return unicodedata.category(char)[0] in "ZPSC" and char != "_" and unicodedata.category(char) != "Cf"


@torch.inference_mode()
def generate(network: CharLM, prefix: str = "", *, length: int = 200, temperature: float = 0.7, seed: int = 0) -> str:
    """Continue a text, character by character.

    Args:
        network: The language model, in evaluation mode.
        prefix: What to continue; without one, a new paragraph begins.
        length: How many characters to add.
        temperature: How freely to draw: 0 takes the likeliest character each time, 1 draws from the model as it is.
        seed: Makes the same draws each time.

    Returns:
        The characters added, without the prefix.

    Raises:
        ConfigError: The length or the temperature is no number of at least 0, or the seed no integer of 63 bits.
    """
    if not isinstance(length, int) or not isinstance(temperature, int | float) or not isinstance(seed, int):
        raise ConfigError(
            "generate: expected an integer length, a temperature, and an integer seed; "
            f"found {length!r}, {temperature!r} and {seed!r}."
        )
    if length < 0 or not 0 <= temperature < math.inf:
        raise ConfigError(f"generate: expected length and temperature of at least 0; found {length} and {temperature}.")
    if not 0 <= seed < _SEEDS:
        raise ConfigError(f"generate: expected a seed from 0 to below 2**63; found {seed}.")
    draws = torch.Generator().manual_seed(seed)
    plain = unicodedata.normalize("NFC", prefix).translate(_PLAIN)[-CONTEXT:]
    logits, state = network(network.encode("\n" + plain)[None], network.start())
    log_probs = logits[:, -1].log_softmax(dim=1)
    written = []
    for _ in range(length):
        log_probs[:, UNKNOWN] = -math.inf
        if temperature:
            drawn = torch.multinomial((log_probs[0] / temperature).softmax(dim=0), 1, generator=draws)
        else:
            drawn = log_probs.argmax(dim=1)
        written.append(network.chars[int(drawn) - 1])
        log_probs, state = network.step(drawn, state)
    return "".join(written)
