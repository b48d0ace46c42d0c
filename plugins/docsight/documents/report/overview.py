"""What the report tells of all documents: names, corrections, pictures, formats, what went wrong, distributions."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from docsight.documents.problem import Problem
from docsight.documents.report.histograms import SCORES, WORDS, Histogram, Plot
from docsight.documents.report.tallies import Tally

EXAMPLES = 8  # names of a type
ROWS = 20  # of a table
MAX_KINDS = 200  # of labels, formats, reasons, classes of errors
PROBLEM_EXAMPLES = 4
MAX_NAME = 100  # characters of a name, as it is counted

OTHERS = "others"

_NUMBERS = re.compile(r"\d+")


@dataclass
class FormatCount:
    """How many documents of a format, and how much is in them."""

    documents: int = 0
    words: int = 0
    entities: int = 0
    images: int = 0


@dataclass
class ProblemKind:
    """Problems of one class, and the first of them."""

    count: int = 0
    examples: list[Problem] = field(default_factory=list)


class Overview:
    """Counts while documents stream by, in memory that has a limit."""

    def __init__(self) -> None:
        self.names: dict[str, Tally[str]] = {}
        self.fixed: Tally[tuple[str, str]] = Tally()
        self.flagged: Tally[tuple[str, str]] = Tally()
        self.reasons: dict[str, Counter[bool]] = {}
        self.formats: dict[str, FormatCount] = {}
        self.problems: dict[tuple[str, str], ProblemKind] = {}
        self.read_from_pictures = 0
        self._notes: Tally[str] = Tally(limit=2_000)
        self._note_examples: dict[str, str] = {}
        self._words = Histogram("Words in a document", "documents", WORDS)
        self._entities = Histogram("Scores of entities", "entities", SCORES)
        self._corrections = Histogram("Scores of corrections", "words", SCORES, ("corrected", "only flagged"))
        self._pictures = Histogram("Scores of pictures", "pictures", SCORES, ("labelled", "not sure"))
        self._passages = Histogram("Certainty of what was read from pictures", "passages", SCORES)

    def add(self, record: dict[str, Any], *, words: int) -> None:
        """Count what the record of a document has."""
        text = record["text"]
        of_format = self.formats.setdefault(_known(record["format"], self.formats), FormatCount())
        of_format.documents += 1
        of_format.words += words
        of_format.entities += len(record["entities"])
        of_format.images += len(record.get("images", ()))
        self._words.add(words)
        for entity in record["entities"]:
            name = " ".join(text[entity["start"] : min(entity["end"], entity["start"] + 4 * MAX_NAME)].split())
            self.names.setdefault(_known(entity["label"], self.names), Tally()).add(name[:MAX_NAME])
            self._entities.add(entity["score"])
        for row in record.get("corrections", ()):
            pair = row["text"][:MAX_NAME], row["suggestion"][:MAX_NAME]
            (self.fixed if row["applied"] else self.flagged).add(pair)
            reason = _known(str(row["reason"]), self.reasons)
            self.reasons.setdefault(reason, Counter())[bool(row["applied"])] += 1
            self._corrections.add(row["score"], 0 if row["applied"] else 1)
        for image in record.get("images", ()):
            for cat in image.get("cats", {}).values():
                if "error" not in cat:
                    self._pictures.add(cat["score"], cat["label"] is None)
        read = [one["confidence"] for one in record.get("passages", ()) if one.get("confidence") is not None]
        self.read_from_pictures += bool(read)
        for confidence in read:
            self._passages.add(confidence)
        for note in record.get("notes", ()):
            self._add_note(note)

    def add_problem(self, problem: Problem) -> None:
        """Count a problem by its class."""
        key = (problem.status, problem.error)
        if key not in self.problems and len(self.problems) >= MAX_KINDS:
            key = (problem.status, OTHERS)
        kind = self.problems.setdefault(key, ProblemKind())
        kind.count += 1
        if len(kind.examples) < PROBLEM_EXAMPLES:
            kind.examples.append(problem)

    def notes(self) -> list[tuple[str, int]]:
        """Return the most frequent notes, the first one of each kind, with how many there are of it."""
        return [(self._note_examples[kind], count) for kind, count in self._notes.most_common(ROWS)]

    def problem_rows(self) -> list[tuple[str, str, ProblemKind]]:
        """Return the classes of problems: what failed first, and what is frequent."""
        return sorted(
            ((status, error, kind) for (status, error), kind in self.problems.items()),
            key=lambda row: (row[0] == "skipped", -row[2].count, row[1]),
        )[: 2 * ROWS]

    def plots(self) -> list[Plot]:
        """Draw the distributions of what there is."""
        drawn = (self._words, self._entities, self._corrections, self._pictures, self._passages)
        return [plot for one in drawn if (plot := one.plot()) is not None]

    def _add_note(self, note: str) -> None:
        """Count a note with those that differ from it by numbers alone."""
        note = note[:400]
        kind = _NUMBERS.sub("0", note)
        self._notes.add(kind)
        self._note_examples.setdefault(kind, note)
        if len(self._note_examples) > 10_000:  # more than the tally ever keeps
            kept = {kind for kind, _ in self._notes.most_common(4_000)}
            self._note_examples = {kind: one for kind, one in self._note_examples.items() if kind in kept}


def _known(name: str, known: dict[str, Any]) -> str:
    """Return a name to count by, the same one for all that come when there are too many."""
    name = name[:MAX_NAME]
    return name if name in known or len(known) < MAX_KINDS else OTHERS
