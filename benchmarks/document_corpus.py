"""The texts of `documents.py`, as files: one short and one long enough to be timed."""

import random
from collections.abc import Iterator
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "samples"
SEED = 1


def read_texts(data: Path | None, *, documents: int, words: int) -> list[str]:
    """Make texts of about so many words each, none twice.

    Args:
        data: A folder of Parquet files with a column `text`, of which consecutive rows are joined, or of documents;
            None for sentences of the samples, drawn anew for each text, which have few distinct words.
        documents: How many texts.
        words: How many words each has, at least.

    Raises:
        SystemExit: There are not enough.
    """
    if data is None:
        pieces = _drawn(documents * words)
    elif tables := sorted(data.glob("*.parquet")):
        pieces = _rows(tables)
    else:
        pieces = (part for text in _read(data) for part in text.split("\n\n"))
    texts = list(_joined(pieces, documents=documents, words=words))
    if len(texts) < documents:
        raise SystemExit(f"{data} has text for {len(texts)} documents of {words} words, not {documents}")
    return texts


def write_texts(texts: list[str], folder: Path) -> Path:
    """Write each text to a file of its own."""
    folder.mkdir(parents=True)
    for number, text in enumerate(texts):
        (folder / f"{number:06d}.txt").write_text(text, encoding="utf-8", newline="")
    return folder


def count_words(texts: list[str]) -> int:
    """Count words as `docsight process` does."""
    return sum(len(text.split()) for text in texts)


def _joined(pieces: Iterator[str], *, documents: int, words: int) -> Iterator[str]:
    for _ in range(documents):
        parts: list[str] = []
        size = 0
        while size < words:
            piece = next(pieces, None)
            if piece is None:
                return
            parts.append(piece)
            size += len(piece.split())
        yield " ".join(parts)


def _rows(tables: list[Path]) -> Iterator[str]:
    """Take a stretch of each table in turn, so that all kinds of text are in, however many are asked for."""
    import pyarrow.parquet as pq

    stretches = [_stretches(pq.read_table(table, columns=["text"]).column("text").to_pylist()) for table in tables]
    while stretches:
        for one in list(stretches):
            rows = next(one, None)
            if rows is None:
                stretches.remove(one)
            else:
                yield from rows


def _stretches(rows: list[str], size: int = 200) -> Iterator[list[str]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _read(folder: Path) -> Iterator[str]:
    from docsight.documents import read

    for doc in read(folder, on_problem=lambda problem: None):
        yield doc.text


def _drawn(words: int) -> Iterator[str]:
    lines = [line for text in _read(SAMPLES) for line in text.splitlines()]
    sentences = [sentence for line in lines for sentence in line.split(". ") if len(sentence.split()) > 3]
    draw = random.Random(SEED)
    for _ in range(words):
        yield draw.choice(sentences).rstrip(".") + "."
