"""What all typing sessions of a speller share."""

import copy
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from docsight.networks.char_lm import CharLM
from docsight.spelling.arrays import Floats, as_array
from docsight.spelling.keystrokes.completer import Completer, WordScorer
from docsight.spelling.keystrokes.decoder import Decoder
from docsight.spelling.keystrokes.layouts import neighbours
from docsight.spelling.keystrokes.letter_error_model import LetterErrorModel
from docsight.spelling.keystrokes.prefixes import PrefixIndex
from docsight.spelling.lexicon.dictionary import LISTED, USER_ZIPF
from docsight.spelling.lexicon.tables import DICTIONARY, ZIPF_STEPS, Lexicon, TechnicalText
from docsight.spelling.tokens import is_key, key_of
from docsight.vocab import Vocab


class TypingModel:
    """The decoder and the completer of a speller.

    Args:
        network: The language model, in evaluation mode.
        error_model: The typing errors.
        words: The lexicon, as for `PrefixIndex`.
        zipf: The frequencies of its words.
        rescorer: Makes the scorer of the completions of a word from the text before it. Called once per word.
        technical: Technical terms, which stay as they are typed.
    """

    def __init__(
        self,
        network: CharLM,
        error_model: LetterErrorModel,
        words: Sequence[str],
        zipf: ArrayLike,
        *,
        rescorer: Callable[[str], WordScorer] | None = None,
        technical: TechnicalText | None = None,
    ) -> None:
        index = PrefixIndex(words, zipf)
        self.network, self.rescorer = network, rescorer
        self.decoder = Decoder(network, error_model, index)
        self._error_model, self._index = error_model, index
        self.completer = Completer(network, index)
        self._technical = technical

    def is_term(self, word: str) -> bool:
        """Return whether a word, in any case, is a technical term that no dictionary has, such as inode."""
        return self._technical is not None and bool(self._technical.has([word.lower()])[0])

    def with_layout(self, layout: str) -> "TypingModel":
        """Return the model for a keyboard, a key of `LAYOUTS`; the two share everything but the error costs."""
        model = copy.copy(self)
        model.decoder = Decoder(self.network, self._error_model, self._index, neighbours(layout))
        return model


def completion_words(vocab: Vocab, lexicon: Lexicon, user_words: Iterable[str]) -> tuple[list[str], Floats]:
    """Return the words that a session completes, and their Zipf frequencies.

    These are the words of the dictionaries, frequent words of other lists, and the words of the user.
    """
    zipf = as_array(lexicon.zipf)[2:] / np.float32(ZIPF_STEPS)
    is_proven = ((as_array(lexicon.sources)[2:] & int(DICTIONARY)) > 0) | (zipf >= LISTED)
    words = [vocab.entries[at] for at in np.flatnonzero(is_proven)]
    fresh = sorted({key for key in map(key_of, user_words) if is_key(key)}.difference(words))
    return [*words, *fresh], np.concatenate([zipf[is_proven], np.full(len(fresh), USER_ZIPF, np.float32)])
