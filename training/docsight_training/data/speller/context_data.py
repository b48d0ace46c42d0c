"""The data module of the context network: open text in, sentences with some words misspelt out."""

import itertools
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from docsight.batching import batches_by_cost
from docsight.spelling.correction.scorer import MAX_CHARS
from docsight.spelling.tokens import is_key, key_of, read_tokens
from docsight.vocab import PAD, UNK, Vocab, casing
from docsight_training.data.speller.noise import Noise
from docsight_training.data.speller.open_text import read_paragraphs

ROUND = 8  # sentences of a batch are as long as a multiple of this: oneDNN keeps a program for every shape it meets


@dataclass
class ContextBatch:
    """Sentences for a step: what is read, what is asked, and the words that may be the answer."""

    words: Tensor  # (types,) ids of what is read
    chars: Tensor  # (types, chars)
    index: Tensor  # (batch, time), into the types
    casings: Tensor  # (batch, time)
    lengths: Tensor  # (batch,)
    places: Tensor  # (n, 2) sentence and word of each question
    pool: Tensor  # (pool,) ids of the answers
    pool_chars: Tensor  # (pool, chars)
    pool_rate: Tensor  # (pool,) how many times each was to be expected in the pool
    target: Tensor  # (n,) the right answers, into the pool
    rivals: Tensor  # (n, rivals) words that one could have written in its place, into the pool; -1 for none


class ContextData(pl.LightningDataModule):
    """Open text for the context network.

    Args:
        text: A folder of parquet files; see `read_paragraphs`.
        words: The words of the lexicon, in the order of their ids.
        noise: Misspells words of the context.
        thin: The share kept of some sources.
        batch_tokens: About how many tokens make a step.
        epoch_tokens: About how many tokens make an epoch: a part of the text, the next one each time.
        noisy_sentences: Share of the sentences with misspelt words in them.
        noisy_words: The least and the most share of misspelt words in such a sentence.
        max_rivals: The most words one edit away that a word is held against.
        random_words: Words drawn at random into each pool.
        seed: Seeds the order, the noise and the pools.
    """

    def __init__(
        self,
        *,
        text: str,
        words: Sequence[str],
        chars: Vocab,
        noise: Noise,
        thin: Mapping[str, float] | None = None,
        batch_tokens: int = 2400,
        epoch_tokens: int = 1_500_000,
        noisy_sentences: float = 0.65,
        noisy_words: tuple[float, float] = (0.1, 0.2),
        max_rivals: int = 12,
        random_words: int = 300,
        rival_words: int = 900,
        seed: int = 1,
    ) -> None:
        super().__init__()
        self.text, self.thin, self.seed = text, dict(thin or {}), seed
        self.words, self.chars, self.noise = Vocab(words), chars, noise
        self.batch_tokens, self.epoch_tokens = batch_tokens, epoch_tokens
        self.noisy_sentences, self.noisy_words = noisy_sentences, noisy_words
        self.max_rivals, self.random_words, self.rival_words = max_rivals, random_words, rival_words
        self.epoch = 0

    def setup(self, stage: str | None = None) -> None:
        """Read the text once."""
        if hasattr(self, "train"):
            return
        keys = _Keys(self.words, self.chars)
        self.train = _read(read_paragraphs(self.text, "train", thin=self.thin), keys)
        self.validation = _read(read_paragraphs(self.text, "validation", thin=self.thin), keys)
        self.keys = keys
        self.key_chars = np.array(keys.rows, dtype=np.uint8)
        self.counts = np.bincount(self.train.keys[self.train.tokens], minlength=len(keys.rows))
        self.rivals = edit_neighbours(self.words.entries, most=self.max_rivals)

    def train_dataloader(self) -> DataLoader[ContextBatch]:
        """Return the batches of the next part of the text."""
        epoch = self.trainer.current_epoch if self.trainer else self.epoch
        return DataLoader(_Batches(self, self.train, epoch, noisy=True), batch_size=None)

    def val_dataloader(self) -> DataLoader[ContextBatch]:
        """Return the batches of the validation part, without noise."""
        return DataLoader(_Batches(self, self.validation, None, noisy=False), batch_size=None)


class _Keys:
    """Numbers keys: those of the lexicon by their ids, the others behind them."""

    def __init__(self, words: Vocab, chars: Vocab) -> None:
        self.chars = chars
        self.ids = {key: at for at, key in enumerate(words.entries, start=2)}
        self.rows: list[list[int]] = [[UNK] + [PAD] * (MAX_CHARS - 1)] * 2
        self.rows += [self.row(key) for key in words.entries]

    def row(self, key: str) -> list[int]:
        ids = self.chars.char_ids(key, MAX_CHARS)
        return ids + [PAD] * (MAX_CHARS - len(ids))

    def id(self, key: str) -> int:
        found = self.ids.get(key)
        if found is None:
            found = self.ids[key] = len(self.rows)
            self.rows.append(self.row(key))
        return found


@dataclass
class _Text:
    """Sentences as arrays."""

    surfaces: list[str]  # distinct, as written
    keys: np.ndarray  # (surfaces,) the key of each
    casings: np.ndarray  # (surfaces,)
    tokens: np.ndarray  # (tokens,) into the surfaces
    starts: np.ndarray  # (sentences,)
    lengths: np.ndarray  # (sentences,)


def _read(paragraphs: Iterable[Any], keys: _Keys) -> _Text:
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
    return _Text(
        surfaces,
        np.array([keys.id(key_of(surface)) for surface in surfaces], dtype=np.int64),
        np.array([casing(surface) for surface in surfaces], dtype=np.int64),
        np.array(tokens, dtype=np.int32),
        np.cumsum(sizes) - sizes,
        sizes,
    )


class _Batches(torch.utils.data.Dataset[ContextBatch]):
    """The batches of one epoch; each is drawn by its own seed."""

    def __init__(self, data: ContextData, text: _Text, epoch: int | None, *, noisy: bool) -> None:
        self.data, self.text, self.noisy = data, text, noisy
        self.seed = (data.seed, epoch or 0)
        chosen = np.flatnonzero(text.lengths > 2)
        if epoch is not None:
            chosen = _part(chosen, text.lengths, epoch, data.epoch_tokens, data.seed)
        rounded = -(-text.lengths[chosen] // ROUND) * ROUND
        self.batches = [chosen[batch] for batch in batches_by_cost(rounded.tolist(), max_cost=data.batch_tokens)]
        random.Random(f"{data.seed}/{epoch}").shuffle(self.batches)

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, at: int) -> ContextBatch:
        data, text = self.data, self.text
        draw = random.Random(f"{self.seed}/{at}")
        numbers = np.random.default_rng([*self.seed, at])
        sentences = self.batches[at]
        lengths = text.lengths[sentences]
        time = -(-int(lengths.max()) // ROUND) * ROUND
        inside = np.arange(time) < lengths[:, None]
        surfaces = text.tokens[(text.starts[sentences, None] + np.arange(time)).clip(max=len(text.tokens) - 1)]
        keys = np.where(inside, text.keys[surfaces], PAD)
        casings = np.where(inside, text.casings[surfaces], 0)
        places = np.argwhere(inside & (casings >= 1) & (casings <= 5))
        targets = keys[places[:, 0], places[:, 1]]
        read = keys.copy()
        rows: np.ndarray | _Stacked = data.key_chars
        if self.noisy:
            changed = self._misspell(surfaces, inside & (casings >= 1) & (casings <= 5), draw, numbers)
            if changed:
                extra = np.array([data.keys.row(key_of(word)) for _, _, word in changed], dtype=np.uint8)
                for n, (row, column, _) in enumerate(changed):
                    read[row, column] = len(rows) + n
                rows = _Stacked(data.key_chars, extra)
        types, index = np.unique(read, return_inverse=True)
        pool, rate, rivals = self._pool(targets, numbers)
        in_pool = np.full(len(data.key_chars), -1, dtype=np.int64)
        in_pool[pool] = np.arange(len(pool))
        rivals = np.where(rivals > 0, in_pool[rivals], -1)
        return ContextBatch(
            words=torch.from_numpy(types),
            chars=torch.from_numpy(rows[types]).long(),
            index=torch.from_numpy(index.reshape(read.shape)),
            casings=torch.from_numpy(casings),
            lengths=torch.from_numpy(lengths),
            places=torch.from_numpy(places),
            pool=torch.from_numpy(pool),
            pool_chars=torch.from_numpy(data.key_chars[pool]).long(),
            pool_rate=torch.from_numpy(rate).float(),
            target=torch.from_numpy(in_pool[targets]),
            rivals=torch.from_numpy(rivals),
        )

    def _misspell(
        self, surfaces: np.ndarray, is_word: np.ndarray, draw: random.Random, numbers: np.random.Generator
    ) -> list[tuple[int, int, str]]:
        """Misspell some of the words: for each its sentence, its place and how it is read."""
        low, high = self.data.noisy_words
        rate = np.where(
            numbers.random(len(surfaces)) < self.data.noisy_sentences, numbers.uniform(low, high, len(surfaces)), 0
        )
        hit = is_word & (numbers.random(surfaces.shape) < rate[:, None])
        changed = []
        for row, column in np.argwhere(hit):
            word = self.text.surfaces[surfaces[row, column]]
            noise = self.data.noise
            wrong = (noise.confuse(word, draw) if draw.random() < 0.2 else None) or (
                noise.known(word, draw) if draw.random() < 0.33 else None
            )
            wrong = wrong or noise.misspell(word, draw)
            if wrong != word:
                changed.append((int(row), int(column), wrong))
        return changed

    def _pool(self, targets: np.ndarray, numbers: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Draw the answers of a step.

        Returns:
            The pool (pool,), how often each was to be expected in it (pool,), and for each target its rivals (n, most),
            0 where there are none or they were not drawn.
        """
        data = self.data
        size = len(data.words)
        wanted = np.unique(targets)
        known = wanted[wanted < size]
        near = data.rivals[known]
        near = np.unique(near[near > 0])
        if len(near) > data.rival_words:
            near = numbers.choice(near, data.rival_words, replace=False)
        pool = np.unique(np.concatenate([wanted, near, numbers.integers(2, size, data.random_words)]))
        # A word comes into the pool as a target, or by chance.
        rate = len(targets) * data.counts[pool] / max(1, data.counts.sum()) + data.random_words / size
        drawn = np.zeros(len(data.key_chars), dtype=bool)
        drawn[pool] = True
        rivals = np.where(targets[:, None] < size, data.rivals[np.where(targets < size, targets, 0)], 0)
        return pool, np.minimum(rate, 1.0), np.where(drawn[rivals], rivals, 0)


class _Stacked:
    """Two blocks of rows as one, without copying the first."""

    def __init__(self, first: np.ndarray, second: np.ndarray) -> None:
        self.first, self.second = first, second

    def __len__(self) -> int:
        return len(self.first) + len(self.second)

    def __getitem__(self, at: np.ndarray) -> np.ndarray:
        found = self.first[np.minimum(at, len(self.first) - 1)]
        late = at >= len(self.first)
        found[late] = self.second[at[late] - len(self.first)]
        return found


def _part(chosen: np.ndarray, lengths: np.ndarray, epoch: int, tokens: int, seed: int) -> np.ndarray:
    """Return the sentences of an epoch: each part of the text once before any comes again, in another order."""
    parts = max(1, round(int(lengths[chosen].sum()) / tokens))
    order = np.random.default_rng([seed, epoch // parts]).permutation(chosen)
    return order[epoch % parts :: parts]


def edit_neighbours(words: Sequence[str], *, most: int, among: int = 60_000) -> np.ndarray:
    """Return for each word the most frequent ones that share with it what is left without one letter.

    These are the words one edit away, and those where a letter stands in another place (act, cat).

    Args:
        words: By falling frequency.
        most: The most rivals of a word.
        among: So many of the most frequent words have rivals, and are ones.

    Returns:
        (words + 2, most) ids, 0 for none.
    """
    by_rest: dict[str, list[int]] = {}
    frequent = [word for word in words[:among] if is_key(word)]
    ids = {word: at for at, word in enumerate(words[:among], start=2)}
    for word in frequent:
        for rest in {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}:
            by_rest.setdefault(rest, []).append(ids[word])
    found: list[list[int]] = [[] for _ in range(len(words) + 2)]
    for sharing in by_rest.values():
        for one, other in itertools.permutations(sharing, 2):
            found[one].append(other)
    rivals = np.zeros((len(words) + 2, most), dtype=np.int64)
    for at, ones in enumerate(found):
        best = sorted(set(ones))[:most]
        rivals[at, : len(best)] = best
    return rivals


def count_keys(paragraphs: Iterable[Any]) -> Counter[str]:
    """Count the keys of a text that a lexicon could hold."""
    counts: Counter[str] = Counter()
    for paragraph in paragraphs:
        for sentence in paragraph.sentences:
            counts.update(read_tokens(sentence).surfaces)
    keys: Counter[str] = Counter()
    for surface, count in counts.items():
        if is_key(key := key_of(surface)):
            keys[key] += count
    return keys
