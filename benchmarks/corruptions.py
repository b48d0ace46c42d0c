"""Ten corruptions of digits that occur in documents, for the robustness test of `benchmarks/images.py`.

Each takes images, uint8 (n, 28, 28) with light digits on dark, and a random generator, and returns corrupted images of
the same shape and type. `uneven_light` and `tinted_form_box` return dark digits on light paper. At their strength, a
careful person still reads nearly all digits. Training does not use them.
"""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Corruption = Callable[[np.ndarray, np.random.Generator], np.ndarray]
SIZE = 28  # pixels


def uneven_light(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Photograph dark ink on paper lit from one side, often with the edge of a shadow, with sensor noise."""
    return _each(_photographed, images, rng)


def strong_jpeg(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Save as JPEG with quality 8 to 16 and read it back."""
    return _each(_jpeg, images, rng)


def low_resolution(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Scan with 9 to 11 pixels per side, then enlarge."""
    return _each(_coarse, images, rng)


def ruled_paper(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Write on ruled or squared paper, with lines through the digit."""
    return _each(_ruled, images, rng)


def bleeding_ink(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Write with a thick pen on paper on which the ink runs."""
    return _each(_bled, images, rng)


def faded_pen(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Write with a thin pen and little, uneven ink on grainy paper."""
    return _each(_faded, images, rng)


def fax_specks(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Fax: pure black and white, with specks of both colours and sometimes a white or black line."""
    return _each(_faxed, images, rng)


def shaken_camera(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move the camera by 3 to 6 pixels in any direction during the exposure."""
    return _each(_shaken, images, rng)


def oblique_view(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """View the page from the side: perspective, slant, rotation, off centre and somewhat smaller."""
    return _each(_oblique, images, rng)


def tinted_form_box(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Write dark on the tinted paper of a form, in a printed box that the digit may touch, some with a coffee stain."""
    return _each(_boxed, images, rng)


CORRUPTIONS: dict[str, Corruption] = {
    function.__name__: function
    for function in (
        uneven_light,
        strong_jpeg,
        low_resolution,
        ruled_paper,
        bleeding_ink,
        faded_pen,
        fax_specks,
        shaken_camera,
        oblique_view,
        tinted_form_box,
    )
}


def _each(
    corrupt: Callable[[np.ndarray, np.random.Generator], np.ndarray], images: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Corrupt each image; the functions below take and return float values from 0 to 255, (28, 28)."""
    if images.ndim != 3 or images.shape[1:] != (SIZE, SIZE) or images.dtype != np.uint8:
        raise ValueError(f"expected uint8 (n, {SIZE}, {SIZE}), found {images.dtype} {images.shape}")
    changed = np.empty_like(images)
    for i, image in enumerate(images):
        changed[i] = np.clip(corrupt(image.astype(np.float32), rng), 0, 255).round()
    return changed


def _photographed(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    angle = rng.uniform(0, 2 * np.pi)
    across = _ramp(angle)
    light = 1 - rng.uniform(0.3, 0.55) * across  # the fraction of the light at each pixel
    if rng.random() < 0.6:
        edge = _ramp(rng.uniform(0, 2 * np.pi)) - rng.uniform(0.3, 0.7)
        light = light * (1 - rng.uniform(0.25, 0.45) / (1 + np.exp(-edge * rng.uniform(10, 60))))
    ink = image / 255 * rng.uniform(0.65, 0.9)
    return rng.uniform(190, 250) * (1 - ink) * light + rng.normal(0, rng.uniform(2, 7), image.shape)


def _jpeg(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    stored = io.BytesIO()
    _to_pil(image).save(stored, "JPEG", quality=int(rng.integers(8, 17)))
    return _pixels(Image.open(stored))


def _coarse(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    side = int(rng.integers(9, 12))
    back = (Image.Resampling.NEAREST, Image.Resampling.BILINEAR)[int(rng.integers(2))]
    return _pixels(_to_pil(image).resize((side, side), Image.Resampling.BOX).resize((SIZE, SIZE), back))


def _ruled(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    lines = np.zeros((SIZE, SIZE), dtype=np.float32)
    gap = int(rng.integers(7, 13))
    tone = rng.uniform(70, 170)
    lines[int(rng.integers(gap)) :: gap] = tone
    if rng.random() < 0.5:
        lines[:, int(rng.integers(gap)) :: gap] = tone
    turned = _pixels(_to_pil(lines).rotate(rng.uniform(-4, 4), Image.Resampling.BILINEAR))
    return np.maximum(image, turned)


def _bled(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    large = _to_pil(image).resize((SIZE * 3, SIZE * 3), Image.Resampling.BICUBIC)
    thick = large.filter(ImageFilter.MaxFilter((5, 7)[int(rng.integers(2))]))
    run = _pixels(thick.filter(ImageFilter.GaussianBlur(2)).resize((SIZE, SIZE), Image.Resampling.BOX))
    return np.minimum(run * (0.85 + 0.35 * _cloud(rng, 6)), 255)


def _faded(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    large = _to_pil(image).resize((SIZE * 3, SIZE * 3), Image.Resampling.BICUBIC)
    thin = _pixels(large.filter(ImageFilter.MinFilter(3)).resize((SIZE, SIZE), Image.Resampling.BOX))
    thin = np.maximum(thin, 0.35 * image)  # a hairline stays one
    paper = rng.uniform(5, 30) + rng.normal(0, rng.uniform(3, 8), image.shape)
    return thin * rng.uniform(0.3, 0.5) * (0.55 + 0.6 * _cloud(rng, 5)) + paper


def _faxed(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    sent = 255.0 * (image > rng.uniform(60, 150))
    flipped = rng.random(image.shape) < rng.uniform(0.03, 0.09)
    sent = np.where(flipped, 255 - sent, sent)
    if rng.random() < 0.3:
        sent[int(rng.integers(SIZE))] = 255.0 * (rng.random() < 0.5)
    return sent


def _shaken(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    angle, distance = rng.uniform(0, np.pi), rng.uniform(3, 6)
    source = _to_pil(image)
    steps = np.linspace(-distance / 2, distance / 2, 13)
    shifts = [(1, 0, float(np.cos(angle) * step), 0, 1, float(np.sin(angle) * step)) for step in steps]
    size, affine = (SIZE, SIZE), Image.Transform.AFFINE
    return np.mean([_pixels(source.transform(size, affine, by, Image.Resampling.BILINEAR)) for by in shifts], axis=0)


def _oblique(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    turn, slant = np.radians(rng.uniform(-18, 18)), rng.uniform(-0.25, 0.25)
    back = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ np.array([[1, slant], [0, 1]])
    back = back / rng.uniform(0.6, 0.9)
    far = rng.uniform(-0.012, 0.012, 2)  # how much farther away each pixel to the right and below is
    middle = np.full(2, SIZE / 2)
    shift = middle + rng.uniform(-3, 3, 2)  # the new position of the centre
    # Pillow's perspective maps the new image to the old one: (a x + b y + c) / (g x + h y + 1), and likewise for y.
    scale = 1 - far @ shift
    numerator = back + np.outer(middle, far)
    constant = middle - numerator @ shift
    rows = np.column_stack([numerator, constant])
    data = (*rows[0] / scale, *rows[1] / scale, *far / scale)
    view = _to_pil(image).transform((SIZE, SIZE), Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC)
    return _pixels(view)


def _boxed(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    large = Image.new("L", (SIZE * 2, SIZE * 2))
    left, top, right, bottom = (int(edge) for edge in rng.integers(1, 8, 4))
    frame = (left, top, SIZE * 2 - right, SIZE * 2 - bottom)
    ImageDraw.Draw(large).rectangle(frame, outline=int(rng.integers(90, 220)), width=int(rng.integers(1, 4)))
    ink = np.maximum(image, _pixels(large.reduce(2))) / 255
    paper = rng.uniform(150, 225) + 6 * (_cloud(rng, 10) - 0.5)
    if rng.random() < 0.5:  # the ring of a coffee cup
        down, across = np.mgrid[:SIZE, :SIZE]
        y, x, radius = rng.uniform(-10, SIZE + 10), rng.uniform(-10, SIZE + 10), rng.uniform(14, 26)
        off = np.abs(np.hypot(down - y, across - x) - radius)
        paper = paper * (1 - rng.uniform(0.1, 0.25) * np.exp(-((off / rng.uniform(1.5, 3)) ** 2)))
    return paper * (1 - ink * rng.uniform(0.55, 0.8))


def _to_pil(pixels: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image, dtype=np.float32)


def _ramp(angle: float) -> np.ndarray:
    """Return values that rise from 0 to 1 in one direction: (28, 28)."""
    down, across = np.mgrid[:SIZE, :SIZE]
    along = across * np.cos(angle) + down * np.sin(angle)
    return (along - along.min()) / np.ptp(along)


def _cloud(rng: np.random.Generator, cells: int) -> np.ndarray:
    """Return smooth random values from 0 to 1: (28, 28)."""
    coarse = Image.fromarray(rng.random((cells, cells)).astype(np.float32))
    return np.clip(np.asarray(coarse.resize((SIZE, SIZE), Image.Resampling.BICUBIC)), 0, 1)
