"""The character language model of `rnn_speller`, a forward LSTM (Mikolov et al. 2010; Graves 2013)."""

from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from docsight.weights import keep_saved_names

UNKNOWN = 0  # the id of all unknown characters


class State(NamedTuple):
    """The state of the LSTM, one row for each text."""

    hidden: Tensor  # (batch, hidden)
    cell: Tensor  # (batch, hidden)

    def select(self, rows: Tensor) -> "State":
        """Return the state of the given rows, (rows,)."""
        return State(self.hidden[rows], self.cell[rows])


class CharLM(nn.Module):
    """Predicts the next character from all characters before it.

    Args:
        chars: The known characters, each once, in the order of their ids from 1. Case matters.
        char_dim: The width of a character embedding.
        hidden_dim: The width of the LSTM.

    Raises:
        ValueError: There is no character, or one occurs twice.
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
        """Return the id of a character, or `UNKNOWN`."""
        return self._ids.get(char, UNKNOWN)

    def encode(self, text: str) -> Tensor:
        """Return the ids of the characters of a text, (time,)."""
        return torch.tensor([self.id(char) for char in text], dtype=torch.long, device=self.output.weight.device)

    def start(self, batch: int = 1) -> State:
        """Return the zero state before the first character."""
        zero = self.output.weight.new_zeros(batch, self.hidden_dim)
        return State(zero, zero)

    def forward(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Read whole rows.

        Args:
            ids: (batch, time), at least one character.
            state: The state before, (batch, hidden) each.

        Returns:
            The logits of the character after each one, (batch, time, chars + 1), float32; and the final state.
        """
        outputs, (hidden, cell) = self.lstm(self.embed(ids), (state.hidden[None], state.cell[None]))
        return self.output(outputs).float(), State(hidden[0], cell[0])

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one character of each row. The same as `forward`, without its overhead.

        Args:
            ids: (batch,).
            state: The state before, (batch, hidden) each.

        Returns:
            The log probabilities of the next character, (batch, chars + 1); and the new state.
        """
        input_weight, hidden_weight, input_bias, hidden_bias = self.lstm.all_weights[0]
        hidden, cell = torch.lstm_cell(
            self.embed(ids), (state.hidden, state.cell), input_weight, hidden_weight, input_bias, hidden_bias
        )
        return self.output(hidden).float().log_softmax(dim=1), State(hidden, cell)
