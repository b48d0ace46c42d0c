"""PowerPoint: each slide as a page, with its shapes in reading order, the speaker notes and the comments."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from docsight.documents.formats.content import Box, ParsedDocument
from docsight.documents.formats.office.markup import MC, A, P, root_of
from docsight.documents.formats.office.open_xml import convert
from docsight.documents.formats.office.slide_order import reading_order
from docsight.documents.formats.office.slide_roles import (
    ShapeRoles,
    hidden_slides_note,
    inherited_styles,
    placeholder_type,
    roles_of,
)
from docsight.documents.formats.office.walker import Walker
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.builder import PARAGRAPH
from docsight.errors import MissingExtraError

_EMU_PER_POINT = 12_700

_SHAPE_TAGS = {f"{P}{name}" for name in ("sp", "pic", "graphicFrame", "cxnSp", "grpSp", "contentPart")}
_GROUP_TAG = f"{P}grpSp"
_MODERN_COMMENT = "{http://schemas.microsoft.com/office/powerpoint/2018/8/main}"
_Position = tuple[int, int]  # from the top and from the left, in EMU


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text and images of all slides as one document.

    Raises:
        DataError: It cannot be read as a presentation.
        MissingExtraError: A package is not installed.
    """
    try:
        from pptx import Presentation
    except ImportError as err:
        raise MissingExtraError("Reading PowerPoint presentations", "documents") from err

    walk = partial(_walk, max_pages=source.options.max_pages)
    yield convert(source, kind="PowerPoint presentation", load=Presentation, walk=walk)


def _walk(file: Any, walker: Walker, *, max_pages: int) -> None:
    count = len(file.slides)
    hidden: list[int] = []
    for number, slide in enumerate(file.slides, start=1):
        if number > max_pages:
            walker.notes.append(f"it has {count:,} slides: those after {max_pages:,} were left out (max_pages)")
            break
        walker.builder.interrupt(PARAGRAPH)
        walker.page, walker.bbox = number, None
        if slide._element.get("show") in ("0", "false"):
            hidden.append(number)
        _walk_slide(slide, walker)
    walker.notes += hidden_slides_note(hidden)


def _walk_slide(slide: Any, walker: Walker) -> None:
    # The library takes the position of a placeholder without one from the layout.
    positions = {shape.shape_id: (shape.top or 0, shape.left or 0) for shape in slide.placeholders}
    inherited = {shape.shape_id: inherited_styles(shape) for shape in slide.placeholders}
    _walk_shapes(slide.shapes.element, slide.part, walker, positions, inherited, is_top_level=True)
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
        walker.builder.interrupt(PARAGRAPH)
        walker.bbox, walker.role_of = None, ShapeRoles().role
        walker.walk(frame._txBody, slide.notes_slide.part, kind="speaker_note")
        walker.builder.interrupt(PARAGRAPH)
    _write_comments(slide.part, walker)


def _write_comments(part: Any, walker: Walker) -> None:
    """Write the comments on a slide: as text, or since 2021 as paragraphs, with their replies."""
    walker.bbox = None
    for relationship in part.rels.values():
        if not relationship.reltype.endswith("/comments") or relationship.is_external:
            continue
        for comment in _comments(root_of(relationship.target_part)):
            walker.builder.interrupt(PARAGRAPH)
            if comment.tag == f"{P}text":
                walker.write_paragraph(comment.text or "", "comment")
            else:
                walker.walk(comment, relationship.target_part, kind="comment")
            walker.builder.interrupt(PARAGRAPH)


def _comments(root: Any) -> Iterator[Any]:
    """Yield the texts of comments, each before those of its replies, which the file has first."""
    yield from root.iter(f"{P}text")
    for comment in root.iter(f"{_MODERN_COMMENT}cm"):
        yield from comment.iterfind(f"{_MODERN_COMMENT}txBody")
        yield from comment.iterfind(f"{_MODERN_COMMENT}replyLst/{_MODERN_COMMENT}reply/{_MODERN_COMMENT}txBody")


def _walk_shapes(
    group: Any,
    part: Any,
    walker: Walker,
    positions: dict[int, _Position],
    inherited: dict[int, tuple[Any, ...]],
    *,
    is_top_level: bool,
) -> None:
    """Write the shapes of a slide or a group in reading order; lxml limits the depth of nested groups."""
    for shape in _in_order(list(_shapes(group)), positions):
        walker.builder.interrupt(PARAGRAPH)
        walker.bbox = _bounding_box(shape) if is_top_level else walker.bbox
        walker.begin_block()
        if shape.tag == _GROUP_TAG:
            _walk_shapes(shape, part, walker, positions, inherited, is_top_level=False)
        else:
            walker.role_of = roles_of(shape, inherited.get(_id(shape), ())).role
            walker.walk(shape, part)


def _in_order(shapes: list[Any], positions: dict[int, _Position]) -> Iterator[Any]:
    """Yield the title, then the other shapes in reading order."""
    titles = [shape for shape in shapes if _is_title(shape)]
    others = [shape for shape in shapes if not _is_title(shape)]
    yield from titles
    for index in reading_order([_extent(shape, positions) for shape in others]):
        yield others[index]


def _is_title(shape: Any) -> bool:
    return placeholder_type(shape) in ("title", "ctrTitle")


def _extent(shape: Any, positions: dict[int, _Position]) -> Box:
    if (box := _bounding_box(shape)) is not None:
        return box
    top, left = _position(shape, positions)
    return left / _EMU_PER_POINT, top / _EMU_PER_POINT, left / _EMU_PER_POINT, top / _EMU_PER_POINT


def _shapes(group: Any) -> Iterator[Any]:
    for child in group:
        if child.tag in _SHAPE_TAGS:
            yield child
        elif child.tag == f"{MC}AlternateContent" and (first := next(iter(child), None)) is not None:
            yield from _shapes(first)


def _position(shape: Any, positions: dict[int, _Position]) -> _Position:
    """Return the position of a shape: its own, which is the first offset in it, or else that of its placeholder."""
    if (offset := next(shape.iter(f"{A}off"), None)) is not None:
        return _number(offset, "y"), _number(offset, "x")
    return positions.get(_id(shape), (0, 0))


def _id(shape: Any) -> int:
    return _number(next(shape.iter(f"{P}cNvPr"), None), "id")


def _bounding_box(shape: Any) -> Box | None:
    """Return left, top, right and bottom of a shape in points; None if the shape does not specify them."""
    offset = next(shape.iter(f"{A}off"), None)
    size = None if offset is None else offset.getnext()
    if size is None:
        return None
    left, top = _number(offset, "x"), _number(offset, "y")
    right, bottom = left + _number(size, "cx"), top + _number(size, "cy")
    return left / _EMU_PER_POINT, top / _EMU_PER_POINT, right / _EMU_PER_POINT, bottom / _EMU_PER_POINT


def _number(element: Any, name: str) -> int:
    """Return an integer attribute; 0 if it is missing, malformed, or larger than any slide."""
    value = "" if element is None else element.get(name) or ""
    return int(value) if re.fullmatch(r"-?[0-9]{1,12}", value) else 0
