"""Open running text: its parts, its words as arrays of ids, and the base of the data modules that read it."""

import zlib
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import datasets
import numpy as np
import numpy.typing as npt
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from docsight.errors import DataError
from docsight.spelling.arrays import Ints
from docsight.spelling.correction.scorer import MAX_WORD_CHARS
from docsight.spelling.tokens import is_key, key_of, read_tokens
from docsight.vocab import PAD, UNK, Vocab, casing
from docsight_training.data.batching import EpochData

# The parts, in thousandths of the paragraphs. The ranker learns from text that the context network and the trigrams
# have not seen, because they are overconfident on their training text.
PARTS = {"ranker": 30, "validation": 5, "train": 965}
_PART_OF_THOUSANDTH = [part for part, thousandths in PARTS.items() for _ in range(thousandths)]

Batch = TypeVar("Batch")


class Paragraph(NamedTuple):
    source: str
    sentences: list[str]


class TextData(EpochData[Batch]):
    """A data module of a part of the speller, which has no pretrained weights."""

    @abstractmethod
    def validation_batches(self) -> Sequence[Batch] | Dataset[Batch]: ...

    def network_arguments(self) -> dict[str, Any]:
        return {}

    def initial_weights(self) -> dict[str, Tensor]:
        return {}

    def val_dataloader(self) -> DataLoader[Batch]:
        return DataLoader(cast(Dataset[Batch], self.validation_batches()), batch_size=None)


def read_paragraphs(folder: str, part: str, *, thin: Mapping[str, float] | None = None) -> Iterator[Paragraph]:
    """Read one part, a key of `PARTS`, of a folder of parquet files with the columns text, source and para.

    `thin` maps the beginning of a source's name to the fraction of its paragraphs that is kept.

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
    columns = zip(rows["source"][:], rows["para"][:], rows["text"][:], strict=True)
    for (source, number), sentences in groupby(columns, key=itemgetter(0, 1)):
        if _is_in_part(source, number, part, thin or {}):
            yield Paragraph(source, [text for _, _, text in sentences])


def read_clean_column(folder: str, name: str) -> list[str]:
    """Read the sentences without mistakes of a parallel corpus: the column clean of NAME/data.parquet."""
    file = Path(folder).expanduser() / name / "data.parquet"
    if not file.is_file():
        raise DataError(f"data.lists={folder}: expected sentences for the ranker in {name}/data.parquet; not found.")
    rows = datasets.load_dataset("parquet", data_files={"train": str(file)}, split="train")
    if "clean" not in rows.column_names:
        raise DataError(f"{file}: expected a column 'clean'; found {', '.join(rows.column_names)}.")
    return list(rows["clean"])


def read_edited_sentences(lists: str, names: str, test_names: str | None) -> list[str]:
    """Read sentences with many names and few mistakes, without those that are kept for tests."""
    kept_for_tests = set(read_clean_column(lists, test_names) if test_names else ())
    return [sentence for sentence in read_clean_column(lists, names) if sentence not in kept_for_tests]


def count_keys(paragraphs: Iterable[Paragraph]) -> Counter[str]:
    """Count the lookup keys of a text's words, without those that a lexicon cannot hold."""
    sentences = (sentence for paragraph in paragraphs for sentence in paragraph.sentences)
    counts = Counter(surface for sentence in sentences for surface in read_tokens(sentence).surfaces)
    keys: Counter[str] = Counter()
    for surface, count in counts.items():
        if is_key(key := key_of(surface)):
            keys[key] += count
    return keys


def _is_in_part(source: str, number: int, part: str, thin: Mapping[str, float]) -> bool:
    """Return whether a paragraph belongs to a part; decided by a hash, so that all runs agree."""
    drawn = zlib.crc32(f"{source}/{number}".encode())
    kept = next((fraction for beginning, fraction in thin.items() if source.startswith(beginning)), 1.0)
    return _PART_OF_THOUSANDTH[drawn % 1000] == part and (drawn // 1000) % 1000 < kept * 1000


class Keys:
    """Numbers lookup keys: those of the lexicon by their ids, the others after them.

    `rows` holds by number the ids of the key's characters, padded to `MAX_WORD_CHARS`.
    """

    def __init__(self, words: Vocab, chars: Vocab) -> None:
        self.chars = chars
        self.ids = {key: at for at, key in enumerate(words.entries, start=2)}
        self.rows: list[list[int]] = [[UNK] + [PAD] * (MAX_WORD_CHARS - 1)] * 2
        self.rows += [self.row(key) for key in words.entries]

    def row(self, key: str) -> list[int]:
        ids = self.chars.char_ids(key, MAX_WORD_CHARS)
        return ids + [PAD] * (MAX_WORD_CHARS - len(ids))

    def id(self, key: str) -> int:
        """Return the number of a key; a new key gets the next one."""
        if key not in self.ids:
            self.ids[key] = len(self.rows)
            self.rows.append(self.row(key))
        return self.ids[key]


@dataclass
class EncodedText:
    surfaces: list[str]  # distinct, as written
    keys: Ints  # (surfaces,) the key of each
    casings: Ints  # (surfaces,)
    tokens: npt.NDArray[np.int32]  # (tokens,) into the surfaces
    starts: Ints  # (sentences,)
    lengths: Ints  # (sentences,)


def encode_text(paragraphs: Iterable[Paragraph], keys: Keys) -> EncodedText:
    """Encode a text; its new keys are added to `keys`."""
    ids: dict[str, int] = {}
    tokens: list[int] = []
    lengths: list[int] = []
    for paragraph in paragraphs:
        for sentence in paragraph.sentences:
            read = read_tokens(sentence)
            tokens += [ids.setdefault(surface, len(ids)) for surface in read.surfaces]
            lengths += np.diff(read.bounds).tolist()
    surfaces = list(ids)
    sizes = np.array(lengths, dtype=np.int64)
    return EncodedText(
        surfaces,
        np.array([keys.id(key_of(surface)) for surface in surfaces], dtype=np.int64),
        np.array([casing(surface) for surface in surfaces], dtype=np.int64),
        np.array(tokens, dtype=np.int32),
        np.cumsum(sizes) - sizes,
        sizes,
    )
