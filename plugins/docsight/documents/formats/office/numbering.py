"""The numbers that Word computes for the items of lists and for numbered headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from docsight.documents.formats.office.markup import W, integer, value_of
from docsight.documents.formats.office.number_formats import format_number

_MAX_LEVELS = 9
_MAX_LINKS = 8  # of definitions that refer to a style of another one
_PLACEHOLDER = re.compile(r"%([1-9])")
_SUFFIXES = {"nothing": ""}  # what follows a number; by default a tab, which is written as a space


@dataclass(frozen=True, kw_only=True)
class NumberingLevel:
    """A level of a list.

    Args:
        text: The number with placeholders, such as "%1.%2".
        number_format: Word's name of the format.
        start: The first number.
        restart: The number of levels above it that restart it; 0 if none does.
        style_id: The style whose paragraphs are on this level; empty if none.
        suffix: What follows the number.
        is_decimal: Whether the numbers of all levels are written in decimals.
    """

    text: str
    number_format: str
    start: int
    restart: int
    style_id: str
    suffix: str
    is_decimal: bool


@dataclass(frozen=True)
class _List:
    """A list: its levels, the definition that it shares its counters with, and the starts that it overrides."""

    definition: str
    levels: dict[int, NumberingLevel]
    starts: dict[int, int]


@dataclass
class Numbering:
    """The lists of a document, and how far each has counted; without a numbering part, there are none."""

    root: Any = None
    _lists: dict[str, _List | None] = field(default_factory=dict)
    _definitions: dict[str, Any] = field(default_factory=dict)
    _instances: dict[str, Any] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _started: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.root is None:
            return
        self._definitions = {one.get(f"{W}abstractNumId") or "": one for one in self.root.iter(f"{W}abstractNum")}
        self._instances = {one.get(f"{W}numId") or "": one for one in self.root.iter(f"{W}num")}

    def define(self, list_id: str, definition: str, levels: dict[int, NumberingLevel], starts: dict[int, int]) -> None:
        """Add a list that shares its counters with others of a definition; `starts` are first numbers by level."""
        overridden = {level: replace(rules, start=starts.get(level, rules.start)) for level, rules in levels.items()}
        self._lists[list_id] = _List(definition, overridden, starts)

    def level_of_style(self, list_id: str, style_id: str) -> int:
        """Return the level that the paragraphs of a style have in a list; 0 if it names none."""
        found = self._list(list_id)
        levels = found.levels.items() if found is not None else ()
        return next((level for level, one in levels if style_id and one.style_id == style_id), 0)

    def next_number(self, list_id: str, level: int) -> str:
        """Count an item of a list at a level, from 0, and return its number; empty if it has a bullet or none."""
        found = self._list(list_id)
        if found is None or (rules := found.levels.get(level)) is None:
            return ""
        counts = self._counts.setdefault(found.definition, {})
        if level in found.starts and (list_id, level) not in self._started:
            self._started.add((list_id, level))
            counts[level] = found.starts[level]
        else:
            counts[level] = counts[level] + 1 if level in counts else rules.start
        for deeper in range(level + 1, _MAX_LEVELS):
            below = found.levels.get(deeper)
            if below is None or level < below.restart:
                counts.pop(deeper, None)
        number = _PLACEHOLDER.sub(lambda match: _shown(found.levels, counts, int(match[1]) - 1, rules), rules.text)
        return number + rules.suffix if number.strip() and rules.number_format != "bullet" else ""

    def _list(self, list_id: str) -> _List | None:
        if list_id not in self._lists:
            self._lists[list_id] = self._read_list(list_id)
        return self._lists[list_id]

    def _read_list(self, list_id: str) -> _List | None:
        if (instance := self._instances.get(list_id)) is None:
            return None
        name = value_of(instance, "abstractNumId")
        definition = self._linked(self._definitions.get(name))
        if definition is None:
            return None
        levels, starts = dict(_levels(definition)), {}
        for override in instance.iterfind(f"{W}lvlOverride"):
            level = integer(override.get(f"{W}ilvl"), 0)
            levels.update(_levels(override))
            if (start := override.find(f"{W}startOverride")) is not None:
                starts[level] = integer(start.get(f"{W}val"), 0)
                if level in levels:
                    levels[level] = replace(levels[level], start=starts[level])
        return _List(name, levels, starts)

    def _linked(self, definition: Any) -> Any:
        """Return the definition that has the levels: this one, or the one of the list style that it refers to."""
        for _ in range(_MAX_LINKS):
            if definition is None or not (style := value_of(definition, "numStyleLink")):
                return definition
            others = self._definitions.values()
            definition = next((other for other in others if value_of(other, "styleLink") == style), None)
        return None


def _levels(parent: Any) -> Iterator[tuple[int, NumberingLevel]]:
    for element in parent.iterfind(f"{W}lvl"):
        level = integer(element.get(f"{W}ilvl"), 0)
        # Newer formats are wrapped as alternatives.
        number_format = next(iter(element.iter(f"{W}numFmt")), None)
        yield (
            level,
            NumberingLevel(
                text=value_of(element, "lvlText"),
                number_format="decimal" if number_format is None else number_format.get(f"{W}val") or "decimal",
                start=integer(value_of(element, "start"), 0),
                restart=integer(value_of(element, "lvlRestart"), level),
                style_id=value_of(element, "pStyle"),
                suffix=_SUFFIXES.get(value_of(element, "suff"), " "),
                is_decimal=element.find(f"{W}isLgl") is not None,
            ),
        )


def _shown(levels: dict[int, NumberingLevel], counts: dict[int, int], level: int, shown_in: NumberingLevel) -> str:
    if (rules := levels.get(level)) is None:
        return ""
    is_decimal = shown_in.is_decimal and rules.number_format not in ("none", "bullet")
    return format_number(counts.get(level, rules.start), "decimal" if is_decimal else rules.number_format)
