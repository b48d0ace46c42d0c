"""The counts of a run."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from docsight.documents.problem import Problem


@dataclass(kw_only=True)
class ImageCounts:
    """How many images a component gave each label, abstained on (`unsure`) and could not read."""

    labels: Counter[str] = field(default_factory=Counter)
    unsure: int = 0
    unreadable: int = 0

    def add(self, cat: dict[str, Any]) -> None:
        if cat.get("error") is not None:
            self.unreadable += 1
        elif cat["label"] is None:
            self.unsure += 1
        else:
            self.labels[cat["label"]] += 1

    def rows(self) -> list[tuple[str, int]]:
        """Return names and counts other than 0, labels first, by descending frequency."""
        rest = (("not sure", self.unsure), ("unreadable", self.unreadable))
        return [*self.labels.most_common(), *((name, count) for name, count in rest if count)]


@dataclass(kw_only=True)
class Summary:
    """The counts of a run, including the results that it kept from earlier runs.

    Args:
        documents: The number of documents.
        files: The number of files that have a reader.
        kept: The number of files whose results were kept from an earlier run.
        failed: The number of files and parts of files that failed, including timeouts.
        timeouts: The number of files and parts of files that exceeded the time limit.
        skipped: The number of files and parts of files that were skipped.
        corrections: The number of corrections that were applied.
        flagged: The number of flagged words, including the corrected ones.
        entities: The number of entities by label.
        images: The number of images.
        image_cats: The classifications of images by component.
        words: The number of words, separated by white space.
        seconds: The duration of this run, in seconds.
        work_seconds: The seconds that workers spent on reading and annotating the files, summed over all workers, in
            this run and in the runs whose results it kept.
        outputs: The names of the files that were written.
    """

    documents: int = 0
    files: int = 0
    kept: int = 0
    failed: int = 0
    timeouts: int = 0
    skipped: int = 0
    corrections: int = 0
    flagged: int = 0
    entities: Counter[str] = field(default_factory=Counter)
    images: int = 0
    image_cats: dict[str, ImageCounts] = field(default_factory=dict)
    words: int = 0
    seconds: float = 0.0
    work_seconds: float = 0.0
    outputs: list[str] = field(default_factory=list)

    def add(self, record: dict[str, Any], *, words: int) -> None:
        """Count a document.

        Args:
            record: Its line in `documents.jsonl`.
            words: The number of its words.
        """
        self.documents += 1
        self.words += words
        self.corrections += sum(correction["applied"] for correction in record["corrections"])
        self.flagged += len(record["corrections"])
        self.entities.update(entity["label"] for entity in record["entities"])
        self.images += len(record["images"])
        for image in record["images"]:
            for component, cat in image["cats"].items():
                self.image_cats.setdefault(component, ImageCounts()).add(cat)

    def add_problem(self, problem: Problem) -> None:
        """Count a file or part that failed or was skipped."""
        self.failed += not problem.skipped
        self.timeouts += problem.is_timeout
        self.skipped += problem.skipped
