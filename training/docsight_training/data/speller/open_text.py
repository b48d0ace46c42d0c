"""Open running text, divided by paragraph into parts for training, for validation and for the ranker."""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import datasets

from docsight.errors import DataError
from docsight.spelling.tokens import is_key, key_of, read_tokens

# The parts, in thousandths of the paragraphs. The ranker learns from text that the context network and the trigrams
# have not seen, because they are overconfident on the text of their training.
PARTS = {"ranker": 30, "validation": 5, "train": 965}


class Paragraph(NamedTuple):
    source: str
    sentences: list[str]


def read_paragraphs(folder: str, part: str, *, thin: Mapping[str, float] | None = None) -> Iterator[Paragraph]:
    """Read one part of a folder of parquet files with the columns text, source and para.

    Args:
        folder: The folder of the files.
        part: A key of `PARTS`.
        thin: By the beginning of a source's name, the fraction of its paragraphs that is kept.

    Raises:
        DataError: There are no such files, or a column is missing.
    """
    rows = _load(folder)
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


def _load(folder: str) -> datasets.Dataset:
    files = sorted(str(path) for path in Path(folder).expanduser().glob("*.parquet"))
    if not files:
        raise DataError(f"data.text={folder}: expected a folder of .parquet files with the column 'text'; found none.")
    rows = datasets.load_dataset("parquet", data_files={"train": files}, split="train")
    if missing := {"text", "source", "para"} - set(rows.column_names):
        raise DataError(
            f"data.text={folder}: expected the columns text, source and para; {', '.join(sorted(missing))} not "
            f"found among {', '.join(rows.column_names)}."
        )
    return rows


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
