"""A bidirectional LSTM over the characters of a word (Ling et al. 2015)."""

import torch
from torch import Tensor, nn

from docsight.layers.sequence import reverse_rows
from docsight.vocab import PAD

BLOCK = 512  # words of like length that are read together
ROUND = 32  # a block is filled up to a multiple of this: oneDNN keeps a program for every shape that it meets


class CharLSTM(nn.Module):
    """Encode words by their characters: the last states of an LSTM ahead and of one back.

    Args:
        num_chars: Rows of the character embedding, padding and unknown included.
        char_dim: Width of a character embedding.
        hidden_dim: Width of each direction; the output is twice as wide.
    """

    def __init__(self, *, num_chars: int, char_dim: int, hidden_dim: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(num_chars, char_dim, padding_idx=PAD)
        self.ahead = nn.LSTM(char_dim, hidden_dim, batch_first=True)
        self.back = nn.LSTM(char_dim, hidden_dim, batch_first=True)

    def forward(self, chars: Tensor) -> Tensor:
        """Map character ids (words, chars), each word with one at least, to (words, 2 * hidden)."""
        if not len(chars):
            return self.embed.weight.new_zeros(0, 2 * self.ahead.hidden_size)
        lengths = (chars != PAD).sum(dim=1).clamp(min=1)
        order = lengths.argsort()
        blocks = [self._encode(chars[block], lengths[block]) for block in order.split(BLOCK)]
        return torch.cat(blocks)[order.argsort()]

    def _encode(self, chars: Tensor, lengths: Tensor) -> Tensor:
        """Encode words of like length."""
        words, longest = len(chars), int(lengths.max())
        filled = -words % ROUND
        chars = nn.functional.pad(chars[:, :longest], (0, 0, 0, filled), value=PAD)
        lengths = nn.functional.pad(lengths, (0, filled), value=1)
        x = self.embed(chars)
        last = (lengths - 1).view(-1, 1, 1).expand(-1, 1, self.ahead.hidden_size)
        ahead = self.ahead(x)[0].gather(1, last)
        back = self.back(reverse_rows(x, lengths))[0].gather(1, last)
        return torch.cat([ahead, back], dim=2).squeeze(1)[:words]
