"""The character language model of `rnn_speller`, a forward LSTM (Mikolov et al. 2010; Graves 2013)."""

import math
import unicodedata
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from docsight.errors import ConfigError
from docsight.weights import keep_saved_names

UNKNOWN = 0  # the id of all unknown characters
MAX_CONTEXT = 400  # characters that are read of the text before the first prediction
_PLAIN_CHARS = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " ", "\t": " ", "\r": "\n"}
)


class State(NamedTuple):
    """The state of the LSTM, one row for each text."""

    hidden: Tensor  # (batch, hidden)
    cell: Tensor  # (batch, hidden)

    def select(self, rows: list[int]) -> "State":
        return State(self.hidden[rows], self.cell[rows])


class CharLM(nn.Module):
    """Predicts the next character from all characters before it.

    Args:
        chars: The known characters, each once, in the order of their ids from 1. Case matters.

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
        return self._ids.get(char, UNKNOWN)

    def encode(self, text: str) -> Tensor:
        return torch.tensor([self.id(char) for char in text], dtype=torch.long, device=self.output.weight.device)

    def start(self, batch: int = 1) -> State:
        zero = self.output.weight.new_zeros(batch, self.hidden_dim)
        return State(zero, zero)

    def forward(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Read whole rows.

        Args:
            ids: (batch, time), at least one character.
            state: The state before them.

        Returns:
            The logits of the character after each one, (batch, time, chars + 1), float32; and the final state.
        """
        outputs, (hidden, cell) = self.lstm(self.embed(ids), (state.hidden[None], state.cell[None]))
        return self.output(outputs).float(), State(hidden[0], cell[0])

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one character of each row, (batch,). The same as `forward`, without its overhead.

        Returns:
            The log probabilities of the next character, (batch, chars + 1); and the new state.
        """
        input_weight, hidden_weight, input_bias, hidden_bias = self.lstm.all_weights[0]
        hidden, cell = torch.lstm_cell(
            self.embed(ids), (state.hidden, state.cell), input_weight, hidden_weight, input_bias, hidden_bias
        )
        return self.output(hidden).float().log_softmax(dim=1), State(hidden, cell)

    def begin(self, text: str) -> tuple[Tensor, State]:
        """Read the beginning of a paragraph: as `step`, for one row."""
        logits, state = self(self.encode("\n" + text)[None], self.start())
        return logits[:, -1].log_softmax(dim=1), state

    @torch.inference_mode()
    def generate(self, prefix: str = "", *, length: int = 200, temperature: float = 0.7, seed: int = 0) -> str:
        """Continue a text, character by character; see `RnnSpeller.generate`.

        Raises:
            ConfigError: The length or the temperature is not a number of at least 0, or the seed is out of range.
        """
        if not isinstance(length, int) or not isinstance(temperature, int | float) or not isinstance(seed, int):
            raise ConfigError(
                "generate: expected an integer length, a number as temperature, and an integer seed; "
                f"found {length!r}, {temperature!r} and {seed!r}."
            )
        if length < 0 or not 0 <= temperature < math.inf:
            raise ConfigError(
                f"generate: expected a length and a temperature of at least 0; found {length} and {temperature}."
            )
        if not 0 <= seed < 1 << 63:
            raise ConfigError(f"generate: expected a seed from 0 to below 2**63; found {seed}.")
        generator = torch.Generator("cpu").manual_seed(seed)
        log_probs, state = self.begin(to_plain(prefix)[-MAX_CONTEXT:])
        characters = []
        for _ in range(length):
            log_probs[:, UNKNOWN] = -math.inf
            if temperature:
                sampled = torch.multinomial((log_probs[0] / temperature).softmax(dim=0), 1, generator=generator)
            else:
                sampled = log_probs.argmax(dim=1)
            characters.append(self.chars[int(sampled) - 1])
            log_probs, state = self.step(sampled, state)
        return "".join(characters)


def to_plain(text: str) -> str:
    """Compose accents, straighten quotes and normalise spaces, as in the training text.

    Only accents change the number of characters.
    """
    return unicodedata.normalize("NFC", text).translate(_PLAIN_CHARS)
