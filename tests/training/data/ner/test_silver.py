from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from docsight.errors import ConfigError, DataError
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.silver import SILVER, SilverSource, Teacher, read_silver, write_silver

TEACHER = Teacher(labels=["PER"], transitions=[[0.5] * 5] * 5, start=[0.25] * 5, end=[0.0] * 5)
SOURCE = SilverSource("news", "a news site", "CC0")


def _sentence(*tokens: str) -> Sentence:
    scores = np.arange(5 * len(tokens), dtype=np.float16).reshape(-1, 5)
    return Sentence(list(tokens), [], scores)


DOCUMENTS = [Document(SILVER, [_sentence("Ada", "wrote", "."), _sentence("Yes")]), Document(SILVER, [_sentence("No")])]


def test_silver_comes_back_as_written(tmp_path: Path):
    write_silver(tmp_path / "news-000.parquet", DOCUMENTS, TEACHER, SOURCE)
    documents, teacher, sources = read_silver(tmp_path, labels=["PER"])
    assert (teacher, sources) == (TEACHER, [SOURCE])
    assert [[s.tokens for s in d.sentences] for d in documents] == [[["Ada", "wrote", "."], ["Yes"]], [["No"]]]
    for found, written in zip(documents, DOCUMENTS, strict=True):
        for one, other in zip(found.sentences, written.sentences, strict=True):
            assert np.array_equal(one.scores, other.scores)


def test_silver_is_written_in_one_step(tmp_path: Path):
    write_silver(tmp_path / "news-000.parquet", DOCUMENTS, TEACHER, SOURCE)
    assert [file.name for file in tmp_path.iterdir()] == ["news-000.parquet"]


def test_read_silver_says_how_to_make_it(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"found none\. Train one with docsight-train experiment=rnn_ner_teacher"):
        read_silver(tmp_path, labels=["PER"])


def test_read_silver_refuses_other_labels(tmp_path: Path):
    write_silver(tmp_path / "news-000.parquet", DOCUMENTS, TEACHER, SOURCE)
    with pytest.raises(DataError, match="expected scores of the labels PER, LOC; found PER"):
        read_silver(tmp_path, labels=["PER", "LOC"])


def test_read_silver_refuses_the_scores_of_two_teachers(tmp_path: Path):
    write_silver(tmp_path / "a.parquet", DOCUMENTS, TEACHER, SOURCE)
    other = Teacher(labels=["PER"], transitions=[[0.0] * 5] * 5, start=[0.0] * 5, end=[0.0] * 5)
    write_silver(tmp_path / "b.parquet", DOCUMENTS, other, SOURCE)
    with pytest.raises(DataError, match=r"expected the teacher of .*a\.parquet; found the scores of another one"):
        read_silver(tmp_path, labels=["PER"])


def test_read_silver_refuses_other_parquet_files(tmp_path: Path):
    pq.write_table(pa.table({"text": ["Ada wrote."]}), tmp_path / "text.parquet")
    with pytest.raises(DataError, match="found another Parquet file"):
        read_silver(tmp_path, labels=["PER"])
