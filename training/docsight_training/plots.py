"""The curves of a run as an image, where matplotlib is installed."""

import csv
import importlib.util
from collections import defaultdict
from pathlib import Path


def read_curves(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Return (step, value) pairs for each metric that the run logged."""
    curves: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for path in sorted(folder.glob("curves-*/metrics.csv")):
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                for name, value in row.items():
                    if value and name not in ("step", "epoch"):
                        curves[name].append((int(row["step"]), float(value)))
    return dict(curves)


def plot_curves(folder: Path) -> Path | None:
    """Draw loss, score and learning rate over the steps.

    Returns:
        The image, or None without matplotlib (extra `plots`) or curves.
    """
    curves = read_curves(folder)
    if not curves or importlib.util.find_spec("matplotlib") is None:
        return None
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    panels = {
        "loss": [name for name in curves if name.startswith(("train/loss", "val/loss"))],
        "validation": [name for name in curves if name.startswith(("val/f1", "val/accuracy"))],
        "learning rate": [name for name in curves if name.startswith("lr-")],
    }
    figure, axes = plt.subplots(1, len(panels), figsize=(15, 4.2), constrained_layout=True)
    for axis, (title, names) in zip(axes, panels.items(), strict=True):
        for name in names:
            axis.plot(*zip(*curves[name], strict=True), label=name, marker="." if len(curves[name]) < 60 else None)
        axis.set_title(title)
        axis.set_xlabel("step")
        axis.grid(alpha=0.3)
        if names:
            axis.legend(fontsize=7)
    image = folder / "curves.png"
    figure.savefig(image, dpi=120)
    plt.close(figure)
    return image
