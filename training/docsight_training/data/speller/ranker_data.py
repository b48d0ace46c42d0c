"""The data module of the ranker: the candidates of places in noisy text that the other parts have not seen."""

import logging
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from docsight.errors import ConfigError
from docsight.networks.ranker import FEATURES, OF_TYPED
from docsight.spelling.arrays import Floats, Ints, starts_of
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.candidate_groups import CandidateGroups
from docsight.spelling.correction.corrector import Corrector
from docsight.spelling.tokens import lexicon_id
from docsight.vocab import Vocab
from docsight_training.data.batching import LazyBatches
from docsight_training.data.speller.mistakes import NoisyText, SentenceNoise, draw_isolated_words, make_mistakes
from docsight_training.data.speller.open_text import TextData, read_edited_sentences, read_paragraphs
from docsight_training.data.speller.standardization import mean_and_scale

log = logging.getLogger(__name__)

_TEXTS_PER_CALL = 2000  # texts that the corrector processes together
# The features that each value of `ablate` hides.
FEATURE_GROUPS = {
    "context": ("context", "context_best", "posterior", "posterior_best"),
    "trigrams": ("left", "right", "right_two", "trigram", "trigram_best"),
    "costs": ("cost", "little_cost", "posterior", "posterior_best", "min_cost"),
    "lists": ("pair", "only_pair", "has_pair"),
    "facts": OF_TYPED,
}


@dataclass
class LabelledPlaces:
    """Places with the features of their candidates, and the right candidate of each."""

    features: Floats  # (rows, features)
    start: Ints  # (places + 1,) the first row of each place, then the number of rows
    right: Ints  # (places,) the right candidate, counted from the first row of the place
    weight: Floats  # (places,)


@dataclass
class RankerBatch:
    features: Tensor  # (rows, features)
    start: Tensor  # (places + 1,)
    right: Tensor  # (places,) rows
    weight: Tensor  # (places,)


class RankerData(TextData[RankerBatch]):
    """Noisy texts for the ranker.

    Args:
        documents: Texts without mistakes, each a list of sentences.
        edited: Texts of a kind that has few mistakes, such as an encyclopedia; fewer are inserted.
        noisy_copies: How often mistakes are drawn for each text.
        isolated_words: The number of words that are separate texts; frequent words are drawn more often.
        clean: The fraction of sentences without mistakes; `clean_edited` is that of the edited texts.
        unreachable_weight: The weight of a place whose right word is not among the candidates; the word should stay.
        ablate: Keys of `FEATURE_GROUPS`: the features that are hidden from the ranker, to measure what they contribute.
        validation: The fraction of the texts to validate on.
        batch_size: The number of places in a step.
    """

    train: LabelledPlaces  # set by `setup`, as the others
    validation: LabelledPlaces
    mean: Floats  # (features,) of the candidates of the training places
    scale: Floats  # (features,) the inverse of their standard deviation

    def __init__(
        self,
        *,
        corrector: Corrector,
        words: Vocab,
        documents: Sequence[Sequence[str]],
        edited: Sequence[Sequence[str]],
        sentence_noise: SentenceNoise,
        noisy_copies: int = 2,
        isolated_words: int = 6000,
        clean: float = 1 / 3,
        clean_edited: float = 0.6,
        unreachable_weight: float = 0.3,
        ablate: Sequence[str] = (),
        validation: float = 0.05,
        batch_size: int = 512,
        seed: int = 1,
    ) -> None:
        super().__init__()
        if unknown := sorted(set(ablate) - set(FEATURE_GROUPS)):
            raise ConfigError(
                f"model.ranker.data.ablate: expected groups of features, {', '.join(FEATURE_GROUPS)}; "
                f"found {', '.join(unknown)}."
            )
        self.hidden = [FEATURES.index(name) for group in ablate for name in FEATURE_GROUPS[group]]
        self.corrector, self.words, self.noise = corrector, words, sentence_noise
        isolated = draw_isolated_words(documents, isolated_words, random.Random(seed))
        self.documents = [(text, clean) for text in (*documents, *isolated)]
        self.documents += [(text, clean_edited) for text in edited]
        self.noisy_copies, self.unreachable_weight = noisy_copies, unreachable_weight
        self.validation_fraction, self.batch_size, self.seed = validation, batch_size, seed

    @classmethod
    def from_folders(
        cls,
        *,
        text: str,
        lists: str,
        names: str,
        test_names: str | None = None,
        thin: Mapping[str, float] | None = None,
        **options: Any,
    ) -> "RankerData":
        """Read the texts. The edited ones are sentences with many names, without those that are kept for tests."""
        documents = [paragraph.sentences for paragraph in read_paragraphs(text, "ranker", thin=thin)]
        edited = [[sentence] for sentence in read_edited_sentences(lists, names, test_names)]
        return cls(documents=documents, edited=edited, **options)

    def setup(self, stage: str | None = None) -> None:
        if hasattr(self, "train"):
            return
        cut = int(len(self.documents) * (1 - self.validation_fraction))
        order = random.Random(self.seed).sample(range(len(self.documents)), len(self.documents))
        self.train = self._label([self.documents[at] for at in order[:cut]], self.noisy_copies)
        self.validation = self._label([self.documents[at] for at in order[cut:]], 1)
        self.mean, self.scale = mean_and_scale(self.train.features, hidden=self.hidden)

    def epoch_batches(self, epoch: int) -> LazyBatches[Ints, RankerBatch]:
        order = list(range(len(self.train.right)))
        random.Random(f"{self.seed}/{epoch}").shuffle(order)
        return self._batches(self.train, order)

    def validation_batches(self) -> LazyBatches[Ints, RankerBatch]:
        return self._batches(self.validation, range(len(self.validation.right)))

    def _batches(self, part: LabelledPlaces, order: Sequence[int]) -> LazyBatches[Ints, RankerBatch]:
        size = self.batch_size
        plans = [np.array(order[at : at + size], dtype=np.int64) for at in range(0, len(order), size)]
        return LazyBatches(plans, partial(self._make_batch, part))

    @staticmethod
    def _make_batch(part: LabelledPlaces, chosen: Ints) -> RankerBatch:
        sizes = part.start[chosen + 1] - part.start[chosen]
        start = starts_of(sizes)
        rows = np.repeat(part.start[chosen] - start[:-1], sizes) + np.arange(start[-1])
        return RankerBatch(
            torch.from_numpy(part.features[rows]),
            torch.from_numpy(start),
            torch.from_numpy(part.right[chosen] + start[:-1]),
            torch.from_numpy(part.weight[chosen]),
        )

    def _label(self, documents: Sequence[tuple[Sequence[str], float]], copies: int) -> LabelledPlaces:
        rng = random.Random(f"{self.seed}/{len(documents)}")
        parts: list[LabelledPlaces] = []
        for copy in range(copies):
            for at in range(0, len(documents), _TEXTS_PER_CALL):
                some = documents[at : at + _TEXTS_PER_CALL]
                texts = [make_mistakes(sentences, self.noise, rng, clean=clean) for sentences, clean in some]
                parts += self._label_texts(texts)
                log.info("ranker: copy %d/%d, %d of %d texts", copy + 1, copies, at + len(texts), len(documents))
        sizes = np.concatenate([np.diff(part.start) for part in parts])
        return LabelledPlaces(
            np.concatenate([part.features for part in parts]),
            starts_of(sizes),
            np.concatenate([part.right for part in parts]),
            np.concatenate([part.weight for part in parts]),
        )

    def _label_texts(self, texts: Sequence[NoisyText]) -> Iterator[LabelledPlaces]:
        tokens = TokenBatch([noisy.text for noisy in texts], self.corrector.dictionary)
        for groups, features in self.corrector.ranker_inputs(tokens):
            right, weight = self._find_right(tokens, groups, texts)
            sizes = np.diff(groups.start)
            kept = weight > 0
            yield LabelledPlaces(features[np.repeat(kept, sizes)], starts_of(sizes[kept]), right[kept], weight[kept])

    def _find_right(
        self, tokens: TokenBatch, groups: CandidateGroups, texts: Sequence[NoisyText]
    ) -> tuple[Ints, Floats]:
        """Find the right candidate of each place, and its weight.

        The weight is 0 where the right candidate is unclear: for a part of a mistake, and for what overlaps one.
        """
        right = np.zeros(len(groups.token), np.int64)
        weight = np.ones(len(groups.token), np.float32)
        for place, (token, span) in enumerate(zip(groups.token.tolist(), groups.span.tolist(), strict=True)):
            noisy = texts[tokens.texts[token]]
            if not noisy.meant:
                continue
            start, end = int(tokens.starts[token]), int(tokens.ends[token + span - 1])
            meant = noisy.meant.get((start, end))
            if meant is None:
                if any(start < other_end and other_start < end for other_start, other_end in noisy.meant):
                    weight[place] = 0
                continue
            first, second, *_ = [*(lexicon_id(word, self.words) for word in meant.split()), 0]
            rows = slice(groups.start[place] + 1, groups.start[place + 1])
            hits = np.flatnonzero((groups.first[rows] == first) & (groups.second[rows] == second))
            if len(hits):
                right[place] = hits[0] + 1
            else:
                weight[place] = self.unreachable_weight
        return right, weight
