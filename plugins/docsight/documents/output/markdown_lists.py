"""The markers and indents of nested lists in Markdown."""

from dataclasses import dataclass, field

_LIST_SEPARATOR = "<!-- -->"  # between lists that would be one otherwise


@dataclass
class _ListLevel:
    """A list that is open: the level and the number of its last item, and where the text of that item begins."""

    level: int
    number: int | None
    delimiter: str
    indent: int


@dataclass
class OpenLists:
    """The lists that are open, from the outermost."""

    levels: list[_ListLevel] = field(default_factory=list)

    def marker(self, level: int, number: int | None, delimiter: str) -> tuple[str, str]:
        """Begin an item; return what is written before it, and the indent of its further lines."""
        last = None
        while self.levels and self.levels[-1].level >= level:
            last = self.levels.pop()
        indent = self.levels[-1].indent if self.levels else 0
        marker = "- " if number is None else f"{number}{delimiter} "
        self.levels.append(_ListLevel(level, number, delimiter, indent + len(marker)))
        before = " " * indent
        if last is not None and last.level == level and number is not None and last.number is not None:
            if number != last.number + 1 and delimiter == last.delimiter:
                before = f"{before}{_LIST_SEPARATOR}\n{before}"
        elif self.levels[:-1] and number not in (None, 1):
            before = f"\n{before}"  # a list that begins with another number does not end a paragraph
        return before + marker, " " * (indent + len(marker))

    def close(self) -> None:
        self.levels.clear()
