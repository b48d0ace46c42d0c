import json
from pathlib import Path

import pytest
import spacy
from datasets import ClassLabel, Dataset, Features, List, Value
from spacy.tokens import DocBin, Span

from docsight.errors import ConfigError, DataError
from docsight.tags import TagSpan
from docsight_training.data import sources
from docsight_training.data.ner.corpora import Corpus, CorpusFormat, read_corpus
from docsight_training.data.ner.corpus_reader import CorpusReader
from docsight_training.data.ner.findings import FindingKind, Findings
from docsight_training.data.ner.formats.annotated import Columns
from docsight_training.data.ner.held_out import HoldOut

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


def _words(documents: list) -> list[list[str]]:
    return [sentence.tokens for document in documents for sentence in document.sentences]


def test_read_corpus_reads_parquet_json_conll_and_docbins_alike(tmp_path):
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
    spans = [[TagSpan(0, 3, "PER")], [TagSpan(0, 1, "LOC")], [TagSpan(0, 1, "PER"), TagSpan(2, 3, "ORG")]]
    expected = [(row["tokens"], of_row) for row, of_row in zip(ROWS, spans, strict=True)]
    written = {"json": _write_json(tmp_path, ROWS), "parquet": parquet, "conll": conll, "spacy": docbin}
    for source, folder in written.items():
        for given in (source, "auto"):
            documents = _read(folder, source=given)
            assert [(s.tokens, s.spans) for d in documents for s in d.sentences] == expected, source


def test_read_corpus_names_the_origin_if_there_is_neither_path_nor_hub():
    with pytest.raises(ConfigError, match=r"data\.path is missing.*its origin \(the attic\).*data\.path=FOLDER"):
        read_corpus("own", Corpus(origin="the attic"), "train", CorpusFormat())


def test_read_corpus_reports_a_missing_path(tmp_path):
    with pytest.raises(DataError, match=r"nowhere does not exist; expected a folder with the splits, or a file"):
        _read(tmp_path / "nowhere")


def test_read_corpus_reports_an_unknown_split_and_the_existing_files(tmp_path):
    corpus = Corpus(splits={"train": ["gold"]})
    with pytest.raises(
        DataError, match=r"no split 'gold' of annotated texts: expected a file or folder gold; found train\.jsonl"
    ):
        _read(_write_json(tmp_path, ROWS), corpus)


def test_reader_refuses_an_unknown_source(tmp_path):
    with pytest.raises(ConfigError, match=r"data\.source='xml' is unknown; expected one of: auto, hub, offsets"):
        CorpusReader({"own": Corpus()}, CorpusFormat(source="xml"), HoldOut())


@pytest.mark.parametrize(
    ("source", "name"), [("parquet", "train.parquet"), ("json", "train.json"), ("spacy", "train.spacy")]
)
def test_read_corpus_reports_a_damaged_file(tmp_path, source, name):
    (tmp_path / name).write_bytes(b"\x00\x01 this is no such file \xff" * 9)
    with pytest.raises(DataError, match=f"{name}: "):
        _read(tmp_path, source=source)


def test_read_corpus_accepts_a_path_with_an_equals_sign(tmp_path):
    folder = tmp_path / "a=b [1]"
    folder.mkdir()
    assert len(_words(_read(_write_json(folder, ROWS)))) == 3


def test_read_corpus_reads_a_split_of_the_hub_by_any_of_its_names(monkeypatch):
    monkeypatch.setattr(sources.datasets, "get_dataset_split_names", lambda hub: ["train", "dev"])
    monkeypatch.setattr(sources.datasets, "load_dataset", lambda hub, split: Dataset.from_list(ROWS[: len(split) - 2]))
    counts = [
        len(_words(read_corpus("own", Corpus(hub="a/b"), role, CorpusFormat())))
        for role in ("train", "validation", "test")
    ]
    assert counts == [3, 1, 0]


def test_read_corpus_joins_documents(tmp_path):
    documents = _read(_write_json(tmp_path, ROWS))
    assert [len(document.sentences) for document in documents] == [2, 1]


def test_read_corpus_strips_titles_only_if_asked_to(tmp_path):
    plain = _read(_write_json(tmp_path, ROWS))
    assert plain[0].sentences[0].spans == [TagSpan(0, 3, "PER")]
    for stripped in (_read(tmp_path, strip_titles=True), _read(tmp_path, Corpus(strip_titles=True))):
        assert stripped[0].sentences[0].spans == [TagSpan(1, 3, "PER")]
        assert stripped[1].sentences[0].spans == [TagSpan(2, 3, "ORG")]
    assert _read(tmp_path, Corpus(strip_titles=False), strip_titles=True)[0].sentences[0].spans == [
        TagSpan(0, 3, "PER")
    ]


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
        ({"tokens": ["a", "b"], "ner_tags": ["O"]}, r"train\.jsonl, row 2: 2 tokens but 1 tags"),
        ({"tokens": ["a"], "ner_tags": ["*?"]}, r"row 2: expected tags such as O, .*; found '\*\?' at token 1"),
        ({"tokens": ["a", None], "ner_tags": ["O", "O"]}, r"row 2: expected tokens that .*; found null at token 2"),
        ({"tokens": ["a"], "ner_tags": [None]}, r"row 2: expected tags that are strings; found null at token 1"),
        ({"tokens": ["a"], "ner_tags": [3]}, r"row 2: expected tags that are strings; found 3 at token 1"),
        ({"tokens": "a", "ner_tags": ["O"]}, r"row 2: expected a list of tokens; found 'a'"),
        ({"tokens": ["a"]}, r"row 2: no column 'ner_tags'; found tokens\. Name it by data\.columns\.tags=COLUMN"),
        (["a"], r"row 2: expected an object with tokens and tags; found \['a'\]"),
    ],
)
def test_read_corpus_reports_an_invalid_row(tmp_path, row, message):
    with pytest.raises(DataError, match=message):
        _read(_write_json(tmp_path, [{"tokens": ["x"], "ner_tags": ["O"]}, row]))


def test_read_corpus_reports_a_missing_column(tmp_path):
    with pytest.raises(
        DataError, match=r"no column 'labels'; found tokens, ner_tags, doc_id\. Name it by data\.columns"
    ):
        _read(_write_json(tmp_path, ROWS), columns=Columns(tags="labels"))


def test_read_corpus_refuses_an_empty_split(tmp_path):
    with pytest.raises(DataError, match="found no sentence"):
        _read(_write_json(tmp_path, [{"tokens": [], "ner_tags": [], "doc_id": "a"}] * 2))


@pytest.mark.parametrize("spec", ["train%0", "", "%5"])
def test_read_corpus_refuses_an_invalid_split(tmp_path, spec):
    with pytest.raises(ConfigError, match="expected a split such as"):
        _read(_write_json(tmp_path, ROWS), Corpus(splits={"train": [spec]}))


@pytest.mark.parametrize(
    ("name", "header", "separator", "boundary"),
    [("a.conll", "", "\t", "\n"), ("a.csv", "word,tag\n", ",", ",\n"), ("a.csv", "doc_id,word,tag\n", ",", "")],
)
def test_tokens_that_nothing_divides_are_divided_after_punctuation(
    tmp_path: Path, name: str, header: str, separator: str, boundary: str
):
    tags = {"Ada": "B-PER", "met": "O", "Yahoo": "B-ORG", "!": "I-ORG", "Inc": "I-ORG", ".": "O"}
    document = "d1," if "doc_id" in header else ""
    sentence = "".join(f"{document}{token}{separator}{tag}\n" for token, tag in tags.items())
    (tmp_path / name).write_text(header + sentence * 50)
    findings = Findings()
    (read,) = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(tmp_path / name)), findings)
    assert [len(part.tokens) for part in read.sentences] == [6] * 50
    assert [(part.spans[1].start, part.spans[1].end) for part in read.sentences] == [(2, 5)] * 50
    place = f"{name}, line {1 + bool(header)}"
    assert [tuple(finding) for finding in findings.all] == [(FindingKind.UNDIVIDED, place, "300 tokens")]
    if boundary:
        (tmp_path / name).write_text(header + sentence + boundary + sentence * 49)
        divided = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(tmp_path / name)))
        assert [len(part.tokens) for each in divided for part in each.sentences] == [6, 294]


def test_blank_tokens_are_left_out_and_listed(tmp_path: Path):
    rows = [{"tokens": ["Ada", "", " ", "King", "\t"], "ner_tags": ["B-PER", "I-PER", "I-PER", "I-PER", "B-LOC"]}]
    findings = Findings()
    (document,) = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(_write_json(tmp_path, rows))), findings)
    (sentence,) = document.sentences
    assert (sentence.tokens, sentence.spans) == (["Ada", "King"], [TagSpan(0, 2, "PER")])
    assert [(each.kind, each.detail) for each in findings.all] == [
        (FindingKind.BLANK, "'' at token 2"),
        (FindingKind.BLANK, "' ' at token 3"),
        (FindingKind.BLANK, "'\\t' at token 5"),
        (FindingKind.EMPTY, "LOC"),
    ]


def test_parquet_with_tokens_of_prodigy_is_read_by_its_spans(tmp_path: Path):
    spans = [{"start": 0, "end": 3, "label": "PER"}]
    row = {"text": "Ada left", "tokens": [{"text": "Ada", "start": 0, "end": 3}], "spans": spans}
    Dataset.from_list([row]).to_parquet(tmp_path / "a.parquet")
    (document,) = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(tmp_path / "a.parquet")))
    assert document.sentences[0].spans == [TagSpan(0, 1, "PER")]
