"""Measure whether the scores of `rnn_speller` are probabilities, in texts with few errors and in texts with many.

    python benchmarks/spelling_calibration.py --noisy FILE [--clean FILE] [--model MODEL] [--out FILE]

The files are Parquet with the columns `noisy` and `clean`, as for spelling_eval.py; --clean is text without errors.
Texts of about 1,000 words are put together from sentences with errors and from clean ones, so that they have a chosen
density of errors. A correction is right if it makes the text what was meant. The calibration error is the mean gap
between the score and the fraction that is right, over 5 bins of the same width (Guo et al. 2017). With --out the
reliability is drawn there.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import spacy
import torch
from markdown_tables import print_row
from spacy.language import Language
from spelling_eval import align, read_rows

from docsight_training.metrics import confidence_error
from docsight_training.plots import plot_reliability

DENSITIES = (0.001, 0.01, 0.1)  # errors per word
WORDS = 1000  # of a text
DENSE = 0.08  # of the words of a sentence are wrong if it is used for the highest density
BINS = 5
HEAD = (
    "errors per 1,000 words",
    "texts",
    "suggestions",
    "calibration error",
    "score",
    "in this range",
    "mean score",
    "right",
)


class Sentence(NamedTuple):
    noisy: str
    clean: str
    words: int
    errors: int


@dataclass
class Text:
    """Sentences one after another, and their starts in characters."""

    sentences: list[Sentence]
    starts: list[int]
    text: str

    @classmethod
    def join(cls, sentences: Sequence[Sentence]) -> "Text":
        starts, length = [], 0
        for sentence in sentences:
            starts.append(length)
            length += len(sentence.noisy) + 1
        return cls(list(sentences), starts, " ".join(sentence.noisy for sentence in sentences))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--noisy", type=Path, required=True, help="sentences with errors")
    parser.add_argument("--clean", type=Path, help="sentences without errors; by default the clean forms of the others")
    parser.add_argument("--model", default="rnn_speller", help="a model folder, or the name of a shipped model")
    parser.add_argument("--texts", type=int, default=120, help="texts of each density, unless the sentences run out")
    parser.add_argument("--out", type=Path, help="where to draw the reliability, as PNG")
    options = parser.parse_args()
    torch.set_num_threads(1)
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_speller", config={"model": options.model})
    noisy = read_sentences(options.noisy)
    clean = (
        read_sentences(options.clean)
        if options.clean
        else [sentence._replace(noisy=sentence.clean, errors=0) for sentence in noisy]
    )
    curves = {}
    print_row(*HEAD)
    print("|--:|--:|--:|--:|---|--:|--:|--:|")
    for density in DENSITIES:
        texts = make_texts(noisy, clean, density, count=options.texts)
        scores, right = judge(nlp, texts)
        curves[f"{1000 * density:g} errors per 1,000 words"] = {"score": (scores, right)}
        print_density(texts, scores, right)
    if options.out is not None:
        plot_reliability(options.out, curves, bins=BINS)


def read_sentences(path: Path) -> list[Sentence]:
    _, rows = read_rows(str(path))
    sentences = []
    for row in rows:
        words = row["noisy"].split()
        errors = sum(a != b for a, b in zip(words, align(words, row["clean"].split()), strict=True))
        sentences.append(Sentence(row["noisy"], row["clean"], len(words), errors))
    return sentences


def make_texts(noisy: Sequence[Sentence], clean: Sequence[Sentence], density: float, *, count: int) -> list[Text]:
    """Compose texts of a density of errors; each sentence with errors is used once."""
    rng = random.Random(1)
    wrong = [
        sentence
        for sentence in noisy
        if sentence.errors and (density < DENSE or sentence.errors >= DENSE * sentence.words)
    ]
    rng.shuffle(wrong)
    texts = []
    while len(texts) < count and wrong:
        chosen, words, errors = [], 0, 0
        # A fraction of an error is one error in some of the texts.
        wanted = int(density * WORDS + rng.random())
        while wrong and errors < wanted:
            chosen.append(wrong.pop())
            words, errors = words + chosen[-1].words, errors + chosen[-1].errors
        while words < WORDS:
            chosen.append(rng.choice(clean))
            words += chosen[-1].words
        rng.shuffle(chosen)
        texts.append(Text.join(chosen))
    return texts


def judge(nlp: Language, texts: Sequence[Text]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the score of each suggestion, and whether it is right."""
    found = [
        one
        for text, doc in zip(texts, nlp.pipe(text.text for text in texts), strict=True)
        for one in _judged(text, doc._.corrections)
    ]
    return torch.tensor([score for score, _ in found], dtype=torch.double), torch.tensor([right for _, right in found])


def _judged(text: Text, corrections: Sequence[dict]) -> Iterator[tuple[float, bool]]:
    rows = iter(corrections)
    row = next(rows, None)
    for start, sentence in zip(text.starts, text.sentences, strict=True):
        words, end = sentence.noisy.split(), start + len(sentence.noisy)
        gold = align(words, sentence.clean.split())
        while row is not None and row["start"] < end:
            if row["suggestions"]:
                left, right = row["start"] - start, row["end"] - start
                corrected = sentence.noisy[:left] + row["suggestion"] + sentence.noisy[right:]
                made = align(words, corrected.split())
                changed = [at for at, word in enumerate(words) if made[at] != word]
                yield row["score"], bool(changed) and all(made[at] == gold[at] for at in changed)
            row = next(rows, None)


def print_density(texts: Sequence[Text], scores: torch.Tensor, right: torch.Tensor) -> None:
    words = sum(sentence.words for text in texts for sentence in text.sentences)
    errors = sum(sentence.errors for text in texts for sentence in text.sentences)
    error = confidence_error(scores, right, bins=BINS)
    head = [f"{1000 * errors / words:.1f}", str(len(texts)), f"{len(scores):,}", f"{error:.3f}"]
    bins = (scores * BINS).long().clamp(max=BINS - 1)
    for at in range(BINS):
        inside = bins == at
        if inside.any():
            cells = [
                f"{at / BINS:.1f}-{(at + 1) / BINS:.1f}",
                f"{int(inside.sum()):,}",
                f"{scores[inside].mean():.2f}",
                f"{right[inside].double().mean():.2f}",
            ]
            print_row(*head, *cells)
            head = [""] * len(head)


if __name__ == "__main__":
    main()
