"""The archives of real files: how files are chosen, counted by format, and read as one folder."""

import importlib
import json
from pathlib import Path
from types import ModuleType

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from docsight import attributes

attributes.register()

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"

pytestmark = pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the benchmarks are in a checkout only")


def load(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module(name)


def test_choose_limits_files_by_suffix_and_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = load("gather_archive", monkeypatch)
    for name in ("a.txt", "b.txt.gz", "c.txt", "big.txt", "x.1.gz", "y.3", "z.1", "empty.md", "l.py", "m.py"):
        (tmp_path / name).write_text("x" * (100 if name == "big.txt" else name != "empty.md"))
    (tmp_path / "link.txt").symlink_to("a.txt")
    chosen = archive.choose(tmp_path, per_suffix=2, max_bytes=50)
    kinds = [archive.kind_of(path) for path in chosen]
    assert sorted(kinds) == [".man", ".man", ".py", ".py", ".txt", ".txt"]
    assert chosen == archive.choose(tmp_path, per_suffix=2, max_bytes=50)


def test_the_table_counts_files_and_reasons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = load("archive_table", monkeypatch)
    record = {"notes": [], "entities": [], "corrections": [{"applied": True}, {"applied": False}], "images": []}
    records = [
        record | {"path": "a.zip", "format": "text", "text": "one two"},
        record | {"path": "a.zip", "format": "html", "text": "three", "notes": ["x"]},
        record | {"path": "b.txt", "format": "text", "text": "four"},
    ]
    manifest = [{"path": "a.zip", "part": "", "status": "ok"}, {"path": "a.zip", "part": "c", "status": "skipped"}]
    errors = [{"path": "a.zip", "part": "c", "status": "skipped", "message": "no reader for fonts (readable: .txt)"}]
    for name, lines in (("documents", records), ("manifest", manifest), ("errors", errors)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    table.print_formats(tmp_path)
    table.print_statuses(tmp_path)
    printed = capsys.readouterr().out.splitlines()
    assert printed[2:5] == ["| text | 2 | 2 | 3 | 0 |", "| html | 1 | 1 | 1 | 1 |", "| all | 2 | 3 | 4 | 1 |"]
    assert printed[6] == "2 formats; 0 entities, 3 corrections, 0 images"
    assert printed[8] == "1 files: 1 ok"
    assert printed[11] == "     1  no reader for fonts"


def test_words_that_several_documents_have_are_not_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("datasets")
    archive = load("archive", monkeypatch)
    texts = ["zlib and teh", "a zlib", "the zlib", "teh"]
    documents = [archive.JudgedDocument(text, "x", "prose", []) for text in texts]
    rows = [
        [
            {"text": word, "score": 0.1, "reason": "unknown_word", "because": "", "applied": True}
            for word in ("zlib", "teh", "and")
            if word in text.split()
        ]
        for text in texts
    ]
    left = archive.without_shared_words(
        documents, [*rows[:3], [*rows[3], rows[3][0] | {"applied": False}]], lambda _: False
    )
    assert [[row["text"] for row in each] for each in left] == [["teh", "and"], [], [], ["teh"]]


def test_documents_are_read_with_the_names_of_their_files(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("datasets")
    archive = load("archive", monkeypatch)
    nlp = spacy.blank("en")
    nlp.add_pipe("stores_its_source")
    documents = [archive.JudgedDocument("teh", "x", "prose", [], path) for path in ("a/teh.txt", "")]
    assert archive.correct(nlp, documents, with_names=True) == [
        [{"path": "a/teh.txt", "part": ""}],
        [{"path": "", "part": ""}],
    ]
    assert archive.correct(nlp, documents) == [[None], [None]]


def test_documents_are_read_with_their_passages(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("datasets")
    archive = load("archive", monkeypatch)
    texts = ["A house::\n\n    teh = 1\n", "\r\nteh\r\n", "", "The other house."]
    documents = [archive.JudgedDocument(text, "x", "prose", []) for text in texts]
    docs = archive.read_docs(spacy.blank("en"), documents)
    assert [doc.text for doc in docs] == texts
    kinds = [[span.label_ for span in doc.spans.get("passages", ())] for doc in docs]
    assert kinds == [["paragraph", "code"], [], [], ["paragraph"]]  # reading changes the line ends of the second


@Language.component("stores_its_source")
def stores_its_source(doc: Doc) -> Doc:
    doc._.corrections = [doc._.source]
    return doc
