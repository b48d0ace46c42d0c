"""A second run processes only what is left and what has changed."""

import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from docsight.documents import Progress, Summary, process
from docsight.documents.formats.source import ReadOptions
from docsight.documents.runner.settings import WorkerSettings
from docsight.documents.runner.shards import scan
from docsight.errors import ConfigError, DataError

SEEN: list[str] = []


@Language.component("looks")
def looks(doc: Doc) -> Doc:
    SEEN.append(doc.text)
    if "bang" in doc.text:
        raise RuntimeError("it went bang")
    return doc


@pytest.fixture
def nlp() -> Language:
    SEEN.clear()
    nlp = spacy.blank("en")
    nlp.add_pipe("looks")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "LOC", "pattern": "London"}])
    return nlp


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.txt").write_text(f"{name} in London", encoding="utf-8")
    return folder


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def texts(out: Path) -> dict[str, str]:
    return {record["path"]: record["text"] for record in lines(out / "documents.jsonl")}


def again(folder: Path, nlp: Language, out: Path, **settings: Any) -> tuple[Summary, list[str]]:
    """Run, and return the texts that the pipeline saw."""
    SEEN.clear()
    return process(folder, nlp, out, **settings), sorted(set(SEEN))


def test_second_run_does_nothing_and_writes_the_same(folder: Path, nlp: Language, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first, seen = again(folder, nlp, out)
    assert (first.kept, len(seen)) == (0, 3)
    before = {name: (out / name).read_bytes() for name in ("documents.jsonl", "manifest.jsonl", "errors.jsonl")}
    second, seen = again(folder, nlp, out)
    assert (second.kept, second.documents, second.entities["LOC"], seen) == (3, 3, 3, [])
    assert {name: (out / name).read_bytes() for name in before} == before


def test_second_run_reports_the_work_of_the_first(folder: Path, nlp: Language, tmp_path: Path) -> None:
    first = process(folder, nlp, tmp_path / "out")
    second = process(folder, nlp, tmp_path / "out")
    assert first.work_seconds > 0
    assert second.work_seconds == pytest.approx(first.work_seconds)


def test_second_run_notices_changed_added_and_removed_files(folder: Path, nlp: Language, tmp_path: Path) -> None:
    out = tmp_path / "out"
    again(folder, nlp, out)
    time = (folder / "b.txt").stat().st_mtime_ns
    (folder / "b.txt").write_text("B in London", encoding="utf-8")  # of the same size, and then the same age
    os.utime(folder / "b.txt", ns=(time, time))
    (folder / "a.txt").unlink()
    (folder / "d.txt").write_text("d is new", encoding="utf-8")
    os.utime(folder / "c.txt")  # only touched
    summary, seen = again(folder, nlp, out)
    assert seen == ["B in London", "d is new"]
    assert summary.kept == 1
    assert texts(out) == {"b.txt": "B in London", "c.txt": "c in London", "d.txt": "d is new"}
    assert [row["path"] for row in lines(out / "manifest.jsonl")] == ["b.txt", "c.txt", "d.txt"]
    shards = scan(out / ".docsight" / "shards")
    assert "a.txt" in {entry.name for shard in shards for entry in shard.entries}  # beside what is in use


def test_second_run_reads_shards_in_another_order_of_inputs(folder: Path, nlp: Language, tmp_path: Path) -> None:
    out = tmp_path / "out"
    a, b, c = (folder / f"{name}.txt" for name in "abc")
    for order in ([a, b, c], [b, a, c], [c, a], [c, b, a]):
        process(order, nlp, out)
        found = [(record["path"], record["text"]) for record in lines(out / "documents.jsonl")]
        assert found == [(path.name, f"{path.stem} in London") for path in order]


def test_second_run_with_other_models_or_settings_repeats_everything(
    folder: Path, nlp: Language, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    again(folder, nlp, out)
    ruler: Any = nlp.get_pipe("entity_ruler")
    ruler.add_patterns([{"label": "LETTER", "pattern": "b"}])
    assert again(folder, nlp, out)[0].entities == {"LOC": 3, "LETTER": 1}
    assert len(again(folder, nlp, out, max_chars=5)[1]) > 3
    assert len(again(folder, nlp, out, max_chars=5)[1]) == 0
    assert len(again(folder, nlp, out, max_chars=5, batch_size=7)[1]) == 0  # changes no result
    assert len(again(folder, nlp, out, max_chars=5, reading=ReadOptions(max_depth=1))[1]) > 3
    assert len(again(folder, nlp, out, max_chars=5, reading=ReadOptions(max_depth=1), overwrite=True)[1]) > 3


def test_second_run_retries_failures_if_requested(folder: Path, nlp: Language, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (folder / "b.txt").write_text("bang", encoding="utf-8")
    assert again(folder, nlp, out)[0].failed == 1
    summary, seen = again(folder, nlp, out)
    assert (summary.failed, summary.kept, seen) == (1, 3, [])
    summary, seen = again(folder, nlp, out, retry_failed=True)
    assert (summary.failed, summary.kept, seen) == (1, 2, ["bang"])
    (error,) = lines(out / "errors.jsonl")
    assert (error["path"], error["error"]) == ("b.txt", "RuntimeError")


def test_run_that_stops_at_a_failure_is_continued(folder: Path, nlp: Language, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (folder / "b.txt").write_text("bang", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(DataError, match=r"b\.txt: it went bang"):
            again(folder, nlp, out, fail_fast=True)
        assert not (out / "documents.jsonl").exists()
    (folder / "b.txt").write_text("b is well", encoding="utf-8")
    summary, seen = again(folder, nlp, out, fail_fast=True)
    assert (summary.documents, summary.failed, seen) == (3, 0, ["b is well"])


def test_second_run_creates_docs_that_the_first_did_not_keep(folder: Path, nlp: Language, tmp_path: Path) -> None:
    out = tmp_path / "out"
    again(folder, nlp, out)
    assert len(again(folder, nlp, out, formats=("jsonl", "spacy"))[1]) == 3
    assert again(folder, nlp, out)[1] == []
    assert again(folder, nlp, out, formats=("spacy",))[1] == []


def test_second_run_writes_tables_of_earlier_results(folder: Path, nlp: Language, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    again(folder, nlp, tmp_path / "out")
    summary, seen = again(folder, nlp, tmp_path / "out", formats=("parquet",))
    assert (summary.documents, seen) == (3, [])
    assert (tmp_path / "out" / "documents.parquet").is_file()


def test_run_continues_in_the_middle_of_a_large_file(
    folder: Path, nlp: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("docsight.documents.processor.WorkerSettings", short_shards)
    rows = [f"row {number}" for number in range(20)]
    (folder / "r.jsonl").write_text("".join(json.dumps({"text": row}) + "\n" for row in rows), encoding="utf-8")

    def interrupt(progress: Progress) -> None:
        if progress.documents == 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        again(folder, nlp, tmp_path / "out", on_progress=interrupt)
    assert len(SEEN) < 15
    _, seen = again(folder, nlp, tmp_path / "out")
    assert 8 < len(seen) < 14
    parts = [record["part"] for record in lines(tmp_path / "out" / "documents.jsonl") if record["part"]]
    assert parts == [str(number) for number in range(1, 21)]
    (row,) = [row for row in lines(tmp_path / "out" / "manifest.jsonl") if row["path"] == "r.jsonl"]
    assert (row["documents"], row["status"]) == (20, "ok")


short_shards = functools.partial(WorkerSettings, shard_seconds=0.0)


@pytest.mark.parametrize("change", ["rewrite", "cut", "append"])
def test_run_discards_a_file_that_changes_while_it_is_read(
    folder: Path, nlp: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setattr("docsight.documents.processor.WorkerSettings", short_shards)
    rows = "".join(json.dumps({"text": f"row {number}" + "x" * 2000}) + "\n" for number in range(200))
    path = folder / "r.jsonl"
    path.write_text(rows, encoding="utf-8")

    def meddle(progress: Progress) -> None:
        if progress.documents == 10:
            if change == "append":
                with path.open("a", encoding="utf-8") as file:
                    file.write("{}\n")
            else:
                path.write_text(rows.replace("x", "y") if change == "rewrite" else rows[: rows.index("row 100") - 10])

    summary, _ = again(folder, nlp, tmp_path / "out", on_progress=meddle)
    assert (summary.documents, summary.failed) == (3, 1)
    (error,) = lines(tmp_path / "out" / "errors.jsonl")
    assert (error["path"], error["error"]) == ("r.jsonl", "DataError")
    assert "changed while it was read" in error["message"]
    summary, _ = again(folder, nlp, tmp_path / "out")
    assert summary.failed == 0


def test_two_runs_at_once_do_not_share_a_folder(folder: Path, nlp: Language, tmp_path: Path) -> None:
    def second_run(progress: Progress) -> None:
        with pytest.raises(ConfigError, match="another run is using it"):
            process(folder, spacy.blank("en"), tmp_path / "out")

    process(folder, nlp, tmp_path / "out", on_progress=second_run)


@pytest.mark.parametrize("damage", ["data", "cut", "index", "gone"])
def test_run_repeats_the_work_of_a_damaged_shard(folder: Path, nlp: Language, tmp_path: Path, damage: str) -> None:
    out = tmp_path / "out"
    again(folder, nlp, out)
    before = (out / "documents.jsonl").read_bytes()
    (index,) = (out / ".docsight" / "shards").glob("*.json")
    (data,) = (out / ".docsight" / "shards").glob("*.gz")
    if damage == "data":
        data.write_bytes(data.read_bytes()[:-6] + b"damage")
        with pytest.raises(ConfigError, match="was damaged and has been removed; run again"):
            process(folder, nlp, out)
        assert (out / "documents.jsonl").read_bytes() == before
    elif damage == "cut":
        data.write_bytes(data.read_bytes()[:-6])
    elif damage == "index":
        index.write_text("{", encoding="utf-8")
    else:
        data.unlink()
    assert len(again(folder, nlp, out)[1]) == 3
    assert (out / "documents.jsonl").read_bytes() == before


def test_run_reports_a_score_that_is_not_a_number_as_a_failure(folder: Path, nlp: Language, tmp_path: Path) -> None:
    from docsight import attributes

    @Language.component("scores_nothing")
    def scores_nothing(doc: Doc) -> Doc:
        score = float("nan") if doc.text.startswith("b") else 0.5
        attributes.set_scores((ent, score) for ent in doc.ents)
        return doc

    nlp.add_pipe("scores_nothing")
    summary, _ = again(folder, nlp, tmp_path / "out")
    assert (summary.documents, summary.failed) == (2, 1)
    assert lines(tmp_path / "out" / "errors.jsonl")[0]["path"] == "b.txt"


FILLS = """
import resource, sys
import spacy
from docsight.documents import process
from docsight.errors import ConfigError
if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
    try:
        process(sys.argv[1], spacy.blank("en"), sys.argv[2], formats=sys.argv[4].split(","))
    except ConfigError as err:
        sys.exit(str(err))
"""


@pytest.mark.parametrize(
    ("room", "formats"),
    [
        (2000, "jsonl"),
        pytest.param(40_000, "jsonl", marks=pytest.mark.slow),
        pytest.param(60_000, "parquet,spacy", marks=pytest.mark.slow),
    ],
)
def test_full_disk_is_reported_and_the_next_run_continues(
    folder: Path, tmp_path: Path, room: int, formats: str
) -> None:
    resource = pytest.importorskip("resource", reason="file sizes are limited on Unix only")
    if "parquet" in formats:
        pytest.importorskip("pyarrow")
    numbers = " ".join(str(number * 7919 % 1_000_003) for number in range(20_000))
    (folder / "a.txt").write_text(numbers, encoding="utf-8")
    script = tmp_path / "fills.py"
    script.write_text(FILLS, encoding="utf-8")

    def run(room: int) -> "subprocess.CompletedProcess[str]":
        arguments = [str(folder), str(tmp_path / "out"), str(room), formats]
        return subprocess.run([sys.executable, str(script), *arguments], capture_output=True, text=True, check=False)

    done = run(room)
    assert done.returncode == 1
    assert done.stderr.startswith("cannot write ")
    assert "File too large" in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".docsight"]
    assert run(resource.RLIM_INFINITY).returncode == 0
    assert (tmp_path / "out" / f"documents.{formats.split(',')[0]}").is_file()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_that_cannot_be_written_to_is_reported(folder: Path, nlp: Language, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o500)
    with pytest.raises(ConfigError, match="cannot write to"):
        process(folder, nlp, tmp_path / "out")
