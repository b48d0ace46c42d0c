"""The stages of a teacher around its networks: features of a transformer, and labelling open text by their average."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from docsight.batching import batches_by_cost
from docsight.wording import count_of
from docsight_training.building import build
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.ner_batches import BatchEncoder
from docsight_training.data.ner.silver import SilverSource, Teacher, write_silver
from docsight_training.runs import Run
from docsight_training.stages.stage import Stage
from docsight_training.teacher.features import WordFeatures
from docsight_training.teacher.networks import Ensemble
from docsight_training.teacher.unlabelled_text import OpenText, read_unlabelled
from docsight_training.trainer import make_tester

log = logging.getLogger(__name__)

SILVER_FOLDER = "silver"
_PART_DOCUMENTS = 5_000  # documents of a file of silver text: what is labelled again if a run is interrupted
_MAX_BATCH_TOKENS = 4_096


class FeaturesStage(Stage):
    """Provide features of words in context for the data of later stages.

    Args:
        name: The name of the stage, and of its result.
        features: The arguments of `WordFeatures`.
    """

    def __init__(self, *, name: str, **features: Any) -> None:
        self.name, self.features = name, features

    def run(self, run: Run) -> None:
        run.results[self.name] = WordFeatures(**self.features)


class SilverStage(Stage):
    """Label open text with the average of networks of earlier stages, into the folder `silver` of the run.

    Args:
        name: The name of the stage.
        members: The names of the stages that trained the networks.
        module: The config of the module, for the evaluation of the average.
        data: The config of the data module that the networks were trained with.
        texts: By name, the arguments of `OpenText`.
    """

    def __init__(
        self,
        *,
        name: str,
        members: Sequence[str],
        module: dict[str, Any],
        data: dict[str, Any],
        texts: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self.name, self.members, self.module, self.data = name, members, module, data
        self.texts = {text: OpenText(**arguments) for text, arguments in texts.items()}

    def run(self, run: Run) -> None:
        run.seed()
        data = build(self.data, _partial_=True)(features=run.results.get("features"))
        data.setup()
        ensemble = Ensemble([run.results[name] for name in self.members]).eval()
        run.write_config()
        self._evaluate(run, ensemble, data)
        teacher = Teacher(
            labels=list(ensemble.labels),
            transitions=ensemble.crf.transitions.tolist(),
            start=ensemble.crf.start.tolist(),
            end=ensemble.crf.end.tolist(),
        )
        for name, text in self.texts.items():
            source = SilverSource(name, text.origin, text.licence)
            documents = read_unlabelled(text, seed=run.config["seed"])
            for part, start in enumerate(range(0, len(documents), _PART_DOCUMENTS)):
                file = run.folder / SILVER_FOLDER / f"{name}-{part:03}.parquet"
                if file.is_file():
                    continue
                began = time.monotonic()
                labelled = label_documents(ensemble, data.encoder, documents[start : start + _PART_DOCUMENTS])
                write_silver(file, labelled, teacher, source)
                count = count_of(len(labelled), "document")
                log.info("%s: %s, %.0f s", file.name, count, time.monotonic() - began)

    def _evaluate(self, run: Run, ensemble: Ensemble, data: Any) -> None:
        module = build(self.module, network=ensemble)
        trainer = make_tester(run.config["trainer"])
        figures = dict(trainer.validate(module, data, verbose=False)[0])
        if data.has_test:
            figures |= trainer.test(module, data, verbose=False)[0]
        run.add_metrics({f"{self.name}/{name}": value for name, value in figures.items()})
        run.write_metrics()
        for name, value in figures.items():
            log.info("%s %s %.4f", self.name, name, value)


@torch.no_grad()
def label_documents(network: Ensemble, encoder: BatchEncoder, documents: Sequence[Document]) -> list[Document]:
    """Return the documents with the network's emissions as the scores of their sentences."""
    sentences = [sentence for document in documents for sentence in document.sentences]
    labelled: list[Sentence] = list(sentences)
    for batch in batches_by_cost([len(s.tokens) for s in sentences], max_cost=_MAX_BATCH_TOKENS):
        rows = encoder.batch([("", sentences[n]) for n in batch])
        inputs = network.encode_words(rows.types, rows.index, rows.features)
        scores = network.emissions(inputs, rows.lengths).numpy().astype(np.float16)
        for n, row in zip(batch, scores, strict=True):
            labelled[n] = replace(sentences[n], scores=row[: len(sentences[n].tokens)])
    result, at = [], 0
    for document in documents:
        result.append(replace(document, sentences=labelled[at : at + len(document.sentences)]))
        at += len(document.sentences)
    return result
