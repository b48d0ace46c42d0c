"""The roles of PowerPoint's paragraphs, by the placeholders and by the bullets of their shapes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docsight.documents.formats.content import Kind
from docsight.documents.formats.office.markup import A, P, integer
from docsight.documents.formats.office.number_formats import format_number
from docsight.documents.formats.office.roles import Role

_MAX_SLIDE_LEVEL = 8
_BULLET_TAGS = tuple(f"{A}{name}" for name in ("buNone", "buAutoNum", "buChar", "buBlip"))
_PLACEHOLDERS: dict[str, Role] = {
    "title": Role(kind="heading", level=1),
    "ctrTitle": Role(kind="heading", level=1),
    "hdr": Role(kind="header"),
    "ftr": Role(kind="footer"),
    "dt": Role(kind="footer"),
    "sldNum": Role(kind="footer"),
}
_SLIDE_NUMBER_FORMATS = {
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
}
_ENCLOSURES = {"ParenBoth": "({})", "ParenR": "{})", "Period": "{}."}  # "Plain" has none


def hidden_slides_note(numbers: list[int]) -> list[str]:
    """Return the note about slides that are not shown; none without such slides."""
    if not numbers:
        return []
    shown = ", ".join(map(str, numbers))
    return [f"slide {shown} is hidden" if len(numbers) == 1 else f"slides {shown} are hidden"]


def placeholder_type(shape: Any) -> str:
    """Return PowerPoint's name of the type of a placeholder; "obj" if it states none, and empty if it is none."""
    placeholder = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
    return "" if placeholder is None else placeholder.get("type") or "obj"


def inherited_styles(placeholder: Any) -> tuple[Any, ...]:
    """Return the list styles that a placeholder of a slide, in the library, has from its layout and master."""
    styles = []
    base = placeholder
    for _ in range(2):  # the layout's and the master's; tables and charts in placeholders have none
        if (base := getattr(base, "_base_placeholder", None)) is not None:
            styles.append(base._element.find(f"{P}txBody/{A}lstStyle"))
    if placeholder_type(placeholder._element) in ("obj", "body"):
        master = placeholder.part.slide_layout.slide_master._element
        styles.append(master.find(f"{P}txStyles/{P}bodyStyle"))
    return tuple(style for style in styles if style is not None)


def roles_of(shape: Any, inherited: tuple[Any, ...]) -> "ShapeRoles":
    """Return the roles of the paragraphs of a shape with the list styles that it inherits."""
    own = shape.find(f"{P}txBody/{A}lstStyle")
    return ShapeRoles(placeholder_type(shape), inherited if own is None else (own, *inherited))


@dataclass
class ShapeRoles:
    """The roles of the paragraphs of one shape, and how far its lists have counted.

    Args:
        placeholder: PowerPoint's name of the type of placeholder; empty if it is none.
        styles: The list styles that apply to the shape, from its own to that of the master.
    """

    placeholder: str = ""
    styles: tuple[Any, ...] = ()
    _counts: dict[int, tuple[str, int]] = field(default_factory=dict)  # by level: the type, and the last number

    def role(self, paragraph: Any) -> Role:
        """Return the role of a paragraph; each call counts a numbered paragraph once."""
        if self.placeholder in _PLACEHOLDERS:
            return _PLACEHOLDERS[self.placeholder]
        properties = paragraph.find(f"{A}pPr")
        level = 0 if properties is None else max(0, min(_MAX_SLIDE_LEVEL, integer(properties.get("lvl"), 0)))
        bullet = next(self._bullets(properties, level), None)
        is_number = bullet is not None and bullet.tag == f"{A}buAutoNum"
        if next(paragraph.iter(f"{A}t", f"{A}fld"), None) is None:
            return Role()  # an empty line does not end a list, and has no number
        self._counts = {one: count for one, count in self._counts.items() if one < level + is_number}
        if bullet is None or bullet.tag == f"{A}buNone":
            return Role()
        kind: Kind = "list_item"
        return Role(kind=kind, level=level + 1, number=self._next_number(bullet, level) if is_number else "")

    def _bullets(self, properties: Any, level: int) -> Iterator[Any]:
        """Yield the bullets that are given for a paragraph, its own first."""
        inherited = (style.find(f"{A}lvl{level + 1}pPr") for style in self.styles)
        for given in (properties, *inherited):
            if given is not None:
                yield from (child for child in given if child.tag in _BULLET_TAGS)

    def _next_number(self, bullet: Any, level: int) -> str:
        scheme = bullet.get("type") or "arabicPeriod"
        last_scheme, last = self._counts.get(level, ("", 0))
        number = last + 1 if last_scheme == scheme else max(1, integer(bullet.get("startAt"), 1))
        self._counts[level] = scheme, number
        number_format = next(
            (one for prefix, one in _SLIDE_NUMBER_FORMATS.items() if scheme.startswith(prefix)), "decimal"
        )
        enclosure = next((one for suffix, one in _ENCLOSURES.items() if scheme.endswith(suffix)), "{}")
        return enclosure.format(format_number(number, number_format)) + " "
