"""The structure of the body of a mail: what its writer wrote, the mails that it quotes, and its signature."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from docsight.documents.formats.content import Kind, Passage
from docsight.documents.formats.mail.patches import patch_ranges
from docsight.documents.formats.text.quote_phrases import (
    ATTRIBUTION,
    INTRODUCTION,
    RULE_ABOVE_HEADERS,
    SIGNATURE,
    is_introduction,
    is_quote_class,
    is_signature_class,
    stands_alone,
)
from docsight.documents.formats.text.quoted_mail import DIVIDER, HEADER_BLOCK

_QUOTE_LINE = re.compile(r"[^\n]+")
_QUOTED = re.compile(r"[ \t]?>")
_QUOTED_WITH_INITIALS = re.compile(r"[ \t]?([A-Z]{2,3})>+(?=[ \t]|$)", re.M)  # TF> for Tom Fox
_QUOTED_BELOW = re.compile(r"\s*([A-Z]{2,3})?>")


def text_passages(text: str) -> Iterator[Passage]:
    """Yield the passages of a plain text: paragraphs between blank lines, quotes and signatures."""
    begun: Passage | None = None
    for start, end, kind in _lines(text):
        is_next_line = begun is not None and text.count("\n", begun.end, start) == 1
        if begun is not None and is_next_line and begun.kind == kind:
            begun = replace(begun, end=end)
            continue
        if begun is not None:
            yield begun
        begun = Passage(start=start, end=end, kind=kind)
    if begun is not None:
        yield begun


def mark_quotes(text: str, passages: Iterable[Passage]) -> Iterator[Passage]:
    """Yield the passages of a page with the kinds of the quotes and signatures that only their text shows."""
    is_quote = False
    pending: Passage | None = None  # an attribution if a quote follows
    for passage in chain.from_iterable(_divided_at_quote(text, each) for each in passages):
        is_quote = is_quote or _begins_quote(text, passage.start)
        if is_quote and passage.kind != "table":
            passage = replace(passage, kind="quote", level=None)
        if pending is not None:
            yield replace(pending, kind="quote") if passage.kind == "quote" else pending
            pending = None
        if passage.kind == "paragraph" and ATTRIBUTION.match(text, passage.start, passage.end):
            pending = passage
        else:
            yield passage
    if pending is not None:
        yield pending


def role_of(attributes: dict[str, str | None]) -> Kind | None:
    """Return the kind of an element by the classes and ids that mail programs give it; None if it has none."""
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".split()
    if any(map(is_quote_class, names)):
        return "quote"
    return "signature" if any(map(is_signature_class, names)) else None


def _divided_at_quote(text: str, passage: Passage) -> Iterator[Passage]:
    """Yield a passage, or what is before a quote in it and the quote, which pages may put into the same paragraph."""
    lines = _QUOTE_LINE.finditer(text, passage.start, passage.end) if passage.kind == "paragraph" else ()
    start = next((line.start() for line in lines if _begins_quote(text, line.start())), passage.start)
    if before := text[passage.start : start].rstrip():
        yield passage.clipped(passage.start, passage.start + len(before))
    yield passage.clipped(start, passage.end)


def _begins_quote(text: str, start: int) -> bool:
    rule = RULE_ABOVE_HEADERS.match(text, start)
    headers_start = start if rule is None else rule.end()
    return DIVIDER.match(text, start) is not None or HEADER_BLOCK.match(text, headers_start) is not None


def _lines(text: str) -> Iterator[tuple[int, int, Kind]]:
    """Yield the start, the end and the kind of each line that is not blank."""
    kind: Kind = "paragraph"
    attribution_end = 0
    initials = _known_initials(text)
    is_after_blank = True
    for start, end, is_patch in _lines_and_patches(text):
        if is_patch:
            kind, is_after_blank = "paragraph", True
            yield start, end, "code"
            continue
        is_after_blank = is_after_blank or text.startswith("\n\n", start - 2)
        line = text[start:end]
        if not line:
            is_after_blank = True
            continue
        attribution = ATTRIBUTION.match(text, start)
        is_marked_below = attribution is not None and _QUOTED_BELOW.match(text, attribution.end())
        if _begins_quote(text, start) or (attribution and not is_marked_below and stands_alone(attribution[0])):
            yield from ((a, b, "quote") for a, b in _rest(text, start))
            return
        if attribution and is_marked_below:
            attribution_end = attribution.end()
        elif is_after_blank:
            attribution_end = max(attribution_end, _introduction_end(text, start))
        if is_introduced := start < attribution_end:
            initials |= _initials_below(text, attribution_end)
        is_after_blank = False
        if is_introduced or _is_quoted(line, initials):
            kind = "paragraph"
            yield start, end, "quote"
        else:
            kind = "signature" if kind == "signature" or SIGNATURE.match(line) else "paragraph"
            yield start, end, kind


def _lines_and_patches(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield the start and the end of each line without its trailing spaces, or of each patch, and whether it is one."""
    patches = patch_ranges(text)
    patch_start, patch_end = next(patches, (len(text), len(text)))
    for line in _QUOTE_LINE.finditer(text):
        start = line.start()
        if start >= patch_end:
            patch_start, patch_end = next(patches, (len(text), len(text)))
        if start == patch_start:
            yield start, start + len(text[start:patch_end].rstrip()), True
        elif start < patch_start:
            yield start, start + len(line[0].rstrip()), False


def _introduction_end(text: str, start: int) -> int:
    """Return where the lines end that introduce the quote directly below them; 0 if none begin here."""
    found = INTRODUCTION.match(text, start)
    is_above_quote = found is not None and _QUOTED_BELOW.match(text, found.end()) is not None
    return found.end() if found is not None and is_above_quote and is_introduction(found[0]) else 0


def _known_initials(text: str) -> set[str]:
    """Return the initials in front of lines that are those of a person in the text."""
    found = set(_QUOTED_WITH_INITIALS.findall(text))
    return {initials for initials in found if re.search(r"\b" + r"\w+\W{1,3}".join(initials) + r"\w", text)}


def _initials_below(text: str, end: int) -> set[str]:
    """Return the initials in front of the first line of a quote, given the end of its introduction."""
    below = _QUOTED_BELOW.match(text, end)
    return {below[1]} if below is not None and below[1] else set()


def _is_quoted(line: str, initials: set[str]) -> bool:
    """Return whether a line is quoted: with `>`, or with known initials."""
    mark = _QUOTED_WITH_INITIALS.match(line)
    return _QUOTED.match(line) is not None or (mark is not None and mark[1] in initials)


def _rest(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of the lines from `start` that are not blank."""
    for line in _QUOTE_LINE.finditer(text, start):
        if line[0].strip():
            yield line.start(), line.start() + len(line[0].rstrip())
