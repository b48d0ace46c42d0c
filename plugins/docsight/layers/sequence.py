"""A bidirectional LSTM whose result does not depend on padding."""

import torch
from torch import Tensor, nn

from docsight.saved_names import keep_saved_names


def reverse_rows(x: Tensor, lengths: Tensor) -> Tensor:
    """Reverse each row of x (batch, time, width) within its own length; padding stays where it is."""
    time = torch.arange(x.shape[1], device=x.device)
    mirrored = lengths.unsqueeze(1) - 1 - time  # (batch, time), negative in the padding
    index = torch.where(mirrored >= 0, mirrored, time)
    return x.gather(1, index.unsqueeze(2).expand(-1, -1, x.shape[2]))


class BiLSTM(nn.Module):
    """Two one-way LSTMs, the second over each row reversed within its own length.

    The result equals that of a packed bidirectional LSTM, at the speed of an unpacked one. A padded bidirectional
    LSTM would start its backward pass in the padding.

    Args:
        input_dim: Width of the input.
        hidden_dim: Width of each direction; the output is twice as wide.
    """

    saved_names = {"forward_lstm": "ahead", "backward_lstm": "back"}

    def __init__(self, *, input_dim: int, hidden_dim: int) -> None:
        super().__init__()
        self.forward_lstm = nn.LSTM(input_dim, hidden_dim, batch_first=True)
        self.backward_lstm = nn.LSTM(input_dim, hidden_dim, batch_first=True)
        keep_saved_names(self)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Map (batch, time, input) to (batch, time, 2 * hidden); values beyond a row's length are undefined."""
        forward, _ = self.forward_lstm(x)
        backward, _ = self.backward_lstm(reverse_rows(x, lengths))
        return torch.cat([forward, reverse_rows(backward, lengths)], dim=2)
