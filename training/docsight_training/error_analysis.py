"""What a trained classifier gets wrong: the confusion matrix, and the pictures that it is most wrong about."""

import importlib.util
import json
from pathlib import Path

import torch

from docsight.images import ImageSettings
from docsight_training.data.images.dataset import OTHER, Pictures
from docsight_training.metrics import f1_by_class
from docsight_training.modules.images import ImageModule

_SHOWN = 40  # pictures
_ACROSS = 10
_NAMED = 30  # the most classes whose counts are written into the matrix


def write_errors(folder: Path, module: ImageModule, pictures: Pictures, settings: ImageSettings) -> None:
    """Write errors.json (F1 by class, confusion matrix), and with matplotlib confusion.png and worst.png.

    Args:
        folder: The folder of the run.
        module: The module, after it has read these pictures.
        pictures: What it was judged on.
        settings: Those of the model.
    """
    logits, labels = torch.cat(module.readings["logits"]), torch.cat(module.readings["labels"])
    kept = (labels != OTHER).nonzero()[:, 0].tolist()
    probabilities = module.decision.probabilities(logits[kept])
    labels, pictures = labels[kept], pictures.take(kept)
    names = list(module.network.labels)
    guesses = probabilities.argmax(dim=1)
    matrix = torch.bincount(labels * len(names) + guesses, minlength=len(names) ** 2).view(len(names), -1)
    scores = {names[at]: round(score, 4) for at, score in f1_by_class(labels, guesses, len(names)).items()}
    told = {"labels": names, "f1": scores, "confusion": matrix.tolist()}
    (folder / "errors.json").write_text(json.dumps(told, ensure_ascii=False) + "\n")
    if importlib.util.find_spec("matplotlib") is not None:
        _draw_matrix(folder / "confusion.png", matrix, names)
        _draw_worst(folder / "worst.png", probabilities, labels, pictures, names, settings)


def _draw_matrix(path: Path, matrix: torch.Tensor, names: list[str]) -> None:
    plt = _pyplot()
    side = min(16.0, 3 + 0.5 * len(names))
    figure, axis = plt.subplots(figsize=(side + 1, side), constrained_layout=True)
    shares = matrix / matrix.sum(dim=1, keepdim=True).clamp(min=1)
    axis.imshow(shares.sqrt().numpy(), cmap="Blues", vmin=0, vmax=1)  # the root, so that single errors can be seen
    axis.set(xlabel="predicted", ylabel="right", title="Pictures of each class, and what they were taken for")
    axis.set_xticks(range(len(names)), names, rotation=90)
    axis.set_yticks(range(len(names)), names)
    if len(names) <= _NAMED:
        for row, column in matrix.nonzero().tolist():
            colour = "white" if shares[row, column] > 0.3 else "black"
            axis.text(column, row, int(matrix[row, column]), ha="center", va="center", fontsize=8, color=colour)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _draw_worst(
    path: Path,
    probabilities: torch.Tensor,
    labels: torch.Tensor,
    pictures: Pictures,
    names: list[str],
    settings: ImageSettings,
) -> None:
    """Draw the pictures whose right class is the least probable."""
    plt = _pyplot()
    right = probabilities.gather(1, labels[:, None])[:, 0]
    worst = right.argsort()[:_SHOWN].tolist()
    down = -(-len(worst) // _ACROSS)
    figure, axes = plt.subplots(down, _ACROSS, figsize=(14, 1.9 * down), constrained_layout=True, squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, at in zip(axes.flat, worst, strict=False):
        pixels = pictures.pixels[at]
        shown = pixels[0] if settings.channels == 1 else pixels.permute(1, 2, 0)
        axis.imshow(shown.numpy(), cmap="gray" if settings.channels == 1 else None, vmin=0, vmax=255)
        guess = int(probabilities[at].argmax())
        title = f"{names[int(labels[at])]}: {right[at]:.2f}\n{names[guess]}: {probabilities[at, guess]:.2f}"
        axis.set_title(title, fontsize=8)
    figure.suptitle("Right class, and the predicted one, with their probabilities")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _pyplot():  # type: ignore[no-untyped-def]  # a module
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot
