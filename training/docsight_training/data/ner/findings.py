"""What a reader changed or left out in annotations, so that nothing is lost in silence."""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple


class FindingKind(StrEnum):
    """What was found, and in brackets what was done about it."""

    PADDED = "spans that begin or end in white space (trimmed)"
    EMPTY = "spans that cover no text (left out)"
    OUTSIDE = "spans that reach beyond the text (left out)"
    MISPLACED = "spans that cover another text than the file says (left out)"
    PARTIAL = "spans that begin or end inside a token (widened to whole tokens)"
    REPEATED = "spans that are listed more than once (read once)"
    OVERLAPPING = "spans that overlap with a longer or earlier one (left out)"
    DISCONTINUOUS = "spans of several pieces with other words between them (left out)"
    UNLABELLED = "spans without a label (left out)"
    IRREGULAR = "tags that continue no span (read as the beginning of one)"
    NOT_A_SPAN = "annotations that are no spans of text, such as relations and notes (ignored)"
    SPAN_GROUP = "groups of spans of Docs without entities (ignored; doc.set_ents makes entities of them)"
    REJECTED = "rows that were rejected, ignored or cancelled in the tool that wrote them (left out)"
    UNANNOTATED = "rows that are not annotated (left out)"
    RENAMED = "labels that the format cannot write (renamed)"
    BLANK = "tokens that are empty or white space (left out)"
    NO_TEXT = "rows without text (left out)"
    UNDIVIDED = (
        "columns of tokens without an end of a sentence (divided after . ! ?; otherwise, put empty lines between "
        "sentences, or name the column of a CSV file that has their numbers: data.columns.sentence=NAME)"
    )
    SEVERAL = "rows with several annotations (the ground truth or else the first one is read)"


class Finding(NamedTuple):
    """One span, tag or row that is not as it should be.

    Args:
        kind: What is wrong with it.
        place: The file and the row.
        detail: The text or the tag; empty if there is nothing to show.
    """

    kind: FindingKind
    place: str
    detail: str


class Findings:
    """All findings of a reading, in order."""

    def __init__(self) -> None:
        self.all: list[Finding] = []

    def add(self, kind: FindingKind, place: str, detail: str = "") -> None:
        self.all.append(Finding(kind, place, detail))

    def counts(self) -> dict[FindingKind, int]:
        """Return how many findings there are of each kind that occurs."""
        found = Counter(finding.kind for finding in self.all)
        return {kind: found[kind] for kind in FindingKind if found[kind]}

    def lines(self, *, limit: int | None) -> Iterator[str]:
        """Yield a line with the count of each kind, and below it its findings: all, or at most `limit` of them."""
        for kind, count in self.counts().items():
            found = [finding for finding in self.all if finding.kind == kind]
            yield f"{kind.value}: {count:,}"
            for finding in found[:limit]:
                yield f"  {finding.place}" + (f": {finding.detail}" if finding.detail else "")
            if limit is not None and count > limit:
                yield f"  and {count - limit:,} more"
