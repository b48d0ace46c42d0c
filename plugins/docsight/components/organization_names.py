"""Names of organizations that were found in part: departments, and universities with the town of their campus."""

from collections.abc import Sequence, Set

from docsight.components.place_names import PLACE_LABELS
from docsight.components.word_rows import WordAt
from docsight.networks.spans import ScoredSpan

ORGANIZATION_LABELS = ("ORG",)
_DEPARTMENT_WORDS = "Department Departments Dept Dept. Division Faculty Institute Laboratory Ministry Office School"
_DEPARTMENTS = frozenset(_DEPARTMENT_WORDS.split())


def complete_organizations(
    spans: Sequence[ScoredSpan], word_at: WordAt, *, breaks: Set[int] = frozenset()
) -> Sequence[ScoredSpan]:
    """Extend organizations by `Department of` before them, and join `University of Kent at Canterbury`.

    An organization that was joined with its town has the lower score of both.

    The arguments are those of `AnnotationConventions.mend`.
    """
    whole: list[ScoredSpan] = []
    for span in spans:
        before = whole[-1] if whole else None
        if before is not None and _is_campus(before, span, word_at) and _is_unbroken(before.end, span.start, breaks):
            whole[-1] = before._replace(end=span.end, score=min(before.score, span.score))
            continue
        if span.label in ORGANIZATION_LABELS:
            start = _department_start(span.start, word_at)
            if start >= (before.end if before is not None else 0) and _is_unbroken(start + 1, span.start, breaks):
                span = span._replace(start=start)
        whole.append(span)
    return whole


def _is_unbroken(start: int, end: int, breaks: Set[int]) -> bool:
    return breaks.isdisjoint(range(start - 1, end))


def _is_campus(university: ScoredSpan, town: ScoredSpan, word_at: WordAt) -> bool:
    """Return whether an entity is the town of the university before it: the word `at` stands between them.

    The network takes some of these towns for organizations, but not in names of several words.
    """
    is_town = town.label in PLACE_LABELS or (town.label in ORGANIZATION_LABELS and town.end - town.start == 1)
    return (
        is_town
        and university.label in ORGANIZATION_LABELS
        and town.start == university.end + 1
        and word_at(university.end) == "at"
        and [word_at(at) for at in range(university.start, university.end)][:2] == ["University", "of"]
    )


def _department_start(start: int, word_at: WordAt) -> int:
    """Return the first word of `Department of` before a word; `start` if it is not there."""
    if start < 2 or word_at(start - 1) != "of":
        return start
    first = start - 2
    if word_at(first) == "." and first > 0:
        first -= 1
    return first if word_at(first) in _DEPARTMENTS else start
