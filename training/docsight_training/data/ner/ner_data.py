"""The data module of `rnn_ner`: corpora in, windows of running text out."""

import itertools
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from docsight.batching import batches_by_cost
from docsight.errors import ConfigError, DataError
from docsight.networks.encoder import WordTypes
from docsight.networks.spans import word_types
from docsight.tags import OUTSIDE, TagSpan, iobes_from_spans, iobes_tags
from docsight.vocab import Vocab, char_vocab
from docsight_training.data.ner.augment import Augment
from docsight_training.data.ner.corpora import Columns, Corpus, Document, Reading, Sentence, read_corpus
from docsight_training.data.ner.glove import load_glove
from docsight_training.data.ner.templates import Frames

FRAMES = "frames"  # what stands for a corpus where a sentence is of none


@dataclass
class NerBatch:
    """Windows for a training step."""

    types: WordTypes
    index: Tensor  # (batch, time), into the types
    lengths: Tensor  # (batch,)
    corpora: Tensor  # (batch,), ids of corpora from 1
    allowed: Tensor  # (batch, time, tags), the tags that the annotation admits


@dataclass
class NerDocument:
    """A document for evaluation: its words as ids of types, and its gold spans."""

    corpus: str
    types: WordTypes
    index: Tensor  # (tokens,), into the types
    spans: list[TagSpan]
    breaks: list[int]  # the last words of its sentences
    silent: frozenset[str]  # the labels of which the corpus says nothing


class NerData(pl.LightningDataModule):
    """Corpora for the tagger.

    Args:
        corpora: By name, where each corpus lies: the arguments of `Corpus`. None for one corpus, at `path` itself.
        source: hub, parquet, conll, json or spacy; see `load_split`.
        path: The local folder above the corpora, or None to load each from the hub.
        columns: The arguments of `Columns`.
        conll_columns: The columns of a conll file, in their order.
        labels: The labels to learn; None for those found in the training split.
        fold: For each label of ours the labels of the corpora that it stands for; None to keep them as they are.
        unknown_labels: What a token without a label says of labels that its corpus does not annotate:
            `outside` (that it has none of them) or `marginalise` (nothing).
        embed_corpora: Whether the network is told which corpus a text is from, in training.
        glove_words: How many of the most frequent words of GloVe the vocabulary takes; 0 for none.
        min_count: How often a word must stand in the training split for its vector to be tuned, or to have one
            where GloVe has none.
        window: The most tokens in a window.
        batch_tokens: About how many tokens make a training step.
        augment: Changes of the text, drawn anew for each epoch; see `Augment`. None for none.
        frames: Sentences of `templates.txt` an epoch, with names of the training data in them; English, PER, ORG, LOC.
        leave_out: Corpora that are not trained on; they are still judged on.
        seed: Seeds windows, batches and changes.
    """

    def __init__(
        self,
        *,
        corpora: Mapping[str, Mapping[str, Any]] | None = None,
        source: str = "parquet",
        path: str | None = None,
        columns: Mapping[str, str] | None = None,
        conll_columns: list[str] | None = None,
        labels: Sequence[str] | None = None,
        fold: Mapping[str, Sequence[str]] | None = None,
        unknown_labels: str = "outside",
        embed_corpora: bool = False,
        glove_words: int = 400_000,
        min_count: int = 2,
        window: int = 160,
        batch_tokens: int = 1500,
        augment: Mapping[str, Any] | None = None,
        frames: int = 0,
        leave_out: Sequence[str] = (),
        seed: int = 1,
    ) -> None:
        super().__init__()
        if unknown_labels not in ("outside", "marginalise"):
            raise ConfigError(f"data.unknown_labels: expected outside or marginalise; found {unknown_labels!r}.")
        corpora = corpora or {"own": {}}
        strange = sorted(set(leave_out) - set(corpora))
        if strange:
            raise ConfigError(f"data.leave_out: {', '.join(strange)} is none of the corpora: {', '.join(corpora)}.")
        self.corpora = {name: Corpus(**(corpus or {})) for name, corpus in corpora.items()}
        ours = None if fold is None else {theirs: label for label, names in fold.items() for theirs in names}
        self.reading = Reading(source, path, Columns(**(columns or {})), ours, conll_columns)
        self.wanted_labels = labels
        self.unknown_labels = unknown_labels
        self.embed_corpora = embed_corpora
        self.glove_words = glove_words
        self.min_count = min_count
        self.window = window
        self.batch_tokens = batch_tokens
        self.augment = Augment(**augment) if augment else None
        self.frames = frames
        self.leave_out = frozenset(leave_out)
        self.seed = seed
        self.documents: dict[str, list[Document]] = {}

    def setup(self, stage: str | None = None) -> None:
        """Read the corpora and build the vocabularies, once."""
        if self.documents:
            return
        self.documents = {
            role: [
                document
                for name, corpus in self.corpora.items()
                if not (role == "train" and name in self.leave_out)
                for document in read_corpus(name, corpus, role, self.reading)
            ]
            for role in ("train", "validation", "test")
        }
        for role in ("train", "validation"):
            if not self.documents[role]:
                raise DataError(f"data.corpora: no corpus serves the role {role!r}.")
        train = self.documents["train"]
        found = Counter(span.label for d in train for s in d.sentences for span in s.spans)
        self.labels = list(self.wanted_labels or sorted(found))
        if not self.labels:
            raise DataError("The training split has no entity, so there is no label to learn.")
        self._check_labels()
        self.corpus_ids = {FRAMES: 0} | {name: n for n, name in enumerate(self.corpora, start=1)}
        self._build_vocabularies(train)
        if self.augment:
            self.augment.learn_names(train)
        told = [document for document in train if not self.corpora[document.corpus].terse]
        self._frames = Frames(told) if self.frames else None

    def network_arguments(self) -> dict[str, Any]:
        """Return the arguments of the network that the data decides."""
        sizes = {"num_words": len(self.words), "num_chars": len(self.chars), "tuned_words": self._tuned_words}
        corpora = len(self.corpora) if self.embed_corpora else 0
        return {"labels": self.labels, "num_corpora": corpora, "encoder": sizes}

    def initial_weights(self) -> dict[str, Tensor]:
        """Return pretrained vectors by the name of the embedding; rows that are all zero have none."""
        return {"encoder.embed_words": self._vectors} if self.glove_words else {}

    def vocabularies(self) -> dict[str, Vocab]:
        """Return the vocabularies that go into the model folder."""
        return {"words": self.words, "chars": self.chars}

    @property
    def has_test(self) -> bool:
        """Whether there is anything to test on."""
        return bool(self.documents["test"])

    def about(self) -> dict[str, Any]:
        """Return what else the model's config tells of the data: nothing."""
        return {}

    def sources(self) -> dict[str, dict[str, str]]:
        """Return origin and licence of each corpus that is trained on, for the model card."""
        trained = {document.corpus for document in self.documents["train"]}
        return {
            name: {"origin": corpus.origin, "licence": corpus.licence}
            for name, corpus in self.corpora.items()
            if name in trained
        }

    def train_dataloader(self) -> DataLoader:
        """Return the batches of the current epoch, each ready for a step."""
        epoch = self.trainer.current_epoch if self.trainer else 0
        return DataLoader(self.epoch_batches(epoch), batch_size=None)

    def val_dataloader(self) -> DataLoader:
        """Return the validation documents in groups."""
        return DataLoader(cast(Dataset, self.groups("validation")), batch_size=None)

    def test_dataloader(self) -> DataLoader:
        """Return the test documents in groups."""
        return DataLoader(cast(Dataset, self.groups("test")), batch_size=None)

    def epoch_batches(self, epoch: int) -> "_Batches":
        """Cut the training documents anew into windows and batches, the same ones for the same seed and epoch."""
        rng = random.Random(f"{self.seed}-{epoch}")
        cut: list[tuple[str, Sentence]] = []
        for document in self.documents["train"]:
            corpus = self.corpora[document.corpus]
            for _ in range(corpus.repeat):
                sentences = document.sentences
                if self.augment:
                    sentences = self.augment(sentences, rng, rename=not corpus.terse)
                cut += [(document.corpus, window) for window in _windows(sentences, self.window, rng)]
        if self._frames is not None:
            cut += [(FRAMES, sentence) for sentence in self._frames.fill(self.frames, rng)]
        rng.shuffle(cut)
        lengths = [len(sentence.tokens) for _, sentence in cut]
        batches = batches_by_cost(lengths, max_cost=self.batch_tokens)
        rng.shuffle(batches)
        return _Batches(self, [[cut[n] for n in batch] for batch in batches])

    def groups(self, role: str, size: int = 64) -> list[list[NerDocument]]:
        """Return the documents of a role for evaluation, `size` at a time."""
        documents = []
        for document in self.documents[role]:
            joined = _join(document.sentences)
            breaks = [end - 1 for end in itertools.accumulate(len(s.tokens) for s in document.sentences)]
            types, index = self._encode([joined.tokens])
            silent = self.silent[document.corpus]
            documents.append(NerDocument(document.corpus, types, index[0], joined.spans, breaks, silent))
        return [documents[at : at + size] for at in range(0, len(documents), size)]

    def make_batch(self, rows: Sequence[tuple[str, Sentence]]) -> NerBatch:
        """Turn windows into the tensors of a step."""
        types, index = self._encode([sentence.tokens for _, sentence in rows])
        lengths = torch.tensor([len(row) for row in index])
        time = int(lengths.max())
        padded = torch.zeros(len(rows), time, dtype=torch.long)
        allowed = torch.zeros(len(rows), time, len(self.tags), dtype=torch.bool)
        for n, (corpus, sentence) in enumerate(rows):
            size = len(sentence.tokens)
            padded[n, :size] = index[n]
            tags = torch.tensor([self.tag_ids[tag] for tag in iobes_from_spans(sentence.spans, size)])
            allowed[n, :size].scatter_(1, tags.unsqueeze(1), True)
            if open_tags := self.open_tags.get(corpus):
                unlabelled = (tags == self.tag_ids[OUTSIDE]).nonzero()
                allowed[n, unlabelled, torch.tensor(open_tags)] = True
        corpora = torch.tensor([self.corpus_ids[corpus] for corpus, _ in rows])
        return NerBatch(types, padded, lengths, corpora, allowed)

    def _encode(self, rows: Sequence[Sequence[str]]) -> tuple[WordTypes, list[Tensor]]:
        """Return the distinct words of some rows, and each row as indexes into them."""
        types: dict[str, int] = {}
        index = [torch.tensor([types.setdefault(word, len(types)) for word in row]) for row in rows]
        return word_types(list(types), vocab=self.words, chars=self.chars), index

    def _check_labels(self) -> None:
        known = set(self.labels)
        for role, documents in self.documents.items():
            for document in documents:
                for sentence in document.sentences:
                    for span in sentence.spans:
                        if span.label not in known:
                            raise DataError(
                                f"{document.corpus}, {role}: label {span.label!r} of "
                                f"{' '.join(sentence.tokens[span.start : span.end])!r} is none of the labels to learn: "
                                f"{', '.join(self.labels)}. Add it to data.labels, or fold it with data.fold."
                            )
        self.tags = iobes_tags(self.labels)
        self.tag_ids = {tag: n for n, tag in enumerate(self.tags)}
        self.silent = {
            name: frozenset() if corpus.annotates is None else frozenset(known - set(corpus.annotates))
            for name, corpus in self.corpora.items()
        }
        self.open_tags = {
            name: [n for tag, n in self.tag_ids.items() if tag[2:] in silent]
            for name, silent in self.silent.items()
            if self.unknown_labels == "marginalise"
        }

    def _build_vocabularies(self, train: Sequence[Document]) -> None:
        tokens = [token for document in train for sentence in document.sentences for token in sentence.tokens]
        counts = Counter(token.lower() for token in tokens)
        # The words that are tuned come first: the network knows them by their id.
        own = sorted(word for word, count in counts.items() if count >= self.min_count)
        words, vectors = load_glove(max_words=self.glove_words) if self.glove_words else ([], None)
        tuned = set(own)
        self.words = Vocab([*own, *(word for word in words if word not in tuned)])
        self._tuned_words = 2 + len(own)
        self.chars = char_vocab(sorted(set(tokens)), min_count=2)
        if vectors is not None:
            self._vectors = torch.zeros(len(self.words), vectors.shape[1])
            self._vectors[[self.words.id(word) for word in words]] = torch.from_numpy(vectors)


class _Batches(Dataset):
    """The batches of an epoch, made into tensors when they are asked for."""

    def __init__(self, data: NerData, batches: list[list[tuple[str, Sentence]]]) -> None:
        self.data, self.batches = data, batches

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, n: int) -> NerBatch:
        return self.data.make_batch(self.batches[n])


def _join(sentences: Sequence[Sentence]) -> Sentence:
    tokens: list[str] = []
    spans: list[TagSpan] = []
    for sentence in sentences:
        spans += [TagSpan(s + len(tokens), e + len(tokens), label) for s, e, label in sentence.spans]
        tokens += sentence.tokens
    return Sentence(tokens, spans)


def _windows(sentences: Sequence[Sentence], most: int, rng: random.Random) -> list[Sentence]:
    """Join sentences in running order to windows of about a random length of at most `most` tokens."""
    cut: list[Sentence] = []
    held: list[Sentence] = []
    size, wanted = 0, rng.randint(1, most)
    for sentence in sentences:
        if held and size + len(sentence.tokens) > wanted:
            cut.append(_join(held))
            held, size, wanted = [], 0, rng.randint(1, most)
        held.append(sentence)
        size += len(sentence.tokens)
    return [*cut, _join(held)] if held else cut
