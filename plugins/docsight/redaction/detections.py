"""What is to be removed from a text: spans with a type, a score and what found them."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from docsight.redaction.folded_words import FoldedWord, is_hyphenated
from docsight.redaction.redaction_options import SELECTABLE_TYPES

# Between two parts of one person's name.
_NAME_GAP = re.compile(r"[ \t\u00a0.]{0,2}")


@dataclass(frozen=True, kw_only=True)
class Detection:
    """A span to remove.

    Args:
        start: In characters of the text.
        end: In characters of the text.
        type: PERSON, EMAIL and so on.
        recognizer: What found it.
        score: From 0 to 1.
    """

    start: int
    end: int
    type: str
    recognizer: str
    score: float

    @property
    def is_name(self) -> bool:
        return self.type in SELECTABLE_TYPES

    def moved(self, offset: int) -> "Detection":
        return replace(self, start=self.start + offset, end=self.end + offset)


def merge_detections(detections: Iterable[Detection], text: str) -> list[Detection]:
    """Merge overlapping detections, and parts of one person's name, so that everything found is covered once.

    The merged detection has the type, recognizer and score of the most certain one. An id that contains a name stays
    an id.
    """
    merged: list[Detection] = []
    for found in sorted(detections, key=lambda each: (each.start, -each.end)):
        if merged and _belong_together(merged[-1], found, text):
            best = max(merged[-1], found, key=lambda each: (not each.is_name, each.score, each.end - each.start))
            merged[-1] = replace(best, start=merged[-1].start, end=max(merged[-1].end, found.end))
        else:
            merged.append(found)
    return merged


def _belong_together(first: Detection, second: Detection, text: str) -> bool:
    if second.start < first.end:
        return True
    is_person = first.type == second.type == "PERSON"
    return is_person and _NAME_GAP.fullmatch(text, first.end, second.start) is not None


def split_at(detections: Iterable[Detection], boundaries: Iterable[int], text: str) -> Iterator[Detection]:
    """Yield detections in pieces that cross none of the boundaries; pieces have letters or digits, and are trimmed."""
    edges = sorted(set(boundaries))
    for found in detections:
        inside = edges[bisect_right(edges, found.start) : bisect_left(edges, found.end)]
        if not inside:
            yield found
            continue
        for start, end in pairwise([found.start, *inside, found.end]):
            piece = trimmed(replace(found, start=start, end=end), text)
            if piece is not None and any(map(str.isalnum, text[piece.start : piece.end])):
                yield piece


def trimmed(detection: Detection, text: str) -> Detection | None:
    """Return a detection without white space at its ends; None if nothing is left."""
    inside = text[detection.start : detection.end]
    start = detection.start + len(inside) - len(inside.lstrip())
    end = start + len(inside.strip())
    return replace(detection, start=start, end=end) if end > start else None


def completed(detection: Detection, words: Sequence[FoldedWord], text: str) -> Detection:
    """Return a person's name with the other half of its last word, if that is hyphenated at the end of a line."""
    after = bisect_left(words, detection.end, key=lambda word: word.start)
    if detection.type != "PERSON" or not 0 < after < len(words):
        return detection
    is_cut = is_hyphenated(words[after - 1], words[after], text)
    return replace(detection, end=words[after].end) if is_cut else detection
