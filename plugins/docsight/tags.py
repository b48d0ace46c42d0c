"""Labels of spans and their tags: IOB2 in corpora, IOBES in the networks."""

from collections.abc import Sequence
from typing import NamedTuple

OUTSIDE = "O"


class TagSpan(NamedTuple):
    """A labelled span of tokens, from `start` up to but not including `end`."""

    start: int
    end: int
    label: str


def check_labels(labels: Sequence[str], *, max_labels: int) -> tuple[str, ...]:
    """Return the labels of a network as a tuple.

    Raises:
        ValueError: They are not a list of different printable strings, or there are none or too many.
    """
    if isinstance(labels, str) or not all(isinstance(name, str) and name.isprintable() and name for name in labels):
        raise ValueError(f"Expected labels to be a list of printable strings; found {str(labels)[:80]!r}.")
    if not 1 <= len(set(labels)) == len(labels) <= max_labels:
        raise ValueError(f"Expected 1 to {max_labels:,} different labels; found {len(labels)}.")
    return tuple(labels)


def iobes_tags(labels: Sequence[str]) -> list[str]:
    """List the IOBES tags of the labels: O first, then B, I, E and S of each label."""
    return [OUTSIDE, *(f"{prefix}-{label}" for label in labels for prefix in "BIES")]


def spans_from_iob2(tags: Sequence[str]) -> list[TagSpan]:
    """Convert IOB2 tags to spans.

    Raises:
        ValueError: A tag is not O, B-LABEL or I-LABEL, or an I- tag does not continue a span of its label.
    """
    spans: list[TagSpan] = []
    start, label = 0, ""
    for i, tag in enumerate(tags):
        prefix, dash, name = tag.partition("-")
        if tag != OUTSIDE and not (prefix in ("B", "I") and dash and name):
            raise ValueError(f"Expected IOB2 tags (O, B-LABEL, I-LABEL); found {tag!r} at token {i}.")
        if prefix == "I":
            if name != label:
                raise ValueError(
                    f"Expected IOB2 tags: {tag!r} at token {i} must follow B-{name} or I-{name}, "
                    f"but follows {tags[i - 1] if i else 'the start'!r}. Convert IOB1 to IOB2 first."
                )
            continue
        if label:
            spans.append(TagSpan(start, i, label))
        start, label = i, name
    if label:
        spans.append(TagSpan(start, len(tags), label))
    return spans


def iobes_from_spans(spans: Sequence[TagSpan], length: int) -> list[str]:
    """Convert spans that do not overlap to the IOBES tags of `length` tokens."""
    tags = [OUTSIDE] * length
    for start, end, label in spans:
        if end - start == 1:
            tags[start] = f"S-{label}"
            continue
        tags[start:end] = [f"I-{label}"] * (end - start)
        tags[start], tags[end - 1] = f"B-{label}", f"E-{label}"
    return tags


def spans_from_iobes(tags: Sequence[str]) -> list[TagSpan]:
    """Convert a well-formed sequence of IOBES tags to spans."""
    spans, start = [], 0
    for i, tag in enumerate(tags):
        prefix, _, label = tag.partition("-")
        if prefix in ("B", "S"):
            start = i
        if prefix in ("E", "S"):
            spans.append(TagSpan(start, i + 1, label))
    return spans


def iobes_rules(tags: Sequence[str]) -> tuple[list[list[bool]], list[bool], list[bool]]:
    """Return the rules of IOBES: `follows[a][b]`, whether tag b may follow tag a; and which may be first and last."""
    parts = [tag.partition("-") for tag in tags]
    opens = {prefix: prefix in "BI" for prefix in "OBIES"}  # the span continues after this tag
    continues = {prefix: prefix in "IE" for prefix in "OBIES"}  # the span has begun before this tag
    follows = [[opens[a] == continues[b] and (not opens[a] or la == lb) for b, _, lb in parts] for a, _, la in parts]
    return follows, [not continues[a] for a, _, _ in parts], [not opens[a] for a, _, _ in parts]
