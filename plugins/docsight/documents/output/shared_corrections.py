"""Corrections of words that several documents have: they are names or terms, so they are not applied."""

from collections.abc import Collection
from dataclasses import replace

from docsight.documents.analysis.shared_words import SharedWords, leave_shared_words
from docsight.documents.output.reader_pool import ShardReaderPool
from docsight.documents.runner.plan import Plan
from docsight.documents.runner.shard_files import DocumentLine
from docsight.documents.store import to_json_line


def find_shared_words(plan: Plan, readers: ShardReaderPool) -> frozenset[str]:
    """Return the corrected words that so many documents have that they are not misspelled."""
    refs = [ref for several in plan.refs.values() if not any(ref.entry.stale for ref in several) for ref in several]
    shared = SharedWords(word for ref in refs for word in ref.entry.corrected_words)
    for ref in refs:
        if shared.is_complete:
            break
        for line in readers.lines(ref):
            if isinstance(line, DocumentLine):
                shared.add(line.record["text"])
    return shared.found


def without_shared_corrections(line: DocumentLine, shared: Collection[str]) -> DocumentLine:
    """Return a document in which corrections of shared words are not applied."""
    rows = leave_shared_words(line.record["corrections"], shared) if shared else None
    if rows is None:
        return line
    record = line.record | {"corrections": rows}
    return replace(line, record=record, text=to_json_line(record))
