"""The table of `images.py` on drawn figures in held-out typefaces, the only test of kinds without real images."""

import io
from collections.abc import Collection

import image_sets
import numpy as np
from image_figure_plots import draw_examples
from image_pictures import precision_recall
from image_run import Run
from image_sets import Examples
from markdown_tables import percent, print_row

from docsight_training.data.drawings import FIGURES, draw
from docsight_training.data.drawings.typefaces import Typefaces

EACH = 40  # images of a kind
SEED = 99  # of the drawn images, not that of a training run


def print_drawn(run: Run) -> None:
    """Print precision and recall of each label and of the kinds of chart on drawn figures; draw examples."""
    examples, kinds = draw_figures(min(EACH, run.drawn), run.figures.component.labels)
    found = run.figures.classify(examples.images)
    print("| drawn figures, held-out typefaces | images | precision | recall | refused |")
    print("|---|--:|--:|--:|--:|")
    for label in sorted(set(examples.labels)):
        mine = np.array([gold == label for gold in examples.labels])
        refused = percent(1 - found.accepted[mine].mean())
        print_row(label, str(mine.sum()), *precision_recall(label, examples.labels, found.guesses), refused)
    charts = [at for at, kind in enumerate(kinds) if kind]
    gold, guesses = [kinds[at] for at in charts], [found.kinds[at] for at in charts]
    for kind in sorted({kind for kind in gold if kind}):
        print_row(f"chart: {kind}", str(gold.count(kind)), *precision_recall(kind, gold, guesses), "")
    print()
    if run.options.plots is not None:
        run.options.plots.mkdir(parents=True, exist_ok=True)
        draw_examples(run.options.plots / "figures.png", examples, found)


def draw_figures(each: int, known: Collection[str]) -> tuple[Examples, list[str | None]]:
    """Draw `each` images of every label in `known` and of its kinds; return them as PNG, and the kind of each chart."""
    typefaces = Typefaces(image_sets.held_out_fonts())
    images, labels, kinds = [], [], []
    for number, name in enumerate(name for name in FIGURES if name != "chart"):
        rng = np.random.default_rng([SEED, number])
        is_chart = name.endswith("_chart")
        label = "chart" if is_chart else name
        if label not in known:
            continue
        for _ in range(each):
            buffer = io.BytesIO()
            draw(name, rng, typefaces).save(buffer, "PNG")
            images.append(buffer.getvalue())
            labels.append(label)
            kinds.append(name if is_chart else None)
    return Examples(images, labels, [""] * len(images)), kinds
