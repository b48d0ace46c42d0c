"""An old model labels the training text of a new one."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from docsight.errors import DataError
from docsight.tags import TagSpan
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.rehearsal import read_open_text, rehearse
from docsight_training.tagger_transfer import InitialTagger

TEXT = ["Angela", "Merkel", "met", "Barack", "Obama", "in", "Berlin", "."]


@pytest.fixture(scope="module")
def start():
    return InitialTagger("rnn_ner")


def test_rehearse_adds_spans_of_the_labels_to_keep_beside_the_annotation(start):
    annotated = Document("own", [Sentence(TEXT, [TagSpan(3, 5, "CHIEF")]), Sentence(["Thanks", "."], [])])
    [versions] = rehearse(start, [annotated], keep=["PER", "LOC"], draws=8, seed=1)
    assert len(versions) == 8
    spans = [version.sentences[0].spans for version in versions]
    assert all(TagSpan(3, 5, "CHIEF") in of_version for of_version in spans)
    assert all(TagSpan(0, 2, "PER") in of_version for of_version in spans)
    assert {label for of_version in spans for _, _, label in of_version} == {"CHIEF", "PER", "LOC"}
    assert [version.sentences[1].tokens for version in versions] == [["Thanks", "."]] * 8


def test_rehearse_adds_no_label_that_is_annotated(start):
    [versions] = rehearse(start, [Document("own", [Sentence(TEXT, [])])], keep=["LOC"], draws=4, seed=1)
    spans = {span for version in versions for span in version.sentences[0].spans}
    assert TagSpan(6, 7, "LOC") in spans
    assert {span.label for span in spans} == {"LOC"}


def test_rehearse_joins_no_span_over_the_end_of_a_sentence(start):
    sentences = [Sentence(["Mr.", "Barack"], []), Sentence(["Obama", "spoke", "."], [])]
    [versions] = rehearse(start, [Document("own", sentences)], keep=["PER"], draws=8, seed=1)
    for version in versions:
        assert [len(sentence.tokens) for sentence in version.sentences] == [2, 3]
        assert all(end <= len(sentence.tokens) for sentence in version.sentences for _, end, _ in sentence.spans)


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
    with pytest.raises(DataError, match="line 1: expected JSON with the key 'text'"):
        read_open_text(tmp_path, max_tokens=9, seed=1)
