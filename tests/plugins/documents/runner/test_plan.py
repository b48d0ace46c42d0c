"""What a run reuses from an earlier one, and what it repeats."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from docsight.documents.inputs import InputFile, find_files
from docsight.documents.problem import Problem
from docsight.documents.runner.plan import MAX_JOB_BYTES, MAX_JOB_FILES, Plan, make_plan
from docsight.documents.runner.shards import FileEntry, Shard
from docsight.documents.runner.work_items import WorkItem, hash_file


@pytest.fixture
def file(tmp_path: Path) -> InputFile:
    (tmp_path / "a.jsonl").write_text('{"text": "one"}\n', encoding="utf-8")
    (found,) = find_files(tmp_path)
    assert isinstance(found, InputFile)
    return found


def entry(file: InputFile, start: int = 0, end: int | None = None, **fields: Any) -> FileEntry:
    return FileEntry(name=file.name, size=file.size, sha256=hash_file(file), start=start, next=end, **fields)


def shard(name: str, *entries: FileEntry, fingerprint: str = "f", has_docs: bool = False) -> Shard:
    return Shard(name=name, fingerprint=fingerprint, has_docs=has_docs, entries=list(entries))


def made(file: InputFile, *shards: Shard, **settings: Any) -> Plan:
    return make_plan([file], shards, fingerprint="f", **settings)


def chain(found: Plan) -> list[str]:
    return [ref.shard.name for refs in found.refs.values() for ref in refs]


def test_plan_includes_unprocessed_files(file: InputFile) -> None:
    found = made(file)
    assert (found.pending, found.kept, found.refs) == ([WorkItem(file=file)], 0, {})


def test_plan_skips_processed_files(file: InputFile) -> None:
    found = made(file, shard("s", entry(file)))
    assert (found.pending, found.kept, chain(found)) == ([], 1, ["s"])


def test_plan_continues_a_partly_processed_file(file: InputFile) -> None:
    found = made(file, shard("s", entry(file, 0, 5)), shard("t", entry(file, 5, 9)))
    assert found.pending == [WorkItem(file=file, start=9, sha256=hash_file(file))]
    assert (found.kept, chain(found)) == (0, ["s", "t"])


def test_plan_uses_the_newest_of_several_entries(file: InputFile) -> None:
    found = made(file, shard("old", entry(file)), shard("new", entry(file)))
    assert chain(found) == ["new"]


@pytest.mark.parametrize(
    "entries",
    [
        [(5, None)],  # its beginning is missing
        [(0, 5), (6, None)],  # there is a gap
        [(0, 5), (5, 5), (9, None)],  # nothing continues it
        [(0, 0)],
    ],
)
def test_plan_uses_nothing_after_a_gap(file: InputFile, entries: list[tuple[int, int | None]]) -> None:
    found = made(file, *(shard(str(number), entry(file, *one)) for number, one in enumerate(entries)))
    assert len(found.pending) == 1
    assert found.pending[0].start == (5 if entries[0] == (0, 5) else 0)
    assert found.kept == 0


def test_plan_repeats_what_has_changed(file: InputFile) -> None:
    assert made(file, shard("s", entry(file), fingerprint="other")).pending
    assert made(file, shard("s", entry(file)), with_docs=True).pending
    assert not made(file, shard("s", entry(file), has_docs=True), with_docs=True).pending
    assert made(file, shard("s", entry(file, stale=True))).pending
    assert made(file, shard("s", entry(file, status="failed", retry=True))).pending
    assert made(file, shard("s", FileEntry(name=file.name, size=file.size))).pending  # it could not be read
    size, time = file.path.stat().st_size, file.path.stat().st_mtime_ns
    done = shard("s", entry(file))
    file.path.write_text('{"text": "two"}\n', encoding="utf-8")
    os.utime(file.path, ns=(time, time))
    assert file.path.stat().st_size == size
    assert made(file, done).pending == [WorkItem(file=file)]


def test_plan_never_combines_parts_of_different_contents(file: InputFile) -> None:
    first = entry(file, 0, 5)
    second = entry(file, 5, None)
    second.sha256 = "other"
    assert made(file, shard("s", first), shard("t", second)).pending[0].start == 5


def test_plan_retries_failures_if_requested(file: InputFile) -> None:
    for failure in ({"status": "failed"}, {"status": "timeout"}, {"failed": 1}):
        done = shard("s", entry(file, **failure))
        assert not made(file, done).pending
        assert made(file, done, retry_failed=True).pending == [WorkItem(file=file)]
    assert not made(file, shard("s", entry(file, status="skipped")), retry_failed=True).pending


def test_plan_keeps_problems(file: InputFile) -> None:
    problem = Problem(path="x", error="Skipped", message="no reader", skipped=True)
    found = make_plan([problem, file], [], fingerprint="f")
    assert (found.items, len(found.pending)) == ([problem, file], 1)


def test_plan_repeats_a_file_that_has_vanished(file: InputFile) -> None:
    done = shard("s", entry(file))
    file.path.unlink()
    assert made(file, done).pending == [WorkItem(file=file)]


def test_jobs_are_bounded_and_complete(file: InputFile) -> None:
    sizes = [10] * (MAX_JOB_FILES + 1) + [MAX_JOB_BYTES * 3, 5, MAX_JOB_BYTES - 5, 5]
    work_items = [
        WorkItem(file=InputFile(path=file.path, name=str(number), format=file.format, size=size))
        for number, size in enumerate(sizes)
    ]
    jobs = list(Plan([], pending=work_items).jobs())
    assert [item for job in jobs for item in job] == work_items
    assert [len(job) for job in jobs] == [MAX_JOB_FILES, 1, 1, 2, 1]
    assert list(Plan([]).jobs()) == []


def test_jobs_grow_smaller_towards_the_end_so_that_workers_end_together(file: InputFile) -> None:
    work_items = [WorkItem(file=replace(file, name=str(number), size=MAX_JOB_BYTES // 40)) for number in range(400)]
    jobs = list(Plan([], pending=work_items).jobs(workers=2))
    assert [item for job in jobs for item in job] == work_items
    sizes = [len(job) for job in jobs]
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (40, 1)
