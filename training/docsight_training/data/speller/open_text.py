"""Open running text, cut by paragraph into what the context network learns from and what it never sees."""

import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import datasets

from docsight.errors import DataError

# The parts, each with its share of the paragraphs in thousandths. The ranker learns from text that the context network
# and the trigrams have not met: on text that they know they look surer than they are.
PARTS = {"ranker": 30, "validation": 5, "train": 965}


class Paragraph(NamedTuple):
    """Sentences that follow each other."""

    source: str
    sentences: list[str]


def read_paragraphs(folder: str, part: str, *, thin: Mapping[str, float] | None = None) -> Iterator[Paragraph]:
    """Read one part of a folder of parquet files with the columns text, source and para.

    Args:
        folder: Where the files lie.
        part: A key of `PARTS`.
        thin: By the first part of a source's name, the share of its paragraphs that is kept.

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
    last: tuple[str, int] | None = None
    sentences: list[str] = []
    for text, source, para in zip(rows["text"][:], rows["source"][:], rows["para"][:], strict=True):
        if (source, para) != last:
            if last and sentences and _taken(last, part, thin or {}):
                yield Paragraph(last[0], sentences)
            last, sentences = (source, para), []
        sentences.append(text)
    if last and sentences and _taken(last, part, thin or {}):
        yield Paragraph(last[0], sentences)


def _taken(paragraph: tuple[str, int], part: str, thin: Mapping[str, float]) -> bool:
    """Tell whether a paragraph belongs to a part; by a hash, so that every run cuts alike."""
    source, para = paragraph
    drawn = zlib.crc32(f"{source}/{para}".encode())
    start = 0
    for name, share in PARTS.items():
        if name == part and not start <= drawn % 1000 < start + share:
            return False
        start += share
    kept = next((share for name, share in thin.items() if source.startswith(name)), 1.0)
    return (drawn // 1000) % 1000 < kept * 1000
