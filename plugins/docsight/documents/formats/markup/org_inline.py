"""Emphasis, links and notes within the lines of Org."""

import re
from collections.abc import Callable, Iterator, Sequence

from docsight.documents.formats.markup.latex_commands import LETTER_COMMANDS, SIGNS
from docsight.documents.formats.markup.markup_writer import MarkupRun

# A link, a note, or a text between marks of emphasis that no letters touch.
_ORG_INLINE = re.compile(
    r"\[\[(?P<target>[^\]\[]{1,2000})\](?:\[(?P<label>[^\]\[]{1,2000})\])?\]|"
    r"\[fn:(?P<note>[\w-]*)(?P<inline>:)?(?P<text>[^\]\[]{0,2000})\]|"
    r"(?<![^\s\-({'\"])(?P<mark>[*/_=~+])(?P<inner>(?!(?P=mark))\S(?:[^\n]{0,300}?\S)??)(?P=mark)(?![^\s\-.,:;!?'\")}\[\\])"
)
_ENTITIES = {
    **LETTER_COMMANDS,
    **SIGNS,
    "nbsp": " ",
    "alpha": "\u03b1",
    "beta": "β",
    "to": "→",
    "rarr": "→",
    "larr": "←",
}
_ORG_ENTITY = re.compile(r"\\([A-Za-z]+)(?:\{\}|(?![A-Za-z]))")
_IMAGE_FILE = re.compile(r"\S+\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?|pdf)", re.I)
_OUTSIDE = re.compile(r"(?:https?|ftp|mailto|file):", re.I)
_LITERAL_MARKS = "=~"
_MAX_MARKS_DEPTH = 4


def org_runs(
    text: str, add_note: Callable[[Sequence[MarkupRun]], str], depth: int = _MAX_MARKS_DEPTH
) -> list[MarkupRun]:
    """Return the runs of a text; `add_note` is given the runs of each note in it, and returns its mark."""
    if "\\" in text:
        text = _ORG_ENTITY.sub(lambda found: _ENTITIES.get(found[1], found[0]), text)
    runs: list[MarkupRun] = []
    at = 0
    for found in _ORG_INLINE.finditer(text):
        runs.append(MarkupRun(text[at : found.start()]))
        at = found.end()
        if found["target"]:
            runs += _link(found["target"], found["label"] or "")
        elif found["mark"]:
            inner = found["inner"]
            runs += (
                [MarkupRun(inner)]
                if found["mark"] in _LITERAL_MARKS or not depth
                else org_runs(inner, add_note, depth - 1)
            )
        elif found["inline"]:
            runs.append(MarkupRun(add_note(org_runs(found["text"], add_note, 0))))
        else:
            runs.append(MarkupRun(f"[{found['note']}]"))
    runs.append(MarkupRun(text[at:]))
    return [run for run in runs if run.text]


def _link(target: str, label: str) -> Iterator[MarkupRun]:
    """Yield a link; the images that a page shows have no text, and links within the file no target."""
    is_outside = _OUTSIDE.match(target) is not None
    if label:
        yield MarkupRun(label, target if is_outside else "")
    elif not _IMAGE_FILE.fullmatch(target):
        yield MarkupRun(target if is_outside else target.lstrip("*#"), target if is_outside else "")
