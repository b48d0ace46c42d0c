"""Charts: the kind of marks, axes, title and legend."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from docsight_training.data.drawings import chart_marks, more_chart_marks
from docsight_training.data.drawings.chart_canvas import ChartCanvas
from docsight_training.data.drawings.choices import amount, chance, digits, pick, words
from docsight_training.data.drawings.colours import mixed, palette
from docsight_training.data.drawings.raster import reduced
from docsight_training.data.drawings.typefaces import Typefaces

# What is drawn, and its probability.
_CHART_KINDS: list[tuple[Callable[[ChartCanvas], None], float]] = [
    (chart_marks.bars, 0.18),
    (chart_marks.sideways_bars, 0.1),
    (chart_marks.histogram, 0.07),
    (chart_marks.lines, 0.2),
    (chart_marks.curves, 0.14),
    (chart_marks.points, 0.11),
    (chart_marks.areas, 0.07),
    (chart_marks.boxes, 0.05),
    (chart_marks.pie, 0.08),
]

_WITHOUT_AXES = (chart_marks.pie, more_chart_marks.radar)


def draw_chart(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw a chart of any kind."""
    marks = _CHART_KINDS[int(rng.choice(len(_CHART_KINDS), p=[probability for _, probability in _CHART_KINDS]))][0]
    return _draw(rng, typefaces, marks)


def draw_bar_chart(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    marks = chart_marks
    return _draw(rng, typefaces, pick(rng, [marks.bars, marks.bars, marks.sideways_bars, marks.histogram]))


def draw_line_chart(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    return _draw(rng, typefaces, pick(rng, [chart_marks.lines, chart_marks.lines, chart_marks.curves]))


def draw_pie_chart(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    return _draw(rng, typefaces, chart_marks.pie)


def draw_scatter_chart(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    return _draw(rng, typefaces, chart_marks.points)


def draw_other_chart(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw areas, boxes with whiskers, a heat map, bubbles, a radar chart or contours."""
    marks = pick(
        rng,
        [
            chart_marks.areas,
            chart_marks.boxes,
            more_chart_marks.heat_map,
            more_chart_marks.contours,
            more_chart_marks.radar,
        ],
    )
    return _draw(rng, typefaces, marks)


def _draw(rng: np.random.Generator, typefaces: Typefaces, marks: Callable[[ChartCanvas], None]) -> Image.Image:
    canvas = ChartCanvas(rng, typefaces)
    if chance(rng, 0.4):
        canvas.title(words(rng, int(rng.integers(2, 6))))
    names = [words(rng, 1) for _ in canvas.colours]
    if marks in _WITHOUT_AXES:
        canvas.colours = palette(rng, int(rng.integers(2, 8)))
        names = [words(rng, 1) for _ in canvas.colours]
        marks(canvas)
        if chance(rng, 0.5):
            canvas.legend(names)
        return reduced(canvas.image)
    if chance(rng, 0.6):
        canvas.axis_labels(words(rng, int(rng.integers(1, 4))), words(rng, int(rng.integers(1, 4))))
    if len(names) > 1 and chance(rng, 0.6):
        canvas.legend(names)
    canvas.reserve_tick_labels()
    _axes(canvas, sideways=marks is chart_marks.sideways_bars)
    marks(canvas)
    canvas.spines()
    return reduced(canvas.image)


def _axes(canvas: ChartCanvas, *, sideways: bool) -> None:
    """Draw the grid and labelled ticks: numbers on the value axis, names or numbers on the other."""
    rng = canvas.rng
    if chance(rng, 0.15):
        canvas.pen.rectangle(canvas.frame, fill=mixed(canvas.ground, canvas.ink, 0.08))
    count, unit = int(rng.integers(3, 9)), pick(rng, ["", "", "", "%", "k", "$"])
    step = float(pick(rng, [1, 2, 5, 10, 20, 25, 50, 100, 0.5, 0.2, 1000]))
    decimals = 1 if step < 1 else 0
    values = [f"{step * number:,.{decimals}f}{unit}" for number in range(count + 1)]
    style = rng.random()
    if style < 0.5:
        names = [words(rng, 1, max_syllables=2) for _ in range(int(rng.integers(3, 8)))]
    elif style < 0.8:
        first, jump = int(rng.integers(1900, 2020)), int(pick(rng, [1, 2, 5, 10]))
        names = [str(first + jump * number) for number in range(int(rng.integers(4, 12)))]
    else:
        names = [pick(rng, [digits(rng, 2), amount(rng, decimals=1)]) for _ in range(int(rng.integers(3, 8)))]
    labelled = chance(rng, 0.85)
    canvas.ticks(values, along_x=sideways, grid=chance(rng, 0.45), labelled=labelled)
    canvas.ticks(names, along_x=not sideways, grid=chance(rng, 0.15), labelled=labelled)
