import numpy as np
import pytest

from docsight_training.data.drawings import chart_plots, draw
from docsight_training.data.drawings.chart_canvas import ChartCanvas
from docsight_training.data.drawings.fonts import built_in_font
from docsight_training.data.drawings.typefaces import Typefaces

TYPEFACES = Typefaces([built_in_font()])
MARKS = [
    *(chart_plots.signed_bars, chart_plots.sideways_histogram, chart_plots.bands, chart_plots.dense_lines),
    *(chart_plots.clusters, chart_plots.thin_boxes, chart_plots.violins, chart_plots.overlaid_areas),
    chart_plots.regions,
]


@pytest.mark.parametrize("marks", MARKS, ids=lambda marks: marks.__name__)
def test_marks_are_drawn_within_the_plot_area(marks):
    for seed in range(8):
        canvas = ChartCanvas(np.random.default_rng(seed), TYPEFACES)
        canvas.left += 40
        canvas.bottom -= 40
        marks(canvas)
        changed = (np.asarray(canvas.image) != canvas.ground).any(axis=2)
        assert changed.sum() > 50, seed
        assert not changed[:, : int(canvas.left - canvas.size)].any(), seed
        assert not changed[int(canvas.bottom + canvas.size) :].any(), seed


def test_some_charts_have_several_panels():
    sizes = [draw("line_chart", np.random.default_rng(seed), TYPEFACES).size for seed in range(60)]
    assert max(width / height for width, height in sizes) > 2  # three side by side
    assert max(width for width, _ in sizes) <= 480
