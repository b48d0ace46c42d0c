"""Processing folders of documents."""

import json
import os
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

from docsight import attributes
from docsight.documents import Problem, Progress, process
from docsight.errors import BundleError, ConfigError

SENTENCE = "Then Ada Lovelace wrote to Charles Babbage in London about the engine. "


@pytest.fixture
def nlp() -> Language:
    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns(
        [
            {"label": "PER", "pattern": "Ada Lovelace"},
            {"label": "PER", "pattern": "Charles Babbage"},
            {"label": "LOC", "pattern": "London"},
        ]
    )
    return nlp


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def outputs(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name != ".docsight")


def found(record: dict[str, Any]) -> list[tuple[str, str]]:
    return [(record["text"][e["start"] : e["end"]], e["label"]) for e in record["entities"]]


@Language.component("fails_on_bang")
def fails_on_bang(doc: Doc) -> Doc:
    if "bang" in doc.text:
        raise RuntimeError("it went bang")
    return doc


class FailsWithItsBatch:
    """A component that processes a batch at once, and fails for the whole batch."""

    def __call__(self, doc: Doc) -> Doc:
        return fails_on_bang(doc)

    def pipe(self, stream: Any, *, batch_size: int) -> Any:
        yield from [self(doc) for doc in stream]


@Language.factory("fails_with_its_batch")
def make_fails_with_its_batch(nlp: Language, name: str) -> FailsWithItsBatch:
    return FailsWithItsBatch()


def test_process_writes_a_line_for_each_document(folder: Path, nlp: Language, tmp_path: Path) -> None:
    write(folder, a=SENTENCE * 2, b="", c="Nobody\u2028here.")
    summary = process(folder, nlp, tmp_path / "out")
    records = lines(tmp_path / "out" / "documents.jsonl")
    assert [record["path"] for record in records] == ["a.txt", "b.txt", "c.txt"]
    assert records[0]["text"] == SENTENCE * 2
    assert found(records[0])[:3] == [("Ada Lovelace", "PER"), ("Charles Babbage", "PER"), ("London", "LOC")]
    assert records[0]["entities"][0] == {"start": 5, "end": 17, "label": "PER", "score": None}
    assert records[1]["entities"] == []
    assert (summary.documents, summary.failed, summary.skipped, summary.words) == (3, 0, 0, 26)
    assert summary.entities == Counter(PER=4, LOC=2)
    assert lines(tmp_path / "out" / "errors.jsonl") == []


def test_process_writes_the_scores_of_our_components(folder: Path, nlp: Language, tmp_path: Path) -> None:
    @Language.component("scores")
    def scores(doc: Doc) -> Doc:
        attributes.set_scores((ent, 0.75) for ent in doc.ents)
        return doc

    nlp.add_pipe("scores")
    write(folder, a=SENTENCE)
    process(folder, nlp, tmp_path / "out")
    (record,) = lines(tmp_path / "out" / "documents.jsonl")
    assert {entity["score"] for entity in record["entities"]} == {0.75}


def test_process_gives_components_the_source_of_a_text(folder: Path, nlp: Language, tmp_path: Path) -> None:
    sources: list[dict[str, Any]] = []

    @Language.component("looks_at_source")
    def looks_at_source(doc: Doc) -> Doc:
        sources.append(doc._.source)
        return doc

    nlp.add_pipe("looks_at_source", first=True)
    write(folder, a=SENTENCE * 2)
    process(folder, nlp, tmp_path / "out", max_chars=len(SENTENCE))
    assert [(source["path"], source["offset"]) for source in sources] == [
        ("a.txt", 0),
        ("a.txt", len(SENTENCE)),
    ]


@pytest.mark.parametrize("max_chars", [80, 100, 333, 1000])
def test_process_in_chunks_equals_process_whole(folder: Path, nlp: Language, tmp_path: Path, max_chars: int) -> None:
    write(folder, a=(SENTENCE * 3 + "\n\n") * 5, b=SENTENCE.replace(" ", "\n"), c="short")
    process(folder, nlp, tmp_path / "whole")
    process(folder, nlp, tmp_path / "parts", max_chars=max_chars, batch_size=2)
    whole = lines(tmp_path / "whole" / "documents.jsonl")
    assert lines(tmp_path / "parts" / "documents.jsonl") == whole
    assert len(whole[0]["entities"]) == 45


def test_process_loses_nothing_of_a_huge_line(folder: Path, nlp: Language, tmp_path: Path) -> None:
    text = "x" * 3_000_000 + " Ada Lovelace"
    write(folder, huge=text)
    process(folder, nlp, tmp_path / "out")
    (record,) = lines(tmp_path / "out" / "documents.jsonl")
    assert record["text"] == text
    assert found(record) == [("Ada Lovelace", "PER")]


@pytest.mark.parametrize("component", ["fails_on_bang", "fails_with_its_batch"])
def test_process_fails_only_the_document_at_fault(folder: Path, nlp: Language, tmp_path: Path, component: str) -> None:
    nlp.add_pipe(component)
    write(folder, a=SENTENCE, b=SENTENCE + "bang", c=SENTENCE, d=SENTENCE * 3 + "bang")
    summary = process(folder, nlp, tmp_path / "out", max_chars=100)
    records = lines(tmp_path / "out" / "documents.jsonl")
    assert [record["path"] for record in records] == ["a.txt", "c.txt"]
    assert all(len(record["entities"]) == 3 for record in records)
    assert lines(tmp_path / "out" / "errors.jsonl") == [
        {"path": path, "part": "", "status": "failed", "error": "RuntimeError", "message": "it went bang"}
        for path in ("b.txt", "d.txt")
    ]
    assert (summary.documents, summary.failed) == (2, 2)


def test_process_reports_errors_despite_a_handler_that_ignores_them(
    folder: Path, nlp: Language, tmp_path: Path
) -> None:
    def swallow(*_: Any) -> None:
        """Say nothing."""

    nlp.add_pipe("fails_on_bang")
    nlp.set_error_handler(cast(Any, swallow))
    write(folder, a="bang", b=SENTENCE)
    assert process(folder, nlp, tmp_path / "out").failed == 1
    assert nlp.default_error_handler is swallow
    assert cast(Any, nlp.get_pipe("entity_ruler")).get_error_handler() is swallow


def test_process_lists_what_it_could_not_read(folder: Path, nlp: Language, tmp_path: Path) -> None:
    write(folder, a=SENTENCE, b="a\0b")
    (folder / "dangling.txt").symlink_to(folder / "nowhere")
    (folder / "program.exe").touch()
    problems: list[Problem] = []
    summary = process(folder, nlp, tmp_path / "out", on_problem=problems.append)
    errors = lines(tmp_path / "out" / "errors.jsonl")
    assert [(error["path"], error["status"], error["error"]) for error in errors] == [
        ("b.txt", "failed", "DataError"),
        ("dangling.txt", "failed", "FileNotFoundError"),
        ("program.exe", "skipped", "Skipped"),
    ]
    assert (summary.documents, summary.failed, summary.skipped) == (1, 2, 1)
    assert [problem.path for problem in problems] == [error["path"] for error in errors]


def test_process_gives_stable_and_unique_ids(folder: Path, nlp: Language, tmp_path: Path) -> None:
    for name in "ab":
        (folder / name).mkdir()
        write(folder / name, x=f"In {name}.")
    inputs = [folder / "a", folder / "b"]
    ids = []
    for paths in (inputs, inputs[::-1], inputs * 2):
        process(paths, nlp, tmp_path / "out")
        ids.append({record["path"]: record["id"] for record in lines(tmp_path / "out" / "documents.jsonl")})
    assert ids[0] == ids[1] == ids[2]
    assert len(set(ids[0].values())) == 2


def test_process_streams(folder: Path, nlp: Language, tmp_path: Path) -> None:
    write(folder, a="one", b="two", c="three")
    seen: list[Progress] = []

    def change_what_comes(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) == 1:  # one document is read ahead
            write(folder, c="changed")

    process(folder, nlp, tmp_path / "out", batch_size=1, on_progress=change_what_comes)
    assert [record["text"] for record in lines(tmp_path / "out" / "documents.jsonl")] == [
        "one",
        "two",
        "changed",
    ]
    assert [progress.documents for progress in seen] == [1, 2, 3, 3]
    assert {progress.files for progress in seen} == {3}
    assert seen[0].remaining is not None
    assert seen[0].fraction == pytest.approx(3 / 11)
    assert seen[-1].fraction == 1


def test_process_does_not_read_its_own_outputs(folder: Path, nlp: Language) -> None:
    pytest.importorskip("selectolax")
    write(folder, a=SENTENCE)
    for out in (folder / "results", folder):
        for _ in range(2):
            summary = process(folder, nlp, out)
    assert [record["path"] for record in lines(folder / "documents.jsonl")] == ["a.txt"]
    assert (summary.failed, summary.skipped) == (0, 4)
    errors = {error["path"]: error["message"] for error in lines(folder / "errors.jsonl")}
    names = ("documents.jsonl", "errors.jsonl", "manifest.jsonl", "report.html")
    assert errors == {f"results/{name}": "written by docsight" for name in names}


def test_process_writes_markdown_and_does_not_read_it(folder: Path, nlp: Language) -> None:
    write(folder, a="One *star*", b="Two")
    summary = process(folder, nlp, folder, formats=("jsonl", "markdown"))
    assert summary.outputs[-1] == "markdown/"
    assert (folder / "markdown" / "a.txt.md").read_text(encoding="utf-8") == "One \\*star*\n"
    (folder / "b.txt").unlink()
    assert process(folder, nlp, folder, formats=("jsonl", "markdown")).documents == 1
    assert [path.name for path in (folder / "markdown").iterdir()] == ["a.txt.md"]
    other = process(folder, nlp, folder.parent / "out")  # reads neither
    assert (other.documents, other.skipped) == (1, 5)
    process(folder, nlp, folder)
    assert not (folder / "markdown").exists()


def test_process_writes_the_rows_of_a_table_to_one_markdown_file(folder: Path, nlp: Language, tmp_path: Path) -> None:
    (folder / "a.csv").write_text("id,text\n1,One *star*\n2,Two\n", encoding="utf-8")
    with zipfile.ZipFile(folder / "b.zip", "w") as archive:
        archive.writestr("x/c.jsonl", '{"text": "Three"}\n{"text": "Four"}\n')
        archive.writestr("x/d.txt", "Five")
    for _ in range(2):  # a second run replaces what the first one wrote
        process(folder, nlp, tmp_path / "out", formats=("jsonl", "markdown"), overwrite=True)
    files = {
        path.relative_to(tmp_path / "out" / "markdown").as_posix(): path.read_text(encoding="utf-8")
        for path in (tmp_path / "out" / "markdown").rglob("*.md")
    }
    assert files == {
        "a.csv.md": "## 1\n\nOne \\*star*\n\n## 2\n\nTwo\n",
        "b.zip/x/c.jsonl.md": "## 1\n\nThree\n\n## 2\n\nFour\n",
        "b.zip/x/d.txt.md": "Five\n",
    }


def test_manifest_has_times_and_duplicates(folder: Path, nlp: Language, tmp_path: Path) -> None:
    write(folder, a=SENTENCE, b="other", c=SENTENCE)
    (folder / "d.exe").touch()
    for path in folder.iterdir():
        os.utime(path, (0.5, 86_400.5))
    process(folder, nlp, tmp_path / "out")
    rows = lines(tmp_path / "out" / "manifest.jsonl")
    assert [(row["path"], row["duplicate_of"]) for row in rows] == [
        ("a.txt", None),
        ("b.txt", None),
        ("c.txt", "a.txt"),
        ("d.exe", None),
    ]
    assert {row["modified"] for row in rows} == {"1970-01-02T00:00:00+00:00"}


def test_manifest_has_authors_and_texts_that_are_the_same(folder: Path, nlp: Language, tmp_path: Path) -> None:
    pytest.importorskip("selectolax")
    page = "<title>Engine</title><meta name=Author content='Ada; Grace'><p>"
    (folder / "b.html").write_text(f"{page}{SENTENCE}", encoding="utf-8")
    write(folder, a=f"Engine\n\n{SENTENCE}", c=f"Engine {SENTENCE}", d="other")
    process(folder, nlp, tmp_path / "out")
    a, b, c, d = lines(tmp_path / "out" / "manifest.jsonl")
    assert (b["title"], b["authors"], b["created"]) == ("Engine", ["Ada", "Grace"], "")
    assert (a["title"], a["authors"], a["duplicate_of"], a["same_text_as"]) == ("", [], None, None)
    assert [row["same_text_as"] for row in (b, c, d)] == ["a.txt", "a.txt", None]
    assert lines(tmp_path / "out" / "documents.jsonl")[1]["authors"] == ["Ada", "Grace"]


def test_manifest_has_near_duplicates_in_any_order(folder: Path, nlp: Language, tmp_path: Path) -> None:
    pytest.importorskip("rensa")
    text = " ".join(f"word{number % 89}x{number % 7}" for number in range(400))
    write(folder, a=text, b="other", c=f"{text} and more")
    for number, order in enumerate(([folder], [folder / "c.txt", folder / "b.txt", folder / "a.txt"])):
        process(order, nlp, tmp_path / f"out{number}")
        rows = lines(tmp_path / f"out{number}" / "manifest.jsonl")
        assert {row["path"]: row["near_duplicate_of"] for row in rows} == {
            "a.txt": None,
            "b.txt": None,
            "c.txt": "a.txt",
        }


def test_process_reads_but_never_replaces_files_of_the_user(folder: Path, nlp: Language) -> None:
    write(folder, a=SENTENCE)
    (folder / "documents.jsonl").write_text('{"text": "Ada Lovelace, mine"}\n', encoding="utf-8")
    for paths in (folder, folder / "documents.jsonl"):
        with pytest.raises(ConfigError, match=r"documents\.jsonl exists"):
            process(paths, nlp, folder, overwrite=True)
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "documents.jsonl"]
    pytest.importorskip("pyarrow")
    process(folder, nlp, folder, formats="parquet")
    assert (folder / "documents.jsonl").read_text(encoding="utf-8") == '{"text": "Ada Lovelace, mine"}\n'
    manifest = lines(folder / "manifest.jsonl")
    assert [(row["path"], row["documents"]) for row in manifest] == [("a.txt", 1), ("documents.jsonl", 1)]


def test_process_keeps_the_old_outputs_when_it_aborts(folder: Path, nlp: Language, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(folder, a="old")
    process(folder, nlp, out)
    before = {path.name: path.read_bytes() for path in outputs(out)}
    write(folder, a="new")

    def interrupt(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        process(folder, nlp, out, on_progress=interrupt)
    assert {path.name: path.read_bytes() for path in outputs(out)} == before
    process(folder, nlp, out)
    assert lines(out / "documents.jsonl")[0]["text"] == "new"
    names = [path.name for path in outputs(out)]
    assert names == ["documents.jsonl", "errors.jsonl", "manifest.jsonl", "report.html"]


def test_process_stops_if_the_pipeline_is_at_fault(folder: Path, nlp: Language, tmp_path: Path) -> None:
    @Language.component("has_no_model")
    def has_no_model(doc: Doc) -> Doc:
        raise BundleError("no model")

    nlp.add_pipe("has_no_model")
    write(folder, a=SENTENCE)
    with pytest.raises(BundleError, match="no model"):
        process(folder, nlp, tmp_path / "out")
    assert outputs(tmp_path / "out") == []


def test_process_refuses_invalid_options(folder: Path, nlp: Language, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nlp\.max_length"):
        process(folder, nlp, tmp_path / "out", max_chars=nlp.max_length + 1)
    with pytest.raises(ConfigError, match="batch_size"):
        process(folder, nlp, tmp_path / "out", batch_size=0)
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot write to"):
        process(folder, nlp, tmp_path / "file")
    for path in ("", "a\0", "\ud800"):
        with pytest.raises(ConfigError, match="path"):
            process(path, nlp, tmp_path / "out")
        with pytest.raises(ConfigError, match="path"):
            process(folder, nlp, path)
    assert not (tmp_path / "out").exists()


@pytest.mark.filterwarnings("ignore:Span._.score is already set")
def test_process_ignores_the_score_of_another_plugin(folder: Path, nlp: Language, tmp_path: Path) -> None:
    before = Span.get_extension("score")
    Span.set_extension("score", default=0.25, force=True)
    write(folder, a=SENTENCE)
    try:
        process(folder, nlp, tmp_path / "out")
    finally:
        Span.set_extension("score", getter=before[2], setter=before[3], force=True)
    (record,) = lines(tmp_path / "out" / "documents.jsonl")
    assert {entity["score"] for entity in record["entities"]} == {None}


def test_process_reports_the_missing_key_of_a_component(folder: Path, nlp: Language, tmp_path: Path) -> None:
    @Language.component("misses_a_key")
    def misses_a_key(doc: Doc) -> Doc:
        raise KeyError("colour")

    nlp.add_pipe("misses_a_key")
    write(folder, a=SENTENCE)
    process(folder, nlp, tmp_path / "out")
    (error,) = lines(tmp_path / "out" / "errors.jsonl")
    assert (error["error"], error["message"]) == ("KeyError", "'colour'")


def test_process_does_not_grow_the_vocabulary(folder: Path, nlp: Language, tmp_path: Path) -> None:
    nlp.add_pipe("fails_on_bang")
    write(folder, a=SENTENCE + "abracadabra", b="bang simsalabim", c=SENTENCE + "hocuspocus")
    process(folder, nlp, tmp_path / "out", batch_size=1)
    assert not cast(Any, nlp.vocab).in_memory_zone
    for word in ("abracadabra", "simsalabim", "hocuspocus"):
        assert word not in nlp.vocab.strings
    assert "PER" in nlp.vocab.strings
    assert [len(record["entities"]) for record in lines(tmp_path / "out" / "documents.jsonl")] == [3, 3]


def test_process_may_run_in_a_memory_zone(folder: Path, nlp: Language, tmp_path: Path) -> None:
    write(folder, a=SENTENCE)
    with nlp.memory_zone():
        process(folder, nlp, tmp_path / "out")
        assert cast(Any, nlp.vocab).in_memory_zone
    assert len(lines(tmp_path / "out" / "documents.jsonl")[0]["entities"]) == 3


def test_process_leaves_the_memory_zone_when_it_aborts(folder: Path, nlp: Language, tmp_path: Path) -> None:
    @Language.component("has_no_model_either")
    def has_no_model_either(doc: Doc) -> Doc:
        raise BundleError("no model")

    nlp.add_pipe("has_no_model_either")
    write(folder, a=SENTENCE)
    with pytest.raises(BundleError):
        process(folder, nlp, tmp_path / "out")
    assert not cast(Any, nlp.vocab).in_memory_zone


def test_process_that_finds_nothing_keeps_the_results(folder: Path, nlp: Language, tmp_path: Path) -> None:
    write(folder, a=SENTENCE)
    process(folder, nlp, tmp_path / "out")
    with pytest.raises(ConfigError, match=r"found nothing to read \(mistyped: No such file.*are unchanged"):
        process(tmp_path / "mistyped", nlp, tmp_path / "out")
    with pytest.raises(ConfigError, match="are unchanged"):
        process(tmp_path / "mistyped", nlp, tmp_path / "out", overwrite=True)
    assert len(lines(tmp_path / "out" / "documents.jsonl")) == 1
    assert process(folder, nlp, tmp_path / "out").kept == 1


def test_process_keeps_results_of_files_that_are_not_in_this_run(folder: Path, nlp: Language, tmp_path: Path) -> None:
    write(folder, a=SENTENCE, b=SENTENCE)
    process(folder, nlp, tmp_path / "out")
    assert process([folder / "a.txt"], nlp, tmp_path / "out").kept == 1
    assert [record["path"] for record in lines(tmp_path / "out" / "documents.jsonl")] == ["a.txt"]
    assert process(folder, nlp, tmp_path / "out").kept == 2


def test_process_repeats_files_with_another_tokenizer(folder: Path, nlp: Language, tmp_path: Path) -> None:
    write(folder, a=SENTENCE)
    process(folder, nlp, tmp_path / "out")
    cast(Any, nlp.tokenizer).rules = {}
    assert process(folder, nlp, tmp_path / "out").kept == 0


def test_process_fails_only_the_document_whose_doc_cannot_be_written(
    folder: Path, nlp: Language, tmp_path: Path
) -> None:
    @Language.component("leaves_an_object")
    def leaves_an_object(doc: Doc) -> Doc:
        if "odd" in doc.text:
            doc.user_data["odd"] = object()
        return doc

    nlp.add_pipe("leaves_an_object")
    write(folder, a=SENTENCE, b="odd", c=SENTENCE)
    summary = process(folder, nlp, tmp_path / "out", formats=("spacy",))
    assert (summary.documents, summary.failed) == (2, 1)
    (error,) = lines(tmp_path / "out" / "errors.jsonl")
    assert (error["path"], error["error"]) == ("b.txt", "ConfigError")
    bin_ = DocBin().from_disk(tmp_path / "out" / "documents.spacy")
    assert [doc._.source["path"] for doc in bin_.get_docs(nlp.vocab)] == ["a.txt", "c.txt"]


def test_process_refuses_a_component_without_a_model(folder: Path, tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("ner")
    write(folder, a=SENTENCE)
    with pytest.raises(ConfigError, match="a component has no model"):
        process(folder, nlp, tmp_path / "out")
