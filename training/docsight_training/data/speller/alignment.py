"""The edits that tell a misspelling from the word that was meant, and their kinds."""

from typing import NamedTuple

# What learners of English do, in shares of all edits (Write & Improve and FCE, counted over shortest edit scripts).
# Lists of misspellings hold too many swaps (they are of typists), too few undoublings and vowels.
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
MAX_EDITS = 4  # of a pair; what is further apart is a slip of a list, or another word


class Edit(NamedTuple):
    """Replace `meant[start:stop]` by `typed[typed_start:typed_stop]`: no, one or (swapped) two letters."""

    start: int
    stop: int
    typed_start: int
    typed_stop: int


def align(typed: str, meant: str, most: int = MAX_EDITS) -> list[Edit] | None:
    """Return a shortest list of edits (optimal string alignment) in running order, or None above `most` edits.

    What the words share at both ends is passed over first, so of several alignments that are as short, one with the
    edits together is found.
    """
    short = min(len(typed), len(meant))
    head = next((i for i in range(short) if typed[i] != meant[i]), short)
    tail = next((i for i in range(short - head) if typed[-1 - i] != meant[-1 - i]), short - head)
    wrong, right = typed[head : len(typed) - tail], meant[head : len(meant) - tail]
    if abs(len(wrong) - len(right)) > most:
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
    if steps[-1] > most:
        return None
    edits = []
    i, j = len(wrong), len(right)
    while i or j:
        here = table[i][j]
        if i and j and wrong[i - 1] == right[j - 1] and table[i - 1][j - 1] == here:
            i, j = i - 1, j - 1
            continue
        swapped = i > 1 and j > 1 and wrong[i - 2 : i] == right[j - 2 : j][::-1] and table[i - 2][j - 2] + 1 == here
        if swapped:
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
    """Name the kind of an edit, as in `LEARNER_MIX`."""
    wrong, right = typed[edit.typed_start : edit.typed_stop], meant[edit.start : edit.stop]
    beside = meant[max(edit.start - 1, 0) : edit.start] + meant[edit.stop : edit.stop + 1]
    if len(wrong) == 2:
        return "swap"
    if not right:
        return "double" if wrong in beside else "insert"
    if not wrong:
        return "undouble" if right in beside else "delete"
    return "vowel" if wrong in VOWELS and right in VOWELS else "substitute"
