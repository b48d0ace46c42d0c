"""The rows of a CSV file with annotations: by the names of its columns, and in groups."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from docsight.documents.formats.tables.csv import SEPARATOR_LINE, large_fields
from docsight.errors import DataError
from docsight_training.data.text_files import read_text

_DELIMITERS = ",;\t|"

CsvRows = list[tuple[int, dict[str, str]]]  # the number of the line, and the cells by the names of their columns


def read_groups(path: Path) -> tuple[list[str], list[CsvRows]]:
    """Return the names of the columns, and the rows in groups that empty lines divide."""
    text = read_text(path)
    separator = SEPARATOR_LINE.match(text)
    if separator is not None:
        text = text[separator.end() :]
    first = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count) if separator is None else separator[1]
    # Spaces at the beginning of a text count: they move its offsets. Only if the header has them too, they are padding.
    is_padded = f"{delimiter} " in first
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=is_padded, strict=True)
    skipped = int(separator is not None)  # lines
    header: list[str] = []
    groups: list[CsvRows] = [[]]
    with large_fields():
        try:
            for cells in reader:
                if not any(map(str.strip, cells)):
                    groups.append([])
                elif not header:
                    header = list(map(str.strip, cells))
                elif len(cells) == len(header):
                    groups[-1].append((skipped + reader.line_num, dict(zip(header, cells, strict=True))))
                else:
                    raise DataError(
                        f"{path}, line {skipped + reader.line_num}: expected {len(header)} columns, as in the first "
                        f"line; found {len(cells)}."
                    )
        except csv.Error as err:
            raise DataError(f"{path}, line {skipped + reader.line_num}: cannot be read as CSV: {err}.") from err
    return header, [group for group in groups if group]


def find_column(header: Sequence[str], names: Iterable[str]) -> str | None:
    """Return the first column that has one of the names, in any case and with any spaces and signs."""
    found = {_plain(name): name for name in reversed(header)}
    return next((found[_plain(name)] for name in names if _plain(name) in found), None)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower()) or name


def group_by(rows: CsvRows, columns: Sequence[str]) -> Iterator[CsvRows]:
    """Group rows by columns that are filled in all rows of a group, or only in the first one."""
    group: CsvRows = []
    last: dict[str, str] = {}
    for row in rows:
        values = {name: value for name in columns if (value := row[1][name].strip())}
        if group and not values.items() <= last.items():
            yield group
            group = []
        group.append(row)
        last |= values
    if group:
        yield group
