"""Training of the tagger: maximum conditional likelihood, evaluated by strict spans."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from docsight.errors import ConfigError
from docsight.networks.spans import encode_words, find_spans
from docsight.networks.tagger import Tagger
from docsight.tags import TagSpan
from docsight_training.data.ner.ner_batches import NerBatch, NerDocument
from docsight_training.metrics import SpanScore
from docsight_training.modules.base import ScheduledModule


class NerModule(ScheduledModule[Tagger]):
    """Trains a `Tagger`.

    Args:
        margins: For each label, a value that training adds to the scores of all other tags where the annotation has
            this label. This raises recall of the label at the cost of precision (softmax-margin,
            Gimpel and Smith 2010; for the recall of names in other domains, Mohit et al. 2012).
    """

    def __init__(self, network: Tagger, *, margins: Mapping[str, float] | None = None, **schedule: Any) -> None:
        super().__init__(network, **schedule)
        self._scores: dict[str, SpanScore] = {}  # by corpus
        if unknown := sorted(set(margins or {}) - set(network.labels)):
            raise ConfigError(
                f"model.module.margins: expected labels of the network, {', '.join(network.labels)}; "
                f"found {', '.join(unknown)}."
            )
        # The margin of each tag is that of its label: (tags,)
        self._margins = torch.tensor([(margins or {}).get(tag[2:], 0.0) for tag in network.tags])

    def training_step(self, batch: NerBatch, _: int) -> Tensor:
        emissions = self.network(batch.types, batch.index, batch.lengths)
        margin = (self._margins.to(emissions.device) * batch.allowed).amax(dim=2, keepdim=True)  # (batch, time, 1)
        emissions = emissions + margin * ~batch.allowed
        with torch.autocast(emissions.device.type, enabled=False):  # sums of exponentials need float32
            likelihood = self.network.crf.log_likelihood(emissions, batch.lengths, batch.allowed)
        loss = -likelihood.sum() / batch.lengths.sum()
        self.log("train/loss", loss, batch_size=len(batch.lengths), on_step=True, on_epoch=True)
        return loss

    def on_validation_epoch_start(self) -> None:
        self._scores = defaultdict(SpanScore)

    on_test_epoch_start = on_validation_epoch_start

    def validation_step(self, documents: list[NerDocument], _: int) -> None:
        """Predict as the component does, and count spans of the labels that the corpus annotates."""
        for document, spans in zip(documents, self.predict_spans(documents), strict=True):
            scored = [span for span in spans if span.label not in document.unannotated]
            self._scores[document.corpus].add(document.spans, scored)

    test_step = validation_step

    def predict_spans(self, documents: Sequence[NerDocument]) -> list[list[TagSpan]]:
        encoded, rows, offset = [], [], 0
        for document in documents:
            encoded.append(encode_words(self.network, document.types))
            rows.append(document.index + offset)
            offset += len(encoded[-1])
        found = find_spans(self.network, torch.cat(encoded), rows, breaks=[d.breaks for d in documents])
        return [[TagSpan(*span[:3]) for span in spans] for spans in found]

    def on_validation_epoch_end(self) -> None:
        self._log_scores("val")

    def on_test_epoch_end(self) -> None:
        self._log_scores("test")

    def _log_scores(self, split: str) -> None:
        total = SpanScore()
        for corpus, score in sorted(self._scores.items()):
            total.merge(score)
            if len(self._scores) > 1:
                self.log(f"{split}/f1/{corpus}", score.f1)
        for label in self.network.labels:
            self.log(f"{split}/f1/{label}", total.scores(label)["f1"])
            self.log(f"{split}/precision/{label}", total.scores(label)["precision"])
        for name, value in total.scores().items():
            self.log(f"{split}/{name}", value, prog_bar=name == "f1")
        mean = sum(score.f1 for score in self._scores.values()) / max(1, len(self._scores))
        self.log(f"{split}/f1_mean", mean)
