"""PowerPoint: the slides as pages, their shapes as one reads them, and the speaker's notes."""

import re
from collections.abc import Iterator
from typing import Any

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.ocr_text import reader_of
from docsight.documents.formats.office.package import reading, safe_package
from docsight.documents.formats.office.walker import MC, A, Walker
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.builder import PARAGRAPH
from docsight.errors import MissingExtraError

_KIND = "PowerPoint presentation"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_EMU = 12_700  # in a point

_SHAPES = {f"{_P}{name}" for name in ("sp", "pic", "graphicFrame", "cxnSp", "grpSp", "contentPart")}
_GROUP = f"{_P}grpSp"
Place = tuple[int, int]  # from the top and from the left, in EMU


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text and the pictures of all slides as one document.

    Raises:
        DataError: It cannot be read as a presentation.
        MissingExtraError: A package is not installed.
    """
    try:
        import pptx
    except ImportError as err:
        raise MissingExtraError("Reading PowerPoint presentations", "documents") from err
    reader = reader_of(source.options)
    package = safe_package(source, kind=_KIND)
    walker = Walker(notes=package.notes)
    most = source.options.max_pages
    with reading(_KIND):
        presentation = pptx.Presentation(package.file())
        count = len(presentation.slides)
        for number, slide in enumerate(presentation.slides, start=1):
            if number > most:
                walker.notes.append(f"it has {count:,} slides: those after {most:,} were left out (max_pages)")
                break
            walker.begin_page(number)
            _walk(slide, walker)
    yield walker.content(presentation, reader=reader if source.options.ocr == "always" else None)


def _walk(slide: Any, walker: Walker) -> None:
    # Where a shape has no place of its own, the library finds that of the layout.
    places = {shape.shape_id: (shape.top or 0, shape.left or 0) for shape in slide.placeholders}
    tree = slide.shapes.element
    _shapes(tree, slide.part, walker, places, is_top=True)
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
        walker.flow.interrupt(PARAGRAPH)
        walker.walk(frame._txBody, slide.notes_slide.part)


def _shapes(group: Any, part: Any, walker: Walker, places: dict[int, Place], *, is_top: bool) -> None:
    """Write the shapes of a slide or a group from top to bottom; groups in groups end with the parser's patience."""
    for shape in sorted(_children(group), key=lambda one: _place(one, places)):
        walker.flow.interrupt(PARAGRAPH)
        walker.bbox = _box(shape) if is_top else None
        if shape.tag == _GROUP:
            _shapes(shape, part, walker, places, is_top=False)
        else:
            walker.walk(shape, part)
    walker.bbox = None


def _children(group: Any) -> Iterator[Any]:
    for child in group:
        if child.tag in _SHAPES:
            yield child
        elif child.tag == f"{MC}AlternateContent" and (first := next(iter(child), None)) is not None:
            yield from _children(first)


def _place(shape: Any, places: dict[int, Place]) -> Place:
    """Find where a shape stands; the first offset in it is its own, unless it has none."""
    if (offset := next(shape.iter(f"{A}off"), None)) is not None:
        return _number(offset, "y"), _number(offset, "x")
    return places.get(_number(next(shape.iter(f"{_P}cNvPr"), None), "id"), (0, 0))


def _box(shape: Any) -> tuple[float, float, float, float] | None:
    """Find left, top, right and bottom of a shape in points; None where it does not say."""
    offset = next(shape.iter(f"{A}off"), None)
    size = None if offset is None else offset.getnext()
    if size is None:
        return None
    left, top = _number(offset, "x"), _number(offset, "y")
    right, bottom = left + _number(size, "cx"), top + _number(size, "cy")
    return left / _EMU, top / _EMU, right / _EMU, bottom / _EMU


def _number(element: Any, name: str) -> int:
    """Read a whole number; 0 where there is none, or one that no slide has."""
    value = "" if element is None else element.get(name) or ""
    return int(value) if re.fullmatch(r"-?[0-9]{1,12}", value) else 0
