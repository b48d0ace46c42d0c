from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from docsight.errors import ConfigError
from docsight_training.data.ner.corpora import Corpus, CorpusFormat, read_corpus


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a split of six one-word rows in four documents: a b c, d, e, f."""
    rows = {"tokens": [[word] for word in "abcdef"], "ner_tags": [["O"]] * 6, "doc_id": ["1", "1", "1", "2", "3", "4"]}
    pq.write_table(pa.table(rows), tmp_path / "train.parquet")
    return tmp_path


def _words(folder: Path, spec: str) -> list[str]:
    corpus = Corpus(splits={"train": [spec]})
    documents = read_corpus("own", corpus, "train", CorpusFormat(path=str(folder)))
    return ["".join(token for sentence in d.sentences for token in sentence.tokens) for d in documents]


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("train", ["abc", "d", "e", "f"]),
        ("train%2", ["b", "d", "f"]),
        ("train!2", ["ac", "e"]),
        ("train%2d", ["d", "f"]),
        ("train!2d", ["abc", "e"]),
    ],
)
def test_corpus_is_split_by_rows_or_by_documents(folder: Path, spec: str, words: list[str]):
    assert _words(folder, spec) == words


def test_corpus_refuses_a_malformed_split(folder: Path):
    with pytest.raises(ConfigError, match=r"expected a split such as train, .* found 'train%0'"):
        _words(folder, "train%0")


def test_corpus_does_not_read_spans_to_drop(tmp_path: Path):
    tags = ["B-PER", "B-PER", "O", "B-ORG", "I-ORG", "I-ORG"]
    rows = {"tokens": [["@", "ada", "met", "B", "@", "C"]], "ner_tags": [tags]}
    pq.write_table(pa.table(rows), tmp_path / "train.parquet")
    (document,) = read_corpus("own", Corpus(drop_spans="@"), "train", CorpusFormat(path=str(tmp_path)))
    assert document.sentences[0].spans == [(1, 2, "PER"), (3, 6, "ORG")]
