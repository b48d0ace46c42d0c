"""Diagrams: flow charts, trees, cycles, networks, sets, circuits, labelled parts."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from docsight_training.data.drawings.choices import pick
from docsight_training.data.drawings.diagram_canvas import DiagramCanvas
from docsight_training.data.drawings.diagram_graphs import cycle, flow_chart, network, tree
from docsight_training.data.drawings.diagram_shapes import bands, labelled_parts, sets, stages
from docsight_training.data.drawings.diagram_symbols import circuit, molecule
from docsight_training.data.drawings.raster import reduced
from docsight_training.data.drawings.typefaces import Typefaces

# Each entry is equally likely: what is drawn, and the usual height as a fraction of the width.
_DIAGRAM_KINDS: list[tuple[Callable[[DiagramCanvas], None], float]] = [
    (flow_chart, 0.8),
    (flow_chart, 1.1),
    (tree, 0.6),
    (cycle, 0.9),
    (network, 0.75),
    (sets, 0.85),
    (labelled_parts, 0.9),
    (labelled_parts, 1.1),
    (labelled_parts, 0.7),
    (stages, 0.5),
    (stages, 0.8),
    (bands, 0.7),
    (circuit, 0.6),
    (molecule, 0.7),
]


def draw_diagram(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    draw_content, aspect = pick(rng, _DIAGRAM_KINDS)
    canvas = DiagramCanvas(rng, typefaces, aspect=aspect)
    draw_content(canvas)
    canvas.caption()
    return reduced(canvas.image)
