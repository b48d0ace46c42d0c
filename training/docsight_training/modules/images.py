"""Training of the image classifier: cross-entropy, with an extra class for images of no class."""

import math
from collections.abc import Sized
from pathlib import Path
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import Dataset

from docsight.errors import ConfigError
from docsight.networks.image_classifier import ABSTENTION_SCORES, ClassifierOutput, Decision, ImageClassifier
from docsight_training.data.images.dataset import OTHER
from docsight_training.data.images.image_batches import ImageBatch
from docsight_training.data.images.image_data import ImageData
from docsight_training.metrics import calibration_error, f1_by_class
from docsight_training.modules.base import ScheduledModule
from docsight_training.plots import write_errors

_MAX_FITTED_IMAGES = 6000  # validation images that temperature and threshold are fitted to
_MIN_TEMPERATURE, _MAX_TEMPERATURE = 0.05, 20.0


class ImageModule(ScheduledModule[ImageClassifier]):
    """Trains an `ImageClassifier`.

    Args:
        smoothing: The fraction of the target that is spread over all classes (Szegedy et al. 2016).
        mixup: The parameter of the beta distribution by which pairs of images and their targets are blended
            (Zhang et al. 2018); 0 for none.
        score: The abstention score, a key of `docsight.networks.image_classifier.ABSTENTION_SCORES`.
        accepted: The fraction of augmented validation images of the classes that pass the threshold of this score.
    """

    def __init__(
        self,
        network: ImageClassifier,
        *,
        smoothing: float = 0.0,
        mixup: float = 0.0,
        score: str = "energy",
        accepted: float = 0.95,
        **schedule: Any,
    ) -> None:
        super().__init__(network, **schedule)
        if score not in ABSTENTION_SCORES:
            raise ConfigError(f"model.module.score: expected one of {', '.join(ABSTENTION_SCORES)}; found {score!r}.")
        if mixup < 0:
            raise ConfigError(f"model.module.mixup: expected 0 or more; found {mixup}.")
        if not 0 < accepted <= 1:
            raise ConfigError(f"model.module.accepted: expected a fraction above 0 and up to 1; found {accepted}.")
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's stubs
        self.smoothing, self.mixup, self.score, self.accepted = smoothing, mixup, score, accepted
        self.decision = Decision(score=score)
        self.outputs: dict[str, list[Tensor]] = {}

    def training_step(self, batch: ImageBatch, _: int) -> Tensor:
        images, (labels, kinds) = batch.images, self._labels_and_kinds(batch.labels)
        weight, partners = self._draw_mixup(len(labels))
        if weight < 1:
            images = weight * images + (1 - weight) * images[partners]
        reading = self.network(images.to(memory_format=torch.channels_last))
        logits, targets = reading.logits, labels
        if reading.other is not None:
            logits = torch.cat([logits, reading.other[:, None]], dim=1)
            targets = torch.where(labels == OTHER, len(self.network.labels), labels)
        loss = weight * self._loss(logits, targets)
        if weight < 1:
            loss = loss + (1 - weight) * self._loss(logits, targets[partners])
        if (kinds >= 0).any():
            loss = loss + weight * self._loss_of_kinds(reading.leaves, kinds)
        accuracy = (reading.logits.argmax(dim=1) == labels)[labels != OTHER].float().mean()
        self.log("train/loss", loss, batch_size=len(labels), on_step=True, on_epoch=True)
        self.log("train/accuracy", accuracy, batch_size=len(labels), on_step=False, on_epoch=True)
        return loss

    def on_validation_epoch_start(self) -> None:
        self.outputs = {"logits": [], "labels": [], "in_domain": []}

    on_test_epoch_start = on_validation_epoch_start

    def validation_step(self, batch: ImageBatch, _: int) -> None:
        reading = self.network(batch.images.to(memory_format=torch.channels_last))
        self.outputs["logits"].append(reading.logits.float())
        self.outputs["labels"].append(self._labels_and_kinds(batch.labels)[0])
        self.outputs["in_domain"].append(self.decision.in_domain(reading))

    test_step = validation_step

    def on_validation_epoch_end(self) -> None:
        self._log_scores("val")

    def on_test_epoch_end(self) -> None:
        self._log_scores("test")

    @torch.no_grad()
    def describe(self, data: ImageData) -> dict[str, Any]:
        """Fit temperature and threshold of the decision.

        They are fitted to validation images with the augmentation of training, which imitates images of other sources.
        """
        self.network.eval()
        output, labels = self._classify(data.augmented_batches("validation", max_images=_MAX_FITTED_IMAGES))
        self.decision = fit_decision(output, labels, score=self.score, accepted=self.accepted)
        return {"decision": self.decision.to_config()}

    def warnings(self) -> list[str]:
        """Warn of a model that predicts one class for all validation images."""
        predicted = set(torch.cat(self.outputs["logits"]).argmax(dim=1).tolist())
        if len(predicted) > 1 or len(self.network.labels) < 2:
            return []
        only = self.network.labels[predicted.pop()]
        return [
            f"The model predicts {only} for every validation image. Train longer (epochs=N), balance the classes "
            "(data.balance=1), or add images of the other classes."
        ]

    def write_reports(self, folder: Path, data: ImageData) -> None:
        images = data.parts["test" if data.has_test else "validation"]
        logits = torch.cat(self.outputs["logits"])
        write_errors(folder, self.decision.probabilities(logits), images, self.network.labels, data.settings)

    def _classify(self, batches: Dataset[ImageBatch]) -> tuple[ClassifierOutput, Tensor]:
        readings, labels = [], []
        for number in range(len(cast(Sized, batches))):
            batch = batches[number]
            readings.append(self.network(batch.images.to(self.device, memory_format=torch.channels_last)))
            labels.append(self._labels_and_kinds(batch.labels)[0])
        logits = torch.cat([reading.logits for reading in readings]).cpu()
        features = torch.cat([reading.features for reading in readings]).cpu()
        other = [reading.other for reading in readings if reading.other is not None]
        return ClassifierOutput(logits, features, torch.cat(other).cpu() if other else None), torch.cat(labels)

    def _loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        return F.cross_entropy(logits.float(), targets, ignore_index=OTHER, label_smoothing=self.smoothing)

    def _labels_and_kinds(self, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Split the labels of images, which may name kinds, into those of the network and the leaves of the kinds.

        Returns:
            Both (batch,); the leaf is OTHER for an image whose kind is not known.
        """
        network = self.network
        owners = [(label, kind) for label, kinds in network.kinds.items() for kind in kinds]
        count = len(network.labels)
        leaves = torch.full_like(labels, OTHER)
        for at, (label, kind) in enumerate(owners):
            chosen = labels == count + at
            leaves = leaves.masked_fill(chosen, network.leaves.index(kind))
            labels = labels.masked_fill(chosen, network.labels.index(label))
        return labels, leaves

    def _loss_of_kinds(self, leaves: Tensor | None, kinds: Tensor) -> Tensor:
        """Return the mean log loss of the kinds, each among the kinds of its label, times the fraction of images."""
        assert leaves is not None
        loss = leaves.new_zeros(())
        for label in self.network.kinds:
            span = self.network.span(label)
            chosen = (kinds >= span.start) & (kinds < span.stop)
            logits = leaves[chosen][:, span].float()
            loss = loss + F.cross_entropy(logits, kinds[chosen] - span.start, reduction="sum") / len(kinds)
        return loss

    def _draw_mixup(self, count: int) -> tuple[float, Tensor]:
        """Draw the weight of each image's own pixels, at least a half, and the image that the rest comes from."""
        if not self.mixup:
            return 1.0, torch.empty(0)
        weight = float(torch.distributions.Beta(self.mixup, self.mixup).sample())
        return max(weight, 1 - weight), torch.randperm(count, device=self.device)

    def _log_scores(self, split: str) -> None:
        logits, labels, in_domain = (torch.cat(self.outputs[name]) for name in ("logits", "labels", "in_domain"))
        known = labels != OTHER
        passed = in_domain >= self.decision.threshold
        if (~known).any():
            self.log(f"{split}/refused", (~passed[~known]).float().mean())
        logits, labels = logits[known], labels[known]
        probabilities = self.decision.probabilities(logits)
        predicted = logits.argmax(dim=1)
        self.log(f"{split}/loss", F.cross_entropy(logits / self.decision.temperature, labels))
        self.log(f"{split}/accuracy", (predicted == labels).float().mean(), prog_bar=True)
        scores = f1_by_class(labels, predicted, len(self.network.labels)).values()
        self.log(f"{split}/f1_macro", sum(scores) / max(1, len(scores)), prog_bar=True)
        self.log(f"{split}/calibration_error", calibration_error(probabilities, labels))
        self.log(f"{split}/passed", passed[known].float().mean())


def fit_decision(output: ClassifierOutput, labels: Tensor, *, score: str, accepted: float = 0.95) -> Decision:
    """Fit temperature and threshold to images of the classes `labels`, (images,); negative ones are ignored.

    The fraction `accepted` of the images passes the threshold.
    """
    known = labels >= 0
    scores = ABSTENTION_SCORES[score](output)[known]
    threshold = float(scores.double().quantile(1 - accepted))
    temperature = fit_temperature(output.logits[known], labels[known])
    return Decision(temperature=temperature, score=score, threshold=round(threshold, 4))


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """Return the temperature with the lowest log loss, by golden-section search, for logits (images, labels)."""

    def loss(power: float) -> float:
        return float(F.cross_entropy(logits.float() / math.exp(power), labels))

    low, high = math.log(_MIN_TEMPERATURE), math.log(_MAX_TEMPERATURE)
    ratio = (math.sqrt(5) - 1) / 2
    while high - low > 1e-3:
        first, second = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, second) if loss(first) < loss(second) else (first, high)
    return round(math.exp((low + high) / 2), 4)
