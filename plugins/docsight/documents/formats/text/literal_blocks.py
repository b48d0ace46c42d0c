"""Code in plain text: literal blocks of reStructuredText and sessions of Python."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from docsight.documents.formats.content import Passage

_LITERAL_LINE = re.compile(r"[^\n]+")
_DIRECTIVE = re.compile(r"[ \t]*\.\. ([\w-]+)::")
_CODE_DIRECTIVES = frozenset(("code", "code-block", "sourcecode", "parsed-literal", "testcode", "doctest"))
_PROMPT = re.compile(r"^[ \t]*>>> \S", re.M)
_QUOTE = re.compile(r"^[ \t]*>{1,2}(?!>)", re.M)  # in mails, a prompt is a mark of a quote in a quote
_CODE_TAB_SIZE = 8


def mark_code(text: str, passages: Iterable[Passage]) -> Iterator[Passage]:
    """Yield the passages of a plain text; those that are code have that kind.

    Code is the indented text below a paragraph that ends with `::` or below a directive for code, and the lines from a
    `>>>` prompt to the end of the paragraph.
    """
    outer: int | None = None  # the indent of the paragraph that introduces the code
    code: Passage | None = None
    for passage in passages:
        indent = _indent(text, passage)
        if outer is not None and passage.kind in ("paragraph", "list_item") and indent > outer:
            start = text.rfind("\n", 0, passage.start) + 1
            code = Passage(start=start if code is None else code.start, end=passage.end, kind="code")
            continue
        if code is not None:
            yield code
        code = None
        outer = indent if passage.kind != "heading" and _introduces_code(text, passage) else None
        yield from _without_session(text, passage)
    if code is not None:
        yield code


def _indent(text: str, passage: Passage) -> int:
    """Return the smallest indent of the lines of a passage."""
    start = text.rfind("\n", 0, passage.start) + 1
    lines = [line[0].expandtabs(_CODE_TAB_SIZE) for line in _LITERAL_LINE.finditer(text, start, passage.end)]
    return min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)


def _introduces_code(text: str, passage: Passage) -> bool:
    if directive := _DIRECTIVE.match(text, passage.start):
        return directive[1] in _CODE_DIRECTIVES
    return text.endswith("::", passage.start, passage.end)


def _without_session(text: str, passage: Passage) -> Iterator[Passage]:
    """Yield a passage, and the session of Python at its end as code."""
    prompt = _PROMPT.search(text, passage.start, passage.end) if passage.kind == "paragraph" else None
    if prompt is None or _QUOTE.search(text, passage.start, passage.end):
        yield passage
        return
    if before := text[passage.start : prompt.start()].rstrip():
        yield replace(passage, end=passage.start + len(before))
    yield replace(passage, start=prompt.start(), kind="code")
