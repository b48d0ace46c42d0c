"""Training and evaluation of the teacher's networks."""

import torch
from torch import Tensor

from docsight_training.data.ner.ner_batches import NerBatch, NerDocument
from docsight_training.modules.ner import NerModule
from docsight_training.teacher.networks import Ensemble, FeatureTagger


class TeacherModule(NerModule):
    """Trains a `FeatureTagger`, or evaluates an `Ensemble`."""

    network: FeatureTagger | Ensemble  # type: ignore[assignment]

    def inputs(self, words: NerBatch | NerDocument) -> Tensor:
        return self.network.encode_words(words.types, words.index, words.features)

    def encode(self, document: NerDocument) -> tuple[Tensor, Tensor]:
        """Return the input of each token, (tokens, input), and (tokens,) from 0 up: features differ by token."""
        return self.inputs(document), torch.arange(len(document.index))
