"""Convolutions over the characters of a word, over the words of a text and over images."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from docsight.layers.lstms import fast_evaluation
from docsight.vocab import PAD

_WORDS_PER_BLOCK = 512  # words of similar length that are encoded together on the CPU


class CharCNN(nn.Module):
    """Encode words by their characters (Chiu and Nichols 2016): embedding, convolution, maximum over the word."""

    def __init__(self, *, num_chars: int, char_dim: int, width: int) -> None:
        super().__init__()
        # One more row for the edge of a word, so that a filter can distinguish a prefix from the inside of a word.
        self.edge = num_chars
        self.embed = nn.Embedding(num_chars + 1, char_dim, padding_idx=PAD)
        self.convolve = nn.Conv1d(char_dim, width, 3, padding=1)

    def forward(self, chars: Tensor) -> Tensor:
        """Map character ids (words, chars) to (words, width).

        In evaluation they are computed in bfloat16 where that is fast.
        """
        if self.training or chars.device.type != "cpu" or len(chars) <= _WORDS_PER_BLOCK:
            return self._encode(chars)
        lengths = (chars != PAD).sum(dim=1).clamp(min=1)
        order = lengths.argsort()
        blocks = [self._encode(chars[at, : int(lengths[at[-1]])]) for at in torch.split(order, _WORDS_PER_BLOCK)]
        return torch.cat(blocks)[order.argsort()]

    def _encode(self, chars: Tensor) -> Tensor:
        edge = chars.new_full((len(chars), 1), self.edge)
        framed = torch.cat([edge, chars, torch.full_like(edge, PAD)], dim=1)  # (words, chars + 2)
        ends = (chars != PAD).sum(dim=1, keepdim=True) + 1
        framed = framed.scatter(1, ends, edge)
        with fast_evaluation(self, chars.device):
            maps = self.convolve(self.embed(framed).transpose(1, 2))  # (words, width, chars + 2)
        best: Tensor = maps.masked_fill((framed == PAD).unsqueeze(1), -torch.inf).amax(dim=2)
        return best.to(self.embed.weight.dtype)


class WindowCNN(nn.Module):
    """A convolution over a word and its neighbours, one on each side, with ReLU and layer norm.

    Layers of equal width are residual. A stack of n layers sees n words on each side, whatever the length of the text
    (Collobert et al. 2011; the stack of spaCy's `tok2vec` is of this kind).
    """

    def __init__(self, *, input_dim: int, hidden_dim: int) -> None:
        super().__init__()
        self.convolve = nn.Conv1d(input_dim, hidden_dim, 3, padding=1)
        self.norm = nn.LayerNorm(hidden_dim)
        self.output_dim = hidden_dim

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Map (batch, time, input) to (batch, time, hidden); values beyond a row's length are undefined."""
        inside = torch.arange(x.shape[1], device=x.device) < lengths.unsqueeze(1)  # (batch, time)
        x = x * inside.unsqueeze(2)  # padding counts as zeros, as the ends of the convolution do
        maps: Tensor = self.convolve(x.transpose(1, 2)).transpose(1, 2).relu()
        normed: Tensor = self.norm(maps + x if maps.shape == x.shape else maps)
        return normed


class ConvBlock(nn.Module):
    """3x3 convolutions of equal widths, each with batch norm and ReLU; all but the first form one residual branch.

    After VGG (Simonyan 2015) and ResNet (He 2016). The stride is that of the first layer.
    """

    def __init__(self, *, channels: int, widths: Sequence[int], stride: int = 1) -> None:
        super().__init__()
        if not widths or len(set(widths)) > 1:
            raise ValueError(f"Expected layers of equal width within a block; found {list(widths)}.")
        self.first = _layer(channels, widths[0], stride)
        self.branch = nn.Sequential(*(_layer(width, width, 1) for width in widths[1:]))

    def forward(self, images: Tensor) -> Tensor:
        """Map (batch, channels, height, width) to (batch, widths[0], height / stride, width / stride)."""
        first: Tensor = self.first(images)
        return first + self.branch(first) if len(self.branch) else first


def _layer(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU())
