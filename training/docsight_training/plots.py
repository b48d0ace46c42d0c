"""Plots of a run: its curves, the errors of a classifier, reliability. Image files need the extra `plots`."""

import csv
import importlib.util
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from docsight.images import ImageSettings
from docsight_training.data.images.dataset import OTHER, LabeledImages
from docsight_training.metrics import f1_by_class

_MAX_WORST_IMAGES = 40
_IMAGES_PER_ROW = 10
_MAX_CLASSES_WITH_COUNTS = 30  # with more classes, the cells of the matrix are too small for numbers


def plot_curves(folder: Path) -> None:
    """Draw loss, score and learning rate over the steps, where the run logged any."""
    curves, plt = _read_curves(folder), _pyplot()
    if not curves or plt is None:
        return
    panels = {
        "loss": ("train/loss", "val/loss"),
        "validation": ("val/f1", "val/accuracy"),
        "learning rate": ("lr-",),
    }
    figure, axes = plt.subplots(1, len(panels), figsize=(15, 4.2), constrained_layout=True)
    for axis, (title, prefixes) in zip(axes, panels.items(), strict=True):
        names = [name for name in curves if name.startswith(prefixes)]
        for name in names:
            axis.plot(*zip(*curves[name], strict=True), label=name, marker="." if len(curves[name]) < 60 else None)
        axis.set_title(title)
        axis.set_xlabel("step")
        axis.grid(alpha=0.3)
        if names:
            axis.legend(fontsize=7)
    figure.savefig(folder / "curves.png", dpi=120)
    plt.close(figure)


def _read_curves(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Return the logged values by name, each with its step; a run that was resumed has several logs."""
    curves: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for path in sorted(folder.glob("curves-*/metrics.csv")):
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        logged = ((row["step"], name, value) for row in rows for name, value in row.items() if value)
        for step, name, value in logged:
            if name not in ("step", "epoch"):
                curves[name].append((int(step), float(value)))
    return curves


def write_errors(
    folder: Path, probabilities: Tensor, images: LabeledImages, labels: Sequence[str], settings: ImageSettings
) -> None:
    """Write errors.json (F1 by class, confusion matrix), and with matplotlib confusion.png and worst.png.

    Images of no class are left out. `probabilities` is (images, classes).
    """
    kept = (images.labels != OTHER).nonzero()[:, 0].tolist()
    probabilities, images = probabilities[kept].cpu(), images.take(kept)
    size = len(labels)
    predicted = probabilities.argmax(dim=1)
    matrix = torch.bincount(images.labels * size + predicted, minlength=size**2).view(size, -1)
    scores = {labels[at]: round(score, 4) for at, score in f1_by_class(images.labels, predicted, size).items()}
    report = {"labels": list(labels), "f1": scores, "confusion": matrix.tolist()}
    (folder / "errors.json").write_text(json.dumps(report, ensure_ascii=False) + "\n")
    if plt := _pyplot():
        _draw_matrix(plt, folder / "confusion.png", matrix, labels)
        _draw_worst(plt, folder / "worst.png", probabilities, images, labels, settings)


def plot_reliability(path: Path, panels: Mapping[str, Mapping[str, tuple[Tensor, Tensor]]], *, bins: int = 15) -> None:
    """Draw how many predictions of each probability are right, if matplotlib is installed.

    Args:
        path: The image file.
        panels: For each panel its curves, and for each curve the probabilities of predictions and whether each is
            right, both (predictions,).
        bins: The number of bins of the same width. A point is the mean of a bin, its size that of the bin.
    """
    plt = _pyplot()
    if plt is None:
        return
    figure, axes = plt.subplots(
        1, len(panels), figsize=(4 * len(panels), 4.2), constrained_layout=True, sharey=True, squeeze=False
    )
    for axis, (title, curves) in zip(axes.flat, panels.items(), strict=True):
        axis.plot([0, 1], [0, 1], color="grey", linewidth=1, linestyle="--")
        for name, (probabilities, right) in curves.items():
            bin_of = (probabilities * bins).long().clamp(max=bins - 1)
            counts = torch.bincount(bin_of, minlength=bins)
            used = counts > 0
            x = torch.bincount(bin_of, probabilities, minlength=bins)[used] / counts[used]
            y = torch.bincount(bin_of, right.to(probabilities.dtype), minlength=bins)[used] / counts[used]
            (line,) = axis.plot(x.numpy(), y.numpy(), label=name)
            axis.scatter(
                x.numpy(), y.numpy(), s=(4 + 300 * counts[used] / counts.sum()).numpy(), color=line.get_color()
            )
        axis.set(title=title, xlabel="probability", xlim=(0, 1), ylim=(0, 1))
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
    axes[0, 0].set_ylabel("fraction that is right")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _draw_matrix(plt: Any, path: Path, matrix: Tensor, labels: Sequence[str]) -> None:
    side = min(16.0, 3 + 0.5 * len(labels))
    figure, axis = plt.subplots(figsize=(side + 1, side), constrained_layout=True)
    fractions = matrix / matrix.sum(dim=1, keepdim=True).clamp(min=1)
    axis.imshow(fractions.sqrt().numpy(), cmap="Blues", vmin=0, vmax=1)  # the square root makes single errors visible
    axis.set(xlabel="predicted", ylabel="right", title="Images by right and predicted class")
    axis.set_xticks(range(len(labels)), labels, rotation=90)
    axis.set_yticks(range(len(labels)), labels)
    if len(labels) <= _MAX_CLASSES_WITH_COUNTS:
        for row, column in matrix.nonzero().tolist():
            colour = "white" if fractions[row, column] > 0.3 else "black"
            axis.text(column, row, int(matrix[row, column]), ha="center", va="center", fontsize=8, color=colour)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _draw_worst(
    plt: Any, path: Path, probabilities: Tensor, images: LabeledImages, labels: Sequence[str], settings: ImageSettings
) -> None:
    right = probabilities.gather(1, images.labels[:, None])[:, 0]
    worst = right.argsort()[:_MAX_WORST_IMAGES].tolist()
    rows = -(-len(worst) // _IMAGES_PER_ROW)
    figure, axes = plt.subplots(rows, _IMAGES_PER_ROW, figsize=(14, 1.9 * rows), constrained_layout=True, squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, at in zip(axes.flat, worst, strict=False):
        pixels = images.pixels[at]
        shown = pixels[0] if settings.channels == 1 else pixels.permute(1, 2, 0)
        axis.imshow(shown.numpy(), cmap="gray" if settings.channels == 1 else None, vmin=0, vmax=255)
        predicted = int(probabilities[at].argmax())
        right_line = f"{labels[int(images.labels[at])]}: {right[at]:.2f}"
        axis.set_title(f"{right_line}\n{labels[predicted]}: {probabilities[at, predicted]:.2f}", fontsize=8)
    figure.suptitle("Right class and predicted class, with their probabilities")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _pyplot() -> Any:
    if importlib.util.find_spec("matplotlib") is None:
        return None
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot
