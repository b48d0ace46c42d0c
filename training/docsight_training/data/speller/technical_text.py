"""Technical terms and word pairs, counted in lists of packages.

    python -m docsight_training.data.speller.technical_text Translation-en.xz simple.html --out technical.parquet

Translation-en.xz has the descriptions of a Debian release (dists/NAME/main/i18n on any mirror), simple.html the names
of all PyPI projects (the root of its simple index).
"""

import argparse
import lzma
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from docsight.errors import DataError
from docsight.spelling.tokens import is_key

_PACKAGE = re.compile(r"^Package: (\S+)$", re.MULTILINE)
_DESCRIPTION = re.compile(r"^Description-en: (.*)", re.MULTILINE | re.DOTALL)
_PROJECT = re.compile(r'<a href="([^"/]+)/"')
_NAME_WORD = re.compile(r"[a-z]+")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[^\sa-z]+")
# A word of a Debian package's name is a term; one in descriptions or PyPI names may be a typing error.
_MIN_DESCRIPTIONS = _MIN_PROJECTS = 4
_MIN_PAIR_COUNT = 3  # descriptions


class TechnicalCounts(NamedTuple):
    terms: list[str]
    pairs: dict[tuple[str, str], int]  # and in how many descriptions each occurs


def count_technical_text(descriptions: str, projects: str) -> TechnicalCounts:
    """Count the words of Debian's package names and descriptions, and of PyPI's project names."""
    in_names: set[str] = set()
    in_descriptions, pairs = Counter[str](), Counter[tuple[str, str]]()
    read: set[str] = set()  # packages from one source share paragraphs
    for entry in descriptions.split("\n\n"):
        package, description = _PACKAGE.search(entry), _DESCRIPTION.search(entry)
        if package is None or description is None:
            continue
        in_names.update(_NAME_WORD.findall(package[1]))
        paragraphs = [part for part in description[1].lower().split("\n .\n") if part not in read]
        read.update(paragraphs)
        words = [_WORD.findall(paragraph) for paragraph in paragraphs]
        in_descriptions.update({word for paragraph in words for word in paragraph if word[0].isalpha()})
        pairs.update({pair for paragraph in words for pair in _word_pairs(paragraph)})
    in_projects = Counter(word for name in _PROJECT.findall(projects) for word in set(_NAME_WORD.findall(name.lower())))
    terms = in_names | _frequent(in_descriptions, _MIN_DESCRIPTIONS) | _frequent(in_projects, _MIN_PROJECTS)
    return TechnicalCounts(
        sorted(term for term in terms if len(term) > 1 and is_key(term)),
        {pair: count for pair, count in sorted(pairs.items()) if count >= _MIN_PAIR_COUNT},
    )


def write_technical(counts: TechnicalCounts, path: Path) -> None:
    """Write a Parquet table with the columns first, second (null for a term) and count."""
    rows: list[tuple[str, str | None, int]] = [(term, None, 1) for term in counts.terms]
    rows += [(first, second, count) for (first, second), count in counts.pairs.items()]
    columns = dict(zip(("first", "second", "count"), map(list, zip(*rows, strict=True)), strict=True))
    pq.write_table(pa.table(columns), path, compression="zstd")


def read_technical(path: str | Path) -> TechnicalCounts:
    """Read what `write_technical` wrote.

    Raises:
        DataError: The file is missing or has other columns.
    """
    try:
        table = pq.read_table(path, columns=["first", "second", "count"])
    except (OSError, pa.ArrowException) as err:
        raise DataError(
            f"data.technical={path}: expected a Parquet file with the columns first, second and count, as "
            f"`python -m docsight_training.data.speller.technical_text` writes it: {err}"
        ) from err
    rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return TechnicalCounts(
        [first for first, second, _ in rows if second is None],
        {(first, second): count for first, second, count in rows if second is not None},
    )


def _word_pairs(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((first, second) for first, second in pairwise(words) if first[0].isalpha() and second[0].isalpha())


def _frequent(counts: Counter[str], least: int) -> set[str]:
    return {word for word, count in counts.items() if count >= least}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("descriptions", type=Path, help="Translation-en.xz of a Debian release")
    parser.add_argument("projects", type=Path, help="the HTML page of PyPI's simple index")
    parser.add_argument("--out", type=Path, required=True, help="the Parquet file to write")
    options = parser.parse_args()
    with lzma.open(options.descriptions, "rt", encoding="utf-8") as opened:
        descriptions = opened.read()
    write_technical(count_technical_text(descriptions, options.projects.read_text("utf-8")), options.out)


if __name__ == "__main__":
    main()
