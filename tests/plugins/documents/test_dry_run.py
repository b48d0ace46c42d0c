"""The survey of a run: what would be read, what is skipped and done, and how long it takes."""

import os
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from docsight.documents import process, survey
from docsight.documents.dry_run import ProblemGroup, Survey
from docsight.documents.runner.shard_files import ShardWriter
from docsight.documents.runner.shards import FileEntry
from docsight.errors import ConfigError


@pytest.fixture
def nlp() -> Language:
    return spacy.blank("en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.txt", "b.txt", "page.html", "1.exe", "2.exe", "3.exe", "4.exe"):
        (folder / name).write_bytes(b"x" * 1000)
    return folder


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    paths = [folder, *folder.rglob("*")]
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in paths}


def test_survey_counts_what_would_be_read_and_skipped(folder: Path, nlp: Language, tmp_path: Path) -> None:
    result = survey([folder, tmp_path / "gone"], nlp, tmp_path / "out", workers=2)
    assert {name: (volume.files, volume.bytes) for name, volume in result.volumes.items()} == {
        "text": (2, 2000),
        "html": (1, 1000),
    }
    assert (result.files, result.bytes, result.done, result.begun) == (3, 3000, 0, 0)
    ((reason, group),) = result.skipped.items()
    assert reason.startswith("no reader for .exe files")
    assert group == ProblemGroup(count=4, examples=["in/1.exe", "in/2.exe", "in/3.exe"])
    assert [group.examples for group in result.failed.values()] == [["gone"]]
    assert not (tmp_path / "out").exists()


def test_survey_writes_nothing_and_knows_what_is_done(folder: Path, nlp: Language, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process(folder, nlp, out)
    (out / ".docsight" / "shards" / ("0" * 32 + ".jsonl.gz")).touch()  # of a run that was killed
    (folder / "a.txt").write_text("changed", encoding="utf-8")
    before = snapshot(tmp_path)
    result = survey(folder, nlp, out)
    assert (list(result.volumes), result.done) == (["text"], 2)
    assert survey(folder, nlp, out, overwrite=True).files == 3
    assert survey(folder, nlp, out, max_chars=100).done == 0
    assert snapshot(tmp_path) == before


def test_survey_refuses_what_a_run_refuses(folder: Path, nlp: Language, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="workers must be at least 0"):
        survey(folder, nlp, tmp_path / "out", workers=-1)
    with pytest.raises(ConfigError, match="not a folder"):
        survey(folder, nlp, folder / "a.txt")
    (tmp_path / "documents.jsonl").touch()
    with pytest.raises(ConfigError, match=r"documents\.jsonl exists"):
        survey(folder, nlp, tmp_path)
    assert not (tmp_path / ".docsight").exists()


def test_survey_estimates_the_time_by_earlier_runs(folder: Path, nlp: Language, tmp_path: Path) -> None:
    shards = tmp_path / "out" / ".docsight" / "shards"
    shards.mkdir(parents=True)
    entries = [
        FileEntry(name="a.txt", size=1000, next=5, seconds=3.0),
        FileEntry(name="elsewhere.md", size=1000, seconds=0.1),  # too little to tell
        FileEntry(name="unfinished.txt", size=10**9, next=5, seconds=9.0),
        FileEntry(name="late.txt", size=1000, status="timeout", seconds=600.0),
    ]
    ShardWriter(shards, fingerprint="other").commit(entries)
    ShardWriter(shards, fingerprint="other").commit([FileEntry(name="a.txt", size=1000, start=5, seconds=1.0)])
    result = survey(folder, nlp, tmp_path / "out", workers=2)
    assert result.volumes["text"].seconds == pytest.approx(8.0)
    assert result.typical == ["html"]
    assert result.seconds == pytest.approx(5.0 + (8.0 + 0.012) / 2)
    assert Survey().seconds == 0.0


def test_survey_takes_files_that_an_earlier_run_began_for_unfinished(nlp: Language, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"text": "one"}\n{"text": "two"}\n', encoding="utf-8")
    process(rows, nlp, tmp_path / "out")
    shards = tmp_path / "out" / ".docsight" / "shards"
    (index,) = shards.glob("*.json")
    index.write_text(index.read_text(encoding="utf-8").replace('"next": null', '"next": 1'), encoding="utf-8")
    result = survey(rows, nlp, tmp_path / "out")
    assert (result.files, result.done, result.begun) == (1, 0, 1)
    assert os.listdir(shards)
