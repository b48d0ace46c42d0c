"""Merge the shards of a run into its output files: one pass over the files in order, one document in memory.

If corrections of unknown words were applied, a pass before it counts the documents that have these words.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from docsight.documents.analysis.duplicates import (
    add_hashes,
    first_near_duplicates,
    first_with_the_same,
    merge_minhashes,
)
from docsight.documents.inputs import InputFile
from docsight.documents.output.manifest_records import file_record, problem_record
from docsight.documents.output.markdown_files import MarkdownFiles
from docsight.documents.output.reader_pool import ShardReaderPool
from docsight.documents.output.redacted_files import RedactedFiles, RedactedFolder
from docsight.documents.output.shared_corrections import find_shared_words, without_shared_corrections
from docsight.documents.output.summary import Summary
from docsight.documents.problem import Problem
from docsight.documents.report.page import Report
from docsight.documents.runner.plan import Plan, ShardRef
from docsight.documents.runner.shard_files import DocumentLine
from docsight.documents.runner.shards import DamagedError, Shard, remove
from docsight.documents.store import (
    DOCUMENTS,
    ERRORS,
    MANIFEST,
    REPORT,
    TABLES,
    TEXT_OUTPUTS,
    Outputs,
    Store,
    output_names,
    write_errors,
)
from docsight.errors import ConfigError


def merge(
    store: Store,
    plan: Plan,
    *,
    formats: Collection[str],
    summary: Summary,
    pipeline: str,
    on_problem: Callable[[Problem], None] | None = None,
    redacted_folder: RedactedFolder | None = None,
) -> list[str]:
    """Write the output files; they replace those of an earlier run once all are complete.

    Args:
        store: The store of the run.
        plan: The files, and the shards that hold their results.
        formats: Some of "jsonl", "parquet", "spacy" and "markdown".
        summary: The counts are added to it.
        pipeline: A line that describes the pipeline, for the report.
        on_problem: Called for each file or part that failed or was skipped, in order.
        redacted_folder: Where the texts and the audit of a redacted run are written.

    Returns:
        The names of the files.

    Raises:
        ConfigError: A file cannot be written, or a shard is damaged. A damaged shard is removed.
    """
    text_files = tuple(name for name in output_names(formats) if name in TEXT_OUTPUTS)
    try:
        with ExitStack() as stack:
            outputs = Outputs(store, text_files)
            stack.callback(outputs.close)
            readers = ShardReaderPool(store)
            stack.callback(readers.close)
            redacted = None if redacted_folder is None else RedactedFiles(redacted_folder)
            if redacted is not None:
                stack.callback(redacted.close)
            shared = find_shared_words(plan, readers)
            writer = _RecordWriter(outputs, formats, summary, on_problem, redacted, _Duplicates.of(plan), shared)
            stack.callback(writer.close)
            for item in plan.items:
                if isinstance(item, Problem):
                    writer.add_input_problem(item)
                else:
                    writer.add_file(item, plan.refs.get(item.name, []), readers)
            if "spacy" in formats:
                from docsight.documents.output.docbin import write_docs

                write_docs(store, plan, writer.docs, outputs, shared=shared)
            others = [name for name in outputs.names if name != REPORT]
            outputs.write(REPORT, writer.report.render(summary, pipeline=pipeline, files=others))
            writer.close()
            if redacted is not None:
                redacted.commit()
            return outputs.commit()
    except DamagedError as err:
        remove(store.shards, [err.name])
        raise ConfigError(
            f"a shard in {store.shards} was damaged and has been removed; run again to repeat its work"
        ) from err


class _RecordWriter:
    """Writes and counts the documents and problems of one file after the other.

    Attributes:
        docs: By the name of a shard, the numbers of the Docs to keep.
    """

    def __init__(
        self,
        outputs: Outputs,
        formats: Collection[str],
        summary: Summary,
        on_problem: Callable[[Problem], None] | None,
        redacted: RedactedFiles | None,
        duplicates: "_Duplicates",
        shared: Collection[str],
    ) -> None:
        self.report = Report()
        self.docs: dict[str, list[int]] = {}
        self._outputs = outputs
        self._formats = formats
        self._summary = summary
        self._on_problem = on_problem
        self._first_paths: dict[str, str] = {}  # by the hash of the content
        self._redacted = redacted
        self._duplicates = duplicates
        self._shared = shared
        self._markdown = MarkdownFiles(self._write_markdown)
        self._tables = None
        if "parquet" in formats:
            from docsight.documents.output.parquet_tables import Tables

            self._tables = Tables({table: outputs.path(name) for table, name in TABLES.items()})

    def add_input_problem(self, problem: Problem) -> None:
        """Add a path of the input that is not a readable file."""
        self._outputs.write_json(MANIFEST, problem_record(problem))
        self._add_problem(problem)

    def add_file(self, file: InputFile, refs: Sequence[ShardRef], readers: ShardReaderPool) -> None:
        """Add a file with everything that shards hold of it."""
        entries = [ref.entry for ref in refs]
        if not entries:
            raise ConfigError(f"no shard holds {file.name}; run again")
        self._summary.work_seconds += sum(entry.seconds for entry in entries)
        is_stale = any(entry.stale for entry in entries)
        sha256 = entries[0].sha256
        first = file.name if sha256 is None else self._first_paths.setdefault(sha256, file.name)
        duplicate_of = first if first != file.name else None
        record = file_record(entries, modified=file.modified, duplicate_of=duplicate_of)
        record["same_text_as"] = self._duplicates.same_text.get(file.name)
        record["near_duplicate_of"] = self._duplicates.near.get(file.name)
        if not is_stale:
            record["corrections"] -= sum(
                count for entry in entries for word, count in entry.corrected_words.items() if word in self._shared
            )
        self._outputs.write_json(MANIFEST, record)
        is_reported = False
        for ref in () if is_stale else refs:
            for line in readers.lines(ref):
                if isinstance(line, DocumentLine):
                    self._add_document(without_shared_corrections(line, self._shared), ref.shard)
                    continue
                self._add_problem(line)
                if line.part:
                    self._outputs.write_json(MANIFEST, problem_record(line))
                else:
                    is_reported = True
        last = entries[-1]
        if last.status != "ok" and not is_reported:
            self._add_problem(Problem(path=file.name, error=last.error or "", message=last.message or ""))

    def close(self) -> None:
        if self._tables is not None:
            with write_errors(TABLES["documents"]):
                self._tables.close()

    def _add_document(self, line: DocumentLine, shard: Shard) -> None:
        self._summary.add(line.record, words=line.words)
        if "jsonl" in self._formats:
            self._outputs.write_json(DOCUMENTS, line.record, line=line.text)
        if self._tables is not None:
            with write_errors(TABLES["documents"]):
                self._tables.add(line.record, words=line.words)
        if "markdown" in self._formats:
            self._markdown.add(line.record)
        if self._redacted is not None:
            self._redacted.add(line.record, line.audit)
        if "spacy" in self._formats:
            self.docs.setdefault(shard.name, []).extend(line.docs)
        self.report.add(line.record, words=line.words, thumbnails=line.thumbnails)

    def _write_markdown(self, name: str, text: str, append: bool) -> None:
        self._outputs.write_file(name, text, append=append)
        if self._redacted is not None:
            self._redacted.add_markdown(name, text, append=append)

    def _add_problem(self, problem: Problem) -> None:
        self._summary.add_problem(problem)
        self._outputs.write_json(ERRORS, problem.record())
        self.report.add_problem(problem)
        if self._on_problem is not None:
            self._on_problem(problem)


@dataclass(frozen=True)
class _Duplicates:
    """By the name of a file, the first by name that has the same text, or nearly the same."""

    same_text: Mapping[str, str]
    near: Mapping[str, str]

    @classmethod
    def of(cls, plan: Plan) -> "_Duplicates":
        entries = {
            name: [ref.entry for ref in refs]
            for name, refs in plan.refs.items()
            if not any(ref.entry.stale for ref in refs)
        }
        hashes = {name: add_hashes(entry.text_hash for entry in several) for name, several in entries.items()}
        signatures = {name: merge_minhashes(entry.minhash for entry in several) for name, several in entries.items()}
        return cls(first_with_the_same(hashes), first_near_duplicates(signatures))
