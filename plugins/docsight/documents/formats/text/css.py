"""CSS, as far as it decides what a page shows: the rules for a screen, and declarations."""

import re
from collections.abc import Iterator
from typing import NamedTuple

Declarations = dict[str, str]

# The properties that are read, by the names under which they are kept.
_PROPERTIES = {
    "display": "display",
    "visibility": "visibility",
    "font-size": "font-size",
    "font": "font-size",
    "width": "width",
    "height": "height",
    "max-height": "max-height",
    "overflow": "overflow",
    "overflow-y": "overflow",
    "mso-hide": "mso-hide",
    "white-space": "white-space",
    "list-style": "list-style",
    "list-style-type": "list-style",
}
_DECLARATION = re.compile(rf"(?:^|(?<=[;{{]))\s*({'|'.join(_PROPERTIES)})\s*+:([^;]*)", re.I)
_IMPORTANT = re.compile(r"!\s*important\s*$")
_FONT_SIZE = re.compile(r"(?:^|\s)((?:0|\d*\.?\d+(?:px|pt|pc|em|rem|ex|in|cm|mm|vw|%)))(?=[\s/]|$)")
_LENGTH = re.compile(r"([+-]?\d*\.?\d+)[a-z%]*$")

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.S)
_DELIMITER = re.compile(r""""(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|[{};]""", re.S)
_AT_KEYWORD = re.compile(r"@[a-z-]+")
_SCREEN_WIDTH = 1280  # CSS pixels of the screen that media queries are evaluated for
_PIXELS_PER_EM = 16
_WIDTH_FEATURE = re.compile(r"\(\s*(min|max)-(?:device-)?width\s*:\s*([\d.]+)(px|em|rem)\s*\)$")


class Rule(NamedTuple):
    """A style rule that applies to a screen."""

    selectors: str
    normal: Declarations
    important: Declarations


def parse_rules(sheet: str) -> Iterator[Rule]:
    """Yield the rules of a style sheet that apply to a screen and have a property that is read."""
    sheet = _COMMENT.sub(" ", sheet)
    blocks: list[tuple[str, bool, int]] = []  # of each open block its prelude, whether it applies, and its start
    start = 0
    for token in _DELIMITER.finditer(sheet):
        if token[0] == "{":
            prelude = sheet[start : token.start()].strip()
            applies = not blocks or (blocks[-1][1] and blocks[-1][0].startswith("@"))
            blocks.append((prelude, applies and _applies(prelude), token.end()))
        elif token[0] == "}" and blocks:
            prelude, applies, begin = blocks.pop()
            if applies and not prelude.startswith("@"):
                normal, important = parse_declarations(sheet[begin : token.start()])
                if normal or important:
                    yield Rule(prelude, normal, important)
        elif token[0] not in ";}":
            continue
        start = token.end()


def parse_declarations(block: str) -> tuple[Declarations, Declarations]:
    """Return the declarations of a block that are read, normal and important ones, with lower-case values."""
    normal: Declarations = {}
    important: Declarations = {}
    for match in _DECLARATION.finditer(block):
        name, value = match[1].lower(), match[2].strip().lower()
        declarations = important if _IMPORTANT.search(value) else normal
        value = _IMPORTANT.sub("", value).rstrip()
        if name == "font":
            size = _FONT_SIZE.search(value)
            value = size[1] if size is not None else ""
        if value:
            declarations[_PROPERTIES[name]] = value
    return normal, important


def is_zero(length: str) -> bool:
    """Return whether a value is a length of zero, in any unit."""
    match = _LENGTH.match(length)
    return match is not None and float(match[1]) == 0


def _applies(prelude: str) -> bool:
    """Return whether a block with this prelude applies to a screen: a style rule, or a conditional group of rules."""
    if not prelude.startswith("@"):
        return True
    name = _AT_KEYWORD.match(prelude.lower())
    if name is not None and name[0] == "@media":
        return any(_matches_screen(query) for query in prelude[name.end() :].lower().split(","))
    return name is not None and name[0] in ("@supports", "@layer")


def _matches_screen(query: str) -> bool:
    words = query.split()
    is_negated = words[:1] == ["not"]
    if words[:1] in (["not"], ["only"]):
        words = words[1:]
    return is_negated != all(_holds_on_screen(condition) for condition in " ".join(words).split(" and "))


def _holds_on_screen(condition: str) -> bool:
    """Evaluate a condition of a media query; features other than the width are taken as absent."""
    width = _WIDTH_FEATURE.match(condition.strip())
    if width is None:
        return condition.strip() in ("", "all", "screen")
    pixels = float(width[2]) * (1 if width[3] == "px" else _PIXELS_PER_EM)
    return pixels <= _SCREEN_WIDTH if width[1] == "min" else pixels >= _SCREEN_WIDTH
