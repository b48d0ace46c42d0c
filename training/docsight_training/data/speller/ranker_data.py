"""The data module of the ranker: text that the other parts have not met, with mistakes put in, and what was meant."""

import logging
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import datasets
import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from docsight.errors import ConfigError, DataError
from docsight.spelling.arrays import Floats, Ints, starts_of
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.corrector import Corrector
from docsight.spelling.correction.features import FEATURES, OF_TYPED, CandidateGroups
from docsight.spelling.tokens import lexicon_id, read_tokens
from docsight.vocab import Vocab
from docsight_training.data.speller.noise import Noise

log = logging.getLogger(__name__)

_TEXTS = 2000  # that are read at once
# What the ranker can do without, to see what it is worth: the features that go with it.
WITHOUT = {
    "context": ("context", "context_best", "posterior", "posterior_best"),
    "trigrams": ("left", "right", "right_two", "trigram", "trigram_best"),
    "costs": ("cost", "little_cost", "posterior", "posterior_best", "least_cost"),
    "lists": ("pair", "only_pair", "has_pair"),
    "facts": OF_TYPED,
}


@dataclass
class Mistaken:
    """A text with mistakes, and what was meant by each."""

    text: str
    meant: dict[tuple[int, int], str]  # by start and end of what was typed


@dataclass
class Labelled:
    """Places with the features of their alternatives."""

    features: Floats  # (rows, features)
    start: Ints  # (places + 1,) where the rows of each begin
    right: Ints  # (places,) the right alternative, counted from its first row
    weight: Floats  # (places,)


@dataclass
class RankerBatch:
    """Places for a step."""

    features: Tensor  # (rows, features)
    start: Tensor  # (places + 1,)
    right: Tensor  # (places,) rows
    weight: Tensor  # (places,)


class RankerData(pl.LightningDataModule):
    """Mistakes for the ranker.

    Args:
        corrector: Finds places and alternatives, as it will at run time.
        words: The lexicon.
        documents: Texts without mistakes, each a list of sentences.
        edited: The same of a kind that is mostly right as it stands, such as an encyclopedia: fewer get mistakes.
        noise: Makes mistakes.
        draws: How often mistakes are drawn for each text.
        lone: Words that stand alone, as texts of their own; the more frequent in running text the likelier.
        unreachable: Weight of a place whose right word is not among the alternatives; it should stay as typed.
        clean: Share of the sentences without mistakes.
        clean_edited: The same of the edited texts.
        without: Keys of `WITHOUT`: what the ranker is not told.
        held: Share of the places that are judged on.
        batch: Places of a step.
        seed: Seeds everything.
    """

    def __init__(
        self,
        *,
        corrector: Corrector,
        words: Vocab,
        documents: Sequence[Sequence[str]],
        edited: Sequence[Sequence[str]],
        noise: Noise,
        draws: int = 2,
        lone: int = 6000,
        clean: float = 1 / 3,
        clean_edited: float = 0.6,
        unreachable: float = 0.3,
        without: Sequence[str] = (),
        held: float = 0.05,
        batch: int = 512,
        seed: int = 1,
    ) -> None:
        super().__init__()
        if strange := sorted(set(without) - set(WITHOUT)):
            raise ConfigError(
                f"model.ranker.data.without: {', '.join(strange)} is no part; expected {', '.join(WITHOUT)}."
            )
        self.hidden = [FEATURES.index(name) for part in without for name in WITHOUT[part]]
        self.corrector, self.words, self.noise = corrector, words, noise
        alone = lone_words(documents, lone, random.Random(seed))
        self.documents = [(text, clean) for text in (*documents, *alone)] + [(text, clean_edited) for text in edited]
        self.draws, self.unreachable, self.held, self.batch, self.seed = draws, unreachable, held, batch, seed

    def setup(self, stage: str | None = None) -> None:
        """Make the mistakes once, and all features."""
        if hasattr(self, "train"):
            return
        cut = int(len(self.documents) * (1 - self.held))
        order = random.Random(self.seed).sample(range(len(self.documents)), len(self.documents))
        self.train = self._label([self.documents[at] for at in order[:cut]], self.draws)
        self.validation = self._label([self.documents[at] for at in order[cut:]], 1)
        features = self.train.features
        self.mean, deviation = features.mean(axis=0), features.std(axis=0)
        self.scale = np.where(deviation > 1e-4, 1 / np.maximum(deviation, 1e-4), 0.0).astype(np.float32)
        self.scale[self.hidden] = 0.0

    def train_dataloader(self) -> DataLoader[RankerBatch]:
        """Return batches of places, in another order each epoch."""
        epoch = self.trainer.current_epoch if self.trainer else 0
        return DataLoader(_Batches(self.train, self.batch, f"{self.seed}/{epoch}"), batch_size=None)

    def val_dataloader(self) -> DataLoader[RankerBatch]:
        """Return batches of the held places."""
        return DataLoader(_Batches(self.validation, self.batch, None), batch_size=None)

    def _label(self, documents: Sequence[tuple[Sequence[str], float]], draws: int) -> Labelled:
        rng = random.Random(f"{self.seed}/{len(documents)}")
        parts: list[Labelled] = []
        for draw in range(draws):
            for at in range(0, len(documents), _TEXTS):
                some = documents[at : at + _TEXTS]
                texts = [make_mistakes(sentences, self.noise, rng, clean=clean) for sentences, clean in some]
                parts += self._read(texts)
                log.info("ranker: draw %d/%d, %d of %d texts", draw + 1, draws, at + len(texts), len(documents))
        sizes = np.concatenate([np.diff(part.start) for part in parts])
        return Labelled(
            np.concatenate([part.features for part in parts]),
            starts_of(sizes),
            np.concatenate([part.right for part in parts]),
            np.concatenate([part.weight for part in parts]),
        )

    def _read(self, texts: Sequence[Mistaken]) -> Iterable[Labelled]:
        reading = self.corrector.read([mistaken.text for mistaken in texts])
        for groups, features in self.corrector.groups(reading):
            right, weight = self._right(reading, groups, texts)
            kept = weight > 0
            rows = np.repeat(kept, np.diff(groups.start))
            yield Labelled(features[rows], starts_of(np.diff(groups.start)[kept]), right[kept], weight[kept])

    def _right(self, reading: TokenBatch, groups: CandidateGroups, texts: Sequence[Mistaken]) -> tuple[Ints, Floats]:
        """Find the right alternative of each place, and its weight: none for parts of a word that was split."""
        right = np.zeros(len(groups.token), np.int64)
        weight = np.ones(len(groups.token), np.float32)
        for g, (token, span) in enumerate(zip(groups.token.tolist(), groups.span.tolist(), strict=True)):
            mistaken = texts[reading.texts[token]]
            if not mistaken.meant:
                continue
            start, end = int(reading.starts[token]), int(reading.ends[token + span - 1])
            meant = mistaken.meant.get((start, end))
            if meant is None:
                # Where a neighbour is wrong, or only a part of this is, what is right here is no clear case.
                if any(start < b and a < end for a, b in mistaken.meant):
                    weight[g] = 0
                continue
            wanted = [lexicon_id(word, self.words) for word in meant.split()]
            rows = slice(groups.start[g] + 1, groups.start[g + 1])
            first, second = wanted[0], wanted[1] if len(wanted) > 1 else 0
            hits = np.flatnonzero((groups.first[rows] == first) & (groups.second[rows] == second))
            if len(hits):
                right[g] = hits[0] + 1
            else:
                weight[g] = self.unreachable
        return right, weight


def lone_words(documents: Sequence[Sequence[str]], count: int, rng: random.Random) -> list[list[str]]:
    """Draw words that stand alone: every word of a text as likely as its square root of occurrences makes it."""
    counts = Counter(
        word for sentences in documents for sentence in sentences for word in read_tokens(sentence).surfaces
    )
    words = [word for word in counts if word.isascii() and word.isalpha()]
    weights = [counts[word] ** 0.5 for word in words]
    return [[word] for word in rng.choices(words, weights, k=count)] if words else []


class _Batches(torch.utils.data.Dataset[RankerBatch]):
    def __init__(self, labelled: Labelled, size: int, seed: str | None) -> None:
        self.labelled = labelled
        order = list(range(len(labelled.right)))
        if seed is not None:
            random.Random(seed).shuffle(order)
        self.batches = [np.array(order[at : at + size]) for at in range(0, len(order), size)]

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, at: int) -> RankerBatch:
        labelled, chosen = self.labelled, self.batches[at]
        sizes = labelled.start[chosen + 1] - labelled.start[chosen]
        start = starts_of(sizes)
        rows = np.repeat(labelled.start[chosen] - start[:-1], sizes) + np.arange(start[-1])
        return RankerBatch(
            torch.from_numpy(labelled.features[rows]),
            torch.from_numpy(start),
            torch.from_numpy(labelled.right[chosen] + start[:-1]),
            torch.from_numpy(labelled.weight[chosen]),
        )


def make_mistakes(sentences: Sequence[str], noise: Noise, rng: random.Random, *, clean: float = 1 / 3) -> Mistaken:
    """Put mistakes into a text; some texts lose their capitals first, or are all capitals."""
    draw = rng.random()
    recase = str.lower if draw < 0.13 else str.upper if draw < 0.17 else str
    text, meant = "", {}
    for sentence in sentences:
        written = recase(sentence)
        tokens = read_tokens(written)
        done = 0
        text += " " if text else ""
        for change in noise.noisy(tokens.surfaces, rng, clean=clean):
            last = change.stop - 1
            start = int(tokens.starts[change.start])
            end = int(tokens.starts[last]) + len(tokens.surfaces[last])
            text += written[done:start]
            meant[len(text), len(text) + len(change.typed)] = written[start:end]
            text += change.typed
            done = end
        text += written[done:]
    return Mistaken(text, meant)


def read_clean_column(folder: str, name: str) -> list[str]:
    """Read the sentences without mistakes of one parallel corpus: the column clean of NAME/data.parquet.

    Raises:
        DataError: There is no such file or column.
    """
    file = Path(folder).expanduser() / name / "data.parquet"
    if not file.is_file():
        raise DataError(
            f"data.lists={folder}: expected {name}/data.parquet in it, sentences for the ranker; not found."
        )
    rows = datasets.load_dataset("parquet", data_files={"train": str(file)}, split="train")
    if "clean" not in rows.column_names:
        raise DataError(f"{file}: expected a column 'clean'; found {', '.join(rows.column_names)}.")
    return list(rows["clean"])
