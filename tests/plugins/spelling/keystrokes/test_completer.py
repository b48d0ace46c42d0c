import math

import pytest
import torch

from docsight.spelling.keystrokes.completer import TrigramRescorer
from docsight.spelling.lexicon.tables import ZIPF_STEPS, Lexicon
from docsight.spelling.lexicon.trigrams import Trigrams
from docsight.vocab import Vocab

WORDS = Vocab(["we", "work", "school"])


class _Recording(Trigrams):
    """Trigrams for which every word has the probability 1/e, and which record the two ids before it."""

    def __init__(self) -> None:
        super().__init__(num_words=len(WORDS), num_bigrams=0, num_trigrams=0)
        self.before: tuple[int, int] | None = None

    def log_prob(self, first: torch.Tensor, second: torch.Tensor, third: torch.Tensor) -> torch.Tensor:
        self.before = int(first[0]), int(second[0])
        return torch.full(third.shape, -1.0)


def _rescorer(trigrams: Trigrams, **options: float) -> TrigramRescorer:
    lexicon = Lexicon(num_words=len(WORDS))
    lexicon.zipf[2:] = torch.tensor([6, 5, 4]) * ZIPF_STEPS
    return TrigramRescorer(trigrams, lexicon, WORDS, **options)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("", (0, 0)),
        ("We ", (0, 2)),
        ("so we WORK ", (2, 3)),
        ("we work, ", (3, 0)),
        ("work we 12 ", (2, 1)),
        ("we work. ", (0, 0)),
        ("we work\n", (0, 0)),
        ("the school\u2019s work ", (4, 3)),
        ("we " * 1000 + "xyz ", (2, 1)),
    ],
)
def test_trigram_rescorer_reads_the_last_two_words_of_the_sentence(before, expected):
    trigrams = _Recording()
    _rescorer(trigrams)(before)(["we"])
    assert trigrams.before == expected


def test_trigram_rescorer_ranks_by_what_a_word_gains_over_its_frequency():
    rank = _rescorer(_Recording(), weight=0.5)("we ")
    # Frequencies of 1 in 10**3, 10**4 and 10**5; a word outside the lexicon has none.
    gains = [power * math.log(10) - 1 for power in (3, 4, 5)]
    assert rank(["we", "work", "school", "qux"]) == pytest.approx([*(gain / 2 for gain in gains), 0.0], rel=1e-5)
