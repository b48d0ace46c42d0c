from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from docsight.errors import ConfigError
from docsight.vocab import CELL_END, LINE_END
from docsight_training.data.ner.ner_data import NerData


def _data(folder: Path, **options: Any) -> NerData:
    rows = {"tokens": [["Ada", "left", "London"]], "ner_tags": [["B-PER", "O", "B-LOC"]]}
    for split in ("train", "validation", "test"):
        pq.write_table(pa.table(rows), folder / f"{split}.parquet")
    data = NerData(path=str(folder), glove_words=0, min_count=1, **options)
    data.setup()
    return data


@pytest.mark.parametrize(
    ("options", "reads_layout"), [({}, False), ({"augment": {"lines": 0.3}}, True), ({"templates": 5}, True)]
)
def test_vocabulary_has_ends_of_lines_and_cells_if_the_training_text_has_them(
    tmp_path: Path, options: dict[str, Any], reads_layout: bool
):
    words = _data(tmp_path, **options).words
    assert [end in words for end in (LINE_END, CELL_END)] == [reads_layout] * 2


def test_rule_for_dates_needs_labels_that_may_be_missing(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"needs data.unknown_labels=marginalise; found 'outside'"):
        _data(tmp_path, date_label="DATE")
    assert _data(tmp_path, date_label="DATE", unknown_labels="marginalise").date_label == "DATE"
