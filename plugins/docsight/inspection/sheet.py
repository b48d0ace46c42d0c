"""A sheet of paper to draw views on, measured in inches from its top left corner. matplotlib is used here alone."""

import importlib.util
import io
from typing import TYPE_CHECKING, Any

import numpy as np

from docsight.errors import MissingExtraError

if TYPE_CHECKING:
    from matplotlib.image import AxesImage

WIDTH, EDGE = 11.2, 0.25  # inches of every view, and the empty edge around it

INK, SOFT, RULE, ACCENT, SECOND = "#1f2328", "#5d646d", "#d9d5cc", "#c2410c", "#1a56a8"
HEAT, SIGNED, GREY = "magma", "RdBu_r", "gray"


def require_matplotlib() -> None:
    """Raise unless matplotlib is installed.

    Raises:
        MissingExtraError: It is not.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise MissingExtraError("docsight inspect", "plots")


def ramp(colour: str) -> Any:
    """Make a colour map from black to a colour."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("ramp", ["#000000", colour])


class Sheet:
    """A white sheet; y grows downwards.

    Args:
        height: In inches.
        dpi: Of the PNG.
    """

    def __init__(self, height: float, *, dpi: int = 160) -> None:
        require_matplotlib()
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self._figure = Figure(figsize=(WIDTH, height), dpi=dpi, facecolor="white")  # not pyplot: it has state
        FigureCanvasAgg(self._figure)
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._limits = (0, WIDTH), (height, 0)

    def image(
        self, x: float, y: float, width: float, pixels: np.ndarray, *, frame: bool = True, **options: Any
    ) -> None:
        """Draw (rows, columns) or (rows, columns, 3) so wide, with sharp pixels.

        Args:
            x: The left edge.
            y: The upper edge.
            width: In inches.
            pixels: uint8 colours, or numbers that `options` give colours.
            frame: Whether there is a line around it.
            options: As `Axes.imshow` has: cmap, vmin, vmax, alpha, interpolation.
        """
        height = width * pixels.shape[0] / pixels.shape[1]
        self._draw(x, y, width, height, pixels, options)
        if frame:
            self.box(x, y, width, height, colour=RULE, line=0.6)

    def cells(
        self, x: float, y: float, side: float, values: np.ndarray, *, form: str = "", size: float = 7, **options: Any
    ) -> None:
        """Draw (rows, columns) as cells with, if `form` is given, their numbers in them, white on dark.

        Args:
            x: The left edge.
            y: The upper edge.
            side: Of a cell, in inches.
            values: The numbers.
            form: How the numbers are written, as in `format`; "" for not at all.
            size: Of the digits, in points.
            options: As `Axes.imshow` has.
        """
        rows, columns = values.shape
        image = self._draw(x, y, columns * side, rows * side, values, options)
        self.box(x, y, columns * side, rows * side, colour=RULE, line=0.6)
        if not form:
            return
        colours = image.to_rgba(values)[..., :3] @ (0.299, 0.587, 0.114)  # how light
        for row in range(rows):
            for column in range(columns):
                colour = "white" if colours[row, column] < 0.42 else INK
                number = _number(values[row, column], form)
                centre = (x + (column + 0.5) * side, y + (row + 0.52) * side)
                self.text(*centre, number, size=size, colour=colour, align="center", middle=True)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 9,
        colour: str = INK,
        align: str = "left",
        bold: bool = False,
        middle: bool = False,
    ) -> None:
        """Write a line; y is its base, or its middle."""
        self._axes.text(
            x,
            y,
            text,
            fontsize=size,
            color=colour,
            ha=align,
            va="center_baseline" if middle else "baseline",
            weight="bold" if bold else "normal",
            parse_math=False,  # the names of labels are no formulas
        )

    def box(self, x: float, y: float, width: float, height: float, *, colour: str, line: float, fill: str = "") -> None:
        """Draw a rectangle: its frame, or filled."""
        from matplotlib.patches import Rectangle

        face = fill or "none"
        self._axes.add_patch(Rectangle((x, y), width, height, facecolor=face, edgecolor=colour, linewidth=line))

    def line(self, xs: tuple[float, float], ys: tuple[float, float], *, colour: str, line: float = 1) -> None:
        """Draw a line from (xs[0], ys[0]) to (xs[1], ys[1])."""
        self._axes.plot(xs, ys, color=colour, linewidth=line, solid_capstyle="butt")

    def scale(
        self, x: float, y: float, width: float, *, colours: str, low: float, high: float, form: str, title: str
    ) -> None:
        """Draw a lying colour scale from `low` to `high`, what it measures beside it."""
        self._draw(x, y, width, 0.13, np.linspace(0, 1, 256)[None], {"cmap": colours, "interpolation": "bilinear"})
        self.box(x, y, width, 0.13, colour=RULE, line=0.6)
        marks = [(0.0, low), (1.0, high)] if low >= 0 else [(0.0, low), (0.5, (low + high) / 2), (1.0, high)]
        for at, value in marks:
            self.text(x + at * width, y + 0.3, _number(value, form), size=8, colour=SOFT, align="center")
        self.text(x + width + 0.15, y + 0.11, title, size=8.5, colour=SOFT)

    def png(self) -> bytes:
        """Return the sheet as a PNG."""
        # Images set limits of their own; nothing in the file tells of the machine or the time.
        self._axes.set_xlim(self._limits[0])
        self._axes.set_ylim(self._limits[1])
        buffer = io.BytesIO()
        self._figure.savefig(buffer, format="png", metadata={"Software": "docsight"})
        return buffer.getvalue()

    def _draw(
        self, x: float, y: float, width: float, height: float, pixels: np.ndarray, options: dict[str, Any]
    ) -> "AxesImage":
        extent = (x, x + width, y + height, y)
        return self._axes.imshow(pixels, **{"interpolation": "nearest", "aspect": "auto", "extent": extent, **options})


def colours(pixels: np.ndarray) -> np.ndarray:
    """Make (channels, size, size) what is drawn: (size, size) or (size, size, 3)."""
    return pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)


def greys(pixels: np.ndarray) -> dict[str, Any]:
    """Return how an image of that kind is to be drawn."""
    return {"cmap": GREY, "vmin": 0, "vmax": 255} if pixels.ndim == 2 else {}


def _number(value: float, form: str) -> str:
    """Write a number with a true minus, and none for a zero."""
    text = format(value, form)
    return text.lstrip("-") if not text.strip("-0.") else text.replace("-", "\u2212")
