"""The model of `rnn_speller`: its trained networks and its tables in one module."""

from collections.abc import Mapping
from typing import Any

from torch import nn

from docsight.networks.char_lm import CharLM
from docsight.networks.context import ContextNetwork
from docsight.networks.judge import NUM_EVIDENCE, Judge
from docsight.networks.ranker import NUM_FEATURES, Ranker
from docsight.spelling.candidates.error_model import ErrorModel
from docsight.spelling.keystrokes.letter_error_model import LetterErrorModel
from docsight.spelling.lexicon.tables import Confusions, KnownPairs, Lexicon, TechnicalText
from docsight.spelling.lexicon.trigrams import Trigrams


class Speller(nn.Module):
    """The parts of a speller. `Corrector` and `TypingModel` use them one by one; there is no forward.

    The numbers of words and of characters include padding and unknown. The mappings are the arguments of `ErrorModel`,
    `ContextNetwork`, `Ranker`, `CharLM` and `TechnicalText` (`judge`). A speller of docsight 0.1.0 has no judge: its
    scores are the ranker's.
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
        judge: Mapping[str, Any] | None = None,
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
        self.technical = None if judge is None else TechnicalText(**judge)
        self.judge = None if judge is None else Judge(num_evidence=NUM_EVIDENCE)
