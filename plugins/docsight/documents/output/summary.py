"""What a run tells about itself at its end."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from docsight.documents.problem import Problem
from docsight.documents.runner.image_records import ImageCounts


@dataclass(kw_only=True)
class Summary:
    """What a run did, and what it kept of earlier ones.

    Args:
        documents: How many came out.
        files: How many files were found that have a reader.
        kept: How many of these an earlier run had done.
        failed: How many files and parts of files gave nothing, those that took too long among them.
        timeouts: How many took too long.
        skipped: How many were passed over.
        corrections: How many were applied.
        flagged: How many words were doubted, the corrected ones among them.
        entities: How many, by label.
        images: How many pictures the documents have.
        image_cats: What became of them, by component.
        words: How many, separated by white space.
        seconds: That this run took.
        outputs: The names of the files that it wrote.
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
    outputs: list[str] = field(default_factory=list)

    def add(self, record: dict[str, Any], *, words: int) -> None:
        """Count a document, by its record."""
        self.documents += 1
        self.words += words
        self.corrections += sum(row["applied"] for row in record["corrections"])
        self.flagged += len(record["corrections"])
        self.entities.update(entity["label"] for entity in record["entities"])
        self.images += len(record["images"])
        for image in record["images"]:
            for name, cat in image["cats"].items():
                self.image_cats.setdefault(name, ImageCounts()).add(cat)

    def add_problem(self, problem: Problem) -> None:
        """Count what failed or was passed over."""
        self.failed += not problem.skipped
        self.timeouts += problem.is_timeout
        self.skipped += problem.skipped
