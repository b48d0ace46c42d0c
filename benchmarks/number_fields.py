"""Read numbers in drawn forms: how many are right, what is refused, and single digits in the cells of forms.

    python benchmarks/number_fields.py --data FOLDER [--model MODEL] [--split test] [--count 200] [--plots FOLDER]

FOLDER holds mnist/train.parquet and mnist/test.parquet. The numbers are composed of MNIST's digits and rendered over
forms of six styles by `form_fields.py`. Settings were chosen with the last 10,000 training images (--split validation).
"""

import argparse
import io
from collections.abc import Sequence
from pathlib import Path

import image_sets
import numpy as np
import torch
from form_fields import STYLES, FieldDrawer, FormField
from image_systems import Docsight
from markdown_tables import percent, print_row
from PIL import Image, ImageDraw
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from docsight import images
from docsight.number_fields import NumberReading
from docsight.number_fields.clean_field import clean_ink
from docsight.number_fields.field_digits import load_reader

MAX_DIGITS = 8
REFUSED = 0.05  # the fraction of the numbers with the lowest probabilities
VALIDATION_IMAGES = 10_000  # the last ones of MNIST's training images

Result = tuple[FormField, NumberReading]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    parser.add_argument("--model", default="digits", help="a shipped model or a model folder")
    parser.add_argument("--split", choices=("test", "validation"), default="test", help="where the digits come from")
    parser.add_argument("--count", type=int, default=200, help="numbers of each style")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fit", action="store_true", help="only fit the weights of the probability of a number")
    parser.add_argument("--plots", type=Path, help="the folder for images of numbers that were read, and of failures")
    options = parser.parse_args()
    torch.set_num_threads(1)
    pixels, labels = _digits(options.data, options.split)
    drawer = FieldDrawer(pixels, labels, seed=options.seed)
    if options.fit:
        fit(drawer, options.model, options.count)
        return
    results = print_numbers(drawer, options.model, options.count)
    print_no_numbers(options.model, options.count, options.seed)
    print_cells(drawer, options.model, options.count)
    if options.plots:
        plot(results, options.plots)


def print_numbers(drawer: FieldDrawer, model: str, count: int) -> dict[str, list[Result]]:
    """Print how many numbers of 1 to 8 digits are right, by style; return what was read."""
    print(f"| form | numbers | right | right, {REFUSED:.0%} refused | refused by the model | right of the others |")
    print("|---|--:|--:|--:|--:|--:|")
    results = {}
    for style in STYLES:
        fields = [drawer.draw(style, int(drawer.rng.integers(1, MAX_DIGITS + 1))) for _ in range(count)]
        results[style] = [(field, images.digits(field.image, model=model, min_probability=0)) for field in fields]
        _print_numbers(style, results[style])
    _print_numbers("**all**", [result for row in results.values() for result in row])
    print()
    return results


def _print_numbers(name: str, results: Sequence[Result]) -> None:
    right = np.array([field.text == reading.text for field, reading in results])
    probabilities = np.array([reading.probability for _, reading in results])
    best = np.argsort(-probabilities, kind="stable")[: round((1 - REFUSED) * len(results))]
    accepted = probabilities >= images.digits.__kwdefaults__["min_probability"]
    cells = percent(right.mean()), percent(right[best].mean()), percent(1 - accepted.mean())
    print_row(name, f"{len(results):,}", *cells, percent(right[accepted].mean()))


def print_no_numbers(model: str, count: int, seed: int) -> None:
    """Print how often words in the same forms are refused."""
    fonts = image_sets.held_out_fonts()
    pixels, chars = image_sets.typeset(2000, fonts, strict=False, seed=seed)
    drawer = FieldDrawer(pixels, chars, seed=seed)
    print("| words of 2 to 8 letters, held-out typefaces | images | refused |")
    print("|---|--:|--:|")
    for style in STYLES:
        words = [drawer.draw(style, int(drawer.rng.integers(2, MAX_DIGITS + 1))) for _ in range(count // 2)]
        refused = [images.digits(word.image, model=model).text is None for word in words]
        print_row(style, str(len(words)), percent(float(np.mean(refused))))
    print()


def print_cells(drawer: FieldDrawer, model: str, count: int) -> None:
    """Print how many single digits in the cells of forms `cnn_imagecat` gets right."""
    print("| one digit in a cell | images | right | answered and right |")
    print("|---|--:|--:|--:|")
    classifier = Docsight(model)
    for style in STYLES:
        fields = [drawer.draw(style, 1) for _ in range(count)]
        labels = [field.text for field in fields]
        prediction = classifier.classify([field.image for field in fields])
        right = np.array([guess == label for guess, label in zip(prediction.guesses, labels, strict=True)])
        print_row(style, f"{count:,}", percent(right.mean()), percent((right & prediction.accepted).mean()))
    print()


def fit(drawer: FieldDrawer, model: str, count: int) -> None:
    """Print the weights of the logistic regression of `docsight.number_fields.decoding`, and its AUROC."""
    reader = load_reader(model)
    features, right = [], []
    for style in STYLES:
        for _ in range(count):
            field = drawer.draw(style, int(drawer.rng.integers(1, MAX_DIGITS + 1)))
            ink = clean_ink(Image.open(io.BytesIO(field.image)))
            best = None if ink is None else reader.find_path(ink)
            if best is not None:
                features.append(np.maximum(best[0].features, -20))
                right.append("".join(map(str, best[0].digits)) == field.text)
    regression = LogisticRegression(C=10).fit(features, right)
    auroc = roc_auc_score(right, regression.decision_function(features))
    print(f"weights {regression.coef_[0].round(2)}, bias {regression.intercept_[0]:.2f}, AUROC {auroc:.3f}")


def plot(results: dict[str, list[Result]], folder: Path) -> None:
    """Save images of the first numbers of each style that were read right, and of the first that were not."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, is_right in (("number-fields.png", True), ("number-fields-wrong.png", False)):
        rows = [
            [result for result in row if (result[0].text == result[1].text) is is_right][:6] for row in results.values()
        ]
        _sheet(rows).save(folder / name)


def _sheet(rows: Sequence[Sequence[Result]], *, width: int = 1500, height: int = 64) -> Image.Image:
    """Draw fields in rows, with the boxes of their digits and what was read."""
    sheet = Image.new("RGB", (width, (height + 20) * len(rows)), "white")
    for at, row in enumerate(rows):
        left = 0
        for field, reading in row:
            image = Image.open(io.BytesIO(field.image)).convert("RGB")
            scale = height / image.height
            image = image.resize((max(1, round(image.width * scale)), height), Image.Resampling.BILINEAR)
            pencil = ImageDraw.Draw(image)
            for digit in reading.digits:
                pencil.rectangle([side * scale for side in digit.box], outline=(200, 40, 40))
            if left + image.width > width:
                break
            sheet.paste(image, (left, at * (height + 20)))
            caption = f"{reading.text} {reading.probability:.2f}"
            caption += "" if reading.text == field.text else f" not {field.text}"
            ImageDraw.Draw(sheet).text((left, at * (height + 20) + height + 3), caption, fill="black")
            left += max(image.width, 7 * len(caption)) + 8
    return sheet


def _digits(data: Path, split: str) -> tuple[np.ndarray, list[str]]:
    examples = image_sets.read_split(data / "mnist", "test" if split == "test" else "train")
    if split != "test":
        examples = examples.take(range(len(examples) - VALIDATION_IMAGES, len(examples)))
    return image_sets.grey_pixels(examples.images), examples.labels


if __name__ == "__main__":
    main()
