"""Charts: the kind of marks, axes, title and legend."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from docsight_training.data.drawings import chart_marks, chart_plots, more_chart_marks
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

_PANELS_FRACTION = 0.08  # of the charts have several panels
_MAX_PANELS_SIDE = 420  # pixels
_WITHOUT_AXES = (chart_marks.pie, more_chart_marks.radar)


def draw_chart(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw a chart of any kind."""
    marks = _CHART_KINDS[int(rng.choice(len(_CHART_KINDS), p=[probability for _, probability in _CHART_KINDS]))][0]
    return _draw(rng, typefaces, marks)


def draw_bar_chart(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    marks, plots = chart_marks, chart_plots
    kinds = [marks.bars, marks.bars, marks.sideways_bars, marks.histogram, plots.signed_bars, plots.sideways_histogram]
    return _draw(rng, typefaces, pick(rng, kinds))


def draw_line_chart(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    marks, plots = chart_marks, chart_plots
    return _draw(rng, typefaces, pick(rng, [marks.lines, marks.lines, marks.curves, plots.bands, plots.dense_lines]))


def draw_pie_chart(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    return _draw(rng, typefaces, chart_marks.pie)


def draw_scatter_chart(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    return _draw(rng, typefaces, pick(rng, [chart_marks.points, chart_plots.clusters]))


def draw_other_chart(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw areas, boxes with whiskers, distributions, a heat map, contours, regions or a radar chart."""
    marks, plots, more = chart_marks, chart_plots, more_chart_marks
    kinds = [marks.areas, marks.boxes, more.heat_map, more.contours, more.radar]
    kinds += [plots.thin_boxes, plots.violins, plots.overlaid_areas, plots.regions]
    return _draw(rng, typefaces, pick(rng, kinds))


def _draw(rng: np.random.Generator, typefaces: Typefaces, marks: Callable[[ChartCanvas], None]) -> Image.Image:
    """Draw one chart, or two to four of them side by side."""
    if not chance(rng, _PANELS_FRACTION):
        return _panel(rng, typefaces, marks)
    panels = [_panel(rng, typefaces, marks) for _ in range(int(rng.integers(2, 5)))]
    columns = 2 if len(panels) == 4 else len(panels)
    size = (min(_MAX_PANELS_SIDE // columns, panels[0].width), min(_MAX_PANELS_SIDE // 2, panels[0].height))
    page = Image.new("RGB", (size[0] * columns, size[1] * (len(panels) // columns)), panels[0].getpixel((0, 0)))
    for number, panel in enumerate(panels):
        page.paste(
            panel.resize(size, Image.Resampling.BILINEAR), (number % columns * size[0], number // columns * size[1])
        )
    return page


def _panel(rng: np.random.Generator, typefaces: Typefaces, marks: Callable[[ChartCanvas], None]) -> Image.Image:
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
    if marks is chart_plots.clusters and chance(rng, 0.2):
        marks(canvas)
        return reduced(canvas.image)
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
