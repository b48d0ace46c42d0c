"""Template sentences with slots for names, filled anew in each epoch, so that the context decides the label."""

import random
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from docsight.tags import TagSpan
from docsight_training.data.ner.corpora import Document, Sentence, names_in

TEMPLATES_FILE = "templates.txt"
# Words that become part of the name before them: a street or a company.
_NAME_ENDINGS = {
    "LOC": ("Street", "Avenue", "Road", "Square", "Bridge", "Park", "Airport"),
    "ORG": ("Inc.", "Corp."),
}


class TemplateFiller:
    """Fills templates with names of the training data.

    `borrow` is the probability that a slot is filled with one word from the names of another label.
    """

    def __init__(self, documents: Iterable[Document], *, borrow: float = 0.6) -> None:
        self.borrow = borrow
        self._names: dict[str, list[tuple[str, ...]]] = {}
        self._words: dict[str, list[str]] = {}
        for label, name in names_in(documents):
            if all(word[0].isupper() or not word[0].isalpha() for word in name):
                self._names.setdefault(label, []).append(name)
                self._words.setdefault(label, []).extend(w for w in name if w.istitle() and w.isalpha())

    def fill(self, count: int, rng: random.Random) -> list[Sentence]:
        """Draw `count` templates whose labels all occur in the training data, and fill them."""
        usable = [template for template in read_templates() if all(label in self._words for label in _labels(template))]
        return [self._fill(rng.choice(usable), rng) for _ in range(count)] if usable else []

    def _fill(self, template: tuple[str, ...], rng: random.Random) -> Sentence:
        tokens: list[str] = []
        spans: list[TagSpan] = []
        for token in template:
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
        return Sentence(tokens, [_extended(tokens, span) for span in spans])


@cache
def read_templates() -> tuple[tuple[str, ...], ...]:
    """Read the templates as tokens; a slot is a label in braces."""
    lines = (files("docsight_training.data.ner") / TEMPLATES_FILE).read_text(encoding="utf-8").splitlines()
    return tuple(tuple(line.split()) for line in lines if line and not line.startswith("#"))


def _labels(template: tuple[str, ...]) -> set[str]:
    return {token[1:-1] for token in template if token.startswith("{")}


def _extended(tokens: list[str], span: TagSpan) -> TagSpan:
    """Extend a span over the word after it, if that makes the name a street or a company."""
    start, end, label = span
    following = tokens[end] if end < len(tokens) else ""
    return TagSpan(start, end + (following in _NAME_ENDINGS.get(label, ())), label)
