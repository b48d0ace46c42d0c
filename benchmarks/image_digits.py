"""The tables of `images.py` on digits: accuracy compared with peers, corruptions and out-of-domain images."""

import statistics
import time
from collections.abc import Sequence

import image_sets
import image_systems
import numpy as np
import torch
from corruptions import CORRUPTIONS
from corruptions_of_mnist import MNIST_CORRUPTIONS, corrupt
from image_run import Run, auroc, calibration, mean, short
from image_sets import Examples, drawn_from, read_split
from image_systems import Peer, Predictions
from markdown_tables import percent, print_row

MAX_SVM_IMAGES = 2000  # of each changed set; all would take half an hour


def print_accuracy(run: Run) -> None:
    """Print accuracy on MNIST, shifted and corrupted, and the cost, compared with the peers."""
    print("| MNIST | trained on | parameters | multiply-adds | test | shifted by 3 pixels | corrupted, mean |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    rows = []
    for at, (ours, model) in enumerate(zip(run.digits, run.options.digits, strict=True)):
        network = ours.network
        accuracies = [ours.classify(test.images).accuracy(test.labels) for test in (run.mnist, run.shifted)]
        accuracies.append(mean(run.on_corrupted(at, name).accuracy(run.mnist.labels) for name in CORRUPTIONS))
        rows.append(accuracies)
        size = sum(tensor.numel() for tensor in ours.bundle.network.parameters())
        cost = image_systems.multiply_adds(network, ours.settings.size)
        print_row(
            f"docsight, {short(model)}", "all, augmented; drawn", f"{size:,}", f"{cost:,}", *map(percent, accuracies)
        )
    if len(rows) > 1:
        spreads = [
            f"{percent(mean(column))} ± {100 * statistics.stdev(column):.2f}" for column in zip(*rows, strict=True)
        ]
        print_row(f"docsight, mean of {len(rows)} seeds", "", "", "", *spreads)
    settings = run.digits[0].settings
    train = read_split(run.options.data / "mnist", "train").drawn(run.options.sample)
    images, labels = image_systems.inputs(train.images, settings), torch.tensor([int(name) for name in train.labels])
    chosen = torch.randperm(len(images), generator=torch.Generator().manual_seed(1))[: run.options.svm_images]
    tests = [image_systems.inputs(test.images, settings) for test in (run.mnist, run.shifted)]
    changed = [image_systems.inputs(test.images, settings) for test in run.corrupted.values()]
    gold = np.array([int(name) for name in run.mnist.labels])
    for make in (
        lambda: image_systems.train_mlp(images, labels, epochs=run.options.epochs),
        lambda: image_systems.train_lstm(images, labels, epochs=run.options.epochs),
        lambda: image_systems.train_cnn(images, labels, epochs=run.options.epochs),
        lambda: image_systems.train_svm(images[chosen], labels[chosen], max_images=MAX_SVM_IMAGES),
    ):
        start = time.process_time()
        peer = make()
        took = time.process_time() - start
        accuracies = [
            _accuracy(peer, tests[0], gold, max_images=None),
            _accuracy(peer, tests[1], gold, max_images=peer.max_images),
        ]
        accuracies.append(mean(_accuracy(peer, shown, gold, max_images=peer.max_images) for shown in changed))
        name = f"{peer.name} ({took / 60:.1f} min)"
        cost = f"{peer.multiply_adds:,}"
        print_row(name, f"{peer.trained_on:,}", f"{peer.parameters:,}", cost, *map(percent, accuracies))
    print(
        f"\n{len(gold):,} test images; {run.options.epochs} epochs for the networks trained here; times in minutes on "
        f"one core. The SVC classifies the first {MAX_SVM_IMAGES:,} of each changed set.\n"
    )


def print_corruptions(run: Run) -> None:
    """Print accuracy, calibration and rejections by corruption, as the mean over the models."""
    print("| corruption | accuracy | rejected | accuracy of the rest | calibration error |")
    print("|---|--:|--:|--:|--:|")
    gold = run.mnist.labels
    means, pooled = [], []
    for name in CORRUPTIONS:
        predictions = [run.on_corrupted(at, name) for at in range(len(run.digits))]
        figures = [_judged(prediction, gold) for prediction in predictions]
        means.append([mean(column) for column in zip(*figures, strict=True)])
        pooled.append(predictions)
        print_row(name.replace("_", " "), *map(percent, means[-1][:3]), f"{means[-1][3]:.4f}")
    total = [mean(column) for column in zip(*means, strict=True)]
    print_row("mean", *map(percent, total[:3]), f"{total[3]:.4f}")
    probabilities = [torch.cat([prediction.probabilities for prediction in row]) for row in zip(*pooled, strict=True)]
    error = mean(
        calibration(ours.component.labels, row, gold * len(CORRUPTIONS))
        for ours, row in zip(run.digits, probabilities, strict=True)
    )
    print(f"\nAll corrupted images together: calibration error {error:.4f} ({len(run.digits)} model(s)).\n")


def print_mnist_corruptions(run: Run) -> None:
    """Print accuracy by kind of corruption, with all images answered, and with refusals as errors."""
    print("| corruption, kinds of MNIST-C | accuracy, all answered | answered and right |")
    print("|---|--:|--:|")
    rows = []
    for name in MNIST_CORRUPTIONS:
        images = drawn_from(corrupt(name, run.pixels)).images
        predictions = [ours.classify(images) for ours in run.digits]
        accuracy = mean(prediction.accuracy(run.mnist.labels) for prediction in predictions)
        answered = mean(prediction.answered_right(run.mnist.labels) for prediction in predictions)
        rows.append((accuracy, answered))
        print_row(name.replace("_", " "), percent(accuracy), percent(answered))
    print_row("**mean**", *(percent(mean(column)) for column in zip(*rows, strict=True)))
    print(f"\nMean of {len(run.digits)} model(s), {len(run.mnist):,} images of each kind.\n")


def print_unknown(run: Run) -> None:
    """Print what `digits` rejects, and how well each abstention score separates digits from other images."""
    ours = run.digits[0]
    known, unknown = _known_digits(run), _unknown_to_digits(run)
    print(f"| digits ({short(run.options.digits[0])}) | images | rejected | accuracy | accuracy of the rest |")
    print("|---|--:|--:|--:|--:|")
    for name, examples in known.items():
        prediction = ours.classify(examples.images)
        accuracies = prediction.accuracy(examples.labels), prediction.accuracy(examples.labels, accepted_only=True)
        print_row(name, f"{len(examples):,}", percent(prediction.rejected), *map(percent, accuracies))
    scores = {name: ours.scores(examples.images) for name, examples in known.items()}
    first, *others = scores.values()
    elsewhere = {score: np.concatenate([part[score] for part in others]) for score in first}
    names = [f"**{name}**" if name == ours.decision.score else name for name in first]
    columns_of_scores = " | ".join(names)
    title = f"AUROC against MNIST: {columns_of_scores} | against other digits: {columns_of_scores}"
    print(f"\n| other images | images | rejected | {title} |")
    print("|---|--:|--:|" + "--:|" * 2 * len(names))
    columns = []
    for name, examples in unknown.items():
        found = ours.scores(examples.images)
        areas = [auroc(inside[score], found[score]) for inside in (first, elsewhere) for score in first]
        columns.append(areas)
        rejected = percent(ours.classify(examples.images).rejected)
        print_row(name, f"{len(examples):,}", rejected, *(f"{area:.4f}" for area in areas))
    print_row("mean", "", "", *(f"{mean(column):.4f}" for column in zip(*columns, strict=True)))
    print(f"\nBold: the score that the model uses. {len(image_sets.held_out_fonts()):,} held-out typefaces.\n")


def _known_digits(run: Run) -> dict[str, Examples]:
    """Return sets of digits: the test images of MNIST first, then digits from other sources."""
    pixels, chars = image_sets.typeset(run.drawn, image_sets.held_out_fonts(), digits=True)
    return {
        "MNIST test": run.mnist,
        "MNIST as cut from scans (JPEG, 100 to 300 pixels)": run.as_scanned,
        "printed, held-out typefaces": drawn_from(pixels, chars),
        "printed, as cut from scans": image_sets.as_scanned(pixels, chars),
    }


def _unknown_to_digits(run: Run) -> dict[str, Examples]:
    fonts = image_sets.held_out_fonts()
    letters, _ = image_sets.typeset(run.drawn, fonts)
    unlike, _ = image_sets.typeset(run.drawn, fonts, strict=False)
    photos = run.examples("docfig")
    return {
        "letters, held-out typefaces; all but I O S Z B l": drawn_from(letters),
        "letters, except those that the typeface draws like digits": drawn_from(unlike),
        "letters (all but I O S Z B l), as cut from scans": image_sets.as_scanned(letters),
        "fashion_mnist (clothes)": run.examples("fashion_mnist"),
        "cifar10_small (photos, 32 pixels)": run.examples("cifar10_small"),
        "docfig (photos)": photos.take([at for at, label in enumerate(photos.labels) if label == "photo"]),
        "noise": image_sets.noise(run.drawn),
    }


def _judged(prediction: Predictions, gold: Sequence[str]) -> tuple[float, float, float, float]:
    error = calibration(prediction.labels, prediction.probabilities, gold)
    return prediction.accuracy(gold), prediction.rejected, prediction.accuracy(gold, accepted_only=True), error


def _accuracy(peer: Peer, inputs: torch.Tensor, gold: np.ndarray, *, max_images: int | None) -> float:
    return float((peer.predict(inputs[:max_images]) == gold[:max_images]).mean())
