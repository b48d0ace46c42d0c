"""The plots of `images.py` on figures: risk and coverage by source, and examples with their labels."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from image_sets import Examples
from image_systems import Predictions

from docsight.image_decoding import open_image

FIRST_SHOWN = 5  # images; the risk of fewer is chance
MIN_IMAGES = 20  # of a source with a curve of its own; smaller ones share a curve
RIGHT_PER_LABEL, WRONG_PER_LABEL = 5, 3
MAX_RISK = 60  # percent, the top of the plot
SIDE = 140  # pixels of an example


def risk_coverage(right: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return coverage and risk, (images,): the error among the images that are answered first, by their score."""
    order = np.argsort(-score, kind="stable")
    count = np.arange(1, len(order) + 1)
    return count / len(order), 1 - np.cumsum(right[order]) / count


def draw_risk(path: Path, parts: dict[str, tuple[Examples, Predictions]]) -> None:
    """Draw a curve for each source; images are answered in the order of the abstention score."""
    plt = _pyplot()
    figure, axes = plt.subplots(1, len(parts), figsize=(6.5 * len(parts), 4.5), constrained_layout=True, sharey=True)
    for axis, (title, (examples, found)) in zip(np.atleast_1d(axes), parts.items(), strict=True):
        right = np.array([a == b for a, b in zip(found.guesses, examples.labels, strict=True)])
        groups = defaultdict(list)
        for at, source in enumerate(examples.sources):
            groups[source.split(" (")[0]].append(at)
        small = [at for chosen in groups.values() if len(chosen) < MIN_IMAGES for at in chosen]
        curves = {name: chosen for name, chosen in groups.items() if len(chosen) >= MIN_IMAGES}
        for name, chosen in {
            **curves,
            **({"other sources": small} if small else {}),
            "all": list(range(len(right))),
        }.items():
            coverage, risk = risk_coverage(right[chosen], found.in_domain[chosen])
            coverage, risk = coverage[FIRST_SHOWN:], risk[FIRST_SHOWN:]
            style = {"color": "black", "linewidth": 2} if name == "all" else {"linewidth": 1.2}
            axis.plot(coverage, 100 * risk, label=f"{name} ({len(chosen)})", **style)
        axis.axvline(found.accepted.mean(), color="grey", linestyle="--", linewidth=1)
        axis.set(title=title, xlabel="coverage (dashed: the threshold)", xlim=(0, 1), ylim=(0, MAX_RISK))
        axis.grid(alpha=0.3)
        axis.legend(fontsize=7)
    np.atleast_1d(axes)[0].set_ylabel("errors among the answered, %")
    figure.savefig(path, dpi=100)
    plt.close(figure)


def draw_examples(path: Path, examples: Examples, found: Predictions) -> None:
    """Draw a row for each label: correct images, then wrong or refused ones, framed in red."""
    plt = _pyplot()
    labels = sorted(set(examples.labels))
    width = RIGHT_PER_LABEL + WRONG_PER_LABEL
    figure, axes = plt.subplots(len(labels), width, figsize=(1.5 * width, 1.5 * len(labels)), constrained_layout=True)
    for row, label in zip(axes, labels, strict=True):
        mine = [at for at, gold in enumerate(examples.labels) if gold == label]
        wrong = [at for at in mine if found.guesses[at] != label or not found.accepted[at]]
        right = [at for at in mine if at not in set(wrong)]
        chosen = [*right[:: max(1, len(right) // RIGHT_PER_LABEL)][:RIGHT_PER_LABEL]]
        chosen += [None] * (RIGHT_PER_LABEL - len(chosen)) + wrong[:WRONG_PER_LABEL]
        for axis in row:
            axis.axis("off")
        for axis, at in zip(row, chosen, strict=False):
            if at is not None:
                _draw_example(axis, examples.images[at], found, at, is_right=at not in set(wrong))
        row[0].set_title(f"{label} ({len(right)} of {len(mine)})", fontsize=8, loc="left")
    figure.savefig(path, dpi=75)
    plt.close(figure)


def _draw_example(axis: Any, image: bytes, found: Predictions, at: int, *, is_right: bool) -> None:
    picture = open_image(image).convert("RGB")
    picture.thumbnail((SIDE, SIDE))
    axis.imshow(np.asarray(picture))
    if not is_right:
        text = found.guesses[at] if found.accepted[at] else f"refused ({found.guesses[at]})"
        axis.set_title(text, fontsize=7, color="red")


def _pyplot() -> Any:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot
