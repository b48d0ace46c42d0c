"""Distributions, counted while documents stream by, and drawn as bars."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 360, 148  # of a plot, in units of its picture
_LEFT, _RIGHT, _TOP, _BOTTOM = 2, 358, 20, 122

WORDS = (0, *(step * 10**power for power in range(8) for step in (1, 2, 5)))  # 0, 1, 2, 5, 10, … 50 million
SCORES = tuple(step / 20 for step in range(20))


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar, and what a pointer on it reads; `kind` numbers what it counts."""

    x: float
    y: float
    width: float
    height: float
    kind: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Plot:
    """What is drawn: bars, ticks below them, and the same numbers as the rows of a table."""

    title: str
    unit: str
    kinds: list[str]
    total: int
    top: int
    bars: list[Bar]
    ticks: list[tuple[float, str, str]]
    rows: list[tuple[str, list[int]]]
    text: str


class Histogram:
    """Counts values by ranges, and by kind.

    Args:
        title: What is counted.
        unit: Of what there are so many, in the plural.
        edges: Where each range begins, in order; values below the first count for it.
        kinds: What to tell apart, from the bottom up.
    """

    def __init__(self, title: str, unit: str, edges: Sequence[float], kinds: Sequence[str] = ("",)) -> None:
        self.title = title
        self.unit = unit
        self._edges = edges
        self._kinds = kinds
        self._counts: list[Counter[int]] = [Counter() for _ in kinds]

    def add(self, value: float | None, kind: int = 0) -> None:
        """Count a value; None and what is no number are left out."""
        if value is not None and math.isfinite(value):
            self._counts[kind][max(0, bisect_right(self._edges, value) - 1)] += 1

    def plot(self) -> Plot | None:
        """Draw it; None where nothing was counted."""
        used = sorted(set().union(*self._counts))
        if not used:
            return None
        is_share = self._edges == SCORES
        ranges = range(len(self._edges)) if is_share else range(used[0], used[-1] + 1)
        top = max(sum(counts[at] for counts in self._counts) for at in ranges)
        step = (_RIGHT - _LEFT) / len(ranges)
        bars = []
        for column, at in enumerate(ranges):
            y: float = _BOTTOM
            for kind, counts in enumerate(self._counts):
                if counts[at]:
                    height = max(1.0, (_BOTTOM - _TOP) * counts[at] / top)
                    y -= height
                    of_kind = f", {self._kinds[kind]}" if self._kinds[kind] else ""
                    text = f"{self._range(at)}{of_kind}: {counts[at]:,}"
                    x, width = _LEFT + column * step, step - min(2.0, step / 4)
                    bars.append(Bar(x=x, y=y, width=width, height=height, kind=kind, text=text))
        total = sum(counts.total() for counts in self._counts)
        most = max(ranges, key=lambda at: sum(counts[at] for counts in self._counts))
        return Plot(
            title=self.title,
            unit=self.unit,
            kinds=[kind for kind in self._kinds if kind],
            total=total,
            top=top,
            bars=bars,
            ticks=_share_ticks() if is_share else self._ticks(ranges, step),
            rows=[(self._range(at), [counts[at] for counts in self._counts]) for at in ranges],
            text=f"{total:,} {self.unit}; most, {top:,}, at {self._range(most)}.",
        )

    def _range(self, at: int) -> str:
        low = self._edges[at]
        if self._edges == SCORES:
            return f"{low:.2f} to {low + 0.05:.2f}"
        if at + 1 == len(self._edges):
            return f"{low:,} and more"
        high = self._edges[at + 1] - 1
        return f"{low:,}" if high <= low else f"{low:,} to {high:,}"

    def _ticks(self, ranges: range, step: float) -> list[tuple[float, str, str]]:
        """Name the beginnings of ranges, so many that they stand clear of each other."""
        every = max(1, math.ceil(len(ranges) * 30 / (_RIGHT - _LEFT)))
        return [
            (_LEFT + column * step, _short(self._edges[at]), "start")
            for column, at in enumerate(ranges)
            if column % every == 0
        ]


def _share_ticks() -> list[tuple[float, str, str]]:
    width = _RIGHT - _LEFT
    return [(_LEFT, "0", "start"), (_LEFT + width / 2, "0.5", "middle"), (_RIGHT, "1", "end")]


def _short(value: float) -> str:
    for size, name in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value / size:g}{name}"
    return f"{value:g}"
