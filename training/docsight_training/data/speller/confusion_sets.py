"""Sets of real words that people mix up, from `confusions.txt`."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def confusion_sets() -> Mapping[str, tuple[str, ...]]:
    """Return the real words that each word is mixed up with."""
    others: defaultdict[str, list[str]] = defaultdict(list)
    lines = files("docsight_training.data.speller").joinpath("confusions.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        confused = line.split("#")[0].split()
        for word in confused:
            others[word] += [other for other in confused if other != word and other not in others[word]]
    return {word: tuple(listed) for word, listed in others.items()}
