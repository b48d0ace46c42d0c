"""Names of persons that were found in part: before `Jr.`, before a mail address, or as two persons side by side."""

import re
from collections.abc import Sequence, Set
from itertools import pairwise

from docsight.components.inverted_names import PERSON_LABELS
from docsight.components.word_rows import WordAt
from docsight.networks.spans import ScoredSpan

_NAME_SUFFIXES = frozenset(("Jr", "Sr", "Jr.", "Sr."))
_MAX_ADDED = 3  # words of a name between the entity and the address
_MAX_ADDRESS = 8  # words of a mail address up to its @
_PART_OF_NAME = re.compile(r"[^\W\d_a-z][^\W\d_]*(?:['\u2019-][^\W\d_]+)*\.?")  # begins with a capital


def complete_persons(
    spans: Sequence[ScoredSpan], word_at: WordAt, num_words: int, *, breaks: Set[int] = frozenset()
) -> Sequence[ScoredSpan]:
    """Complete persons by a suffix such as `Jr.`, by the person that follows at once, and up to a mail address.

    Three persons side by side stay as they are. A person that was joined has the lower score of its parts.

    The arguments are those of `AnnotationConventions.mend`.
    """
    if not any(span.label in PERSON_LABELS for span in spans):
        return spans
    whole: list[ScoredSpan] = []
    for at, span in enumerate(spans):
        limit = spans[at + 1].start if at + 1 < len(spans) else num_words
        previous = whole[-1] if whole else None
        if previous is not None and span.start < previous.end:  # it begins with the suffix of the person before
            span = span._replace(start=_skip(previous.end, ",", word_at, num_words))
        if span.label in PERSON_LABELS and span.start < span.end and word_at(span.start) in _NAME_SUFFIXES:
            span = span._replace(start=_skip(span.start + 1, ".", word_at, num_words))
        if span.start >= span.end:
            continue
        if span.label in PERSON_LABELS:
            is_second = previous is not None and previous.label == span.label and not _are_listed(spans, at)
            if previous is not None and is_second and _are_one(previous, span, word_at, num_words, breaks):
                whole.pop()
                span = span._replace(start=previous.start, score=min(previous.score, span.score))
            end = _suffix_end(span.end, word_at, num_words)
            if end == span.end:
                end = _end_before_address(span, limit, word_at, num_words)
            if breaks.isdisjoint(range(span.end - 1, end - 1)):
                span = span._replace(end=end)
        whole.append(span)
    return whole


def _skip(at: int, mark: str, word_at: WordAt, num_words: int) -> int:
    return at + (at < num_words and word_at(at) == mark)


def _are_listed(spans: Sequence[ScoredSpan], at: int) -> bool:
    """Return whether an entity, the one before it and a third of their label are side by side: a cast or a list."""
    near = spans[max(0, at - 2) : at + 2]
    sides = [first.end == second.start and first.label == second.label for first, second in pairwise(near)]
    return sum(sides) > 1


def _are_one(first: ScoredSpan, second: ScoredSpan, word_at: WordAt, num_words: int, breaks: Set[int]) -> bool:
    """Return whether the second name follows at once and belongs to the same person.

    Two full names are two persons, except before an address. After an @, the first name is that of an account.
    """
    if first.end != second.start or first.end - 1 in breaks or (first.start > 0 and word_at(first.start - 1) == "@"):
        return False
    are_full = first.end - first.start > 1 and second.end - second.start > 1
    if are_full and not (second.end < num_words and word_at(second.end) == "<"):
        return False
    last, following = word_at(first.end - 1), word_at(second.start)
    is_repeated = following in (last, word_at(first.start))
    return not is_repeated and last not in _NAME_SUFFIXES and all(map(_PART_OF_NAME.fullmatch, (last, following)))


def _suffix_end(end: int, word_at: WordAt, num_words: int) -> int:
    """Return the end of the suffix after a name that ends at `end`, with the comma between them; `end` without one."""
    suffix = _skip(end, ",", word_at, num_words)
    if suffix >= num_words or word_at(suffix) not in _NAME_SUFFIXES:
        return end
    after = suffix + 1
    if suffix > end and word_at(suffix).startswith("Sr"):  # "Ada Berg, Sr. Software Engineer"
        after = _skip(after, ".", word_at, num_words)
        if after < num_words and _PART_OF_NAME.fullmatch(word_at(after)):
            return end
    return suffix + 1


def _end_before_address(span: ScoredSpan, limit: int, word_at: WordAt, num_words: int) -> int:
    """Return the end of a name if only capitalised words stand between it and a mail address in angle brackets."""
    last = span.end
    while last < min(limit, span.end + _MAX_ADDED) and _PART_OF_NAME.fullmatch(word_at(last)):
        last += 1
    if last >= num_words or word_at(last) != "<" or word_at(span.end) == word_at(span.start):  # the name comes again
        return span.end
    for at in range(last + 1, min(last + 1 + _MAX_ADDRESS, num_words)):
        if "@" in word_at(at):
            return last
        if word_at(at) == ">":
            break
    return span.end
