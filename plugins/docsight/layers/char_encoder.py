"""A convolution over the characters of a word (Chiu and Nichols 2016; Ma and Hovy 2016)."""

import torch
from torch import Tensor, nn

from docsight.vocab import PAD


class CharCNN(nn.Module):
    """Encode words by their characters: embedding, convolution, maximum over the word.

    Args:
        num_chars: Rows of the character embedding, padding and unknown included.
        char_dim: Width of a character embedding.
        width: Width of the output.
        kernel: Number of characters that a filter covers; odd.
    """

    def __init__(self, *, num_chars: int, char_dim: int, width: int, kernel: int = 3) -> None:
        super().__init__()
        # One more row for the edge of a word, so that a filter can distinguish a prefix from the inside of a word.
        self.edge = num_chars
        self.embed = nn.Embedding(num_chars + 1, char_dim, padding_idx=PAD)
        self.convolve = nn.Conv1d(char_dim, width, kernel, padding=kernel // 2)

    def forward(self, chars: Tensor) -> Tensor:
        """Map character ids (words, chars) to (words, width)."""
        words, _ = chars.shape
        edge = chars.new_full((words, 1), self.edge)
        gap = chars.new_full((words, 1), PAD)
        framed = torch.cat([edge, chars, gap], dim=1)  # (words, chars + 2)
        ends = (chars != PAD).sum(dim=1, keepdim=True) + 1
        framed = framed.scatter(1, ends, edge)
        maps: Tensor = self.convolve(self.embed(framed).transpose(1, 2))  # (words, width, chars + 2)
        return maps.masked_fill((framed == PAD).unsqueeze(1), -torch.inf).amax(dim=2)
