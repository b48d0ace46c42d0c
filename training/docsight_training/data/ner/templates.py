"""Sentences with places for names, filled anew for each epoch, so that the words around a name tell what it is."""

import random
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from docsight.tags import TagSpan
from docsight_training.data.ner.corpora import Document, Sentence

FILE = "templates.txt"
_REACHED = {
    "LOC": ("Street", "Avenue", "Road", "Square", "Bridge", "Park", "Airport"),
    "ORG": ("Inc.", "Corp."),
}


class Frames:
    """Fill the frames with names of the training data.

    Args:
        documents: Where the names come from.
        borrow: The chance that a place is filled with one word from the names of another label.
    """

    def __init__(self, documents: Iterable[Document], *, borrow: float = 0.6) -> None:
        self.borrow = borrow
        self._names: dict[str, list[tuple[str, ...]]] = {}
        self._words: dict[str, list[str]] = {}
        for document in documents:
            for sentence in document.sentences:
                for start, end, label in sentence.spans:
                    name = tuple(sentence.tokens[start:end])
                    if all(word[0].isupper() or not word[0].isalpha() for word in name):
                        self._names.setdefault(label, []).append(name)
                        self._words.setdefault(label, []).extend(w for w in name if w.istitle() and w.isalpha())

    def fill(self, count: int, rng: random.Random) -> list[Sentence]:
        """Draw frames whose labels are all known, and fill them."""
        known = [frame for frame in read_frames() if all(label in self._words for label in _labels(frame))]
        return [self._fill(rng.choice(known), rng) for _ in range(count)] if known else []

    def _fill(self, frame: tuple[str, ...], rng: random.Random) -> Sentence:
        tokens: list[str] = []
        spans: list[TagSpan] = []
        for token in frame:
            label = token[1:-1]
            if not token.startswith("{"):
                tokens.append(token)
                continue
            others = [other for other in self._words if other != label]
            if others and rng.random() < self.borrow:
                name: tuple[str, ...] = (rng.choice(self._words[rng.choice(others)]),)
            else:
                name = rng.choice(self._names[label])
            spans.append(TagSpan(len(tokens), len(tokens) + len(name), label))
            tokens += name
        return Sentence(tokens, [_reach(tokens, span) for span in spans])


@cache
def read_frames() -> tuple[tuple[str, ...], ...]:
    """Read the frames as tokens; a place is a label in braces."""
    lines = (files("docsight_training.data.ner") / FILE).read_text(encoding="utf-8").splitlines()
    return tuple(tuple(line.split()) for line in lines if line and not line.startswith("#"))


def _labels(frame: tuple[str, ...]) -> set[str]:
    return {token[1:-1] for token in frame if token.startswith("{")}


def _reach(tokens: list[str], span: TagSpan) -> TagSpan:
    """Let a name reach over the word behind it that makes it a street or a firm."""
    start, end, label = span
    behind = tokens[end] if end < len(tokens) else ""
    return TagSpan(start, end + (behind in _REACHED.get(label, ())), label)
