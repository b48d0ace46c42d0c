"""The facts about each word: its sources, its frequency, and its spelling in the other variety of English."""

from enum import IntFlag
from typing import ClassVar

import torch
from torch import Tensor, nn

from docsight.weights import keep_saved_names

# Stored steps per unit of the Zipf scale (van Heuven et al. 2014: log10 of the occurrences in 10**9 words).
ZIPF_STEPS = 25


class WordSource(IntFlag):
    """Where a word of the lexicon comes from.

    US and UK are the base lists of the dictionaries, LARGE their rare words and variants. LOWER and PROPER say how
    the dictionaries write it; some words, such as turkey, have both. FREQUENCY and CORPUS are lists of what people
    write, right or wrong: that a word is in them does not prove that it is spelled correctly.
    """

    US = 1
    UK = 2
    LARGE = 4
    LOWER = 8
    PROPER = 16
    FREQUENCY = 32
    CORPUS = 64


DICTIONARY = WordSource.US | WordSource.UK | WordSource.LARGE


class Lexicon(nn.Module):
    """The facts about the words of a vocabulary, by word id. Rows 0 (padding) and 1 (unknown) are blank.

    Attributes:
        sources: (words,) uint8, the flags of `WordSource`.
        zipf: (words,) uint8, the Zipf frequencies in steps of 1/25.
        variant: (words,) int32, the id of the same word in the other variety of English (colour, color), or 0.

    Args:
        num_words: The number of ids, including the reserved ones.
    """

    sources: Tensor
    zipf: Tensor
    variant: Tensor

    saved_names: ClassVar[dict[str, str]] = {"variant": "twin"}

    def __init__(self, *, num_words: int) -> None:
        super().__init__()
        self.register_buffer("sources", torch.zeros(num_words, dtype=torch.uint8))
        self.register_buffer("zipf", torch.zeros(num_words, dtype=torch.uint8))
        self.register_buffer("variant", torch.zeros(num_words, dtype=torch.int32))
        keep_saved_names(self)

    def has(self, word_ids: Tensor, flags: WordSource) -> Tensor:
        """Tell which words have any of the flags: bool, of the shape of `word_ids`."""
        return (self.sources[word_ids] & int(flags)) != 0

    def zipf_of(self, word_ids: Tensor) -> Tensor:
        """Return the Zipf frequencies, float32, of the shape of `word_ids`; 0 for the reserved ids."""
        return self.zipf[word_ids].float() / ZIPF_STEPS
