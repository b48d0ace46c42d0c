"""Rehearsal: the model that a run starts from labels the training text, so that its labels are not forgotten.

Where the annotation of a text says nothing about the labels of the old model, that model's own distribution over tag
sequences is the target (learning without forgetting, Li and Hoiem 2017), conditioned on the annotation. Each epoch
trains on a sequence drawn from it: in the mean over the epochs, this is the cross entropy to the old model.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from docsight.layers.crf import FORBIDDEN
from docsight.networks.spans import encode_words
from docsight.tags import OUTSIDE, TagSpan, spans_from_iobes
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.ner_batches import encode_rows, pad_windows
from docsight_training.data.ner.open_documents import read_open_text
from docsight_training.tagger_transfer import InitialTagger

_VERSIONS = 8  # versions of a document
_OPEN_TOKENS = 200_000  # of open text that are labelled
_ROW_TOKENS = 200  # consecutive sentences are labelled together, up to this length
_ROWS_TOGETHER = 32


class Rehearsal:
    """The training documents and open text, with the spans that an old model draws.

    Args:
        start: The old model.
        documents: The training documents.
        keep: The labels of the old model that the annotation of the documents lacks; may be empty.
        open_text: A file or folder of text that the old model labels with all of its labels; None for none.
        annotate: Annotates a sentence of the open text by rule before the old model does; None for no rule.
        seed: Seeds the draws, and the choice of the open text.

    Raises:
        DataError: There is no open text at its path.
    """

    def __init__(
        self,
        start: InitialTagger,
        documents: Sequence[Document],
        *,
        keep: Sequence[str],
        open_text: str | None,
        annotate: Callable[[Sentence], Sentence] | None = None,
        seed: int,
    ) -> None:
        self._documents = [[document] for document in documents]
        if keep:
            self._documents = rehearse(start, documents, keep=keep, draws=_VERSIONS, seed=seed)
        self._open_documents: list[list[Document]] = []
        if open_text is not None:
            read = read_open_text(Path(open_text), max_tokens=_OPEN_TOKENS, seed=seed)
            if annotate is not None:
                read = [replace(each, sentences=[annotate(sentence) for sentence in each.sentences]) for each in read]
            self._open_documents = rehearse(start, read, keep=start.network.labels, draws=_VERSIONS, seed=seed)

    def version(self, number: int, rng: random.Random) -> Document:
        """Draw a version of a training document."""
        return rng.choice(self._documents[number])

    def open_documents(self, rng: random.Random) -> Iterator[Document]:
        """Yield a version of each document of open text, in an order drawn at random."""
        for versions in rng.sample(self._open_documents, len(self._open_documents)):
            yield rng.choice(versions)


def rehearse(
    start: InitialTagger, documents: Sequence[Document], *, keep: Sequence[str], draws: int, seed: int
) -> list[list[Document]]:
    """Add spans of an old model to annotated documents.

    Args:
        start: The old model.
        documents: The annotated documents. Their spans stay as they are, and no other span overlaps them.
        keep: The labels of the old model to add.
        draws: The number of versions of each document.
        seed: Seeds the draws.

    Returns:
        For each document its versions, each with spans that are drawn from the posterior of the old model.
    """
    start.network.eval()
    generator = torch.Generator().manual_seed(seed)
    rows = [row for document in documents for row in _split(document.sentences)]
    versions: list[list[list[Sentence]]] = []  # of each row
    for at in range(0, len(rows), _ROWS_TOGETHER):
        versions += _label_rows(start, rows[at : at + _ROWS_TOGETHER], set(keep), draws, generator)
    remaining = iter(versions)
    rehearsed = []
    for document in documents:
        of_rows = [next(remaining) for _ in _split(document.sentences)]
        rehearsed.append(
            [replace(document, sentences=[s for row in of_rows for s in row[draw]]) for draw in range(draws)]
        )
    return rehearsed


def _split(sentences: Sequence[Sentence]) -> list[list[Sentence]]:
    rows: list[list[Sentence]] = []
    size = 0
    for sentence in sentences:
        if not rows or size + len(sentence.tokens) > _ROW_TOKENS:
            rows.append([])
            size = 0
        rows[-1].append(sentence)
        size += len(sentence.tokens)
    return rows


@torch.no_grad()
def _label_rows(
    start: InitialTagger, rows: Sequence[list[Sentence]], keep: set[str], draws: int, generator: torch.Generator
) -> list[list[list[Sentence]]]:
    """Return the versions of each row."""
    network = start.network
    tokens = [[token for sentence in row for token in sentence.tokens] for row in rows]
    types, index = encode_rows(tokens, words=start.vocabularies.words, chars=start.vocabularies.chars)
    lengths = torch.tensor([len(row) for row in index])
    emissions = network.emissions(encode_words(network, types)[pad_windows(index)], lengths)
    emissions = emissions.masked_fill(~_allowed(network.tags, rows, keep, emissions), FORBIDDEN)
    versions: list[list[list[Sentence]]] = [[] for _ in rows]
    for _ in range(draws):
        paths = network.crf.sample(emissions, lengths, generator)
        for of_row, row, path in zip(versions, rows, paths.tolist(), strict=True):
            of_row.append(_add_spans(row, [network.tags[tag] for tag in path]))
    return versions


def _allowed(tags: Sequence[str], rows: Sequence[list[Sentence]], keep: set[str], emissions: Tensor) -> Tensor:
    """Return which tags of the old model the annotation admits, (batch, time, tags): only O in an annotated span.

    A span that ends with its sentence cannot go on in the next one.
    """
    allowed = torch.tensor([tag == OUTSIDE or tag[2:] in keep for tag in tags]).expand(emissions.shape).clone()
    is_open = torch.tensor([tag[0] in "BI" for tag in tags])
    outside = torch.tensor([tag == OUTSIDE for tag in tags])
    for n, row in enumerate(rows):
        at = 0
        for sentence in row:
            for start, end, _ in sentence.spans:
                allowed[n, at + start : at + end] &= outside
            at += len(sentence.tokens)
            allowed[n, at - 1] &= ~is_open
    return allowed


def _add_spans(row: Sequence[Sentence], tags: Sequence[str]) -> list[Sentence]:
    sentences, at = [], 0
    for sentence in row:
        size = len(sentence.tokens)
        added: list[TagSpan] = spans_from_iobes(tags[at : at + size])
        sentences.append(replace(sentence, spans=sorted([*sentence.spans, *added])))
        at += size
    return sentences
