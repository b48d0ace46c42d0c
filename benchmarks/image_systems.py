"""The systems that `images.py` compares: `cnn_imagecat`, and peers that are trained on the same images."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
import spacy
import torch
from spacy.tokens import Doc
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from docsight.bundle import Bundle
from docsight.images import ImageSettings, normalise, read_pixels
from docsight.networks.image_classifier import ABSTENTION_SCORES, ClassifierOutput, Decision, ImageClassifier

BATCH_SIZE = 250
PEER_BLOCKS = [[16, 16], [32, 32], [64, 64]]  # of the small CNN that is trained like the peers
DIGIT_ROWS = 28  # time steps of the LSTM


@dataclass
class Predictions:
    """The predictions of the component.

    Args:
        labels: The classes.
        probabilities: (images, labels).
        accepted: (images,), whether each image got a label.
        in_domain: (images,), the abstention score.
        kinds: The kind of each image, such as bar_chart; None where the label has none.
    """

    labels: tuple[str, ...]
    probabilities: Tensor
    accepted: np.ndarray
    in_domain: np.ndarray
    kinds: list[str | None]

    @property
    def guesses(self) -> list[str]:
        """The most probable class of each image, even if it was rejected."""
        return [self.labels[at] for at in self.probabilities.argmax(dim=1).tolist()]

    @property
    def rejected(self) -> float:
        """The fraction of the images that got no label."""
        return float(1 - self.accepted.mean())

    def accuracy(self, gold: Sequence[str], *, accepted_only: bool = False) -> float:
        """Return the fraction of correct classes, over all images or over those that got a label."""
        right = np.array([a == b for a, b in zip(self.guesses, gold, strict=True)])
        return float(right[self.accepted].mean()) if accepted_only else float(right.mean())

    def answered_right(self, gold: Sequence[str]) -> float:
        """Return the fraction of the images that got a label, and the correct one."""
        return float(np.mean([a == b and kept for a, b, kept in zip(self.guesses, gold, self.accepted, strict=True)]))


class Docsight:
    """A pipeline with only `cnn_imagecat`."""

    def __init__(self, model: str) -> None:
        self.nlp = spacy.blank("en")
        self.component = cast(Any, self.nlp.add_pipe("cnn_imagecat", config={"model": model, "device": "cpu"}))
        self.bundle: Bundle = self.component.bundle
        self.settings = ImageSettings.from_config(self.bundle.about["images"])
        self.decision = Decision.from_config(self.bundle.about["decision"])

    @cached_property
    def network(self) -> ImageClassifier:
        """The network as the component runs it: batch norm folded, channels last."""
        network = copy.deepcopy(cast(ImageClassifier, self.bundle.network)).eval().fold()
        return network.to(memory_format=torch.channels_last)

    def documents(self, images: Sequence[bytes]) -> list[Doc]:
        """Make a Doc for each image."""
        docs = []
        for at, image in enumerate(images):
            doc = self.nlp.make_doc("")
            doc._.images = [{"id": str(at), "bytes": image}]
            docs.append(doc)
        return docs

    def classify(self, images: Sequence[bytes]) -> Predictions:
        """Classify images with `nlp.pipe`, one Doc for each.

        Raises:
            ValueError: An image could not be read.
        """
        rows, accepted, in_domain, kinds = [], [], [], []
        for doc in self.nlp.pipe(self.documents(images)):
            cats = doc._.images[0]["cats"]["cnn_imagecat"]
            if "error" in cats:
                raise ValueError(f"image {doc._.images[0]['id']}: {cats['error']}")
            rows.append([cats["scores"][label] for label in self.component.labels])
            accepted.append(cats["label"] is not None)
            in_domain.append(cats["in_domain"])
            kinds.append(cats.get("kind"))
        return Predictions(self.component.labels, torch.tensor(rows), np.array(accepted), np.array(in_domain), kinds)

    def scores(self, images: Sequence[bytes]) -> dict[str, np.ndarray]:
        """Return all abstention scores that the network supports, (images,) each, not only the one the model uses."""
        output = self.outputs(images)
        names = [name for name in ABSTENTION_SCORES if name != "other" or output.other is not None]
        return {name: ABSTENTION_SCORES[name](output).double().numpy() for name in names}

    def outputs(self, images: Sequence[bytes]) -> ClassifierOutput:
        """Return the outputs of the network for images of any number."""
        with torch.inference_mode():
            starts = range(0, len(images), BATCH_SIZE)
            parts = [self.classify_directly(images[start : start + BATCH_SIZE]) for start in starts]
        columns = zip(*parts, strict=True)
        return ClassifierOutput(*(None if column[0] is None else torch.cat(column) for column in columns))

    def classify_directly(self, images: Sequence[bytes]) -> ClassifierOutput:
        """Decode images and call the network on one batch, as one would without the component."""
        pixels = torch.from_numpy(np.stack([read_pixels(image, self.settings) for image in images]))
        inputs = normalise(pixels, self.settings).contiguous(memory_format=torch.channels_last)
        return self.network(inputs)


def inputs(images: Sequence[bytes], settings: ImageSettings) -> Tensor:
    """Decode images for the peers as `cnn_imagecat` does, so that only the networks differ.

    Returns:
        float32, (images, channels, size, size).
    """
    pixels = torch.from_numpy(np.stack([read_pixels(image, settings) for image in images]))
    return torch.cat([normalise(part, settings) for part in pixels.split(BATCH_SIZE)])


@dataclass
class Peer:
    """A trained peer.

    Args:
        name: Its name in the table.
        trained_on: The number of training images.
        parameters: The number of trained parameters.
        multiply_adds: The cost of one image.
        predict: Returns the classes, (images,), of inputs, (images, 1, 28, 28).
        max_images: How many images of a changed set it classifies; None for all.
    """

    name: str
    trained_on: int
    parameters: int
    multiply_adds: int
    predict: Callable[[Tensor], np.ndarray]
    max_images: int | None = None


class RowLSTM(nn.Module):
    """Reads an image row by row from the top, and classifies it from the last state."""

    def __init__(self, *, rows: int = DIGIT_ROWS, width: int = 128, classes: int = 10) -> None:
        super().__init__()
        self.read = nn.LSTM(rows, width, batch_first=True)
        self.classify = nn.Linear(width, classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits, (batch, classes), of images, (batch, 1, rows, columns)."""
        states, _ = self.read(images[:, 0])  # (batch, rows, width)
        return self.classify(states[:, -1])


class PlainCNN(nn.Module):
    """The network of `cnn_imagecat`, but small and trained without augmentation."""

    def __init__(self) -> None:
        super().__init__()
        self.network = ImageClassifier(labels=list("0123456789"), channels=1, blocks=PEER_BLOCKS)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits, (batch, classes), of images, (batch, 1, size, size)."""
        return self.network(images).logits


def multiply_adds(network: ImageClassifier, size: int) -> int:
    """Count the multiply-adds of an image of `size` by `size` pixels: convolutions and the last layer."""
    network.eval()
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, network.channels, size, size, device=network.first_conv.weight.device))
    return int(counter.get_total_flops()) // 2


def train_mlp(images: Tensor, labels: Tensor, *, epochs: int) -> Peer:
    """Train a multilayer perceptron, 784-512-512-10."""
    torch.manual_seed(1)
    network = nn.Sequential(
        nn.Flatten(),
        *(nn.Linear(784, 512), nn.ReLU(), nn.Dropout(0.3)),
        *(nn.Linear(512, 512), nn.ReLU(), nn.Dropout(0.3)),
        nn.Linear(512, 10),
    )
    cost = sum(layer.in_features * layer.out_features for layer in network if isinstance(layer, nn.Linear))
    return _trained("multilayer perceptron, 784-512-512-10", network, images, labels, epochs=epochs, cost=cost)


def train_lstm(images: Tensor, labels: Tensor, *, epochs: int) -> Peer:
    """Train an LSTM that reads the rows of the image."""
    torch.manual_seed(1)
    network = RowLSTM()
    width = network.read.hidden_size
    cost = DIGIT_ROWS * 4 * width * (DIGIT_ROWS + width) + width * 10
    return _trained("LSTM over the 28 rows, 128 wide", network, images, labels, epochs=epochs, cost=cost)


def train_cnn(images: Tensor, labels: Tensor, *, epochs: int) -> Peer:
    """Train a small CNN like the other peers, to separate the effect of the filters from that of augmentation."""
    network = PlainCNN().to(memory_format=torch.channels_last)
    name = f"small CNN, trained like these, {'-'.join(str(block[0]) for block in PEER_BLOCKS)}"
    cost = multiply_adds(network.network, images.shape[-1])
    return _trained(name, network, images, labels, epochs=epochs, cost=cost)


def train_svm(images: Tensor, labels: Tensor, *, max_images: int) -> Peer:
    """Train scikit-learn's SVC with an RBF kernel."""
    from sklearn.svm import SVC

    svm = SVC(C=10, gamma="scale", cache_size=1000).fit(images.flatten(1).numpy(), labels.numpy())
    vectors = int(svm.n_support_.sum())
    size = vectors * images[0].numel()
    return Peer(
        f"scikit-learn SVC (RBF, C=10), {vectors:,} support vectors",
        len(images),
        size + svm.dual_coef_.size + svm.intercept_.size,
        size + svm.dual_coef_.size,
        lambda batch: svm.predict(batch.flatten(1).numpy()),
        max_images,
    )


def _trained(name: str, network: nn.Module, images: Tensor, labels: Tensor, *, epochs: int, cost: int) -> Peer:
    """Train with AdamW, one cycle and batches of 128, without augmentation or model selection."""
    batches = max(1, len(images) // 128)
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=2e-3, total_steps=epochs * batches)
    generator = torch.Generator().manual_seed(1)
    network.train()
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for at in range(batches):
            chosen = order[at * 128 : (at + 1) * 128]
            loss = nn.functional.cross_entropy(network(images[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            schedule.step()
    network.eval()

    def predict(inputs: Tensor) -> np.ndarray:
        with torch.inference_mode():
            return torch.cat([network(part).argmax(dim=1) for part in inputs.split(BATCH_SIZE)]).numpy()

    return Peer(name, len(images), sum(p.numel() for p in network.parameters() if p.requires_grad), cost, predict)
