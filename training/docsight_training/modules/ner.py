"""Training of the tagger: maximum conditional likelihood of annotations, or cross entropy to a teacher.

Evaluated by strict spans.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from docsight.batching import batches_by_cost
from docsight.errors import ConfigError
from docsight.layers.crf import LinearChainCRF
from docsight.networks.spans import MAX_BATCH_TOKENS, encode_words
from docsight.networks.tagger import Tagger
from docsight.tags import TagSpan
from docsight_training.data.ner.ner_batches import NerBatch, NerDocument
from docsight_training.data.ner.ner_data import NerData
from docsight_training.metrics import SpanScore
from docsight_training.modules.base import ScheduledModule
from docsight_training.modules.ner_calibration import (
    choose_method,
    compare_methods,
    fit_labels,
    judge_network,
    search_documents,
    write_calibration,
)
from docsight_training.modules.ner_errors import judge_sentences, write_ner_errors
from docsight_training.tagger_transfer import freeze_old_labels

_KEEPING_ENCODER_RATE = 0.1
_TIE_BREAK = 1e-4  # the weight of a loss of about 1 beside an F1 of up to 1


class NerModule(ScheduledModule[Tagger]):
    """Trains a `Tagger`.

    Args:
        margins: For each label, a value that training adds to the scores of all other tags where the annotation has
            this label. This raises recall of the label at the cost of precision (softmax-margin,
            Gimpel and Smith 2010; for the recall of names in other domains, Mohit et al. 2012).
        encoder_rate: The learning rate of the encoder, as a fraction of that of the other layers. None for 1, or for
            0.1 if the labels of the model that training starts from are kept.
        initial_fraction: If those labels are kept, the trained weights are averaged with the initial ones, with this
            fraction of the initial ones.
        adversarial: How far the words of a window are moved against the annotation, relative to the length of their
            vectors together; the loss is then the mean of that of the words as they are and as they are moved
            (adversarial training, Miyato et al. 2017; of taggers, Yasunaga et al. 2018). 0 for none.
        new_labels_only: Whether only the scores of labels that the model to start from lacks are trained. What it says
            of its own labels then stays the same, but where a new label is more likely.
    """

    def __init__(
        self,
        network: Tagger,
        *,
        margins: Mapping[str, float] | None = None,
        encoder_rate: float | None = None,
        initial_fraction: float = 0.25,
        adversarial: float = 0.0,
        new_labels_only: bool = False,
        **schedule: Any,
    ) -> None:
        super().__init__(network, **schedule)
        self.encoder_rate, self.initial_fraction = encoder_rate, initial_fraction
        self.adversarial = adversarial
        self.new_labels_only = new_labels_only
        self._has_start = False  # whether the weights come from another model
        self._scores: dict[str, SpanScore] = {}  # by corpus
        self._loss, self._tokens = 0.0, 0  # the sum over the windows of the validation data, and their tokens
        if adversarial and new_labels_only:
            raise ConfigError(
                "model.module.adversarial moves the words that the encoder reads, and "
                "model.module.new_labels_only=true keeps the encoder; leave one of them out."
            )
        if unknown := sorted(set(margins or {}) - set(network.labels)):
            raise ConfigError(
                f"model.module.margins: expected labels of the network, {', '.join(network.labels)}; "
                f"found {', '.join(unknown)}."
            )
        # The margin of each tag is that of its label: (tags,)
        self._margins = torch.tensor([(margins or {}).get(tag[2:], 0.0) for tag in network.tags])

    def parameter_groups(self) -> Any:
        encoder = list(self.network.encoder.parameters())
        known = set(encoder)
        others = [parameter for parameter in self.parameters() if parameter not in known]
        rate = self.make_optimizer.keywords["lr"]  # type: ignore[attr-defined]
        encoder_rate = self.encoder_rate
        if encoder_rate is None:
            keeps = self.trainer.datamodule.keep_labels  # type: ignore[attr-defined]
            encoder_rate = _KEEPING_ENCODER_RATE if keeps else 1.0
        groups: list[dict[str, Any]] = [{"params": encoder, "lr": rate * encoder_rate}, {"params": others}]
        if self.new_labels_only:
            groups[1]["weight_decay"] = 0.0  # it would also change weights that have no gradient
        return groups

    def on_fit_start(self) -> None:
        if self.new_labels_only:
            freeze_old_labels(self.network, self.trainer.datamodule.start)  # type: ignore[attr-defined]

    def on_train_epoch_start(self) -> None:
        if self.new_labels_only:
            self.network.encoder.eval()  # no dropout in what is not trained

    def training_step(self, batch: NerBatch, _: int) -> Tensor:
        encoded = self.inputs(batch)
        kind = "gold" if batch.scores is None else "silver"
        loss = self._loss_of(encoded, batch)
        if self.adversarial:
            loss = (loss + self._loss_of(self._move(encoded, loss, batch.lengths), batch)) / 2
        self.log(f"train/loss/{kind}", loss, batch_size=len(batch.lengths), on_step=False, on_epoch=True)
        self.log("train/loss", loss, batch_size=len(batch.lengths), on_step=True, on_epoch=True)
        return loss

    def _loss_of(self, encoded: Tensor, batch: NerBatch) -> Tensor:
        """Return the mean loss of a token, for encoded words (batch, time, input)."""
        emissions = self.network.emissions(encoded, batch.lengths)
        with torch.autocast(emissions.device.type, enabled=False):  # sums of exponentials need float32
            loss_of = self._annotation_loss if batch.scores is None else self._distillation_loss
            return loss_of(emissions, batch).sum() / batch.lengths.sum()

    def _move(self, encoded: Tensor, loss: Tensor, lengths: Tensor) -> Tensor:
        """Move encoded words (batch, time, input) in the direction in which the loss of their window grows most."""
        (gradient,) = torch.autograd.grad(loss, encoded, retain_graph=True)
        inside = torch.arange(encoded.shape[1], device=encoded.device) < lengths.unsqueeze(1)
        size = (encoded.detach() * inside.unsqueeze(2)).flatten(1).norm(dim=1)  # (batch,)
        slope = gradient.flatten(1).norm(dim=1).clamp(min=torch.finfo(gradient.dtype).tiny)
        moved: Tensor = encoded + (self.adversarial * size / slope)[:, None, None] * gradient
        return moved

    def emissions(self, batch: NerBatch) -> Tensor:
        """Score the tags of the windows of a batch, (batch, time, tags)."""
        return self.network.emissions(self.inputs(batch), batch.lengths)

    def inputs(self, words: NerBatch | NerDocument) -> Tensor:
        """Encode the words of windows or of a document without their context, (…, input)."""
        return self.network.encoder.encode_types(words.types)[words.index]

    def _annotation_loss(self, emissions: Tensor, batch: NerBatch) -> Tensor:
        """Return the negative log-likelihood of the annotation of each window, (batch,)."""
        margin = (self._margins.to(emissions.device) * batch.allowed).amax(dim=2, keepdim=True)  # (batch, time, 1)
        emissions = emissions + margin * ~batch.allowed
        return -self.network.crf.log_likelihood(emissions, batch.lengths, batch.allowed)

    def _distillation_loss(self, emissions: Tensor, batch: NerBatch) -> Tensor:
        """Return the cross entropy of the teacher's distribution over tag sequences, (1,), summed over the windows.

        It differs from the Kullback-Leibler divergence by the teacher's entropy, a constant.
        """
        assert batch.scores is not None
        teacher = self.trainer.datamodule.teacher_crf.to(emissions.device)  # type: ignore[attr-defined]
        unary, steps, first, last = expected_counts(teacher, batch.scores, batch.lengths)
        crf = self.network.crf
        expected = (unary * emissions).sum() + (steps * crf.transitions).sum()
        expected = expected + (first * crf.start).sum() + (last * crf.end).sum()
        return crf.log_partition(emissions, batch.lengths).sum() - expected

    def on_validation_epoch_start(self) -> None:
        self._scores = defaultdict(SpanScore)
        self._loss, self._tokens = 0.0, 0

    on_test_epoch_start = on_validation_epoch_start

    def validation_step(self, batch: list[NerDocument] | NerBatch, batch_idx: int, dataloader_idx: int = 0) -> None:
        """Predict documents as the component does, and score the annotation of windows as training does."""
        if isinstance(batch, NerBatch):
            loss = -self.network.crf.log_likelihood(self.emissions(batch), batch.lengths, batch.allowed)
            self._loss += float(loss.sum())
            self._tokens += int(batch.lengths.sum())
        else:
            self.test_step(batch, batch_idx)

    def test_step(self, documents: list[NerDocument], batch_idx: int) -> None:
        """Predict documents, and count spans of the labels that the corpus annotates."""
        for document, spans in zip(documents, self.predict_spans(documents), strict=True):
            scored = [span for span in spans if span.label not in document.unannotated]
            self._scores[document.corpus].add(document.spans, scored)

    def predict_spans(self, documents: Sequence[NerDocument]) -> list[list[TagSpan]]:
        found = search_documents(self.network, documents, self.encode)
        return [[TagSpan(*span[:3]) for span in row.best] for row in found]

    def encode(self, document: NerDocument) -> tuple[Tensor, Tensor]:
        """Return rows of inputs of the encoder's layers, (rows, input), and for each token its row, (tokens,)."""
        return encode_words(self.network, document.types), document.index

    @torch.no_grad()
    def describe(self, data: NerData) -> dict[str, Any]:
        """Average the weights with the initial ones if labels are kept; fit the calibration on validation documents."""
        self._has_start = data.start is not None
        if data.keep_labels and not self.new_labels_only:
            data.average_with_start(self.network, fraction=self.initial_fraction)
        self.network.eval()
        judged = judge_network(self.network, data.groups("validation"), self.encode)
        self.calibration_errors = compare_methods(judged)
        fitted = fit_labels(judged, choose_method(self.calibration_errors))
        self.calibration = data.kept_calibration() | fitted
        if self.new_labels_only and data.start is not None:
            self.calibration |= data.start.calibration
        return {"calibration": {label: curve.to_config() for label, curve in self.calibration.items()}}

    def warnings(self) -> list[str]:
        """Warn of a model that finds no entity of the validation data, and of labels that it never finds."""
        total = SpanScore()
        for score in self._scores.values():
            total.merge(score)
        never = [label for label in sorted(total.labels) if total.support(label) and not total.scores(label)["recall"]]
        if not total.num_gold:
            return [
                "The validation data has no entity, so its scores say nothing about the model: hold out more of the "
                "text (data.validation=0.2), or annotate more."
            ]
        if not total.scores()["recall"]:
            start = "" if self._has_start else "start from the shipped model (model.init_from=rnn_ner), "
            advice = f"{start}train longer (trainer.min_steps=2000), or annotate more sentences."
            return [f"The model finds no entity of the validation data. {advice[0].upper()}{advice[1:]}"]
        return [f"The model finds no {label} of the validation data: annotate more of them." for label in never]

    @torch.no_grad()
    def write_reports(self, folder: Path, data: NerData) -> None:
        """Write calibration.json, errors.json and errors.html."""
        part = "test" if data.has_test else "validation"
        self.network.eval()
        judged = judge_network(self.network, data.groups(part), self.encode)
        write_calibration(folder, judged, self.calibration, self.calibration_errors, part=part)
        encoded = [document for group in data.groups(part) for document in group]
        found = [
            [span for span in spans if span.label not in document.unannotated]
            for document, spans in zip(encoded, self.predict_spans(encoded), strict=True)
        ]
        sentences = judge_sentences(data.documents[part], found, self._sentence_losses(data, part))
        write_ner_errors(folder, list(sentences), part=part)

    def _sentence_losses(self, data: NerData, part: str) -> list[float]:
        """Return the negative log-likelihood of the annotation of each sentence, in order."""
        rows = [(document.corpus, sentence) for document in data.documents[part] for sentence in document.sentences]
        losses = [0.0] * len(rows)
        for numbers in batches_by_cost([len(s.tokens) for _, s in rows], max_cost=MAX_BATCH_TOKENS):
            batch = data.encoder.batch([rows[number] for number in numbers])
            values = -self.network.crf.log_likelihood(self.emissions(batch), batch.lengths, batch.allowed)
            for number, value in zip(numbers, values.tolist(), strict=True):
                losses[number] = value
        return losses

    def on_validation_epoch_end(self) -> None:
        """Log the scores, and `val/score`, by which the best weights are chosen: F1, with ties broken by the loss."""
        mean = self._log_scores("val")
        loss = self._loss / max(1, self._tokens)
        self.log("val/loss", loss)
        self.log("val/score", mean - _TIE_BREAK * loss)

    def on_test_epoch_end(self) -> None:
        self._log_scores("test")

    def _log_scores(self, split: str) -> float:
        """Log F1, precision and recall, and return the mean F1 of the corpora."""
        total = SpanScore()
        for corpus, score in sorted(self._scores.items()):
            total.merge(score)
            if len(self._scores) > 1:
                self.log(f"{split}/f1/{corpus}", score.f1)
        for label in (label for label in self.network.labels if label in total.labels):  # a test set may lack some
            for name, value in total.scores(label).items():
                self.log(f"{split}/{name}/{label}", value)
            self.log(f"{split}/support/{label}", float(total.support(label)))
        for name, value in total.scores().items():
            self.log(f"{split}/{name}", value, prog_bar=name == "f1")
        mean = sum(score.f1 for score in self._scores.values()) / max(1, len(self._scores))
        self.log(f"{split}/f1_mean", mean)
        return mean


def expected_counts(crf: LinearChainCRF, emissions: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return how often a CRF expects each tag at each token, and each step, first tag and last tag in total.

    These are the gradients of the log-partition function: the marginals (batch, time, tags), and sums over the batch
    (tags, tags), (tags,), (tags,).
    """
    with torch.enable_grad():
        emissions = emissions.detach().requires_grad_()
        total = crf.log_partition(emissions, lengths).sum()
        unary, steps, first, last = torch.autograd.grad(total, [emissions, crf.transitions, crf.start, crf.end])
    return unary, steps, first, last
