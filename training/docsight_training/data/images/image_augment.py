"""Change pictures as paper, pens, cameras and scanners do: tensor operations on a whole batch."""

import math
from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from docsight.errors import ConfigError

# Luminance quantisation of JPEG at quality 50 (ITU-T T.81, Annex K, Table K.1).
_QUANTISATION = """
16 11 10 16 24 40 51 61 12 12 14 19 26 58 60 55 14 13 16 24 40 57 69 56 14 17 22 29 51 87 80 62
18 22 37 56 68 109 103 77 24 35 55 64 81 104 113 92 49 64 78 87 103 121 120 101 72 92 95 98 112 100 103 99
"""

# By name, how strong each change is at most; those under CHANCES say how many pictures it happens to.
GEOMETRY = {"rotate": 0.0, "scale": 0.0, "aspect": 0.0, "shear": 0.0, "shift": 0.0, "elastic": 0.0, "zoom": 0.0}
CHANCES = (
    "flip",  # left to right
    "thickness",  # strokes grown or thinned
    "outline",  # only the edges of strokes
    "blur",
    "motion",  # blurred along a line
    "resolution",  # reduced and enlarged again
    "lines",  # thin strokes across, light or dark
    "block",  # a bar or block of one tone, or inverted
    "light",  # uneven light, shadow, fog
    "texture",  # noise of the paper, in patches
    "noise",  # of the sensor
    "specks",  # salt and pepper
    "contrast",  # between grey and grey; clipped
    "tint",  # each channel for itself
    "hue",  # channels exchanged
    "grey",  # colour taken out
    "invert",
    "jpeg",
)


class ImageAugment:
    """Random changes of pictures, each picture's own.

    Args:
        geometry: rotate (degrees), scale, aspect and shear (shares), shift (share of the side), elastic (share of the
            side), zoom (the most that is cut off by looking closer, as a share): the largest of each.
        chances: By name, the share of pictures that each other change happens to; see `CHANCES`.
        clean: The share of pictures that only the geometry changes.
        clean_at_end: That share at the end of the run, to which it rises or falls evenly; None leaves it as it is.

    Raises:
        ConfigError: There is no such change, or a share is none.
    """

    def __init__(
        self,
        *,
        geometry: Mapping[str, float] | None = None,
        chances: Mapping[str, float] | None = None,
        clean: float = 0.0,
        clean_at_end: float | None = None,
    ) -> None:
        for name, given, known in (("geometry", geometry, GEOMETRY), ("chances", chances, CHANCES)):
            if strange := sorted(set(given or {}) - set(known)):
                raise ConfigError(f"data.augment.{name}: {', '.join(strange)} is unknown; expected {', '.join(known)}.")
        for name, share in {**(chances or {}), "clean": clean, "clean_at_end": clean_at_end or 0.0}.items():
            if not 0 <= share <= 1:
                raise ConfigError(f"data.augment: {name} is {share}; expected a share from 0 to 1.")
        for name, most in (geometry or {}).items():
            if not 0 <= most <= (0.9 if name == "zoom" else 180 if name == "rotate" else 1):
                raise ConfigError(f"data.augment.geometry: {name} is {most}; expected a share, or rotate in degrees.")
        self.geometry = GEOMETRY | dict(geometry or {})
        self.chances = {name: (chances or {}).get(name, 0.0) for name in CHANCES}
        self.clean = clean
        self.clean_at_end = clean if clean_at_end is None else clean_at_end

    def __call__(self, pictures: Tensor, generator: torch.Generator, *, progress: float = 0.0) -> Tensor:
        """Return changed pictures: floats from 0 to 1, (batch, channels, size, size), as those given.

        Args:
            pictures: Floats from 0 to 1.
            generator: Decides all of it.
            progress: The share of the run that is done.
        """
        draw = Draws(generator, pictures)
        pictures = self._move(pictures, draw)
        clean = self.clean + progress * (self.clean_at_end - self.clean)
        changed = draw.uniform(0, 1) >= clean  # (batch,)
        for name, chance in self.chances.items():
            chosen = (changed & (draw.uniform(0, 1) < chance)).nonzero()[:, 0]
            if len(chosen):
                part = pictures[chosen]
                # Each change sees only its pictures, so that a rare one costs little.
                part = _CHANGES[name](part, Draws(generator, part))
                pictures = pictures.index_copy(0, chosen, part.clamp(0, 1))
        return pictures

    def _move(self, pictures: Tensor, draw: "Draws") -> Tensor:
        """Turn, scale, shear, shift and bend, in one resampling."""
        most = self.geometry
        if not any(most.values()):
            return pictures
        angle = draw.uniform(-1, 1) * math.radians(most["rotate"])
        scale = (draw.uniform(-1, 1) * math.log1p(most["scale"])).exp()
        aspect = (draw.uniform(-1, 1) * math.log1p(most["aspect"])).exp()
        # Looking closer: only some pictures, and seldom by much.
        zoom = 1 - most["zoom"] * draw.uniform(0, 1) ** 2
        shear = draw.uniform(-1, 1) * most["shear"]
        cos, sin = angle.cos(), angle.sin()
        across, down = zoom * aspect.sqrt() / scale, zoom / aspect.sqrt() / scale
        # Rows of the matrix that maps where a pixel goes to where it comes from.
        turn = torch.stack([cos * across, (shear * cos - sin) * down, sin * across, (shear * sin + cos) * down], 1)
        shift = torch.stack([draw.uniform(-1, 1), draw.uniform(-1, 1)], 1) * 2 * most["shift"]
        room = (1 - zoom)[:, None] * torch.stack([draw.uniform(-1, 1), draw.uniform(-1, 1)], 1)
        matrix = torch.cat([turn.view(-1, 2, 2), (shift + room)[:, :, None]], dim=2)  # (batch, 2, 3)
        grid = F.affine_grid(matrix, list(pictures.shape), align_corners=False)  # (batch, size, size, 2)
        if most["elastic"]:
            grid = grid + draw.bending(2 * most["elastic"])
        return F.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


class Draws:
    """Random numbers of the shapes that a batch of pictures wants."""

    def __init__(self, generator: torch.Generator, pictures: Tensor) -> None:
        self.generator = generator
        self.batch, self.channels, self.size, _ = pictures.shape

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Draw (batch, *shape)."""
        return low + (high - low) * torch.rand(self.batch, *shape, generator=self.generator)

    def each(self, low: float, high: float) -> Tensor:
        """Draw a number for each picture, (batch, 1, 1, 1)."""
        return self.uniform(low, high, 1, 1, 1)

    def coin(self) -> Tensor:
        """Draw true or false for each picture, (batch, 1, 1, 1)."""
        return self.uniform(0, 1, 1, 1, 1) < 0.5

    def normal(self, channels: int) -> Tensor:
        """Draw (batch, channels, size, size)."""
        return torch.randn(self.batch, channels, self.size, self.size, generator=self.generator)

    def clouds(self, cells: int, channels: int = 1) -> Tensor:
        """Draw smooth fields from 0 to 1, (batch, channels, size, size), of hills some size / cells wide."""
        coarse = torch.rand(self.batch, channels, cells, cells, generator=self.generator)
        return F.interpolate(coarse, size=(self.size, self.size), mode="bicubic", align_corners=False).clamp(0, 1)

    def bending(self, most: float) -> Tensor:
        """Draw smooth displacements of a grid, (batch, size, size, 2), after Simard et al. 2003."""
        field = torch.randn(self.batch, 2, 7, 7, generator=self.generator) * self.each(0, most) * 0.5
        smooth = F.interpolate(field, size=(self.size, self.size), mode="bicubic", align_corners=False)
        return smooth.permute(0, 2, 3, 1)

    def along(self) -> Tensor:
        """Draw a direction for each picture and return how far each pixel lies along it, (batch, 1, size, size)."""
        angle = self.each(0, 2 * math.pi)
        line = torch.linspace(-1, 1, self.size)
        return angle.cos() * line + angle.sin() * line[:, None]


def _flip(pictures: Tensor, _: Draws) -> Tensor:
    return pictures.flip(3)


def _thickness(pictures: Tensor, draw: Draws) -> Tensor:
    grown = F.max_pool2d(pictures, 3, stride=1, padding=1)
    thinned = -F.max_pool2d(-pictures, 3, stride=1, padding=1)
    # Thinning by a whole pixel can make a thin stroke vanish; growing never does.
    share = draw.each(-0.75, 1.3)
    twice = F.max_pool2d(grown, 3, stride=1, padding=1)
    grow, thin, more = share.clamp(0, 1), (-share).clamp(min=0), (share - 1).clamp(min=0)
    return pictures + grow * (grown - pictures) + thin * (thinned - pictures) + more * (twice - grown)


def _outline(pictures: Tensor, draw: Draws) -> Tensor:
    # Enlarged before, so that thin strokes have two edges.
    large = F.interpolate(pictures, scale_factor=2, mode="bilinear", align_corners=False)
    edge = F.max_pool2d(large, 3, stride=1, padding=1) + F.max_pool2d(-large, 3, stride=1, padding=1)
    edge = F.avg_pool2d(edge, 2)
    sharp = (edge * draw.each(1.2, 4)).clamp(0, 1)
    return torch.where(draw.coin(), sharp, (sharp - 0.3).clamp(min=0) / 0.7)


def _blur(pictures: Tensor, draw: Draws) -> Tensor:
    sigma = draw.uniform(0.4, 1.5) * (draw.size / 28) ** 0.5
    return _filtered(pictures, _gaussian(sigma)[:, :, None] * _gaussian(sigma)[:, None, :])


def _motion(pictures: Tensor, draw: Draws) -> Tensor:
    width = 9
    angle, length = draw.each(0, math.pi), draw.each(1.0, 4.2)
    axis = torch.arange(width) - width // 2
    along = angle.cos() * axis + angle.sin() * axis[:, None]
    across = -angle.sin() * axis + angle.cos() * axis[:, None]
    kernel = (1 - across.abs()).clamp(min=0) * (length + 0.5 - along.abs()).clamp(0, 1)
    return _filtered(pictures, kernel[:, 0] / kernel.sum(dim=(1, 2, 3))[:, None, None])


def _resolution(pictures: Tensor, draw: Draws) -> Tensor:
    # One size for a batch: interpolation knows no other.
    share = 0.27 + 0.5 * float(torch.rand((), generator=draw.generator))
    small = F.interpolate(pictures, size=max(4, round(draw.size * share)), mode="area")
    mode = ("nearest", "bilinear", "bicubic")[int(torch.randint(3, (), generator=draw.generator))]
    options = {} if mode == "nearest" else {"align_corners": False}
    return F.interpolate(small, size=draw.size, mode=mode, **options)


def _lines(pictures: Tensor, draw: Draws) -> Tensor:
    pixel = 2 / draw.size
    for _ in range(3):
        along = draw.along()
        # One line, or several at equal distances as on ruled paper; dotted now and then; now and then a wavy one.
        gap = torch.where(draw.each(0, 1) < 0.6, 9.0, draw.each(0.25, 0.6))
        waves = draw.each(0, 1).pow(6) * 0.3 * torch.sin(draw.along() * draw.each(3, 14) + draw.each(0, 6))
        offset = along - draw.each(-0.7, 0.7) + waves
        away = (torch.remainder(offset + gap / 2, gap) - gap / 2).abs()
        line = ((draw.each(0.4, 1.6) * pixel - away) / pixel + 0.5).clamp(0, 1)
        dotted = (torch.sin(draw.along() * draw.size * draw.each(0.3, 1.2)) > 0.2).float()
        line = torch.where(draw.each(0, 1) < 0.25, line * dotted, line)
        shown = (draw.each(0, 1) < 0.6) * draw.each(0.3, 1)
        tone = torch.where(draw.each(0, 1) < 0.75, draw.each(0.6, 1), draw.each(0, 0.4))
        pictures = pictures + line * shown * (tone - pictures)
    return pictures


def _block(pictures: Tensor, draw: Draws) -> Tensor:
    line = torch.linspace(-1, 1, draw.size)
    middle_x, middle_y = draw.each(-1, 1), draw.each(-1, 1)
    half_x, half_y = draw.each(0.05, 0.45), draw.each(0.05, 0.45)
    is_bar = draw.each(0, 1)  # a bar reaches from edge to edge
    half_x, half_y = torch.where(is_bar < 0.25, 3.0, half_x), torch.where(is_bar > 0.75, 3.0, half_y)
    inside = ((line - middle_x).abs() < half_x) & ((line[:, None] - middle_y).abs() < half_y)
    inverts = draw.coin()
    small = (half_x < 1) & (half_y < 1) | inverts  # what covers is to leave enough to read
    tone = torch.where(inverts, 1 - pictures, draw.each(0, 1) * torch.ones_like(pictures))
    return torch.where(inside & small, tone, pictures)


def _light(pictures: Tensor, draw: Draws) -> Tensor:
    cells = 2 + int(torch.randint(5, (), generator=draw.generator))
    clouds = (draw.clouds(cells) + 0.5 * draw.clouds(2 * cells) + 0.25 * draw.clouds(4 * cells)) / 1.75
    slope = (draw.along() + draw.each(-0.5, 0.5)).clamp(-1, 1) * 0.5 + 0.5
    field = torch.where(draw.coin(), clouds, slope)
    strength = draw.each(0.2, 0.9)
    darker = pictures * (1 - strength * field)
    lighter = pictures + (1 - pictures) * strength * field  # fog, and a light reflected by the paper
    added = (pictures + strength * field) / (1 + strength)
    kind = draw.each(0, 1)
    return torch.where(kind < 0.35, darker, torch.where(kind < 0.65, lighter, added))


def _texture(pictures: Tensor, draw: Draws) -> Tensor:
    grain = draw.size // (1 + int(torch.randint(3, (), generator=draw.generator)))
    rough = draw.clouds(grain) - 0.5
    blots = ((draw.clouds(max(4, draw.size // 4)) - draw.each(0.6, 0.8)) * 6).clamp(0, 1)
    blotted = pictures + blots * draw.each(0.3, 1) * (draw.coin().float() - pictures)
    return torch.where(draw.coin(), pictures + draw.each(0.1, 0.6) * rough, blotted)


def _noise(pictures: Tensor, draw: Draws) -> Tensor:
    strength = draw.each(0.03, 0.35)
    noise = draw.normal(draw.channels) * strength
    # Of the sensor everywhere, or of single photons: more where it is lighter.
    return pictures + torch.where(draw.coin(), noise, noise * 1.5 * pictures.clamp(min=0.01).sqrt())


def _specks(pictures: Tensor, draw: Draws) -> Tensor:
    share = draw.each(0.01, 0.3)
    hit = torch.rand(draw.batch, 1, draw.size, draw.size, generator=draw.generator)
    tone = (torch.rand(draw.batch, 1, draw.size, draw.size, generator=draw.generator) < draw.each(0, 1)).float()
    return torch.where(hit < share, tone, pictures)


def _contrast(pictures: Tensor, draw: Draws) -> Tensor:
    low = draw.each(0, 0.6)
    high = low + (1 - low) * draw.each(0.3, 1)
    dull = low + (high - low) * pictures.clamp(min=1e-6) ** draw.each(-0.7, 0.7).exp()
    clipped = (pictures - 0.5) * draw.each(1, 5) + draw.each(0.2, 0.7)
    return torch.where(draw.each(0, 1) < 0.7, dull, clipped)


def _tint(pictures: Tensor, draw: Draws) -> Tensor:
    gain = draw.uniform(0.7, 1.15, draw.channels, 1, 1)
    return pictures * gain + draw.uniform(-0.1, 0.1, draw.channels, 1, 1)


def _hue(pictures: Tensor, draw: Draws) -> Tensor:
    order = draw.uniform(0, 1, draw.channels).argsort(dim=1)  # (batch, channels)
    return pictures.gather(1, order[:, :, None, None].expand_as(pictures))


def _grey(pictures: Tensor, _: Draws) -> Tensor:
    return pictures.mean(dim=1, keepdim=True).expand_as(pictures)


def _invert(pictures: Tensor, _: Draws) -> Tensor:
    return 1 - pictures


def _jpeg(pictures: Tensor, draw: Draws) -> Tensor:
    """Quantise the cosine transform of blocks of 8 by 8 pixels, as JPEG does; colour as three grey pictures."""
    pad = -draw.size % 8
    padded = F.pad(pictures, (0, pad, 0, pad), mode="replicate") - 0.5
    batch, channels, side, _ = padded.shape
    blocks = padded.reshape(batch, channels, side // 8, 8, side // 8, 8).transpose(3, 4)
    place = torch.arange(8.0)
    basis = torch.cos(math.pi / 8 * place[:, None] * (place + 0.5)) / 2  # (frequency, place)
    basis[0] /= math.sqrt(2)
    waves = basis @ blocks @ basis.T
    quality = draw.uniform(8, 70, 1, 1, 1, 1, 1)
    factor = torch.where(quality < 50, 50 / quality, 2 - quality / 50)
    table = torch.tensor([float(number) for number in _QUANTISATION.split()]).view(8, 8) / 255
    step = (table * factor).clamp(min=1 / 255)
    blocks = basis.T @ ((waves / step).round() * step) @ basis
    return (blocks.transpose(3, 4).reshape(batch, channels, side, side) + 0.5)[:, :, : draw.size, : draw.size]


def _gaussian(sigma: Tensor) -> Tensor:
    """Return a kernel for each picture, (batch, 9)."""
    weights = torch.exp(-0.5 * (torch.arange(-4.0, 5.0) / sigma[:, None]) ** 2)
    return weights / weights.sum(dim=1, keepdim=True)


def _filtered(pictures: Tensor, kernels: Tensor) -> Tensor:
    """Filter each picture by its own kernel, (batch, width, width)."""
    batch, channels, height, width = pictures.shape
    reach = kernels.shape[-1] // 2
    padded = F.pad(pictures, (reach,) * 4, mode="replicate").reshape(1, batch * channels, height + 2 * reach, -1)
    weights = kernels.repeat_interleave(channels, dim=0)[:, None]
    return F.conv2d(padded, weights, groups=batch * channels).view(batch, channels, height, width)


_CHANGES = {name: globals()[f"_{name}"] for name in CHANCES}
