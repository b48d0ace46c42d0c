"""Shards exist completely or not at all, whatever happens while they are written."""

import builtins
import gzip
import json
import os
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from docsight.documents.problem import Problem
from docsight.documents.runner.shard_files import (
    DocumentLine,
    ShardReader,
    ShardWriter,
    dump_document,
    dump_problem,
    parse_line,
    read_docs,
)
from docsight.documents.runner.shards import SHARD_VERSION, DamagedError, FileEntry, Shard, clear, remove, scan
from docsight.documents.store import to_json_line
from docsight.errors import ConfigError

HARD = "line one\nline\u2028two \x85 \udcff".encode("utf-8", "replace").decode()


def write(folder: Path, *, name: str = "a.txt", lines: int = 2, with_docs: bool = False) -> Shard:
    writer = ShardWriter(folder, fingerprint="f", with_docs=with_docs)
    entries = [FileEntry(name=f"{name}{number}", size=1, sha256="s", lines=lines) for number in range(3)]
    for entry in entries:
        for number in range(lines):
            writer.add(dump_document({"of": entry.name, "number": number, "text": HARD}, words=2))
    if with_docs:
        assert writer.add_docs(b"packed", 2) == 0
        assert writer.add_docs(b"more", 3) == 2
    return writer.commit(entries)


def records(reader: ShardReader, number: int) -> list[dict[str, Any]]:
    return [line.record for line in reader.lines(number) if isinstance(line, DocumentLine)]


def read(folder: Path, shard: Shard, number: int) -> list[tuple[str, int]]:
    with closing(ShardReader(folder, shard)) as reader:
        return [(record["of"], record["number"]) for record in records(reader, number)]


def test_shard_round_trips(tmp_path: Path) -> None:
    shard = write(tmp_path, with_docs=True)
    assert scan(tmp_path) == [shard]
    assert list(read_docs(tmp_path, shard)) == [(0, 2, b"packed"), (2, 3, b"more")]
    with closing(ShardReader(tmp_path, shard)) as reader:
        assert [record["text"] for record in records(reader, 1)] == [HARD, HARD]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0), (1, 1)])
def test_shard_is_read_in_any_order(tmp_path: Path, order: tuple[int, ...]) -> None:
    shard = write(tmp_path)
    with closing(ShardReader(tmp_path, shard)) as reader:
        for number in order:
            found = [(record["of"], record["number"]) for record in records(reader, number)]
            assert found == [(f"a.txt{number}", 0), (f"a.txt{number}", 1)]


def test_shards_are_listed_oldest_first(tmp_path: Path) -> None:
    shards = [write(tmp_path, name=name) for name in "abc"]
    for age, shard in enumerate(shards):
        os.utime(tmp_path / f"{shard.name}.json", (100 - age, 100 - age))
    assert scan(tmp_path) == shards[::-1]


def test_uncommitted_shard_does_not_exist(tmp_path: Path) -> None:
    whole = write(tmp_path)
    writer = ShardWriter(tmp_path, fingerprint="f", with_docs=True)
    writer.add("{}")
    for _ in range(2):
        assert scan(tmp_path) == [whole]
    assert {path.name.partition(".")[0] for path in tmp_path.iterdir()} == {whole.name}


class _CrashError(Exception):
    """Represents the end of the process."""


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, int]:
    """Count the calls that change files, and crash at number `crash`."""
    state = {"at": 0, "crash": -1}

    def crashing(function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            state["at"] += 1
            if state["at"] == state["crash"]:
                raise _CrashError
            return function(*args, **kwargs)

        return call

    for module, name in ((os, "replace"), (os, "fsync"), (builtins, "open"), (json, "dump"), (gzip.GzipFile, "close")):
        monkeypatch.setattr(module, name, crashing(getattr(module, name)))
    monkeypatch.setattr(Path, "open", crashing(Path.open))
    return state


def test_shard_survives_a_crash_at_any_step_of_another(tmp_path: Path, steps: dict[str, int]) -> None:
    whole = write(tmp_path)
    crash, crashes = 0, 0
    while True:
        crash += 1
        steps.update(at=0, crash=crash)
        try:
            write(tmp_path, name="b.txt", with_docs=True)
        except _CrashError:
            steps.update(crash=-1)
            crashes += 1
            assert scan(tmp_path) == [whole]
            assert {path.name.partition(".")[0] for path in tmp_path.iterdir()} == {whole.name}
            assert read(tmp_path, whole, 2) == [("a.txt2", 0), ("a.txt2", 1)]
        else:
            break
    assert crashes >= 5
    steps.update(crash=-1)
    assert len(scan(tmp_path)) == 2


@pytest.mark.parametrize(
    "index",
    [
        "",
        "{",
        "null",
        "[]",
        f'{{"version": {SHARD_VERSION}}}',
        '{"version": 3, "name": "x", "fingerprint": "f", "has_docs": false, "entries": [], "sizes": {}}',
        '{"version": 1, "name": "x", "fingerprint": "f", "has_docs": false, "entries": [], "sizes": {}}',
        '{"version": 2, "name": "x", "fingerprint": "f", "has_docs": false, "entries": [{"what": 1}], "sizes": {}}',
        '{"version": 2, "name": "x", "fingerprint": "f", "has_docs": false, "entries": 5, "sizes": {}}',
        '{"version": 2, "name": "x", "fingerprint": "f", "has_docs": false, "entries": [], "sizes": []}',
        '{"version": 2, "name": "x", "fingerprint": "f", "has_docs": false, "entries": [], "new": 1, "sizes": {}}',
        "\udcff",
    ],
)
def test_shard_with_an_invalid_index_does_not_exist(tmp_path: Path, index: str) -> None:
    shard = write(tmp_path)
    (tmp_path / f"{shard.name}.json").write_bytes(index.encode("utf-8", "surrogateescape"))
    assert scan(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".jsonl.gz", ".docs"])
def test_shard_with_truncated_or_missing_files_does_not_exist(tmp_path: Path, suffix: str) -> None:
    shard = write(tmp_path, with_docs=True)
    path = tmp_path / (shard.name + suffix)
    path.write_bytes(path.read_bytes()[:-1])
    assert scan(tmp_path) == []
    shard = write(tmp_path, with_docs=True)
    (tmp_path / (shard.name + suffix)).unlink()
    assert scan(tmp_path) == []


@pytest.mark.parametrize("at", [0, 60, -5])
def test_shard_with_altered_bytes_is_reported_as_damaged(tmp_path: Path, at: int) -> None:
    shard = write(tmp_path)
    change(tmp_path / f"{shard.name}.jsonl.gz", at)
    with pytest.raises(DamagedError, match="damaged"):
        [read(tmp_path, shard, number) for number in range(3)]


@pytest.mark.parametrize("at", [0, 40, -5])
def test_shard_with_altered_docs_is_reported_as_damaged(tmp_path: Path, at: int) -> None:
    shard = write(tmp_path, with_docs=True)
    change(tmp_path / f"{shard.name}.docs", at)
    with pytest.raises(DamagedError, match="damaged"):
        list(read_docs(tmp_path, shard))


def change(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)


def test_shard_is_not_committed_if_another_run_removed_its_files(tmp_path: Path) -> None:
    writer = ShardWriter(tmp_path, fingerprint="f")
    writer.add("{}")
    assert scan(tmp_path) == []
    with pytest.raises(ConfigError, match="cannot write"):
        writer.commit([FileEntry(name="a", size=1)])
    assert scan(tmp_path) == []


def test_shards_can_be_removed_and_cleared(tmp_path: Path) -> None:
    first, second = write(tmp_path, with_docs=True), write(tmp_path)
    remove(tmp_path, [first.name, "unheard-of"])
    assert scan(tmp_path) == [second]
    clear(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {1, 2}])
def test_line_that_is_not_json_is_refused_before_it_is_written(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        dump_document({"score": value}, words=0)


def test_lines_round_trip() -> None:
    record = {"text": f"a\ttab and {HARD}", "score": 0.1}
    line = dump_document(record, words=4, thumbnails={"1": "data:"}, docs=[3])
    assert line.splitlines() == [line]
    assert parse_line(line + "\n") == DocumentLine(
        text=to_json_line(record), record=record, words=4, thumbnails={"1": "data:"}, docs=[3], audit=[]
    )
    problem = Problem(path="a.txt", part="1", error="DataError", message="a\ttab", is_timeout=True)
    assert parse_line(dump_problem(problem) + "\n") == problem
