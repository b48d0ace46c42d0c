"""What the styles of an OpenDocument file say: the roles of paragraphs, and the numbers of lists and headings."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from docsight.documents.formats.office.markup import integer
from docsight.documents.formats.office.number_formats import format_number
from docsight.documents.formats.office.roles import ROLES_OF_STYLES, Role

ODF_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
ODF_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_MAX_PARENTS = 64  # of a style
_MAX_LIST_DEPTH = 10
_NUMBER_FORMATS = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
}


class _Level(NamedTuple):
    """How the items of a level are numbered; without a number format, they have no numbers."""

    number_format: str = ""
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    shown_levels: int = 1


class OpenDocumentStyles:
    """The styles in the parts of a file; of two with one name, that of the later part counts."""

    def __init__(self, parts: Iterable[Any]) -> None:
        self._parents: dict[str, str] = {}
        self._names: dict[str, str] = {}  # as the user sees them
        self._lists: dict[str, Any] = {}
        self._hidden: set[str] = set()  # those of hidden text and slides
        self.outline: dict[int, _Level] = {}
        for part in parts:
            for style in part.iter(f"{ODF_STYLE}style"):
                if any(_is_hiding(properties) for properties in style):
                    self._hidden.add(style.get(f"{ODF_STYLE}name") or "")
                if style.get(f"{ODF_STYLE}family") == "paragraph" and (name := style.get(f"{ODF_STYLE}name")):
                    self._parents[name] = style.get(f"{ODF_STYLE}parent-style-name") or ""
                    self._names[name] = style.get(f"{ODF_STYLE}display-name") or name
            self._lists |= {style.get(f"{ODF_STYLE}name"): style for style in part.iter(f"{ODF_TEXT}list-style")}
            for outline in part.iter(f"{ODF_TEXT}outline-style"):
                self.outline = _levels(outline)

    def role(self, name: str | None) -> Role:
        """Return the role of the paragraphs of a style: its own, or that of the nearest style that it is based on."""
        for _ in range(_MAX_PARENTS):
            if not name:
                break
            shown = self._names.get(name, name).replace("_20_", " ").lower()
            if shown in ROLES_OF_STYLES:
                return ROLES_OF_STYLES[shown]
            name = self._parents.get(name)
        return Role()

    def is_hidden(self, name: str | None) -> bool:
        """Return whether a style, or the style of a slide, hides what it is given to."""
        return name in self._hidden

    def levels(self, name: str) -> dict[int, _Level]:
        """Return the levels of a list style, from 1; none if it does not exist."""
        return _levels(self._lists[name]) if name in self._lists else {}


class _OpenList:
    """A list that is open: its style, the number of its last item, and whether its next paragraph begins an item."""

    def __init__(self, style: str, levels: dict[int, _Level], number: int) -> None:
        self.style = style
        self.levels = levels
        self.number = number
        self.begins_item = False


class OpenDocumentNumbers:
    """Counts the items of lists and the headings of a document in order."""

    def __init__(self, styles: OpenDocumentStyles) -> None:
        self._styles = styles
        self._open: list[_OpenList] = []
        self._last: dict[tuple[str, int], int] = {}  # by style and level, of the last list
        self._headings: dict[int, int] = {}

    def begin_list(self, element: Any) -> None:
        outer = self._open[-1] if self._open else None
        style = element.get(f"{ODF_TEXT}style-name") or (outer.style if outer is not None else "")
        levels = outer.levels if outer is not None and outer.style == style else self._styles.levels(style)
        level = len(self._open) + 1
        number = levels.get(level, _Level()).start - 1
        if element.get(f"{ODF_TEXT}continue-numbering") == "true" or element.get(f"{ODF_TEXT}continue-list"):
            number = self._last.get((style, level), number)
        self._open.append(_OpenList(style, levels, number))

    def begin_item(self, element: Any) -> None:
        if self._open:
            self._open[-1].begins_item = True
            if start := element.get(f"{ODF_TEXT}start-value"):
                self._open[-1].number = integer(start, 1) - 1

    def end_list(self) -> None:
        if self._open:
            ended = self._open.pop()
            self._last[ended.style, len(self._open) + 1] = ended.number

    def paragraph(self) -> str:
        """Return the number to write before a paragraph in a list; empty unless it is the first of a numbered item."""
        if not self._open or not self._open[-1].begins_item or len(self._open) > _MAX_LIST_DEPTH:
            return ""
        current = self._open[-1]
        current.begins_item = False
        current.number += 1
        return _shown(current.levels, [each.number for each in self._open])

    def heading(self, level: int) -> str:
        """Return the number to write before a heading; empty if headings of this level have none."""
        outline = self._styles.outline
        start = outline.get(level, _Level()).start
        self._headings = {one: number for one, number in self._headings.items() if one <= level}
        self._headings[level] = self._headings.get(level, start - 1) + 1
        return _shown(outline, [self._headings.get(one, 1) for one in range(1, level + 1)])


def _is_hiding(properties: Any) -> bool:
    states = properties.get(f"{ODF_TEXT}display"), properties.get(f"{PRESENTATION}visibility")
    return "none" in states or "hidden" in states


def _levels(style: Any) -> dict[int, _Level]:
    levels = {}
    for element in style:
        if not isinstance(element.tag, str) or not (level := integer(element.get(f"{ODF_TEXT}level"), 0)):
            continue
        levels[level] = _Level(
            number_format=_NUMBER_FORMATS.get(element.get(f"{ODF_STYLE}num-format") or "", ""),
            prefix=element.get(f"{ODF_STYLE}num-prefix") or "",
            suffix=element.get(f"{ODF_STYLE}num-suffix") or "",
            start=integer(element.get(f"{ODF_TEXT}start-value"), 1),
            shown_levels=integer(element.get(f"{ODF_TEXT}display-levels"), 1),
        )
    return levels


def _shown(levels: dict[int, _Level], numbers: list[int]) -> str:
    """Return the number of the innermost level with a space; empty if it has none."""
    rules = levels.get(len(numbers), _Level())
    if not rules.number_format:
        return ""
    first = max(1, len(numbers) - rules.shown_levels + 1)
    shown = (
        format_number(numbers[level - 1], levels[level].number_format)
        for level in range(first, len(numbers) + 1)
        if level in levels and levels[level].number_format
    )
    return f"{rules.prefix}{'.'.join(shown)}{rules.suffix} "
