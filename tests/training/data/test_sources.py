import json
from pathlib import Path

import pytest
import spacy
from datasets import ClassLabel, Dataset, Features, List, Value
from spacy.tokens import DocBin, Span

from docsight.errors import ConfigError, DataError
from docsight.tags import TagSpan
from docsight_training.data.ner.corpora import Columns, Corpus, CorpusFormat, read_corpus
from docsight_training.data.sources import load_split

ROWS = [
    {"tokens": ["President", "Ada", "King", "spoke"], "ner_tags": ["B-PER", "I-PER", "I-PER", "O"], "doc_id": "a"},
    {"tokens": ["Paris"], "ner_tags": ["B-LOC"], "doc_id": "a"},
    {"tokens": ["Dr.", "met", "Acme"], "ner_tags": ["B-PER", "O", "B-ORG"], "doc_id": "b"},
]


def _write_json(folder: Path, rows: list[dict], split: str = "train") -> Path:
    (folder / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def _read(folder: Path, corpus: Corpus | None = None, role: str = "train", **options):
    options = {"source": "json", "path": str(folder)} | options
    return read_corpus("own", corpus or Corpus(), role, CorpusFormat(**options))


def _load(folder: Path | None, split: str = "train", source: str = "json", **options):
    return load_split(split, source=source, path=folder and str(folder), hub=None, **options)


def test_load_split_reads_parquet_json_conll_and_docbins_alike(tmp_path):
    parquet, conll, docbin = (tmp_path / name for name in ("parquet", "conll", "docbin"))
    for folder in (parquet, conll, docbin):
        folder.mkdir()
    Dataset.from_list(ROWS).to_parquet(parquet / "train.parquet")
    lines = ["\n".join(f"{t} {g}" for t, g in zip(r["tokens"], r["ner_tags"], strict=True)) for r in ROWS]
    (conll / "train.conll").write_text("-DOCSTART- O\n\n" + "\n\n".join(lines) + "\n")
    nlp = spacy.blank("en")
    docs = []
    for row in ROWS:
        doc = spacy.tokens.Doc(nlp.vocab, words=row["tokens"])
        tags = row["ner_tags"]
        starts = [n for n, tag in enumerate(tags) if tag[0] == "B"]
        ends = [next((n for n in range(s + 1, len(tags)) if tags[n][0] != "I"), len(tags)) for s in starts]
        doc.ents = [Span(doc, s, e, label=tags[s][2:]) for s, e in zip(starts, ends, strict=True)]
        docs.append(doc)
    DocBin(docs=docs).to_disk(docbin / "train.spacy")
    expected = [(row["tokens"], row["ner_tags"]) for row in ROWS]
    loaded = {
        "json": _load(_write_json(tmp_path, ROWS)),
        "parquet": _load(parquet, source="parquet"),
        "conll": _load(conll, source="conll", columns=["tokens", "ner_tags"]),
        "spacy": _load(docbin, source="spacy"),
    }
    for source, rows in loaded.items():
        assert [(row["tokens"], row["ner_tags"]) for row in rows] == expected, source


def test_load_split_names_the_origin_if_there_is_neither_path_nor_hub():
    with pytest.raises(ConfigError, match=r"data\.path is missing.*its origin \(the attic\).*data\.path=FOLDER"):
        _load(None, origin="the attic")


def test_load_split_reports_a_missing_path(tmp_path):
    with pytest.raises(DataError, match=r"nowhere does not exist; expected a folder with the split 'train'"):
        _load(tmp_path / "nowhere")


def test_load_split_reports_an_unknown_split_and_the_existing_files(tmp_path):
    with pytest.raises(DataError, match=r"no split 'dev': expected a file dev ending in .*; found train\.jsonl"):
        _load(_write_json(tmp_path, ROWS), "dev")


def test_load_split_refuses_an_unknown_source(tmp_path):
    with pytest.raises(ConfigError, match=r"data\.source='xml' is unknown; expected one of: hub, parquet"):
        _load(tmp_path, source="xml")


@pytest.mark.parametrize(
    ("source", "name"), [("parquet", "train.parquet"), ("json", "train.json"), ("spacy", "train.spacy")]
)
def test_load_split_reports_a_damaged_file(tmp_path, source, name):
    (tmp_path / name).write_bytes(b"\x00\x01 this is no such file \xff" * 9)
    with pytest.raises(DataError, match=f"{name}.* cannot be read as"):
        _load(tmp_path, source=source)


def test_load_split_accepts_a_path_with_an_equals_sign(tmp_path):
    folder = tmp_path / "a=b [1]"
    folder.mkdir()
    assert len(_load(_write_json(folder, ROWS))) == 3


def test_read_corpus_joins_documents_and_strips_titles(tmp_path):
    documents = _read(_write_json(tmp_path, ROWS))
    assert [len(document.sentences) for document in documents] == [2, 1]
    assert documents[0].sentences[0].spans == [TagSpan(1, 3, "PER")]
    assert documents[1].sentences[0].spans == [TagSpan(2, 3, "ORG")]
    kept = _read(tmp_path, Corpus(strip_titles=False))
    assert kept[0].sentences[0].spans == [TagSpan(0, 3, "PER")]


def test_read_corpus_folds_labels_and_drops_the_rest(tmp_path):
    documents = _read(_write_json(tmp_path, ROWS), fold={"PER": "HUMAN", "LOC": "PLACE"})
    labels = [span.label for d in documents for s in d.sentences for span in s.spans]
    assert labels == ["HUMAN", "PLACE", "HUMAN"]


def test_read_corpus_separates_every_nth_row_from_the_rest(tmp_path):
    rows = [{"tokens": [str(n)], "ner_tags": ["O"]} for n in range(10)]
    corpus = Corpus(splits={"train": ["train!5"], "test": ["train%5"]})
    words = {
        role: [s.tokens[0] for d in _read(_write_json(tmp_path, rows), corpus, role) for s in d.sentences]
        for role in ("train", "test")
    }
    assert words == {"train": ["0", "1", "2", "3", "5", "6", "7", "8"], "test": ["4", "9"]}


def test_read_corpus_keeps_documents_by_their_id(tmp_path):
    documents = _read(_write_json(tmp_path, ROWS), Corpus(keep="^b"))
    assert [document.sentences[0].tokens[0] for document in documents] == ["Dr."]


def test_read_corpus_reads_class_labels(tmp_path):
    names = ["O", "B-LOC"]
    features = Features({"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=names))})
    Dataset.from_dict({"tokens": [["Paris"]], "ner_tags": [[1]]}, features=features).to_parquet(
        tmp_path / "train.parquet"
    )
    assert _read(tmp_path, source="parquet")[0].sentences[0].spans == [TagSpan(0, 1, "LOC")]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"tokens": ["a", "b"], "ner_tags": ["O"]}, r"own, split 'train', row 1: 2 tokens but 1 tags"),
        ({"tokens": ["a"], "ner_tags": ["I-PER"]}, r"row 1: Expected IOB2 tags: 'I-PER' at token 0"),
        ({"tokens": ["a"], "ner_tags": ["PERSON"]}, r"row 1: Expected IOB2 tags .*; found 'PERSON' at token 0"),
    ],
)
def test_read_corpus_reports_an_invalid_row(tmp_path, row, message):
    with pytest.raises(DataError, match=message):
        _read(_write_json(tmp_path, [{"tokens": ["x"], "ner_tags": ["O"]}, row]))


def test_read_corpus_refuses_numbers_without_names(tmp_path):
    with pytest.raises(DataError, match=r"row 0: expected a list of IOB2 strings in column 'ner_tags'; found \[1\]"):
        _read(_write_json(tmp_path, [{"tokens": ["x"], "ner_tags": [1]}]))


def test_read_corpus_reports_a_missing_column(tmp_path):
    with pytest.raises(DataError, match=r"no column 'labels'; found tokens, ner_tags, doc_id\. Set data\.columns"):
        _read(_write_json(tmp_path, ROWS), columns=Columns(tags="labels"))


def test_read_corpus_refuses_an_empty_split(tmp_path):
    with pytest.raises(DataError, match="found no sentence"):
        _read(_write_json(tmp_path, [{"tokens": [], "ner_tags": [], "doc_id": "a"}] * 2))


@pytest.mark.parametrize("spec", ["train%0", "", "%5"])
def test_read_corpus_refuses_an_invalid_split(tmp_path, spec):
    with pytest.raises(ConfigError, match="expected a split such as"):
        _read(_write_json(tmp_path, ROWS), Corpus(splits={"train": [spec]}))
