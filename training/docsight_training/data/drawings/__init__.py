"""Drawings of figures in documents, for training: unlimited, free of copyright, and varied in style.

A drawing depends only on its random generator and its fonts, so a change in the order of the draws changes the training
data. Imports nothing of docsight but its errors.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image

from docsight.errors import ConfigError
from docsight_training.data.drawings.chart import (
    draw_bar_chart,
    draw_chart,
    draw_line_chart,
    draw_other_chart,
    draw_pie_chart,
    draw_scatter_chart,
)
from docsight_training.data.drawings.choices import chance
from docsight_training.data.drawings.codes import draw_bar_code, draw_qr_code
from docsight_training.data.drawings.diagram import draw_diagram
from docsight_training.data.drawings.formula import draw_formula
from docsight_training.data.drawings.handwriting import draw_handwriting, draw_signature
from docsight_training.data.drawings.logo import draw_logo
from docsight_training.data.drawings.map import draw_map
from docsight_training.data.drawings.receipt import draw_receipt
from docsight_training.data.drawings.scan import as_scanned_sheet
from docsight_training.data.drawings.screenshot import draw_screenshot
from docsight_training.data.drawings.stamp import draw_stamp
from docsight_training.data.drawings.table import draw_table
from docsight_training.data.drawings.text import draw_text
from docsight_training.data.drawings.typefaces import Typefaces

FIGURES: dict[str, Callable[[np.random.Generator, Typefaces], Image.Image]] = {
    "chart": draw_chart,
    "diagram": draw_diagram,
    "formula": draw_formula,
    "logo": draw_logo,
    "map": draw_map,
    "receipt": draw_receipt,
    "table": draw_table,
    "text": draw_text,
    "bar_chart": draw_bar_chart,
    "line_chart": draw_line_chart,
    "pie_chart": draw_pie_chart,
    "scatter_chart": draw_scatter_chart,
    "other_chart": draw_other_chart,
    "bar_code": draw_bar_code,
    "qr_code": draw_qr_code,
    "screenshot": draw_screenshot,
    "signature": draw_signature,
    "handwriting": draw_handwriting,
    "stamp": draw_stamp,
}
_PRINTED = frozenset(set(FIGURES) - {"receipt", "logo", "screenshot"})
_SCANNED_FRACTION = 0.12  # of the printed figures look like scanned or photographed paper


def draw(kind: str, rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw a kind of figure, mode RGB, with a longest side of about 160 to 480 pixels; `rng` decides all of it.

    Raises:
        ConfigError: The kind is unknown.
    """
    if kind not in FIGURES:
        raise ConfigError(f"unknown kind of drawing {kind}; expected one of {', '.join(FIGURES)}")
    image = FIGURES[kind](rng, typefaces)
    return as_scanned_sheet(image, rng) if kind in _PRINTED and chance(rng, _SCANNED_FRACTION) else image
