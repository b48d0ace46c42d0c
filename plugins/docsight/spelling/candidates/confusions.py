"""Words of the lexicon that are typed for one another."""

import torch
from torch import Tensor, nn


class Confusions(nn.Module):
    """For each word of the lexicon, the other words that may have been meant when it was typed.

    Attributes:
        offsets: (words + 1,) int32, the start of the row of each word in `ids`.
        ids: (confusions,) int32, word ids.

    Args:
        num_words: The number of ids of the vocabulary.
        num_confusions: The number of entries.
    """

    offsets: Tensor
    ids: Tensor

    def __init__(self, *, num_words: int, num_confusions: int) -> None:
        super().__init__()
        self.register_buffer("offsets", torch.zeros(num_words + 1, dtype=torch.int32))
        self.register_buffer("ids", torch.zeros(num_confusions, dtype=torch.int32))
