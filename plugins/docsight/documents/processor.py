"""Process documents with a pipeline: what `docsight process` calls."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from docsight.documents.annotating import Result, Stretch, annotate, batches, stretches
from docsight.documents.inputs import OnePath, Paths, Problem, one_path, path_list, survey
from docsight.documents.pictures import count, failure
from docsight.documents.reading import Document, documents
from docsight.documents.report import Report
from docsight.documents.summary import Progress, Summary
from docsight.documents.writers import Outputs
from docsight.errors import ConfigError

if TYPE_CHECKING:
    from spacy.language import Language

DOCUMENTS, ERRORS, REPORT = "documents.jsonl", "errors.jsonl", "report.html"


def process(
    paths: Paths,
    nlp: "Language",
    out: OnePath,
    *,
    max_chars: int = 200_000,
    batch_size: int = 32,
    on_progress: Callable[[Progress], None] | None = None,
    on_problem: Callable[[Problem], None] | None = None,
) -> Summary:
    """Annotate the documents in files and folders and write the results to a folder.

    A picture is a document without text; one that no component could read has failed.

    `documents.jsonl` has a line for each document, `errors.jsonl` one for each file that could not be read
    or processed and each that was skipped (its `status` tells), `report.html` shows a selection. Those of
    an earlier run are replaced when this one is complete. Documents are streamed, not gathered in memory.

    Args:
        paths: Files and folders, one or several. A document's `path` starts at the folder given; of several
            inputs, at the deepest folder that holds them all.
        nlp: The pipeline; each Doc carries its provenance in `doc._.source` before the first component runs.
        out: The folder of the results.
        max_chars: A longer text goes through the pipeline in parts of at most this many characters, cut
            between paragraphs or sentences, and comes out as one document.
        batch_size: How many texts go through the pipeline together, unless they have more than
            `max_chars` characters between them.
        on_progress: Called after each batch. The inputs are counted beforehand for its sake.
        on_problem: Called for each file that fails or is skipped.

    Raises:
        ConfigError: An option cannot work, a path is none, or `out` cannot be written to.
        BundleError: A component of the pipeline has no usable model.
    """
    if not 1 <= max_chars <= nlp.max_length:
        raise ConfigError(
            f"max_chars must be from 1 to nlp.max_length, which is {nlp.max_length}, not {max_chars}; "
            "set nlp.max_length to allow more"
        )
    if batch_size < 1:
        raise ConfigError(f"batch_size must be at least 1, not {batch_size}")
    paths, out = path_list(paths), one_path(out)
    from docsight import attributes

    attributes.register()
    started = time.perf_counter()
    with Outputs(out, (DOCUMENTS, ERRORS, REPORT)) as outputs:
        total = survey(paths, exclude=outputs.paths) if on_progress is not None else (0, 0)
        run = _Run(outputs, Report(), on_problem)
        parts = stretches(run.readable(documents(paths, exclude=outputs.paths)), max_chars=max_chars)
        for batch in batches(parts, size=batch_size, max_chars=max_chars):
            for part, result in zip(batch, annotate(nlp, batch), strict=True):
                run.take(part, result)
            if on_progress is not None:
                on_progress(run.progress(total, time.perf_counter() - started))
        run.summary.seconds = time.perf_counter() - started
        outputs.write(REPORT, run.report.render(run.summary, pipeline=_describe(nlp)))
    return run.summary


class _Run:
    """The state of one run: the document in the works, the counts, the outputs."""

    def __init__(self, outputs: Outputs, report: Report, on_problem: Callable[[Problem], None] | None) -> None:
        self.summary = Summary()
        self.report = report
        self._outputs = outputs
        self._on_problem = on_problem
        self._result = Result([], [])
        self._problem: Problem | None = None
        self._words = 0  # in the parts of the document in the works
        self._bytes = 0.0

    def readable(self, items: Iterator[Document | Problem]) -> Iterator[Document]:
        """Pass documents on, and record problems as they turn up."""
        for item in items:
            if isinstance(item, Document):
                yield item
            else:
                self._bytes += item.size
                self._record(item)

    def take(self, part: Stretch, result: Result | Problem) -> None:
        """Add the result for a stretch to its document; with its last stretch a document is written."""
        document = part.document
        self._bytes += document.size * ((part.end - part.start) / len(document.text) if document.text else 1)
        if isinstance(result, Problem):
            self._problem = self._problem or result
        else:
            self._result.entities.extend(result.entities)
            self._result.images.extend(result.images)
        if not part.is_last:
            self._words += len(document.text[part.start : part.end].split())
            return
        whole, problem = self._result, self._problem
        self._result, self._problem, self._words = Result([], []), None, 0
        # Where a picture is all there is to a document, one that cannot be read leaves nothing of it.
        if problem is None and not document.text and (error := failure(whole.images)) is not None:
            problem = Problem.of(document.path, error)
        if problem is not None:
            self._record(problem)
        else:
            self._write(document, whole)

    def progress(self, total: tuple[int, int], seconds: float) -> Progress:
        """Tell how far the run is, of a total in files and bytes."""
        return Progress(
            documents=self.summary.documents,
            failed=self.summary.failed,
            words=self.summary.words + self._words,
            files=total[0],
            share=min(1.0, self._bytes / max(1, total[1])),
            seconds=seconds,
        )

    def _write(self, document: Document, result: Result) -> None:
        words = len(document.text.split())
        self.summary.documents += 1
        self.summary.words += words
        self.summary.entities.update(entity["label"] for entity in result.entities)
        self.summary.images += len(result.images)
        count(result.images, self.summary.image_cats)
        record = {
            "id": document.id,
            "path": document.path,
            "part": document.part,
            "format": document.format,
            "encoding": document.encoding,
            "title": document.title,
            "text": document.text,
            "entities": result.entities,
            "images": [image.record for image in result.images],
        }
        self._outputs.write_json(DOCUMENTS, record)
        self.report.add(record, words=words, images=result.images)

    def _record(self, problem: Problem) -> None:
        if problem.skipped:
            self.summary.skipped += 1
        else:
            self.summary.failed += 1
        self._outputs.write_json(
            ERRORS,
            {
                "path": problem.path,
                "status": "skipped" if problem.skipped else "failed",
                "error": problem.error,
                "message": problem.message,
            },
        )
        self.report.add_problem(problem)
        if self._on_problem is not None:
            self._on_problem(problem)


def _describe(nlp: "Language") -> str:
    name = nlp.meta.get("name") or "pipeline"
    return f"{nlp.lang}_{name}: {', '.join(nlp.pipe_names) or 'tokenizer only'}"
