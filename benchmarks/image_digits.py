"""The tables of `images.py` on digits: accuracy beside the peers, corruptions, and what is refused."""

import statistics
import time
from collections.abc import Sequence

import image_sets
import image_systems
import numpy as np
import torch
from corruptions import CORRUPTIONS
from image_run import Run, auroc, calibration, mean, percent, print_row, short
from image_sets import Examples, drawn_from, read_split
from image_systems import Peer, Readings

SVM_READS = 2000  # pictures of each changed set; all would take half an hour


def print_accuracy(run: Run) -> None:
    """Print accuracy on MNIST, moved and corrupted, and the cost, beside the peers."""
    print("| MNIST | trained on | parameters | multiply-adds | test | moved by 3 pixels | corrupted, mean |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    rows = []
    for at, (ours, model) in enumerate(zip(run.digits, run.options.digits, strict=True)):
        network = ours.network
        shares = [ours.read(test.pictures).accuracy(test.labels) for test in (run.mnist, run.shifted)]
        shares.append(mean(run.on_corrupted(at, name).accuracy(run.mnist.labels) for name in CORRUPTIONS))
        rows.append(shares)
        size = sum(tensor.numel() for tensor in ours.bundle.network.parameters())
        cost = network.multiply_adds(ours.settings.size)
        print_row(f"docsight, {short(model)}", "all, changed; drawn", f"{size:,}", f"{cost:,}", *map(percent, shares))
    if len(rows) > 1:
        spreads = [
            f"{percent(mean(column))} ± {100 * statistics.stdev(column):.2f}" for column in zip(*rows, strict=True)
        ]
        print_row(f"docsight, mean of {len(rows)} seeds", "", "", "", *spreads)
    settings = run.digits[0].settings
    train = read_split(run.options.data / "mnist", "train").drawn(run.options.sample)
    images, labels = image_systems.inputs(train.pictures, settings), torch.tensor([int(name) for name in train.labels])
    chosen = torch.randperm(len(images), generator=torch.Generator().manual_seed(1))[: run.options.svm_images]
    tests = [image_systems.inputs(test.pictures, settings) for test in (run.mnist, run.shifted)]
    changed = [image_systems.inputs(test.pictures, settings) for test in run.corrupted.values()]
    gold = np.array([int(name) for name in run.mnist.labels])
    for make in (
        lambda: image_systems.train_mlp(images, labels, epochs=run.options.epochs),
        lambda: image_systems.train_lstm(images, labels, epochs=run.options.epochs),
        lambda: image_systems.train_cnn(images, labels, epochs=run.options.epochs),
        lambda: image_systems.train_svm(images[chosen], labels[chosen], most=SVM_READS),
    ):
        start = time.process_time()
        peer = make()
        took = time.process_time() - start
        shares = [_right(peer, tests[0], gold, most=None), _right(peer, tests[1], gold, most=peer.most)]
        shares.append(mean(_right(peer, shown, gold, most=peer.most) for shown in changed))
        name = f"{peer.name} ({took / 60:.1f} min)"
        cost = f"{peer.multiply_adds:,}"
        print_row(name, f"{peer.trained_on:,}", f"{peer.parameters:,}", cost, *map(percent, shares))
    print(
        f"\n{len(gold):,} test pictures; {run.options.epochs} epochs for the networks trained here, and minutes of one "
        f"core. The SVC reads the first {SVM_READS:,} of each changed set.\n"
    )


def print_corruptions(run: Run) -> None:
    """Print accuracy, calibration and what is refused, by kind of corruption; the mean over the models."""
    print("| corruption | accuracy | refused | accuracy of those read | calibration error |")
    print("|---|--:|--:|--:|--:|")
    gold = run.mnist.labels
    means, pooled = [], []
    for name in CORRUPTIONS:
        readings = [run.on_corrupted(at, name) for at in range(len(run.digits))]
        figures = [_judged(reading, gold) for reading in readings]
        means.append([mean(column) for column in zip(*figures, strict=True)])
        pooled.append(readings)
        print_row(name.replace("_", " "), *map(percent, means[-1][:3]), f"{means[-1][3]:.4f}")
    total = [mean(column) for column in zip(*means, strict=True)]
    print_row("mean", *map(percent, total[:3]), f"{total[3]:.4f}")
    shares = [torch.cat([reading.probabilities for reading in row]) for row in zip(*pooled, strict=True)]
    error = mean(
        calibration(ours.component.labels, row, gold * len(CORRUPTIONS))
        for ours, row in zip(run.digits, shares, strict=True)
    )
    print(f"\nAll corrupted pictures together: calibration error {error:.4f} ({len(run.digits)} model(s)).\n")


def print_unknown(run: Run) -> None:
    """Print what `digits` refuses, and how well each abstention score tells digits from the rest."""
    ours = run.digits[0]
    known, unknown = _known_digits(run), _unknown_to_digits(run)
    print(f"| digits ({short(run.options.digits[0])}) | pictures | refused | accuracy | accuracy of those read |")
    print("|---|--:|--:|--:|--:|")
    for name, examples in known.items():
        reading = ours.read(examples.pictures)
        shares = reading.accuracy(examples.labels), reading.accuracy(examples.labels, passed_only=True)
        print_row(name, f"{len(examples):,}", percent(reading.refused), *map(percent, shares))
    scores = {name: ours.scores(examples.pictures) for name, examples in known.items()}
    first, *others = scores.values()
    elsewhere = {score: np.concatenate([part[score] for part in others]) for score in first}
    names = [f"**{name}**" if name == ours.decision.score else name for name in first]
    title = f"AUROC against MNIST's test: {' | '.join(names)} | against digits of another origin: {' | '.join(names)}"
    print(f"\n| no digits | pictures | refused | {title} |")
    print("|---|--:|--:|" + "--:|" * 2 * len(names))
    columns = []
    for name, examples in unknown.items():
        found = ours.scores(examples.pictures)
        areas = [auroc(inside[score], found[score]) for inside in (first, elsewhere) for score in first]
        columns.append(areas)
        refused = percent(ours.read(examples.pictures).refused)
        print_row(name, f"{len(examples):,}", refused, *(f"{area:.4f}" for area in areas))
    print_row("mean", "", "", *(f"{mean(column):.4f}" for column in zip(*columns, strict=True)))
    print(f"\nBold: the score that the model uses. {len(image_sets.held_out_fonts()):,} typefaces held out.\n")


def _known_digits(run: Run) -> dict[str, Examples]:
    """Return digits: MNIST's test first, then those of another origin."""
    pixels, chars = image_sets.typeset(run.drawn, image_sets.held_out_fonts(), digits=True)
    return {
        "MNIST test": run.mnist,
        "MNIST as digits come (JPEG, 100 to 300 pixels)": run.as_they_come,
        "printed, typefaces held out": drawn_from(pixels, chars),
        "printed, as digits come": image_sets.as_they_come(pixels, chars),
    }


def _unknown_to_digits(run: Run) -> dict[str, Examples]:
    fonts = image_sets.held_out_fonts()
    letters, _ = image_sets.typeset(run.drawn, fonts)
    unlike, _ = image_sets.typeset(run.drawn, fonts, strict=False)
    photos = run.examples("docfig")
    return {
        "letters, typefaces held out; all but I O S Z B l": drawn_from(letters),
        "letters, but those that the typeface draws like digits": drawn_from(unlike),
        "letters (all but I O S Z B l), as digits come": image_sets.as_they_come(letters),
        "fashion_mnist (clothes)": run.examples("fashion_mnist"),
        "cifar10_small (photos, 32 pixels)": run.examples("cifar10_small"),
        "docfig (photos)": photos.take([at for at, label in enumerate(photos.labels) if label == "photo"]),
        "noise": image_sets.noise(run.drawn),
    }


def _judged(reading: Readings, gold: Sequence[str]) -> tuple[float, float, float, float]:
    error = calibration(reading.labels, reading.probabilities, gold)
    return reading.accuracy(gold), reading.refused, reading.accuracy(gold, passed_only=True), error


def _right(peer: Peer, images: torch.Tensor, gold: np.ndarray, *, most: int | None) -> float:
    return float((peer.predict(images[:most]) == gold[:most]).mean())
