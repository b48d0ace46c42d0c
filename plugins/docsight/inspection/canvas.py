"""A canvas for plots, in inches from its top left corner."""

import io
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.image import AxesImage

CANVAS_WIDTH, MARGIN = 11.2, 0.25  # inches

INK, SOFT, RULE, ACCENT, SECOND = "#1f2328", "#5d646d", "#d9d5cc", "#c2410c", "#1a56a8"
HEAT, SIGNED, GREY = "magma", "RdBu_r", "gray"


class Canvas:
    """A white canvas of `CANVAS_WIDTH`; all lengths are in inches, and y grows downwards."""

    def __init__(self, height: float, *, dpi: int = 160) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self._figure = Figure(figsize=(CANVAS_WIDTH, height), dpi=dpi, facecolor="white")  # pyplot has global state
        FigureCanvasAgg(self._figure)
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._limits = (0, CANVAS_WIDTH), (height, 0)

    def image(
        self, x: float, y: float, width: float, pixels: np.ndarray, *, frame: bool = True, **options: Any
    ) -> None:
        """Draw an image, (rows, columns) or (rows, columns, 3), with sharp pixels; x and y are its upper left corner.

        The pixels are uint8 colours, or numbers that options of `Axes.imshow` (cmap, vmin, vmax) map to colours.
        """
        height = width * pixels.shape[0] / pixels.shape[1]
        self._draw(x, y, width, height, pixels, options)
        if frame:
            self.box(x, y, width, height, colour=RULE, line=0.6)

    def cells(
        self, x: float, y: float, side: float, values: np.ndarray, *, form: str = "", size: float = 7, **options: Any
    ) -> None:
        """Draw a matrix, (rows, columns), as cells in colours of `Axes.imshow`; x and y are its upper left corner.

        With `form`, a format specification, each cell shows its number; `size` is that of the font in points.
        """
        rows, columns = values.shape
        image = self._draw(x, y, columns * side, rows * side, values, options)
        self.box(x, y, columns * side, rows * side, colour=RULE, line=0.6)
        if not form:
            return
        brightness = image.to_rgba(values)[..., :3] @ (0.299, 0.587, 0.114)  # luma: dark cells get white numbers
        for row in range(rows):
            for column in range(columns):
                colour = "white" if brightness[row, column] < 0.42 else INK
                number = format_number(values[row, column], form)
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
        """Write a line of text; y is its baseline, or its middle."""
        self._axes.text(
            x,
            y,
            text,
            fontsize=size,
            color=colour,
            ha=align,
            va="center_baseline" if middle else "baseline",
            weight="bold" if bold else "normal",
            parse_math=False,  # a dollar sign in a label does not start a formula
        )

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        colour: str = "none",
        line: float = 0,
        fill: str = "none",
    ) -> None:
        """Draw a rectangle with an outline, if `colour` is given, of this line width in points."""
        from matplotlib.patches import Rectangle

        self._axes.add_patch(Rectangle((x, y), width, height, facecolor=fill, edgecolor=colour, linewidth=line))

    def line(self, xs: tuple[float, float], ys: tuple[float, float], *, colour: str, line: float = 1) -> None:
        """Draw a line from (xs[0], ys[0]) to (xs[1], ys[1])."""
        self._axes.plot(xs, ys, color=colour, linewidth=line, solid_capstyle="butt")

    def colour_bar(
        self, x: float, y: float, width: float, *, cmap: str, low: float, high: float, form: str, title: str
    ) -> None:
        """Draw a horizontal colour bar from `low` to `high` with its title on the right."""
        self._draw(x, y, width, 0.13, np.linspace(0, 1, 256)[None], {"cmap": cmap, "interpolation": "bilinear"})
        self.box(x, y, width, 0.13, colour=RULE, line=0.6)
        ticks = [(0.0, low), (1.0, high)] if low >= 0 else [(0.0, low), (0.5, (low + high) / 2), (1.0, high)]
        for at, value in ticks:
            self.text(x + at * width, y + 0.3, format_number(value, form), size=8, colour=SOFT, align="center")
        self.text(x + width + 0.15, y + 0.11, title, size=8.5, colour=SOFT)

    def png(self) -> bytes:
        """Return the canvas as a PNG."""
        # Each image resets the limits of the axes. The metadata leave out the machine and the time.
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


def channels_last(pixels: np.ndarray) -> np.ndarray:
    """Rearrange pixels, (channels, size, size), for drawing: (size, size) or (size, size, 3)."""
    return pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)


def grey_options(pixels: np.ndarray) -> dict[str, Any]:
    """Return the options to draw an image with: a grey scale if it has no colours."""
    return {"cmap": GREY, "vmin": 0, "vmax": 255} if pixels.ndim == 2 else {}


def format_number(value: float, form: str = ".2f") -> str:
    """Format a number with a minus sign instead of a hyphen, and zero without a sign."""
    text = format(value, form)
    return text.lstrip("-") if not text.strip("-0.") else text.replace("-", "\u2212")
