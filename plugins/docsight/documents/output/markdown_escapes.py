"""Escape text for Markdown (GitHub's dialect), so that it is rendered as it is written."""

import re
from urllib.parse import quote, urlsplit

HARD_BREAK = "\\"  # at the end of a line

_ENTITY = r"&(?=\#?\w+;)"
_SPECIAL_ANYWHERE = rf"""
    [\\`] | \*+ | _+ | ~+
    | <(?=[A-Za-z/!?])
    | {_ENTITY}
    | \[(?=\^) | \](?=[(\[])
    | ^\[(?=[ xX]\]\s|[^\]]*$|.*\]:)  # a box to tick, or the definition of a link
    """
_SPECIAL = re.compile(_SPECIAL_ANYWHERE, re.VERBOSE)
_SPECIAL_IN_LINKS = re.compile(rf"{_SPECIAL_ANYWHERE} | [\[\]]", re.VERBOSE)
_LINE_START = re.compile(
    r"""
    \#{1,6}(?:\s|$)
    | >
    | [-+*](?:\s|$)
    | =+\s*$ | ~{3}
    | (?=(?:[*\s]+|[_\s]+)$)[*_]
    | (?=[|:\-\s]+$)[|:\s]*-  # a rule, or the line below the head of a table
    """,
    re.VERBOSE,
)
_NUMBER_AT_START = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_CLOSING_MARKS = re.compile(r"(?:^|(?<=\s))#+$")
_ADDRESS = re.compile(r"\b(?:https?|ftp)://[^\s<>]*[^\s<>.,;:!?'\"()\[\]]")
_LINKED_SCHEMES = ("", "http", "https", "ftp", "mailto", "tel")  # others may run a program
_SAFE_IN_TARGETS = "%/:=&?~#+!$,;'@*[]"


def escape_inline(text: str, following: str = "") -> str:
    """Escape a text within a line, except what has a meaning only at its start.

    Args:
        text: The text.
        following: The character that is written after it; empty at the end of the line.
    """
    pieces: list[str] = []
    at = 0
    for address in _ADDRESS.finditer(text):
        if _SPECIAL.search(address[0]):  # where addresses are links, backslashes in them are not removed
            pieces += _escape(_SPECIAL, text[at : address.start()], "<"), f"<{address[0]}>"
            at = address.end()
    pieces.append(_escape(_SPECIAL, text[at:], following))
    escaped = "".join(pieces)
    return f"{escaped[:-1]}\\!" if following == "[" and escaped.endswith("!") else escaped


def escape_line_start(line: str) -> str:
    """Escape what would begin a heading, an item of a list and the like in a line whose text is escaped."""
    if _LINE_START.match(line):
        return f"\\{line}"
    return _NUMBER_AT_START.sub(r"\1\\\2", line, count=1) if _NUMBER_AT_START.match(line) else line


def escape_heading_end(line: str) -> str:
    """Escape the marks at the end of a heading, which would be left out."""
    return _CLOSING_MARKS.sub(r"\\\g<0>", line)


def escape_cell(text: str) -> str:
    """Escape the text of a cell of a table, which is escaped otherwise."""
    return text.replace("|", "\\|")


def link(text: str, target: str) -> str:
    """Return a link; only the text if its target is not an address that is safe to follow."""
    target = " ".join(target.split())
    if not target or not _is_safe(target):
        return escape_inline(text, "]")
    if text == target and _ADDRESS.fullmatch(text):
        return f"<{text}>"
    address = re.sub(_ENTITY, r"\\&", quote(target, _SAFE_IN_TARGETS))
    return f"[{_escape(_SPECIAL_IN_LINKS, text, ']')}]({address})"


def fence(text: str) -> str:
    """Return a block of code."""
    longest = max(map(len, re.findall(r"`{3,}", text)), default=2)
    marks = "`" * (longest + 1)
    return f"{marks}\n{text}\n{marks}"


def _escape(special: re.Pattern[str], text: str, following: str) -> str:
    def escaped(found: re.Match[str]) -> str:
        marks = found[0]
        if marks[0] in "*_~":
            after = text[found.end() : found.end() + 1] or following
            is_in_word = marks[0] == "_" and after.isalnum() and text[found.start() - 1 : found.start()].isalnum()
            if is_in_word or not after or after.isspace():  # these cannot begin an emphasis, so nothing can end one
                return marks
        return "".join(f"\\{mark}" for mark in marks)

    return special.sub(escaped, text)


def _is_safe(target: str) -> bool:
    try:
        return urlsplit(target).scheme.lower() in _LINKED_SCHEMES
    except ValueError:
        return False
