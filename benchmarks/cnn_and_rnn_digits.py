"""Train a CNN, an LSTM over rows and a perceptron of the same size on the same digits.

    python benchmarks/cnn_and_rnn_digits.py --data MNIST --out DIR [--seeds 1 2 3]

MNIST is a folder of train.parquet and test.parquet. Each network has about 74,000 weights and is trained for the same
number of steps (Adam, one cycle), without augmentation. It learns from 100, 1,000 and 10,000 images; from 10,000 whose
pixels are shuffled, all in the same way; and is tested on test images as they are, and moved by a few pixels. Finished
runs are read from DIR/digits.jsonl and not repeated. Prints a table. `cnn_and_rnn_plots.py` draws DIR/digits.jsonl.
"""

import argparse
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from statistics import mean

import numpy as np
import pyarrow.parquet as pq
import torch
from PIL import Image
from torch import Tensor, nn

from docsight.networks.image_classifier import ImageClassifier

DIGITS = [str(digit) for digit in range(10)]
SIDE = 28  # pixels
SIZES = (100, 1000, 10_000)
SHIFTS = (1, 2, 3, 4)  # pixels, in each of the four diagonal directions
STEPS, BATCH_SIZE, MAX_LR = 1000, 64, 0.003
MAX_SHIFTED = 2000  # test images that are moved


@dataclass(frozen=True, kw_only=True)
class DigitRun:
    """A trained network and its accuracies.

    Args:
        network: A key of `NETWORKS`.
        images: Training images.
        shuffled: Whether the pixels of all images, for training and test, were shuffled in one way.
        seed: Seeds the weights, the choice of the images and their order.
        weights: The number of weights.
        accuracy: On the test images.
        shifted: By pixels, on the test images moved by so many pixels along both axes.
    """

    network: str
    images: int
    shuffled: bool
    seed: int
    weights: int
    accuracy: float
    shifted: dict[str, float]


class CNN(nn.Module):
    """The network of `cnn_imagecat`: small filters that are the same everywhere, then the mean over the image."""

    def __init__(self) -> None:
        super().__init__()
        self.network = ImageClassifier(labels=DIGITS, channels=1, blocks=[[16, 16], [32, 32], [64, 64]])

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.network(images).logits
        return logits


class RowLSTM(nn.Module):
    """An LSTM that reads an image row by row, from the top, and classifies by its last state."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(SIDE, 120, batch_first=True)
        self.output = nn.Linear(120, len(DIGITS))

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.output(self.lstm(images[:, 0])[0][:, -1])
        return logits


class Perceptron(nn.Module):
    """Two hidden layers, whose units each see all pixels with weights of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(SIDE**2, 85), nn.ReLU(), nn.Linear(85, 85), nn.ReLU(), nn.Linear(85, len(DIGITS))
        )

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.layers(images)
        return logits


NETWORKS: dict[str, type[nn.Module]] = {"CNN": CNN, "LSTM over rows": RowLSTM, "perceptron": Perceptron}


def main() -> None:
    """Train the missing runs and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of MNIST")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the results")
    parser.add_argument("--seeds", nargs="+", type=int, default=(1, 2, 3))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    file = options.out / "digits.jsonl"
    runs = read_runs(file)
    done = {(run.network, run.images, run.shuffled, run.seed) for run in runs}
    train, test = (read_images(options.data / f"{split}.parquet") for split in ("train", "test"))
    samples = [*((size, False) for size in SIZES), (SIZES[-1], True)]
    for seed, (images, shuffled), network in product(options.seeds, samples, NETWORKS):
        if (network, images, shuffled, seed) not in done:
            run = train_and_test(network, train, test, images=images, shuffled=shuffled, seed=seed)
            runs.append(run)
            with file.open("a") as lines:
                lines.write(json.dumps(asdict(run)) + "\n")
    print_table(runs)


def read_runs(file: Path) -> list[DigitRun]:
    return [DigitRun(**json.loads(line)) for line in file.read_text().splitlines()] if file.is_file() else []


def read_images(file: Path) -> tuple[Tensor, Tensor]:
    """Return images (images, 1, side, side), from 0 to 1, and their digits (images,)."""
    table = pq.read_table(file, columns=["image", "label"])
    images = [np.asarray(Image.open(io.BytesIO(cell["bytes"]))) for cell in table["image"].to_pylist()]
    digits = torch.tensor([int(label) for label in table["label"].to_pylist()])
    return torch.from_numpy(np.stack(images)).float()[:, None] / 255, digits


def train_and_test(
    network: str, train: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor], *, images: int, shuffled: bool, seed: int
) -> DigitRun:
    torch.manual_seed(seed)
    model = NETWORKS[network]()
    order = torch.randperm(SIDE**2, generator=torch.Generator().manual_seed(0))
    chosen = torch.randperm(len(train[0]))[:images]
    fit(model, _shuffle(train[0][chosen], order) if shuffled else train[0][chosen], train[1][chosen])
    few, digits = test[0][:MAX_SHIFTED], test[1][:MAX_SHIFTED]
    moved = {str(pixels): mean(_accuracy(model, each, digits) for each in shift(few, pixels)) for pixels in SHIFTS}
    return DigitRun(
        network=network,
        images=images,
        shuffled=shuffled,
        seed=seed,
        weights=sum(parameter.numel() for parameter in model.parameters()),
        accuracy=_accuracy(model, _shuffle(test[0], order) if shuffled else test[0], test[1]),
        shifted={} if shuffled else moved,
    )


def fit(model: nn.Module, images: Tensor, digits: Tensor) -> None:
    """Train for a fixed number of steps."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=MAX_LR, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, MAX_LR, total_steps=STEPS)
    model.train()
    for _ in range(STEPS):
        batch = torch.randint(len(images), (BATCH_SIZE,))
        loss = nn.functional.cross_entropy(model(images[batch]), digits[batch])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()


def shift(images: Tensor, pixels: int) -> Sequence[Tensor]:
    """Move images along both diagonals, both ways; what leaves at one edge is lost, and zeros come in at the other."""
    padded = nn.functional.pad(images, (pixels,) * 4)
    ends = (0, 2 * pixels)
    return [padded[:, :, top : top + SIDE, left : left + SIDE] for top in ends for left in ends]


@torch.inference_mode()
def _accuracy(model: nn.Module, images: Tensor, digits: Tensor) -> float:
    model.eval()
    found = torch.cat([model(batch).argmax(dim=1) for batch in images.split(500)])
    return float((found == digits).double().mean())


def _shuffle(images: Tensor, order: Tensor) -> Tensor:
    return images.flatten(2)[:, :, order].unflatten(2, (SIDE, SIDE))


def print_table(runs: Sequence[DigitRun]) -> None:
    """Print the mean accuracies over the seeds, in percent."""
    headings = [f"{size:,} images" for size in SIZES] + [f"moved by {pixels}" for pixels in SHIFTS] + ["shuffled"]
    print("| network | weights | " + " | ".join(headings) + " |")
    print("|---|" + "--:|" * (len(headings) + 1))
    for network in NETWORKS:
        of_network = [run for run in runs if run.network == network]
        plain = [run for run in of_network if not run.shuffled]
        most = [run for run in plain if run.images == SIZES[-1]]
        cells = [_percent([run.accuracy for run in plain if run.images == size]) for size in SIZES]
        cells += [_percent([run.shifted[str(pixels)] for run in most]) for pixels in SHIFTS]
        cells.append(_percent([run.accuracy for run in of_network if run.shuffled]))
        print(f"| {network} | {of_network[0].weights:,} | " + " | ".join(cells) + " |")


def _percent(accuracies: Sequence[float]) -> str:
    return f"{100 * mean(accuracies):.1f}" if accuracies else "-"


if __name__ == "__main__":
    main()
