"""The tables of `images.py` on figures: docfig by class, other pictures, and sources that were left out."""

from collections import Counter
from dataclasses import fields
from pathlib import Path

import image_sets
import torch
import yaml
from image_run import Run, mean, percent, print_row, short
from image_sets import Examples, read_split
from image_systems import Docsight, Readings

from docsight_training.metrics import calibration_error, f1_by_class

CONFUSIONS = 5


def print_figures(run: Run) -> None:
    """Print how well `figures` reads docfig, by class, and what it says of other pictures."""
    ours, test = run.figures, run.examples("docfig")
    reading = ours.read(test.pictures)
    print_classes(reading, test, short(run.options.figures))
    pairs = Counter((a, b) for a, b in zip(test.labels, reading.guesses, strict=True) if a != b)
    told = ", ".join(f"{a} as {b} {count}" for (a, b), count in pairs.most_common(CONFUSIONS))
    print(f"\nMost frequent errors: {told or 'none'}.\n")
    print("| other pictures shown to figures | pictures | refused | most are called |")
    print("|---|--:|--:|---|")
    for name, examples in {
        "MNIST digits": run.mnist.drawn(run.drawn),
        "digits as they come (JPEG, 100 to 300 pixels)": run.as_they_come,
        "fashion_mnist (clothes, 28 pixels)": run.examples("fashion_mnist").drawn(run.drawn),
        "cifar10_small (photos, 32 pixels; a class that it has)": run.examples("cifar10_small").drawn(run.drawn),
        "noise": image_sets.noise(run.drawn),
    }.items():
        found = ours.read(examples.pictures)
        named = Counter(found.guesses).most_common(2)
        most = ", ".join(f"{label} {100 * count / len(examples):.0f} %" for label, count in named)
        print_row(name, f"{len(examples):,}", percent(found.refused), most)
    print()


def print_classes(reading: Readings, test: Examples, model: str) -> None:
    """Print F1 by class, macro F1, accuracy, calibration and refusals."""
    ids = {label: at for at, label in enumerate(reading.labels)}
    gold = torch.tensor([ids[label] for label in test.labels])
    guesses = reading.probabilities.argmax(dim=1)
    # A picture that is refused counts as missed: as a class beyond the last.
    strict = torch.where(torch.from_numpy(reading.passed), guesses, len(ids))
    both = [f1_by_class(gold, found, len(ids) + 1) for found in (guesses, strict)]
    print(f"| docfig, {model} | test pictures | F1 | F1, refused counts as missed | refused |")
    print("|---|--:|--:|--:|--:|")
    for label, at in ids.items():
        if at in both[0]:
            mine = (gold == at).numpy()
            refused = 1 - reading.passed[mine].mean()
            print_row(label, str(mine.sum()), *(f"{100 * scores[at]:.1f}" for scores in both), percent(refused))
    macro = [f"{100 * mean(scores.values()):.1f}" for scores in both]
    print_row("**macro F1**", str(len(gold)), *macro, percent(reading.refused))
    right = [f"{100 * float((found == gold).float().mean()):.1f}" for found in (guesses, strict)]
    print_row("accuracy", str(len(gold)), *right, "")
    print_row("calibration error", str(len(gold)), f"{calibration_error(reading.probabilities, gold):.4f}", "", "")


def print_left_out(run: Run) -> None:
    """Print how well each run reads the sources that it was not trained on, of training and test pictures."""
    parts = [read_split(run.options.data / "docfig", split) for split in ("train", "test")]
    whole = Examples(*([one for part in parts for one in getattr(part, field.name)] for field in fields(Examples)))
    print("| docfig without | pictures | classes | accuracy | macro F1 | refused |")
    print("|---|--:|---|--:|--:|--:|")
    figures = []
    for sources, model in find_left_out(run.options.left_out):
        part = whole.take([at for at, source in enumerate(whole.sources) if source in sources])
        if not len(part):
            continue
        reading = Docsight(str(model)).read(part.pictures)
        ids = {label: at for at, label in enumerate(reading.labels)}
        gold = torch.tensor([ids[label] for label in part.labels])
        scores = f1_by_class(gold, reading.probabilities.argmax(dim=1), len(ids))
        figures.append((reading.accuracy(part.labels), mean(scores.values()), reading.refused))
        name = ", ".join(source.split(" (")[0] for source in sources)
        classes = ", ".join(f"{label} {count}" for label, count in sorted(Counter(part.labels).items()))
        print_row(name, f"{len(part):,}", classes, *map(percent, figures[-1]))
    if figures:
        print_row("mean", "", "", *(percent(mean(column)) for column in zip(*figures, strict=True)))
    print()


def find_left_out(folder: Path) -> list[tuple[list[str], Path]]:
    """Return the sources that each run left out, and its model folder."""
    found = []
    for config in sorted(folder.glob("*/config.yaml")):
        left = yaml.safe_load(config.read_text())["data"]["leave_out"]
        if left and (config.parent / "model").is_dir():
            found.append((sorted(left), config.parent / "model"))
    return sorted(found)
