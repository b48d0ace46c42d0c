"""The data module of the context network: sentences of open text, with some words misspelled."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from docsight.batching import batches_by_cost
from docsight.spelling.arrays import Bools, Floats, Ints
from docsight.spelling.tokens import key_of
from docsight.vocab import PAD, Vocab
from docsight_training.data.batching import LazyBatches
from docsight_training.data.speller.confusions import edit_neighbours
from docsight_training.data.speller.noise import Noise
from docsight_training.data.speller.open_text import EncodedText, Keys, TextData, encode_text, read_paragraphs

LENGTH_STEP = 8  # batches are padded to a multiple of this: oneDNN keeps a kernel for every shape it sees
_CONFUSED_FRACTION, _LISTED_FRACTION_OF_REST = 0.2, 0.33  # of the misspellings; the others have learned edits
_MIN_SENTENCE_TOKENS = 3


@dataclass
class ContextBatch:
    """Sentences of a step, the words to predict, and the words that they are chosen from."""

    words: Tensor  # (types,) ids of the words that are read
    chars: Tensor  # (types, chars)
    index: Tensor  # (batch, time), into the types
    casings: Tensor  # (batch, time)
    lengths: Tensor  # (batch,)
    places: Tensor  # (n, 2) sentence and position of each word to predict
    pool: Tensor  # (pool,) ids of the words to choose from
    pool_chars: Tensor  # (pool, chars)
    pool_rate: Tensor  # (pool,) the expected number of times that each was drawn into the pool
    target: Tensor  # (n,) the right words, into the pool
    hard_negatives: Tensor  # (n, most) words one edit away from the right one, into the pool; -1 for none


class ContextData(TextData[ContextBatch]):
    """Open text for the context network.

    Args:
        text: The folder of the text; see `read_paragraphs`, also for `thin`.
        epoch_tokens: The approximate number of tokens in an epoch, each of which reads the next part of the text.
        noisy_sentences: The fraction of sentences with misspelled words.
        noisy_words: The minimum and maximum fraction of misspelled words in such a sentence.
        max_hard_negatives: The maximum number of words one edit away that a word is compared with.
        random_words: The number of random words in each pool.
        hard_negative_words: The maximum number of words one edit away from any target in a pool.
    """

    def __init__(
        self,
        *,
        text: str,
        words: Vocab,
        chars: Vocab,
        noise: Noise,
        thin: Mapping[str, float] | None = None,
        batch_tokens: int = 2400,
        epoch_tokens: int = 1_500_000,
        noisy_sentences: float = 0.65,
        noisy_words: tuple[float, float] = (0.1, 0.2),
        max_hard_negatives: int = 12,
        random_words: int = 300,
        hard_negative_words: int = 900,
        seed: int = 1,
    ) -> None:
        super().__init__()
        self.text, self.thin, self.seed = text, dict(thin or {}), seed
        self.words, self.chars, self.noise = words, chars, noise
        self.batch_tokens, self.epoch_tokens = batch_tokens, epoch_tokens
        self.noisy_sentences, self.noisy_words = noisy_sentences, noisy_words
        self.max_hard_negatives, self.random_words = max_hard_negatives, random_words
        self.hard_negative_words = hard_negative_words

    def setup(self, stage: str | None = None) -> None:
        if hasattr(self, "train"):
            return
        keys = Keys(self.words, self.chars)
        self.train = encode_text(read_paragraphs(self.text, "train", thin=self.thin), keys)
        self.validation = encode_text(read_paragraphs(self.text, "validation", thin=self.thin), keys)
        self.keys = keys
        self.key_chars = np.array(keys.rows, dtype=np.uint8)
        self.counts = np.bincount(self.train.keys[self.train.tokens], minlength=len(keys.rows))
        self.neighbours = edit_neighbours(self.words.entries, most=self.max_hard_negatives)

    def network_arguments(self) -> dict[str, Any]:
        return {"num_chars": len(self.chars)}

    def epoch_batches(self, epoch: int) -> LazyBatches[tuple[int, Ints], ContextBatch]:
        return self._batches(self.train, epoch)

    def validation_batches(self) -> LazyBatches[tuple[int, Ints], ContextBatch]:
        return self._batches(self.validation, None)

    def _batches(self, text: EncodedText, epoch: int | None) -> LazyBatches[tuple[int, Ints], ContextBatch]:
        """Return the batches of an epoch or, without noise, of the whole text."""
        chosen = np.flatnonzero(text.lengths >= _MIN_SENTENCE_TOKENS)
        if epoch is not None:
            # The whole text is used once before any sentence is used again.
            parts = max(1, round(int(text.lengths[chosen].sum()) / self.epoch_tokens))
            order = np.random.default_rng([self.seed, epoch // parts]).permutation(chosen)
            chosen = order[epoch % parts :: parts]
        rounded = -(-text.lengths[chosen] // LENGTH_STEP) * LENGTH_STEP
        batches = [chosen[batch] for batch in batches_by_cost(rounded.tolist(), max_cost=self.batch_tokens)]
        random.Random(f"{self.seed}/{epoch}").shuffle(batches)
        return LazyBatches(list(enumerate(batches)), partial(self._make_batch, text, epoch))

    def _make_batch(self, text: EncodedText, epoch: int | None, plan: tuple[int, Ints]) -> ContextBatch:
        """Build a batch from its number, which seeds its draws, and the numbers of its sentences."""
        number, sentences = plan
        seed = (self.seed, epoch or 0)
        word_draws = random.Random(f"{seed}/{number}")
        array_draws = np.random.default_rng([*seed, number])
        lengths = text.lengths[sentences]
        time = -(-int(lengths.max()) // LENGTH_STEP) * LENGTH_STEP
        inside = np.arange(time) < lengths[:, None]
        surfaces = text.tokens[(text.starts[sentences, None] + np.arange(time)).clip(max=len(text.tokens) - 1)]
        keys = np.where(inside, text.keys[surfaces], PAD)
        casings = np.where(inside, text.casings[surfaces], 0)
        is_word = inside & (casings >= 1) & (casings <= 5)
        places = np.argwhere(is_word)
        targets = keys[places[:, 0], places[:, 1]]
        read: Ints = keys.copy()
        known = len(self.key_chars)
        added: list[list[int]] = []
        if epoch is not None:
            for row, column, typed in self._misspell(text, surfaces, is_word, word_draws, array_draws):
                read[row, column] = known + len(added)
                added.append(self.keys.row(key_of(typed)))
        types, index = np.unique(read, return_inverse=True)
        added_chars = np.array(added, dtype=np.uint8).reshape(-1, self.key_chars.shape[1])
        chars = np.concatenate([self.key_chars[types[types < known]], added_chars])
        pool, rate, negatives = self._draw_pool(targets, array_draws)
        in_pool = np.full(len(self.key_chars), -1, dtype=np.int64)
        in_pool[pool] = np.arange(len(pool))
        return ContextBatch(
            words=torch.from_numpy(types),
            chars=torch.from_numpy(chars).long(),
            index=torch.from_numpy(index.reshape(read.shape)),
            casings=torch.from_numpy(casings),
            lengths=torch.from_numpy(lengths),
            places=torch.from_numpy(places),
            pool=torch.from_numpy(pool),
            pool_chars=torch.from_numpy(self.key_chars[pool]).long(),
            pool_rate=torch.from_numpy(rate).float(),
            target=torch.from_numpy(in_pool[targets]),
            hard_negatives=torch.from_numpy(np.where(negatives > 0, in_pool[negatives], -1)),
        )

    def _misspell(
        self,
        text: EncodedText,
        surfaces: Ints,
        is_word: Bools,
        word_draws: random.Random,
        array_draws: np.random.Generator,
    ) -> Iterator[tuple[int, int, str]]:
        """Misspell some of the words; yield the sentence, the position and the misspelling of each."""
        noise = self.noise
        is_noisy = array_draws.random(len(surfaces)) < self.noisy_sentences
        rate = np.where(is_noisy, array_draws.uniform(*self.noisy_words, len(surfaces)), 0)
        hit = is_word & (array_draws.random(surfaces.shape) < rate[:, None])
        for row, column in np.argwhere(hit):
            word = text.surfaces[surfaces[row, column]]
            typed = (noise.confuse(word, word_draws) if word_draws.random() < _CONFUSED_FRACTION else None) or (
                noise.known(word, word_draws) if word_draws.random() < _LISTED_FRACTION_OF_REST else None
            )
            typed = typed or noise.misspell(word, word_draws)
            if typed != word:
                yield int(row), int(column), typed

    def _draw_pool(self, targets: Ints, array_draws: np.random.Generator) -> tuple[Ints, Floats, Ints]:
        """Return the pool (pool,), the expected number of draws of each word in it, and the hard negatives.

        These are (n, most), 0 where there are none or they were not drawn.
        """
        size = len(self.words)
        wanted = np.unique(targets)
        near = self.neighbours[wanted[wanted < size]]
        near = np.unique(near[near > 0])
        if len(near) > self.hard_negative_words:
            near = array_draws.choice(near, self.hard_negative_words, replace=False)
        pool = np.unique(np.concatenate([wanted, near, array_draws.integers(2, size, self.random_words)]))
        # A word gets into the pool as a target, or as a random word.
        rate = len(targets) * self.counts[pool] / max(1, self.counts.sum()) + self.random_words / size
        is_drawn = np.zeros(len(self.key_chars), dtype=bool)
        is_drawn[pool] = True
        is_known = targets < size
        negatives = np.where(is_known[:, None], self.neighbours[np.where(is_known, targets, 0)], 0)
        return pool, np.minimum(rate, 1.0), np.where(is_drawn[negatives], negatives, 0)
