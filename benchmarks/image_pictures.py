"""The table of `images.py` on images from the documentation of other packages, labelled by a person."""

import sys
from collections import Counter

from gather_pictures import read_list
from image_figure_plots import draw_examples, draw_risk
from image_run import Run, mean
from image_sets import Examples
from image_systems import Predictions
from markdown_tables import percent, print_row


def print_pictures(run: Run) -> None:
    """Print precision and recall of each label, and of the kinds of chart, on the pictures of packages."""
    if run.options.pictures is None:
        sys.stderr.write("No --pictures: the section `pictures` is left out. gather_pictures.py fetches them.\n")
        return
    for part in ("development", "test"):
        examples, kinds = read_pictures(run, part)
        found = run.figures.classify(examples.images)
        _print_labels(part, examples, found)
        _print_kinds(kinds, examples, found)
    if run.options.plots is not None:
        _draw(run)


def _print_labels(part: str, examples: Examples, found: Predictions) -> None:
    accepted = [guess if ok else None for guess, ok in zip(found.guesses, found.accepted, strict=True)]
    heads = "pictures | precision | recall | recall, refused counts as missed | refused"
    print(f"| pictures of packages, {part} | {heads} |")
    print("|---|--:|--:|--:|--:|--:|")
    scores = [_print_label(label, examples.labels, found.guesses, accepted) for label in sorted(set(examples.labels))]
    right = percent(found.accuracy(examples.labels))
    print_row("**accuracy, refused**", f"{len(examples)}", "", right, "", percent(found.rejected))
    print(f"\nMacro F1 over {len(scores)} labels: {100 * mean(scores):.1f}.")
    pairs = Counter((a, b or "refused") for a, b in zip(examples.labels, accepted, strict=True) if a != b)
    print("Most frequent errors:", ", ".join(f"{a} as {b} {count}" for (a, b), count in pairs.most_common(8)), "\n")


def _print_kinds(kinds: list[str | None], examples: Examples, found: Predictions) -> None:
    print("| kinds of chart | pictures | precision | recall |")
    print("|---|--:|--:|--:|")
    charts = [at for at, label in enumerate(examples.labels) if label == "chart"]
    gold, guesses = [kinds[at] for at in charts], [found.kinds[at] for at in charts]
    for kind in sorted({kind for kind in gold if kind}):
        print_row(kind, str(gold.count(kind)), *precision_recall(kind, gold, guesses))
    print()


def read_pictures(run: Run, *sets: str) -> tuple[Examples, list[str | None]]:
    """Return the pictures of some sets with their labels, and the kind of each chart; a source is a package."""
    images, labels, sources, kinds = [], [], [], []
    rows = [row for row in read_list() if row[3] in sets]
    for package, file, label, _ in rows:
        if (path := run.options.pictures / package / file).is_file():
            is_chart = label.endswith("_chart")
            images.append(path.read_bytes())
            labels.append("chart" if is_chart else label)
            kinds.append(label if is_chart else None)
            sources.append(package.split("/", 1)[1])
    if len(images) < len(rows):
        sys.stderr.write(f"{len(rows) - len(images)} of {len(rows)} pictures are missing.\n")
    return Examples(images, labels, sources), kinds


def _print_label(label: str, gold: list[str], guesses: list[str], accepted: list[str | None]) -> float:
    """Print one row; return the F1 of the label."""
    missed = sum(a == label and b is None for a, b in zip(gold, accepted, strict=True)) / gold.count(label)
    strict = sum(a == b == label for a, b in zip(gold, accepted, strict=True)) / gold.count(label)
    print_row(label, str(gold.count(label)), *precision_recall(label, gold, guesses), percent(strict), percent(missed))
    right = sum(a == b == label for a, b in zip(gold, guesses, strict=True))
    return 2 * right / (gold.count(label) + guesses.count(label))


def precision_recall(
    label: str | None, gold: list[str | None] | list[str], guesses: list[str | None] | list[str]
) -> tuple[str, str]:
    right = sum(a == b == label for a, b in zip(gold, guesses, strict=True))
    found = guesses.count(label)  # type: ignore[arg-type]
    return percent(right / found) if found else "-", percent(right / gold.count(label))  # type: ignore[arg-type]


def _draw(run: Run) -> None:
    """Draw the risk-coverage curves by source, and examples of each label with what went wrong."""
    docfig = run.examples("docfig")
    examples, _ = read_pictures(run, "development", "test")
    found = run.figures.classify(examples.images)
    parts = {"docfig": (docfig, run.figures.classify(docfig.images)), "packages": (examples, found)}
    draw_risk(run.options.plots / "risk-coverage.png", parts)
    draw_examples(run.options.plots / "package-figures.png", examples, found)
