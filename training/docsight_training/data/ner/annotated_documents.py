"""Annotated documents: sentences of tokens with spans over them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from docsight.tags import TagSpan


@dataclass(frozen=True)
class Sentence:
    """Tokens and the spans over them, or the scores that a teacher gives to their tags.

    Args:
        tokens: The words and punctuation marks.
        spans: The annotated entities, in order; empty if there are scores.
        scores: (tokens, tags), the emissions of a teacher; None if the sentence is annotated.
        place: The file and the row, for messages.
    """

    tokens: list[str]
    spans: list[TagSpan]
    scores: np.ndarray | None = None
    place: str = field(default="", compare=False)


@dataclass(frozen=True)
class Document:
    """The sentences of a document in running order, the name of its corpus, and its id if it has one."""

    corpus: str
    sentences: list[Sentence]
    id: str | None = None

    @property
    def num_tokens(self) -> int:
        return sum(len(sentence.tokens) for sentence in self.sentences)


def names_in(documents: Iterable[Document]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the label and the tokens of each span."""
    for document in documents:
        for sentence in document.sentences:
            for start, end, label in sentence.spans:
                yield label, tuple(sentence.tokens[start:end])
