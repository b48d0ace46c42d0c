"""Points and boxes in pixels."""

import math

Point = tuple[float, float]


def box_around(middle: Point, half_width: float, half_height: float | None = None) -> list[float]:
    """Return left, top, right and bottom of a box around a point; by default it is a square."""
    half_height = half_width if half_height is None else half_height
    return [middle[0] - half_width, middle[1] - half_height, middle[0] + half_width, middle[1] + half_height]


def on_ellipse(middle: Point, half_width: float, half_height: float, angle: float) -> Point:
    """Return the point of an ellipse at an angle in radians, clockwise from the right."""
    return middle[0] + half_width * math.cos(angle), middle[1] + half_height * math.sin(angle)


def on_circle(middle: Point, radius: float, angle: float) -> Point:
    """Return the point of a circle at an angle in radians, clockwise from the right."""
    return on_ellipse(middle, radius, radius, angle)
