"""Reading documents as spaCy Docs."""

from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc, DocBin

from docsight.documents import Problem, read
from docsight.errors import ConfigError


def test_read_yields_tokenized_docs_with_their_source(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    path = tmp_path / "sub" / "letter.txt"
    path.write_bytes("Dear Zoë,\r\nhello.".encode("utf-8-sig"))
    (doc,) = read(tmp_path)
    assert doc.text == "Dear Zoë,\nhello."
    assert [token.text for token in doc][:2] == ["Dear", "Zoë"]
    source = dict(doc._.source)
    assert len(source.pop("id")) == 16
    (passage,) = source.pop("passages")
    assert (passage["start"], passage["end"], passage["kind"]) == (0, len(doc.text), "paragraph")
    assert source == {
        "path": "sub/letter.txt",
        "file": str(path),
        "part": "",
        "offset": 0,
        "format": "text",
        "encoding": "utf-8-sig",
        "title": "",
        "language": "",
    }


def test_read_keeps_the_source_through_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Ada", encoding="utf-8")
    nlp = spacy.blank("en")
    (doc,) = read(str(tmp_path), nlp=nlp)
    assert doc.vocab is nlp.vocab
    assert Doc(nlp.vocab).from_bytes(doc.to_bytes())._.source == doc._.source
    assert doc.text == "# Ada"


def test_read_opens_files_lazily(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text("old", encoding="utf-8")
    docs = read(tmp_path)
    assert next(docs).text == "old"
    (tmp_path / "b.txt").write_text("new", encoding="utf-8")
    (tmp_path / "c.txt").unlink()
    assert next(docs).text == "new"
    with pytest.warns(UserWarning, match=r"c\.txt was not read"):
        assert next(docs, None) is None


def test_read_splits_long_documents(tmp_path: Path) -> None:
    text = "One sentence here. Another one there. And a third."
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    docs = list(read(tmp_path, max_chars=30))
    assert len(docs) > 1
    assert "".join(doc.text for doc in docs) == text
    for doc in docs:
        offset = doc._.source["offset"]
        assert text[offset : offset + len(doc.text)] == doc.text


def test_read_makes_a_span_of_each_passage(tmp_path: Path) -> None:
    pytest.importorskip("selectolax")
    page = "<h2>Tides</h2><p>High at <b>noon</b>.<ul><li>Wind</ul>"
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    nlp = spacy.blank("en")
    (doc,) = read(tmp_path, nlp=nlp)
    expected = [("Tides", "heading"), ("High at noon.", "paragraph"), ("Wind", "list_item")]
    assert [(span.text, span.label_) for span in doc.spans["passages"]] == expected
    assert [passage["kind"] for passage in doc._.source["passages"]] == [kind for _, kind in expected]
    (loaded,) = DocBin().from_bytes(DocBin(docs=[doc]).to_bytes()).get_docs(spacy.blank("en").vocab)
    assert [(span.text, span.label_) for span in loaded.spans["passages"]] == expected


def test_read_clips_passages_to_their_chunk(tmp_path: Path) -> None:
    pytest.importorskip("selectolax")
    rows = "".join(f"<tr><td>{letter * 9}<td><a href='/{letter}'>{letter * 5} {letter * 5}</a>" for letter in "abc")
    (tmp_path / "a.html").write_text(f"<table><tr><th>x<th>y{rows}</table>", encoding="utf-8")
    for max_chars in (12, 20, 30, 200):
        found = []
        for doc in read(tmp_path, max_chars=max_chars):
            (passage,), (span,) = doc._.source["passages"], doc.spans["passages"]
            assert span.text.strip() == doc.text[passage["start"] : passage["end"]].strip()
            assert 0 <= passage["start"] < passage["end"] <= len(doc.text)
            for link in passage["links"]:
                assert 0 <= link["start"] < link["end"] <= len(doc.text)
            for start, end in (cell for row in passage["cells"] for cell in row):
                assert 0 <= start <= end <= len(doc.text)
                found.append(doc.text[start:end])
        assert "".join(found).replace(" ", "") == "xy" + "".join(letter * 19 for letter in "abc")


def test_read_reports_problems(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a\0b")
    (tmp_path / "b.txt").write_text("fine", encoding="utf-8")
    (tmp_path / "c.exe").touch()
    found: list[Problem] = []
    assert [doc.text for doc in read(tmp_path, on_problem=found.append)] == ["fine"]
    assert [(problem.path, problem.error, problem.skipped) for problem in found] == [
        ("a.txt", "DataError", False),
        ("c.exe", "Skipped", True),
    ]


def test_read_warns_once_about_skipped_files(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.exe").touch()
    with pytest.warns(UserWarning, match="3 files were skipped") as caught:
        assert list(read(tmp_path)) == []
    assert len(caught) == 1


def test_read_reads_all_samples() -> None:
    samples = Path(__file__).parents[3] / "samples"
    if not samples.is_dir():
        pytest.skip("the samples are in a checkout only")
    pytest.importorskip("selectolax")
    problems: list[Problem] = []
    docs = {doc._.source["path"]: doc for doc in read(samples, on_problem=problems.append)}
    assert problems == []
    assert len(docs) >= 12
    assert docs["letter_from_malmo.txt"]._.source["encoding"] == "cp1252"
    assert "Möllevångstorget" in docs["letter_from_malmo.txt"].text
    assert docs["museum_label.txt"]._.source["encoding"] == "utf-16"
    assert "Roosevelt Street in Manhattan was not named after him." in docs["letter_to_the_council.txt"].text


@pytest.mark.parametrize("options", [{"paths": "", "max_chars": 9}, {"paths": "a\0", "max_chars": 9}, {"max_chars": 0}])
def test_read_rejects_invalid_options(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        list(read(**{"paths": tmp_path} | options))
