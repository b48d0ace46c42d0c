"""The source of a LaTeX document: its tokens, and the arguments of its commands."""

import re

TOKEN = re.compile(
    r"(?P<comment>%[^\n]*(?:\n[ \t]*(?P<blank_after>\n\s*)?)?)|"
    r"\\(?P<command>[a-zA-Z@]+\*?)|\\(?P<symbol>.)|(?P<blank>\n[ \t]*\n\s*)|(?P<brace>[{}])|"
    r"(?P<math>\$\$(?:\\.|[^$\\]){1,5000}\$\$|\$(?:\\.|[^$\\]){1,2000}\$)|(?P<cell>&)|(?P<shorthand>\"[`'aouAOUs=~|-])|(?P<typed>---?|``|''|`|~)",
    re.S,
)
_ARGUMENT_START = re.compile(r"[ \t]*\n?[ \t]*(?=\{)")
_OPTIONAL_ARGUMENT = re.compile(r"[ \t]*\[((?:[^\[\]{}]|\{(?:[^{}]|\{[^{}]{0,200}\}){0,500}\}){0,1000})\]")
_COMMENT_END = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
# A percent sign in an address begins no comment.
_BRACE = re.compile(r"\\(?:url|href|nolinkurl)[ \t]*(?P<address>\{[^{}\n]*\})|\\.|[{}]|%[^\n]*", re.S)


class LatexSource:
    """A text with the ends of its groups, which are found in one pass."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._ends: dict[int, int] = {}  # of the groups in braces, by their starts
        starts: list[int] = []
        for brace in _BRACE.finditer(text):
            if brace["address"] is not None:
                self._ends[brace.start("address")] = brace.end("address") - 1
            elif brace[0] == "{":
                starts.append(brace.start())
            elif brace[0] == "}" and starts:
                self._ends[starts.pop()] = brace.start()

    def argument(self, at: int) -> tuple[str, int] | None:
        """Return the argument in braces at an offset, and the offset behind it; None if there is none."""
        start = _ARGUMENT_START.match(self.text, at)
        end = self._ends.get(start.end()) if start is not None else None
        return (self.text[start.end() + 1 : end], end + 1) if start is not None and end is not None else None

    def group(self, at: int) -> int | None:
        """Return the offset of the text in the group in braces at an offset; None if there is no group."""
        start = _ARGUMENT_START.match(self.text, at)
        return start.end() + 1 if start is not None and start.end() in self._ends else None

    def skip(self, at: int, count: int) -> int:
        """Return the offset behind optional arguments and at most `count` others."""
        at = self.skip_optional(at)
        for _ in range(count):
            if (found := self.argument(at)) is None:
                break
            at = self.skip_optional(found[1])
        return at

    def skip_optional(self, at: int) -> int:
        while (found := _OPTIONAL_ARGUMENT.match(self.text, at)) is not None:
            at = found.end()
        return at

    def optional(self, at: int) -> tuple[str, int]:
        """Return the optional argument at an offset, and the offset behind it; empty if there is none."""
        found = _OPTIONAL_ARGUMENT.match(self.text, at)
        return (found[1], found.end()) if found is not None else ("", at)


def without_comments(text: str) -> str:
    return _COMMENT_END.sub(r"\1", text)
