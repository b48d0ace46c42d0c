"""The data module of the typing session: open text as long streams of characters."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import pytorch_lightning as pl
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from docsight.errors import ConfigError, DataError
from docsight.networks.char_lm import UNKNOWN
from docsight_training.data.speller.open_text import Paragraph, read_paragraphs

PARAGRAPH = "\n"  # what stands between two paragraphs
# Every printable character of ASCII is known, however rare it is in the text.
_ALWAYS = PARAGRAPH + "".join(map(chr, range(32, 127)))


@dataclass
class CharLMBatch:
    """A step along all streams."""

    inputs: Tensor  # (streams, steps), ids of characters
    targets: Tensor  # (streams, steps), the character behind each
    first: bool  # whether the streams begin here


class CharLMData(pl.LightningDataModule):
    """Open text for the character language model.

    Args:
        text: A folder of parquet files; see `read_paragraphs`.
        thin: The share kept of some sources.
        validation_characters: The most characters of the validation part that are read after an epoch.
        min_count: How often a character beyond ASCII must occur to be known.
        block: About how many characters of neighbouring paragraphs stay together when the text is shuffled.
        streams: Rows of a batch, each a text that goes on from one batch to the next.
        steps: Characters of each row in a batch, through which the gradient flows back.
        epoch_characters: About how many characters make an epoch; a pass over the text is cut into so many.
        lower: The share of the blocks that is read in lower case, as people type in haste.
        upper: The share of the blocks that is read in capitals.
        seed: Seeds the order and the casing.

    Attributes:
        chars: The characters that are known, an argument of the network; after `setup`.
    """

    chars: str

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
        """Read the text, once.

        Raises:
            ConfigError: Too many characters are frequent.
            DataError: The text cannot be read, or a part of it is empty.
        """
        if hasattr(self, "chars"):
            return
        train = _blocks(read_paragraphs(self.text, "train", thin=self.thin), self.block)
        validation = _blocks(read_paragraphs(self.text, "validation", thin=self.thin), self.block)
        if not train or not validation:
            raise DataError(f"data.text={self.text}: too little text for training and validation.")
        counts: Counter[str] = Counter()
        for block in train:
            counts.update(block)
        more = sorted(char for char, count in counts.items() if count >= self.min_count and char not in _ALWAYS)
        chars = _ALWAYS + "".join(more)
        self._table = _table(chars)
        self._cases = {case: _case_table(chars, case) for case in ("lower", "upper")}
        self._train = [self._encode(block) for block in train]
        self._validation = self._encode(PARAGRAPH.join(validation)[: self.validation_characters])
        self.chars = chars

    def train_dataloader(self) -> DataLoader:
        """Return the batches of the current epoch."""
        epoch = self.trainer.current_epoch if self.trainer else 0
        return DataLoader(cast(Dataset, self.epoch_batches(epoch)), batch_size=None)

    def val_dataloader(self) -> DataLoader:
        """Return the batches of the validation part."""
        return DataLoader(cast(Dataset, self._batches(self._validation)), batch_size=None)

    def epoch_batches(self, epoch: int) -> list[CharLMBatch]:
        """Return the batches of an epoch, the same ones for the same seed and epoch.

        Epochs go on where the one before stopped, until all the text was read; then it is shuffled anew.
        """
        parts = max(1, round(sum(map(len, self._train)) / self.epoch_characters))
        order = np.random.default_rng([self.seed, epoch // parts]).permutation(len(self._train))
        chosen = np.array_split(order, parts)[epoch % parts]
        rng = np.random.default_rng([self.seed, epoch, 1])
        return self._batches(np.concatenate([self._recase(self._train[n], rng) for n in chosen]))

    def _recase(self, block: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
        draw = rng.random()
        if draw < self.lower:
            return self._cases["lower"][block]
        return self._cases["upper"][block] if draw < self.lower + self.upper else block

    def _batches(self, ids: NDArray[np.uint8]) -> list[CharLMBatch]:
        """Lay a text out in streams and cut them into steps; what does not fill the last step is left out."""
        streams = min(self.streams, max(1, len(ids) // (self.steps + 1)))
        length = len(ids) // streams
        if length < 2:
            raise DataError(f"data: a part of {len(ids)} characters is too short; set data.epoch_characters higher.")
        rows = torch.from_numpy(ids[: streams * length].reshape(streams, length))
        starts = range(0, max(1, length - self.steps), self.steps)
        cuts = (rows[:, at : at + self.steps + 1].long() for at in starts)
        return [CharLMBatch(cut[:, :-1], cut[:, 1:], first=n == 0) for n, cut in enumerate(cuts)]

    def _encode(self, text: str) -> NDArray[np.uint8]:
        """Return the ids of a text, a line break at its end."""
        points = np.frombuffer((text + PARAGRAPH).encode("utf-32-le", "replace"), dtype=np.uint32)
        return self._table[np.minimum(points, len(self._table) - 1)]


def _blocks(paragraphs: Iterable[Paragraph], size: int) -> list[str]:
    """Put neighbouring paragraphs of like sources together until there are `size` characters."""
    blocks: list[str] = []
    held: list[str] = []
    of = ""
    for source, sentences in paragraphs:
        head = source.split("/")[0]
        if held and (head != of or sum(map(len, held)) > size):
            blocks.append(PARAGRAPH.join(held))
            held = []
        held.append(" ".join(sentences))
        of = head
    return [*blocks, PARAGRAPH.join(held)] if held else blocks


def _table(chars: str) -> NDArray[np.uint8]:
    """Return the id of each code point up to the highest of `chars`, and one more row for those above."""
    if len(chars) > 255:
        raise ConfigError(f"data.min_count: {len(chars)} characters are too many, at most 255; set it higher.")
    table = np.full(max(map(ord, chars)) + 2, UNKNOWN, dtype=np.uint8)
    table[[ord(char) for char in chars]] = range(1, len(chars) + 1)
    return table


def _case_table(chars: str, case: str) -> NDArray[np.uint8]:
    """Return, by id, the id of the character in another case, or its own where that is not known."""
    ids = {char: n for n, char in enumerate(chars, start=1)}
    changed = [ids.get(getattr(char, case)(), n) for n, char in enumerate(chars, start=1)]
    return np.array([UNKNOWN, *changed], dtype=np.uint8)
