import numpy as np
import pytest
from PIL import Image, ImageDraw


class Sheet:
    """Draws strokes and lines on paper: a map of ink from 0 to 1, (height, width)."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("L", (width, height))
        self.pencil = ImageDraw.Draw(self.image)

    def line(self, *points: float, width: int = 2, tone: int = 255) -> "Sheet":
        self.pencil.line(list(points), fill=tone, width=width)
        return self

    def box(self, *corners: float, width: int = 2, tone: int = 255) -> "Sheet":
        self.pencil.rectangle(list(corners), outline=tone, width=width)
        return self

    def ring(self, *corners: float, width: int = 2, tone: int = 255) -> "Sheet":
        self.pencil.ellipse(list(corners), outline=tone, width=width)
        return self

    def seven(self, left: float, top: float, size: float = 30) -> "Sheet":
        """A 7: a bar, and a stroke that falls to the left."""
        right, bottom = left + 0.6 * size, top + size
        return self.line(left, top, right, top, width=4).line(right, top, left + 0.2 * size, bottom, width=4)

    @property
    def ink(self) -> np.ndarray:
        return np.asarray(self.image, dtype=np.float32) / 255

    @property
    def photo(self) -> Image.Image:
        """Dark on light paper."""
        return Image.fromarray((225 - 0.75 * np.asarray(self.image, dtype=np.float32)).astype(np.uint8))


@pytest.fixture
def sheet() -> type[Sheet]:
    return Sheet
