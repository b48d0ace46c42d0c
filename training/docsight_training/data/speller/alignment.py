"""Alignment of a misspelling with the word that was meant, and the kinds of its edits."""

from typing import NamedTuple

# The edits of learners of English, as fractions (Write & Improve and FCE, counted over shortest edit scripts). Lists of
# misspellings come from typists: they have too many swaps, and too few undoublings and vowels.
LEARNER_MIX = {
    "delete": 0.31,
    "undouble": 0.07,
    "swap": 0.04,
    "vowel": 0.15,
    "substitute": 0.20,
    "insert": 0.18,
    "double": 0.05,
}
VOWELS = frozenset("aeiou")
MAX_EDITS = 4  # of a pair; with more, the list is wrong, or another word was meant


class Edit(NamedTuple):
    """Replaces `meant[start:stop]` by `typed[typed_start:typed_stop]`: no, one or (swapped) two letters."""

    start: int
    stop: int
    typed_start: int
    typed_stop: int


def differing_parts(typed: str, meant: str) -> tuple[int, str, str]:
    """Return the length of the common beginning of two words, and of each the part between that and the common end."""
    short = min(len(typed), len(meant))
    head = next((i for i in range(short) if typed[i] != meant[i]), short)
    tail = next((i for i in range(short - head) if typed[-1 - i] != meant[-1 - i]), short - head)
    return head, typed[head : len(typed) - tail], meant[head : len(meant) - tail]


def align(typed: str, meant: str, max_edits: int = MAX_EDITS) -> list[Edit] | None:
    """Return a shortest list of edits (optimal string alignment) in order, or None above `max_edits` edits.

    The common ends of the words are skipped first, so of several shortest alignments, one with adjacent edits is found.
    """
    head, wrong, right = differing_parts(typed, meant)
    if abs(len(wrong) - len(right)) > max_edits:
        return None
    steps = [*range(len(right) + 1)]
    table = [steps]
    for i, letter in enumerate(wrong, start=1):
        row = [i]
        for j, other in enumerate(right, start=1):
            best = min(steps[j - 1] + (letter != other), steps[j] + 1, row[j - 1] + 1)
            if i > 1 and j > 1 and letter == right[j - 2] != other == wrong[i - 2]:
                best = min(best, table[i - 2][j - 2] + 1)
            row.append(best)
        table.append(row)
        steps = row
    if steps[-1] > max_edits:
        return None
    edits = []
    i, j = len(wrong), len(right)
    while i or j:
        here = table[i][j]
        if i and j and wrong[i - 1] == right[j - 1] and table[i - 1][j - 1] == here:
            i, j = i - 1, j - 1
            continue
        if i > 1 and j > 1 and wrong[i - 2 : i] == right[j - 2 : j][::-1] and table[i - 2][j - 2] + 1 == here:
            back, down = 2, 2
        elif i and j and table[i - 1][j - 1] + 1 == here:
            back, down = 1, 1
        elif j and table[i][j - 1] + 1 == here:
            back, down = 0, 1
        else:
            back, down = 1, 0
        edits.append(Edit(head + j - down, head + j, head + i - back, head + i))
        i, j = i - back, j - down
    return edits[::-1]


def edit_kind(typed: str, meant: str, edit: Edit) -> str:
    wrong, right = typed[edit.typed_start : edit.typed_stop], meant[edit.start : edit.stop]
    adjacent = meant[max(edit.start - 1, 0) : edit.start] + meant[edit.stop : edit.stop + 1]
    if len(wrong) == 2:
        return "swap"
    if not right:
        return "double" if wrong in adjacent else "insert"
    if not wrong:
        return "undouble" if right in adjacent else "delete"
    return "vowel" if wrong in VOWELS and right in VOWELS else "substitute"
