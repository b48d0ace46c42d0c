"""Train the picture classifier: cross-entropy, and a class of its own for pictures that are of none."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from docsight.errors import ConfigError
from docsight.networks.decision import SCORES, Decision, fit_classes, fit_temperature
from docsight.networks.image_classifier import ImageClassifier, ImageReading
from docsight_training.data.images.dataset import OTHER
from docsight_training.data.images.image_data import ImageBatch, ImageData
from docsight_training.metrics import calibration_error, macro_f1
from docsight_training.modules.base import Annealed

PASSING = 0.95  # the share of validation pictures that the threshold of the abstention score lets pass
_LOOKED_AT = 6000  # training pictures for the class means


class ImageModule(Annealed):
    """An `ImageClassifier` in training.

    Args:
        network: The classifier.
        optimizer: Makes the optimiser of the parameters that are trained.
        smoothing: The share of the target that is spread over all classes (Szegedy et al. 2016).
        mixup: The parameter of the beta distribution by which pairs of pictures are blended, with their targets
            (Zhang et al. 2018); 0 for none.
        score: The abstention score, one of `docsight.networks.decision.SCORES`.
        warmup: The share of the run before the learning rate peaks.
        clip: The largest norm of a step's gradient.
        seed: Seeds dropout, anew at each step, so that a resumed run repeats an undisturbed one.
    """

    def __init__(
        self,
        network: ImageClassifier,
        *,
        optimizer: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer],
        smoothing: float = 0.0,
        mixup: float = 0.0,
        score: str = "energy",
        warmup: float = 0.1,
        clip: float = 5.0,
        seed: int = 1,
    ) -> None:
        super().__init__(optimizer=optimizer, warmup=warmup, clip=clip, seed=seed)
        if score not in SCORES:
            raise ConfigError(f"model.module.score: expected one of {', '.join(SCORES)}; found {score!r}.")
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's stubs
        self.network = network
        if mixup < 0:
            raise ConfigError(f"model.module.mixup: expected 0 or more; found {mixup}.")
        self.smoothing, self.mixup = smoothing, mixup
        self.score = score
        self.decision = Decision(score=score)
        self.readings: dict[str, list[Tensor]] = {}

    def training_step(self, batch: ImageBatch, _: int) -> Tensor:
        """Return the mean cross-entropy of a batch."""
        images, labels = batch.images, batch.labels
        share, partner = self._pairs(len(labels))
        if share < 1:
            images = share * images + (1 - share) * images[partner]
        reading = self.network(images.to(memory_format=torch.channels_last))
        logits, targets = reading.logits, labels
        if reading.other is not None:
            logits = torch.cat([logits, reading.other[:, None]], dim=1)
            targets = torch.where(labels == OTHER, len(self.network.labels), labels)
        loss = share * self._loss(logits, targets)
        if share < 1:
            loss = loss + (1 - share) * self._loss(logits, targets[partner])
        right = (reading.logits.argmax(dim=1) == labels)[labels != OTHER].float().mean()
        self.log("train/loss", loss, batch_size=len(labels), on_step=True, on_epoch=True)
        self.log("train/accuracy", right, batch_size=len(labels), on_step=False, on_epoch=True)
        return loss

    def on_validation_epoch_start(self) -> None:
        """Forget the readings of before."""
        self.readings = {"logits": [], "labels": [], "in_domain": []}

    on_test_epoch_start = on_validation_epoch_start

    def validation_step(self, batch: ImageBatch, _: int) -> None:
        """Read pictures as the component will, and keep what is read."""
        reading = self.network(batch.images.to(memory_format=torch.channels_last))
        self.readings["logits"].append(reading.logits.float())
        self.readings["labels"].append(batch.labels)
        self.readings["in_domain"].append(self.decision.in_domain(self.network, reading))

    test_step = validation_step

    def on_validation_epoch_end(self) -> None:
        """Log loss, accuracy and macro F1, calibration error and the share of pictures that pass."""
        self._log_scores("val")

    def on_test_epoch_end(self) -> None:
        """Log the figures of the test split."""
        self._log_scores("test")

    @torch.no_grad()
    def complete(self, data: ImageData) -> dict[str, Any]:
        """Set what the decision needs, once the weights are final: class means, temperature, threshold.

        Temperature and threshold, which lets `PASSING` pass, are fitted to validation pictures that are changed as in
        training: pictures of other sources are as hard as these.

        Returns:
            What the model's config tells of it.
        """
        self.network.eval()
        trained = self._read([data.changed("train", most=_LOOKED_AT)])
        known = trained[1] != OTHER
        fit_classes(self.network, trained[0].features[known], trained[1][known])
        reading, labels = self._read([data.changed("validation", most=_LOOKED_AT)])
        known = labels != OTHER
        temperature = fit_temperature(reading.logits[known], labels[known])
        scores = SCORES[self.score](self.network, reading)[known]
        threshold = float(scores.double().quantile(1 - PASSING))
        self.decision = Decision(temperature=temperature, score=self.score, threshold=round(threshold, 4))
        return {"decision": self.decision.to_config()}

    def _read(self, datasets: Iterable[Any]) -> tuple[ImageReading, Tensor]:
        """Read all pictures of some data sets; one reading and (pictures,) labels."""
        logits, features, other, labels = [], [], [], []
        for dataset in datasets:
            for at in range(len(dataset)):
                batch = dataset[at]
                reading = self.network(batch.images.to(self.device, memory_format=torch.channels_last))
                logits.append(reading.logits.cpu())
                features.append(reading.features.cpu())
                if reading.other is not None:
                    other.append(reading.other.cpu())
                labels.append(batch.labels)
        joined = ImageReading(torch.cat(logits), torch.cat(features), torch.cat(other) if other else None)
        return joined, torch.cat(labels)

    def _loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        return F.cross_entropy(logits.float(), targets, ignore_index=OTHER, label_smoothing=self.smoothing)

    def _pairs(self, count: int) -> tuple[float, Tensor]:
        """Draw how much of each picture is its own, at least half of it, and the picture that the rest is from."""
        if not self.mixup:
            return 1.0, torch.empty(0)
        share = float(torch.distributions.Beta(self.mixup, self.mixup).sample())
        return max(share, 1 - share), torch.randperm(count, device=self.device)

    def _log_scores(self, stage: str) -> None:
        logits, labels, in_domain = (torch.cat(self.readings[name]) for name in ("logits", "labels", "in_domain"))
        known = labels != OTHER
        passed = in_domain >= self.decision.threshold
        if (~known).any():
            self.log(f"{stage}/refused", (~passed[~known]).float().mean())
        logits, labels = logits[known], labels[known]
        probabilities = self.decision.probabilities(logits)
        guesses = logits.argmax(dim=1)
        self.log(f"{stage}/loss", F.cross_entropy(logits / self.decision.temperature, labels))
        self.log(f"{stage}/accuracy", (guesses == labels).float().mean(), prog_bar=True)
        self.log(f"{stage}/f1_macro", macro_f1(labels, guesses, len(self.network.labels)), prog_bar=True)
        self.log(f"{stage}/calibration_error", calibration_error(probabilities, labels))
        self.log(f"{stage}/passed", passed[known].float().mean())
