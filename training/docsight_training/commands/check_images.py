"""The report of `docsight-train check` on labeled images."""

from collections.abc import Iterator

from docsight_training.commands.check_report import conclusion_lines, doubt_lines, histogram_lines, table_lines
from docsight_training.data.images.image_survey import MIN_IMAGES, ImageSurvey

_SIDES = (16, 32, 64, 128, 256, 512, 1024)  # pixels; the upper limits of the bins of the histogram, but for the last


def image_report(found: ImageSurvey, *, limit: int | None) -> Iterator[str]:
    """Yield the lines of the report; each kind of doubt lists at most `limit` places, or all of them."""
    yield from table_lines([*_counts(found)])
    yield ""
    yield "Images by their longer side in pixels:"
    sides = [side for split in found.splits.values() for side in split.sides]
    bins = [sum(low < side <= high for side in sides) for low, high in zip((0, *_SIDES), _SIDES, strict=False)]
    yield from histogram_lines(_SIDES, [*bins, len(sides) - sum(bins)])
    doubts = [*_label_lines(found)]
    for title, listed in (
        ("images that cannot be read (correct or remove them)", found.unreadable),
        ("images that occur with different labels", found.contradictory),
        ("images that occur again in their own split", found.repeated),
        ("images that also occur in another split (scores are then too high)", found.leaked),
        ("images that are tiny, or a narrow strip", found.odd_shapes),
    ):
        doubts += doubt_lines(title, listed, limit=limit)
    yield from conclusion_lines(doubts)


def _counts(found: ImageSurvey) -> Iterator[list[str]]:
    splits = found.splits.values()
    yield ["", *found.splits]
    yield ["images", *(f"{split.images:,}" for split in splits)]
    for label in found.labels:
        yield [f"  {label}", *(f"{split.classes[label]:,}" for split in splits)]
    yield ["grey", *(f"{split.grey:,}" for split in splits)]
    yield ["median side", *(f"{split.median_side:,}" for split in splits)]


def _label_lines(found: ImageSurvey) -> Iterator[str]:
    for role, labels in found.untrained_labels().items():
        yield f"classes of the split for {role} without an image for training (a run stops): {', '.join(labels)}"
    if rare := found.rare_labels():
        shown = ", ".join(f"{label} ({count})" for label, count in rare.items())
        yield f"classes with fewer than {MIN_IMAGES} images for training: {shown}"
