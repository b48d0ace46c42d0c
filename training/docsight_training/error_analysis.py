"""The errors of a trained classifier: the confusion matrix, and the images whose right class was least probable."""

import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import torch
from torch import Tensor

from docsight.images import ImageSettings
from docsight_training.data.images.dataset import OTHER, LabeledImages
from docsight_training.metrics import f1_by_class

_MAX_WORST_IMAGES = 40
_IMAGES_PER_ROW = 10
_MAX_CLASSES_WITH_COUNTS = 30  # above, the cells of the matrix are too small for numbers


def write_errors(
    folder: Path, probabilities: Tensor, images: LabeledImages, labels: Sequence[str], settings: ImageSettings
) -> None:
    """Write errors.json (F1 by class, confusion matrix), and with matplotlib confusion.png and worst.png.

    Args:
        folder: The folder of the run.
        probabilities: (images, classes), as predicted.
        images: The images with their right classes; those of no class are left out.
        labels: The names of the classes.
        settings: The image settings of the model.
    """
    kept = (images.labels != OTHER).nonzero()[:, 0].tolist()
    probabilities, images = probabilities[kept].cpu(), images.take(kept)
    size = len(labels)
    predicted = probabilities.argmax(dim=1)
    matrix = torch.bincount(images.labels * size + predicted, minlength=size**2).view(size, -1)
    scores = {labels[at]: round(score, 4) for at, score in f1_by_class(images.labels, predicted, size).items()}
    report = {"labels": list(labels), "f1": scores, "confusion": matrix.tolist()}
    (folder / "errors.json").write_text(json.dumps(report, ensure_ascii=False) + "\n")
    if importlib.util.find_spec("matplotlib") is not None:
        _draw_matrix(folder / "confusion.png", matrix, labels)
        _draw_worst(folder / "worst.png", probabilities, images, labels, settings)


def _draw_matrix(path: Path, matrix: Tensor, labels: Sequence[str]) -> None:
    plt = _pyplot()
    side = min(16.0, 3 + 0.5 * len(labels))
    figure, axis = plt.subplots(figsize=(side + 1, side), constrained_layout=True)
    fractions = matrix / matrix.sum(dim=1, keepdim=True).clamp(min=1)
    axis.imshow(fractions.sqrt().numpy(), cmap="Blues", vmin=0, vmax=1)  # the root makes single errors visible
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
    path: Path, probabilities: Tensor, images: LabeledImages, labels: Sequence[str], settings: ImageSettings
) -> None:
    plt = _pyplot()
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


def _pyplot() -> ModuleType:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot
