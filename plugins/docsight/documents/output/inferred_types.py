"""The order of lines in a JSON Lines file, so that tools that infer types from its beginning see every type there.

polars infers the types of a file from its first 100 lines, pyarrow from its first MiB. A field that is null or an empty
list there, and has a value later, is an error for them, or its values are lost. So in a file where that would happen,
the shortest lines that show these types come first; the others keep their order.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

INFERRED_LINES, INFERRED_BYTES = 100, 1 << 20
_COPIED_BYTES = 1 << 20  # at once

# The types of a value: of the fields of a record by name, of the items of lists by `list`, of other values by class.
_Types = dict[Any, "_Types"]


@dataclass(frozen=True)
class TypedLine:
    """A line: its number from 0, the offset of its first byte, and its size in bytes with the line end."""

    number: int
    start: int
    size: int

    @property
    def end(self) -> int:
        return self.start + self.size

    def is_within(self, lines: int, size: int) -> bool:
        """Return whether it lies within this many lines and bytes at the beginning of the file."""
        return self.number < lines and self.end <= size


class InferredTypes:
    """Collects the lines that show the types of each field, from the records of a file in order."""

    def __init__(self) -> None:
        self._next = TypedLine(0, 0, 0)
        self._types: _Types = {}
        self._first: dict[int, TypedLine] = {}  # that shows a type, by the id of the type
        self._shortest: dict[int, TypedLine] = {}

    def add(self, record: Mapping[str, Any], size: int) -> None:
        """Add the record of the next line, which has this many bytes."""
        line = TypedLine(self._next.number, self._next.start, size)
        self._visit(record, self._types, line)
        self._next = TypedLine(line.number + 1, line.end, 0)

    def lines_to_move(self) -> list[TypedLine]:
        """Return the lines that must come first, the shortest first; none if every type is shown early."""
        if all(line.is_within(INFERRED_LINES, INFERRED_BYTES) for line in self._first.values()):
            return []
        # The lines that are moved have the other half of what a tool looks at, so that they push out no type.
        late = {
            self._shortest[key]
            for key, line in self._first.items()
            if not line.is_within(INFERRED_LINES // 2, INFERRED_BYTES // 2)
        }
        return sorted(late, key=lambda line: (line.size, line.number))[: INFERRED_LINES // 2]

    def _visit(self, value: Any, types: _Types, line: TypedLine) -> None:
        if isinstance(value, dict):
            for name, item in value.items():
                self._visit(item, types.setdefault(name, {}), line)
        elif isinstance(value, list):
            for item in value:
                self._visit(item, types.setdefault(list, {}), line)
        elif value is not None:
            key = id(types.setdefault(type(value), {}))
            shortest = self._shortest.setdefault(key, line)
            self._first.setdefault(key, line)
            if line.size < shortest.size:
                self._shortest[key] = line


def move_to_front(path: Path, lines: list[TypedLine]) -> None:
    """Rewrite a file so that it begins with these of its lines; raises an OSError."""
    new = path.with_name(f"{path.name}.new")
    with path.open("rb") as source, new.open("wb") as target:
        for line in lines:
            _copy(source, target, line.start, line.end)
        start = 0
        for line in sorted(lines, key=lambda line: line.start):
            _copy(source, target, start, line.start)
            start = line.end
        _copy(source, target, start, path.stat().st_size)
    os.replace(new, path)


def _copy(source: BinaryIO, target: BinaryIO, start: int, end: int) -> None:
    source.seek(start)
    for at in range(start, end, _COPIED_BYTES):
        target.write(source.read(min(_COPIED_BYTES, end - at)))
