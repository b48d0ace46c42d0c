"""A worker: the order of its lines, its marks, and what remains after a call."""

import json
import re
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from docsight.documents.inputs import InputFile, find_files
from docsight.documents.problem import Problem
from docsight.documents.runner.settings import RunOptions, WorkerSettings
from docsight.documents.runner.shard_files import DocumentLine, ShardReader
from docsight.documents.runner.shards import FileEntry, Shard
from docsight.documents.runner.work_items import WorkItem
from docsight.documents.runner.worker import Worker


@pytest.fixture
def rows(tmp_path: Path) -> WorkItem:
    """Make a file of ten items, of which numbers 0, 3, 4 and 9 are problems."""
    rows = ["{" if number in (0, 3, 4, 9) else json.dumps({"text": f"row {number}"}) for number in range(10)]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "rows.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (file,) = find_files(tmp_path / "in")
    assert isinstance(file, InputFile)
    return WorkItem(file=file)


def make_worker(tmp_path: Path, marks: list[int], **options: int) -> Worker:
    (tmp_path / "shards").mkdir(exist_ok=True)
    settings = WorkerSettings(options=RunOptions(**options), folder=tmp_path / "shards")
    return Worker(spacy.blank("en"), settings, marks=marks)


def contents(tmp_path: Path, shard: Shard) -> list[str]:
    """Return the texts of documents, and "!" for each problem."""
    with closing(ShardReader(tmp_path / "shards", shard)) as reader:
        return [line.record["text"] if isinstance(line, DocumentLine) else "!" for line in reader.lines(0)]


@pytest.mark.parametrize("batch_size", [1, 2, 32])
def test_worker_writes_documents_and_problems_in_reading_order(tmp_path: Path, rows: WorkItem, batch_size: int) -> None:
    marks = [0, 0]
    shard, remaining = make_worker(tmp_path, marks, batch_size=batch_size, max_chars=3)((rows,))
    expected = ["!" if number in (0, 3, 4, 9) else f"row {number}" for number in range(10)]
    assert contents(tmp_path, shard) == expected
    assert remaining == ()
    assert marks == [10, 10]
    (entry,) = shard.entries
    assert (entry.documents, entry.failed, entry.lines, entry.next) == (6, 4, 10, None)


@pytest.mark.parametrize("limit", [1, 4, 5])
def test_worker_stops_after_a_number_of_items_and_continues_from_there(
    tmp_path: Path, rows: WorkItem, limit: int
) -> None:
    marks = [0, 0]
    worker = make_worker(tmp_path, marks)
    remaining: tuple[WorkItem, ...] = (rows,)
    starts, found = [], []
    while remaining:
        starts.append(remaining[0].start)
        shard, remaining = worker(remaining, limit=limit)
        found += contents(tmp_path, shard)
        assert marks[0] == starts[-1] + shard.entries[0].lines
    assert starts == list(range(0, 11 if limit in (1, 5) else 10, limit))
    assert len(found) == 10
    assert found.count("!") == 4


def test_worker_marks_what_is_done_and_what_was_read_last(tmp_path: Path, rows: WorkItem) -> None:
    """An item is done when its line is written: a problem after a document waits for the document's batch."""
    marks = [0, 0]
    worker = make_worker(tmp_path, marks, batch_size=2)
    seen: list[tuple[int, ...]] = []

    def note(entries: list[FileEntry]) -> None:
        seen.append((*marks, sum(entry.lines for entry in entries)))

    worker._on_batch = note
    worker((rows,))
    # Batches: items 1 and 2 with the problems 3 and 4 (when 5 was read), 5 and 6, then 7 and 8 with the problem 9.
    assert seen == [(5, 5, 5), (7, 7, 7), (10, 10, 10)]


def test_worker_uses_nothing_of_a_changed_file(tmp_path: Path, rows: WorkItem) -> None:
    item = WorkItem(file=rows.file, sha256="the hash of an earlier content")
    shard, _ = make_worker(tmp_path, [0, 0])((item,))
    (entry,) = shard.entries
    assert (entry.stale, entry.status, entry.error, entry.lines) == (True, "failed", "DataError", 0)
    assert "changed while it was read" in str(entry.message)


@Language.component("naps")
def naps(doc: Doc) -> Doc:
    time.sleep(0.05)
    return doc


@pytest.mark.parametrize("name", ["long.txt", "long.jsonl"])
def test_worker_keeps_what_it_found_when_the_time_is_up(tmp_path: Path, name: str) -> None:
    text = "Ada met him. " * 100
    (tmp_path / "in").mkdir()
    content = json.dumps({"text": text}) + '\n{"text": "short"}' if name.endswith("jsonl") else text
    (tmp_path / "in" / name).write_text(content, encoding="utf-8")
    (file,) = find_files(tmp_path / "in")
    assert isinstance(file, InputFile)
    worker = make_worker(tmp_path, [0, 0], max_chars=26, batch_size=1, workers=1, timeout=7)
    ruler: Any = worker._nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PER", "pattern": "Ada"}])
    worker._nlp.add_pipe("naps")
    shard, _ = worker((WorkItem(file=file),), seconds=1)
    with closing(ShardReader(tmp_path / "shards", shard)) as reader:
        late, document, *others = reader.lines(0)
    assert isinstance(late, Problem)
    assert isinstance(document, DocumentLine)
    assert document.record["text"].strip() == text.strip()
    assert 0 < len(document.record["entities"]) < 60
    assert document.record["notes"] == [late.message]
    end = document.record["entities"][-1]["end"]
    assert re.match(r"took longer than 7 seconds; what was found in the first [\d,]+ of 1,\d+ characters", late.message)
    assert end <= int(late.message.split()[11].replace(",", "")) <= end + 26
    assert late.is_timeout
    (entry,) = shard.entries
    assert (entry.documents, entry.lines) == (1 + len(others), 2 + len(others))
    is_table = name.endswith("jsonl")
    assert (entry.status, entry.failed) == (("ok", 1) if is_table else ("timeout", 0))
    assert len(others) == is_table


def test_problem_keeps_its_record() -> None:
    problem = Problem(path="a", part="1", error="Skipped", message="no reader", skipped=True)
    assert Problem.from_record(problem.record()) == problem
