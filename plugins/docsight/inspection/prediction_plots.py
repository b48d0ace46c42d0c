"""A plot of the probabilities and the abstention score of a prediction, as a PNG."""

from docsight.inspection.canvas import ACCENT, CANVAS_WIDTH, INK, MARGIN, SECOND, SOFT, Canvas, format_number
from docsight.inspection.loading import Prediction

_MAX_BARS = 14
_MAX_LABEL_CHARS = 22


def draw_scores(prediction: Prediction, label: str) -> bytes:
    """Draw the probabilities as bars, and the abstention score against its threshold.

    Args:
        prediction: The prediction.
        label: The label that is explained; its bar is highlighted.
    """
    names = sorted(prediction.scores, key=lambda name: -prediction.scores[name])
    if len(names) <= _MAX_BARS:
        names = list(prediction.scores)
    shown = names[:_MAX_BARS]
    row, top = 0.27, 0.6
    canvas = Canvas(max(top + row * (len(shown) + (len(names) > _MAX_BARS)) + 0.3, 2.4))
    start = MARGIN + min(1.9, 0.12 + 0.085 * max(map(len, shown)))
    length = 6.1 - start
    canvas.text(MARGIN, 0.35, "Probability of each class", bold=True)
    for at, name in enumerate(shown):
        y, score = top + at * row, prediction.scores[name]
        colour = ACCENT if name == label else SECOND
        canvas.box(start, y, length, row * 0.62, colour="none", line=0, fill="#f1efea")
        canvas.box(start, y, max(length * score, 0.006), row * 0.62, colour="none", line=0, fill=colour)
        canvas.text(start - 0.1, y + row * 0.48, shorten(name), align="right", bold=name == label)
        canvas.text(start + length + 0.1, y + row * 0.48, f"{score:.3f}", colour=INK if score >= 0.01 else SOFT)
    if len(names) > _MAX_BARS:
        rest = sum(prediction.scores[name] for name in names[_MAX_BARS:])
        line = f"and {len(names) - _MAX_BARS} more with a total of {rest:.3f}"
        canvas.text(start, top + len(shown) * row + 0.15, line, colour=SOFT)
    _draw_in_domain(canvas, prediction)
    return canvas.png()


def shorten(label: str) -> str:
    """Cut a long label."""
    return label if len(label) <= _MAX_LABEL_CHARS else label[: _MAX_LABEL_CHARS - 1] + "…"


def _draw_in_domain(canvas: Canvas, prediction: Prediction) -> None:
    """Draw the abstention score relative to the threshold."""
    left, right, y = 7.4, CANVAS_WIDTH - MARGIN - 0.1, 1.35
    canvas.text(left, 0.35, "Similar to the training images?", bold=True)
    threshold = prediction.threshold if prediction.has_threshold else prediction.in_domain - 1
    reach = max(abs(prediction.in_domain - threshold) * 1.1, abs(threshold), 1.0)
    middle = (left + right) / 2
    at = middle + (right - left) * 0.5 * (prediction.in_domain - threshold) / reach
    accepted = middle if prediction.has_threshold else left
    if prediction.has_threshold:
        canvas.box(left, y - 0.07, middle - left, 0.14, colour="none", line=0, fill="#eadfd9")
        canvas.text(left, y - 0.2, "no label", size=8, colour=SOFT)
        canvas.line((middle, middle), (y - 0.16, y + 0.16), colour=INK, line=1.4)
        canvas.text(middle, y + 0.34, f"threshold {format_number(threshold)}", size=8.5, colour=SOFT, align="center")
    canvas.box(accepted, y - 0.07, right - accepted, 0.14, colour="none", line=0, fill="#d8e6d6")
    canvas.text(right, y - 0.2, "label", size=8, colour=SOFT, align="right")
    canvas.line((at, at), (y - 0.12, y + 0.12), colour=ACCENT if prediction.label is None else SECOND, line=5)
    canvas.text(left, y + 0.72, f"in_domain {format_number(prediction.in_domain)}", bold=True)
    verdict = "below the threshold: no label" if prediction.label is None else "the image gets its label"
    canvas.text(left, y + 0.92, verdict, colour=SOFT)
