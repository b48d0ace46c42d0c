"""The model of `rnn_speller`: its trained networks and its tables in one module."""

from collections.abc import Mapping
from typing import Any

from torch import nn

from docsight.networks.char_lm import CharLM
from docsight.networks.context import ContextNetwork
from docsight.networks.ranker import Ranker
from docsight.spelling.candidates.confusions import Confusions
from docsight.spelling.candidates.error_model import ErrorModel
from docsight.spelling.correction.features import NUM_FEATURES
from docsight.spelling.keystrokes.letter_error_model import LetterErrorModel
from docsight.spelling.lexicon.known_pairs import KnownPairs
from docsight.spelling.lexicon.tables import Lexicon
from docsight.spelling.lexicon.trigrams import Trigrams


class Speller(nn.Module):
    """The parts of a speller. `Corrector` and `TypingModel` use them one by one; there is no forward.

    Args:
        num_words: The number of word ids, including padding and unknown.
        num_chars: The number of character ids, including padding and unknown.
        num_pairs: The number of listed misspellings.
        num_confusions: The number of entries of the confusion table.
        num_bigrams: The number of word pairs in the trigram model.
        num_trigrams: The number of word triples in the trigram model.
        channel: Arguments of `ErrorModel`.
        context: Arguments of `ContextNetwork`.
        ranker: Arguments of `Ranker`.
        typing: Arguments of `CharLM`.
    """

    def __init__(
        self,
        *,
        num_words: int,
        num_chars: int,
        num_pairs: int,
        num_confusions: int,
        num_bigrams: int,
        num_trigrams: int,
        channel: Mapping[str, Any],
        context: Mapping[str, Any],
        ranker: Mapping[str, Any],
        typing: Mapping[str, Any],
    ) -> None:
        super().__init__()
        self.lexicon = Lexicon(num_words=num_words)
        self.pairs = KnownPairs(num_pairs=num_pairs)
        self.confusions = Confusions(num_words=num_words, num_confusions=num_confusions)
        self.trigrams = Trigrams(num_words=num_words, num_bigrams=num_bigrams, num_trigrams=num_trigrams)
        self.channel = ErrorModel(**channel)
        self.context = ContextNetwork(num_chars=num_chars, **context)
        self.ranker = Ranker(num_features=NUM_FEATURES, **ranker)
        self.typing = CharLM(**typing)
        self.letters = LetterErrorModel()
