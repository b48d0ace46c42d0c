"""Redact a text: find names and ids, find where they recur, and replace all of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from docsight.redaction.detections import Detection, completed, merge_detections, split_at
from docsight.redaction.folded_words import folded_words
from docsight.redaction.recurrences import NameIndex
from docsight.redaction.redaction_options import RedactionOptions
from docsight.redaction.replacements import make_replace

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


@dataclass(frozen=True)
class Redaction:
    """One replacement: its offsets in the original and in the redacted text, in characters."""

    start: int
    end: int
    redacted_start: int
    redacted_end: int
    type: str
    recognizer: str
    score: float
    replacement: str

    def record(self, original: str | None = None) -> dict[str, Any]:
        """Return the line of the audit; with the original text, it holds what was removed."""
        record = asdict(self)
        return record if original is None else record | {"text": original[self.start : self.end]}


@dataclass(frozen=True)
class RedactedText:
    """A text without names and ids, and what was done to it, in text order."""

    text: str
    redactions: tuple[Redaction, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Move a span of the original text to the redacted text; a span that touches a replacement contains it."""
        return self._moved(start, is_end=False), max(self._moved(start, is_end=False), self._moved(end, is_end=True))

    def _moved(self, at: int, *, is_end: bool) -> int:
        rows = self.redactions
        number = (
            bisect_left(rows, at, key=lambda row: row.start)
            if is_end
            else bisect_right(rows, at, key=lambda row: row.start)
        )
        if not number:
            return at
        row = rows[number - 1]
        if at >= row.end:
            return at - row.end + row.redacted_end
        return row.redacted_end if is_end else row.redacted_start


def redact_text(
    text: str, detections: Iterable[Detection], options: RedactionOptions, *, boundaries: Iterable[int] = ()
) -> RedactedText:
    """Replace what was detected in a text, and every recurrence of it.

    Args:
        text: The text.
        detections: What was detected in it.
        options: What is taken out, and what is written instead.
        boundaries: Positions that no replacement crosses, such as the ends of the cells of a table. A name that
            crosses one is replaced in pieces.
    """
    words = folded_words(text)
    found = merge_detections((completed(each, words, text) for each in detections), text)
    index = NameIndex(text, found, with_persons="PERSON" in options.types)
    replace = make_replace(options, index)
    pieces: list[str] = []
    rows: list[Redaction] = []
    last = size = 0
    for each in split_at(merge_detections([*found, *index.recurrences()], text), boundaries, text):
        replacement = replace(each, text[each.start : each.end])
        size += each.start - last
        pieces += [text[last : each.start], replacement]
        rows.append(
            Redaction(
                each.start, each.end, size, size + len(replacement), each.type, each.recognizer, each.score, replacement
            )
        )
        size += len(replacement)
        last = each.end
    return RedactedText("".join([*pieces, text[last:]]), tuple(rows))


def redact(nlp: "Language", text: "str | Doc", options: RedactionOptions | None = None) -> RedactedText:
    """Take the names and ids out of a text.

    Args:
        nlp: A pipeline that finds names, for example with `rnn_ner`.
        text: The text, or a Doc whose text to redact.
        options: What is taken out, and what is written instead.

    Raises:
        MissingExtraError: The extra "redact" is not installed.
        ConfigError: The pipeline finds no names.
    """
    from docsight.redaction.recognition import Detector

    options = options or RedactionOptions()
    detector = Detector(nlp, options)
    written = text if isinstance(text, str) else text.text
    with detector.low_posteriors():
        doc = nlp(written)
    return redact_text(written, detector.detect(doc), options)
