"""A range of a text as segments for the page: entities, corrected and flagged words, and images in their places."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from docsight.corrections import suggestion_dicts
from docsight.documents.report.display import image_caption, visible_text

_MAX_SUGGESTION_CHARS = 80

# Bytes of HTML around the text.
_ENTITY_BYTES = 140
_FRAGMENT_BYTES = 120


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of plain text, a word with a suggestion, or an image, whose text is empty."""

    text: str
    kind: str = ""  # "fixed", "flagged" or "image"
    suggestion: str = ""
    image: str = ""  # its id
    tooltip: str = ""  # for an image, its caption


@dataclass(frozen=True, slots=True)
class Segment:
    """Consecutive fragments: one entity, or text without an entity if `label` is None."""

    fragments: list[Fragment]
    label: str | None = None
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text with its annotations in the order of their starts; corrections do not overlap."""

    text: str
    entities: Sequence[dict[str, Any]]
    corrections: Sequence[dict[str, Any]]
    images: Sequence[dict[str, Any]]

    def segments(self, start: int, end: int) -> Iterator[Segment]:
        """Yield the segments of a range; of overlapping entities, only the first."""
        at = start
        first = bisect_left(self.entities, start, key=lambda entity: entity["start"])
        for entity in self.entities[first:]:
            if entity["end"] > end:
                break
            if entity["start"] < at:
                continue
            if entity["start"] > at:
                yield Segment(list(self._fragments(at, entity["start"])))
            score = "" if entity.get("score") is None else f", probability {entity['score']:.2f}"
            fragments = list(self._fragments(entity["start"], entity["end"]))
            yield Segment(fragments, entity["label"], entity["label"] + score)
            at = entity["end"]
        if at < end:
            yield Segment(list(self._fragments(at, end)))

    def _fragments(self, start: int, end: int) -> Iterator[Fragment]:
        """Yield the fragments of a range; a word that continues after it gets its suggestion there."""
        first = bisect_left(self.corrections, start, key=lambda row: row["end"])
        at = start
        for row in self.corrections[first:]:
            if row["start"] >= end:
                break
            if row["end"] <= start and row["start"] < row["end"]:
                continue
            yield from self._without_corrections(at, max(at, row["start"]))
            left, at = max(start, row["start"]), min(end, row["end"])
            yield Fragment(
                text=visible_text(self.text[left:at]),
                kind="fixed" if row["applied"] else "flagged",
                suggestion=visible_text(row["suggestion"][:_MAX_SUGGESTION_CHARS]) if row["end"] <= end else "",
                tooltip=_correction_tooltip(row),
            )
        yield from self._without_corrections(at, end)

    def _without_corrections(self, start: int, end: int) -> Iterator[Fragment]:
        for image in self.images:
            if start <= image["start"] < end:
                if image["start"] > start:
                    yield Fragment(visible_text(self.text[start : image["start"]]))
                yield Fragment("", kind="image", image=image["id"], tooltip=image_caption(image))
                start = image["start"]
        if start < end:
            yield Fragment(visible_text(self.text[start:end]))


def strip_line_ends(segments: list[Segment]) -> list[Segment]:
    """Remove the line ends around a section, which starts on its own line; return nothing if it is blank."""
    if not any(fragment.text.strip() or fragment.kind for segment in segments for fragment in segment.fragments):
        return []
    first, last = segments[0].fragments, segments[-1].fragments
    if first and not first[0].kind:
        first[0] = Fragment(first[0].text.lstrip("\r\n"))
    if last and not last[-1].kind:
        last[-1] = Fragment(last[-1].text.rstrip())
    return segments


def html_size(segments: list[Segment]) -> int:
    """Estimate the bytes that segments take in the page."""
    size = 0
    for segment in segments:
        size += _ENTITY_BYTES + 2 * len(segment.tooltip) if segment.label is not None else 0
        for fragment in segment.fragments:
            size += len(escape(fragment.text).encode())
            if fragment.kind:
                attributes = fragment.suggestion + fragment.image + fragment.tooltip
                size += _FRAGMENT_BYTES + len(escape(attributes).encode())
    return size


def _correction_tooltip(row: dict[str, Any]) -> str:
    verdict = "corrected" if row["applied"] else "flagged, not corrected"
    reason = str(row.get("reason", "")).replace("_", " ")
    score = f"probability {row['score']:.2f}" if row.get("score") is not None else ""
    others = ", ".join(each["text"] for each in suggestion_dicts(row.get("suggestions", [])[1:4]))
    parts = (verdict, reason, score, row.get("because", ""), others and f"or {others[:200]}")
    return "; ".join(part for part in parts if part)
