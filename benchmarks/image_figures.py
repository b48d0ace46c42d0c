"""The tables of `images.py` on figures: docfig by class, other images and left-out sources."""

from collections import Counter
from dataclasses import fields
from pathlib import Path

import image_sets
import torch
import yaml
from image_run import Run, mean, short
from image_sets import Examples, read_split
from image_systems import Docsight, Predictions
from markdown_tables import percent, print_row

from docsight_training.metrics import calibration_error, f1_by_class

MAX_CONFUSIONS = 5


def print_figures(run: Run) -> None:
    """Print how well `figures` classifies docfig, by class, and its predictions for other images."""
    ours, test = run.figures, run.examples("docfig")
    prediction = ours.classify(test.images)
    print_classes(prediction, test, short(run.options.figures))
    pairs = Counter((a, b) for a, b in zip(test.labels, prediction.guesses, strict=True) if a != b)
    confusions = ", ".join(f"{a} as {b} {count}" for (a, b), count in pairs.most_common(MAX_CONFUSIONS))
    print(f"\nMost frequent errors: {confusions or 'none'}.\n")
    print("| other images | images | rejected | most frequent labels |")
    print("|---|--:|--:|---|")
    for name, examples in {
        "MNIST digits": run.mnist.drawn(run.drawn),
        "digits as cut from scans (JPEG, 100 to 300 pixels)": run.as_scanned,
        "fashion_mnist (clothes, 28 pixels)": run.examples("fashion_mnist").drawn(run.drawn),
        "cifar10_small (photos, 32 pixels; one of its classes)": run.examples("cifar10_small").drawn(run.drawn),
        "noise": image_sets.noise(run.drawn),
    }.items():
        found = ours.classify(examples.images)
        named = Counter(found.guesses).most_common(2)
        labels = ", ".join(f"{label} {100 * count / len(examples):.0f} %" for label, count in named)
        print_row(name, f"{len(examples):,}", percent(found.rejected), labels)
    print()


def print_classes(prediction: Predictions, test: Examples, model: str) -> None:
    """Print F1 by class, macro F1, accuracy, calibration and rejections."""
    ids = {label: at for at, label in enumerate(prediction.labels)}
    gold = torch.tensor([ids[label] for label in test.labels])
    guesses = prediction.probabilities.argmax(dim=1)
    # A rejected image counts as missed: its class is one after the last.
    strict = torch.where(torch.from_numpy(prediction.accepted), guesses, len(ids))
    both = [f1_by_class(gold, found, len(ids) + 1) for found in (guesses, strict)]
    print(f"| docfig, {model} | test images | F1 | F1, rejected counts as missed | rejected |")
    print("|---|--:|--:|--:|--:|")
    for label, at in ids.items():
        if at in both[0]:
            of_class = (gold == at).numpy()
            rejected = 1 - prediction.accepted[of_class].mean()
            print_row(label, str(of_class.sum()), *(f"{100 * scores[at]:.1f}" for scores in both), percent(rejected))
    macro = [f"{100 * mean(scores.values()):.1f}" for scores in both]
    print_row("**macro F1**", str(len(gold)), *macro, percent(prediction.rejected))
    right = [f"{100 * float((found == gold).float().mean()):.1f}" for found in (guesses, strict)]
    print_row("accuracy", str(len(gold)), *right, "")
    print_row("calibration error", str(len(gold)), f"{calibration_error(prediction.probabilities, gold):.4f}", "", "")


def print_left_out(run: Run) -> None:
    """Print how well each run classifies the sources that it was not trained on, over both splits."""
    parts = [read_split(run.options.data / "docfig", split) for split in ("train", "test")]
    whole = Examples(*([value for part in parts for value in getattr(part, field.name)] for field in fields(Examples)))
    print("| docfig without | images | classes | accuracy | macro F1 | rejected |")
    print("|---|--:|---|--:|--:|--:|")
    figures = []
    for sources, model in find_left_out(run.options.left_out):
        part = whole.take([at for at, source in enumerate(whole.sources) if source in sources])
        if not len(part):
            continue
        prediction = Docsight(str(model)).classify(part.images)
        ids = {label: at for at, label in enumerate(prediction.labels)}
        gold = torch.tensor([ids[label] for label in part.labels])
        scores = f1_by_class(gold, prediction.probabilities.argmax(dim=1), len(ids))
        figures.append((prediction.accuracy(part.labels), mean(scores.values()), prediction.rejected))
        name = ", ".join(source.split(" (")[0] for source in sources)
        classes = ", ".join(f"{label} {count}" for label, count in sorted(Counter(part.labels).items()))
        print_row(name, f"{len(part):,}", classes, *map(percent, figures[-1]))
    if figures:
        print_row("mean", "", "", *(percent(mean(column)) for column in zip(*figures, strict=True)))
    print()


def find_left_out(folder: Path) -> list[tuple[list[str], Path]]:
    """Return the left-out sources and the model folder of each run."""
    found = []
    for config in sorted(folder.glob("*/config.yaml")):
        left = yaml.safe_load(config.read_text())["data"]["leave_out"]
        if left and (config.parent / "model").is_dir():
            found.append((sorted(left), config.parent / "model"))
    return sorted(found)
