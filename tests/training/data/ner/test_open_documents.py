"""Open text is read as documents of tokenized sentences."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from docsight.errors import DataError
from docsight_training.data.ner.open_documents import read_open_text


def test_read_open_text_reads_text_json_lines_and_parquet(tmp_path):
    (tmp_path / "a.txt").write_text("One word. Two words.\n\nA paragraph.")
    (tmp_path / "b.jsonl").write_text(json.dumps({"text": "Of JSON."}) + "\n")
    pq.write_table(pa.table({"tokens": [["of", "tokens"]]}), tmp_path / "c.parquet")
    documents = read_open_text(tmp_path, max_tokens=100, seed=1)
    texts = {" ".join(token for s in document.sentences for token in s.tokens) for document in documents}
    assert texts == {"One word . Two words .", "A paragraph .", "Of JSON .", "of tokens"}
    assert len(read_open_text(tmp_path, max_tokens=1, seed=1)) == 1


def test_read_open_text_reports_what_it_cannot_read(tmp_path):
    with pytest.raises(DataError, match=r"expected a file or folder of \.txt, \.jsonl, \.parquet files; found none"):
        read_open_text(tmp_path, max_tokens=9, seed=1)
    (tmp_path / "b.jsonl").write_text('{"no": 1}\n')
    with pytest.raises(DataError, match="line 1: expected a string, or an object with the text in 'text'; found no"):
        read_open_text(tmp_path, max_tokens=9, seed=1)
