"""Environments of LaTeX: lists, tables, quotes, code, formulas and slides."""

import re
from typing import NamedTuple

from docsight.documents.formats.content import Kind
from docsight.documents.formats.markup import latex_commands as known
from docsight.documents.formats.markup.latex_numbers import LatexNumbers
from docsight.documents.formats.markup.latex_scanner import Closing, LatexScanner
from docsight.documents.formats.markup.latex_source import LatexSource
from docsight.documents.formats.markup.markup_writer import plain_text
from docsight.documents.formats.text.builder import Block

_MAX_OPEN_ENVIRONMENTS = 100
# On which slides a command of beamer applies, or in which version of the document.
OVERLAY = re.compile(r"<(?:[\d+*.,|-]|presentation|article|beamer|handout|trans|all|alert)[^<>\n]{0,40}>\*?")


class _Environment(NamedTuple):
    """An environment that is open, and what was open around it."""

    name: str
    kind: Kind
    item: Block | None


class LatexEnvironments(LatexScanner):
    """Reads environments.

    Args:
        numbers: Counts what the document numbers.
        has_german_shorthands: Whether `"a` is a letter.
    """

    def __init__(self, *, numbers: LatexNumbers, has_german_shorthands: bool) -> None:
        super().__init__(has_german_shorthands=has_german_shorthands)
        self.numbers = numbers
        self._environments: list[_Environment] = []
        self._numbers: list[int] = []  # of the last items of the lists that are open
        self._never_ended: set[str] = set()
        self.theorems: dict[str, str] = {}  # what environments that the document defines begin with

    @property
    def list_level(self) -> int:
        return len(self._numbers)

    @property
    def environment_names(self) -> list[str]:
        """The names of the environments that are open, from the outermost."""
        return [each.name for each in self._environments[-_MAX_OPEN_ENVIRONMENTS:]]

    def next_number(self) -> tuple[int, bool]:
        """Return the number of the next item of the innermost list, and whether the list shows it."""
        if not self._numbers:  # a list that is unknown
            self._numbers.append(0)
        self._numbers[-1] += 1
        names = (each.name for each in reversed(self._environments) if each.name in known.LIST_ENVIRONMENTS)
        return self._numbers[-1], next(names, "") in known.NUMBERED_ENVIRONMENTS

    def read_environment(self, source: LatexSource, command: str, at: int) -> tuple[int, list[Closing]]:
        """Begin or end an environment; return the offset behind it, and what to do at the end of its argument."""
        found = source.argument(at)
        if found is None:
            return at, []
        name, at = found[0].strip(), found[1]
        if (overlay := OVERLAY.match(source.text, at)) is not None:
            at = overlay.end()
        base = name.rstrip("*")
        if command == "end":
            self._end_environment(base)
            return at, []
        if base in known.DROPPED_ENVIRONMENTS | known.VERBATIM_ENVIRONMENTS | known.MATH_ENVIRONMENTS:
            return self._raw_environment(source, name, at), []
        title, _ = source.optional(at)
        at = source.skip(at, known.ENVIRONMENT_ARGUMENTS.get(name, known.ENVIRONMENT_ARGUMENTS.get(base, 0)))
        has_known_arguments = name in known.ENVIRONMENT_ARGUMENTS or base in known.ENVIRONMENT_ARGUMENTS
        self._begin_environment(base, title)
        if has_known_arguments or (group := source.group(at)) is None:
            return at, []
        if base == "frame":
            self.begin_block(Block(kind="heading", level=1))
        return group, [self.end_paragraph if base in ("frame", "letter") else lambda: self.put(" ")]

    def _begin_environment(self, name: str, title: str) -> None:
        self.end_paragraph()
        self._environments.append(_Environment(name, self.writer.kind, self.writer.item))
        if name in known.TABLE_ENVIRONMENTS:
            self.begin_table()
        elif name in known.LIST_ENVIRONMENTS:
            self._numbers.append(0)
        elif name in known.QUOTE_ENVIRONMENTS:
            self.writer.kind = "quote"
        elif label := self.theorems.get(name, name.capitalize() if name in known.THEOREMS else ""):
            self.numbers.item(None)
            about = f" ({plain_text(self.rendered(title))})" if title else ""
            self.writer.prefix(f"{label}{about}. ")

    def _end_environment(self, name: str) -> None:
        """Close an environment, and those within it that have no end."""
        if not any(each.name == name for each in self._environments[-_MAX_OPEN_ENVIRONMENTS:]):
            return
        self.end_paragraph()
        while True:
            ended = self._environments.pop()
            if ended.name in known.TABLE_ENVIRONMENTS:
                self.end_table()
            elif ended.name in known.LIST_ENVIRONMENTS and self._numbers:
                self._numbers.pop()
            self.writer.kind, self.writer.item = ended.kind, ended.item
            if ended.name == name:
                return

    def _raw_environment(self, source: LatexSource, name: str, at: int) -> int:
        """Write code or a formula as it is; drawings and comments are left out."""
        mark = f"\\end{{{name}}}"
        end = -1 if name in self._never_ended else source.text.find(mark, at)
        if end < 0:
            self._never_ended.add(name)
            return at
        base = name.rstrip("*")
        content = source.text[at:end]
        if base in known.VERBATIM_ENVIRONMENTS:
            begin = source.skip(at, known.ENVIRONMENT_ARGUMENTS.get(base, 0))
            self.code(source.text[begin:end])
        elif base in known.MATH_ENVIRONMENTS:
            self.code(self.numbers.formula(name, content))
        return end + len(mark)
