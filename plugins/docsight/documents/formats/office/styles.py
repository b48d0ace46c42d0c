"""The roles of Word's paragraphs, by their own properties and by their styles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docsight.documents.formats.content import Kind
from docsight.documents.formats.office.markup import W, integer, value_of
from docsight.documents.formats.office.numbering import Numbering
from docsight.documents.formats.office.roles import ROLES_OF_STYLES, Role

_MAX_ANCESTORS = 64
_BODY_LEVEL = 9  # the outline level of paragraphs that are no headings
_MAX_LIST_LEVEL = 8
# Word stores the English names of its styles; other programs translate them.
_HEADING_NAME = re.compile(
    r"(?:heading|überschrift|titre|título|titolo|kop|rubrik|overskrift|otsikko|nagłówek|nadpis|заголовок|标题|標題|見出し|제목)"
    r"\s*([1-9])"
)
_LIST_NAME = re.compile(r"list (?:bullet|number)\s*([2-5]?)")


@dataclass
class Styles:
    """The paragraph styles of a document; without a part of styles, paragraphs have only their own properties."""

    numbering: Numbering
    root: Any = None
    _styles: dict[str, Any] = field(default_factory=dict)
    _default: str = ""
    _roles: dict[str, Role] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for style in () if self.root is None else self.root.iterfind(f"{W}style"):
            if style.get(f"{W}type", "paragraph") == "paragraph":
                style_id = style.get(f"{W}styleId") or ""
                self._styles[style_id] = style
                if style.get(f"{W}default") in ("1", "true", "on"):
                    self._default = style_id

    def role(self, paragraph: Any) -> Role:
        """Return the role of a paragraph; each call counts a numbered paragraph once."""
        properties = paragraph.find(f"{W}pPr")
        style_id = self._default if properties is None else value_of(properties, "pStyle") or self._default
        role = self._role_of_style(style_id)
        own_level = "" if properties is None else value_of(properties, "outlineLvl")
        if own_level and role.kind in ("paragraph", "heading"):
            role = _outline_role(integer(own_level, _BODY_LEVEL))
        list_id, level = self._list_of(properties, style_id)
        if not list_id:
            return Role() if role.kind == "list_item" and self._removes_number(properties) else role
        kind: Kind = "list_item" if role.kind == "paragraph" else role.kind
        number = self.numbering.next_number(list_id, level)
        if kind == "list_item":
            return Role(kind=kind, level=max(level + 1, role.level or 1), number=number)
        return Role(kind=kind, level=role.level, number=number)

    def _role_of_style(self, style_id: str) -> Role:
        if style_id not in self._roles:
            roles = (_role_of_one(style) for style in self._ancestry(style_id))
            self._roles[style_id] = next((role for role in roles if role is not None), Role())
        return self._roles[style_id]

    def _ancestry(self, style_id: str) -> Iterator[Any]:
        """Yield a style and those that it inherits from; damaged files have cycles."""
        for _ in range(_MAX_ANCESTORS):
            if (style := self._styles.get(style_id)) is None:
                return
            yield style
            style_id = value_of(style, "basedOn")

    def _list_of(self, properties: Any, style_id: str) -> tuple[str, int]:
        """Return the list of a paragraph and its level in it, from 0; the list is empty if it has none."""
        own = None if properties is None else properties.find(f"{W}numPr")
        list_id, level = ("", "") if own is None else (value_of(own, "numId"), value_of(own, "ilvl"))
        if not list_id:
            list_id, inherited = self._list_of_style(style_id)
            level = level or inherited
        if list_id == "0":
            list_id = ""
        return list_id, max(0, min(_MAX_LIST_LEVEL, integer(level, 0)))

    def _list_of_style(self, style_id: str) -> tuple[str, str]:
        list_id = level = ""
        for style in self._ancestry(style_id):
            if (numbered := style.find(f"{W}pPr/{W}numPr")) is None:
                continue
            list_id = list_id or value_of(numbered, "numId")
            level = level or value_of(numbered, "ilvl")
            if list_id:
                owner = style.get(f"{W}styleId") or ""
                found = self.numbering.level_of_style(list_id, style_id)
                return list_id, level or str(found or self.numbering.level_of_style(list_id, owner))
        return list_id, level

    @staticmethod
    def _removes_number(properties: Any) -> bool:
        own = None if properties is None else properties.find(f"{W}numPr")
        return own is not None and value_of(own, "numId") == "0"


def _role_of_one(style: Any) -> Role | None:
    """Return the role that a style itself gives, by its outline level or its name; None if it gives none."""
    name = " ".join(value_of(style, "name").lower().split())
    if name in ROLES_OF_STYLES:
        return ROLES_OF_STYLES[name]
    properties = style.find(f"{W}pPr")
    if properties is not None and (outline := value_of(properties, "outlineLvl")):
        return _outline_role(integer(outline, _BODY_LEVEL))
    if match := _HEADING_NAME.fullmatch(name):
        return Role(kind="heading", level=int(match[1]))
    if match := _LIST_NAME.fullmatch(name):
        return Role(kind="list_item", level=int(match[1] or 1))
    return None


def _outline_role(level: int) -> Role:
    return Role(kind="heading", level=level + 1) if 0 <= level < _BODY_LEVEL else Role()
