from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from docsight.errors import DataError
from docsight_training.data.speller.open_text import PARTS, read_paragraphs

ROWS = [
    {"text": f"Sentence {part} of {n}", "source": "talk" if n % 2 else "books/one", "para": n}
    for n in range(3000)
    for part in "ab"
]


def _write(folder: Path, *tables: list[dict]) -> Path:
    for at, rows in enumerate(tables):
        parquet.write_table(pa.Table.from_pylist(rows), folder / f"{at}.parquet")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(_write(tmp_path_factory.mktemp("text"), ROWS[:1001], ROWS[1001:]))


def _numbers(folder: str, part: str, **options) -> set[str]:
    return {paragraph.sentences[0].split()[3] for paragraph in read_paragraphs(folder, part, **options)}


def test_read_paragraphs_joins_sentences_that_follow_each_other(folder):
    for part in PARTS:
        for source, sentences in read_paragraphs(folder, part):
            number = sentences[0].split()[3]
            assert sentences == [f"Sentence a of {number}", f"Sentence b of {number}"]
            assert source == ("talk" if int(number) % 2 else "books/one")


def test_read_paragraphs_parts_are_disjoint_and_make_the_whole(folder):
    parts = {part: _numbers(folder, part) for part in PARTS}
    assert sum(map(len, parts.values())) == len(set.union(*parts.values())) == 3000
    shares = {part: len(numbers) / 3 for part, numbers in parts.items()}
    assert shares == pytest.approx(PARTS, rel=0.35, abs=4)


def test_read_paragraphs_splits_deterministically(folder):
    # What one training run holds out, the next one must hold out, too.
    numbers = sorted(int(number) for number in _numbers(folder, "validation"))
    assert numbers == [30, 96, 479, 502, 668, 999, 1707, 1711, 2045, 2731, 2814]


def test_read_paragraphs_thins_by_the_head_of_a_source(folder):
    whole, thinned = _numbers(folder, "train"), _numbers(folder, "train", thin={"books": 0.25})
    assert thinned < whole
    odd = {number for number in whole if int(number) % 2}
    assert odd < thinned
    assert len(thinned - odd) == pytest.approx(0.25 * len(whole - odd), rel=0.2)
    assert not _numbers(folder, "train", thin={"books": 0, "talk": 0})


def test_read_paragraphs_keeps_paragraphs_of_two_sources_apart(tmp_path):
    rows = [{"text": name, "source": name, "para": 0} for name in ("a", "b", "b")]
    found = [paragraph for part in PARTS for paragraph in read_paragraphs(str(_write(tmp_path, rows)), part)]
    assert sorted(found) == [("a", ["a"]), ("b", ["b", "b"])]


def test_read_paragraphs_names_a_folder_that_cannot_be_read(tmp_path):
    with pytest.raises(DataError, match=r"data\.text=.*expected a folder of \.parquet files"):
        list(read_paragraphs(str(tmp_path), "train"))
    _write(tmp_path, [{"text": "a", "para": 1}])
    with pytest.raises(DataError, match=r"expected the columns text, source and para; source not found among text"):
        list(read_paragraphs(str(tmp_path), "train"))
