"""The commands that a LaTeX document defines: what they stand for, with their arguments."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from docsight.documents.formats.markup.latex_source import LatexSource

_DEFINITION = re.compile(
    r"\\(?:newc|renewc|providec|DeclareRobustC)ommand\*?[ \t]*\{?[ \t]*\\([a-zA-Z]+)[ \t]*\}?"
    r"[ \t]*(?:\[(\d)\])?[ \t]*(?:\[([^\[\]{}]{0,100})\])?[ \t]*(?=\{)|"
    r"\\def[ \t]*\\([a-zA-Z]+)[ \t]*((?:#\d){0,9})[ \t]*(?=\{)"
)
_MACRO_PARAMETER = re.compile(r"#([1-9])")
# A macro with one of these computes: its body is not the text that stands for it.
_PROGRAM = re.compile(r"\\(?:if|else|fi|csname|expandafter|futurelet|@|loop|repeat)|@")
_MAX_MACRO_CHARS = 500


class Macro(NamedTuple):
    """A command: what it stands for, the number of its arguments, and the first one if it may be left out."""

    body: str
    parameters: int = 0
    default: str | None = None

    def arguments(self, source: LatexSource, at: int) -> tuple[list[str], int]:
        """Return the arguments at an offset, as many as there are, and the offset behind them."""
        found: list[str] = []
        if self.default is not None:
            written, behind = source.optional(at)
            found.append(written if behind > at else self.default)
            at = behind
        while len(found) < self.parameters and (argument := source.argument(at)) is not None:
            found.append(argument[0])
            at = argument[1]
        return found, at

    def expanded(self, arguments: list[str]) -> str:
        """Return what the command stands for with these arguments."""

        def argument(parameter: re.Match[str]) -> str:
            number = int(parameter[1])
            return arguments[number - 1] if number <= len(arguments) else ""

        return _MACRO_PARAMETER.sub(argument, self.body)


def macros(source: LatexSource) -> Iterator[tuple[str, Macro]]:
    """Yield the names of the short commands that a preamble defines, and what they stand for."""
    for found in _DEFINITION.finditer(source.text):
        body = source.argument(found.end())
        if body is None or len(body[0]) > _MAX_MACRO_CHARS or _PROGRAM.search(body[0]):
            continue
        if found[1]:
            yield found[1], Macro(body[0], int(found[2] or 0), found[3] if found[2] else None)
        else:
            yield found[4], Macro(body[0], found[5].count("#"))
