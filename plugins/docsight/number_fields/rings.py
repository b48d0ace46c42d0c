"""Remove circles and ellipses that are printed around digits."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from docsight.number_fields.lines import LINE_LEVEL
from docsight.number_fields.regions import Region, find_regions

_MIN_RING_HEIGHT = 0.72  # of the height of all ink: a ring is higher than the digits, so it is nearly that high
_MIN_ASPECT, _MAX_ASPECT = 0.6, 3.5  # width / height
_CENTRE, _MIN_CONTENT = 0.55, 0.3  # of the radius, and of the height: what stands in a ring is in its centre
_RAYS = 64
_MIN_COVERAGE, _MIN_ALIKE = 0.88, 0.66  # fractions of the rays: they hit the ring, and do so where the others do
_RING_TOLERANCE, _MAX_RING_THICKNESS = 0.07, 0.3  # of the radius
_MAX_DIFFERENCE = 0.12  # of their height, between the rings of a row
_RING_SIZES = (1.0, 0.95, 0.9, 0.84, 0.78)  # heights of circles that are searched for, of that of all ink
_MAX_CANDIDATES = 24  # circles that are looked at more closely


@dataclass(frozen=True)
class _Ring:
    """An ellipse: its middle (row, column), radii (down, across), and between which fractions of them it is inked."""

    middle: np.ndarray
    radii: np.ndarray
    inner: float
    outer: float

    @property
    def height(self) -> float:
        return float(2 * self.radii[0] * self.outer)

    def radius(self, shape: tuple[int, ...]) -> np.ndarray:
        """Return the distance of each pixel from the middle, as a fraction of the radius in its direction."""
        down, across = np.mgrid[: shape[0], : shape[1]]
        distances: np.ndarray = np.hypot(
            (down - self.middle[0]) / self.radii[0], (across - self.middle[1]) / self.radii[1]
        )
        return distances


def remove_rings(ink: np.ndarray) -> np.ndarray:
    """Return an ink map, (height, width), without rings that have a digit in them; the same array if there are none."""
    mask = ink >= LINE_LEVEL
    rows = np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return ink
    rings = _find_rings(mask, int(rows[-1] - rows[0]) + 1)
    full = [_has_content(mask, ring) for ring in rings]
    heights = [ring.height for ring, is_full in zip(rings, full, strict=True) if is_full]
    cleaned = ink
    for ring in rings:
        # An empty ring would look like 0. It is one of a row of rings if others of its size have digits in them.
        if any(abs(ring.height - other) <= _MAX_DIFFERENCE * other for other in heights):
            cleaned = _without(cleaned, ring)
    return cleaned


def _find_rings(mask: np.ndarray, height: int) -> list[_Ring]:
    """Find the rings in a mask whose ink is `height` pixels high, each once."""
    rings: list[_Ring] = []
    for find in (_ellipses, _circles):
        for middle, radii in find(mask, height):
            is_known = any(np.hypot(*(middle - ring.middle)) < 0.5 * ring.radii.min() for ring in rings)
            if not is_known and (ring := _measured(mask, middle, radii)) is not None:
                rings.append(ring)
    return rings


def _ellipses(mask: np.ndarray, height: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the middle and the radii of ellipses that fit around a region of ink or into a hole."""
    rows, columns = mask.shape
    for region in find_regions(mask):
        if _is_round(region, height):
            yield _ellipse(region)
    for hole in find_regions(~mask, corners=False):
        is_inner = hole.left > 0 and hole.top > 0 and hole.right < columns and hole.bottom < rows
        if is_inner and _is_round(hole, height):
            yield _ellipse(hole)


def _is_round(region: Region, height: int) -> bool:
    return region.height >= _MIN_RING_HEIGHT * height and _MIN_ASPECT <= region.width / region.height <= _MAX_ASPECT


def _ellipse(region: Region) -> tuple[np.ndarray, np.ndarray]:
    middle = np.array([(region.top + region.bottom - 1) / 2, (region.left + region.right - 1) / 2])
    return middle, np.array([region.height / 2, region.width / 2])


def _circles(mask: np.ndarray, height: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield circles that are inked nearly all around, the best first; digits may stick out of them."""
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:, 1:] |= mask[:, :-1]
    angles = np.linspace(0, 2 * np.pi, _RAYS // 2, endpoint=False)
    rows = np.flatnonzero(mask.any(axis=1))
    found = []
    for size in _RING_SIZES:
        radius = size * height / 2 - 1
        # A circle as high as all ink is in its middle; a smaller one may be higher or lower.
        slack = max(1.0, (1 - size) * height / 2)
        centres_y = np.arange((rows[0] + rows[-1]) / 2 - slack, (rows[0] + rows[-1]) / 2 + slack + 0.5, 2.0)
        centres_x = np.arange(radius, mask.shape[1] - radius + 1, 1.0)
        if not len(centres_x):
            continue
        y = np.rint(centres_y[:, None, None] + radius * np.sin(angles)).astype(int).clip(0, mask.shape[0] - 1)
        x = np.rint(centres_x[:, None] + radius * np.cos(angles)).astype(int).clip(0, mask.shape[1] - 1)
        coverage = wide[y, x].mean(axis=2)  # (centres down, centres across)
        for row, column in np.argwhere(coverage >= _MIN_COVERAGE):
            centre = np.array([centres_y[row], centres_x[column]])
            found.append((float(coverage[row, column]), centre, np.array([radius, radius])))
    found.sort(key=lambda candidate: -candidate[0])
    kept: list[np.ndarray] = []
    for _, centre, radii in found:
        if len(kept) < _MAX_CANDIDATES and all(np.hypot(*(centre - other)) > 1.5 for other in kept):
            kept.append(centre)
            yield centre, radii


def _measured(mask: np.ndarray, middle: np.ndarray, radii: np.ndarray) -> _Ring | None:
    """Measure between which radii a ring lies; None if there is no thin ring."""
    reach = np.arange(0.6, 1.5, 0.5 / radii.max())
    angles = np.linspace(0, 2 * np.pi, _RAYS, endpoint=False)[:, None]
    rows = np.rint(middle[0] + radii[0] * reach * np.sin(angles)).astype(int)
    columns = np.rint(middle[1] + radii[1] * reach * np.cos(angles)).astype(int)
    inside = (rows >= 0) & (rows < mask.shape[0]) & (columns >= 0) & (columns < mask.shape[1])
    hit = mask[rows.clip(0, mask.shape[0] - 1), columns.clip(0, mask.shape[1] - 1)] & inside  # (rays, steps)
    near = hit & (np.abs(reach - 1) <= _RING_TOLERANCE)
    found = near.any(axis=1)
    if found.mean() < _MIN_COVERAGE:
        return None
    at = near.argmax(axis=1)[found]
    hit, steps = hit[found], np.arange(len(reach))
    # The run of ink around the step `at` of each ray.
    start = np.where(~hit & (steps < at[:, None]), steps, -1).max(axis=1) + 1
    end = np.where(~hit & (steps > at[:, None]), steps, len(reach)).min(axis=1) - 1
    inner, outer = float(np.median(reach[start])), float(np.median(reach[end]))
    alike = (np.abs(reach[start] - inner) <= _RING_TOLERANCE) & (np.abs(reach[end] - outer) <= _RING_TOLERANCE)
    if alike.sum() < _MIN_ALIKE * _RAYS or outer - inner > _MAX_RING_THICKNESS:
        return None
    return _Ring(middle, radii, inner, outer)


def _has_content(mask: np.ndarray, ring: _Ring) -> bool:
    rows = np.flatnonzero((mask & (ring.radius(mask.shape) < _CENTRE * ring.inner)).any(axis=1))
    return len(rows) > 0 and bool(rows[-1] - rows[0] + 1 >= _MIN_CONTENT * ring.height)


def _without(ink: np.ndarray, ring: _Ring) -> np.ndarray:
    radius, pixel = ring.radius(ink.shape), 1 / ring.radii.min()
    zone = (radius > ring.inner - 1.2 * pixel) & (radius < ring.outer + 1.5 * pixel)
    return np.where(zone, 0.0, ink).astype(ink.dtype)
