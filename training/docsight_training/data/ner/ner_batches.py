"""Windows of running text, and the tensors of windows and documents for the tagger."""

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from docsight.networks.spans import word_types
from docsight.networks.tagger import WordTypes
from docsight.tags import OUTSIDE, TagSpan, iobes_from_spans, iobes_tags
from docsight.vocab import Vocab
from docsight_training.data.ner.corpora import Document, Sentence


@dataclass
class NerBatch:
    """Windows for a training step."""

    types: WordTypes
    index: Tensor  # (batch, time), into the types
    lengths: Tensor  # (batch,)
    allowed: Tensor  # (batch, time, tags), the tags that the annotation allows


@dataclass
class NerDocument:
    """A document for evaluation: its words as indexes into its types, and its gold spans."""

    corpus: str
    types: WordTypes
    index: Tensor  # (tokens,), into the types
    spans: list[TagSpan]
    breaks: list[int]  # the last token of each sentence
    unannotated: frozenset[str]  # the labels that the corpus does not annotate


class BatchEncoder:
    """Converts sentences to tensors.

    `unannotated` lists, by corpus, the labels that it does not annotate. With `marginalise` a token outside all spans
    may have one of these.
    """

    def __init__(
        self,
        words: Vocab,
        chars: Vocab,
        labels: Sequence[str],
        *,
        unannotated: Mapping[str, frozenset[str]],
        marginalise: bool,
    ) -> None:
        self.words, self.chars = words, chars
        self.unannotated = unannotated
        self.tag_ids = {tag: n for n, tag in enumerate(iobes_tags(labels))}
        self._open_tags = {
            corpus: [n for tag, n in self.tag_ids.items() if tag[2:] in missing]
            for corpus, missing in unannotated.items()
            if marginalise
        }

    def batch(self, rows: Sequence[tuple[str, Sentence]]) -> NerBatch:
        """Convert windows, each with the name of its corpus, to the tensors of a training step."""
        types, index = self._encode([sentence.tokens for _, sentence in rows])
        lengths = torch.tensor([len(row) for row in index])
        time = int(lengths.max())
        padded = torch.zeros(len(rows), time, dtype=torch.long)
        allowed = torch.zeros(len(rows), time, len(self.tag_ids), dtype=torch.bool)
        for n, (corpus, sentence) in enumerate(rows):
            size = len(sentence.tokens)
            padded[n, :size] = index[n]
            tags = torch.tensor([self.tag_ids[tag] for tag in iobes_from_spans(sentence.spans, size)])
            allowed[n, :size].scatter_(1, tags.unsqueeze(1), True)
            if open_tags := self._open_tags.get(corpus):
                outside = (tags == self.tag_ids[OUTSIDE]).nonzero()
                allowed[n, outside, torch.tensor(open_tags)] = True
        return NerBatch(types, padded, lengths, allowed)

    def document(self, document: Document) -> NerDocument:
        joined = join_sentences(document.sentences)
        breaks = [end - 1 for end in itertools.accumulate(len(s.tokens) for s in document.sentences)]
        types, index = self._encode([joined.tokens])
        unannotated = self.unannotated[document.corpus]
        return NerDocument(document.corpus, types, index[0], joined.spans, breaks, unannotated)

    def _encode(self, rows: Sequence[Sequence[str]]) -> tuple[WordTypes, list[Tensor]]:
        """Return the distinct words of some rows, and each row as indexes into them."""
        types: dict[str, int] = {}
        index = [torch.tensor([types.setdefault(word, len(types)) for word in row]) for row in rows]
        return word_types(list(types), vocab=self.words, chars=self.chars), index


def join_sentences(sentences: Sequence[Sentence]) -> Sentence:
    tokens: list[str] = []
    spans: list[TagSpan] = []
    for sentence in sentences:
        spans += [TagSpan(s + len(tokens), e + len(tokens), label) for s, e, label in sentence.spans]
        tokens += sentence.tokens
    return Sentence(tokens, spans)


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
