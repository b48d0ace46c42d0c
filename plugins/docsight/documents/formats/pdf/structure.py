"""Decide what the blocks of a document are, by their fonts and places relative to the body text."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from docsight.documents.formats.pdf.blocks import BULLET, NUMBERED, TextBlock
from docsight.documents.formats.text.prose import has_code_signs, is_prose

_HEADING_SIZE = 1.12  # relative to the body text
_LARGE_HEADING_SIZE = 1.35
_BOLD_HEADING_SIZE = 0.93
_MAX_HEADING_LINES, _MAX_HEADING_LETTERS = 3, 200
_MAX_HEADING_LEVELS = 6
_SAME_SIZE = 0.95  # relative to the largest of the same level
_FOOTNOTE_SIZE = 0.92
_NEXT_LEVEL_INDENT = 1.0  # em

_CAPTION = re.compile(
    r"(?:fig(?:ure|\.)|table|tab\.|chart|plate|scheme|listing|"
    r"abbildung|abb\.|tabelle|tableau)\s*[\dIVX]+[\w.]*(?:[:.\s\u2013-]|$)",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"(?:\d{1,3}|[*†‡§¶]+)\s*\S")
_LETTER_PAIR = re.compile(r"[^\W\d_]{2}")


def classify(blocks: Sequence[TextBlock]) -> None:
    """Set the kind and the level of each block that has none yet."""
    plain = [block for block in blocks if block.kind == "paragraph"]
    is_typewritten = _is_typewritten(plain)
    body_size, is_body_bold = _body_font(plain, is_typewritten)
    last_body = {block.page: number for number, block in enumerate(plain) if block.size > _FOOTNOTE_SIZE * body_size}
    for number, block in enumerate(plain):
        text = block.lines[0].lstrip()
        if block.is_entry:
            block.kind = "list_item"
        elif block.rows is not None:
            block.kind = "table"
        elif _CAPTION.match(text):
            block.kind = "caption"
        elif len(plain) > 1 and block.size <= _HEADING_SIZE * body_size and _is_code(block, is_typewritten):
            block.kind = "code"
        elif BULLET.match(text):
            block.kind = "list_item"
        elif _is_heading(block, body_size, is_body_bold):
            block.kind = "heading"
        elif NUMBERED.match(text):
            block.kind = "list_item"
        elif (
            block.size <= _FOOTNOTE_SIZE * body_size
            and number > last_body.get(block.page, number)
            and _FOOTNOTE.match(text)
        ):
            block.kind = "footnote"
    for block in plain:
        if block.kind != "code":
            block.lines = [line.lstrip(" ") for line in block.lines]
    _set_heading_levels([block for block in plain if block.kind == "heading"])
    _set_list_levels(plain)


def _is_typewritten(blocks: Iterable[TextBlock]) -> bool:
    """Return whether monospaced text is prose: it is most of the document, or most of it is set like prose."""
    everything = monospaced = prose = 0
    for block in blocks:
        everything += block.length
        if block.monospaced:
            monospaced += block.length
            prose += block.length if is_prose(block.text) else 0
    return 2 * monospaced > everything or 2 * prose > monospaced


def _is_code(block: TextBlock, is_typewritten: bool) -> bool:
    if not block.monospaced:
        return False
    return has_code_signs(block.lines) if is_typewritten else not is_prose(block.text)


def _body_font(blocks: Iterable[TextBlock], is_typewritten: bool) -> tuple[float, bool]:
    """Return the size of most letters, and whether most of them are bold."""
    sizes: Counter[float] = Counter()
    bold = length = 0
    for block in blocks:
        if block.rows is None and (is_typewritten or not block.monospaced):
            sizes[_rounded(block.size)] += block.length
        bold += block.length if block.bold else 0
        length += block.length
    return (sizes.most_common(1)[0][0] if sizes else 0.0), 2 * bold > length


def _is_heading(block: TextBlock, body_size: float, is_body_bold: bool) -> bool:
    text = block.text
    if len(block.lines) > _MAX_HEADING_LINES or len(text) > _MAX_HEADING_LETTERS or not _LETTER_PAIR.search(text):
        return False
    if block.size >= _HEADING_SIZE * body_size:
        # Where most letters are in tables, the text is larger than they are.
        is_sentence = len(block.lines) > 1 and text.rstrip().endswith((".", ":"))
        return block.size >= _LARGE_HEADING_SIZE * body_size or not is_sentence
    is_bold = block.bold and not is_body_bold and block.size >= _BOLD_HEADING_SIZE * body_size
    return is_bold and len(block.lines) < _MAX_HEADING_LINES and not text.rstrip().endswith((".", ",", ";"))


def _set_heading_levels(headings: Sequence[TextBlock]) -> None:
    """Set the levels by size, and by weight among headings of about one size: boxes of letters vary with the font."""
    largest = 0.0  # of the sizes that count as one
    sizes: dict[int, float] = {}
    for block in sorted(headings, key=lambda block: -block.size):
        if block.size < _SAME_SIZE * largest or not largest:
            largest = block.size
        sizes[id(block)] = largest
    styles = sorted({(sizes[id(block)], block.bold) for block in headings}, reverse=True)
    levels = {style: min(level, _MAX_HEADING_LEVELS) for level, style in enumerate(styles, start=1)}
    for block in headings:
        block.level = levels[sizes[id(block)], block.bold]


def _set_list_levels(blocks: Sequence[TextBlock]) -> None:
    """Set the levels by the indents of consecutive items."""
    lefts: list[float] = []
    for block in blocks:
        if block.kind != "list_item":
            lefts.clear()
            continue
        while lefts and block.left < lefts[-1] - _NEXT_LEVEL_INDENT * block.size / 2:
            lefts.pop()
        if not lefts or block.left > lefts[-1] + _NEXT_LEVEL_INDENT * block.size / 2:
            lefts.append(block.left)
        block.level = len(lefts)


def _rounded(size: float) -> float:
    return round(2 * size) / 2
