from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from docsight.errors import ConfigError
from docsight.vocab import CELL_END, LINE_END
from docsight_training.data.ner.ner_data import NerData
from docsight_training.data.ner.templates import read_templates

SECTIONS = sorted({template.section for template in read_templates()})


def _data(folder: Path, **options: Any) -> NerData:
    rows = {"tokens": [["Ada", "left", "London"]], "ner_tags": [["B-PER", "O", "B-LOC"]]}
    for split in ("train", "validation", "test"):
        pq.write_table(pa.table(rows), folder / f"{split}.parquet")
    data = NerData(path=str(folder), glove_words=0, min_count=1, **options)
    data.setup()
    return data


@pytest.mark.parametrize(
    ("options", "ends"),
    [
        ({}, set()),
        ({"augment": {"lines": 0.3}}, {LINE_END}),
        ({"templates": 5}, {LINE_END, CELL_END}),
        ({"templates": 5, "labels": ["PER", "LOC"], "template_weights": dict.fromkeys(SECTIONS, 0.0)}, set()),
    ],
)
def test_vocabulary_has_the_ends_of_lines_and_cells_that_the_training_text_has(
    tmp_path: Path, options: dict[str, Any], ends: set[str]
):
    words = _data(tmp_path, **options).words
    assert {end for end in (LINE_END, CELL_END) if end in words} == ends


def test_rule_for_dates_needs_labels_that_may_be_missing(tmp_path: Path):
    options = {"labels": ["PER", "LOC", "DATE"], "corpora": {"own": {"annotates": ["PER", "LOC"]}}}
    with pytest.raises(ConfigError, match=r"needs data.unknown_labels=marginalise; found 'outside'"):
        _data(tmp_path, date_label="DATE", **options)
    assert _data(tmp_path, date_label="DATE").date_label == "DATE"  # not among the labels, so there is no rule
    assert _data(tmp_path, date_label="DATE", unknown_labels="marginalise", **options).date_label == "DATE"
