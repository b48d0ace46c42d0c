"""Statistics over all documents of a run: names, corrections, images, formats, notes, problems and distributions."""

import re
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from docsight.documents.problem import Problem
from docsight.documents.report.histograms import SCORE_BINS, WORD_BINS, Histogram

K = TypeVar("K", bound=Hashable)

TABLE_ROWS = 20
EXAMPLES_PER_LABEL = 8
EXAMPLES_PER_PROBLEM = 4
MAX_CATEGORIES = 200  # labels, formats, reasons and error classes: of each
MAX_NAME_CHARS = 100
MAX_NOTE_CHARS = 400

_OTHERS = "others"
_NUMBERS = re.compile(r"\d+")


class BoundedCounter(Generic[K]):
    """Counts keys in bounded memory: it drops the rarest keys when there are too many.

    `total` is always exact. Once `is_capped`, the count of a key may be too low by what was dropped, and `distinct`
    is a lower bound.

    Args:
        limit: The number of keys that remain when some are dropped.
    """

    def __init__(self, *, limit: int = 20_000) -> None:
        self.total = 0
        self.distinct = 0
        self.is_capped = False
        self._limit = limit
        self._counts: Counter[K] = Counter()

    def add(self, key: K) -> None:
        self.total += 1
        self._counts[key] += 1
        self.distinct = max(self.distinct, len(self._counts))
        if len(self._counts) > 2 * self._limit:
            self._counts = Counter(dict(self._counts.most_common(self._limit)))
            self.is_capped = True

    def most_common(self, number: int) -> list[tuple[K, int]]:
        return self._counts.most_common(number)


@dataclass
class FormatCounts:
    """The documents of a format, and what they contain."""

    documents: int = 0
    words: int = 0
    entities: int = 0
    images: int = 0


@dataclass
class ProblemClass:
    """The problems with the same status and error class, and the first of them."""

    count: int = 0
    examples: list[Problem] = field(default_factory=list)


class Overview:
    """Counts a stream of documents in bounded memory."""

    def __init__(self) -> None:
        self.names: dict[str, BoundedCounter[str]] = {}
        self.fixed: BoundedCounter[tuple[str, str]] = BoundedCounter()
        self.flagged: BoundedCounter[tuple[str, str]] = BoundedCounter()
        self.reasons: dict[str, Counter[bool]] = {}
        self.formats: dict[str, FormatCounts] = {}
        self.ocr_documents = 0
        self._problems: dict[tuple[str, str], ProblemClass] = {}
        self._notes: BoundedCounter[str] = BoundedCounter(limit=2_000)
        self._note_examples: dict[str, str] = {}
        self._words = Histogram("Words per document", "document", "documents", WORD_BINS)
        self._entities = Histogram("Scores of entities", "entity", "entities", SCORE_BINS)
        self._corrections = Histogram(
            "Scores of corrections", "word", "words", SCORE_BINS, ("corrected", "only flagged")
        )
        self._images = Histogram("Scores of images", "image", "images", SCORE_BINS, ("labelled", "not sure"))
        self._passages = Histogram("OCR confidence", "passage", "passages", SCORE_BINS)

    def add(self, record: dict[str, Any], *, words: int) -> None:
        counts = self.formats.setdefault(_category(record["format"], self.formats), FormatCounts())
        counts.documents += 1
        counts.words += words
        counts.entities += len(record["entities"])
        counts.images += len(record["images"])
        self._words.add(words)
        for entity in record["entities"]:
            self._add_entity(entity, record["text"])
        for row in record["corrections"]:
            self._add_correction(row)
        for image in record["images"]:
            for cat in image["cats"].values():
                if cat.get("error") is None:
                    self._images.add(cat["score"], cat["label"] is None)
        confidences = [passage.get("confidence") for passage in record["passages"]]
        self.ocr_documents += any(confidence is not None for confidence in confidences)
        for confidence in confidences:
            self._passages.add(confidence)
        for note in record["notes"]:
            self._add_note(note)

    def add_problem(self, problem: Problem) -> None:
        """Count a problem by its status and error class."""
        key = (problem.status, problem.error)
        if key not in self._problems and len(self._problems) >= MAX_CATEGORIES:
            key = (problem.status, _OTHERS)
        problem_class = self._problems.setdefault(key, ProblemClass())
        problem_class.count += 1
        if len(problem_class.examples) < EXAMPLES_PER_PROBLEM:
            problem_class.examples.append(problem)

    def notes(self) -> list[tuple[str, int]]:
        """Return the most frequent notes with their counts; notes that differ only in numbers count as one."""
        return [(self._note_examples[key], count) for key, count in self._notes.most_common(TABLE_ROWS)]

    def problem_rows(self) -> list[tuple[str, str, ProblemClass]]:
        """Return status, error class and problems: failures before skipped files, and frequent ones first."""
        rows = [(status, error, problem_class) for (status, error), problem_class in self._problems.items()]
        rows.sort(key=lambda row: (row[0] == "skipped", -row[2].count, row[1]))
        return rows[: 2 * TABLE_ROWS]

    def histograms(self) -> list[Histogram]:
        histograms = (self._words, self._entities, self._corrections, self._images, self._passages)
        return [histogram for histogram in histograms if histogram]

    def _add_entity(self, entity: dict[str, Any], text: str) -> None:
        # Four times the length that is kept, as white space is collapsed before the name is cut.
        name = " ".join(text[entity["start"] : min(entity["end"], entity["start"] + 4 * MAX_NAME_CHARS)].split())
        label = _category(entity["label"], self.names)
        self.names.setdefault(label, BoundedCounter()).add(name[:MAX_NAME_CHARS])
        self._entities.add(entity["score"])

    def _add_correction(self, row: dict[str, Any]) -> None:
        pair = row["text"][:MAX_NAME_CHARS], row["suggestion"][:MAX_NAME_CHARS]
        (self.fixed if row["applied"] else self.flagged).add(pair)
        reason = _category(str(row["reason"]), self.reasons)
        self.reasons.setdefault(reason, Counter())[bool(row["applied"])] += 1
        self._corrections.add(row["score"], 0 if row["applied"] else 1)

    def _add_note(self, note: str) -> None:
        note = note[:MAX_NOTE_CHARS]
        key = _NUMBERS.sub("0", note)
        self._notes.add(key)
        self._note_examples.setdefault(key, note)
        if len(self._note_examples) > 10_000:  # more than the counter keeps
            kept = {key for key, _ in self._notes.most_common(4_000)}
            self._note_examples = {key: example for key, example in self._note_examples.items() if key in kept}


def _category(name: str, known: dict[str, Any]) -> str:
    """Return the name to count under; when there are too many names, new ones count as "others"."""
    name = name[:MAX_NAME_CHARS]
    return name if name in known or len(known) < MAX_CATEGORIES else _OTHERS
