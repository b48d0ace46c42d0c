"""The forward character LSTM language model of `rnn_speller` (Mikolov et al. 2010; Graves 2013)."""

from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from docsight.saved_names import keep_saved_names

# The id of every character that the network does not know.
UNKNOWN = 0


class State(NamedTuple):
    """What the network has read so far, one row for each text."""

    hidden: Tensor  # (batch, hidden)
    cell: Tensor  # (batch, hidden)

    def select(self, rows: Tensor) -> "State":
        """Return the state of some rows (any,), in their order."""
        return State(self.hidden[rows], self.cell[rows])


class CharLM(nn.Module):
    """The probability of the next character, given all before it.

    Args:
        chars: The known characters, each once; they are numbered from 1 in this order. Case counts.
        char_dim: Width of a character embedding.
        hidden_dim: Width of the LSTM.

    Raises:
        ValueError: There is no character, or one stands twice.
    """

    saved_names: ClassVar[dict[str, str]] = {"output": "emit"}

    def __init__(self, *, chars: str, char_dim: int = 48, hidden_dim: int = 448) -> None:
        super().__init__()
        if not chars or len(set(chars)) != len(chars):
            raise ValueError(f"Expected chars to hold at least one character, each once; found {chars[:80]!r}.")
        self.chars = chars
        self.hidden_dim = hidden_dim
        self._ids = {char: n for n, char in enumerate(chars, start=UNKNOWN + 1)}
        self.embed = nn.Embedding(len(chars) + 1, char_dim)
        self.lstm = nn.LSTM(char_dim, hidden_dim, batch_first=True)
        self.output = nn.Linear(hidden_dim, len(chars) + 1)
        keep_saved_names(self)

    def id(self, char: str) -> int:
        """Return the id of a character, or that of the unknown."""
        return self._ids.get(char, UNKNOWN)

    def encode(self, text: str) -> Tensor:
        """Return the ids of a text's characters, (time,)."""
        return torch.tensor([self.id(char) for char in text], dtype=torch.long, device=self.output.weight.device)

    def start(self, batch: int = 1) -> State:
        """Return the state before the first character, all zero."""
        zero = self.output.weight.new_zeros(batch, self.hidden_dim)
        return State(zero, zero)

    def forward(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Read on along whole rows.

        Args:
            ids: (batch, time), at least one character.
            state: What came before, (batch, hidden) each.

        Returns:
            The logits of the character behind each one, (batch, time, chars + 1), float32; and the state at the end.
        """
        outputs, (hidden, cell) = self.lstm(self.embed(ids), (state.hidden[None], state.cell[None]))
        return self.output(outputs).float(), State(hidden[0], cell[0])

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one character a row: the same numbers as `forward`, without its overhead.

        Args:
            ids: (batch,).
            state: What came before, (batch, hidden) each.

        Returns:
            The log-probabilities of the next character, (batch, chars + 1); and the new state.
        """
        input_weight, hidden_weight, input_bias, hidden_bias = self.lstm.all_weights[0]
        hidden, cell = torch.lstm_cell(
            self.embed(ids), (state.hidden, state.cell), input_weight, hidden_weight, input_bias, hidden_bias
        )
        return self.output(hidden).float().log_softmax(dim=1), State(hidden, cell)
