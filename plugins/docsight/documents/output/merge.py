"""From shards to the outputs of a run: one pass over the files in their order, one document in memory at a time."""

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from typing import Any

from docsight.documents.inputs import InputFile
from docsight.documents.output.summary import Summary
from docsight.documents.problem import Problem
from docsight.documents.report.page import Report
from docsight.documents.runner.plan import Plan, ShardRef
from docsight.documents.runner.shards import DamagedError, FileEntry, Shard, ShardReader, read_docs, remove
from docsight.documents.runner.worker import problem_record
from docsight.documents.store import DOCUMENTS, ERRORS, MANIFEST, REPORT, TABLES, Outputs, Store, docs_name, telling
from docsight.errors import ConfigError

_MAX_OPEN = 16  # shards


def merge(
    store: Store,
    plan: Plan,
    *,
    formats: Collection[str],
    summary: Summary,
    pipeline: str,
    on_problem: Callable[[Problem], None] | None = None,
) -> list[str]:
    """Write the outputs; they replace those of an earlier run when all are complete.

    Args:
        store: Of the run.
        plan: The files, and where what is done of each lies.
        formats: Which of `FORMATS`.
        summary: Counts are added to it.
        pipeline: A line about it, for the report.
        on_problem: Called for each file or part that failed or was skipped, in order.

    Returns:
        The names of the files.

    Raises:
        ConfigError: A file cannot be written, or a shard is damaged, which is removed then.
    """
    try:
        return _merge(store, plan, formats, summary, pipeline, on_problem)
    except DamagedError as err:
        remove(store.shards, [err.name])
        raise ConfigError(
            f"a part of the work in {store.shards} was damaged, and was removed; run again: it will be done again"
        ) from err


def _merge(
    store: Store,
    plan: Plan,
    formats: Collection[str],
    summary: Summary,
    pipeline: str,
    on_problem: Callable[[Problem], None] | None,
) -> list[str]:
    lines = (MANIFEST, ERRORS, REPORT, *([DOCUMENTS] if "jsonl" in formats else []))
    with ExitStack() as stack:
        outputs = Outputs(store, lines)
        stack.callback(outputs.close)
        sinks = _Sinks(outputs, formats, stack)
        taker = _Taker(outputs, summary, sinks, on_problem)
        readers = _Readers(store)
        stack.callback(readers.close)
        for item in plan.items:
            if isinstance(item, Problem):
                taker.take_problem_of_input(item)
            else:
                taker.take(item, plan.places.get(item.name, []), readers)
        if "spacy" in formats:
            _merge_docs(store, plan, sinks.docs, outputs)
        others = [name for name in outputs.names if name != REPORT]
        outputs.write(REPORT, taker.report.render(summary, pipeline=pipeline, files=others))
        sinks.close()
        return outputs.commit()


class _Sinks:
    """The outputs for documents."""

    def __init__(self, outputs: Outputs, formats: Collection[str], stack: ExitStack) -> None:
        self._outputs = outputs
        self._jsonl = "jsonl" in formats
        self._tables = None
        self.docs: dict[str, list[int]] = {}  # by the shard, the numbers of the Docs to keep
        self._keep_docs = "spacy" in formats
        if "parquet" in formats:
            from docsight.documents.output.parquet_tables import Tables

            self._tables = Tables({table: outputs.path(name) for table, name in TABLES.items()})
            stack.callback(self._tables.close)

    def add(self, record: dict[str, Any], shard: Shard, docs: list[int]) -> None:
        if self._jsonl:
            self._outputs.write_json(DOCUMENTS, record)
        if self._tables is not None:
            with telling(TABLES["documents"]):
                self._tables.add(record)
        if self._keep_docs:
            self.docs.setdefault(shard.name, []).extend(docs)

    def close(self) -> None:
        if self._tables is not None:
            with telling(TABLES["documents"]):
                self._tables.close()


class _Taker:
    """Takes files one after the other, counts, and hands on."""

    def __init__(
        self, outputs: Outputs, summary: Summary, sinks: _Sinks, on_problem: Callable[[Problem], None] | None
    ) -> None:
        self.report = Report()
        self._outputs = outputs
        self._summary = summary
        self._sinks = sinks
        self._on_problem = on_problem

    def take_problem_of_input(self, problem: Problem) -> None:
        """Take what is no file to read."""
        entry = FileEntry(name=problem.path, size=problem.size, status=problem.status, error=problem.error)
        entry.message = problem.message
        self._outputs.write_json(MANIFEST, _manifest([entry]))
        self._problem(problem)

    def take(self, file: InputFile, places: list[ShardRef], readers: "_Readers") -> None:
        """Take a file, with all that shards have of it."""
        entries = [place.entry for place in places]
        if not entries:
            raise ConfigError(f"nothing is known of {file.name}: run again")
        self._outputs.write_json(MANIFEST, _manifest(entries))
        told = False
        has_changed = any(entry.stale for entry in entries)
        for place in () if has_changed else places:
            for line in readers.lines(place):
                if "problem" in line:
                    told = told or not line["problem"]["part"]
                    self._problem(_problem_of(line["problem"]), of_part=bool(line["problem"]["part"]))
                else:
                    self._document(line, place.shard)
        last = entries[-1]
        if last.status != "ok" and not told:
            self._problem(Problem(path=file.name, error=last.error or "", message=last.message or ""))

    def _document(self, line: dict[str, Any], shard: Shard) -> None:
        record, summary = line["document"], self._summary
        summary.add(record, words=line["words"])
        self._sinks.add(record, shard, line.get("docs", []))
        self.report.add(record, words=line["words"], thumbnails=line.get("thumbnails", {}))

    def _problem(self, problem: Problem, *, of_part: bool = False) -> None:
        self._summary.add_problem(problem)
        self._outputs.write_json(ERRORS, problem_record(problem))
        if of_part:
            entry = FileEntry(name=problem.path, size=0, status=problem.status, error=problem.error)
            entry.message = problem.message
            self._outputs.write_json(MANIFEST, _manifest([entry], part=problem.part))
        self.report.add_problem(problem)
        if self._on_problem is not None:
            self._on_problem(problem)


class _Readers:
    """The shards that are being read; files of one lie together, so few need to be open at a time."""

    def __init__(self, store: Store) -> None:
        self._folder = store.shards
        self._open: dict[str, ShardReader] = {}  # the one that was read last is the last

    def lines(self, place: ShardRef) -> Iterator[dict[str, Any]]:
        name = place.shard.name
        reader = self._open.pop(name, None) or ShardReader(self._folder, place.shard)
        if len(self._open) >= _MAX_OPEN:
            self._open.pop(next(iter(self._open))).close()
        self._open[name] = reader
        yield from reader.lines(place.number)

    def close(self) -> None:
        for reader in self._open.values():
            reader.close()


def _manifest(entries: list[FileEntry], *, part: str = "") -> dict[str, Any]:
    """Make the line of a file, or of a part of it, out of what shards have of it."""
    first, last = entries[0], entries[-1]
    bad = next((entry for entry in entries if entry.status not in ("ok", "skipped")), last)
    used = [] if any(entry.stale for entry in entries) else entries

    def total(name: str) -> Any:
        return sum(getattr(entry, name) for entry in used)

    return {
        "path": first.name,
        "part": part,
        "size": first.size,
        "sha256": first.sha256,
        "status": bad.status,
        "error": bad.error,
        "message": bad.message,
        "seconds": round(sum(entry.seconds for entry in entries), 4),
        **{name: total(name) for name in ("documents", "failed", "skipped", "words", "entities", "corrections")},
        **{name: total(name) for name in ("images", "notes")},
    }


def _problem_of(record: dict[str, Any]) -> Problem:
    return Problem(
        path=record["path"],
        part=record["part"],
        error=record["error"],
        message=record["message"],
        skipped=record["status"] == "skipped",
        is_timeout=record["status"] == "timeout",
    )


def _merge_docs(store: Store, plan: Plan, wanted: dict[str, list[int]], outputs: Outputs) -> None:
    from docsight.documents.output.docbin import merge as merge_docs

    shards = {place.shard.name: place.shard for places in plan.places.values() for place in places}

    def parts() -> Iterator[tuple[bytes, list[int]]]:
        for name, numbers in wanted.items():  # in the order of the documents
            keep = set(numbers)
            for first, count, packed in read_docs(store.shards, shards[name]):
                yield packed, [number - first for number in range(first, first + count) if number in keep]

    def write(number: int, data: bytes) -> None:
        path = outputs.path(docs_name(number))
        with telling(str(path)):
            path.write_bytes(data)

    merge_docs(parts(), write)
