"""The data module of the character language model: open text as long streams of characters."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import torch
from torch import Tensor

from docsight.errors import ConfigError, DataError
from docsight.networks.char_lm import UNKNOWN
from docsight.spelling.arrays import Bytes
from docsight_training.data.speller.open_text import Paragraph, TextData, read_paragraphs

PARAGRAPH_BREAK = "\n"
# All printable ASCII characters are known, however rare they are in the text.
_ALWAYS_KNOWN = PARAGRAPH_BREAK + "".join(map(chr, range(32, 127)))
_MAX_KNOWN_CHARS = 255  # an id is a byte


@dataclass
class CharLMBatch:
    """A step along all streams."""

    inputs: Tensor  # (streams, steps), ids of characters
    targets: Tensor  # (streams, steps), the character after each
    first: bool  # whether the streams begin here


class CharLMData(TextData[CharLMBatch]):
    """Open text for the character language model.

    Args:
        text: The folder of the text; see `read_paragraphs`, also for `thin`.
        min_count: How often a character beyond ASCII must occur to be known.
        block: The approximate number of characters that stay together when the text is shuffled.
        streams: The rows of a batch; each is a text that continues from one batch to the next.
        steps: The characters of each row in a batch; the gradient flows back through this many.
        epoch_characters: The approximate number of characters in an epoch. One pass over the text has several epochs.
        lower: The fraction of the blocks in lower case, as people type in haste.
        upper: The fraction of the blocks in capitals.
    """

    chars: str  # the known characters; after `setup`

    def __init__(
        self,
        *,
        text: str,
        thin: Mapping[str, float] | None = None,
        validation_characters: int = 300_000,
        min_count: int = 100,
        block: int = 2000,
        streams: int = 32,
        steps: int = 128,
        epoch_characters: int = 5_000_000,
        lower: float = 0.06,
        upper: float = 0.02,
        seed: int = 1,
    ) -> None:
        super().__init__()
        self.text, self.thin = text, dict(thin or {})
        self.validation_characters, self.min_count, self.block = validation_characters, min_count, block
        self.streams, self.steps, self.epoch_characters = streams, steps, epoch_characters
        self.lower, self.upper, self.seed = lower, upper, seed

    def setup(self, stage: str | None = None) -> None:
        if hasattr(self, "chars"):
            return
        train = _blocks(read_paragraphs(self.text, "train", thin=self.thin), self.block)
        validation = _blocks(read_paragraphs(self.text, "validation", thin=self.thin), self.block)
        if not train or not validation:
            raise DataError(
                f"data.text={self.text}: expected text for training and for validation; one of the parts is empty."
            )
        counts = Counter(chain.from_iterable(train))
        frequent = (char for char, count in counts.items() if count >= self.min_count and char not in _ALWAYS_KNOWN)
        chars = _ALWAYS_KNOWN + "".join(sorted(frequent))
        self._table = _table(chars)
        self._cases = {case: _case_table(chars, case) for case in ("lower", "upper")}
        self._train = [self._encode(block) for block in train]
        self._validation = self._encode(PARAGRAPH_BREAK.join(validation)[: self.validation_characters])
        self.chars = chars

    def network_arguments(self) -> dict[str, Any]:
        return {"chars": self.chars}

    def validation_batches(self) -> list[CharLMBatch]:
        return self._batches(self._validation)

    def epoch_batches(self, epoch: int) -> list[CharLMBatch]:
        """Return the batches from where the epoch before stopped; text that was read completely is reshuffled."""
        parts = max(1, round(sum(map(len, self._train)) / self.epoch_characters))
        order = np.random.default_rng([self.seed, epoch // parts]).permutation(len(self._train))
        chosen = np.array_split(order, parts)[epoch % parts]
        rng = np.random.default_rng([self.seed, epoch, 1])
        return self._batches(np.concatenate([self._recase(self._train[n], rng) for n in chosen]))

    def _recase(self, block: Bytes, rng: np.random.Generator) -> Bytes:
        draw = rng.random()
        if draw < self.lower:
            return self._cases["lower"][block]
        return self._cases["upper"][block] if draw < self.lower + self.upper else block

    def _batches(self, ids: Bytes) -> list[CharLMBatch]:
        """Arrange a text in streams and cut them into steps; characters that do not fill the last step are dropped."""
        streams = min(self.streams, max(1, len(ids) // (self.steps + 1)))
        length = len(ids) // streams
        if length < 2:
            raise DataError(
                f"an epoch has {len(ids)} characters, too few for a step; set data.epoch_characters higher."
            )
        rows = torch.from_numpy(ids[: streams * length].reshape(streams, length))
        starts = range(0, max(1, length - self.steps), self.steps)
        cuts = (rows[:, at : at + self.steps + 1].long() for at in starts)
        return [CharLMBatch(cut[:, :-1], cut[:, 1:], first=n == 0) for n, cut in enumerate(cuts)]

    def _encode(self, text: str) -> Bytes:
        points = np.frombuffer((text + PARAGRAPH_BREAK).encode("utf-32-le", "replace"), dtype=np.uint32)
        return self._table[np.minimum(points, len(self._table) - 1)]


def _blocks(paragraphs: Iterable[Paragraph], size: int) -> list[str]:
    """Join neighbouring paragraphs of sources with the same head to blocks of about `size` characters."""
    blocks: list[str] = []
    held: list[str] = []
    held_source = ""
    for source, sentences in paragraphs:
        head = source.split("/")[0]
        if held and (head != held_source or sum(map(len, held)) > size):
            blocks.append(PARAGRAPH_BREAK.join(held))
            held = []
        held.append(" ".join(sentences))
        held_source = head
    return [*blocks, PARAGRAPH_BREAK.join(held)] if held else blocks


def _table(chars: str) -> Bytes:
    """Return the id of each code point up to the highest of `chars`, and a last row for those above."""
    if len(chars) > _MAX_KNOWN_CHARS:
        raise ConfigError(
            f"data.min_count: expected at most {_MAX_KNOWN_CHARS} characters that are frequent enough; "
            f"found {len(chars)}. Set it higher."
        )
    table = np.full(max(map(ord, chars)) + 2, UNKNOWN, dtype=np.uint8)
    table[[ord(char) for char in chars]] = range(1, len(chars) + 1)
    return table


def _case_table(chars: str, case: str) -> Bytes:
    """Return, by id, the id of the character in another case, or its own id if that is unknown."""
    ids = {char: n for n, char in enumerate(chars, start=1)}
    changed = [ids.get(getattr(char, case)(), n) for n, char in enumerate(chars, start=1)]
    return np.array([UNKNOWN, *changed], dtype=np.uint8)
