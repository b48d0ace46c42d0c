"""Tagging schemes: reads IOB1, IOB2, IOBES, BILOU, BMES and plain labels as spans.

One rule reads them all, that of the CoNLL-2003 evaluation: a span begins at a B or S tag, and where a tag does not
continue the one before it; it ends after an E or S tag. A file is IOB1 if B occurs only where two spans of one label
meet. In other schemes, a tag that continues nothing is an error of the annotation, which is reported.
"""

import re
from collections.abc import Iterable, Sequence, Set

from docsight.errors import DataError
from docsight.tags import OUTSIDE, TagSpan
from docsight_training.data.ner.findings import FindingKind, Findings

_TAG = re.compile(r"(?P<prefix>[BIESLUM])-(?P<label>\S.*)", re.DOTALL)
# Other ways to write a tag; each counts only if all tags of a file have it. Labels without a prefix may look like them,
# such as e-mail and Type-I, so one of the tags must begin a span; in IOB1, an I before the label does.
_SUFFIXED_TAG = re.compile(r"(?P<label>\S.*)[-_](?P<prefix>[BIESLUM])", re.DOTALL)
_OTHER_FORMS = (
    re.compile(r"(?P<prefix>[BIESLUM])_(?P<label>\S.*)", re.DOTALL),
    re.compile(r"(?P<prefix>[bieslum])[-_](?P<label>\S.*)", re.DOTALL),
    _SUFFIXED_TAG,
)
_BEGINNINGS, _BEGINNINGS_OF_IOB1 = "BSU", "BSUI"
_LABEL = re.compile(r"[^\W\d_](?:[\w./-]*\w)?")
# BILOU and BMES in the letters of IOBES.
_IOBES = {"L": "E", "U": "S", "M": "I"}
EMPTY_TAG = "_"  # of a token without a value, which is outside of spans
OUTSIDE_TAGS = (OUTSIDE, EMPTY_TAG)
_LOWER_OUTSIDE = OUTSIDE.lower()


def is_tag(text: str) -> bool:
    """Return whether a text is O, or a prefix and a label, in any scheme."""
    return text == OUTSIDE or _TAG.fullmatch(text) is not None


def may_be_tag(text: str) -> bool:
    """Return whether a text is a tag in any form, also in those that count only if all tags of a file have them."""
    return text.upper() == OUTSIDE or any(form.fullmatch(text) for form in (_TAG, *_OTHER_FORMS))


def are_tags(texts: Iterable[str]) -> bool:
    """Return whether the texts of a column are nothing but tags, with a prefix in at least one of them or an O."""
    distinct = set(texts)
    labelled = distinct - _outside_tags(distinct)
    if not labelled:
        return OUTSIDE in distinct
    form = _form_of(labelled)
    return form is not None and all(map(form.fullmatch, labelled))


def is_plain_label(text: str) -> bool:
    """Return whether a text may be a label without a prefix."""
    return _LABEL.fullmatch(text) is not None


def decode_tags(rows: Sequence[Sequence[str]], places: Sequence[str], findings: Findings) -> list[list[TagSpan]]:
    """Convert the tags of all rows of a file to spans.

    Args:
        rows: The tags of each row.
        places: The place of each row, for messages.
        findings: Receives tags that continue nothing.

    Raises:
        DataError: A text is not a tag; the message names the row.
    """
    tags = {tag for row in rows for tag in row}
    outside = _outside_tags(tags)
    parts = dict.fromkeys(outside, ("", "")) | _split_tags(tags - outside)
    is_strict = not _is_iob1([parts[tag] for tag in row if tag in parts] for row in rows)
    decoded = []
    for row, place in zip(rows, places, strict=True):
        for number, tag in enumerate(row):
            if tag not in parts:
                raise DataError(
                    f"{place}: expected tags such as O, B-LABEL and I-LABEL; found {tag!r} at token {number + 1}."
                )
        spans, stray = _decode_row([parts[tag] for tag in row])
        if is_strict:
            for at in stray:
                findings.add(FindingKind.IRREGULAR, place, f"{row[at]} at token {at + 1}")
        decoded.append(spans)
    return decoded


def _split_tags(tags: Set[str]) -> dict[str, tuple[str, str]]:
    """Return the prefix, a letter of IOBES, and the label of each text that is a tag.

    If none has a prefix, all are labels, as if they had the prefix I.
    """
    form = _form_of(tags)
    if form is None:
        return {tag: ("I", tag) for tag in tags} if all(map(is_plain_label, tags)) else {}
    matches = {tag: match for tag in tags if (match := form.fullmatch(tag)) is not None}
    prefixes = {tag: match["prefix"].upper() for tag, match in matches.items()}
    return {tag: (_IOBES.get(prefixes[tag], prefixes[tag]), match["label"]) for tag, match in matches.items()}


def _form_of(tags: Set[str]) -> re.Pattern[str] | None:
    """Return the form of tags that are not outside: the usual one if any has it, otherwise the one that all have.

    None if they have no prefix.
    """
    if any(map(is_tag, tags)):
        return _TAG
    for form in _OTHER_FORMS:
        matches = [match for tag in tags if (match := form.fullmatch(tag)) is not None]
        beginnings = _BEGINNINGS if form is _SUFFIXED_TAG else _BEGINNINGS_OF_IOB1
        if len(matches) == len(tags) and any(match["prefix"].upper() in beginnings for match in matches):
            return form
    return None


def _outside_tags(tags: Set[str]) -> set[str]:
    """Return the tags of tokens outside of spans; a lower-case o is one if there is no O."""
    return {*OUTSIDE_TAGS} if OUTSIDE in tags else {*OUTSIDE_TAGS, _LOWER_OUTSIDE}


def _decode_row(tags: Sequence[tuple[str, str]]) -> tuple[list[TagSpan], list[int]]:
    """Return the spans of a row of prefixes and labels, and the tokens whose I or E tag continues nothing."""
    spans: list[TagSpan] = []
    stray: list[int] = []
    start, label = 0, ""  # of the open span
    for at, (prefix, name) in enumerate(tags):
        continues = prefix in ("I", "E") and name == label
        if not continues:
            if label:
                spans.append(TagSpan(start, at, label))
            start, label = at, name
            if prefix in ("I", "E"):
                stray.append(at)
        if prefix in ("E", "S"):
            spans.append(TagSpan(start, at + 1, label))
            label = ""
    if label:
        spans.append(TagSpan(start, len(tags), label))
    return spans, stray


def _is_iob1(rows: Iterable[Sequence[tuple[str, str]]]) -> bool:
    """Return whether all prefixes are I, but for a B where two spans of one label meet."""
    for row in rows:
        last = ""
        for prefix, label in row:
            if prefix in ("E", "S") or (prefix == "B" and label != last):
                return False
            last = label
    return True


def iob2_tags(spans: Iterable[TagSpan], length: int) -> list[str]:
    """Convert spans that do not overlap to the IOB2 tags of `length` tokens."""
    tags = [OUTSIDE] * length
    for start, end, label in spans:
        tags[start:end] = [f"B-{label}", *[f"I-{label}"] * (end - start - 1)]
    return tags
