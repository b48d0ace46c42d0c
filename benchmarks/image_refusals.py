"""The tables of `images.py` on what `figures` refuses: images of no class, by kind and by abstention score."""

from collections.abc import Callable, Sequence

import image_sets
import numpy as np
import torch
from image_run import Run, auroc, mean
from image_sets import Examples
from image_systems import Docsight
from markdown_tables import percent, print_row
from PIL import Image, ImageDraw
from torch import Tensor

from docsight.networks.image_classifier import ABSTENTION_SCORES, ClassifierOutput
from docsight_training.data.drawings.choices import pick
from docsight_training.data.drawings.colours import palette, theme
from docsight_training.data.drawings.raster import fractal, to_image
from docsight_training.data.drawings.typefaces import Typefaces
from docsight_training.data.images.dataset import LabeledImages, hold_out
from docsight_training.data.images.figure_outliers import OUTLIER_KINDS, draw_outlier

TRAINED = ("noise", "clouds", "pattern", "overlay", "leaves", "character", "sheet")  # of the recipe cnn_figures
OWN_REFUSED = 0.05  # the fraction of the model's own validation images below the threshold
PRINCIPAL_DIMENSIONS = 64  # of the features, which span the subspace of the model's own images
EACH = 200  # drawn images of a kind
SEED = 77  # of the drawn images, not that of a training run


def print_refusals(run: Run) -> None:
    """Print, for each kind of image of no class, the AUROC of each score and what it refuses."""
    ours = run.figures
    train, validation = own_examples(run)
    subspace = Subspace(ours.outputs(train.images))
    own = _scores(ours, validation.images, subspace)
    kinds = outlier_examples(run)
    names = list(own)
    thresholds = {name: float(np.quantile(own[name], OWN_REFUSED)) for name in names}
    title = "no figure | in training | images | refused by the model"
    heads = [f"{what}: {name}" for what in ("AUROC", "refused") for name in names]
    print(f"| {title} | {' | '.join(heads)} |")
    print(f"|---|---|--:|--:|{'--:|' * 2 * len(names)}")
    rows = []
    for kind, (examples, trained) in kinds.items():
        found = _scores(ours, examples.images, subspace)
        refused = ours.classify(examples.images).rejected
        areas = [auroc(own[name], found[name]) for name in names]
        fractions = [float((found[name] < thresholds[name]).mean()) for name in names]
        rows.append((trained, refused, *areas, *fractions))
        cells = [*(f"{area:.3f}" for area in areas), *(percent(fraction) for fraction in fractions)]
        print_row(kind, "yes" if trained else "no", f"{len(examples):,}", percent(refused), *cells)
    for title, wanted in (("mean of those in training", True), ("mean of those not in training", False)):
        columns = list(zip(*(row[1:] for row in rows if row[0] == wanted), strict=True))
        if columns:
            means = [mean(column) for column in columns]
            cells = [*(f"{value:.3f}" for value in means[1 : 1 + len(names)]), *map(percent, means[1 + len(names) :])]
            print_row(f"**{title}**", "", "", percent(means[0]), *cells)
    print()


def own_examples(run: Run) -> tuple[Examples, Examples]:
    """Divide docfig's training split as the recipe does with seed 1: images for training, and for validation."""
    train = image_sets.read_split(run.options.data / "docfig", "train")
    train = train.take([at for at, label in enumerate(train.labels) if label != "receipt"])
    ids = {label: at for at, label in enumerate(sorted(set(train.labels)))}
    labels = torch.tensor([ids[label] for label in train.labels])
    images = LabeledImages(torch.empty(len(train), 0, dtype=torch.uint8), labels, train.sources)
    chosen, held_out = hold_out(images, 0.1, seed=1)
    return train.take(chosen), train.take(held_out)


def outlier_examples(run: Run) -> dict[str, tuple[Examples, bool]]:
    """Return the images of each kind, and whether the recipe trains on such images."""
    sets = {
        "MNIST digits": (run.mnist.drawn(run.drawn), True),
        "digits as cut from scans (JPEG, 100 to 300 pixels)": (run.as_scanned, True),
        "fashion_mnist (clothes)": (run.examples("fashion_mnist").drawn(run.drawn), True),
        "noise, 28 pixels": (image_sets.noise(run.drawn), True),
    }
    typefaces = Typefaces(image_sets.held_out_fonts())
    kinds: dict[str, Callable[[np.random.Generator, Typefaces], Image.Image]] = dict(UNSEEN_KINDS)
    for kind in OUTLIER_KINDS:
        kinds[f"drawn: {kind}"] = lambda rng, faces, kind=kind: draw_outlier(kind, rng, faces)
    for kind, draw in kinds.items():
        rng = np.random.default_rng([SEED, len(sets)])
        images = [image_sets.png(np.asarray(draw(rng, typefaces))) for _ in range(min(EACH, run.drawn))]
        examples = Examples(images, [""] * len(images), [""] * len(images))
        sets[kind] = (examples, kind.removeprefix("drawn: ") in TRAINED)
    return sets


class Subspace:
    """The principal directions of the features of a model's own images."""

    def __init__(self, output: ClassifierOutput) -> None:
        self.middle = output.features.mean(dim=0)
        centred = output.features - self.middle
        self.basis = torch.linalg.svd(centred, full_matrices=False).Vh[:PRINCIPAL_DIMENSIONS].T  # (width, dimensions)
        residual = self.residual(output.features).mean().clamp(min=1e-6)
        self.scale = float(ABSTENTION_SCORES["energy"](output).mean() / residual)

    def residual(self, features: Tensor) -> Tensor:
        """Return the length of the part of features, (images, width), that is outside of the subspace."""
        centred = features - self.middle
        return (centred - centred @ self.basis @ self.basis.T).norm(dim=1)


def _scores(ours: Docsight, images: Sequence[bytes], subspace: Subspace) -> dict[str, np.ndarray]:
    """Return each abstention score, (images,), higher for images of a class.

    Besides those of the package: the highest probability, the norm of the features, and the energy less the residual
    of the features outside of the subspace, scaled so that both have the same mean (ViM, Wang et al. 2022).
    """
    output = ours.outputs(images)
    scores = {
        name: score(output) for name, score in ABSTENTION_SCORES.items() if name != "other" or output.other is not None
    }
    scores["probability"] = ours.decision.probabilities(output.logits).max(dim=1).values
    scores["norm"] = output.features.norm(dim=1)
    residual = subspace.scale * subspace.residual(output.features)
    scores["energy and residual"] = ABSTENTION_SCORES["energy"](output) - residual
    return {name: values.double().numpy() for name, values in scores.items()}


def _staves(rng: np.random.Generator, _: Typefaces) -> Image.Image:
    """Draw sheet music: staves with notes."""
    image = Image.new("RGB", (int(rng.integers(160, 400)), int(rng.integers(100, 300))), "white")
    pen, gap = ImageDraw.Draw(image), int(rng.integers(4, 9))
    for top in range(10, image.height - 5 * gap, 9 * gap):
        for line in range(5):
            pen.line([(5, top + line * gap), (image.width - 5, top + line * gap)], fill="black")
        for x in range(15, image.width - 10, int(rng.integers(12, 30))):
            y = top + int(rng.integers(0, 9)) * gap / 2
            pen.ellipse(
                [x, y - gap / 2, x + gap * 1.3, y + gap / 2],
                fill="black" if rng.random() < 0.7 else None,
                outline="black",
            )
            pen.line([(x + gap * 1.3, y), (x + gap * 1.3, y - 3.5 * gap)], fill="black")
    return image


def _board(rng: np.random.Generator, _: Typefaces) -> Image.Image:
    """Draw a board game: squares of two colours with pieces."""
    count, cell = int(rng.integers(6, 11)), int(rng.integers(12, 30))
    light, dark = palette(rng, 2)
    image = Image.new("RGB", (count * cell, count * cell), light)
    pen = ImageDraw.Draw(image)
    for row, column in np.ndindex(count, count):
        box = [column * cell, row * cell, (column + 1) * cell - 1, (row + 1) * cell - 1]
        if (row + column) % 2:
            pen.rectangle(box, fill=dark)
        if rng.random() < 0.25:
            inner = [box[0] + cell * 0.2, box[1] + cell * 0.2, box[2] - cell * 0.2, box[3] - cell * 0.2]
            pen.ellipse(inner, fill=pick(rng, ["black", "white", "red"]), outline="black")
    return image


def _whorls(rng: np.random.Generator, _: Typefaces) -> Image.Image:
    """Draw ridges like those of a finger print."""
    side = int(rng.integers(100, 260))
    down, across = np.mgrid[0:side, 0:side].astype(np.float32)
    distance = np.hypot(down - side * rng.uniform(0.3, 0.7), (across - side / 2) * rng.uniform(1, 1.8))
    ridges = np.cos((distance + 12 * fractal(rng, (side, side), 3)) / rng.uniform(1.2, 2.5))
    ground, ink = theme(rng, dark=0, tinted=0.3)
    cover = np.clip(0.5 + 2 * ridges, 0, 1)[..., None] * (distance < side * 0.5)[..., None]
    return to_image(np.array(ground) * (1 - cover) + np.array(ink) * cover)


# No recipe trains on these.
UNSEEN_KINDS = {"sheet music": _staves, "board games": _board, "finger prints": _whorls}
