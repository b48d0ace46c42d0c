"""What the rows of `doc._.corrections` make of a text: the corrected text, and its offsets beside the original's."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from docsight.errors import DataError

Row = Mapping[str, Any]


class OffsetMap:
    """Character offsets of a text beside those of its corrected form.

    Outside of changed words the two are each other's inverse. An offset inside a changed word goes to where the
    word starts; as the end of a span (`end=True`) it goes to where the word ends. So the counterpart of a span, start
    by start and end by end, holds whole changed words.

    Args:
        applied: The rows that are applied, from `applied_rows`.
        size: Number of characters of the original.
    """

    def __init__(self, applied: Sequence[Row], size: int) -> None:
        self._original: tuple[list[int], list[int]] = [row["start"] for row in applied], [row["end"] for row in applied]
        self._corrected: tuple[list[int], list[int]] = [], []
        starts, ends = self._corrected
        shift = 0
        for row in applied:
            starts.append(row["start"] + shift)
            ends.append(starts[-1] + len(row["suggestion"]))
            shift = ends[-1] - row["end"]
        self.original_size, self.corrected_size = size, size + shift

    def to_corrected(self, offset: int, *, end: bool = False) -> int:
        """Return the counterpart of an offset of the original.

        Raises:
            IndexError: The offset lies outside the text.
        """
        return _translate(offset, self.original_size, self._original, self._corrected, end=end)

    def to_original(self, offset: int, *, end: bool = False) -> int:
        """Return the counterpart of an offset of the corrected text.

        Raises:
            IndexError: The offset lies outside the corrected text.
        """
        return _translate(offset, self.corrected_size, self._corrected, self._original, end=end)


def applied_rows(rows: Sequence[Row], size: int) -> list[Row]:
    """Return the rows that are applied, in the order of the text.

    Args:
        rows: The rows of `doc._.corrections`, by whomever they were written.
        size: Number of characters of the text.

    Raises:
        DataError: A row lacks what it takes to apply it, lies outside the text, or overlaps another.
    """
    for row in rows:
        if not isinstance(row, Mapping) or not {"start", "end", "suggestion", "applied"} <= row.keys():
            raise DataError(
                f"doc._.corrections: expected dicts with start, end, suggestion and applied; found {str(row)[:80]}."
            )
    found = sorted((row for row in rows if row["applied"]), key=lambda row: (row["start"], row["end"]))
    last = 0
    for row in found:
        if not last <= row["start"] <= row["end"] <= size:
            raise DataError(
                "doc._.corrections: expected applied corrections to lie in the text and not to overlap; "
                f"found {row['start']} to {row['end']} in {size} characters, behind one that ends at {last}."
            )
        last = row["end"]
    return found


def correct_text(text: str, applied: Sequence[Row]) -> str:
    """Put the rows of `applied_rows` into a text."""
    pieces, last = [], 0
    for row in applied:
        pieces += [text[last : row["start"]], row["suggestion"]]
        last = row["end"]
    return "".join([*pieces, text[last:]])


def rows_within(rows: Sequence[Row], start: int, end: int) -> Sequence[Row]:
    """Return the rows that share a character with a stretch of text; `rows` must be in its order, none overlapping."""
    first = bisect_left(rows, start, key=lambda row: row["start"])
    if first and rows[first - 1]["end"] > start:
        first -= 1
    return rows[first : bisect_left(rows, end, key=lambda row: row["start"])]


def score_corrections(pairs: Iterable[tuple[Sequence[Row], Sequence[Row] | None]]) -> dict[str, float | None]:
    """Score applied corrections against gold ones, over all texts together.

    A detection is right where a gold correction has the same start and end; a correction, where it has the same
    suggestion, too. F0.5 counts precision twice as much as recall.

    Args:
        pairs: For each text the rows found, and the gold ones: all of them, unless one says that it is not applied.
            A text whose gold is None is left out.

    Returns:
        `corrections_p`, `_r`, `_f05` and `detections_p`, `_r`, `_f05`; None each if there is no gold at all.
    """
    counts = {"corrections": [0, 0, 0], "detections": [0, 0, 0]}  # right, found, wanted
    is_scored = False
    for rows, gold in pairs:
        if gold is None:
            continue
        is_scored = True
        found = {(row["start"], row["end"], row["suggestion"]) for row in rows if row["applied"]}
        wanted = {(row["start"], row["end"], row["suggestion"]) for row in gold if row.get("applied", True)}
        for name, size in (("corrections", 3), ("detections", 2)):
            ours, theirs = {row[:size] for row in found}, {row[:size] for row in wanted}
            for at, number in enumerate((len(ours & theirs), len(ours), len(theirs))):
                counts[name][at] += number
    scores: dict[str, float | None] = {}
    for name, (right, found_all, wanted_all) in counts.items():
        # F0.5 = (1 + 0.25) P R / (0.25 P + R), in counts; of nothing found and nothing wanted, nothing is wrong.
        weighted = 0.25 * wanted_all + found_all
        scores[f"{name}_p"] = _share(right, found_all) if is_scored else None
        scores[f"{name}_r"] = _share(right, wanted_all) if is_scored else None
        scores[f"{name}_f05"] = _share(1.25 * right, weighted) if is_scored else None
    return scores


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def _translate(
    offset: int, size: int, here: tuple[list[int], list[int]], there: tuple[list[int], list[int]], *, end: bool
) -> int:
    """Translate an offset between two texts, of each of which the (starts, ends) of the changed words are given."""
    if not 0 <= offset <= size:
        raise IndexError(f"expected an offset from 0 to {size}; found {offset}.")
    if end:
        at = bisect_left(here[1], offset)  # the first changed word that ends there or behind
        if at < len(here[0]):
            return there[1][at] if offset > here[0][at] else offset - here[0][at] + there[0][at]
        return offset - here[1][-1] + there[1][-1] if at else offset
    at = bisect_right(here[0], offset) - 1  # the last changed word that starts there or before
    if at < 0:
        return offset
    return there[0][at] if offset < here[1][at] else offset - here[1][at] + there[1][at]
