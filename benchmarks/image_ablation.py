"""Train the digits recipe on a part of MNIST with some damages left out, and test on the kinds of MNIST-C.

    python benchmarks/image_ablation.py --data FOLDER [--epochs 8] [--per-class 1000] [--only blurred ruled] [--seed 1]

FOLDER holds mnist/train.parquet. The last 5,000 training images are set aside, and tested on; the test set is not used.
"""

import argparse
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import torch
from corruptions_of_mnist import MNIST_CORRUPTIONS, corrupt
from image_run import mean
from image_sets import drawn_from, grey_pixels, read_split
from image_systems import Docsight
from markdown_tables import percent, print_row
from training_config import compose_config

from docsight_training.data.images.image_damage import DAMAGES
from docsight_training.train import train

SET_ASIDE = 5000  # training images
TEST_IMAGES = 1000  # of each kind, among those
# The damages that are left out together, by what they look like.
GROUPS = {
    "striped": ("stripes", "occlusion"),
    "faded": ("fog", "faint"),
    "blurred": ("smear", "defocus", "glass"),
    "rotated": ("askew",),
    "ruled": ("rules", "frame"),
    "speckled": ("spatter", "strokes", "grain"),
    "all": tuple(DAMAGES),
}
EMA = 0.99  # of the weights; that of the recipe is for forty times as many steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--per-class", type=int, default=1000, help="training images of each digit")
    parser.add_argument("--only", nargs="+", choices=list(GROUPS), default=list(GROUPS), help="what to leave out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("runs/image_ablation"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    data = options.out / "data"
    _set_aside(options.data / "mnist" / "train.parquet", data)
    test = read_split(data, "test").drawn(TEST_IMAGES, seed=2)
    pixels = grey_pixels(test.images)
    print("| left out | clean | " + " | ".join(name.replace("_", " ") for name in MNIST_CORRUPTIONS) + " | mean |")
    print("|---|--:" + "|--:" * (len(MNIST_CORRUPTIONS) + 1) + "|")
    for name in (None, *options.only):
        folder = options.out / f"{name or 'none'}-{options.seed}"
        train(_config(options, data, name), folder)
        model = Docsight(str(folder / "model"))
        sets = [pixels, *(corrupt(kind, pixels) for kind in MNIST_CORRUPTIONS)]
        accuracies = [model.classify(drawn_from(images).images).accuracy(test.labels) for images in sets]
        print_row(name or "nothing", *map(percent, accuracies), percent(mean(accuracies[1:])))


def _set_aside(file: Path, folder: Path) -> None:
    """Write the last images of a split as a test split, and the others as a training split."""
    folder.mkdir(parents=True, exist_ok=True)
    table = pq.read_table(file)
    pq.write_table(table.slice(0, len(table) - SET_ASIDE), folder / "train.parquet")
    pq.write_table(table.slice(len(table) - SET_ASIDE), folder / "test.parquet")


def _config(options: argparse.Namespace, data: Path, left_out: str | None) -> dict[str, Any]:
    """Compose the recipe with less data and fewer epochs, and without a group of damages."""
    names = GROUPS[left_out] if left_out else ()
    overrides = [
        "experiment=cnn_digits",
        f"data.path={data}",
        f"data.per_class={options.per_class}",
        "data.glyphs={digits: 1000, other: 2000, pairs: 800}",
        f"epochs={options.epochs}",
        f"seed={options.seed}",
        f"trainer.ema={EMA}",
        "threads=1",
        "overwrite=true",
        *(f"data.augment.damage.{name}=0" for name in names),
    ]
    return compose_config(overrides)


if __name__ == "__main__":
    main()
