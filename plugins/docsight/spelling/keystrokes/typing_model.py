"""What all typing sessions of a speller share."""

from collections.abc import Callable, Sequence
from typing import Any

from numpy.typing import ArrayLike

from docsight.networks.char_lm import CharLM
from docsight.spelling.keystrokes.completer import Completer, WordScorer
from docsight.spelling.keystrokes.decoder import Decoder
from docsight.spelling.keystrokes.letter_error_model import LetterErrorModel
from docsight.spelling.keystrokes.prefixes import PrefixIndex

# From the text before a word to the scorer of the word.
Rescorer = Callable[[str], WordScorer]


class TypingModel:
    """The decoder and the completer of a speller, with their thresholds.

    Args:
        network: The language model, in evaluation mode.
        error_model: The probabilities of typing errors.
        words: The lexicon: distinct words of `a` to `z` and apostrophes.
        zipf: (words,) the Zipf frequencies.
        threshold: The minimum probability of another letter that replaces the typed one.
        word_threshold: The minimum probability of another prefix or word that replaces the typed one.
        rescorer: A further score for completions: from the text before a word to a function from words in lower case
            to the log probability of each. Called once a word.
        settings: More arguments of the `Decoder`.
    """

    def __init__(
        self,
        network: CharLM,
        error_model: LetterErrorModel,
        words: Sequence[str],
        zipf: ArrayLike,
        *,
        threshold: float = 0.45,
        word_threshold: float = 0.9,
        rescorer: Rescorer | None = None,
        **settings: Any,
    ) -> None:
        index = PrefixIndex(words, zipf)
        self.network = network
        self.decoder = Decoder(network, error_model, index, **settings)
        self.completer = Completer(network, index)
        self.threshold, self.word_threshold = threshold, word_threshold
        self.rescorer = rescorer
