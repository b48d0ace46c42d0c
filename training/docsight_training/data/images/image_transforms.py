"""Transforms of images that imitate paper, pens, cameras and scanners: tensor operations on a whole batch.

Each transform takes images, floats from 0 to 1, (batch, channels, size, size), and returns images of the same shape.
The caller clamps them to the range.
"""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

# Luminance quantisation of JPEG at quality 50 (ITU-T T.81, Annex K, Table K.1).
_JPEG_LUMINANCE = """
16 11 10 16 24 40 51 61 12 12 14 19 26 58 60 55 14 13 16 24 40 57 69 56 14 17 22 29 51 87 80 62
18 22 37 56 68 109 103 77 24 35 55 64 81 104 113 92 49 64 78 87 103 121 120 101 72 92 95 98 112 100 103 99
"""


class RandomFields:
    """Draws random numbers in the shapes that a batch of images, (batch, channels, size, size), needs."""

    def __init__(self, generator: torch.Generator, images: Tensor) -> None:
        self.generator = generator
        self.batch, self.channels, self.size, _ = images.shape

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Draw uniform numbers, (batch, *shape)."""
        return low + (high - low) * torch.rand(self.batch, *shape, generator=self.generator)

    def each(self, low: float, high: float) -> Tensor:
        """Draw one number for each image, (batch, 1, 1, 1)."""
        return self.uniform(low, high, 1, 1, 1)

    def coin(self) -> Tensor:
        """Draw true or false for each image, (batch, 1, 1, 1)."""
        return self.each(0, 1) < 0.5

    def clouds(self, cells: int) -> Tensor:
        """Draw smooth fields from 0 to 1 with hills about size / cells wide, (batch, 1, size, size)."""
        coarse = self.uniform(0, 1, 1, cells, cells)
        return F.interpolate(coarse, size=(self.size, self.size), mode="bicubic", align_corners=False).clamp(0, 1)

    def along(self) -> Tensor:
        """Draw a direction for each image, and return each pixel's coordinate along it, (batch, 1, size, size)."""
        angle = self.each(0, 2 * math.pi)
        line = torch.linspace(-1, 1, self.size)
        return angle.cos() * line + angle.sin() * line[:, None]


def _flip(images: Tensor, _: RandomFields) -> Tensor:
    return images.flip(3)


def _thickness(images: Tensor, draw: RandomFields) -> Tensor:
    grown = F.max_pool2d(images, 3, stride=1, padding=1)
    thinned = -F.max_pool2d(-images, 3, stride=1, padding=1)
    # Thinning by a whole pixel can erase a thin stroke; growing cannot.
    fraction = draw.each(-0.75, 1.3)
    twice = F.max_pool2d(grown, 3, stride=1, padding=1)
    grow, thin, more = fraction.clamp(0, 1), (-fraction).clamp(min=0), (fraction - 1).clamp(min=0)
    return images + grow * (grown - images) + thin * (thinned - images) + more * (twice - grown)


def _outline(images: Tensor, draw: RandomFields) -> Tensor:
    # Enlarge first, so that thin strokes have two edges.
    large = F.interpolate(images, scale_factor=2, mode="bilinear", align_corners=False)
    edge = F.max_pool2d(large, 3, stride=1, padding=1) + F.max_pool2d(-large, 3, stride=1, padding=1)
    edge = F.avg_pool2d(edge, 2)
    sharp = (edge * draw.each(1.2, 4)).clamp(0, 1)
    return torch.where(draw.coin(), sharp, (sharp - 0.3).clamp(min=0) / 0.7)


def _blur(images: Tensor, draw: RandomFields) -> Tensor:
    sigma = draw.uniform(0.4, 1.5) * (draw.size / 28) ** 0.5
    return convolve(images, gaussian_kernels(sigma)[:, :, None] * gaussian_kernels(sigma)[:, None, :])


def _motion(images: Tensor, draw: RandomFields) -> Tensor:
    width = 9
    angle, length = draw.each(0, math.pi), draw.each(1.0, 4.2)
    axis = torch.arange(width) - width // 2
    along = angle.cos() * axis + angle.sin() * axis[:, None]
    across = -angle.sin() * axis + angle.cos() * axis[:, None]
    kernel = (1 - across.abs()).clamp(min=0) * (length + 0.5 - along.abs()).clamp(0, 1)
    return convolve(images, kernel[:, 0] / kernel.sum(dim=(1, 2, 3))[:, None, None])


def _resolution(images: Tensor, draw: RandomFields) -> Tensor:
    # Interpolation takes one size for the whole batch.
    fraction = 0.27 + 0.5 * float(torch.rand((), generator=draw.generator))
    small = F.interpolate(images, size=max(4, round(draw.size * fraction)), mode="area")
    mode = ("nearest", "bilinear", "bicubic")[int(torch.randint(3, (), generator=draw.generator))]
    options = {} if mode == "nearest" else {"align_corners": False}
    return F.interpolate(small, size=draw.size, mode=mode, **options)


def _lines(images: Tensor, draw: RandomFields) -> Tensor:
    pixel = 2 / draw.size
    for _ in range(3):
        along = draw.along()
        # One line, or several at equal distances as on ruled paper; some are dotted, some wavy.
        gap = torch.where(draw.each(0, 1) < 0.6, 9.0, draw.each(0.25, 0.6))
        waves = draw.each(0, 1).pow(6) * 0.3 * torch.sin(draw.along() * draw.each(3, 14) + draw.each(0, 6))
        offset = along - draw.each(-0.7, 0.7) + waves
        away = (torch.remainder(offset + gap / 2, gap) - gap / 2).abs()
        line = ((draw.each(0.4, 1.6) * pixel - away) / pixel + 0.5).clamp(0, 1)
        dotted = (torch.sin(draw.along() * draw.size * draw.each(0.3, 1.2)) > 0.2).float()
        line = torch.where(draw.each(0, 1) < 0.25, line * dotted, line)
        shown = (draw.each(0, 1) < 0.6) * draw.each(0.3, 1)
        tone = torch.where(draw.each(0, 1) < 0.75, draw.each(0.6, 1), draw.each(0, 0.4))
        images = images + line * shown * (tone - images)
    return images


def _block(images: Tensor, draw: RandomFields) -> Tensor:
    line = torch.linspace(-1, 1, draw.size)
    middle_x, middle_y = draw.each(-1, 1), draw.each(-1, 1)
    half_x, half_y = draw.each(0.05, 0.45), draw.each(0.05, 0.45)
    is_bar = draw.each(0, 1)  # a bar extends from edge to edge
    half_x, half_y = torch.where(is_bar < 0.25, 3.0, half_x), torch.where(is_bar > 0.75, 3.0, half_y)
    inside = ((line - middle_x).abs() < half_x) & ((line[:, None] - middle_y).abs() < half_y)
    inverts = draw.coin()
    small = (half_x < 1) & (half_y < 1) | inverts  # an opaque bar would hide too much
    tone = torch.where(inverts, 1 - images, draw.each(0, 1) * torch.ones_like(images))
    return torch.where(inside & small, tone, images)


def _light(images: Tensor, draw: RandomFields) -> Tensor:
    cells = 2 + int(torch.randint(5, (), generator=draw.generator))
    clouds = (draw.clouds(cells) + 0.5 * draw.clouds(2 * cells) + 0.25 * draw.clouds(4 * cells)) / 1.75
    slope = (draw.along() + draw.each(-0.5, 0.5)).clamp(-1, 1) * 0.5 + 0.5
    field = torch.where(draw.coin(), clouds, slope)
    strength = draw.each(0.2, 0.9)
    darker = images * (1 - strength * field)
    lighter = images + (1 - images) * strength * field  # fog, or light reflected by the paper
    added = (images + strength * field) / (1 + strength)
    kind = draw.each(0, 1)
    return torch.where(kind < 0.35, darker, torch.where(kind < 0.65, lighter, added))


def _texture(images: Tensor, draw: RandomFields) -> Tensor:
    grain = draw.size // (1 + int(torch.randint(3, (), generator=draw.generator)))
    rough = draw.clouds(grain) - 0.5
    blots = ((draw.clouds(max(4, draw.size // 4)) - draw.each(0.6, 0.8)) * 6).clamp(0, 1)
    blotted = images + blots * draw.each(0.3, 1) * (draw.coin().float() - images)
    return torch.where(draw.coin(), images + draw.each(0.1, 0.6) * rough, blotted)


def _noise(images: Tensor, draw: RandomFields) -> Tensor:
    strength = draw.each(0.03, 0.35)
    noise = torch.randn(images.shape, generator=draw.generator) * strength
    # Sensor noise is uniform; photon noise grows with brightness.
    return images + torch.where(draw.coin(), noise, noise * 1.5 * images.clamp(min=0.01).sqrt())


def _specks(images: Tensor, draw: RandomFields) -> Tensor:
    fraction = draw.each(0.01, 0.3)
    hit = draw.uniform(0, 1, 1, draw.size, draw.size)
    tone = (draw.uniform(0, 1, 1, draw.size, draw.size) < draw.each(0, 1)).float()
    return torch.where(hit < fraction, tone, images)


def _contrast(images: Tensor, draw: RandomFields) -> Tensor:
    low = draw.each(0, 0.6)
    high = low + (1 - low) * draw.each(0.3, 1)
    dull = low + (high - low) * images.clamp(min=1e-6) ** draw.each(-0.7, 0.7).exp()
    clipped = (images - 0.5) * draw.each(1, 5) + draw.each(0.2, 0.7)
    return torch.where(draw.each(0, 1) < 0.7, dull, clipped)


def _tint(images: Tensor, draw: RandomFields) -> Tensor:
    gain = draw.uniform(0.7, 1.15, draw.channels, 1, 1)
    return images * gain + draw.uniform(-0.1, 0.1, draw.channels, 1, 1)


def _hue(images: Tensor, draw: RandomFields) -> Tensor:
    order = draw.uniform(0, 1, draw.channels).argsort(dim=1)  # (batch, channels)
    return images.gather(1, order[:, :, None, None].expand_as(images))


def _grey(images: Tensor, _: RandomFields) -> Tensor:
    return images.mean(dim=1, keepdim=True).expand_as(images)


def _invert(images: Tensor, _: RandomFields) -> Tensor:
    return 1 - images


def _jpeg(images: Tensor, draw: RandomFields) -> Tensor:
    """Quantise the cosine transform of 8 x 8 blocks, as JPEG does; each channel is treated as a grey image."""
    pad = -draw.size % 8
    padded = F.pad(images, (0, pad, 0, pad), mode="replicate") - 0.5
    batch, channels, side, _ = padded.shape
    blocks = padded.reshape(batch, channels, side // 8, 8, side // 8, 8).transpose(3, 4)
    place = torch.arange(8.0)
    basis = torch.cos(math.pi / 8 * place[:, None] * (place + 0.5)) / 2  # (frequency, position)
    basis[0] /= math.sqrt(2)
    waves = basis @ blocks @ basis.T
    quality = draw.uniform(8, 70, 1, 1, 1, 1, 1)
    factor = torch.where(quality < 50, 50 / quality, 2 - quality / 50)
    table = torch.tensor([float(number) for number in _JPEG_LUMINANCE.split()]).view(8, 8) / 255
    step = (table * factor).clamp(min=1 / 255)
    blocks = basis.T @ ((waves / step).round() * step) @ basis
    return (blocks.transpose(3, 4).reshape(batch, channels, side, side) + 0.5)[:, :, : draw.size, : draw.size]


def gaussian_kernels(sigma: Tensor) -> Tensor:
    """Return a kernel for each image, (batch, 9)."""
    weights = torch.exp(-0.5 * (torch.arange(-4.0, 5.0) / sigma[:, None]) ** 2)
    return weights / weights.sum(dim=1, keepdim=True)


def convolve(images: Tensor, kernels: Tensor) -> Tensor:
    """Convolve each image with its own kernel, (batch, width, width)."""
    batch, channels, height, width = images.shape
    reach = kernels.shape[-1] // 2
    padded = F.pad(images, (reach,) * 4, mode="replicate").reshape(1, batch * channels, height + 2 * reach, -1)
    weights = kernels.repeat_interleave(channels, dim=0)[:, None]
    return F.conv2d(padded, weights, groups=batch * channels).view(batch, channels, height, width)


# By name, in the order in which they are applied; the order decides the random draws.
TRANSFORMS: dict[str, Callable[[Tensor, RandomFields], Tensor]] = {
    "flip": _flip,  # left to right
    "thickness": _thickness,  # strokes thicker or thinner
    "outline": _outline,  # only the edges of strokes
    "blur": _blur,
    "motion": _motion,  # blur along a line
    "resolution": _resolution,  # reduced and enlarged again
    "lines": _lines,  # thin strokes across, light or dark
    "block": _block,  # a bar or block, of one tone or inverted
    "light": _light,  # uneven light, shadow, fog
    "texture": _texture,  # paper grain and blots
    "noise": _noise,  # of the sensor
    "specks": _specks,  # salt and pepper
    "contrast": _contrast,  # reduced, or clipped
    "tint": _tint,  # a gain and an offset for each channel
    "hue": _hue,  # channels permuted
    "grey": _grey,  # colour removed
    "invert": _invert,
    "jpeg": _jpeg,  # compression artefacts
}
