"""The data of the judge: places of noisy text with every density of errors, and judged places of documents."""

import logging
import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from docsight.networks.judge import EVIDENCE
from docsight.spelling.arrays import Bools, Floats, Ints, starts_of
from docsight.spelling.correction.corrector import Corrector
from docsight_training.data.speller.judge_texts import UNJUDGED, JudgeText, NoisyTexts
from docsight_training.data.speller.judged_documents import JudgedDocument, read_judged
from docsight_training.data.speller.mistakes import SentenceNoise
from docsight_training.data.speller.open_text import read_edited_sentences, read_paragraphs
from docsight_training.data.speller.standardization import mean_and_scale

log = logging.getLogger(__name__)

_TEXTS_AT_ONCE = 200  # texts that the corrector processes together
HELD_OUT = 0.15  # of the packages of judged documents, and of the texts


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
        self.corrector = corrector
        self.noisy = NoisyTexts(sentence_noise, clean=clean, clean_sentences=clean_sentences, clean_edited=clean_edited)
        self.sentences, self.edited, self.paragraphs, self.judged = sentences, edited, paragraphs, judged
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
        texts = [
            *self.noisy.from_sentences(
                sentences=self.sentences,
                edited=self.edited,
                paragraphs=self.paragraphs,
                rng=random.Random(self.seed),
            ),
            *self.noisy.from_documents(self.judged, random.Random(self.seed)),
        ]
        labelled = self._label(texts)
        is_validation = np.array([is_held_out(text.group) for text in texts], dtype=bool)
        train = _take(labelled, ~is_validation)
        self.mean, self.scale = mean_and_scale(train.evidence, hidden=self.hidden)
        self.train, self.validation = _as_batch(train), _as_batch(_take(labelled, is_validation))

    def _label(self, texts: Sequence[JudgeText]) -> _Labelled:
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
                weights[places.text] * (labels != UNJUDGED),
                places.words,
                np.bincount(places.text, minlength=len(some)),
            )
            for column, values in zip(columns, part, strict=True):
                column.append(values)
            log.info("judge: %d of %d texts", at + len(some), len(texts))
        evidence, known, share, right, weight, words, counts = map(np.concatenate, columns)
        return _Labelled(evidence, known, share, right, weight, words, starts_of(counts))


def is_held_out(group: str) -> bool:
    """Return whether the texts of a group, such as the documents of a package, are for validation."""
    return zlib.crc32(group.encode()) % 1000 < 1000 * HELD_OUT


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
