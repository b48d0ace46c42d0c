"""CSV with a token, a span, or a text with its spans in a row."""

from pathlib import Path
from typing import Any

import pytest

from docsight.errors import DataError
from docsight_training.data.ner.corpora import Corpus, CorpusFormat, read_corpus
from docsight_training.data.ner.findings import FindingKind, Findings
from docsight_training.data.ner.formats.annotated import Columns

EXPECTED = [
    (["Ada", "Lovelace", "left"], [("PER", "Ada Lovelace")]),
    (["Paris"], [("LOC", "Paris")]),
]
FILES = {
    "sentence in its first row": "Sentence #,Word,POS,Tag\nSentence: 1,Ada,N,B-PER\n,Lovelace,N,I-PER\n,left,V,O\n"
    "Sentence: 2,Paris,N,B-LOC\n",
    "sentence in all rows": "sentence_id;token;tag\n7;Ada;B-PER\n7;Lovelace;I-PER\n7;left;O\n8;Paris;B-LOC\n",
    "empty lines": "\ufefftokens,ner_tags\r\nAda,B-PER\r\nLovelace,I-PER\r\nleft,O\r\n\r\nParis,B-LOC\r\n",
    "separator of Excel": "\ufeffsep=;\r\ntoken;tag\r\nAda;B-PER\r\nLovelace;I-PER\r\nleft;O\r\n;\r\nParis;B-LOC\r\n",
    "a token and its label": "sentence,token,label\n1,Ada,PER\n1,Lovelace,PER\n1,left,O\n2,Paris,LOC\n",
    "names with other signs": "Sentence-ID,WORD,NER Tag\n1,Ada,B-PER\n1,Lovelace,I-PER\n1,left,O\n2,Paris,B-LOC\n",
    "a span a row": "text,start,end,label\nAda Lovelace left,0,12,PER\nParis,0.0,5.0,LOC\n",
    "a span a row, with its words": "text,word,start,end,tag\nAda Lovelace left,Ada Lovelace,0,12,PER\n"
    "Paris,Paris,0,5,LOC\n",
    "a token a row, with its offsets": "text,word,start,end,tag\nAda Lovelace left,Ada,0,3,B-PER\n"
    "Ada Lovelace left,Lovelace,4,12,I-PER\nAda Lovelace left,left,13,17,O\n,,,,\nParis,Paris,0,5,B-LOC\n",
    "no tags outside": "sentence,word,tag\n1,Ada,B-PER\n1,Lovelace,I-PER\n1,left,\n2,Paris,B-LOC\n",
    "spans in JSON": 'id,text,label\n1,Ada Lovelace left,"[[0, 12, ""PER""]]"\n'
    '2,Paris,"[{""start"": 0, ""end"": 5, ""labels"": [""LOC""]}]"\n',
}


def _read(path: Path, content: str, **options: Any) -> list[tuple[list[str], list[tuple[str, str]]]]:
    path.write_text(content, encoding="utf-8", newline="")
    findings = Findings()
    documents = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(path), **options), findings)
    rows = [
        (s.tokens, [(label, " ".join(s.tokens[start:end])) for start, end, label in s.spans])
        for document in documents
        for s in document.sentences
    ]
    assert not findings.all
    return rows


@pytest.mark.parametrize("name", FILES)
def test_tables_are_recognized_by_their_columns(tmp_path: Path, name: str):
    assert _read(tmp_path / "train.csv", FILES[name]) == EXPECTED


def test_cells_may_have_commas_quotes_and_line_breaks(tmp_path: Path):
    content = 'text,start,end,label\n"""Hello, Ada""\nsaid Bob",8,11,PER\n'
    assert _read(tmp_path / "a.csv", content)[0][1] == [("PER", "Ada")]
    assert _read(tmp_path / "b.csv", 'word,tag\n",",B-X\n') == [([","], [("X", ",")])]


def test_text_without_spans_is_kept(tmp_path: Path):
    content = 'text,label\nAda left,"[[0, 3, ""PER""]]"\nNobody left,\n'
    assert [spans for _, spans in _read(tmp_path / "a.csv", content)] == [[("PER", "Ada")], []]
    content = "text,start,end,label\nAda left,0,3,PER\nNobody left,,,\n"
    assert [spans for _, spans in _read(tmp_path / "b.csv", content)] == [[("PER", "Ada")], []]


def test_columns_can_be_named(tmp_path: Path):
    content = "form,kind\nAda,B-PER\nleft,O\n"
    columns = Columns(tokens="form", tags="kind")
    assert _read(tmp_path / "a.csv", content, columns=columns) == [(["Ada", "left"], [("PER", "Ada")])]
    content = "row,form,kind\na,Ada,B-PER\na,left,O\nb,Bob,B-PER\n"
    columns = Columns(tokens="form", tags="kind", sentence="row")
    assert [tokens for tokens, _ in _read(tmp_path / "a.csv", content, columns=columns)] == [["Ada", "left"], ["Bob"]]
    with pytest.raises(DataError, match=r"no column 'line' \(data\.columns\.sentence\); found row, form, kind"):
        _read(tmp_path / "a.csv", content, columns=Columns(tokens="form", tags="kind", sentence="line"))


def test_words_of_a_span_are_compared_with_its_offsets(tmp_path: Path):
    file = tmp_path / "a.csv"
    file.write_text("text,word,start,end,tag\nAda left Rome,Rome,0,3,LOC\n")
    findings = Findings()
    read_corpus("own", Corpus(), "train", CorpusFormat(path=str(file)), findings)
    assert [finding.kind for finding in findings.all] == [FindingKind.MISPLACED]


def test_column_of_documents_is_read(tmp_path: Path):
    file = tmp_path / "a.csv"
    file.write_text("doc_id,sentence_id,word,tag\nx,1,Ada,B-PER\nx,2,left,O\ny,3,Paris,B-LOC\n")
    documents = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(file)), Findings())
    assert [(document.id, len(document.sentences)) for document in documents] == [("x", 2), ("y", 1)]


@pytest.mark.parametrize(
    "first", ["doc_id,sentence_id,word,tag\nx,1,Ada,B-PER\ny,1,", "doc_id,word,tag\nx,Ada,B-PER\ny,"]
)
def test_sentence_ends_with_its_document(tmp_path: Path, first: str):
    file = tmp_path / "a.csv"
    file.write_text(f"{first}Paris,B-LOC\n")
    documents = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(file)), Findings())
    assert [(document.id, document.sentences[0].tokens) for document in documents] == [("x", ["Ada"]), ("y", ["Paris"])]


def test_same_text_in_two_documents_is_read_twice(tmp_path: Path):
    content = "doc_id,text,start,end,label\nx,Ada left,0,3,PER\ny,Ada left,0,3,PER\n"
    assert _read(tmp_path / "a.csv", content) == [(["Ada", "left"], [("PER", "Ada")])] * 2


def test_spaces_at_the_beginning_of_a_text_count(tmp_path: Path):
    expected = [(["Ada", "left"], [("PER", "Ada")])]
    assert _read(tmp_path / "a.csv", "text,start,end,label\n Ada left,1,4,PER\n") == expected
    assert _read(tmp_path / "b.csv", 'text, start, end, label\n"Ada left", 0, 3, "PER"\n') == expected


def test_long_texts_are_read(tmp_path: Path):
    content = f'text,label\nAda {"left " * 40_000},"[[0, 3, ""PER""]]"\n'
    assert _read(tmp_path / "a.csv", content)[0][1] == [("PER", "Ada")]


def test_columns_of_json_are_found_in_any_case(tmp_path: Path):
    content = 'Text,Entities\nAda left,"[[0, 3, ""PER""]]"\n'
    assert _read(tmp_path / "a.csv", content) == [(["Ada", "left"], [("PER", "Ada")])]


def test_conll_in_a_file_named_csv_is_recognized(tmp_path: Path):
    content = "Ada\tB-PER\n,\tO\nleft\tO\n"
    assert _read(tmp_path / "a.csv", content) == [(["Ada", ",", "left"], [("PER", "Ada")])]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1,2\n", r"expected a first line that names the columns.*found 'a, b'"),
        ("word,tag\nAda,B-PER\nleft\n", r"line 3: expected 2 columns, as in the first line; found 1"),
        ("sep=|\nword|tag\n\nAda|B-PER\nleft\n", r"line 5: expected 2 columns"),
        ("word,tag\nAda,B-PER\nleft,O\nParis,\n", r"line 4: expected a tag in the column 'tag', such as O"),
        ("word,tag\n,B-PER\n", r"line 2: expected a token in the column 'word'; found none"),
        (
            "text,start,end,label\nAda,0,three,PER\n",
            r"line 2: expected start and end as whole numbers; found \['0', 't",
        ),
        ("tokens,ner_tags\n\"['Ada']\",\"['B-PER']\"\n", r"line 2: .*found lists.*to_json\('train\.jsonl'"),
        ('word,tag\n"Ada,B-PER\n', r"line 2: cannot be read as CSV: unexpected end of data"),
        ("text,label\nAda,\n", r"no row has spans"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, content: str, message: str):
    with pytest.raises(DataError, match=message):
        _read(tmp_path / "a.csv", content)
