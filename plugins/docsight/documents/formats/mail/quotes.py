"""The structure of the body of a mail: what its writer wrote, the mails that it quotes, and its signature."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from docsight.documents.formats.content import Kind, Passage

_QUOTE_LINE = re.compile(r"[^\n]+")
_QUOTED = re.compile(r"[ \t]?>")
_QUOTED_BELOW = re.compile(r"\s*>")
_SIGNATURE = re.compile(
    r"--[ \t]*$|_{5,}[ \t]*$|(?:Sent from my |Get Outlook for |Von meinem .{1,40} gesendet|Envoyé de mon )", re.I
)
# The line before a quoted mail; mailers wrap it onto at most three lines.
_ATTRIBUTION = re.compile(
    r"[ \t]*(?:On|Am|Le|El|Il|Op|Em|Den)\b[^\n]{0,200}(?:\n[^\n]{1,200}){0,2}?"
    r"\b(?:wrote|writes|schrieb|écrit|escribió|ha scritto|schreef|escreveu|skrev)\b[^\n]{0,80}?:[ \t]*$",
    re.M,
)
# Everything below such a line, or such headers, is a quoted or forwarded mail.
_DIVIDER = re.compile(
    r"[ \t]*(?:-{2,}[ \t]*(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Weitergeleitete Nachricht|"
    r"Message d'origine|Mensaje original|Messaggio originale|Forwarded by [^\n]{1,80})[ \t]*-{2,}|"
    r"Begin forwarded message:)",
    re.I,
)
_HEADER_BLOCK = re.compile(
    r"[ \t]*\*?(?:From|Von|De|Da|Van)[ \t]*:[^\n]*\n"
    r"(?:[ \t]*\*?(?:Sent|Date|To|Cc|Gesendet|Datum|An|Envoyé|À|Enviado|Para|Inviato|A|Verzonden|Aan)[ \t]*:"
    r"[^\n]*\n){1,4}"
    r"(?:[^\n]*\n)?[ \t]*\*?(?:Subject|Betreff|Objet|Asunto|Oggetto|Onderwerp|Assunto)[ \t]*:",
    re.I,
)
_SIGNATURE_CLASS = re.compile(r"(?:moz|gmail|yahoo|ms-outlook(?:-mobile)?)?[-_]?signature\w*", re.I)
_QUOTE_CLASS = re.compile(
    r"gmail_(?:quote|attr|extra)\w*|yahoo_quoted\w*|moz-cite-prefix|divRplyFwdMsg|OutlookMessageHeader"
)


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
    for passage in passages:
        is_quote = is_quote or _begins_quote(text, passage.start)
        if is_quote and passage.kind != "table":
            passage = replace(passage, kind="quote", level=None)
        if pending is not None:
            yield replace(pending, kind="quote") if passage.kind == "quote" else pending
            pending = None
        if passage.kind == "paragraph" and _ATTRIBUTION.match(text, passage.start, passage.end):
            pending = passage
        else:
            yield passage
    if pending is not None:
        yield pending


def role_of(attributes: dict[str, str | None]) -> Kind | None:
    """Return the kind of an element by the classes and ids that mail programs give it; None if it has none."""
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".split()
    if any(map(_QUOTE_CLASS.fullmatch, names)):
        return "quote"
    return "signature" if any(map(_SIGNATURE_CLASS.fullmatch, names)) else None


def _begins_quote(text: str, start: int) -> bool:
    return _DIVIDER.match(text, start) is not None or _HEADER_BLOCK.match(text, start) is not None


def _lines(text: str) -> Iterator[tuple[int, int, Kind]]:
    """Yield the start, the end and the kind of each line that is not blank."""
    kind: Kind = "paragraph"
    attribution_end = 0
    for line in _QUOTE_LINE.finditer(text):
        start, end = line.start(), line.start() + len(line[0].rstrip())
        if not line[0].strip():
            continue
        if _begins_quote(text, start):
            yield from ((a, b, "quote") for a, b in _rest(text, start))
            return
        if attribution := _ATTRIBUTION.match(text, start):
            attribution_end = attribution.end()
            if not _QUOTED_BELOW.match(text, attribution_end):
                yield from ((a, b, "quote") for a, b in _rest(text, start))
                return
        if start < attribution_end or _QUOTED.match(line[0]):
            kind = "paragraph"
            yield start, end, "quote"
        else:
            kind = "signature" if kind == "signature" or _SIGNATURE.match(line[0]) else "paragraph"
            yield start, end, kind


def _rest(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of the lines from `start` that are not blank."""
    for line in _QUOTE_LINE.finditer(text, start):
        if line[0].strip():
            yield line.start(), line.start() + len(line[0].rstrip())
