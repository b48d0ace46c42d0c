"""The texts that the judge learns from, and which suggestions are right in them."""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from docsight_training.data.speller.judged_documents import JudgedDocument
from docsight_training.data.speller.mistakes import NoisyText, SentenceNoise, make_mistakes

_PARAGRAPHS = (8, 40)  # of a long text
_DENSITIES = (0.001, 0.15)  # of errors, drawn uniformly on a logarithmic scale
_DENSITIES_OF_SENTENCES = (0.05, 0.2)  # single sentences are mostly ones that somebody has just typed
_WRAP_WIDTHS = (66, 72, 76, 79, 90)  # characters of a line of a text whose lines are wrapped
_ON_LINES = 0.2  # of the texts have each sentence on a line
_WRAPPED = 0.4  # of the texts of several sentences
RIGHT, WRONG, UNJUDGED = 1, 0, -1


class Kind(NamedTuple):
    """A kind of training text, how much each of its places counts, and whether some are brought to another case."""

    name: str
    weight: float
    recase: bool = True


# Judged documents are few, and are what the judge is for. Edited sentences show that a short text may have no error.
# They keep their case because they contain many names: in lower case, these would teach that an unknown word of such
# text is right.
_SENTENCES, _EDITED = Kind("sentence", 1.5), Kind("edited", 5.0, recase=False)
_PARAGRAPH, _LONG = Kind("paragraph", 0.5), Kind("long", 0.5)
_NOISY_DOCUMENT, _FOREIGN, _DOCUMENT = Kind("noisy document", 0.3), Kind("foreign", 4.0), Kind("document", 8.0)


class JudgeText(NamedTuple):
    """A text, and what it says of each place whose suggestion is judged."""

    text: str
    label: Callable[[int, int, str], int]  # of a place, by its start, its end and the suggestion
    kind: Kind
    group: str  # texts of a group are all in the training or all in the validation part


class NoisyTexts:
    """Makes texts whose density of errors differs from one to the next.

    Args:
        noise: Makes the mistakes.
        clean: The fraction of paragraphs and long texts without mistakes.
        clean_sentences: That of the sentences.
        clean_edited: That of the edited sentences.
    """

    def __init__(self, noise: SentenceNoise, *, clean: float, clean_sentences: float, clean_edited: float) -> None:
        self._noise = noise
        self._clean, self._clean_sentences, self._clean_edited = clean, clean_sentences, clean_edited

    def from_sentences(
        self,
        *,
        sentences: Iterable[str],
        edited: Iterable[str],
        paragraphs: Mapping[str, Sequence[Sequence[str]]],
        rng: random.Random,
    ) -> Iterator[JudgeText]:
        """Yield texts with mistakes: single sentences, then paragraphs and longer pieces of each source."""
        for number, sentence in enumerate(sentences):
            yield self._noisy(
                [sentence], self._clean_sentences, _SENTENCES, f"sentence {number}", rng, _DENSITIES_OF_SENTENCES
            )
        for number, sentence in enumerate(edited):
            yield self._noisy([sentence], self._clean_edited, _EDITED, f"edited {number}", rng)
        for source, all_of_source in paragraphs.items():
            half = len(all_of_source) // 2
            for number, paragraph in enumerate(all_of_source[:half]):
                yield self._noisy(paragraph, self._clean, _PARAGRAPH, f"{source} {number}", rng)
            at = half
            while at < len(all_of_source):
                stop = at + rng.randint(*_PARAGRAPHS)
                long = [sentence for paragraph in all_of_source[at:stop] for sentence in paragraph]
                yield self._noisy(long, self._clean, _LONG, f"{source} {at}", rng)
                at = stop

    def from_documents(self, judged: Iterable[JudgedDocument], rng: random.Random) -> Iterator[JudgeText]:
        """Yield judged documents, each of prose also as a copy with mistakes."""
        for document in judged:
            verdicts = {(start, end): meant for start, end, meant in document.verdicts}
            label = _foreign_label if document.is_foreign else partial(_judged_label, verdicts)
            kind = _FOREIGN if document.is_foreign else _DOCUMENT
            yield JudgeText(document.text, label, kind, document.package)
            if document.is_prose:
                lines = document.text.split("\n")
                noisy = make_mistakes(
                    lines, self._noise, rng, clean=0.0, rate=_draw_density(rng), separator="\n", recase=False
                )
                yield JudgeText(noisy.text, partial(_inserted_label, noisy), _NOISY_DOCUMENT, document.package)

    def _noisy(
        self,
        sentences: Sequence[str],
        clean: float,
        kind: Kind,
        group: str,
        rng: random.Random,
        densities: tuple[float, float] = _DENSITIES,
    ) -> JudgeText:
        is_clean = rng.random() < clean
        separator = "\n" if rng.random() < _ON_LINES else " "
        rate = _draw_density(rng, densities)
        noisy = make_mistakes(
            sentences,
            self._noise,
            rng,
            clean=float(is_clean),
            rate=rate,
            separator=separator,
            recase=kind.recase,
        )
        if len(sentences) > 1 and rng.random() < _WRAPPED:
            noisy = _wrapped(noisy, rng.choice(_WRAP_WIDTHS))
        return JudgeText(noisy.text, partial(_noisy_label, noisy), kind, group)


def _draw_density(rng: random.Random, densities: tuple[float, float] = _DENSITIES) -> tuple[float, float]:
    density = math.exp(rng.uniform(*map(math.log, densities)))
    return density, density


def _noisy_label(noisy: NoisyText, start: int, end: int, suggestion: str) -> int:
    meant = noisy.meant.get((start, end))
    if meant is not None:
        return RIGHT if suggestion == meant else WRONG
    # A part of a mistake, or more than one.
    return UNJUDGED if any(start < other and first < end for first, other in noisy.meant) else WRONG


def _inserted_label(noisy: NoisyText, start: int, end: int, suggestion: str) -> int:
    """Label a place of a document with inserted mistakes: the others are not judged there."""
    meant = noisy.meant.get((start, end))
    return UNJUDGED if meant is None else RIGHT if suggestion == meant else WRONG


def _judged_label(verdicts: Mapping[tuple[int, int], str | None], start: int, end: int, suggestion: str) -> int:
    if (start, end) not in verdicts:
        return UNJUDGED
    return RIGHT if suggestion == verdicts[start, end] else WRONG


def _foreign_label(start: int, end: int, suggestion: str) -> int:
    return WRONG


def _wrapped(noisy: NoisyText, width: int) -> NoisyText:
    """Break lines at spaces that are in no mistake, so that no offset changes."""
    inside = {at for start, end in noisy.meant for at in range(start, end)}
    chars, column, space = list(noisy.text), 0, -1
    for at, char in enumerate(noisy.text):
        if char == " " and at not in inside:
            space = at
        column = 0 if char == "\n" else column + 1
        if column > width and space >= 0:
            chars[space] = "\n"
            column, space = at - space, -1
    return NoisyText("".join(chars), noisy.meant)
