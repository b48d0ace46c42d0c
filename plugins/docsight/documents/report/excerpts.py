"""What the report shows of a text: a stretch of it, with entities, corrections, pictures and pages in their places."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

MAX_CHARS = 6_000
MAX_BYTES = 18_000  # in the page, with all marks
MAX_PICTURES = 40

_MARK_BYTES, _BIT_BYTES, _BLOCK_BYTES = 140, 120, 90  # what the page needs around each
_MAX_SUGGESTION = 80

Row = dict[str, Any]

# What a browser would not show, or drop: controls but for tab and line ends, and halves of surrogate pairs.
_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r\f"} | {0x7F: 0x2421}
_SURROGATES = re.compile("[\ud800-\udfff]")
# In a name these could make one look like another.
_TURNS = re.compile("[\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Bit:
    """Some text of one kind: "" as it is, "fixed" or "flagged" with a suggestion, "picture" with its id instead."""

    text: str
    kind: str = ""
    suggestion: str = ""
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Bits that are an entity together, or none where there is no label."""

    bits: list[Bit]
    label: str | None = None
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """The marks of a passage, and where that stands in its file; `is_read` if it was read from a picture."""

    marks: list[Mark]
    where: str = ""
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of a text, in characters, and how many entities and corrections it shows."""

    start: int = 0
    end: int = 0
    entities: int = 0
    corrections: int = 0
    blocks: list[Block] = field(default_factory=list)


def excerpt(record: Row) -> Excerpt:
    """Choose a stretch of a document's text that fits into the page, and mark what is in it."""
    text = record["text"]
    entities: list[Row] = record.get("entities", [])
    corrections = _in_order(record.get("corrections", []))
    start, end = _stretch(text, entities, corrections)
    while True:
        shown = _excerpt(record, entities, corrections, start, end)
        size = sum(_size(block) for block in shown.blocks)
        if size <= MAX_BYTES or end - start <= 1:
            return shown
        end = _clear(start, start + max(1, int((end - start) * 0.9 * MAX_BYTES / size)), entities, corrections)


def visible(text: str) -> str:
    """Show what a browser would drop: control characters as their pictures, half surrogates as their code."""
    text = text.translate(_CONTROLS)
    return _SURROGATES.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def visible_name(text: str, most: int = 300) -> str:
    """Make a name of a file or a label fit for one line: no marks that turn it round, its middle left out if long."""
    text = _TURNS.sub(lambda match: f"\\u{ord(match[0]):04x}", visible(text[: 4 * most]))
    text = text.translate({9: " ", 10: "␊", 12: " ", 13: "␍"})
    return text if len(text) <= most else f"{text[: most * 2 // 3]} … {text[-most // 4 :]}"


def _in_order(corrections: list[Row]) -> list[Row]:
    """Sort corrections by place; of those that overlap the first stays."""
    kept: list[Row] = []
    for row in sorted(corrections, key=lambda row: row["start"]):
        if not kept or row["start"] >= kept[-1]["end"]:
            kept.append(row)
    return kept


def _stretch(text: str, entities: list[Row], corrections: list[Row]) -> tuple[int, int]:
    """Choose what to show of a text: its beginning, or from the first thing to see on if that comes later."""
    if len(text) <= MAX_CHARS:
        return 0, len(text)
    start = 0
    first = min((rows[0] for rows in (entities, corrections) if rows), key=lambda row: row["start"], default=None)
    if first is not None and first["end"] > MAX_CHARS:
        start = max(0, text.rfind(" ", 0, first["start"] - MAX_CHARS // 10) + 1)
        start = max(start, first["start"] - MAX_CHARS // 2)
    end = min(len(text), start + MAX_CHARS)
    space = text.rfind(" ", start + MAX_CHARS // 2, end)
    if space >= 0 and end < len(text):
        end = space
    return start, _clear(start, end, entities, corrections)


def _clear(start: int, end: int, entities: list[Row], corrections: list[Row]) -> int:
    """End before what runs over the end: it would be shown without its mark."""
    for _ in range(2):  # ending before a correction may cut an entity
        for rows in (entities, corrections):
            end = next((row["start"] for row in rows if start < row["start"] < end < row["end"]), end)
    return end


def _excerpt(record: Row, entities: list[Row], corrections: list[Row], start: int, end: int) -> Excerpt:
    named = [row for row in entities if start <= row["start"] and row["end"] <= end]
    spelt = [row for row in corrections if start <= row["start"] and row["end"] <= end]
    pictures = [
        image for image in record.get("images", []) if image.get("start") is not None and start <= image["start"] < end
    ]
    pictures = sorted(pictures[:MAX_PICTURES], key=lambda image: image["start"])
    inlay = _Inlay(record["text"], spelt, pictures)
    passages = [one for one in _joined(record.get("passages", [])) if one["start"] < end and one["end"] > start]
    blocks = []
    for left, right, passage in _rooms(start, end, passages, named):
        marks = list(_marks(inlay, left, right, named))
        if passages:
            marks = _trimmed(marks)
        if marks:
            where, is_read = _where(passage, record.get("format", "")) if passage is not None else ("", False)
            blocks.append(Block(marks, where, is_read))
    return Excerpt(start, end, len(named), len(spelt), blocks)


def _joined(passages: list[Row]) -> list[Row]:
    """Join neighbours of one page and one origin; the confidence is the mean over their characters."""
    joined: list[Row] = []
    for one in passages:
        last = joined[-1] if joined else None
        same = last is not None and all(one.get(key) == last.get(key) for key in ("page", "read_from"))
        if last is None or not same:
            joined.append(dict(one))
            continue
        if (sure := one.get("confidence")) is not None and last.get("confidence") is not None:
            size, more = last["end"] - last["start"], one["end"] - one["start"]
            last["confidence"] = (size * last["confidence"] + more * sure) / max(1, size + more)
        last["end"] = max(last["end"], one["end"])
    return joined


def _rooms(start: int, end: int, passages: list[Row], entities: list[Row]) -> Iterator[tuple[int, int, Row | None]]:
    """Divide the stretch into passages and what lies between them; none ends within an entity."""
    at = start
    for passage in passages:
        for edge, inside in ((min(passage["start"], end), None), (min(passage["end"], end), passage)):
            edge = next((row["end"] for row in entities if row["start"] < edge < row["end"]), edge)
            if edge > at:
                yield at, edge, inside
                at = edge
    if at < end:
        yield at, end, None


def _where(passage: Row, form: str) -> tuple[str, bool]:
    """Tell where a passage stands, and whether it was read from a picture."""
    is_read = passage.get("read_from") == "picture"
    unit = "slide" if form == "pptx" else "page"
    told = [f"{unit} {passage['page']:,}"] if passage.get("page") is not None else []
    told += ["read from a picture"] if is_read else []
    told += [f"{passage['confidence']:.2f}"] if passage.get("confidence") is not None else []
    return ", ".join(told), is_read


def _marks(inlay: "_Inlay", start: int, end: int, entities: list[Row]) -> Iterator[Mark]:
    at = start
    first = bisect_left(entities, start, key=lambda row: row["start"])
    for row in entities[first:]:
        if row["end"] > end:
            break
        if row["start"] < at:
            continue  # of entities that overlap the first is shown
        if row["start"] > at:
            yield Mark(list(inlay.bits(at, row["start"])))
        score = "" if row.get("score") is None else f", probability {row['score']:.2f}"
        yield Mark(list(inlay.bits(row["start"], row["end"])), row["label"], row["label"] + score)
        at = row["end"]
    if at < end:
        yield Mark(list(inlay.bits(at, end)))


class _Inlay:
    """The text with its corrections and pictures, cut where it is asked for."""

    def __init__(self, text: str, corrections: Sequence[Row], pictures: Sequence[Row]) -> None:
        self._text = text
        self._corrections = corrections
        self._pictures = pictures

    def bits(self, start: int, end: int) -> Iterator[Bit]:
        """Give the bits of a stretch; a correction that goes on behind it gets its suggestion there."""
        first = bisect_left(self._corrections, start, key=lambda row: row["end"])
        at = start
        for row in self._corrections[first:]:
            if row["start"] >= end:
                break
            if row["end"] <= start and row["start"] < row["end"]:
                continue
            yield from self._plain(at, max(at, row["start"]))
            left, at = max(start, row["start"]), min(end, row["end"])
            suggestion = visible(row["suggestion"][:_MAX_SUGGESTION]) if row["end"] <= end else ""
            kind = "fixed" if row["applied"] else "flagged"
            yield Bit(visible(self._text[left:at]), kind, suggestion, _reason(row))
        yield from self._plain(at, end)

    def _plain(self, start: int, end: int) -> Iterator[Bit]:
        for image in self._pictures:
            if start <= image["start"] < end:
                if image["start"] > start:
                    yield Bit(visible(self._text[start : image["start"]]))
                yield Bit("", "picture", image["id"], picture_label(image))
                start = image["start"]
        if start < end:
            yield Bit(visible(self._text[start:end]))


def picture_label(image: Row) -> str:
    """Tell in a few words what the components made of a picture."""
    told = []
    for cat in image.get("cats", {}).values():
        score = f" {cat['score']:.2f}" if cat.get("label") is not None and cat.get("score") is not None else ""
        told.append("unreadable" if "error" in cat else f"{cat['label'] or 'not sure'}"[:60] + score)
    return ", ".join(told[:3])


def _reason(row: Row) -> str:
    reason = str(row.get("reason", "")).replace("_", " ")
    score = f"probability {row['score']:.2f}" if row.get("score") is not None else ""
    verdict = "corrected" if row["applied"] else "flagged, not corrected"
    others = ", ".join(text for text, _ in row.get("suggestions", [])[1:4])
    return "; ".join(part for part in (verdict, reason, score, others and f"or {others[:200]}") if part)


def _trimmed(marks: list[Mark]) -> list[Mark]:
    """Take the line ends off the edges of a block, which is a line of its own; an empty one is none."""
    if not any(bit.text.strip() or bit.kind for mark in marks for bit in mark.bits):
        return []
    first, last = marks[0], marks[-1]
    if first.bits and not first.bits[0].kind:
        first.bits[0] = Bit(first.bits[0].text.lstrip("\r\n"))
    if last.bits and not last.bits[-1].kind:
        last.bits[-1] = Bit(last.bits[-1].text.rstrip())
    return marks


def _size(block: Block) -> int:
    """Estimate the bytes that a block takes in the page."""
    size = _BLOCK_BYTES + len(block.where)
    for mark in block.marks:
        size += _MARK_BYTES + 2 * len(mark.tooltip) if mark.label is not None else 0
        for bit in mark.bits:
            size += len(escape(bit.text).encode())
            if bit.kind:
                size += _BIT_BYTES + len(escape(bit.suggestion + bit.tooltip).encode())
    return size
