"""Drawings of kinds of figure, to train on: endless, free of anybody's rights, and of as many styles as possible."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from PIL import Image

from docsight.errors import ConfigError
from docsight_training.data.drawings.chart import draw_chart
from docsight_training.data.drawings.diagram import draw_diagram
from docsight_training.data.drawings.faces import Typefaces
from docsight_training.data.drawings.formula import draw_formula
from docsight_training.data.drawings.logo import draw_logo
from docsight_training.data.drawings.map import draw_map
from docsight_training.data.drawings.receipt import draw_receipt
from docsight_training.data.drawings.scan import as_paper
from docsight_training.data.drawings.table import draw_table
from docsight_training.data.drawings.text import draw_text
from docsight_training.data.drawings.words import chance
from docsight_training.data.images.fonts import Font

_DRAW: dict[str, Callable[[np.random.Generator, Typefaces], Image.Image]] = {
    "chart": draw_chart,
    "diagram": draw_diagram,
    "formula": draw_formula,
    "logo": draw_logo,
    "map": draw_map,
    "receipt": draw_receipt,
    "table": draw_table,
    "text": draw_text,
}
KINDS = tuple(_DRAW)
_PRINTED = frozenset({"chart", "diagram", "formula", "map", "table", "text"})
_SCANNED = 0.12  # so many of those look like paper under a scanner or a camera


def draw(kind: str, rng: np.random.Generator, fonts: Sequence[Font]) -> Image.Image:
    """Draw one picture of a kind (mode RGB, the longest side about 160 to 480 pixels); `rng` decides all of it."""
    _check([kind])
    return _draw(kind, rng, Typefaces(fonts))


def drawn_images(kinds: Mapping[str, int], *, seed: int, fonts: Sequence[Font]) -> Iterator[tuple[str, Image.Image]]:
    """Draw so many pictures of each kind; each has its own seed, so more pictures do not change the first ones."""
    _check(list(kinds))
    faces = Typefaces(fonts)
    for kind, count in kinds.items():
        for number in range(count):
            yield kind, _draw(kind, np.random.default_rng([seed, *kind.encode(), number]), faces)


def _draw(kind: str, rng: np.random.Generator, faces: Typefaces) -> Image.Image:
    image = _DRAW[kind](rng, faces)
    return as_paper(image, rng) if kind in _PRINTED and chance(rng, _SCANNED) else image


def _check(kinds: Sequence[str]) -> None:
    unknown = [kind for kind in kinds if kind not in _DRAW]
    if unknown:
        raise ConfigError(f"Expected kinds of drawing among {', '.join(KINDS)}, found {', '.join(unknown)}")
