"""Histograms that are counted from a stream of documents and drawn as SVG bars."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from docsight.documents.report.display import count_of

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


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A drawn histogram: bars, ticks below them, and the same numbers as the rows of a table."""

    title: str
    plural: str
    series: list[str]
    total: str
    top: int
    bars: list[Bar]
    ticks: list[tuple[float, str, str]]
    rows: list[tuple[str, list[int]]]
    description: str


class Histogram:
    """Counts values by bin and by series.

    Args:
        title: The title of the plot.
        noun: What is counted, in the singular.
        edges: The lower edge of each bin, ascending. Smaller values count for the first bin.
        series: The names of the series, from the bottom of a bar to its top.
        plural: The plural of the noun if it does not just end in s.
    """

    def __init__(
        self,
        title: str,
        noun: str,
        edges: Sequence[float],
        series: Sequence[str] = ("",),
        *,
        plural: str | None = None,
    ) -> None:
        self._title = title
        self._noun = noun
        self._plural = plural or noun + "s"
        self._edges = edges
        self._series = series
        self._counts: list[Counter[int]] = [Counter() for _ in series]

    def add(self, value: float | None, series: int = 0) -> None:
        """Count a value; None and values that are not finite are ignored."""
        if value is not None and math.isfinite(value):
            self._counts[series][max(0, bisect_right(self._edges, value) - 1)] += 1

    def plot(self) -> Plot | None:
        """Draw the histogram; None if nothing was counted."""
        used = sorted(set().union(*self._counts))
        if not used:
            return None
        bins = range(len(self._edges)) if self._has_scores else range(used[0], used[-1] + 1)
        peak = max(bins, key=self._total)
        total = count_of(sum(counts.total() for counts in self._counts), self._noun, self._plural)
        return Plot(
            title=self._title,
            plural=self._plural,
            series=[name for name in self._series if name],
            total=total,
            top=self._total(peak),
            bars=self._bars(bins, self._total(peak)),
            ticks=_score_ticks() if self._has_scores else self._ticks(bins),
            rows=[(self._range(index), [counts[index] for counts in self._counts]) for index in bins],
            description=f"{total}; the highest bar is {self._range(peak)} with {self._total(peak):,}.",
        )

    @property
    def _has_scores(self) -> bool:
        return self._edges == SCORE_BINS

    def _total(self, index: int) -> int:
        return sum(counts[index] for counts in self._counts)

    def _bars(self, bins: range, top: int) -> list[Bar]:
        step = (_RIGHT - _LEFT) / len(bins)
        width = step - min(2.0, step / 4)
        bars = []
        for column, index in enumerate(bins):
            y: float = _BOTTOM
            for series, counts in enumerate(self._counts):
                if counts[index]:
                    height = max(1.0, (_BOTTOM - _TOP) * counts[index] / top)
                    y -= height
                    of_series = f", {self._series[series]}" if self._series[series] else ""
                    tooltip = f"{self._range(index)}{of_series}: {counts[index]:,}"
                    x = _LEFT + column * step
                    bars.append(Bar(x=x, y=y, width=width, height=height, series=series, tooltip=tooltip))
        return bars

    def _range(self, index: int) -> str:
        low = self._edges[index]
        if self._has_scores:
            return f"{low:.2f} to {low + 0.05:.2f}"
        if index + 1 == len(self._edges):
            return f"{low:,} and more"
        high = self._edges[index + 1] - 1
        return f"{low:,}" if high <= low else f"{low:,} to {high:,}"

    def _ticks(self, bins: range) -> list[tuple[float, str, str]]:
        """Label the lower edges of bins, as many as do not overlap."""
        step = (_RIGHT - _LEFT) / len(bins)
        every = max(1, math.ceil(len(bins) * _TICK_WIDTH / (_RIGHT - _LEFT)))
        return [
            (_LEFT + column * step, _abbreviated(self._edges[index]), "start")
            for column, index in enumerate(bins)
            if column % every == 0
        ]


def _score_ticks() -> list[tuple[float, str, str]]:
    return [(_LEFT, "0", "start"), ((_LEFT + _RIGHT) / 2, "0.5", "middle"), (_RIGHT, "1", "end")]


def _abbreviated(value: float) -> str:
    for size, name in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value / size:g}{name}"
    return f"{value:g}"
