"""The excerpt of a text that the report shows, in sections that follow the document's passages."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docsight.documents.report.segments import MarkedText, Segment, html_size, strip_line_ends

MAX_EXCERPT_CHARS = 6_000
MAX_EXCERPT_BYTES = 18_000  # of HTML
MAX_EXCERPT_IMAGES = 40

_SECTION_BYTES = 90  # of HTML around a section

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Section:
    """The segments of a passage, and where it is in its file; `is_ocr` if it was read from an image."""

    segments: list[Segment]
    where: str = ""
    is_ocr: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A range of a text, in characters, and the number of entities and corrections in it."""

    start: int = 0
    end: int = 0
    entities: int = 0
    corrections: int = 0
    sections: list[Section] = field(default_factory=list)


def excerpt(record: dict[str, Any]) -> Excerpt:
    """Choose a range of a document's text that fits into the page, and mark its annotations."""
    text = record["text"]
    entities: Rows = record["entities"]
    corrections = _without_overlaps(record["corrections"])
    start, end = _range(text, entities, corrections)
    while True:
        shown = _excerpt(record, entities, corrections, start, end)
        size = sum(_SECTION_BYTES + len(section.where) + html_size(section.segments) for section in shown.sections)
        if size <= MAX_EXCERPT_BYTES or end - start <= 1:
            return shown
        max_chars = max(1, int((end - start) * 0.9 * MAX_EXCERPT_BYTES / size))
        end = _before_annotation(start, start + max_chars, entities, corrections)


def _without_overlaps(corrections: Rows) -> Rows:
    """Sort corrections by their starts, and keep the first of those that overlap."""
    kept: Rows = []
    for row in sorted(corrections, key=lambda row: row["start"]):
        if not kept or row["start"] >= kept[-1]["end"]:
            kept.append(row)
    return kept


def _range(text: str, entities: Rows, corrections: Rows) -> tuple[int, int]:
    """Choose the beginning of a text, or a later range if the first annotation comes later."""
    if len(text) <= MAX_EXCERPT_CHARS:
        return 0, len(text)
    start = 0
    first = min((rows[0] for rows in (entities, corrections) if rows), key=lambda row: row["start"], default=None)
    if first is not None and first["end"] > MAX_EXCERPT_CHARS:
        start = max(0, text.rfind(" ", 0, first["start"] - MAX_EXCERPT_CHARS // 10) + 1)
        start = max(start, first["start"] - MAX_EXCERPT_CHARS // 2)
    end = min(len(text), start + MAX_EXCERPT_CHARS)
    space = text.rfind(" ", start + MAX_EXCERPT_CHARS // 2, end)
    if space >= 0 and end < len(text):
        end = space
    return start, _before_annotation(start, end, entities, corrections)


def _before_annotation(start: int, end: int, entities: Rows, corrections: Rows) -> int:
    """Move the end before an annotation that it would cut: a part of one cannot be marked."""
    for _ in range(2):  # the new end, before a correction, may cut an entity
        for rows in (entities, corrections):
            end = next((row["start"] for row in rows if start < row["start"] < end < row["end"]), end)
    return end


def _excerpt(record: dict[str, Any], entities: Rows, corrections: Rows, start: int, end: int) -> Excerpt:
    entities = [row for row in entities if start <= row["start"] and row["end"] <= end]
    corrections = [row for row in corrections if start <= row["start"] and row["end"] <= end]
    images = [image for image in record["images"] if image.get("start") is not None and start <= image["start"] < end]
    images = sorted(images[:MAX_EXCERPT_IMAGES], key=lambda image: image["start"])
    marked = MarkedText(record["text"], entities, corrections, images)
    passages = [row for row in _merge_passages(record["passages"]) if row["start"] < end and row["end"] > start]
    sections = []
    for left, right, passage in _split_by_passage(start, end, passages, entities):
        segments = list(marked.segments(left, right))
        if passages:
            segments = strip_line_ends(segments)
        if segments:
            where, is_ocr = _where(passage, record["format"]) if passage is not None else ("", False)
            sections.append(Section(segments, where, is_ocr))
    return Excerpt(start, end, len(entities), len(corrections), sections)


def _merge_passages(passages: Rows) -> Rows:
    """Merge neighbours of the same page and origin; the confidence is the mean over their characters."""
    merged: Rows = []
    for passage in passages:
        last = merged[-1] if merged else None
        if last is None or any(passage.get(key) != last.get(key) for key in ("page", "read_from")):
            merged.append(dict(passage))
            continue
        if (confidence := passage.get("confidence")) is not None and last.get("confidence") is not None:
            size, added = last["end"] - last["start"], passage["end"] - passage["start"]
            last["confidence"] = (size * last["confidence"] + added * confidence) / max(1, size + added)
        last["end"] = max(last["end"], passage["end"])
    return merged


def _split_by_passage(
    start: int, end: int, passages: Rows, entities: Rows
) -> Iterator[tuple[int, int, dict[str, Any] | None]]:
    """Split a range into passages and the gaps between them, without cutting an entity."""
    at = start
    for passage in passages:
        for edge, inside in ((min(passage["start"], end), None), (min(passage["end"], end), passage)):
            edge = next((row["end"] for row in entities if row["start"] < edge < row["end"]), edge)
            if edge > at:
                yield at, edge, inside
                at = edge
    if at < end:
        yield at, end, None


def _where(passage: dict[str, Any], file_format: str) -> tuple[str, bool]:
    is_ocr = passage.get("read_from") == "picture"
    parts = []
    if passage.get("page") is not None:
        parts.append(f"{'slide' if file_format == 'pptx' else 'page'} {passage['page']:,}")
    if is_ocr:
        parts.append("read from an image")
    if passage.get("confidence") is not None:
        parts.append(f"confidence {passage['confidence']:.2f}")
    return ", ".join(parts), is_ocr
