"""Augmentation of training text that keeps its entities: other names, other casing, spaCy's tokenization."""

import random
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from docsight.tags import TagSpan
from docsight.vocab import LINE_END
from docsight_training.data.ner.annotated_documents import Document, Sentence, names_in

_SMALL_DATA_RENAME, _FEW_SENTENCES = 0.3, 500  # chosen by benchmarks/small_data.py on validation data
# The position of the word that may be exchanged for one from a name of another label; 0 for labels not listed here:
# Jane [Washington], [Washington] Street, [Washington] Bank.
_EXCHANGED_WORD = {"PER": -1}
# Tokens that spaCy splits off a name and that are not part of it.
_POSSESSIVES = ("'s", "\u2019s", "'", "\u2019")


def default_rename(documents: Iterable[Document], *, starts_from_model: bool) -> float:
    """Return the probability that a name becomes another one, if the settings leave it open.

    It helps runs on few sentences that start from a trained model. It does not reliably help runs from scratch, or
    runs on a thousand sentences; see docs/training.md.
    """
    is_small = sum(len(document.sentences) for document in documents) <= _FEW_SENTENCES
    return _SMALL_DATA_RENAME if starts_from_model and is_small else 0.0


class TextAugment:
    """Random changes of whole documents.

    Args:
        upper: The probability that a sentence is written in upper case, as in some headlines.
        title: The probability that every word of a sentence is capitalised, as in other headlines.
        lower: The probability that a document is written in lower case.
        retokenize: The probability that a document is tokenized by spaCy's English tokenizer.
        lines: The probability that a document is written with each sentence on a line of its own.
        rename: The probability that a name becomes another name of its label, throughout a document; None for
            `default_rename`, which the caller sets.
        exchange: By label and by other label, the probability that one word of a name becomes a word from names of
            the other label, throughout a document, so that only the context decides the label.
    """

    def __init__(
        self,
        *,
        upper: float = 0.0,
        title: float = 0.0,
        lower: float = 0.0,
        retokenize: float = 0.0,
        lines: float = 0.0,
        rename: float | None = 0.0,
        exchange: Mapping[str, Mapping[str, float]] | None = None,
    ) -> None:
        self.upper, self.title, self.lower = upper, title, lower
        self.retokenize, self.lines = retokenize, lines
        self.rename, self.exchange = rename, dict(exchange or {})
        self._names: dict[str, list[tuple[str, ...]]] = {}
        self._words: dict[str, list[str]] = {}

    def learn_names(self, documents: Iterable[Document]) -> None:
        """Collect the names that replace others, each as often as it occurs."""
        for label, name in names_in(documents):
            self._names.setdefault(label, []).append(name)
            word = name[_EXCHANGED_WORD.get(label, 0)]
            if word.isalpha() and word.istitle() and len(word) > 2:
                self._words.setdefault(label, []).append(word)

    def __call__(self, sentences: Sequence[Sentence], rng: random.Random, *, rename: bool = True) -> list[Sentence]:
        """Return the changed sentences of a document; without `rename` its names stay unchanged.

        Sentences with a teacher's scores only change their casing.
        """
        lower = rng.random() < self.lower
        if any(sentence.scores is not None for sentence in sentences):
            return [self._recase(sentence, rng, lower=lower) for sentence in sentences]
        if rename and (self.rename or self.exchange):
            renamed: dict[tuple[str, ...], tuple[str, ...]] = {}
            sentences = [self._rename(sentence, renamed, rng) for sentence in sentences]
        if rng.random() < self.retokenize:
            sentences = [retokenize(sentence) for sentence in sentences]
        sentences = [self._recase(sentence, rng, lower=lower) for sentence in sentences]
        if rng.random() < self.lines:
            sentences = [Sentence([*sentence.tokens, LINE_END], sentence.spans) for sentence in sentences]
        return list(sentences)

    def _rename(
        self, sentence: Sentence, renamed: dict[tuple[str, ...], tuple[str, ...]], rng: random.Random
    ) -> Sentence:
        tokens: list[str] = []
        spans: list[TagSpan] = []
        at = 0
        for start, end, label in sentence.spans:
            name = tuple(sentence.tokens[start:end])
            if (label, *name) not in renamed:
                renamed[(label, *name)] = self._replacement(name, label, rng)
            tokens += sentence.tokens[at:start]
            begin = len(tokens)
            tokens += renamed[(label, *name)]
            spans.append(TagSpan(begin, len(tokens), label))
            at = end
        return Sentence([*tokens, *sentence.tokens[at:]], spans)

    def _replacement(self, name: tuple[str, ...], label: str, rng: random.Random) -> tuple[str, ...]:
        """Draw the name that replaces a name in a document."""
        draw = rng.random() - (self.rename or 0.0)
        if draw < 0:  # open text may have labels that the annotated text lacks
            return rng.choice(self._names[label]) if label in self._names else name
        at = _EXCHANGED_WORD.get(label, 0)
        for other, chance in self.exchange.get(label, {}).items():
            draw -= chance
            if draw < 0 and name[at].istitle() and other in self._words:
                word = rng.choice(self._words[other])
                return (*name[:-1], word) if at else (word, *name[1:])
        return name

    def _recase(self, sentence: Sentence, rng: random.Random, *, lower: bool) -> Sentence:
        draw = rng.random()
        if lower:
            tokens = [token.lower() for token in sentence.tokens]
        elif draw < self.upper:
            tokens = [token.upper() for token in sentence.tokens]
        elif draw < self.upper + self.title:
            tokens = [token[:1].upper() + token[1:] for token in sentence.tokens]
        else:
            return sentence
        return Sentence(tokens, sentence.spans, sentence.scores)


def retokenize(sentence: Sentence) -> Sentence:
    """Split the tokens of a sentence where spaCy's English tokenizer would."""
    split = [_split(token) for token in sentence.tokens]
    if all(len(pieces) == 1 for pieces in split):
        return sentence
    tokens: list[str] = []
    starts = []
    for pieces in split:
        starts.append(len(tokens))
        tokens += pieces
    starts.append(len(tokens))
    spans = []
    for start, end, label in sentence.spans:
        begin, stop = starts[start], starts[end]
        if stop - begin > 1 and tokens[stop - 1] in _POSSESSIVES:
            stop -= 1
        spans.append(TagSpan(begin, stop, label))
    return Sentence(tokens, spans)


@cache
def _split(token: str) -> tuple[str, ...]:
    if token.isalpha() and token not in _tokenizer().rules:  # most words: ten times as fast
        return (token,)
    return tuple(piece.text for piece in _tokenizer()(token) if not piece.is_space) or (token,)


@cache
def _tokenizer() -> Any:
    import spacy

    return spacy.blank("en").tokenizer
