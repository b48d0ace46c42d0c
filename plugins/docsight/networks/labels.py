"""Validate the labels of a network."""

from collections.abc import Sequence


def check_labels(labels: Sequence[str], *, max_labels: int) -> tuple[str, ...]:
    """Return the labels as a tuple.

    Raises:
        ValueError: They are not a list of different printable strings, or there are none or too many.
    """
    if isinstance(labels, str) or not all(isinstance(name, str) and name.isprintable() and name for name in labels):
        raise ValueError(f"Expected labels to be a list of printable strings; found {str(labels)[:80]!r}.")
    if not 1 <= len(set(labels)) == len(labels) <= max_labels:
        raise ValueError(f"Expected 1 to {max_labels:,} different labels; found {len(labels)}.")
    return tuple(labels)
