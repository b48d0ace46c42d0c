"""The texts that `documents.py` times, and files of them."""

import random
from collections.abc import Iterator
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "samples"
SEED = 1


def read_texts(data: Path | None, *, documents: int, words: int) -> list[str]:
    """Make texts from rows, paragraphs or sentences; none is used twice.

    Args:
        data: A folder of Parquet files with a column `text`, whose consecutive rows are joined, or a folder of
            documents; None for random sentences of the samples, which have few distinct words.
        documents: The number of texts.
        words: The minimum number of words in each.

    Raises:
        SystemExit: The folder has too little text.
    """
    if data is None:
        pieces = _random_sentences(documents * words)
    elif tables := sorted(data.glob("*.parquet")):
        pieces = _rows(tables)
    else:
        pieces = (part for text in _read(data) for part in text.split("\n\n"))
    texts = list(_join(pieces, documents=documents, words=words))
    if len(texts) < documents:
        raise SystemExit(f"{data} has text for {len(texts)} documents of {words} words, not {documents}")
    return texts


def write_texts(texts: list[str], folder: Path) -> Path:
    folder.mkdir(parents=True)
    for number, text in enumerate(texts):
        (folder / f"{number:06d}.txt").write_text(text, encoding="utf-8", newline="")
    return folder


def count_words(texts: list[str]) -> int:
    """Count words as `docsight process` does."""
    return sum(len(text.split()) for text in texts)


def _join(pieces: Iterator[str], *, documents: int, words: int) -> Iterator[str]:
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
    """Yield runs of rows of each table in turn, so that every number of texts has all kinds of text."""
    import pyarrow.parquet as pq

    runs = [_runs(pq.read_table(table, columns=["text"]).column("text").to_pylist()) for table in tables]
    while runs:
        for run in list(runs):
            rows = next(run, None)
            if rows is None:
                runs.remove(run)
            else:
                yield from rows


def _runs(rows: list[str], size: int = 200) -> Iterator[list[str]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _read(folder: Path) -> Iterator[str]:
    from docsight.documents import read

    for doc in read(folder, on_problem=lambda problem: None):
        yield doc.text


def _random_sentences(words: int) -> Iterator[str]:
    lines = [line for text in _read(SAMPLES) for line in text.splitlines()]
    sentences = [sentence for line in lines for sentence in line.split(". ") if len(sentence.split()) > 3]
    rng = random.Random(SEED)
    for _ in range(words):
        yield rng.choice(sentences).rstrip(".") + "."
