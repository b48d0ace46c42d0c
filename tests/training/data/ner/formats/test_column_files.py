"""CoNLL in its many forms."""

from pathlib import Path
from typing import Any

import pytest

from docsight.errors import ConfigError, DataError
from docsight_training.data.ner.corpora import Corpus, CorpusFormat, read_corpus
from docsight_training.data.ner.findings import FindingKind, Findings

EXPECTED = [
    (["Ada", "Lovelace", "met", "Acme"], [("PER", "Ada Lovelace"), ("ORG", "Acme")]),
    (["Paris"], [("LOC", "Paris")]),
]
FILES = {
    "two columns": "Ada B-PER\nLovelace I-PER\nmet O\nAcme B-ORG\n\nParis B-LOC\n",
    "tabs": "Ada\tB-PER\nLovelace\tI-PER\nmet\tO\nAcme\tB-ORG\n\nParis\tB-LOC\n",
    "four columns": "Ada NNP B-NP B-PER\nLovelace NNP I-NP I-PER\nmet V O O\nAcme NNP B-NP B-ORG\n\nParis N O B-LOC\n",
    "columns that vary": "Ada NNP B-PER\nLovelace I-PER\nmet a b c O\nAcme B-ORG\n\nParis N B-LOC\n",
    "numbered tokens": "1 Ada B-PER -\n2 Lovelace I-PER -\n3 met O -\n4 Acme B-ORG -\n\n1 Paris B-LOC -\n",
    "IOB1": "Ada I-PER\nLovelace I-PER\nmet O\nAcme I-ORG\n\nParis I-LOC\n",
    "IOBES": "Ada B-PER\nLovelace E-PER\nmet O\nAcme S-ORG\n\nParis S-LOC\n",
    "BILOU": "Ada B-PER\nLovelace L-PER\nmet O\nAcme U-ORG\n\nParis U-LOC\n",
    "BMES": "Ada B-PER\nLovelace E-PER\nmet O\nAcme S-ORG\n\nParis S-LOC\n",
    "labels alone": "Ada PER\nLovelace PER\nmet O\nAcme ORG\n\nParis LOC\n",
    "tags with suffixes": "Ada PER-B\nLovelace PER-I\nmet O\nAcme ORG-B\n\nParis LOC-B\n",
    "tags first": "B-PER Ada\nI-PER Lovelace\nO met\nB-ORG Acme\n\nB-LOC Paris\n",
    "header": "TOKEN\tNE-TAG\nAda\tB-PER\nLovelace\tI-PER\nmet\tO\nAcme\tB-ORG\n\nParis\tB-LOC\n",
    "comments": "# id 1\tdomain=en\nAda\tB-PER\nLovelace\tI-PER\nmet\tO\nAcme\tB-ORG\n\n# text = Paris\nParis\tB-LOC\n",
    "documents": "-DOCSTART- O\n\nAda B-PER\nLovelace I-PER\nmet O\nAcme B-ORG\n\n-DOCSTART- O\n\nParis B-LOC\n",
    "trailing white space": "Ada B-PER \nLovelace I-PER\t\nmet O\nAcme B-ORG\n \t\n\n\nParis B-LOC",
}


def _read(
    path: Path, findings: Findings | None = None, **options: Any
) -> list[tuple[list[str], list[tuple[str, str]]]]:
    documents = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(path), **options), findings)
    return [
        (s.tokens, [(label, " ".join(s.tokens[start:end])) for start, end, label in s.spans])
        for document in documents
        for s in document.sentences
    ]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_columns_are_recognized(tmp_path: Path, name: str, line_end: str, mark: str):
    file = tmp_path / "train.txt"
    file.write_bytes((mark + FILES[name]).replace("\n", line_end).encode())
    findings = Findings()
    assert _read(file, findings) == EXPECTED
    assert not findings.all


def test_tags_may_be_in_lower_case(tmp_path: Path):
    (tmp_path / "a.conll").write_text("Ada b-per\nLovelace i-per\nmet o\n# o\n\nParis b-loc\n")
    findings = Findings()
    expected = [(["Ada", "Lovelace", "met", "#"], [("per", "Ada Lovelace")]), (["Paris"], [("loc", "Paris")])]
    assert _read(tmp_path / "a.conll", findings) == expected
    assert not findings.all
    (tmp_path / "a.conll").write_text("Ada per\nLovelace per\nmet o\n# o\n\nParis loc\n")
    assert _read(tmp_path / "a.conll") == expected


def test_comment_that_ends_like_a_tag_is_a_comment(tmp_path: Path):
    (tmp_path / "a.conll").write_text("# part-B\nAda PER-B\n# PER-I\n# e-mail\nLovelace PER-I\nleft O\n")
    assert _read(tmp_path / "a.conll") == [(["Ada", "#", "Lovelace", "left"], [("PER", "Ada # Lovelace")])]


@pytest.mark.parametrize("tags", ["b-PER i-PER o", "PER-B PER-I O", "B-PER I-PER O"])
def test_header_is_recognized_if_the_columns_are_named(tmp_path: Path, tags: str):
    lines = [f"{token} {tag}\n" for token, tag in zip(["Ada", "Lovelace", "left"], tags.split(), strict=True)]
    (tmp_path / "a.conll").write_text("token ner\n" + "".join(lines))
    options = {"conll_columns": ["tokens", "ner_tags"]}
    documents = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(tmp_path), **options))
    (sentence,) = documents[0].sentences
    assert (sentence.tokens, len(sentence.spans)) == (["Ada", "Lovelace", "left"], 1)


def test_documents_begin_at_docstart_lines(tmp_path: Path):
    (tmp_path / "a.conll").write_text(FILES["documents"] + "\nRome B-LOC\n")
    documents = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(tmp_path)))
    assert [(document.id, len(document.sentences)) for document in documents] == [("1", 1), ("2", 2)]


def test_number_sign_is_a_token_where_it_has_a_tag(tmp_path: Path):
    (tmp_path / "a.conll").write_text("# a comment\n# O\n#Ada B-PER\n")
    assert _read(tmp_path / "a.conll") == [(["#", "#Ada"], [("PER", "#Ada")])]


def test_token_in_a_file_with_tabs_may_contain_spaces(tmp_path: Path):
    (tmp_path / "a.tsv").write_text("New York\tB-LOC\nis\tO\nbig\tO\n")
    assert _read(tmp_path / "a.tsv") == [(["New York", "is", "big"], [("LOC", "New York")])]


def test_columns_can_be_named(tmp_path: Path):
    (tmp_path / "a.conll").write_text("B-PER Ada B-X\nO left O\n")
    assert _read(tmp_path / "a.conll", source="conll", conll_columns=["ner_tags", "tokens"]) == [
        (["Ada", "left"], [("PER", "Ada")])
    ]
    (tmp_path / "a.conll").write_text("NE TOKEN MISC\nB-PER Ada B-X\nO left O\n")
    assert _read(tmp_path / "a.conll", source="conll", conll_columns=["ner_tags", "tokens"]) == [
        (["Ada", "left"], [("PER", "Ada")])
    ]
    with pytest.raises(ConfigError, match=r"data\.conll_columns: expected tokens and ner_tags .*; found words, tags"):
        _read(tmp_path / "a.conll", source="conll", conll_columns=["words", "tags"])


def test_adjacent_spans_of_iob1_are_separate(tmp_path: Path):
    (tmp_path / "a.conll").write_text("Ada I-PER\nBob B-PER\nCy I-PER\n")
    assert _read(tmp_path / "a.conll")[0][1] == [("PER", "Ada"), ("PER", "Bob Cy")]


def test_tags_that_continue_nothing_are_listed_in_other_schemes(tmp_path: Path):
    (tmp_path / "a.conll").write_text("Ada B-PER\nleft O\nRome I-LOC\n")
    findings = Findings()
    assert _read(tmp_path / "a.conll", findings)[0][1] == [("PER", "Ada"), ("LOC", "Rome")]
    assert [tuple(finding) for finding in findings.all] == [
        (FindingKind.IRREGULAR, "a.conll, line 1", "I-LOC at token 3")
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Ada B-PER\nleft O\nfoo\nRome B-LOC\n", r"a\.conll, line 3: expected a token and a tag .*; found 'foo'"),
        ("Ada B-PER\nleft O\nRome LOCATION\n", r"a\.conll, line 3: .* found 'Rome LOCATION'"),
        ("Ada\tB-PER\n\tO\nRome\tB-LOC\n", r"a\.conll, line 2: expected a token and a tag; found ' O'"),
        ("", r"expected at least one text; found no sentence\."),
    ],
)
def test_invalid_line_is_named(tmp_path: Path, text: str, message: str):
    (tmp_path / "a.conll").write_text(text)
    with pytest.raises(DataError, match=message):
        _read(tmp_path / "a.conll", source="conll")


def test_labels_of_label_studio_may_have_spaces_and_its_tokens_may_be_blank(tmp_path: Path):
    lines = ["-DOCSTART- -X- O", "Ada -X- _ B-Job Title", "King -X- _ I-Job Title", "\u00a0 -X- _ O", " -X- _ O"]
    (tmp_path / "a.conll").write_text("\n".join([*lines, "left -X- _ O"]))
    assert _read(tmp_path / "a.conll") == [(["Ada", "King", "left"], [("Job Title", "Ada King")])]
