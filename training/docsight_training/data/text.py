"""Running text for the language model that a tagger's encoder starts from."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from docsight.batching import batches_by_cost
from docsight.errors import DataError
from docsight.networks.encoder import WordTypes
from docsight.networks.reading import word_types
from docsight.vocab import Vocab, char_vocab
from docsight_training.data.sources import load_split
from docsight_training.data.vectors import load_glove


@dataclass
class TextBatch:
    """Windows of text."""

    types: WordTypes
    index: Tensor  # (batch, time), into the types
    lengths: Tensor  # (batch,)


class TextData(pl.LightningDataModule):
    """Sentences of running text, cut by spaCy's English tokenizer.

    Args:
        files: The names of the Parquet files below `path`, without their ending.
        path: The folder.
        origin: Where the data comes from.
        column: The column that holds a sentence; `paragraph`, the one whose equal neighbours make a paragraph.
        paragraph: See `column`.
        glove_words: How many of the most frequent words of GloVe the vocabulary takes.
        window: The most tokens in a window.
        batch_tokens: About how many tokens make a step.
        validation: Of this many windows one is kept for validation.
        seed: Seeds batches.
    """

    def __init__(
        self,
        *,
        files: Sequence[str],
        path: str | None = None,
        origin: str = "",
        column: str = "text",
        paragraph: str = "para",
        glove_words: int = 400_000,
        window: int = 80,
        batch_tokens: int = 4000,
        validation: int = 500,
        seed: int = 1,
    ) -> None:
        super().__init__()
        self.files, self.path, self.origin = files, path, origin
        self.column, self.paragraph = column, paragraph
        self.glove_words = glove_words
        self.window, self.batch_tokens, self.validation = window, batch_tokens, validation
        self.seed = seed
        self.documents: dict[str, list[Any]] = {"test": []}  # nothing is tested: it is judged by what starts from it
        self._windows: list[tuple[int, int]] = []

    def setup(self, stage: str | None = None) -> None:
        """Read and tokenize, once."""
        if self._windows:
            return
        import spacy

        tokenizer = spacy.blank("en").tokenizer
        types: dict[str, int] = {}
        tokens: list[int] = []
        for file in self.files:
            rows = load_split(file, source="parquet", path=self.path, hub=None, origin=self.origin)
            if self.column not in rows.column_names:
                raise DataError(f"{file}: no column {self.column!r}; found {', '.join(rows.column_names)}.")
            paragraphs = rows[self.paragraph][:] if self.paragraph in rows.column_names else range(len(rows))
            last, start = None, len(tokens)
            for text, paragraph in zip(rows[self.column][:], paragraphs, strict=True):
                row = [types.setdefault(token.text, len(types)) for token in tokenizer(text) if not token.is_space]
                if len(tokens) > start and (paragraph != last or len(tokens) - start + len(row) > self.window):
                    self._windows.append((start, len(tokens)))
                    start = len(tokens)
                tokens += row[: self.window]
                last = paragraph
            if len(tokens) > start:
                self._windows.append((start, len(tokens)))
        self._tokens = np.array(tokens, dtype=np.int32)
        words, vectors = load_glove(max_words=self.glove_words)
        self.words = Vocab(words)
        counts = np.bincount(self._tokens, minlength=len(types))
        frequent = [word for word, count in zip(types, counts, strict=True) if count >= 5]
        self.chars = char_vocab(frequent, min_count=2)
        self._vectors = torch.zeros(len(self.words), vectors.shape[1])
        self._vectors[2:] = torch.from_numpy(vectors)
        self._types = word_types(list(types), vocab=self.words, chars=self.chars)
        ids = self._types.words.numpy()
        self.word_counts = torch.from_numpy(np.bincount(ids[self._tokens], minlength=len(self.words)))

    def network_arguments(self) -> dict[str, Any]:
        """Return the arguments of the network that the data decides."""
        return {"num_words": len(self.words), "num_chars": len(self.chars)}

    def initial_weights(self) -> dict[str, Tensor]:
        """Return the pretrained word vectors."""
        return {"embed_words": self._vectors}

    def vocabularies(self) -> dict[str, Vocab]:
        """Return the vocabularies, which whatever starts from the encoder needs."""
        return {"words": self.words, "chars": self.chars}

    def sources(self) -> dict[str, dict[str, str]]:
        """Return the origin of the text."""
        return {name: {"origin": self.origin} for name in self.files}

    def train_dataloader(self) -> DataLoader:
        """Return the batches of the current epoch."""
        epoch = self.trainer.current_epoch if self.trainer else 0
        rng = random.Random(f"{self.seed}-{epoch}")
        chosen = [w for n, w in enumerate(self._windows) if n % self.validation]
        rng.shuffle(chosen)
        return self._loader(chosen, rng)

    def val_dataloader(self) -> DataLoader:
        """Return the windows kept for validation."""
        return self._loader(self._windows[:: self.validation], None)

    def _loader(self, windows: list[tuple[int, int]], rng: random.Random | None) -> DataLoader:
        batches = batches_by_cost([end - start for start, end in windows], max_cost=self.batch_tokens)
        if rng is not None:
            rng.shuffle(batches)
        return DataLoader(_TextBatches(self, [[windows[n] for n in batch] for batch in batches]), batch_size=None)

    def make_batch(self, windows: Sequence[tuple[int, int]]) -> TextBatch:
        """Turn windows into tensors."""
        rows = [self._tokens[start:end] for start, end in windows]
        lengths = torch.tensor([len(row) for row in rows])
        used, inverse = np.unique(np.concatenate(rows), return_inverse=True)
        index = torch.zeros(len(rows), int(lengths.max()), dtype=torch.long)
        mask = torch.arange(index.shape[1]) < lengths.unsqueeze(1)
        index[mask] = torch.from_numpy(inverse)
        at = torch.from_numpy(used).long()
        return TextBatch(WordTypes(*(part[at] for part in self._types)), index, lengths)


class _TextBatches(Dataset):
    """Batches made into tensors when they are asked for."""

    def __init__(self, data: TextData, batches: list[list[tuple[int, int]]]) -> None:
        self.data, self.batches = data, batches

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, n: int) -> TextBatch:
        return self.data.make_batch(self.batches[n])
