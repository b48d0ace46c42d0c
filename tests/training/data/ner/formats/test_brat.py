from pathlib import Path

import pytest

from docsight.errors import DataError
from docsight_training.data.ner.corpora import Corpus, CorpusFormat, read_corpus
from docsight_training.data.ner.findings import FindingKind, Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, CharSpan
from docsight_training.data.ner.formats.brat import read_brat, write_brat
from docsight_training.data.ner.span_alignment import clean_spans


def _write(folder: Path, name: str, text: str, *annotations: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.txt").write_bytes(text.encode())
    (folder / f"{name}.ann").write_text("".join(f"{line}\n" for line in annotations))


def test_brat_folder_is_read_and_its_other_annotations_are_listed(tmp_path: Path):
    _write(
        tmp_path,
        "a",
        "Ada Lovelace met Acme.\r\nBob went to New\r\nYork.",
        "T1\tPER 0 12\tAda Lovelace",
        "T2\tORG 17 21\tAcme",
        "T3\tLOC 36 45\tNew York",
        "T4\tPER 0 3;13 16\tAda met",
        "R1\tknows Arg1:T1 Arg2:T2\t",
        "#1\tAnnotatorNotes T1\ta countess",
    )
    (tmp_path / "b.txt").write_text("not annotated")
    findings = Findings()
    (document,) = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(tmp_path)), findings)
    named = [" ".join(s.tokens[start:end]) for s in document.sentences for start, end, _ in s.spans]
    assert (document.id, named) == ("a", ["Ada Lovelace", "Acme", "New York"])
    assert [(finding.kind, finding.place) for finding in findings.all] == [
        (FindingKind.UNANNOTATED, "b.txt"),
        (FindingKind.DISCONTINUOUS, "a.ann, line 4"),
        (FindingKind.NOT_A_SPAN, "a.ann, line 5"),
        (FindingKind.NOT_A_SPAN, "a.ann, line 6"),
    ]


def test_brat_folders_are_splits_or_documents(tmp_path: Path):
    for folder, name in (("train", "a"), ("train", "b"), ("dev", "c")):
        _write(tmp_path / folder, name, "Ada left.", "T1\tPER 0 3\tAda")
    found = {
        role: [document.id for document in read_corpus("own", Corpus(), role, CorpusFormat(path=str(tmp_path)))]
        for role in ("train", "validation", "test")
    }
    assert found == {"train": ["a", "b"], "validation": ["c"], "test": []}


def test_span_of_other_text_is_listed(tmp_path: Path):
    _write(tmp_path, "a", "Ada left.", "T1\tPER 1 4\tAda")
    findings = Findings()
    read_corpus("own", Corpus(), "train", CorpusFormat(path=str(tmp_path)), findings)
    assert [finding.kind for finding in findings.all] == [FindingKind.MISPLACED]
    assert findings.all[0].detail == "1 to 4: 'da ' (PER) instead of 'Ada'"


def test_brat_reports_a_missing_text_and_an_invalid_line(tmp_path: Path):
    _write(tmp_path, "a", "Ada left.", "T1\tPER zero 3\tAda")
    with pytest.raises(DataError, match=r"a\.ann, line 1: expected a span such as 'T1<tab>LABEL 0 4<tab>text'"):
        list(read_brat(tmp_path, Findings()))
    (tmp_path / "a.txt").unlink()
    with pytest.raises(DataError, match=r"a\.ann: expected the text in a\.txt beside it"):
        list(read_brat(tmp_path, Findings()))


def test_documents_of_brat_have_names_of_their_own(tmp_path: Path):
    texts = [
        AnnotatedText("Ada left.", [CharSpan(0, 3, "PER")], "", "a/b"),
        AnnotatedText("Bob left.", [CharSpan(0, 3, "PER")], "", "A:b"),
        AnnotatedText("Cy left.", [CharSpan(0, 2, "PER")], "", "a/b"),
        AnnotatedText("Di left.", [], ""),
    ]
    write_brat(tmp_path / "out", texts)
    read = {text.document: text for text in read_brat(tmp_path / "out", Findings())}
    assert {name: text.text for name, text in read.items()} == {
        "a_b": "Ada left.\nCy left.",
        "A_b-2": "Bob left.",
        "000004": "Di left.",
    }
    assert [(span.start, span.end) for span in read["a_b"].spans] == [(0, 3), (10, 12)]


def test_span_over_line_ends_is_read_and_written_as_brat_divides_it(tmp_path: Path):
    _write(tmp_path / "in", "a", "Met John\r\n  Smith.", "T1\tPER 4 8;12 17\tJohn Smith", "T2\tPER 0 3;4 8\tMet John")
    findings = Findings()
    (text,) = read_brat(tmp_path / "in", findings)
    assert [span[:3] for span in text.spans] == [(4, 17, "PER"), (0, 8, "PER")]
    assert findings.all == []
    write_brat(tmp_path / "out", [text])
    written = (tmp_path / "out" / "a.ann").read_bytes().decode()
    assert written.splitlines()[0] == "T1\tPER 4 8;10 17\tJohn   Smith"
    (again,) = read_brat(tmp_path / "out", findings)
    assert [span[:3] for span in again.spans] == [span[:3] for span in text.spans]
    assert [span[:3] for span in clean_spans(again, findings)] == [(4, 17, "PER"), (0, 8, "PER")]
    assert findings.all == []


def test_labels_that_would_be_the_same_in_brat_are_refused(tmp_path: Path):
    spans = [CharSpan(0, 3, "first name"), CharSpan(4, 8, "first/name")]
    with pytest.raises(DataError, match="'first name' and 'first/name' would both be 'first_name'"):
        write_brat(tmp_path / "out", [AnnotatedText("Ada left.", spans, "")])
    assert not (tmp_path / "out").exists()


def test_names_of_documents_may_be_those_of_splits(tmp_path: Path):
    for name in ("train-1", "dev-1", "test-1"):
        _write(tmp_path, name, "Ada left.", "T1\tPER 0 3\tAda")
    documents = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(tmp_path)))
    assert sorted(str(document.id) for document in documents) == ["dev-1", "test-1", "train-1"]
    assert not read_corpus("own", Corpus(), "validation", CorpusFormat(path=str(tmp_path)))
    for name in ("dev-1.txt", "dev-1.ann"):
        with pytest.raises(
            DataError, match=rf"{name}: expected the folder of brat that holds this file; pass data\.path="
        ):
            read_corpus("own", Corpus(), "train", CorpusFormat(path=str(tmp_path / name)))
