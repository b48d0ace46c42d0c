"""The parts of the reports of `docsight-train check`."""

from collections.abc import Iterator, Sequence

from docsight_training.data.doubt import Doubt

_MAX_BAR = 40  # characters


def table_lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a table: the first column is aligned to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        numbers = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield "  ".join([row[0].ljust(widths[0]), *numbers])


def histogram_lines(limits: Sequence[int], counts: Sequence[int]) -> Iterator[str]:
    """Yield a histogram; `limits` are the upper limits of the bins, and one more bin is for what is above them."""
    names = [f"{low + 1}-{high}" for low, high in zip((0, *limits), limits, strict=False)]
    for name, count in zip([*names, f"over {limits[-1]}"], counts, strict=True):
        bar = "#" * -(-count * _MAX_BAR // max(1, *counts))
        yield f"{name:>8}  {count:>9,}  {bar}".rstrip()


def doubt_lines(title: str, listed: Sequence[Doubt], *, limit: int | None) -> Iterator[str]:
    """Yield a title with the number of doubts, and at most `limit` of them; nothing if there are none."""
    if not listed:
        return
    yield f"{title}: {len(listed):,}"
    yield from (f"  {doubt.place}: {doubt.detail}" for doubt in listed[:limit])
    if limit is not None and len(listed) > limit:
        yield f"  and {len(listed) - limit:,} more"


def conclusion_lines(doubts: Sequence[str]) -> Iterator[str]:
    """Yield the lines about doubts below their heading, or that there are none."""
    yield ""
    yield "To look at:" if doubts else "Nothing looks like a mistake."
    yield from doubts
