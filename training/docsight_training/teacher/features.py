"""Features of words in context from a small pretrained transformer, cached on disk."""

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from docsight.errors import ConfigError, MissingExtraError
from docsight.layers.lstms import has_fast_bfloat16
from docsight.vocab import CELL_END, LINE_END

_AVERAGED_LAYERS = 4  # the last layers know more of the task that the transformer was trained for than of names
_MAX_PIECES = 256  # word pieces of a sentence; words beyond have features of zero
_LAYOUT = (LINE_END, CELL_END)  # words that the transformer does not know
_MAX_BATCH_PIECES = 4_096  # word pieces that are encoded together, padding included


class WordFeatures:
    """Features of the words of sentences: the mean of a frozen transformer's last four layers over a word's pieces.

    Args:
        model: A transformer for the library `transformers`: the id of one on the hub, or a local folder.
        cache: An SQLite file that keeps the features of sentences, as float16. Several processes may share it.

    Raises:
        ConfigError: There is no such model.
        MissingExtraError: The library `transformers` is not installed.
    """

    def __init__(self, *, model: str, cache: str) -> None:
        try:
            import transformers
            from transformers.utils import logging as transformers_logging
        except ImportError as err:
            raise MissingExtraError("data.features", "teacher") from err
        transformers_logging.set_verbosity_error()
        try:
            self._tokenizer: Any = transformers.AutoTokenizer.from_pretrained(model)
            # bfloat16 is three times as fast on a CPU that has it, and changes the features by less than 1 %.
            dtype = torch.bfloat16 if has_fast_bfloat16(torch.device("cpu")) else torch.float32
            self._model: Any = transformers.AutoModel.from_pretrained(model, dtype=dtype).eval()
        except (OSError, ValueError) as err:
            raise ConfigError(
                f"features.model={model}: expected a transformer's hub id or a folder with one; cannot load it: {err}"
            ) from err
        self.dim: int = self._model.config.hidden_size
        self._lower = bool(self._tokenizer("A").input_ids == self._tokenizer("a").input_ids)
        Path(cache).parent.mkdir(parents=True, exist_ok=True)
        self._cache = sqlite3.connect(cache, timeout=600, isolation_level=None)
        self._cache.execute("PRAGMA journal_mode=WAL")
        self._cache.execute("PRAGMA synchronous=OFF")
        self._cache.execute("CREATE TABLE IF NOT EXISTS features (key BLOB PRIMARY KEY, value BLOB)")

    def __call__(self, sentences: Sequence[Sequence[str]]) -> list[Tensor]:
        """Return the features of each sentence, (words, dim) float16; zero for the ends of lines and cells."""
        is_word = [torch.tensor([word not in _LAYOUT for word in sentence]) for sentence in sentences]
        found = self._look_up([[word for word in sentence if word not in _LAYOUT] for sentence in sentences])
        features = [torch.zeros(len(sentence), self.dim, dtype=torch.float16) for sentence in sentences]
        for of_sentence, words, of_words in zip(features, is_word, found, strict=True):
            of_sentence[words] = of_words
        return features

    def _look_up(self, sentences: Sequence[Sequence[str]]) -> list[Tensor]:
        keys = [self._key(sentence) for sentence in sentences]
        found: dict[bytes, bytes] = {}
        for key in set(keys):
            row = self._cache.execute("SELECT value FROM features WHERE key = ?", (key,)).fetchone()
            if row is not None:
                found[key] = row[0]
        missing = {key: sentence for key, sentence in zip(keys, sentences, strict=True) if key not in found}
        new = dict(zip(missing, self._compute(list(missing.values())), strict=True))
        if new:
            self._cache.execute("BEGIN IMMEDIATE")
            self._cache.executemany("INSERT OR IGNORE INTO features VALUES (?, ?)", list(new.items()))
            self._cache.execute("COMMIT")
        found |= new
        return [
            torch.from_numpy(np.frombuffer(found[key], dtype=np.float16).reshape(-1, self.dim).copy()) for key in keys
        ]

    def _key(self, sentence: Sequence[str]) -> bytes:
        text = "\0".join(sentence)
        return hashlib.blake2b((text.lower() if self._lower else text).encode(), digest_size=12).digest()

    @torch.no_grad()
    def _compute(self, sentences: list[Sequence[str]]) -> list[bytes]:
        order = sorted(range(len(sentences)), key=lambda n: len(sentences[n]))
        computed: list[bytes] = [b""] * len(sentences)
        batch: list[int] = []
        for at, n in enumerate(order):
            batch.append(n)
            following = len(sentences[order[at + 1]]) if at + 1 < len(order) else None
            if following is None or (len(batch) + 1) * min(_MAX_PIECES, 2 * following) > _MAX_BATCH_PIECES:
                for number, features in zip(batch, self._encode([sentences[b] for b in batch]), strict=True):
                    computed[number] = features.tobytes()
                batch = []
        return computed

    def _encode(self, sentences: list[Sequence[str]]) -> list[np.ndarray]:
        pieces = self._tokenizer(
            [list(sentence) for sentence in sentences],
            is_split_into_words=True,
            padding=True,
            truncation=True,
            max_length=_MAX_PIECES,
            return_tensors="pt",
        )
        states = self._model(**pieces, output_hidden_states=True).hidden_states[-_AVERAGED_LAYERS:]
        mean = torch.stack(states).float().mean(dim=0)  # (sentences, pieces, dim)
        result = []
        for n, sentence in enumerate(sentences):
            words = torch.tensor([-1 if word is None else word for word in pieces.word_ids(n)])
            inside = words >= 0
            sums = torch.zeros(len(sentence), self.dim).index_add_(0, words[inside], mean[n, inside])
            counts = torch.bincount(words[inside], minlength=len(sentence)).clamp(min=1).unsqueeze(1)
            result.append((sums / counts).half().numpy())
        return result
