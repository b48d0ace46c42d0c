"""The data module of the typing session: open text as long streams of characters."""

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow.parquet as pq
import pytorch_lightning as pl
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from docsight.errors import ConfigError, DataError
from docsight.networks.char_lm import UNKNOWN

PARAGRAPH = "\n"  # what stands between two paragraphs
_COLUMNS = ["text", "source", "para"]
# Every printable character of ASCII is known, however rare it is in the text.
_ALWAYS = PARAGRAPH + "".join(map(chr, range(32, 127)))


@dataclass
class TypingBatch:
    """A step along all streams."""

    inputs: Tensor  # (streams, steps), ids of characters
    targets: Tensor  # (streams, steps), the character behind each
    first: bool  # whether the streams begin here


class TypingData(pl.LightningDataModule):
    """Open text for the character language model.

    Args:
        path: A folder of Parquet files with the columns `text` (a sentence), `source` and `para`; rows that agree in
            both and stand together are one paragraph.
        shares: By the head of a source's name (what stands before a slash), the share of its text that is read;
            1 for those not named.
        origins: By the head of a source's name, its origin and licence, for the model card.
        held_out: The share of the paragraphs kept for validation, told by a hash of source and number.
        validation_characters: The most characters of them that are read after an epoch.
        min_count: How often a character beyond ASCII must occur to be known.
        block: About how many characters of neighbouring paragraphs stay together when the text is shuffled.
        streams: Rows of a batch, each a text that goes on from one batch to the next.
        steps: Characters of each row in a batch, through which the gradient flows back.
        epoch_characters: About how many characters make an epoch; a pass over the text is cut into so many.
        lower: The share of the blocks that is read in lower case, as people type in haste.
        upper: The share of the blocks that is read in capitals.
        seed: Seeds the order, the casing and what is left out.
    """

    def __init__(
        self,
        *,
        path: str | None = None,
        shares: Mapping[str, float] | None = None,
        origins: Mapping[str, Mapping[str, str]] | None = None,
        held_out: float = 0.005,
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
        if path is None:
            raise ConfigError("data.path: expected the folder of the text's Parquet files; pass data.path=FOLDER.")
        self.path = Path(path)
        self.shares, self.origins = dict(shares or {}), dict(origins or {})
        self.held_out, self.validation_characters = held_out, validation_characters
        self.min_count, self.block = min_count, block
        self.streams, self.steps, self.epoch_characters = streams, steps, epoch_characters
        self.lower, self.upper, self.seed = lower, upper, seed
        self.documents: dict[str, list[str]] = {}

    def setup(self, stage: str | None = None) -> None:
        """Read the text, once."""
        if self.documents:
            return
        train, validation = self._read()
        if not train or not validation:
            raise DataError(f"data.path: too little text in {self.path} for training and validation.")
        # No test part: the benchmark of what people type is the test.
        self.documents = {"train": train, "validation": validation, "test": []}
        counts: Counter[str] = Counter()
        for text in train:
            counts.update(text)
        more = sorted(char for char, count in counts.items() if count >= self.min_count and char not in _ALWAYS)
        self.chars = _ALWAYS + "".join(more)
        self._table = _table(self.chars)
        self._cases = {case: _case_table(self.chars, case) for case in ("lower", "upper")}
        self._blocks = [self._encode(text) for text in train]

    def network_arguments(self) -> dict[str, Any]:
        """Return the arguments of the network that the data decides."""
        return {"chars": self.chars}

    def initial_weights(self) -> dict[str, Tensor]:
        """Return pretrained vectors: there are none."""
        return {}

    def vocabularies(self) -> dict[str, Any]:
        """Return the vocabularies of the model folder: none, the characters are an argument of the network."""
        return {}

    def sources(self) -> dict[str, dict[str, str]]:
        """Return origin and licence of each source that is trained on, for the model card."""
        return {name: dict(self.origins.get(name, {"origin": name, "licence": "?"})) for name in sorted(self._heads)}

    def train_dataloader(self) -> DataLoader:
        """Return the batches of the current epoch."""
        epoch = self.trainer.current_epoch if self.trainer else 0
        return DataLoader(cast(Dataset, self.epoch_batches(epoch)), batch_size=None)

    def val_dataloader(self) -> DataLoader:
        """Return the batches of the text held out."""
        text = PARAGRAPH.join(self.documents["validation"])[: self.validation_characters]
        return DataLoader(cast(Dataset, self._batches(self._encode(text))), batch_size=None)

    def epoch_batches(self, epoch: int) -> list[TypingBatch]:
        """Return the batches of an epoch, the same ones for the same seed and epoch.

        Epochs go on where the one before stopped, until all the text was read; then it is shuffled anew.
        """
        parts = max(1, round(sum(map(len, self._blocks)) / self.epoch_characters))
        order = np.random.default_rng([self.seed, epoch // parts]).permutation(len(self._blocks))
        chosen = np.array_split(order, parts)[epoch % parts]
        rng = np.random.default_rng([self.seed, epoch, 1])
        return self._batches(np.concatenate([self._recase(self._blocks[n], rng) for n in chosen]))

    def _recase(self, block: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
        draw = rng.random()
        if draw < self.lower:
            return self._cases["lower"][block]
        return self._cases["upper"][block] if draw < self.lower + self.upper else block

    def _batches(self, ids: NDArray[np.uint8]) -> list[TypingBatch]:
        """Lay a text out in streams and cut them into steps; what does not fill the last step is left out."""
        streams = min(self.streams, max(1, len(ids) // (self.steps + 1)))
        length = len(ids) // streams
        if length < 2:
            raise DataError(f"data: a part of {len(ids)} characters is too short; set data.epoch_characters higher.")
        rows = torch.from_numpy(ids[: streams * length].reshape(streams, length))
        starts = range(0, max(1, length - self.steps), self.steps)
        cuts = (rows[:, at : at + self.steps + 1].long() for at in starts)
        return [TypingBatch(cut[:, :-1], cut[:, 1:], first=n == 0) for n, cut in enumerate(cuts)]

    def _encode(self, text: str) -> NDArray[np.uint8]:
        """Return the ids of a text, a line break at its end."""
        points = np.frombuffer((text + PARAGRAPH).encode("utf-32-le", "replace"), dtype=np.uint32)
        return self._table[np.minimum(points, len(self._table) - 1)]

    def _read(self) -> tuple[list[str], list[str]]:
        """Return blocks of paragraphs to train on, and the paragraphs held out."""
        train: list[str] = []
        validation: list[str] = []
        self._heads: set[str] = set()
        files = sorted(self.path.glob("*.parquet"))
        if not files:
            raise DataError(f"data.path: expected Parquet files in {self.path}; found none.")
        for file in files:
            held: list[str] = []
            of = ""
            for source, number, text in _paragraphs(file):
                if _chance(f"{source}\t{number}") < self.held_out:
                    validation.append(text)
                    continue
                head = source.split("/")[0]
                if held and (head != of or sum(map(len, held)) > self.block):
                    self._keep(train, held, of)
                    held = []
                held.append(text)
                of = head
            self._keep(train, held, of)
        return train, validation

    def _keep(self, train: list[str], held: list[str], head: str) -> None:
        """Add a block to the training text, unless its source is thinned out and it is not among what stays."""
        block = PARAGRAPH.join(held)
        if block and _chance(f"{self.seed}\t{block}") < self.shares.get(head, 1.0):
            train.append(block)
            self._heads.add(head)


def _paragraphs(file: Path) -> Iterator[tuple[str, int, str]]:
    """Yield source, number and text of each paragraph of a file."""
    try:
        table = pq.read_table(file, columns=_COLUMNS)
    except (OSError, ValueError, KeyError) as err:
        raise DataError(f"{file}: expected a Parquet file with the columns {', '.join(_COLUMNS)}: {err}") from err
    held: list[str] = []
    at: tuple[str, int] | None = None
    for text, source, number in zip(*(table[name].to_pylist() for name in _COLUMNS), strict=True):
        if at is not None and at != (source, number):
            yield (*at, " ".join(held))
            held = []
        at = (source, number)
        held.append(text)
    if at is not None:
        yield (*at, " ".join(held))


def _chance(name: str) -> float:
    """Return a number from 0 to 1 that a name always draws."""
    return zlib.crc32(name.encode("utf-8", "replace")) / 2**32


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
