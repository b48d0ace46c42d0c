import numpy as np
import pytest

from docsight_training.data.drawings.diagram_canvas import DiagramCanvas
from docsight_training.data.drawings.diagram_layouts import (
    class_tree,
    commits,
    ranked_graph,
    records,
    small_graph,
    syntax,
)
from docsight_training.data.drawings.diagram_plans import dimensions, framed_sheet, signals, wiring
from docsight_training.data.drawings.fonts import built_in_font
from docsight_training.data.drawings.table_small import draw_data_frame, draw_small_table
from docsight_training.data.drawings.typefaces import Typefaces

TYPEFACES = Typefaces([built_in_font()])
CONTENTS = [ranked_graph, small_graph, class_tree, records, syntax, commits]
PLANS = [wiring, framed_sheet, dimensions, signals]


@pytest.mark.parametrize("draw", CONTENTS + PLANS, ids=lambda draw: draw.__name__)
@pytest.mark.parametrize("aspect", [0.4, 1.0, 2.2])
def test_diagrams_have_ink_in_both_halves_whatever_their_shape(draw, aspect: float):
    for seed in range(5):
        canvas = DiagramCanvas(np.random.default_rng(seed), TYPEFACES, aspect=aspect)
        draw(canvas)
        grey = np.asarray(canvas.image.convert("L")).astype(int)
        whole = np.split(grey[: grey.shape[0] // 2 * 2], 2) + np.split(grey[:, : grey.shape[1] // 2 * 2], 2, axis=1)
        assert sum(np.ptp(part) > 40 for part in whole) >= 3, seed


def test_a_class_tree_has_boxes_above_each_other_with_members():
    canvas = DiagramCanvas(np.random.default_rng(3), TYPEFACES, aspect=2.0)
    class_tree(canvas)
    dark = np.asarray(canvas.image.convert("L")) < 100
    assert (dark.mean(axis=1) > 0.6).sum() >= 3  # the rules of the boxes, across the whole width


@pytest.mark.parametrize("draw", [draw_small_table, draw_data_frame], ids=lambda draw: draw.__name__)
def test_small_tables_are_small_and_legible(draw):
    for seed in range(12):
        image = draw(np.random.default_rng(seed), TYPEFACES)
        assert 40 <= max(image.size) <= 420
        assert np.ptp(np.asarray(image.convert("L"))) > 60
