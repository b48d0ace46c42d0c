"""The rows of `doc._.corrections`: the corrected text, the map of its offsets, and scores against gold rows."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from spacy.scorer import PRFScore

from docsight.errors import DataError

CONTEXT_REASON, UNKNOWN_WORD = REASONS = ("context", "unknown_word")  # of `rnn_speller`

CorrectionRow = Mapping[str, Any]
Row = TypeVar("Row", bound=CorrectionRow)


class OffsetMap:
    """Maps character offsets between a text and its corrected form.

    Outside corrected words, the two directions are inverses. An offset inside a corrected word maps to the start of
    the word, or as the end of a span (`end=True`) to its end. So a span, mapped by its start and its end, covers whole
    corrected words.

    Args:
        applied: The applied rows, from `applied_rows`.
        size: The number of characters of the original.
    """

    def __init__(self, applied: Sequence[CorrectionRow], size: int) -> None:
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
        """Return the offset in the corrected text of an offset in the original.

        Args:
            offset: A character offset.
            end: Whether it is the end of a span.

        Raises:
            IndexError: The offset lies outside the text.
        """
        return _translate(offset, self.original_size, self._original, self._corrected, end=end)

    def to_original(self, offset: int, *, end: bool = False) -> int:
        """Return the offset in the original of an offset in the corrected text, as `to_corrected`."""
        return _translate(offset, self.corrected_size, self._corrected, self._original, end=end)


def applied_rows(rows: Sequence[CorrectionRow], size: int) -> list[CorrectionRow]:
    """Return the applied rows of any component, in the order of a text of `size` characters.

    Raises:
        DataError: A row lacks a key, is outside the text, or overlaps another one.
    """
    for row in rows:
        if not isinstance(row, Mapping) or not {"start", "end", "suggestion", "applied"} <= row.keys():
            raise DataError(
                f"doc._.corrections: expected dicts with start, end, suggestion and applied; found {str(row)[:80]}."
            )
    applied = sorted((row for row in rows if row["applied"]), key=lambda row: (row["start"], row["end"]))
    last = 0
    for row in applied:
        if not last <= row["start"] <= row["end"] <= size:
            raise DataError(
                "doc._.corrections: expected applied corrections to be inside the text and not to overlap; "
                f"found {row['start']} to {row['end']} in {size} characters, after one that ends at {last}."
            )
        last = row["end"]
    return applied


def correct_text(text: str, applied: Sequence[CorrectionRow]) -> str:
    pieces, last = [], 0
    for row in applied:
        pieces += [text[last : row["start"]], row["suggestion"]]
        last = row["end"]
    return "".join([*pieces, text[last:]])


def suggestion_dicts(suggestions: Iterable[Any]) -> list[dict[str, Any]]:
    """Return suggestions as dicts with `text` and `probability`; docsight 0.1.0 wrote pairs."""
    return [
        dict(each) if isinstance(each, Mapping) else {"text": each[0], "probability": each[1]} for each in suggestions
    ]


def rows_within(rows: Sequence[Row], start: int, end: int) -> Sequence[Row]:
    """Return the rows that overlap a span of the text; `rows` must be in its order and not overlap."""
    first = bisect_left(rows, start, key=lambda row: row["start"])
    if first and rows[first - 1]["end"] > start:
        first -= 1
    return rows[first : bisect_left(rows, end, key=lambda row: row["start"])]


def score_corrections(
    pairs: Iterable[tuple[Sequence[CorrectionRow], Sequence[CorrectionRow] | None]],
) -> dict[str, float | None]:
    """Score applied corrections against gold ones, over all texts together.

    A detection is right if a gold correction has the same start and end; a correction, if it also has the same
    suggestion. F0.5 weights precision more than recall.

    Args:
        pairs: For each text, the predicted rows and the gold rows. All gold rows count, except those that are not
            applied. Texts whose gold is None are ignored.

    Returns:
        `corrections_p`, `_r`, `_f05` and `detections_p`, `_r`, `_f05`; None each if no text has gold rows.
    """
    counts = {"corrections": PRFScore(), "detections": PRFScore()}
    with_gold = [(rows, gold) for rows, gold in pairs if gold is not None]
    for rows, gold in with_gold:
        predicted = {(row["start"], row["end"], row["suggestion"]) for row in rows if row["applied"]}
        expected = {(row["start"], row["end"], row["suggestion"]) for row in gold if row.get("applied", True)}
        counts["corrections"].score_set(predicted, expected)
        counts["detections"].score_set({row[:2] for row in predicted}, {row[:2] for row in expected})
    scores: dict[str, float | None] = {}
    for name, count in counts.items():
        # F0.5 = 1.25 P R / (0.25 P + R), in counts.
        scores[f"{name}_p"] = _fraction(count.tp, count.fp) if with_gold else None
        scores[f"{name}_r"] = _fraction(count.tp, count.fn) if with_gold else None
        scores[f"{name}_f05"] = _fraction(1.25 * count.tp, count.fp + 0.25 * count.fn) if with_gold else None
    return scores


def _fraction(right: float, wrong: float) -> float:
    """Return the fraction that is right; 1 if there is nothing to count, where `PRFScore` has 0."""
    return right / (right + wrong) if right + wrong else 1.0


def _translate(
    offset: int, size: int, here: tuple[list[int], list[int]], there: tuple[list[int], list[int]], *, end: bool
) -> int:
    """Translate an offset from one text to the other, by the (starts, ends) of the corrected words in both."""
    if not 0 <= offset <= size:
        raise IndexError(f"expected an offset from 0 to {size}; found {offset}.")
    if end:
        at = bisect_left(here[1], offset)  # the first corrected word that ends there or later
        if at < len(here[0]):
            return there[1][at] if offset > here[0][at] else offset - here[0][at] + there[0][at]
        return offset - here[1][-1] + there[1][-1] if at else offset
    at = bisect_right(here[0], offset) - 1  # the last corrected word that starts there or before
    if at < 0:
        return offset
    return there[0][at] if offset < here[1][at] else offset - here[1][at] + there[1][at]
