"""Open running text, divided by paragraph into parts, and the base of the data modules that read it."""

import zlib
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar, cast

import datasets
import pytorch_lightning as pl
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from docsight.errors import DataError
from docsight.spelling.tokens import is_key, key_of, read_tokens

# The parts, in thousandths of the paragraphs. The ranker learns from text that the context network and the trigrams
# have not seen, because they are overconfident on the text of their training.
PARTS = {"ranker": 30, "validation": 5, "train": 965}

Batch = TypeVar("Batch")


class Paragraph(NamedTuple):
    source: str
    sentences: list[str]


class EpochData(pl.LightningDataModule, Generic[Batch]):
    """A data module whose data sets hold whole batches, drawn by the number of the epoch."""

    @abstractmethod
    def epoch_batches(self, epoch: int) -> Sequence[Batch] | Dataset[Batch]:
        """Return the batches of a training epoch, the same for the same seed and epoch."""

    @abstractmethod
    def validation_batches(self) -> Sequence[Batch] | Dataset[Batch]: ...

    def network_arguments(self) -> dict[str, Any]:
        """Return the arguments of the network that the data decides."""
        return {}

    def initial_weights(self) -> dict[str, Tensor]:
        return {}

    def train_dataloader(self) -> DataLoader[Batch]:
        epoch = self.trainer.current_epoch if self.trainer else 0
        return DataLoader(cast(Dataset[Batch], self.epoch_batches(epoch)), batch_size=None)

    def val_dataloader(self) -> DataLoader[Batch]:
        return DataLoader(cast(Dataset[Batch], self.validation_batches()), batch_size=None)


def read_paragraphs(folder: str, part: str, *, thin: Mapping[str, float] | None = None) -> Iterator[Paragraph]:
    """Read one part of a folder of parquet files with the columns text, source and para.

    Args:
        folder: The folder of the files.
        part: A key of `PARTS`.
        thin: By the beginning of a source's name, the fraction of its paragraphs that is kept.

    Raises:
        DataError: There are no such files, or a column is missing.
    """
    files = sorted(str(path) for path in Path(folder).expanduser().glob("*.parquet"))
    if not files:
        raise DataError(f"data.text={folder}: expected a folder of .parquet files with the column 'text'; found none.")
    rows = datasets.load_dataset("parquet", data_files={"train": files}, split="train")
    if missing := {"text", "source", "para"} - set(rows.column_names):
        raise DataError(
            f"data.text={folder}: expected the columns text, source and para; {', '.join(sorted(missing))} not "
            f"found among {', '.join(rows.column_names)}."
        )
    previous: tuple[str, int] | None = None
    sentences: list[str] = []
    for text, source, number in zip(rows["text"][:], rows["source"][:], rows["para"][:], strict=True):
        if (source, number) != previous:
            if previous and sentences and _is_in_part(*previous, part, thin or {}):
                yield Paragraph(previous[0], sentences)
            previous, sentences = (source, number), []
        sentences.append(text)
    if previous and sentences and _is_in_part(*previous, part, thin or {}):
        yield Paragraph(previous[0], sentences)


def read_clean_column(folder: str, name: str) -> list[str]:
    """Read the sentences without mistakes of a parallel corpus: the column clean of NAME/data.parquet.

    Raises:
        DataError: There is no such file or column.
    """
    file = Path(folder).expanduser() / name / "data.parquet"
    if not file.is_file():
        raise DataError(f"data.lists={folder}: expected sentences for the ranker in {name}/data.parquet; not found.")
    rows = datasets.load_dataset("parquet", data_files={"train": str(file)}, split="train")
    if "clean" not in rows.column_names:
        raise DataError(f"{file}: expected a column 'clean'; found {', '.join(rows.column_names)}.")
    return list(rows["clean"])


def count_keys(paragraphs: Iterable[Paragraph]) -> Counter[str]:
    """Count the lookup keys of a text's words, without those that a lexicon cannot hold."""
    counts: Counter[str] = Counter()
    for paragraph in paragraphs:
        for sentence in paragraph.sentences:
            counts.update(read_tokens(sentence).surfaces)
    keys: Counter[str] = Counter()
    for surface, count in counts.items():
        if is_key(key := key_of(surface)):
            keys[key] += count
    return keys


def _is_in_part(source: str, number: int, part: str, thin: Mapping[str, float]) -> bool:
    """Return whether a paragraph belongs to a part; decided by a hash, so that all runs agree."""
    drawn = zlib.crc32(f"{source}/{number}".encode())
    start = 0
    for name, thousandths in PARTS.items():
        if name == part and not start <= drawn % 1000 < start + thousandths:
            return False
        start += thousandths
    kept = next((fraction for beginning, fraction in thin.items() if source.startswith(beginning)), 1.0)
    return (drawn // 1000) % 1000 < kept * 1000
