"""Heavy damage of images of characters: what lies over the ink, and what a camera does to it.

At most one damage is applied to an image. Each takes images, floats from 0 to 1 with light ink on a dark ground,
(batch, channels, size, size), and returns images of the same shape. The caller clamps them to the range. The lengths
below are in pixels of a side of 28; they grow with the image.
"""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from docsight_training.data.images.form_lines import draw_frame, draw_rules
from docsight_training.data.images.image_transforms import RandomFields, convolve, gaussian_kernels

_MAX_SMEAR = 15  # width of the kernel of a smear


def _askew(images: Tensor, draw: RandomFields) -> Tensor:
    angle = draw.uniform(-1, 1) * math.radians(32)
    scale, aspect = draw.uniform(0.55, 1.15), draw.uniform(-0.25, 0.25).exp()
    shear = draw.uniform(-0.5, 0.5) * (draw.uniform(0, 1) < 0.5)
    cos, sin = angle.cos(), angle.sin()
    turn = torch.stack([cos, shear * cos - sin, sin, shear * sin + cos], 1).view(-1, 2, 2)
    turn = turn / (scale[:, None, None] * torch.stack([aspect, 1 / aspect], 1)[:, None, :])
    shift = torch.stack([draw.uniform(-0.25, 0.25), draw.uniform(-0.25, 0.25)], 1)
    grid = F.affine_grid(torch.cat([turn, shift[:, :, None]], dim=2), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="zeros", align_corners=False)


def _stripes(images: Tensor, draw: RandomFields) -> Tensor:
    """Bands at equal distances, or one band, or all but one, straight or askew; they invert, cover or brighten."""
    upright, askew = draw.each(0, 1), draw.each(-0.15, 0.15)
    line = torch.linspace(-1, 1, draw.size)
    across, down = line.expand(draw.batch, 1, draw.size, draw.size), line[:, None]
    straight = torch.where(upright < 0.5, across + askew * down, down + askew * across)
    along = torch.where(draw.each(0, 1) < 0.25, draw.along(), straight)
    gap = torch.where(draw.each(0, 1) < 0.5, 9.0, draw.each(0.3, 1.6))
    width = torch.where(gap > 2, draw.each(0.1, 1.2), gap * draw.each(0.25, 0.6))
    away = (torch.remainder(along - draw.each(-0.6, 0.6) + gap / 2, gap) - gap / 2).abs()
    pixel = 2 / draw.size
    band = ((width / 2 - away) / pixel + 0.5).clamp(0, 1)
    band = torch.where(draw.each(0, 1) < 0.3, 1 - band, band)
    strength = torch.where(draw.coin(), 1.0, draw.each(0.4, 1))
    inverted = images + band * strength * (1 - 2 * images)
    brighter = images + band * draw.each(0.3, 0.8)
    # Only narrow bars may hide what is below them.
    narrow = ((torch.minimum(width, gap * 0.3) / 4 - away) / pixel + 0.5).clamp(0, 1)
    covered = images + narrow * (draw.coin().float() - images)
    kind = draw.each(0, 1)
    return torch.where(kind < 0.6, inverted, torch.where(kind < 0.8, brighter, covered))


def _occlusion(images: Tensor, draw: RandomFields) -> Tensor:
    """Up to three patches, boxes or discs, of one tone, or of noise."""
    line = torch.linspace(-1, 1, draw.size)
    for shown in (1.0, 0.5, 0.3):
        x, y = line - draw.each(-0.8, 0.8), line[:, None] - draw.each(-0.8, 0.8)
        half_x, half_y = draw.each(0.08, 0.4), draw.each(0.08, 0.4)
        box = torch.maximum(x.abs() / half_x, y.abs() / half_y) < 1
        disc = (x / half_x) ** 2 + (y / half_y) ** 2 < 1
        inside = torch.where(draw.coin(), box, disc) & (draw.each(0, 1) < shown)
        noise = draw.uniform(0, 1, 1, draw.size, draw.size)
        tone = torch.where(draw.each(0, 1) < 0.2, noise, draw.each(-0.5, 1.5).clamp(0, 1))
        images = torch.where(inside, tone, images)
    return images


def _spatter(images: Tensor, draw: RandomFields) -> Tensor:
    """Drops and blots that add ink or wash it out, and a scatter of small drops."""
    coarse, fine = draw.clouds(max(3, draw.size // 4)), draw.clouds(max(4, draw.size // 2))
    field = torch.where(draw.coin(), coarse, 0.5 * coarse + 0.5 * fine)
    level = torch.quantile(field.flatten(1), 0.87, dim=1)[:, None, None, None]
    drops = ((field - level) * draw.each(4, 20)).clamp(0, 1)
    tone = torch.where(draw.each(0, 1) < 0.6, draw.each(0.4, 1), 0.0)
    return images + drops * draw.each(0.5, 1) * (tone - images)


def _strokes(images: Tensor, draw: RandomFields) -> Tensor:
    """One to three strokes across the image that run to and fro, some of them broken or dotted."""
    pixel = 2 / draw.size
    for shown in (1.0, 0.4, 0.2):
        along, offset = draw.along(), draw.each(-0.5, 0.5)
        angle = draw.each(0, 2 * math.pi)
        line = torch.linspace(-1, 1, draw.size)
        across = -angle.sin() * line + angle.cos() * line[:, None]
        phase = torch.remainder(along * draw.each(0.5, 3.5) + draw.each(0, 1), 1)
        turns = (phase - 0.5).abs() * 4 - 1  # a triangular wave from -1 to 1
        away = (across - offset - turns * draw.each(0, 0.45)).abs()
        stroke = ((draw.each(0.4, 1.3) * pixel - away) / pixel + 0.5).clamp(0, 1)
        dots = (torch.remainder(along / pixel, draw.each(2, 6)) < draw.each(1, 2.5)).float()
        stroke = torch.where(draw.each(0, 1) < 0.3, stroke * dots, stroke) * (draw.each(0, 1) < shown)
        images = images + stroke * (draw.each(0.5, 1) - images)
    return images


def _smear(images: Tensor, draw: RandomFields) -> Tensor:
    """A long exposure that fades, in one direction or in two."""
    reach = _MAX_SMEAR // 2
    axis = torch.arange(-float(reach), reach + 1.0)
    angle, length = draw.each(0, 2 * math.pi), draw.each(1.5, 5.5)
    along = angle.cos() * axis + angle.sin() * axis[:, None]
    across = angle.cos() * axis[:, None] - angle.sin() * axis
    fading = torch.exp(-((along / length) ** 2))
    fading = torch.where(draw.coin(), fading * (along > -0.5), fading)
    kernel = (fading * (1 - across.abs()).clamp(min=0))[:, 0]
    return convolve(images, kernel / kernel.sum(dim=(1, 2), keepdim=True))


def _defocus(images: Tensor, draw: RandomFields) -> Tensor:
    axis = torch.arange(-4.0, 5.0)
    radius = draw.each(1, 3)
    kernel = (radius + 0.5 - (axis**2 + axis[:, None] ** 2).sqrt()).clamp(0, 1)[:, 0]
    return convolve(images, kernel / kernel.sum(dim=(1, 2), keepdim=True))


def _glass(images: Tensor, draw: RandomFields) -> Tensor:
    """Each pixel comes from a place nearby, as behind rough glass; blurred before and after."""
    sigma = draw.uniform(0.3, 0.8)
    kernels = gaussian_kernels(sigma)[:, :, None] * gaussian_kernels(sigma)[:, None, :]
    images = convolve(images, kernels)
    reach = draw.each(0.6, 2.6) * 2 / draw.size
    for _ in range(1 + int(torch.randint(2, (), generator=draw.generator))):
        grid = F.affine_grid(torch.eye(2, 3).expand(draw.batch, 2, 3), list(images.shape), align_corners=False)
        jitter = draw.uniform(-1, 1, draw.size, draw.size, 2) * reach
        images = F.grid_sample(images, grid + jitter, padding_mode="border", align_corners=False)
    return torch.where(draw.coin(), convolve(images, kernels), images)


def _fog(images: Tensor, draw: RandomFields) -> Tensor:
    """Clouds of several sizes, up to three times as bright as the ink."""
    cells, decay = 2, draw.each(0.35, 0.75)
    clouds, weight = torch.zeros(1), torch.ones(1)
    while cells < draw.size:
        clouds = clouds + weight * draw.clouds(cells)
        cells, weight = 2 * cells, weight * decay
    low, high = clouds.amin(dim=(2, 3), keepdim=True), clouds.amax(dim=(2, 3), keepdim=True)
    clouds = (clouds - low) / (high - low).clamp(min=1e-3)
    strength = draw.each(0.4, 3)
    return (images + strength * clouds) / (1 + strength)


def _faint(images: Tensor, draw: RandomFields) -> Tensor:
    """Little contrast on a ground of any tone, with noise that leaves the strokes visible."""
    contrast, ground = draw.each(0.1, 0.45), draw.each(0, 1)
    noise = torch.randn(images.shape, generator=draw.generator) * draw.each(0, 0.2)
    return ground * (1 - contrast) + contrast * (images + noise)


def _grain(images: Tensor, draw: RandomFields) -> Tensor:
    """Few photons or few dots: the noise of the ink grows with its tone, and single pixels are lost."""
    photons = draw.each(1.5, 12)
    counted = torch.poisson(images * photons, generator=draw.generator) / photons
    hit = draw.uniform(0, 1, 1, draw.size, draw.size) < draw.each(0.05, 0.35)
    impulses = torch.where(hit, draw.uniform(0, 1, 1, draw.size, draw.size).round(), images)
    return torch.where(draw.coin(), counted, impulses)


# By name, in the order in which they share the draw of an image.
DAMAGES: dict[str, Callable[[Tensor, RandomFields], Tensor]] = {
    "askew": _askew,  # strong rotation, shear and change of size
    "frame": draw_frame,  # a box, circle, comb cell or cell borders, which may cut the character
    "rules": draw_rules,  # ruled or squared paper
    "stripes": _stripes,
    "occlusion": _occlusion,
    "spatter": _spatter,
    "strokes": _strokes,  # zigzags and dotted lines
    "smear": _smear,  # long motion blur
    "defocus": _defocus,
    "glass": _glass,
    "fog": _fog,
    "faint": _faint,
    "grain": _grain,
}
