"""Windows of running text, and the tensors of windows and documents for the tagger."""

import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from docsight.networks.spans import word_types
from docsight.networks.tagger import WordTypes
from docsight.tags import OUTSIDE, TagSpan, iobes_from_spans, iobes_tags
from docsight.vocab import Vocab
from docsight_training.data.ner.annotated_documents import Document, Sentence


class Features(Protocol):
    """Computes features of words in context: of each sentence, (words, dim)."""

    dim: int

    def __call__(self, sentences: Sequence[Sequence[str]]) -> list[Tensor]: ...


@dataclass
class NerBatch:
    """Windows for a training step, all annotated or all labelled by a teacher."""

    types: WordTypes
    index: Tensor  # (batch, time), into the types
    lengths: Tensor  # (batch,)
    allowed: Tensor  # (batch, time, tags), the tags that the annotation allows
    scores: Tensor | None = None  # (batch, time, tags), the teacher's emissions; None if annotated
    features: Tensor | None = None  # (batch, time, dim), if the data has features


@dataclass
class NerDocument:
    """A document for evaluation: its words as indexes into its types, and its gold spans."""

    corpus: str
    types: WordTypes
    index: Tensor  # (tokens,), into the types
    spans: list[TagSpan]
    breaks: list[int]  # the last token of each sentence
    unannotated: frozenset[str]  # the labels that the corpus does not annotate
    features: Tensor | None = None  # (tokens, dim), if the data has features


class BatchEncoder:
    """Converts sentences to tensors.

    Args:
        words: The vocabulary of words.
        chars: The vocabulary of characters.
        labels: The labels to learn.
        unannotated: By corpus, the labels that it does not annotate, which are not evaluated on it.
        open_labels: By corpus, the labels that a token outside all spans may have in training.
        possible: For some labels, which of the tokens of a text may have them if they are not annotated; with other
            labels any token may.
        features: Computes features of words in context, sentence by sentence; None for none.
    """

    def __init__(
        self,
        words: Vocab,
        chars: Vocab,
        labels: Sequence[str],
        *,
        unannotated: Mapping[str, frozenset[str]],
        open_labels: Mapping[str, frozenset[str]],
        possible: Mapping[str, Callable[[Sequence[str]], Sequence[bool]]] | None = None,
        features: Features | None = None,
    ) -> None:
        self.words, self.chars = words, chars
        self.unannotated = unannotated
        self.open_labels = open_labels
        self.possible = possible or {}
        self.features = features
        self.tag_ids = {tag: n for n, tag in enumerate(iobes_tags(labels))}
        self._tags_of = {label: [n for tag, n in self.tag_ids.items() if tag[2:] == label] for label in labels}

    def batch(self, rows: Sequence[tuple[str, Sentence]]) -> NerBatch:
        """Convert windows, each with the name of its corpus, to the tensors of a training step.

        A span whose label is not learned allows every tag, so that the loss is that of the other tokens.
        """
        types, index = self._encode([sentence.tokens for _, sentence in rows])
        lengths = torch.tensor([len(row) for row in index])
        time = int(lengths.max())
        padded = torch.zeros(len(rows), time, dtype=torch.long)
        allowed = torch.zeros(len(rows), time, len(self.tag_ids), dtype=torch.bool)
        for n, (corpus, sentence) in enumerate(rows):
            size = len(sentence.tokens)
            padded[n, :size] = index[n]
            if sentence.scores is not None:
                continue
            learned = [span for span in sentence.spans if span.label in self._tags_of]
            tags = torch.tensor([self.tag_ids[tag] for tag in iobes_from_spans(learned, size)])
            allowed[n, :size].scatter_(1, tags.unsqueeze(1), True)
            for start, end, label in sentence.spans:
                if label not in self._tags_of:  # only validation and test have such labels; no tag is right there
                    allowed[n, start:end] = True
            for label in self.open_labels.get(corpus, ()):
                is_open = tags == self.tag_ids[OUTSIDE]
                if label in self.possible:
                    is_open = is_open & torch.tensor(self.possible[label](sentence.tokens))
                allowed[n, is_open.nonzero(), torch.tensor(self._tags_of[label])] = True
        scores = [torch.from_numpy(s.scores.astype(np.float32)) for _, s in rows if s.scores is not None]
        features = self._features([sentence.tokens for _, sentence in rows])
        return NerBatch(types, padded, lengths, allowed, pad_windows(scores) if scores else None, features)

    def document(self, document: Document) -> NerDocument:
        joined = join_sentences(document.sentences)
        breaks = [end - 1 for end in itertools.accumulate(len(s.tokens) for s in document.sentences)]
        types, index = self._encode([joined.tokens])
        unannotated = self.unannotated[document.corpus]
        features = None
        if self.features is not None:
            features = torch.cat(self.features([sentence.tokens for sentence in document.sentences]))
        return NerDocument(document.corpus, types, index[0], joined.spans, breaks, unannotated, features)

    def _features(self, rows: Sequence[Sequence[str]]) -> Tensor | None:
        return None if self.features is None else pad_windows(self.features(rows))

    def _encode(self, rows: Sequence[Sequence[str]]) -> tuple[WordTypes, list[Tensor]]:
        return encode_rows(rows, words=self.words, chars=self.chars)


def encode_rows(rows: Sequence[Sequence[str]], *, words: Vocab, chars: Vocab) -> tuple[WordTypes, list[Tensor]]:
    """Return the distinct words of some rows, and each row as indexes into them, (tokens,)."""
    types: dict[str, int] = {}
    index = [torch.tensor([types.setdefault(word, len(types)) for word in row]) for row in rows]
    return word_types(list(types), vocab=words, chars=chars), index


def join_sentences(sentences: Sequence[Sentence]) -> Sentence:
    """Join sentences that are all annotated, or all have scores."""
    tokens: list[str] = []
    spans: list[TagSpan] = []
    for sentence in sentences:
        spans += [TagSpan(s + len(tokens), e + len(tokens), label) for s, e, label in sentence.spans]
        tokens += sentence.tokens
    scores = [sentence.scores for sentence in sentences if sentence.scores is not None]
    return Sentence(tokens, spans, np.concatenate(scores) if scores else None)


def pad_windows(rows: Sequence[Tensor]) -> Tensor:
    """Stack rows (time, …) of different lengths: (batch, time, …), zero beyond a row's length."""
    return torch.nn.utils.rnn.pad_sequence(list(rows), batch_first=True)


def cut_windows(sentences: Sequence[Sentence], max_tokens: int, rng: random.Random) -> list[Sentence]:
    """Join sentences in running order into windows of a random length of at most `max_tokens` tokens.

    A sentence is never cut, so a window of one sentence may be longer.
    """
    windows: list[Sentence] = []
    window: list[Sentence] = []
    size, limit = 0, rng.randint(1, max_tokens)
    for sentence in sentences:
        if window and size + len(sentence.tokens) > limit:
            windows.append(join_sentences(window))
            window, size, limit = [], 0, rng.randint(1, max_tokens)
        window.append(sentence)
        size += len(sentence.tokens)
    return [*windows, join_sentences(window)] if window else windows
