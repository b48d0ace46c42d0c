"""The printed lines of forms and paper, drawn over a batch of characters.

Images are floats from 0 to 1 with light ink on a dark ground, (batch, channels, size, size); coordinates run from -1 to
1 across an image.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from docsight_training.data.images.image_transforms import RandomFields


def draw_frame(images: Tensor, draw: RandomFields) -> Tensor:
    """Draw a frame of a form around each character: a box, a comb cell, borders of a table cell, or an ellipse.

    The character is made smaller and shifted at random, so that it may touch the frame or be cut by it.
    """
    images, scale = _reduce(images, draw)
    tilt = draw.each(-0.06, 0.06)
    line = torch.linspace(-1, 1, draw.size)
    x, y = line + tilt * line[:, None], line[:, None] - tilt * line
    x, y = x - draw.each(-0.12, 0.12), y - draw.each(-0.12, 0.12)
    # From cutting the character to well away from it.
    half_x, half_y = ((scale * draw.each(0.75, 1.5)).clamp(0.3, 0.99) for _ in range(2))
    width = draw.each(0.5, 1.8) * 2 / draw.size
    sides = _sides(x, y, half_x, half_y, width, draw)
    radius = ((x / half_x) ** 2 + (y / half_y) ** 2).sqrt()
    ellipse = _stroke((radius - 1).abs() * torch.minimum(half_x, half_y), width, draw.size)
    frame = torch.where(draw.each(0, 1) < 0.25, ellipse, sides)
    return _print(images, frame, draw)


def draw_rules(images: Tensor, draw: RandomFields) -> Tensor:
    """Draw ruled or squared paper under each character."""
    tilt = draw.each(-0.08, 0.08)
    line = torch.linspace(-1, 1, draw.size)
    x, y = line + tilt * line[:, None], line[:, None] - tilt * line
    gap, width = draw.each(0.28, 1.0), draw.each(0.4, 1.6) * 2 / draw.size
    rows = _stroke(_distance_to_grid(y - draw.each(0, 1), gap), width, draw.size)
    columns = _stroke(_distance_to_grid(x - draw.each(0, 1), gap), width, draw.size)
    kind = draw.each(0, 1)
    squares = torch.maximum(rows, columns)
    grid = torch.where(kind < 0.4, rows, torch.where(kind < 0.85, squares, columns))
    return _print(images, grid, draw)


def _reduce(images: Tensor, draw: RandomFields) -> tuple[Tensor, Tensor]:
    """Scale each character to 45 to 100 % and shift it; also return the scale, (batch, 1, 1, 1)."""
    scale = draw.each(0.45, 1)
    room = 1 - 0.7 * scale
    shift = torch.cat([draw.each(-0.4, 0.4) * room, draw.each(-0.4, 0.4) * room], dim=3)[:, 0]  # (batch, 1, 2)
    matrix = torch.cat([torch.eye(2).expand(draw.batch, 2, 2), shift.transpose(1, 2)], dim=2) / scale[:, 0]
    grid = F.affine_grid(matrix, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="zeros", align_corners=False), scale


def _sides(x: Tensor, y: Tensor, half_x: Tensor, half_y: Tensor, width: Tensor, draw: RandomFields) -> Tensor:
    """Draw some or all sides of a rectangle, (batch, 1, size, size); the lines of a table run on beyond its corners."""
    kind = draw.each(0, 1)
    is_box, is_comb = kind < 0.45, kind > 0.8
    runs_on = (draw.each(0, 1) < 0.35) & ~is_comb
    comb_height = torch.where(is_comb, draw.each(-0.4, 0.9), -1.0)  # the teeth of a comb end at this height
    frame = torch.zeros(1)
    for at, (along, across, end) in enumerate(((x, y, half_x), (x, y, half_x), (y, x, half_y), (y, x, half_y))):
        half = half_y if at < 2 else half_x
        line = _stroke((across - (half if at % 2 else -half)).abs(), width, draw.size)
        line = line * ((along.abs() <= end + width / 2) | runs_on)
        is_shown = is_box | (is_comb & (at > 0)) | (~is_box & ~is_comb & draw.coin())
        if at >= 2:
            line = line * (~is_comb | (y > comb_height * half_y))
        frame = torch.maximum(frame, line * is_shown)
    return frame


def _stroke(distance: Tensor, width: Tensor, size: int) -> Tensor:
    """Return the coverage of a line at a distance from its middle, from 0 to 1."""
    pixel = 2 / size
    return ((width / 2 - distance) / pixel + 0.5).clamp(0, 1)


def _distance_to_grid(place: Tensor, gap: Tensor) -> Tensor:
    return (torch.remainder(place + gap / 2, gap) - gap / 2).abs()


def _print(images: Tensor, lines: Tensor, draw: RandomFields) -> Tensor:
    """Print lines, dotted at times, under the ink or over it."""
    dots = (torch.sin(draw.along() * draw.size * draw.each(0.8, math.pi / 2)) > -0.2).float()
    lines = torch.where(draw.each(0, 1) < 0.12, lines * dots, lines)
    tone = draw.each(0.25, 1)
    below = torch.maximum(images, lines * tone)
    above = images + lines * (tone - images)
    return torch.where(draw.each(0, 1) < 0.8, below, above)
