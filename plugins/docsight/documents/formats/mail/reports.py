"""Reports of mail servers: whether a mail was delivered or read, as blocks of fields."""

import re
from collections.abc import Iterator
from email.message import Message

from docsight.documents.formats.content import Passage
from docsight.documents.formats.mail.headers import decode_header
from docsight.documents.formats.text.encoding import normalize_newlines, replace_surrogates
from docsight.documents.formats.text.invisible import strip_invisible

REPORT_TYPES = frozenset((
    "message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
    "message/global-disposition-notification", "message/feedback-report", "message/tracking-status",
))  # fmt: skip
_FOLDED = re.compile(r"\n[ \t]+(?=\S)")


def report_text(leaf: Message) -> str:
    """Return the fields of a report, one a line, with a blank line between its blocks (one for each recipient)."""
    payload = leaf.get_payload()
    blocks = payload if isinstance(payload, list) else [payload]
    return "\n\n".join(filter(None, ("\n".join(_lines(block)).strip() for block in blocks)))


def report_passages(text: str) -> Iterator[Passage]:
    """Yield the blocks of a report."""
    start = 0
    for block in text.split("\n\n"):
        yield Passage(start=start, end=start + len(block))
        start += len(block) + 2


def _lines(block: object) -> Iterator[str]:
    """Yield the fields of a block, and the text below them, which only malformed reports have."""
    rest = block
    if isinstance(block, Message):
        yield from (f"{name}: {decode_header(str(value))}" for name, value in block.items())
        rest = block.get_payload()
    if isinstance(rest, str):
        text = strip_invisible(replace_surrogates(normalize_newlines(rest))[0])
        yield from (line.rstrip() for line in _FOLDED.sub(" ", text).split("\n") if line.strip())
