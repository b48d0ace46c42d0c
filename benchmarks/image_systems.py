"""The systems that `images.py` compares: `cnn_imagecat`, and peers that are trained on the same pictures."""

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

from docsight.bundle import Bundle
from docsight.images import ImageSettings, normalise, read_pixels
from docsight.networks.decision import ABSTENTION_SCORES, Decision
from docsight.networks.image_classifier import ClassifierOutput, ImageClassifier

AT_ONCE = 250  # pictures
PEER_BLOCKS = [[16, 16], [32, 32], [64, 64]]  # of the small CNN that is trained as the peers are
ROWS = 28  # of a digit: steps of the LSTM


@dataclass
class Readings:
    """What the component says of pictures.

    Args:
        labels: The classes.
        probabilities: (pictures, labels).
        passed: (pictures,), whether each got a label.
        in_domain: (pictures,), the abstention score.
    """

    labels: tuple[str, ...]
    probabilities: Tensor
    passed: np.ndarray
    in_domain: np.ndarray

    @property
    def guesses(self) -> list[str]:
        """The most probable class of each, whether it passed or not."""
        return [self.labels[at] for at in self.probabilities.argmax(dim=1).tolist()]

    @property
    def refused(self) -> float:
        """The share that got no label."""
        return float(1 - self.passed.mean())

    def accuracy(self, gold: Sequence[str], *, passed_only: bool = False) -> float:
        """Return the share whose most probable class is right, of all or of those that got a label."""
        right = np.array([a == b for a, b in zip(self.guesses, gold, strict=True)])
        return float(right[self.passed].mean()) if passed_only else float(right.mean())


class Docsight:
    """A pipeline of `cnn_imagecat` alone."""

    def __init__(self, model: str) -> None:
        self.nlp = spacy.blank("en")
        self.component = cast(Any, self.nlp.add_pipe("cnn_imagecat", config={"model": model, "device": "cpu"}))
        self.bundle: Bundle = self.component.bundle
        self.settings = ImageSettings.from_config(self.bundle.about["images"])
        self.decision = Decision.from_config(self.bundle.about["decision"])

    @cached_property
    def network(self) -> ImageClassifier:
        """The network, as quick as the component has it: batch norm folded, channels last."""
        network = copy.deepcopy(cast(ImageClassifier, self.bundle.network)).eval().fold()
        return network.to(memory_format=torch.channels_last)

    def documents(self, pictures: Sequence[bytes]) -> list[Doc]:
        """Make a Doc of each picture."""
        docs = []
        for at, picture in enumerate(pictures):
            doc = self.nlp.make_doc("")
            doc._.images = [{"id": str(at), "bytes": picture}]
            docs.append(doc)
        return docs

    def read(self, pictures: Sequence[bytes]) -> Readings:
        """Read pictures by `nlp.pipe`, a Doc each.

        Raises:
            ValueError: A picture could not be read.
        """
        rows, passed, in_domain = [], [], []
        for doc in self.nlp.pipe(self.documents(pictures)):
            cats = doc._.images[0]["cats"]["cnn_imagecat"]
            if "error" in cats:
                raise ValueError(f"picture {doc._.images[0]['id']}: {cats['error']}")
            rows.append([cats["scores"][label] for label in self.component.labels])
            passed.append(cats["label"] is not None)
            in_domain.append(cats["in_domain"])
        return Readings(self.component.labels, torch.tensor(rows), np.array(passed), np.array(in_domain))

    def scores(self, pictures: Sequence[bytes]) -> dict[str, np.ndarray]:
        """Return every abstention score that the network has, (pictures,) each, whichever the model uses."""
        names = [name for name in ABSTENTION_SCORES if name != "other" or self.bundle.arguments.get("other")]
        found: dict[str, list[Tensor]] = {name: [] for name in names}
        with torch.inference_mode():
            for start in range(0, len(pictures), AT_ONCE):
                reading = self.read_by_hand(pictures[start : start + AT_ONCE])
                for name in names:
                    found[name].append(ABSTENTION_SCORES[name](reading))
        return {name: torch.cat(parts).double().numpy() for name, parts in found.items()}

    def read_by_hand(self, pictures: Sequence[bytes]) -> ClassifierOutput:
        """Decode pictures and call the network on them at once: what one would write without the component."""
        pixels = torch.from_numpy(np.stack([read_pixels(picture, self.settings) for picture in pictures]))
        images = normalise(pixels, self.settings).contiguous(memory_format=torch.channels_last)
        return self.network(images)


def inputs(pictures: Sequence[bytes], settings: ImageSettings) -> Tensor:
    """Decode pictures as `cnn_imagecat` does, for the peers, so that they differ by their networks alone.

    Returns:
        float32, (pictures, channels, size, size).
    """
    pixels = torch.from_numpy(np.stack([read_pixels(picture, settings) for picture in pictures]))
    return torch.cat([normalise(part, settings) for part in pixels.split(AT_ONCE)])


@dataclass
class Peer:
    """A trained peer.

    Args:
        name: What the table calls it.
        trained_on: How many pictures.
        parameters: Numbers that training set.
        multiply_adds: Of one picture.
        predict: Gives the class of each picture, (pictures,), of (pictures, 1, 28, 28).
        most: The most pictures of a changed set that it reads; None for all.
    """

    name: str
    trained_on: int
    parameters: int
    multiply_adds: int
    predict: Callable[[Tensor], np.ndarray]
    most: int | None = None


class RowLSTM(nn.Module):
    """Reads a picture row by row, from the top, and says what it was."""

    def __init__(self, *, rows: int = ROWS, width: int = 128, classes: int = 10) -> None:
        super().__init__()
        self.read = nn.LSTM(rows, width, batch_first=True)
        self.classify = nn.Linear(width, classes)

    def forward(self, images: Tensor) -> Tensor:
        """Read (batch, 1, rows, columns)."""
        states, _ = self.read(images[:, 0])  # (batch, rows, width)
        return self.classify(states[:, -1])


class PlainCNN(nn.Module):
    """The network of `cnn_imagecat`, small and trained without changed pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.network = ImageClassifier(labels=list("0123456789"), channels=1, blocks=PEER_BLOCKS)

    def forward(self, images: Tensor) -> Tensor:
        """Read (batch, 1, size, size)."""
        return self.network(images).logits


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
    """Train an LSTM that reads the rows of the picture."""
    torch.manual_seed(1)
    network = RowLSTM()
    width = network.read.hidden_size
    cost = ROWS * 4 * width * (ROWS + width) + width * 10
    return _trained("LSTM over the 28 rows, 128 wide", network, images, labels, epochs=epochs, cost=cost)


def train_cnn(images: Tensor, labels: Tensor, *, epochs: int) -> Peer:
    """Train a small CNN as the other peers are trained, to tell filters from changed training pictures."""
    network = PlainCNN().to(memory_format=torch.channels_last)
    name = f"small CNN, trained as these are, {'-'.join(str(block[0]) for block in PEER_BLOCKS)}"
    cost = network.network.multiply_adds(images.shape[-1])
    return _trained(name, network, images, labels, epochs=epochs, cost=cost)


def train_svm(images: Tensor, labels: Tensor, *, most: int) -> Peer:
    """Train scikit-learn's SVC with an RBF kernel."""
    from sklearn.svm import SVC

    machine = SVC(C=10, gamma="scale", cache_size=1000).fit(images.flatten(1).numpy(), labels.numpy())
    vectors = int(machine.n_support_.sum())
    size = vectors * images[0].numel()
    return Peer(
        f"scikit-learn SVC (RBF, C=10), {vectors:,} support vectors",
        len(images),
        size + machine.dual_coef_.size + machine.intercept_.size,
        size + machine.dual_coef_.size,
        lambda shown: machine.predict(shown.flatten(1).numpy()),
        most,
    )


def _trained(name: str, network: nn.Module, images: Tensor, labels: Tensor, *, epochs: int, cost: int) -> Peer:
    """Train with AdamW, one cycle, batches of 128; nothing is changed, nothing chosen on other pictures."""
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

    def predict(shown: Tensor) -> np.ndarray:
        with torch.inference_mode():
            return torch.cat([network(part).argmax(dim=1) for part in shown.split(AT_ONCE)]).numpy()

    return Peer(name, len(images), sum(p.numel() for p in network.parameters() if p.requires_grad), cost, predict)
