"""Charts of Office files: their titles, and their data as a table."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from docsight.documents.formats.office.markup import A, C, drawing_text, integer

_CATEGORY_TAGS = (f"{C}cat", f"{C}xVal")
_VALUE_TAGS = (f"{C}val", f"{C}yVal")
_CACHE_TAGS = (f"{C}strCache", f"{C}numCache", f"{C}strLit", f"{C}numLit")

ChartTable = list[list[str]]


class Series(NamedTuple):
    """A series of a chart: the names of its points, and their values, by the numbers of the points."""

    name: str
    categories: dict[int, str]
    values: dict[int, str]


def chart_title(root: Any) -> str:
    """Return the title of a chart; empty if it has none of its own."""
    title = root.find(f"{C}chart/{C}title")
    return "" if title is None else "\n".join(_texts(title))


def other_titles(root: Any) -> list[str]:
    """Return the titles of the axes, and other texts in a chart that are not its title or data."""
    title = root.find(f"{C}chart/{C}title")
    in_title = set() if title is None else set(title.iter(f"{A}p"))
    return [text for element in root.iter(f"{A}p") if element not in in_title for text in _texts(element)]


def chart_tables(root: Any) -> Iterator[ChartTable]:
    """Yield the data of a chart as tables: series with the same categories are the columns of one table.

    The first row has the names of the series, and the first column those of the categories.
    """
    group: list[Series] = []
    for series in map(_series, root.iter(f"{C}ser")):
        if group and series.categories and series.categories != group[0].categories:
            yield _table(group)
            group = []
        group.append(series)
    if group:
        yield _table(group)


def _table(group: list[Series]) -> ChartTable:
    numbers = sorted({number for series in group for number in (*series.categories, *series.values)})
    categories = group[0].categories
    rows = [[categories.get(number, ""), *(series.values.get(number, "") for series in group)] for number in numbers]
    return [["", *(series.name for series in group)], *rows]


def _series(element: Any) -> Series:
    name = element.find(f"{C}tx")
    words = () if name is None else (value.text or "" for value in name.iter(f"{C}v"))
    return Series(" ".join(words), _points(element, _CATEGORY_TAGS), _points(element, _VALUE_TAGS))


def _points(series: Any, tags: tuple[str, ...]) -> dict[int, str]:
    """Return the texts of points by their numbers; of categories in several levels, the innermost level."""
    source = next((child for child in series if child.tag in tags), None)
    if source is None:
        return {}
    cache = next(source.iter(*_CACHE_TAGS), None)
    if cache is None:
        cache = next(source.iter(f"{C}lvl"), source)
    return {
        integer(point.get("idx"), place): value.text or ""
        for place, point in enumerate(cache.iterchildren(f"{C}pt"))
        if (value := point.find(f"{C}v")) is not None
    }


def _texts(element: Any) -> list[str]:
    """Return the texts of the paragraphs in an element, without those that are blank."""
    return [text for text in map(drawing_text, element.iter(f"{A}p")) if text.strip()]
