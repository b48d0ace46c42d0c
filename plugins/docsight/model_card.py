"""Read the licence, the description and the figures in a model card, from lines that the trainer writes."""

import re

_LICENCE = re.compile(r"Licence of the weights: (.+?)\.?$", re.MULTILINE)
_FIRST_SENTENCE = re.compile(r"^[^#\n].*?(?:\.(?= )|$)", re.MULTILINE)
_FIGURE = re.compile(r"^\| (\w[^|]*) \| (-?\d+(?:\.\d+)?) \|$", re.MULTILINE)


def licence_of(card: str) -> str:
    """Return the licence of the weights, empty if the card names none."""
    found = _LICENCE.search(card)
    return found[1] if found else ""


def first_sentence(card: str) -> str:
    """Return the first sentence below the title, empty if there is none."""
    found = _FIRST_SENTENCE.search(card)
    return found[0] if found else ""


def figures_of(card: str) -> dict[str, float]:
    """Return the figures of the card's tables of two columns, by their names."""
    return {name: float(value) for name, value in _FIGURE.findall(card)}
