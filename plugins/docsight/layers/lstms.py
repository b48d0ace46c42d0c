"""LSTMs whose results do not depend on padding, over sequences and over the characters of a word."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from docsight.vocab import PAD
from docsight.weights import keep_saved_names

BLOCK_SIZE = 512  # words of similar length that are encoded together
# Blocks are padded to a multiple of this, and smaller ones to a power of two: oneDNN keeps a compiled kernel for every
# shape it sees.
BLOCK_MULTIPLE = 32


def has_fast_bfloat16(device: torch.device) -> bool:
    """Return whether a device computes in bfloat16 natively.

    There, an LSTM is three times as fast as in float32, and its outputs differ by some thousandths. Other processors
    emulate bfloat16, and are slower with it.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device.type == "cpu" and _has_instructions("avx512_bf16")


def padded_size(size: int, multiple: int) -> int:
    """Return the next multiple of a power of two, or below the first one the next power of two."""
    return size + -size % multiple if size > multiple else 1 << (size - 1).bit_length()


def has_matrix_tiles() -> bool:
    """Return whether the processor multiplies matrices in tiles (AMX): a few rows then take as long as a whole tile."""
    return _has_instructions("amx_tile")


def _has_instructions(name: str) -> bool:
    read_capabilities = getattr(torch.cpu, "get_capabilities", None)  # torch 2.6 has none
    return read_capabilities is not None and bool(read_capabilities().get(name))


def reverse_rows(x: Tensor, lengths: Tensor) -> Tensor:
    """Reverse each row of x (batch, time, width) within its own length; padding stays where it is."""
    if x.device.type == "cpu" and bool((lengths == x.shape[1]).all()):  # such as a row that is alone
        return x.flip(1)
    time = torch.arange(x.shape[1], device=x.device)
    mirrored = lengths.unsqueeze(1) - 1 - time  # (batch, time), negative in the padding
    index = torch.where(mirrored >= 0, mirrored, time)
    first = x.shape[1] * torch.arange(len(x), device=x.device).unsqueeze(1)  # of each row, in the flattened batch
    # Whole vectors are copied: several times as fast as `gather`, which takes number by number.
    return x.flatten(0, 1).index_select(0, (first + index).flatten()).view_as(x)


class UnidirectionalLSTM(nn.LSTM):
    """A single layer in one direction that casts its weights to bfloat16 once, and not at each call.

    Autocast casts them each time, which for a short text takes a third as long as the LSTM itself. The results are the
    same. Its parameters have the names and shapes of a one-layer `nn.LSTM`. It accepts no packed sequences.
    """

    def __init__(self, input_dim: int, hidden_dim: int) -> None:
        super().__init__(input_dim, hidden_dim, batch_first=True)
        self._cast: tuple[list[tuple[int, int]], list[Tensor]] = [], []

    def forward(self, x: Tensor, hx: Any = None) -> Any:  # type: ignore[override]  # no packed sequences
        """Map (batch, time, input) to (batch, time, hidden) and the last states, as `nn.LSTM` does."""
        if hx is not None or self.training or torch.is_grad_enabled() or not _casts_to_bfloat16(x.device):
            return super().forward(x, hx)
        start = torch.zeros(1, len(x), self.hidden_size, dtype=torch.bfloat16, device=x.device)
        states, *last = torch.lstm(x.bfloat16(), (start, start), self._cast_weights(), True, 1, 0.0, False, False, True)
        return states, tuple(last)

    def train(self, mode: bool = True) -> "UnidirectionalLSTM":
        """Set the mode, and forget the cast weights: training may change weights where torch does not count it."""
        self._cast = [], []
        super().train(mode)
        return self

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_cast": ([], [])}  # type: ignore[no-untyped-call]

    def _cast_weights(self) -> list[Tensor]:
        """Return the weights in bfloat16, which are cast again if they have changed."""
        weights = list(self.parameters())
        of = [(weight.data_ptr(), 0 if weight.is_inference() else weight._version) for weight in weights]
        if self._cast[0] != of:
            self._cast = of, [weight.detach().bfloat16() for weight in weights]
        return self._cast[1]


def _casts_to_bfloat16(device: torch.device) -> bool:
    """Return whether autocast to bfloat16 is on, and the device is the CPU."""
    is_on = device.type == "cpu" and torch.is_autocast_enabled("cpu")
    return is_on and torch.get_autocast_dtype("cpu") == torch.bfloat16


class BiLSTM(nn.Module):
    """Two unidirectional LSTMs, each `hidden_dim` wide, the second over each row reversed within its own length.

    The result equals that of a packed bidirectional LSTM, at the speed of an unpacked one. A padded bidirectional
    LSTM would start its backward pass in the padding.
    """

    saved_names = {"forward_lstm": "ahead", "backward_lstm": "back"}

    def __init__(self, *, input_dim: int, hidden_dim: int) -> None:
        super().__init__()
        self.forward_lstm = UnidirectionalLSTM(input_dim, hidden_dim)
        self.backward_lstm = UnidirectionalLSTM(input_dim, hidden_dim)
        self.output_dim = 2 * hidden_dim
        keep_saved_names(self)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Map (batch, time, input) to (batch, time, 2 * hidden); values beyond a row's length are undefined.

        In evaluation the LSTMs run in bfloat16 where that is fast.
        """
        with fast_evaluation(self, x.device):
            # Converted once, not once for each direction.
            inputs = x.bfloat16() if x.dtype == torch.float32 and evaluates_in_bfloat16(self, x.device) else x
            forward, _ = self.forward_lstm(inputs)
            backward, _ = self.backward_lstm(reverse_rows(inputs, lengths))
        return torch.cat([forward, reverse_rows(backward, lengths)], dim=2).to(x.dtype)


class LeftToRightLSTM(nn.Module):
    """An LSTM from left to right: the state of a word has seen the words before it, and none of those after it."""

    def __init__(self, *, input_dim: int, hidden_dim: int) -> None:
        super().__init__()
        self.lstm = UnidirectionalLSTM(input_dim, hidden_dim)
        self.output_dim = hidden_dim

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Map (batch, time, input) to (batch, time, hidden); values beyond a row's length are undefined.

        In evaluation the LSTM runs in bfloat16 where that is fast.
        """
        with fast_evaluation(self, x.device):
            states: Tensor = self.lstm(x)[0]
        return states.to(x.dtype)


def fast_evaluation(module: nn.Module, device: torch.device) -> AbstractContextManager[None]:
    """Return a context that computes in bfloat16, if the module is evaluated on a device where that is fast."""
    is_fast = evaluates_in_bfloat16(module, device)
    return torch.autocast(device.type, dtype=torch.bfloat16) if is_fast else nullcontext()


def evaluates_in_bfloat16(module: nn.Module, device: torch.device) -> bool:
    """Return whether `fast_evaluation` computes in bfloat16."""
    return not module.training and has_fast_bfloat16(device)


class CharLSTM(nn.Module):
    """Encode words by their characters: the last states of a forward and of a backward LSTM (Ling et al. 2015)."""

    saved_names = {"forward_lstm": "ahead", "backward_lstm": "back"}

    def __init__(self, *, num_chars: int, char_dim: int, hidden_dim: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(num_chars, char_dim, padding_idx=PAD)
        self.forward_lstm = UnidirectionalLSTM(char_dim, hidden_dim)
        self.backward_lstm = UnidirectionalLSTM(char_dim, hidden_dim)
        keep_saved_names(self)

    def forward(self, chars: Tensor) -> Tensor:
        """Map character ids (words, chars), at least one for each word, to (words, 2 * hidden)."""
        if not len(chars):
            return self.embed.weight.new_zeros(0, 2 * self.forward_lstm.hidden_size)
        lengths = (chars != PAD).sum(dim=1).clamp(min=1)
        order = lengths.argsort()
        blocks = [self._encode(chars[block], lengths[block]) for block in torch.split(order, BLOCK_SIZE)]
        return torch.cat(blocks)[order.argsort()]

    def _encode(self, chars: Tensor, lengths: Tensor) -> Tensor:
        words, longest = len(chars), int(lengths.max())
        missing = padded_size(words, BLOCK_MULTIPLE) - words
        chars = nn.functional.pad(chars[:, :longest], (0, 0, 0, missing), value=PAD)
        lengths = nn.functional.pad(lengths, (0, missing), value=1)
        x = self.embed(chars)
        last = (lengths - 1).view(-1, 1, 1).expand(-1, 1, self.forward_lstm.hidden_size)
        forward = self.forward_lstm(x)[0].gather(1, last)
        backward = self.backward_lstm(reverse_rows(x, lengths))[0].gather(1, last)
        return torch.cat([forward, backward], dim=2).squeeze(1)[:words]
