from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from docsight.errors import DataError
from docsight_training.teacher.unlabelled_text import OpenText, read_unlabelled


def _write(folder: Path, **columns) -> str:
    pq.write_table(pa.table(columns), folder / "text.parquet")
    return str(folder / "text.parquet")


def _tokens(path: str, **options) -> list[list[list[str]]]:
    documents = read_unlabelled(OpenText(path, **options), seed=1)
    return [[sentence.tokens for sentence in document.sentences] for document in documents]


def test_text_is_tokenized_and_grouped_by_paragraph(tmp_path: Path):
    path = _write(tmp_path, text=["Ada's book.", "It sold.", "Rain fell."], para=[0, 0, 1])
    assert _tokens(path) == [[["Ada", "'s", "book", "."], ["It", "sold", "."]], [["Rain", "fell", "."]]]


def test_tokens_are_read_as_they_are(tmp_path: Path):
    path = _write(tmp_path, tokens=[["Ada", "wrote."], ["Yes"]], doc_id=["a", "b"], ner_tags=[["O", "O"], ["O"]])
    assert _tokens(path) == [[["Ada", "wrote."]], [["Yes"]]]


def test_a_share_of_the_documents_is_drawn_by_the_seed(tmp_path: Path):
    path = _write(tmp_path, text=[f"word{n}" for n in range(400)])
    some = _tokens(path, share=0.25)
    assert 60 < len(some) < 140
    assert some == _tokens(path, share=0.25)


def test_long_sentences_are_left_out(tmp_path: Path):
    path = _write(tmp_path, text=["long " * 121, "short"])
    assert _tokens(path) == [[["short"]]]


def test_a_file_without_text_is_refused(tmp_path: Path):
    path = _write(tmp_path, words=["Ada"])
    with pytest.raises(DataError, match="expected the column text or tokens; found words"):
        _tokens(path)
    with pytest.raises(DataError, match="found no file"):
        _tokens(str(tmp_path / "none.parquet"))
