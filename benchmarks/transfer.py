"""Draw learning curves of the image classifier, from scratch and from the filters of another task.

    python benchmarks/transfer.py --data FOLDER --out DIR [--quick]

FOLDER holds fashion_mnist, mnist, cifar10_small and docfig. For each pair, a network learns the first task, and a
network of the same widths learns the second one from 10, 30, 100, … images per class: once from scratch, and once with
`model.init_from` and `model.thaw`. All runs of a pair have the same number of steps and learning rate and use no
augmentation. Validation images do not select a model: the last weights are tested. Finished runs are not repeated.
Writes DIR/transfer.json and DIR/transfer.png and prints a table. Use the weights of cifar10_small only for this.
"""

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import yaml
from training_config import compose_config

from docsight_training.train import train

HELD_OUT = 50  # images per class, or a fraction of few, only for fitting temperature and threshold
THAW = {"after": 1, "every": 1}  # epochs


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two tasks and the network for both.

    Args:
        source: The data set of the first task.
        target: The data set of the second task, whose curve is drawn.
        metric: The score, a key of the run's metrics.json.
        images: Size and mode of the images.
        blocks: The blocks of the network.
        stem_stride: The stride of its first layer.
        counts: Images per class, for the points of the curve.
        source_count: Images per class for the first task.
        steps: Steps of 64 images in an epoch.
        epochs: Epochs of each run of the curve.
        source_epochs: Epochs of the first task.
    """

    source: str
    target: str
    metric: str
    images: dict[str, Any]
    blocks: list[list[int]]
    stem_stride: int
    counts: tuple[int, ...]
    source_count: int
    steps: int
    epochs: int
    source_epochs: int


PAIRS = (
    Pair(
        source="fashion_mnist",
        target="mnist",
        metric="test/accuracy",
        images={"size": 28, "mode": "L"},
        blocks=[[16, 16], [32, 32], [64, 64]],
        stem_stride=1,
        counts=(10, 30, 100, 300, 1000),
        source_count=2000,
        steps=80,
        epochs=8,
        source_epochs=20,
    ),
    Pair(
        source="cifar10_small",
        target="docfig",
        metric="test/f1_macro",
        images={"size": 48, "mode": "RGB"},
        blocks=[[24, 24], [48, 48], [96, 96]],
        stem_stride=2,
        counts=(10, 30, 100, 300),
        source_count=1500,
        steps=60,
        epochs=12,
        source_epochs=30,
    ),
)


def main() -> None:
    """Train the missing runs, write the scores and the plot, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    parser.add_argument("--out", type=Path, required=True, help="the folder for runs, scores and plot")
    parser.add_argument(
        "--seeds", type=int, default=2, help="seeds for each point up to 100 images; larger ones have one"
    )
    parser.add_argument("--quick", action="store_true", help="a few steps of a small network, as a test")
    options = parser.parse_args()
    curves = []
    for pair in PAIRS:
        pair = quick(pair) if options.quick else pair
        points = [asdict(point) for point in learn(pair, options.data, options.out, seeds=options.seeds)]
        curves.append({"source": pair.source, "target": pair.target, "metric": pair.metric, "points": points})
    (options.out / "transfer.json").write_text(json.dumps(curves, indent=1) + "\n")
    print_table(curves)
    plot(curves, options.out / "transfer.png")


@dataclass(frozen=True)
class Point:
    """A run: the maximum number of images per class, whether it started from the first task, its seed and score."""

    count: int
    transferred: bool
    seed: int
    score: float


def learn(pair: Pair, data: Path, out: Path, *, seeds: int) -> Iterator[Point]:
    """Learn the first task, then the second one with each number of images, from scratch and by transfer."""
    first = subset(data / pair.source, out / "data" / pair.source, pair.source_count)
    folder = out / "runs" / pair.source
    run_once(configure(pair, first, name=pair.source, epochs=pair.source_epochs), folder)
    second = subset(data / pair.target, out / "data" / pair.target, max(pair.counts))
    for count in pair.counts:
        for seed in range(1, 1 + (seeds if count <= 100 else 1)):
            for start in (None, folder / "model"):
                name = f"{pair.target}-{count}-{seed}{'-transferred' if start else ''}"
                config = configure(pair, second, name=name, epochs=pair.epochs, count=count, seed=seed, start=start)
                metrics = run_once(config, out / "runs" / name)
                yield Point(count, start is not None, seed, metrics[pair.metric])


def subset(folder: Path, to: Path, count: int) -> Path:
    """Write at most `count` images per class and the held-out ones, so that runs decode only what they use."""
    if not (to / "test.parquet").is_file():
        to.mkdir(parents=True, exist_ok=True)
        table = pq.read_table(folder / "train.parquet")
        labels, seen, chosen = table["label"].to_pylist(), Counter[int](), []
        for at in np.random.default_rng(1).permutation(len(labels)).tolist():
            seen[labels[at]] += 1
            if seen[labels[at]] <= count + HELD_OUT:
                chosen.append(at)
        pq.write_table(table.take(sorted(chosen)), to / "train.parquet")
        pq.write_table(pq.read_table(folder / "test.parquet"), to / "test.parquet")
    return to


def configure(
    pair: Pair,
    data: Path,
    *,
    name: str,
    epochs: int,
    count: int | None = None,
    seed: int = 1,
    start: Path | None = None,
) -> dict[str, Any]:
    """Compose the config of a run, as `docsight-train` would."""
    overrides = ["data=images", "model=cnn_imagecat", "component=cnn_imagecat", "lang=xx", "threads=1"]
    overrides += [f"task=transfer_{pair.target if count else pair.source}", f"name={name}", f"seed={seed}"]
    overrides += [f"epochs={epochs}", "overwrite=true"]
    config = compose_config(overrides)
    max_count = max(pair.counts) if count else pair.source_count
    config["data"] |= {
        "path": str(data),
        "per_class": count,
        "epoch_size": 64 * pair.steps,
        "batch_size": 64,
        "validation": round(HELD_OUT / (max_count + HELD_OUT), 4),
        "images": config["data"]["images"] | pair.images,
        "augment": {},  # augmentation would compensate for missing labels, whose value is measured here
        "balance": 0.5 if pair.metric.endswith("f1_macro") else 0.0,
    }
    config["model"]["network"] |= {"blocks": pair.blocks, "stem_stride": pair.stem_stride}
    if start is not None:
        config["model"] |= {"init_from": str(start), "thaw": THAW}
    # Validation runs once, at the end, so the best weights are the last.
    config["trainer"] |= {"monitor": "val/loss", "mode": "min", "check_val_every_n_epoch": epochs}
    return config


def run_once(config: dict[str, Any], folder: Path) -> dict[str, float]:
    """Train unless the folder holds the same run, completed, and return its metrics."""
    weights_config, run_config = folder / "model" / "config.json", folder / "config.yaml"
    if weights_config.is_file() and yaml.safe_load(run_config.read_text()) == config:
        return json.loads((folder / "metrics.json").read_text())
    folder.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    metrics = train(config, folder)
    print(f"{folder.name}: {time.monotonic() - start:.0f} s", flush=True)
    return metrics


def quick(pair: Pair) -> Pair:
    """Shrink a pair so that it takes seconds."""
    changed = {"counts": pair.counts[:2], "source_count": 30, "steps": 2, "epochs": 2, "source_epochs": 2}
    return Pair(**asdict(pair) | {"blocks": [[8], [8, 8], [8]]} | changed)


def print_table(curves: Sequence[dict[str, Any]]) -> None:
    """Print the mean over the seeds, from scratch and by transfer."""
    for curve in curves:
        counts = sorted({point["count"] for point in curve["points"]})
        print(f"\n| {curve['target']}, {curve['metric']} by images per class | {' | '.join(map(str, counts))} |")
        print("|---|" + "--:|" * len(counts))
        for transferred, name in ((False, "from scratch"), (True, f"from {curve['source']}")):
            cells = []
            for count in counts:
                scores = scores_of(curve, count, transferred=transferred)
                spread = f" ± {50 * (max(scores) - min(scores)):.1f}" if len(scores) > 1 else ""
                cells.append(f"{100 * statistics.mean(scores):.1f}{spread}")
            print(f"| {name} | {' | '.join(cells)} |", flush=True)


def scores_of(curve: dict[str, Any], count: int, *, transferred: bool) -> list[float]:
    """Return the scores of all seeds at a point of a curve."""
    points = [point for point in curve["points"] if point["transferred"] is transferred]
    return [point["score"] for point in points if point["count"] == count]


def plot(curves: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw a panel for each pair, with a line through the means and a dot for each run."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(curves), figsize=(11, 4.2), constrained_layout=True)
    for axis, curve in zip(axes, curves, strict=True):
        counts = sorted({point["count"] for point in curve["points"]})
        for transferred, name in ((True, f"from {curve['source']}, frozen, then thawed"), (False, "from scratch")):
            means = [statistics.mean(scores_of(curve, count, transferred=transferred)) for count in counts]
            (line,) = axis.plot(counts, means, label=name)
            points = [point for point in curve["points"] if point["transferred"] is transferred]
            shown = [[point[key] for point in points] for key in ("count", "score")]
            axis.scatter(*shown, color=line.get_color(), s=14)
        axis.set(title=curve["target"], xlabel="images per class", ylabel=curve["metric"], xscale="log")
        axis.set_xticks(counts, [f"{count:,}" for count in counts], minor=False)
        axis.minorticks_off()
        axis.grid(alpha=0.3)
        axis.legend()
    figure.savefig(path, dpi=130)
    pyplot.close(figure)


if __name__ == "__main__":
    main()
