"""Changes of training text that keep its entities: casing as in headlines and haste, spaCy's tokens."""

import random
from collections.abc import Sequence
from functools import cache
from typing import Any

from docsight.tags import TagSpan
from docsight_training.data.corpora import Sentence


class Augment:
    """Change whole documents, drawn anew for each epoch.

    Args:
        upper: The chance that a sentence is written in capitals, as a headline.
        title: The chance that a sentence gets a capital on every word, as a headline of another house.
        lower: The chance that a document is written in lower case, as in haste.
        retokenize: The chance that a document is cut as spaCy's English tokenizer cuts it.
    """

    def __init__(self, *, upper: float = 0.0, title: float = 0.0, lower: float = 0.0, retokenize: float = 0.0) -> None:
        self.upper, self.title, self.lower, self.retokenize = upper, title, lower, retokenize

    def __call__(self, sentences: Sequence[Sentence], rng: random.Random) -> list[Sentence]:
        """Return the changed sentences of a document."""
        lower = rng.random() < self.lower
        if rng.random() < self.retokenize:
            sentences = [retokenized(sentence) for sentence in sentences]
        changed = []
        for sentence in sentences:
            draw = rng.random()
            if lower:
                sentence = Sentence([token.lower() for token in sentence.tokens], sentence.spans)
            elif draw < self.upper:
                sentence = Sentence([token.upper() for token in sentence.tokens], sentence.spans)
            elif draw < self.upper + self.title:
                sentence = Sentence([token[:1].upper() + token[1:] for token in sentence.tokens], sentence.spans)
            changed.append(sentence)
        return changed


def retokenized(sentence: Sentence) -> Sentence:
    """Cut the tokens of a sentence further where spaCy's English tokenizer would."""
    pieces = [_cut(token) for token in sentence.tokens]
    if all(len(cut) == 1 for cut in pieces):
        return sentence
    tokens: list[str] = []
    starts = []
    for cut in pieces:
        starts.append(len(tokens))
        tokens += cut
    starts.append(len(tokens))
    return Sentence(tokens, [TagSpan(starts[s], starts[e], label) for s, e, label in sentence.spans])


@cache
def _cut(token: str) -> tuple[str, ...]:
    return tuple(piece.text for piece in _tokenizer()(token) if not piece.is_space) or (token,)


@cache
def _tokenizer() -> Any:
    import spacy

    return spacy.blank("en").tokenizer
