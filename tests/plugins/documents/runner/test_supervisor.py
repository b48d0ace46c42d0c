"""Worker processes that crash, hang, run out of memory or misbehave: only the document at fault fails."""

import json
import os
import re
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from docsight.documents.formats.source import ReadOptions
from docsight.documents.inputs import InputFile, find_files
from docsight.documents.pipeline import Pipeline
from docsight.documents.problem import Problem, ShortageError
from docsight.documents.runner import process as processes
from docsight.documents.runner.settings import RunOptions, WorkerSettings
from docsight.documents.runner.shard_files import DocumentLine, ShardReader
from docsight.documents.runner.shards import Shard
from docsight.documents.runner.supervisor import Supervisor, Task
from docsight.documents.runner.work_items import WorkItem
from docsight.errors import ConfigError

TROUBLE = """
import ctypes, os, re, sys, time
from spacy.language import Language

kept = []

@Language.component("trouble")
def trouble(doc):
    for word in {token.text for token in doc}:
        if word == "SEGV":
            ctypes.string_at(0)
        elif word == "EXIT3":
            os._exit(3)
        elif word == "EXIT0":
            os._exit(0)
        elif word == "ABORT":
            os.abort()
        elif word == "SIGKILL":
            os.kill(os.getpid(), 9)
        elif word == "DISKFULL":
            raise OSError(28, "No space left on device", "/tmp/x")
        elif word == "SCORE":
            raise RuntimeError(open("/proc/self/oom_score_adj").read().strip())
        elif word == "SLEEP":
            time.sleep(1000)
        elif word == "NAP":
            time.sleep(0.3)
        elif word == "SPIN":  # in C, so that no other thread can run
            re.match("(a+)+$", "a" * 60 + "b")
        elif word == "RAISE":
            raise RuntimeError("it went wrong")
        elif word == "SYSEXIT":
            sys.exit("enough")
        elif word == "HUGE":
            bytearray(1 << 40)
        elif word == "HOG":
            hog = []
            while True:
                hog.append(bytearray(1 << 20))
        elif word == "GROW":
            kept.append(bytearray(os.urandom(1 << 20) * 40))
        elif word == "ODD":
            class OddError(Exception):
                def __init__(self, one, two):
                    super().__init__("odd")
            raise OddError(1, 2)
    return doc

@Language.component("fails_to_load")
def fails_to_load(doc):
    os._exit(7)
"""


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., Supervisor]]:
    """Make supervisors of a pipeline that misbehaves on certain words in the texts."""
    (tmp_path / "trouble.py").write_text(TROUBLE, encoding="utf-8")
    (tmp_path / "shards").mkdir()
    before = set(children())

    def make(*, component: str = "trouble", shard_seconds: float = 10.0, **options: Any) -> Supervisor:
        return Supervisor(
            Pipeline(components=(component,), code=str(tmp_path / "trouble.py")),
            WorkerSettings(
                options=RunOptions(workers=1, reading=ReadOptions(ocr="never"), **options),
                folder=tmp_path / "shards",
                fingerprint="f",
                shard_seconds=shard_seconds,
            ),
        )

    yield make
    deadline = time.monotonic() + 30
    while (left := set(children()) - before) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left


def children() -> list[int]:
    """Find the worker processes: children of the fork server, which is a child of this process."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="latin-1").rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(path.parent.name)] = int(fields[1])
    servers = {pid for pid, parent in parents.items() if parent == os.getpid()}
    return [pid for pid, parent in parents.items() if parent in servers]


def make_files(folder: Path, texts: dict[str, str]) -> tuple[WorkItem, ...]:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return work_items_in(folder)


def make_rows(folder: Path, texts: list[str]) -> tuple[WorkItem, ...]:
    return make_files(folder, {"rows.jsonl": "".join(json.dumps({"text": text}) + "\n" for text in texts)})


def make_archive(folder: Path, texts: list[str]) -> tuple[WorkItem, ...]:
    folder.mkdir()
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for number, text in enumerate(texts, start=1):
            archive.writestr(f"{number}.txt", text)
    return work_items_in(folder)


def work_items_in(folder: Path) -> tuple[WorkItem, ...]:
    return tuple(WorkItem(file=file) for file in find_files(folder) if isinstance(file, InputFile))


def run(supervisor: Supervisor, work_items: tuple[WorkItem, ...]) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Return the texts of documents, and the statuses and messages of problems, by their names."""
    texts, problems = {}, {}
    for shard in supervisor.run(work_items):
        for line in lines(supervisor, shard):
            record = line.record if isinstance(line, DocumentLine) else line.record()
            name = "/".join(filter(None, (record["path"], record["part"])))
            assert name not in texts
            assert name not in problems
            if isinstance(line, DocumentLine):
                texts[name] = record["text"]
            else:
                problems[name] = (f"{line.status} {line.error}", line.message)
    return texts, problems


def lines(supervisor: Supervisor, shard: Shard) -> Iterator[DocumentLine | Problem]:
    with closing(ShardReader(supervisor._settings.folder, shard)) as reader:
        for number, entry in enumerate(shard.entries):
            assert entry.sha256 is not None
            yield from reader.lines(number)


DIED = "failed WorkerDied"


@pytest.mark.parametrize(
    ("word", "error", "message"),
    [
        ("SEGV", DIED, "the process that read it was ended by SIGSEGV"),
        ("ABORT", DIED, "the process that read it was ended by SIGABRT"),
        ("EXIT3", DIED, r"the process that read it ended by itself \(exit code 3\)"),
        ("EXIT0", DIED, r"the process that read it ended by itself \(exit code 0\)"),
        ("SLEEP", "timeout Timeout", "took longer than 2 seconds"),
        ("SPIN", "timeout Timeout", "took longer than 2 seconds"),
        ("RAISE", "failed RuntimeError", "it went wrong"),
        ("SYSEXIT", "failed RuntimeError", "SystemExit was raised: enough"),
        ("HUGE", "failed MemoryError", "needs more memory than allowed"),
        ("HOG", "failed MemoryError", "needs more memory than allowed"),
        ("ODD", "failed OddError", "odd"),
    ],
)
def test_supervisor_fails_only_the_document_at_fault(
    tmp_path: Path, supervise: Callable[..., Supervisor], word: str, error: str, message: str
) -> None:
    texts = {"a.txt": "fine", "b.txt": f"so {word} it", "c.txt": "well"}
    timeout = 2 if error.startswith("timeout") else 60
    with supervise(timeout=timeout, shard_seconds=0.5, memory=200) as supervisor:
        found, problems = run(supervisor, make_files(tmp_path / "in", texts))
        assert [(name, status) for name, (status, _) in problems.items()] == [("b.txt", error)]
        assert re.fullmatch(message, problems["b.txt"][1])
        assert found == {"a.txt": "fine", "c.txt": "well"}


def test_supervisor_lets_a_long_document_end_in_time(tmp_path: Path, supervise: Callable[..., Supervisor]) -> None:
    files = make_files(tmp_path / "in", {"a.txt": "fine", "b.txt": "NAP here. " * 100, "c.txt": "well"})
    with supervise(timeout=2, shard_seconds=0.5, max_chars=10) as supervisor:
        shards = list(supervisor.run(files))
        found = [line for shard in shards for line in lines(supervisor, shard)]
    documents = [line.record for line in found if isinstance(line, DocumentLine)]
    (problem,) = [line for line in found if isinstance(line, Problem)]
    assert [record["path"] for record in documents] == ["a.txt", "b.txt", "c.txt"]
    assert documents[1]["notes"] == [problem.message]
    assert problem.message.startswith("took longer than 2 seconds; what was found in the first ")
    entries = {entry.name: (entry.status, entry.documents, entry.next) for shard in shards for entry in shard.entries}
    assert entries["b.txt"] == ("timeout", 1, None)


@pytest.mark.parametrize("at", [{0, 2, 4}, {1, 3}, {0, 1, 2}])
def test_supervisor_finds_the_files_at_fault(
    tmp_path: Path, supervise: Callable[..., Supervisor], at: set[int]
) -> None:
    texts = {f"{number}.txt": "so EXIT3 it" if number in at else "fine" for number in range(5)}
    with supervise() as supervisor:
        found, problems = run(supervisor, make_files(tmp_path / "in", texts))
    assert sorted(found) == [f"{number}.txt" for number in range(5) if number not in at]
    assert sorted(problems) == [f"{number}.txt" for number in sorted(at)]


@pytest.mark.parametrize("make", [make_rows, make_archive])
@pytest.mark.parametrize("at", [{1}, {50, 51}, {3, 100}])
def test_supervisor_finds_the_parts_at_fault(
    tmp_path: Path,
    supervise: Callable[..., Supervisor],
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path, list[str]], tuple[WorkItem, ...]],
    at: set[int],
) -> None:
    restarts = count_restarts(monkeypatch)
    work_items = make(tmp_path / "in", ["so EXIT3 it" if number in at else f"no {number}" for number in range(1, 101)])
    with supervise() as supervisor:
        found, problems = run(supervisor, work_items)
    assert sorted(found.values()) == sorted(f"no {number}" for number in range(1, 101) if number not in at)
    file = work_items[0].file.name
    assert problems == {
        f"{file}/item {number}": (DIED, "the process that read it ended by itself (exit code 3)") for number in at
    }
    assert len(restarts) <= 2 * len(at)


def test_supervisor_gives_up_on_a_file_whose_parts_all_crash(
    tmp_path: Path, supervise: Callable[..., Supervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    restarts = count_restarts(monkeypatch)
    work_items = make_rows(tmp_path / "in", ["fine"] + ["so EXIT3 it"] * 1000)
    with supervise() as supervisor:
        found, problems = run(supervisor, work_items)
    assert found == {"rows.jsonl/1": "fine"}
    assert list(problems) == ["rows.jsonl/item 2", "rows.jsonl/item 3", "rows.jsonl"]
    message = "ended by itself (exit code 3) (item 4); the rest was not processed"
    assert problems["rows.jsonl"][1].endswith(message)
    assert len(restarts) <= 4


def count_restarts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    restarts: list[int] = []
    restart = Supervisor._restart

    def counted(supervisor: Supervisor) -> None:
        restarts.append(1)
        restart(supervisor)

    monkeypatch.setattr(Supervisor, "_restart", counted)
    return restarts


def test_supervisor_continues_after_a_part_whose_reader_crashes(
    tmp_path: Path, supervise: Callable[..., Supervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part is not read again to get past it."""
    trouble = TROUBLE + (
        "\nfrom docsight.documents.formats.text import plain\nread = plain.read\n"
        "def read_or_crash(source):\n"
        "    if b'KILLS' in source.read_bytes():\n        os._exit(4)\n"
        "    yield from read(source)\n"
        "plain.read = read_or_crash\n"
    )
    work_items = make_archive(tmp_path / "in", ["one", "KILLS", "three", "four", "KILLS", "six"])
    supervisor = supervise()
    (tmp_path / "trouble.py").write_text(trouble, encoding="utf-8")
    with supervisor:
        found, problems = run(supervisor, work_items)
    assert list(found.values()) == ["one", "three", "four", "six"]
    assert list(problems) == ["all.zip/item 2", "all.zip/item 5"]


def test_supervisor_replaces_the_worker_without_changing_results(
    tmp_path: Path, supervise: Callable[..., Supervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    restarts = count_restarts(monkeypatch)
    texts = [f"number {number}" for number in range(30)]
    work_items = make_rows(tmp_path / "rows", texts) + make_files(tmp_path / "files", {"a.txt": "a", "b.txt": "b"})
    with supervise(recycle=10, shard_seconds=0.0) as supervisor:  # a shard for each item
        found, problems = run(supervisor, work_items)
    assert list(found.values()) == [*texts, "a", "b"]
    assert not problems
    assert len(restarts) == 3


def test_supervisor_replaces_a_worker_that_has_grown(
    tmp_path: Path, supervise: Callable[..., Supervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    restarts = count_restarts(monkeypatch)
    work_items = make_rows(tmp_path / "in", ["let it GROW"] * 12)
    with supervise(memory=320, shard_seconds=0.0) as supervisor:
        found, problems = run(supervisor, work_items)
    assert len(found) == 12
    assert not problems
    assert 2 <= len(restarts) <= 4


def test_supervisor_is_not_stopped_by_the_death_of_an_idle_worker(
    tmp_path: Path, supervise: Callable[..., Supervisor]
) -> None:
    work_items = make_files(tmp_path / "in", {"a.txt": "a", "b.txt": "b"})
    with supervise() as supervisor:
        for delay in (0.0, 0.05, 0.3):
            pid = supervisor._process._pid
            assert pid is not None
            os.kill(pid, 9)
            time.sleep(delay)
            found, problems = run(supervisor, work_items)
            # At first it looks as if it had died during its work, which is then retried.
            assert (found, problems) == ({"a.txt": "a", "b.txt": "b"}, {})


def test_supervisor_reports_why_no_worker_starts(tmp_path: Path, supervise: Callable[..., Supervisor]) -> None:
    with pytest.raises(ConfigError, match="exit code 7"):
        supervise(component="fails_to_load").__enter__()
    with pytest.raises(ConfigError, match="cannot load a pipeline"):
        supervise(component="unheard_of").__enter__()


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.3, 2.0])
def test_supervisor_stops_from_another_thread(
    tmp_path: Path, supervise: Callable[..., Supervisor], delay: float
) -> None:
    work_items = make_files(tmp_path / "in", {"a.txt": "SPIN"})
    supervisor = supervise()
    errors: list[BaseException] = []

    def look_after() -> None:
        try:
            with supervisor:
                list(supervisor.run(work_items))
        except ConfigError as err:
            errors.append(err)

    thread = threading.Thread(target=look_after)
    thread.start()
    time.sleep(delay)
    supervisor.stop()
    thread.join(timeout=60)  # as long as the fork server may take to start on a busy machine
    assert not thread.is_alive()


def test_supervisor_repeats_what_a_killed_worker_had_finished_but_not_reported(
    tmp_path: Path, supervise: Callable[..., Supervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It died between moving its shard into place and its reply: the work is repeated, and the shard is left over."""
    work_items = make_files(tmp_path / "in", {"a.txt": "a", "b.txt": "b"})
    with supervise() as supervisor:
        call = supervisor._process.call
        calls: list[Any] = []

        def dies_before_it_answers(*args: Any, **kwargs: Any) -> Any:
            calls.append(call(*args, **kwargs))
            if len(calls) == 1:
                raise processes.DiedError("was ended by SIGKILL")
            return calls[-1]

        monkeypatch.setattr(supervisor._process, "call", dies_before_it_answers)
        found, problems = run(supervisor, work_items)
    assert (found, problems) == ({"a.txt": "a", "b.txt": "b"}, {})
    assert len(list((tmp_path / "shards").glob("*.json"))) == 3


def test_supervisor_has_a_worker_that_was_killed_tried_again_by_the_next_run(
    tmp_path: Path, supervise: Callable[..., Supervisor]
) -> None:
    work_items = make_files(tmp_path / "in", {"a.txt": "fine", "b.txt": "SIGKILL"})
    with supervise() as supervisor:
        shards = list(supervisor.run(work_items))
    entries = {entry.name: entry for shard in shards for entry in shard.entries}
    assert (entries["b.txt"].error, entries["b.txt"].retry, entries["a.txt"].retry) == ("WorkerDied", True, False)
    assert "short of memory, so a later run tries again" in (entries["b.txt"].message or "")


def test_supervisor_stops_when_the_machine_is_short_of_something(
    tmp_path: Path, supervise: Callable[..., Supervisor]
) -> None:
    work_items = make_files(tmp_path / "in", {"a.txt": "DISKFULL"})
    with (
        supervise() as supervisor,
        pytest.raises(ShortageError, match=r"short of .*No space left on device \(/tmp/x\)"),
    ):
        run(supervisor, work_items)
    assert list((tmp_path / "shards").iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/oom_score_adj").exists(), reason="only on Linux")
def test_supervisor_has_workers_killed_first_when_memory_runs_out(
    tmp_path: Path, supervise: Callable[..., Supervisor]
) -> None:
    with supervise() as supervisor:
        _, problems = run(supervisor, make_files(tmp_path / "in", {"a.txt": "SCORE"}))
    own = int(Path("/proc/self/oom_score_adj").read_text(encoding="ascii"))
    assert int(problems["a.txt"][1]) >= max(own, 500)


def test_supervisor_stops_on_a_disk_error(tmp_path: Path, supervise: Callable[..., Supervisor]) -> None:
    work_items = make_files(tmp_path / "in", {"a.txt": "a"})
    with supervise() as supervisor:
        (tmp_path / "shards").rmdir()
        with pytest.raises(ConfigError, match="cannot write"):
            run(supervisor, work_items)


def test_supervisor_limits_keep_shrinking() -> None:
    file = next(iter(work_items_in(Path(__file__).parent)), None)
    assert file is None or not file.file.format.has_parts
    rows = WorkItem(file=InputFile(path=Path("x"), name="x", format=_format("jsonl"), size=1))
    tasks, calls = [Task(work_items=(rows,))], 0
    while tasks:  # whatever the marks of the worker, and however often it dies
        tasks = tasks.pop().divide(1_000_000, 5)
        calls += 1
        assert calls < 20


def _format(name: str) -> Any:
    from docsight.documents.formats import FORMATS

    return next(one for one in FORMATS if one.name == name)
