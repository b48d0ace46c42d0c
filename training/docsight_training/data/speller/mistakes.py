"""Texts for the ranker: running text and isolated words, with mistakes put in."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import datasets

from docsight.errors import DataError
from docsight.spelling.tokens import read_tokens
from docsight_training.data.speller.sentence_noise import SentenceNoise

# A text is brought to lower case if a uniform draw is below the first number, to capitals if it is below the second.
_LOWER_BELOW, _UPPER_BELOW = 0.13, 0.17


@dataclass
class NoisyText:
    """A text with mistakes, and what was meant by each."""

    text: str
    meant: dict[tuple[int, int], str]  # by start and end of what was typed


def make_mistakes(
    sentences: Sequence[str], noise: SentenceNoise, rng: random.Random, *, clean: float = 1 / 3
) -> NoisyText:
    """Put mistakes into a text. Some texts are brought to lower case before, and some to capitals.

    Args:
        sentences: The sentences of the text.
        noise: Draws the mistakes.
        rng: The generator of all draws.
        clean: The fraction of sentences without mistakes.
    """
    draw = rng.random()
    recase = str.lower if draw < _LOWER_BELOW else str.upper if draw < _UPPER_BELOW else str
    text, meant = "", {}
    for sentence in sentences:
        written = recase(sentence)
        tokens = read_tokens(written)
        done = 0
        text += " " if text else ""
        for change in noise.noisy(tokens.surfaces, rng, clean=clean):
            last = change.stop - 1
            start = int(tokens.starts[change.start])
            end = int(tokens.starts[last]) + len(tokens.surfaces[last])
            text += written[done:start]
            meant[len(text), len(text) + len(change.typed)] = written[start:end]
            text += change.typed
            done = end
        text += written[done:]
    return NoisyText(text, meant)


def draw_isolated_words(documents: Sequence[Sequence[str]], count: int, rng: random.Random) -> list[list[str]]:
    """Draw words as texts of their own; the probability of a word is proportional to the root of its count."""
    counts = Counter(
        word for sentences in documents for sentence in sentences for word in read_tokens(sentence).surfaces
    )
    words = [word for word in counts if word.isascii() and word.isalpha()]
    weights = [counts[word] ** 0.5 for word in words]
    return [[word] for word in rng.choices(words, weights, k=count)] if words else []


def read_clean_column(folder: str, name: str) -> list[str]:
    """Read the sentences without mistakes of a parallel corpus: the column clean of NAME/data.parquet.

    Raises:
        DataError: There is no such file or column.
    """
    file = Path(folder).expanduser() / name / "data.parquet"
    if not file.is_file():
        raise DataError(f"data.lists={folder}: expected sentences for the ranker in {name}/data.parquet; not found.")
    rows = datasets.load_dataset("parquet", data_files={"train": str(file)}, split="train")
    if "clean" not in rows.column_names:
        raise DataError(f"{file}: expected a column 'clean'; found {', '.join(rows.column_names)}.")
    return list(rows["clean"])
