"""The data of the judge: places of noisy text with every density of errors, and judged places of documents."""

import logging
import math
import random
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from docsight.networks.judge import EVIDENCE
from docsight.spelling.arrays import Bools, Floats, Ints, starts_of
from docsight.spelling.correction.corrector import Corrector
from docsight_training.data.speller.judged_documents import JudgedDocument, read_judged
from docsight_training.data.speller.mistakes import NoisyText, SentenceNoise, make_mistakes
from docsight_training.data.speller.open_text import read_edited_sentences, read_paragraphs
from docsight_training.data.speller.standardization import mean_and_scale

log = logging.getLogger(__name__)

_TEXTS_AT_ONCE = 200  # texts that the corrector processes together
_PARAGRAPHS = (8, 40)  # of a long text
_DENSITIES = (0.001, 0.15)  # of errors, drawn uniformly on a logarithmic scale
_DENSITIES_OF_SENTENCES = (0.05, 0.2)  # single sentences are mostly ones that somebody has just typed
_WRAP_WIDTHS = (66, 72, 76, 79, 90)  # characters of a line of a text whose lines are wrapped
_ON_LINES = 0.2  # of the texts have each sentence on a line
_WRAPPED = 0.4  # of the texts of several sentences
HELD_OUT = 0.15  # of the packages of judged documents, and of the texts
_RIGHT, _WRONG, _UNJUDGED = 1, 0, -1


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


@dataclass
class JudgeBatch:
    """The places of all texts of a part; the first five are the arguments of `Judge`."""

    evidence: Tensor
    known: Tensor
    text: Tensor
    words: Tensor
    share: Tensor
    right: Tensor  # (places,) float, 1 where the suggestion is right
    weight: Tensor  # (places,) 0 where nobody judged it


class _Labelled(NamedTuple):
    """The places of all texts, text by text."""

    evidence: Floats
    known: Ints
    share: Floats
    right: Floats
    weight: Floats
    words: Floats  # (texts,)
    start: Ints  # (texts + 1,) the first place of each text


class JudgeData:
    """Texts for the judge: sentences, paragraphs and long texts with mistakes, and documents that a reader judged.

    Args:
        sentences: Texts without mistakes of one sentence each; `edited` ones are of a kind with few mistakes.
        paragraphs: Texts of several sentences, by their source; their order is that of the source.
        judged: Documents with judged corrections. Mistakes are inserted into copies of them, too.
        clean: The fraction of paragraphs and long texts without mistakes; `clean_sentences` is that of the sentences,
            `clean_edited` that of the edited ones.
        ablate: Names of evidence that is hidden from the judge, to measure what it contributes.
    """

    train: JudgeBatch  # set by `setup`, as the others
    validation: JudgeBatch
    mean: Floats  # (evidence,) of the training places
    scale: Floats  # (evidence,) the inverse of their standard deviation

    def __init__(
        self,
        *,
        corrector: Corrector,
        sentence_noise: SentenceNoise,
        sentences: Sequence[str],
        edited: Sequence[str],
        paragraphs: Mapping[str, Sequence[Sequence[str]]],
        judged: Sequence[JudgedDocument] = (),
        clean: float = 0.35,
        clean_sentences: float = 0.1,
        clean_edited: float = 0.85,
        ablate: Sequence[str] = (),
        seed: int = 1,
    ) -> None:
        self.corrector, self.noise = corrector, sentence_noise
        self.sentences, self.edited, self.paragraphs, self.judged = sentences, edited, paragraphs, judged
        self.clean, self.clean_sentences, self.clean_edited = clean, clean_sentences, clean_edited
        self.hidden = [at for at, name in enumerate(EVIDENCE) if name in ablate]
        self.seed = seed

    @classmethod
    def from_folders(
        cls,
        *,
        text: str,
        lists: str,
        names: str,
        test_names: str | None = None,
        thin: Mapping[str, float] | None = None,
        judged: str | None = None,
        num_sentences: int = 7000,
        seed: int = 1,
        **options: Any,
    ) -> "JudgeData":
        """Read the texts: the part that the ranker learns from, sentences with many names, and judged documents."""
        rng = random.Random(seed)
        by_source: dict[str, list[list[str]]] = {}
        sentences = []
        for paragraph in read_paragraphs(text, "ranker", thin=thin):
            if rng.random() < 0.5:  # half of the text is for single sentences
                sentences += paragraph.sentences
            else:
                by_source.setdefault(paragraph.source, []).append(paragraph.sentences)
        edited = read_edited_sentences(lists, names, test_names)
        return cls(
            sentences=rng.sample(sentences, min(num_sentences, len(sentences))),
            edited=rng.sample(edited, min(num_sentences, len(edited))),
            paragraphs=by_source,
            judged=read_judged(judged) if judged else (),
            seed=seed,
            **options,
        )

    def setup(self) -> None:
        """Find the places of all texts, and label them."""
        texts = [*self._noisy_texts(random.Random(self.seed)), *self._judged_texts(random.Random(self.seed))]
        labelled = self._label(texts)
        is_validation = np.array([is_held_out(text.group) for text in texts], dtype=bool)
        train = _take(labelled, ~is_validation)
        self.mean, self.scale = mean_and_scale(train.evidence, hidden=self.hidden)
        self.train, self.validation = _as_batch(train), _as_batch(_take(labelled, is_validation))

    def _noisy_texts(self, rng: random.Random) -> Iterator["_Text"]:
        """Yield texts whose density of errors differs from one to the next."""
        for number, sentence in enumerate(self.sentences):
            yield self._noisy(
                [sentence], self.clean_sentences, _SENTENCES, f"sentence {number}", rng, _DENSITIES_OF_SENTENCES
            )
        for number, sentence in enumerate(self.edited):
            yield self._noisy([sentence], self.clean_edited, _EDITED, f"edited {number}", rng)
        for source, paragraphs in self.paragraphs.items():
            half = len(paragraphs) // 2
            for number, paragraph in enumerate(paragraphs[:half]):
                yield self._noisy(paragraph, self.clean, _PARAGRAPH, f"{source} {number}", rng)
            at = half
            while at < len(paragraphs):
                stop = at + rng.randint(*_PARAGRAPHS)
                long = [sentence for paragraph in paragraphs[at:stop] for sentence in paragraph]
                yield self._noisy(long, self.clean, _LONG, f"{source} {at}", rng)
                at = stop

    def _judged_texts(self, rng: random.Random) -> Iterator["_Text"]:
        for document in self.judged:
            verdicts = {(start, end): meant for start, end, meant in document.verdicts}
            label = _foreign_label if document.is_foreign else partial(_judged_label, verdicts)
            kind = _FOREIGN if document.is_foreign else _DOCUMENT
            yield _Text(document.text, label, kind, document.package)
            if document.is_prose:
                lines = document.text.split("\n")
                noisy = make_mistakes(
                    lines, self.noise, rng, clean=0.0, rate=_draw_density(rng), separator="\n", recase=False
                )
                yield _Text(noisy.text, partial(_inserted_label, noisy), _NOISY_DOCUMENT, document.package)

    def _noisy(
        self,
        sentences: Sequence[str],
        clean: float,
        kind: Kind,
        group: str,
        rng: random.Random,
        densities: tuple[float, float] = _DENSITIES,
    ) -> "_Text":
        is_clean = rng.random() < clean
        separator = "\n" if rng.random() < _ON_LINES else " "
        rate = _draw_density(rng, densities)
        noisy = make_mistakes(
            sentences,
            self.noise,
            rng,
            clean=float(is_clean),
            rate=rate,
            separator=separator,
            recase=kind.recase,
        )
        if len(sentences) > 1 and rng.random() < _WRAPPED:
            noisy = _wrapped(noisy, rng.choice(_WRAP_WIDTHS))
        return _Text(noisy.text, partial(_noisy_label, noisy), kind, group)

    def _label(self, texts: Sequence["_Text"]) -> _Labelled:
        columns: list[list[npt.NDArray[Any]]] = [[] for _ in _Labelled._fields]
        for at in range(0, max(len(texts), 1), _TEXTS_AT_ONCE):  # no texts give arrays without rows
            some = texts[at : at + _TEXTS_AT_ONCE]
            places, suggestions = self.corrector.places([text.text for text in some])
            labels = np.array(
                [
                    some[text].label(start, end, suggestion)
                    for text, start, end, suggestion in zip(
                        places.text.tolist(), places.start.tolist(), places.end.tolist(), suggestions, strict=True
                    )
                ],
                dtype=np.float32,
            ).reshape(-1)
            weights = np.array([text.kind.weight for text in some], dtype=np.float32)
            part = (
                places.evidence,
                places.known,
                places.share,
                np.maximum(labels, 0),
                weights[places.text] * (labels != _UNJUDGED),
                places.words,
                np.bincount(places.text, minlength=len(some)),
            )
            for column, values in zip(columns, part, strict=True):
                column.append(values)
            log.info("judge: %d of %d texts", at + len(some), len(texts))
        evidence, known, share, right, weight, words, counts = map(np.concatenate, columns)
        return _Labelled(evidence, known, share, right, weight, words, starts_of(counts))


class _Text(NamedTuple):
    text: str
    label: Callable[[int, int, str], int]  # of a place, by its start, its end and the suggestion
    kind: Kind
    group: str  # texts of a group are all in the training or all in the validation part


def is_held_out(group: str) -> bool:
    """Return whether the texts of a group, such as the documents of a package, are for validation."""
    return zlib.crc32(group.encode()) % 1000 < 1000 * HELD_OUT


def _draw_density(rng: random.Random, densities: tuple[float, float] = _DENSITIES) -> tuple[float, float]:
    density = math.exp(rng.uniform(*map(math.log, densities)))
    return density, density


def _noisy_label(noisy: NoisyText, start: int, end: int, suggestion: str) -> int:
    meant = noisy.meant.get((start, end))
    if meant is not None:
        return _RIGHT if suggestion == meant else _WRONG
    # A part of a mistake, or more than one.
    return _UNJUDGED if any(start < other and first < end for first, other in noisy.meant) else _WRONG


def _inserted_label(noisy: NoisyText, start: int, end: int, suggestion: str) -> int:
    """Label a place of a document with inserted mistakes: the others are not judged there."""
    meant = noisy.meant.get((start, end))
    return _UNJUDGED if meant is None else _RIGHT if suggestion == meant else _WRONG


def _judged_label(verdicts: Mapping[tuple[int, int], str | None], start: int, end: int, suggestion: str) -> int:
    if (start, end) not in verdicts:
        return _UNJUDGED
    return _RIGHT if suggestion == verdicts[start, end] else _WRONG


def _foreign_label(start: int, end: int, suggestion: str) -> int:
    return _WRONG


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


def _take(labelled: _Labelled, texts: Bools) -> _Labelled:
    sizes = np.diff(labelled.start)
    places = np.repeat(texts, sizes)
    return _Labelled(
        labelled.evidence[places],
        labelled.known[places],
        labelled.share[places],
        labelled.right[places],
        labelled.weight[places],
        labelled.words[texts],
        starts_of(sizes[texts]),
    )


def _as_batch(labelled: _Labelled) -> JudgeBatch:
    text = np.repeat(np.arange(len(labelled.words)), np.diff(labelled.start))
    evidence, known, share, right, weight, words = map(torch.from_numpy, labelled[:6])
    return JudgeBatch(evidence, known, torch.from_numpy(text), words, share, right, weight)
