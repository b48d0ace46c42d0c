"""Histograms that are counted from a stream of documents and drawn as SVG bars."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from docsight.wording import count_of

PLOT_WIDTH, PLOT_HEIGHT = 360, 148  # SVG units
_LEFT, _RIGHT, _TOP, _BOTTOM = 2, 358, 20, 122
_TICK_WIDTH = 30

WORD_BINS = (0, *(step * 10**power for power in range(8) for step in (1, 2, 5)))  # 0, 1, 2, 5, 10, … 50 million
SCORE_BINS = tuple(step / 20 for step in range(20))


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar with its tooltip; `series` is the index of what it counts."""

    x: float
    y: float
    width: float
    height: float
    series: int
    tooltip: str


class Histogram:
    """Counts values by bin and by series; the plot is defined once a value has been counted.

    Args:
        title: The title of the plot.
        noun: What is counted, in the singular.
        plural: The plural of the noun.
        edges: The lower edge of each bin, ascending. Smaller values count for the first bin.
        series: The names of the series, from the bottom of a bar to its top; empty if there is only one.
    """

    def __init__(self, title: str, noun: str, plural: str, edges: Sequence[float], series: Sequence[str] = ()) -> None:
        self.title = title
        self.plural = plural
        self.series = series
        self._noun = noun
        self._edges = edges
        self._counts: list[Counter[int]] = [Counter() for _ in series or [noun]]

    def add(self, value: float | None, series: int = 0) -> None:
        """Count a value; None and values that are not finite are ignored."""
        if value is not None and math.isfinite(value):
            self._counts[series][max(0, bisect_right(self._edges, value) - 1)] += 1

    def __bool__(self) -> bool:
        return any(self._counts)

    @property
    def total(self) -> str:
        return count_of(sum(counts.total() for counts in self._counts), self._noun, self.plural)

    @property
    def top(self) -> int:
        """The height of the highest bar, of all series together."""
        return max(map(self._count, self._bins))

    @property
    def description(self) -> str:
        peak = max(self._bins, key=self._count)
        return f"{self.total}; the highest bar is {self._range(peak)} with {self.top:,}."

    def rows(self) -> list[tuple[str, list[int]]]:
        """Return the range of each bin and its counts by series."""
        return [(self._range(index), [counts[index] for counts in self._counts]) for index in self._bins]

    def bars(self) -> list[Bar]:
        """Draw the bars."""
        step = (_RIGHT - _LEFT) / len(self._bins)
        width = step - min(2.0, step / 4)
        bars = []
        for column, index in enumerate(self._bins):
            y: float = _BOTTOM
            for series, counts in enumerate(self._counts):
                if counts[index]:
                    height = max(1.0, (_BOTTOM - _TOP) * counts[index] / self.top)
                    y -= height
                    of_series = f", {self.series[series]}" if self.series else ""
                    tooltip = f"{self._range(index)}{of_series}: {counts[index]:,}"
                    x = _LEFT + column * step
                    bars.append(Bar(x=x, y=y, width=width, height=height, series=series, tooltip=tooltip))
        return bars

    def ticks(self) -> list[tuple[float, str, str]]:
        """Return x, label and anchor of each tick: the lower edges of bins, as many as do not overlap."""
        if self._has_scores:
            return [(_LEFT, "0", "start"), ((_LEFT + _RIGHT) / 2, "0.5", "middle"), (_RIGHT, "1", "end")]
        step = (_RIGHT - _LEFT) / len(self._bins)
        every = math.ceil(_TICK_WIDTH / step)
        return [
            (_LEFT + column * step, _abbreviated(self._edges[self._bins[column]]), "start")
            for column in range(0, len(self._bins), every)
        ]

    @property
    def _has_scores(self) -> bool:
        return self._edges == SCORE_BINS

    @property
    def _bins(self) -> range:
        """The indices of all bins of scores; otherwise from the first bin with a value to the last."""
        used = set[int]().union(*self._counts)
        return range(len(self._edges)) if self._has_scores else range(min(used), max(used) + 1)

    def _count(self, index: int) -> int:
        return sum(counts[index] for counts in self._counts)

    def _range(self, index: int) -> str:
        low = self._edges[index]
        if self._has_scores:
            return f"{low:.2f} to {low + 0.05:.2f}"
        if index + 1 == len(self._edges):
            return f"{low:,} and more"
        high = self._edges[index + 1] - 1
        return f"{low:,}" if high <= low else f"{low:,} to {high:,}"


def _abbreviated(value: float) -> str:
    for size, name in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value / size:g}{name}"
    return f"{value:g}"
