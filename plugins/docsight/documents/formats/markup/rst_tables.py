"""Tables of reStructuredText: drawn as a grid, with simple rules, as CSV or as lists."""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

from docsight.documents.formats.markup.markup_writer import indented_block
from docsight.documents.formats.markup.rst_directives import Directive

_GRID_RULE = re.compile(r"\+(?:[-=]+\+)+$")
_SIMPLE_RULE = re.compile(r"={2,}(?: +={2,})+$")
_SPAN_RULE = re.compile(r"-{2,}(?: +-{2,})*$")
_LIST_MARKER = re.compile(r"[*+-](?: +|$)")
_RULE_COLUMN = re.compile(r"=+")


def is_grid(line: str) -> bool:
    """Return whether a line is the top of a grid."""
    return _GRID_RULE.match(line) is not None


def is_simple(lines: Sequence[str], at: int) -> bool:
    """Return whether a line is the top of a table with simple rules."""
    return _SIMPLE_RULE.match(lines[at]) is not None


def table_end(lines: Sequence[str], at: int, *, simple: bool = False) -> int:
    """Return the number of the line after a table: one with simple rules ends with a rule before a blank line."""
    end = at + 1
    if not simple:
        while end < len(lines) and lines[end].startswith(("+", "|")):
            end += 1
        return end
    while end < len(lines):
        is_rule = _SIMPLE_RULE.match(lines[end]) is not None
        end += 1
        if is_rule and (end == len(lines) or not lines[end]):
            return end
    return next((n for n in range(at, len(lines)) if not lines[n]), len(lines))  # without an end: up to a blank line


def grid_rows(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the rows of a grid; a cell that spans columns has its text in the first of them."""
    borders = [match.start() for match in re.finditer(r"\+", lines[0])]
    cells = [""] * (len(borders) - 1)
    for line in lines[1:]:
        if _GRID_RULE.match(line):
            if any(cells):
                yield cells
            cells = [""] * (len(borders) - 1)
            continue
        start = 0
        for number, border in enumerate(borders[1:]):
            if line[border : border + 1] in ("|", "+", "") or number == len(cells) - 1:
                piece = line[borders[start] + 1 : border].strip()
                if piece and not re.fullmatch(r"[-=+]+", piece):
                    cells[start] = f"{cells[start]} {piece}".strip()
                start = number + 1
    if any(cells):
        yield cells


def simple_rows(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the rows of a table with simple rules; a line without a first cell continues the row above."""
    starts = [match.start() for match in _RULE_COLUMN.finditer(lines[0])]
    row: list[str] = []
    for line in lines:
        if _SIMPLE_RULE.match(line) or _SPAN_RULE.match(line) or not line:
            if row:
                yield row
            row = []
            continue
        ends = [*starts[1:], len(line) + 1]
        cells = [line[start:end].removesuffix("\\") for start, end in zip(starts, ends, strict=True)]
        for number in range(len(cells) - 1, 0, -1):
            if not line[starts[number] - 1 : starts[number]].isspace() and cells[number]:  # it covers the place before
                cells[number - 1 : number + 1] = [cells[number - 1] + cells[number], ""]
        cells = [cell.strip().removesuffix("\\") for cell in cells]
        if row and not cells[0] and not line.startswith("\\"):
            row = [f"{before} {cell}".strip() for before, cell in zip(row, cells, strict=True)]
            continue
        if row:
            yield row
        row = cells
    if row:
        yield row


def csv_rows(directive: Directive) -> Iterator[list[str]]:
    """Yield the header and the rows of a `csv-table`."""
    delimiter = {"tab": "\t", "space": " "}.get(directive.options.get("delim", ""), directive.options.get("delim", ","))
    lines = [line for line in (directive.options.get("header", ""), *directive.content) if line.strip()]
    with suppress(csv.Error, TypeError):
        yield from (
            [cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
        )


def list_rows(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the rows of a `list-table`: a list of rows, each a list of cells."""
    for row in _list_bodies(lines):
        yield [" ".join(line.strip() for line in cell if line) for cell in _list_bodies(row)]


def _list_bodies(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines of each item of a list without their indent."""
    at = 0
    while at < len(lines):
        marker = _LIST_MARKER.match(lines[at])
        if marker is None:
            at += 1
            continue
        end = indented_block(lines, at + 1, 1)
        yield [lines[at][marker.end() :], *(line[marker.end() :] for line in lines[at + 1 : end])]
        at = end
