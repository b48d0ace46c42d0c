"""Fifteen more corruptions of digits, of the kinds of MNIST-C (Mu and Gilmer 2019), for `benchmarks/images.py`.

`corrupt` applies one to many images. Each of the others takes and returns one image, floats from 0 to 255 with a light
digit on dark, (28, 28). Nothing was taken from MNIST-C but the names of the kinds. Training damages images of similar
kinds, but by other functions with random parameters over wide ranges
(`docsight_training/data/images/image_damage.py`); here, each kind has one strength.
"""

import itertools
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy import ndimage

SIZE = 28  # pixels
Corruption = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def shot_noise(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Count few photons."""
    return rng.poisson(image / 255 * 4 + 0.15) / 4 * 255


def impulse_noise(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Set a sixth of the pixels to black or white."""
    hit = rng.random(image.shape)
    return np.select([hit < 0.08, hit < 0.16], [0.0, 255.0], image)


def glass_blur(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Exchange each pixel with one that is up to two away, twice, and blur before and after."""
    mixed = ndimage.gaussian_filter(image, 0.6)
    for _ in range(2):
        for y, x in rng.permutation(np.argwhere(np.ones(image.shape))):
            down, across = np.clip(np.array([y, x]) + rng.integers(-1, 2, 2), 0, SIZE - 1)
            mixed[y, x], mixed[down, across] = mixed[down, across], mixed[y, x]
    return ndimage.gaussian_filter(mixed, 0.6)


def motion_blur(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Trail behind the digit, up to eleven pixels long, in a direction within 45 degrees of the horizontal."""
    angle = rng.uniform(-np.pi / 4, np.pi / 4)
    steps = np.arange(0, 11, 0.5)
    weights = np.exp(-0.5 * (steps / 3) ** 2)
    shifted = [ndimage.shift(image, (np.sin(angle) * step, np.cos(angle) * step), order=1) for step in steps]
    return np.tensordot(weights / weights.sum(), np.stack(shifted), axes=1) * 1.25


def shear(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Slant by 0.4 pixels per row, to either side."""
    return _affine(image, np.array([[1, 0], [0.4 * rng.choice((-1, 1)), 1]]))


def scale(image: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """Reduce to 60 %."""
    return _affine(image, np.eye(2) / 0.6)


def rotate(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rotate by 20 to 30 degrees, either way."""
    return ndimage.rotate(image, rng.choice((-1, 1)) * rng.uniform(20, 30), reshape=False, order=1)


def brightness(image: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """Brighten, so that the ground is grey and the strokes lose their inner tones."""
    return image * 0.9 + 125


def translate(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move by four pixels in both directions."""
    return ndimage.shift(image, rng.choice((-4, 4), 2), order=0)


def stripe(image: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """Invert the left and the right quarter."""
    quarter = SIZE // 4
    striped = 255 - image
    striped[:, quarter : SIZE - quarter] = image[:, quarter : SIZE - quarter]
    return striped


def fog(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lay clouds over the digit that are nearly twice as bright as it (noise with a spectrum of 1 / f^1.8)."""
    frequency = np.hypot(np.fft.fftfreq(64)[:, None], np.fft.fftfreq(64))
    frequency[0, 0] = 1
    cloud = np.fft.ifft2(np.fft.fft2(rng.normal(size=(64, 64))) / frequency**1.8).real[:SIZE, :SIZE]
    cloud = (cloud - cloud.min()) / np.ptp(cloud)
    return (image + 1.8 * 255 * cloud) / 2.8


def spatter(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Spatter mud or water: drops of one to three pixels, a fifth of the area."""
    drops = ndimage.gaussian_filter(rng.normal(size=image.shape), rng.uniform(0.8, 1.4))
    wet = drops > np.quantile(drops, 0.84)
    edge = ndimage.gaussian_filter(wet.astype(np.float64), 0.5)
    tone = rng.choice((0.0, 160.0, 255.0))
    return image * (1 - 0.85 * edge) + 0.85 * edge * tone


def dotted_line(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a dotted line from edge to edge."""
    start, end = _edge_points(rng)
    dots = np.linspace(0, 1, 15)[:, None]
    return _drawn(image, [(tuple(point), tuple(point)) for point in start + dots * (end - start)])


def zigzag(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a zigzag line from edge to edge."""
    start, end = _edge_points(rng)
    along = end - start
    normal = np.array([-along[1], along[0]]) / np.hypot(*along)
    turns = np.linspace(0, 1, int(rng.integers(9, 15)))
    points = [start + turn * along + normal * 2.2 * (-1) ** at for at, turn in enumerate(turns)]
    return _drawn(image, [(tuple(a), tuple(b)) for a, b in itertools.pairwise(points)])


def canny_edges(image: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """Keep only the edges, one pixel wide: the largest gradients along their own direction."""
    smooth = ndimage.gaussian_filter(image, 1)
    down, across = ndimage.sobel(smooth, 0), ndimage.sobel(smooth, 1)
    size = np.hypot(down, across)
    rows, columns = np.mgrid[:SIZE, :SIZE]
    step_y, step_x = down / np.maximum(size, 1e-6), across / np.maximum(size, 1e-6)
    before, after = (
        ndimage.map_coordinates(size, (rows + sign * step_y, columns + sign * step_x), order=1) for sign in (-1, 1)
    )
    thin = (size >= before) & (size > after) & (size > 0.1 * size.max())
    kept = ndimage.label(thin, np.ones((3, 3)))[0]
    strong = np.unique(kept[thin & (size > 0.3 * size.max())])
    return 255.0 * (np.isin(kept, strong) & thin)


MNIST_CORRUPTIONS: dict[str, Corruption] = {
    function.__name__: function
    for function in (
        shot_noise,
        impulse_noise,
        glass_blur,
        motion_blur,
        shear,
        scale,
        rotate,
        brightness,
        translate,
        stripe,
        fog,
        spatter,
        dotted_line,
        zigzag,
        canny_edges,
    )
}


def corrupt(name: str, images: np.ndarray, *, seed: int = 9) -> np.ndarray:
    """Corrupt images, uint8 (images, 28, 28), in the same way every time."""
    rng = np.random.default_rng([list(MNIST_CORRUPTIONS).index(name), seed])
    changed = np.empty_like(images)
    for at, image in enumerate(images):
        changed[at] = np.clip(MNIST_CORRUPTIONS[name](image.astype(np.float32), rng), 0, 255).round()
    return changed


def _affine(image: np.ndarray, back: np.ndarray) -> np.ndarray:
    """Transform about the centre; `back` maps (row, column) of the result to the image."""
    middle = np.full(2, (SIZE - 1) / 2)
    return ndimage.affine_transform(image, back, middle - back @ middle, order=1)


def _edge_points(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw a point on the left edge and one on the right, as (x, y)."""
    return np.array([0, rng.uniform(4, SIZE - 4)]), np.array([SIZE - 1, rng.uniform(4, SIZE - 4)])


def _drawn(image: np.ndarray, lines: list[tuple[tuple[float, float], tuple[float, float]]]) -> np.ndarray:
    """Draw white lines, about a pixel wide; a line from a point to itself is a dot."""
    large = Image.new("L", (SIZE * 4, SIZE * 4))
    pencil = ImageDraw.Draw(large)
    for (x0, y0), (x1, y1) in lines:
        pencil.line([4 * x0 + 2, 4 * y0 + 2, 4 * x1 + 2, 4 * y1 + 2], fill=255, width=4)
        pencil.ellipse([4 * x1 - 1, 4 * y1 - 1, 4 * x1 + 4, 4 * y1 + 4], fill=255)
    return np.maximum(image, np.asarray(large.filter(ImageFilter.SMOOTH).reduce(4), dtype=np.float64))
