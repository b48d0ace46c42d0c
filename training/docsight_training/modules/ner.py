"""Train the tagger: maximum conditional likelihood, judged by strict spans."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import torch
from torch import Tensor, nn

from docsight.errors import ConfigError
from docsight.networks.spans import encode_words, read_spans
from docsight.networks.tagger import Tagger
from docsight.tags import TagSpan
from docsight_training.data.ner.ner_data import NerBatch, NerDocument
from docsight_training.metrics import SpanScore
from docsight_training.modules.base import Annealed


class NerModule(Annealed):
    """A `Tagger` in training.

    Args:
        network: The tagger.
        optimizer: Makes the optimiser of the parameters that are trained.
        margins: By label, what is added in training to the scores of all other tags where the annotation says this
            label, so that the network learns to be surer of it: recall at the cost of precision (softmax-margin,
            Gimpel and Smith 2010; for the recall of names in other domains, Mohit et al. 2012).
        warmup: The share of the run before the learning rate peaks.
        clip: The largest norm of a step's gradient.
        seed: Seeds dropout, anew at each epoch, so that a resumed run repeats an undisturbed one.
    """

    def __init__(
        self,
        network: Tagger,
        *,
        optimizer: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer],
        margins: Mapping[str, float] | None = None,
        warmup: float = 0.1,
        clip: float = 5.0,
        seed: int = 1,
    ) -> None:
        super().__init__(optimizer=optimizer, warmup=warmup, clip=clip, seed=seed)
        self.network = network
        self._counts: dict[str, SpanScore] = {}
        if strange := sorted(set(margins or {}) - set(network.labels)):
            raise ConfigError(f"model.module.margins: {', '.join(strange)} is no label; found {network.labels}.")
        # The margin of each tag, that of its label: (tags,)
        self._margins = torch.tensor([(margins or {}).get(tag[2:], 0.0) for tag in network.tags])

    def training_step(self, batch: NerBatch, _: int) -> Tensor:
        """Return the negative log-likelihood per token."""
        emissions = self.network(batch.types, batch.index, batch.lengths, batch.corpora)
        margin = (self._margins.to(emissions.device) * batch.allowed).amax(dim=2, keepdim=True)  # (batch, time, 1)
        emissions = emissions + margin * ~batch.allowed
        with torch.autocast(emissions.device.type, enabled=False):  # sums of exponentials want float32
            likelihood = self.network.crf.log_likelihood(emissions, batch.lengths, batch.allowed)
        loss = -likelihood.sum() / batch.lengths.sum()
        self.log("train/loss", loss, batch_size=len(batch.lengths), on_step=True, on_epoch=True)
        return loss

    def on_validation_epoch_start(self) -> None:
        """Start counting."""
        self._counts = defaultdict(SpanScore)

    on_test_epoch_start = on_validation_epoch_start

    def validation_step(self, documents: list[NerDocument], _: int) -> None:
        """Read documents as the component will, and count."""
        for document, spans in zip(documents, self.read(documents), strict=True):
            told = [span for span in spans if span.label not in document.silent]
            self._counts[document.corpus].add(document.spans, told)

    test_step = validation_step

    def read(self, documents: Sequence[NerDocument]) -> list[list[TagSpan]]:
        """Return the spans that the network finds in documents."""
        encoded, rows, offset = [], [], 0
        for document in documents:
            encoded.append(encode_words(self.network, document.types))
            rows.append(document.index + offset)
            offset += len(encoded[-1])
        found = read_spans(self.network, torch.cat(encoded), rows, breaks=[d.breaks for d in documents])
        return [[TagSpan(*span[:3]) for span in spans] for spans in found]

    def on_validation_epoch_end(self) -> None:
        """Log F1: micro-averaged over all, for each corpus, and the mean over corpora."""
        self._log_scores("val")

    def on_test_epoch_end(self) -> None:
        """Log F1 on the test split."""
        self._log_scores("test")

    def _log_scores(self, stage: str) -> None:
        total = SpanScore()
        for corpus, counts in sorted(self._counts.items()):
            total.merge(counts)
            if len(self._counts) > 1:
                self.log(f"{stage}/f1/{corpus}", counts.f1)
        for label in self.network.labels:
            self.log(f"{stage}/f1/{label}", total.scores(label)["f1"])
            self.log(f"{stage}/precision/{label}", total.scores(label)["precision"])
        for name, value in total.scores().items():
            self.log(f"{stage}/{name}", value, prog_bar=name == "f1")
        mean = sum(counts.f1 for counts in self._counts.values()) / max(1, len(self._counts))
        self.log(f"{stage}/f1_mean", mean)
