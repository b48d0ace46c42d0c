"""Reads the tokens of a LaTeX text: letters, accents, signs, formulas and groups."""

import re
from abc import abstractmethod
from collections.abc import Callable

from docsight.documents.formats.markup import latex_commands as known
from docsight.documents.formats.markup.latex_output import LatexOutput
from docsight.documents.formats.markup.latex_source import TOKEN, LatexSource
from docsight.documents.formats.markup.markup_writer import MarkupRun

_MAX_RENDER_DEPTH = 8  # of arguments within arguments that are read apart
_MAX_FORMULA_CHARS = 5000
_ACCENT_BASE = re.compile(r"[ \t]*(?:\{(?:\\([ij])\b[ \t]*)?([^{}\\]{0,20})\}|\\([ij])(?![a-zA-Z])[ \t]*|([^\s{}\\]))")
_TYPED = {"---": "\N{EM DASH}", "--": "\N{EN DASH}", "``": "\u201c", "''": "\u201d", "`": "'", "~": " "}
_GERMAN_SHORTHANDS = {"`": "\u201e", "'": "\u201c", "=": "-", "~": "-", "-": "", "|": "", "s": "ß"}
_UNMARKED = re.compile(r"\\[a-zA-Z]+\*?|[{}]")

Closing = Callable[[], None] | None  # what to do at the end of a group


class LatexScanner(LatexOutput):
    """Reads a text token by token; a subclass reads the commands.

    Args:
        has_german_shorthands: Whether `"a` is a letter.
    """

    def __init__(self, *, has_german_shorthands: bool) -> None:
        super().__init__()
        self._has_german_shorthands = has_german_shorthands
        self._depth = 0

    @abstractmethod
    def read_command(self, source: LatexSource, name: str, at: int) -> tuple[int, list[Closing]]:
        """Read a command; return the offset behind it, and what to do at the ends of the groups that it has begun."""

    def rendered(self, written: str) -> list[MarkupRun]:
        """Return the runs of a piece of the source."""
        if self._depth >= _MAX_RENDER_DEPTH:
            return [MarkupRun(_UNMARKED.sub("", written))]
        self._depth += 1
        self.begin_capture()
        self.scan(written)
        self._depth -= 1
        return self.end_capture()

    def scan(self, text: str) -> None:
        """Read a text."""
        source = LatexSource(text)
        closings: list[Closing] = []  # what to do at the end of each group that is open
        at = 0
        while (token := TOKEN.search(text, at)) is not None:
            self.put(text[at : token.start()])
            at = token.end()
            kind = token.lastgroup
            if kind == "command":
                at, begun = self.read_command(source, token["command"], at)
                closings += begun
            elif kind == "brace" and token[0] == "{":
                closings.append(None)
            elif kind == "brace":
                if closings and (closing := closings.pop()) is not None:
                    closing()
                elif text.startswith("{", at):
                    self.put(" ")
            elif kind == "symbol":
                at = self._symbol(source, token["symbol"], at)
            else:
                self._sign(kind or "", token)
        self.put(text[at:])
        for closing in reversed(closings):
            if closing is not None:
                closing()

    def _sign(self, kind: str, token: re.Match[str]) -> None:
        """Write a token that is no command and no brace."""
        if kind == "blank" or token["blank_after"] is not None:
            self.end_paragraph()
        elif kind == "math":
            if token[0].startswith("$$"):
                self.code(token[0])
            else:
                self.put(token[0])
        elif kind == "cell":
            self.next_cell()
        elif kind == "typed":
            self.put(_TYPED[token[0]])
        elif kind == "shorthand":
            sign = token[0][1]
            is_letter = sign in "aouAOU"
            shown = known.accented(sign, '"') if is_letter else _GERMAN_SHORTHANDS[sign]
            self.put(shown if self._has_german_shorthands else token[0])

    def _symbol(self, source: LatexSource, symbol: str, at: int) -> int:
        """Write a command of one sign, and return the offset behind it."""
        if symbol in known.ACCENTS and not symbol.isalpha():
            return self.accent(source, symbol, at)
        if symbol == "\\":
            self.end_line()
            return source.skip_optional(at + source.text.startswith("*", at))
        if symbol in "([":
            closing = ")" if symbol == "(" else "]"
            end = source.text.find(f"\\{closing}", at, at + _MAX_FORMULA_CHARS)
            if end > 0:
                formula = source.text[at - 2 : end + 2]
                self.put(formula) if symbol == "(" else self.code(formula)
                return end + 2
        self.put(known.ESCAPES.get(symbol, symbol))
        return at

    def accent(self, source: LatexSource, accent: str, at: int) -> int:
        """Write the letter at an offset with an accent, and return the offset behind it."""
        base = _ACCENT_BASE.match(source.text, at)
        if base is None:
            return at
        letter = (base[1] or base[3] or "") + (base[2] or base[4] or "")
        sign = accent if accent in '~^`"' else ""  # alone
        self.put(known.accented(letter, accent) if letter else sign)
        return base.end()
