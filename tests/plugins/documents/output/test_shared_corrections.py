"""What the merge decides on all files of a run: unknown words that several documents have are not corrected."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import DocBin

from docsight.documents import Summary, process
from docsight.documents.analysis.shared_words import SHARED_REASON

FILES = {
    "a.txt": "We found a hosue near the sea.",
    "b.txt": "Any Hosue of this kind is good, and teh hosue is small.",
    "c.txt": "There is no hosue on the other side.",
    "d.txt": "Look at teh mountain.",
}
FORMATS = ("jsonl", "spacy")


@pytest.fixture
def nlp(tiny_speller: Path) -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_speller", config={"model": str(tiny_speller)})
    return nlp


def write(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(FILES[name], encoding="utf-8")
    return folder


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def applied(out: Path) -> dict[str, list[str]]:
    """Return the corrected words of each document."""
    return {
        f"{record['path']}/{record['part']}".rstrip("/"): [
            row["text"] for row in record["corrections"] if row["applied"]
        ]
        for record in lines(out / "documents.jsonl")
    }


def records(out: Path) -> list[tuple[str, Any]]:
    """Return the outputs that must not depend on how a run came about."""
    manifest = [record | {"seconds": 0, "modified": ""} for record in lines(out / "manifest.jsonl")]
    docs = [
        (doc.text, doc._.corrections, doc._.corrected_text)
        for doc in DocBin().from_disk(out / "documents.spacy").get_docs(spacy.blank("en").vocab)
    ]
    # A DocBin has the Docs of one shard after the other.
    return [("documents", lines(out / "documents.jsonl")), ("manifest", manifest), ("docs", sorted(docs, key=str))]


def test_unknown_word_of_one_or_two_documents_is_corrected(nlp: Language, tmp_path: Path) -> None:
    process(write(tmp_path / "in", "a.txt", "d.txt"), nlp, tmp_path / "out")
    assert applied(tmp_path / "out") == {"a.txt": ["hosue"], "d.txt": ["teh"]}
    process(write(tmp_path / "in", "b.txt"), nlp, tmp_path / "out")
    assert applied(tmp_path / "out") == {"a.txt": ["hosue"], "b.txt": ["Hosue", "teh", "hosue"], "d.txt": ["teh"]}


def test_unknown_word_of_three_documents_is_flagged_in_all_outputs(nlp: Language, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "out"
    summary = process(write(tmp_path / "in", *FILES), nlp, out, formats=("jsonl", "parquet", "spacy", "markdown"))
    assert applied(out) == {"a.txt": [], "b.txt": ["teh"], "c.txt": [], "d.txt": ["teh"]}
    rows = [row for record in lines(out / "documents.jsonl") for row in record["corrections"]]
    left = [row for row in rows if row["because"] == SHARED_REASON]
    assert [(row["text"], row["suggestion"]) for row in left] == [
        ("hosue", "house"), ("Hosue", "House"), ("hosue", "house"), ("hosue", "house"),
    ]  # fmt: skip
    assert min(row["score"] for row in left) >= 0.5
    assert (summary.corrections, summary.flagged) == (2, len(rows))
    assert [record["corrections"] for record in lines(out / "manifest.jsonl")] == [0, 1, 0, 1]
    assert parquet.read_table(out / "documents.parquet")["corrections"].to_pylist() == [0, 1, 0, 1]
    table = parquet.read_table(out / "corrections.parquet").to_pylist()
    assert [(row["applied"], row["because"]) for row in table] == [(row["applied"], row["because"]) for row in rows]
    docs = list(DocBin().from_disk(out / "documents.spacy").get_docs(spacy.blank("en").vocab))
    assert [(row["applied"], row["because"]) for doc in docs for row in doc._.corrections] == [
        (row["applied"], row["because"]) for row in rows
    ]
    assert docs[1]._.corrected_text == FILES["b.txt"].replace("teh", "the")
    page = (out / "report.html").read_text(encoding="utf-8")
    assert page.count(SHARED_REASON) == len(left)
    assert "corrected: 2" in page


def test_copies_of_a_document_are_no_evidence_for_a_word(nlp: Language, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "a.txt", "b.txt")
    (folder / "copy.txt").write_text(FILES["a.txt"], encoding="utf-8")
    (folder / "wrapped.txt").write_text(FILES["a.txt"].replace(" near", "\nnear"), encoding="utf-8")
    process(folder, nlp, tmp_path / "out")
    assert applied(tmp_path / "out")["a.txt"] == ["hosue"]


def test_parts_of_a_file_are_documents(nlp: Language, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "a.txt")
    with zipfile.ZipFile(folder / "z.zip", "w") as packed:
        for name in ("b.txt", "c.txt"):
            packed.writestr(name, FILES[name])
    process(folder, nlp, tmp_path / "out")
    assert applied(tmp_path / "out") == {"a.txt": [], "z.zip/b.txt": ["teh"], "z.zip/c.txt": []}


def test_documents_without_a_correction_are_evidence_for_a_word(nlp: Language, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "a.txt")
    (folder / "x.txt").write_text("See hosue.conf and hosue_path here.", encoding="utf-8")
    (folder / "y.txt").write_text("It is like $hosue there.", encoding="utf-8")
    process(folder, nlp, tmp_path / "out")
    assert applied(tmp_path / "out") == {"a.txt": [], "x.txt": [], "y.txt": []}


@pytest.mark.parametrize("order", [("c.txt", "a.txt", "b.txt", "d.txt"), ("d.txt", "b.txt", "c.txt", "a.txt")])
def test_adding_and_removing_files_gives_the_outputs_of_a_fresh_run(
    nlp: Language, tmp_path: Path, order: tuple[str, ...]
) -> None:
    for number in range(1, len(order) + 1):
        folder = write(tmp_path / "in", *order[:number])
        process(folder, nlp, tmp_path / "out", formats=FORMATS)
        process(folder, nlp, tmp_path / f"fresh{number}", formats=FORMATS, batch_size=1)
        assert records(tmp_path / "out") == records(tmp_path / f"fresh{number}")
    (tmp_path / "in" / "b.txt").unlink()
    process(tmp_path / "in", nlp, tmp_path / "out", formats=FORMATS)
    assert applied(tmp_path / "out") == {"a.txt": ["hosue"], "c.txt": ["hosue"], "d.txt": ["teh"]}


def test_resuming_gives_the_outputs_of_a_fresh_run(nlp: Language, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", *FILES)
    fresh = process(folder, nlp, tmp_path / "fresh", formats=FORMATS)
    process(folder, nlp, tmp_path / "out", formats=FORMATS)
    again = process(folder, nlp, tmp_path / "out", formats=FORMATS)
    assert again.kept == len(FILES)
    assert counts(again) == counts(fresh)
    assert records(tmp_path / "out") == records(tmp_path / "fresh")
    process([folder / "a.txt", folder / "c.txt"], nlp, tmp_path / "part", formats=FORMATS)
    assert process(folder, nlp, tmp_path / "part", formats=FORMATS).kept == 2
    assert records(tmp_path / "part") == records(tmp_path / "fresh")


@pytest.mark.slow
def test_workers_give_the_outputs_of_a_run_without(nlp: Language, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", *FILES)
    process(folder, nlp, tmp_path / "fresh", formats=FORMATS)
    process(folder, nlp, tmp_path / "out", formats=FORMATS, workers=2, max_chars=40)
    assert applied(tmp_path / "out") == applied(tmp_path / "fresh")


@pytest.mark.parametrize("setting", ["flag", "eager"])
def test_only_corrections_that_the_setting_applies_change(nlp: Language, tmp_path: Path, setting: str) -> None:
    speller: Any = nlp.get_pipe("rnn_speller")
    speller.setting = setting
    process(write(tmp_path / "in", *FILES), nlp, tmp_path / "out")
    reasons = [
        row["because"] for record in lines(tmp_path / "out" / "documents.jsonl") for row in record["corrections"]
    ]
    assert (SHARED_REASON in reasons) == (setting == "eager")
    assert applied(tmp_path / "out")["d.txt"] == (["teh"] if setting == "eager" else [])


def counts(summary: Summary) -> tuple[int, int, int]:
    return summary.documents, summary.corrections, summary.flagged
