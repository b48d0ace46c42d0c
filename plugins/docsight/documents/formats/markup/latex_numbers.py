"""Numbers that LaTeX computes: of sections, figures, tables, formulas and items, which references stand for."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

_CHAPTER_DEPTH, _SECTION_DEPTH = 1, 2  # depths of sectioning commands; a part is 0
_DEEPEST_BELOW_TOP = 2  # a chapter and two levels below it have numbers, or a section and two below it
_UNNUMBERED_FORMULAS = frozenset(("displaymath", "math"))
_FORMULAS_OF_LINES = frozenset(("align", "gather", "eqnarray", "flalign", "alignat"))
_FORMULA_LINE = re.compile(r"\\\\(?:\[[^\]]{0,20}\])?")
_LABEL = re.compile(r"[ \t]*\\label[ \t]*\{([^{}]{1,200})\}[ \t]*")
_NO_NUMBER = re.compile(r"\\(?:nonumber|notag)\b")
_TAG = re.compile(r"\\tag\*?\{([^{}]{1,40})\}")
# The parts of figures and tables have numbers of their own, which are not computed.
_FLOATS = {
    "subfigure": "",
    "subtable": "",
    "figure": "figure",
    "wrapfigure": "figure",
    "table": "table",
    "wraptable": "table",
    "longtable": "table",
}


class Numbered(NamedTuple):
    """What a label stands for: a section, figure, table, equation, item or source, and its number."""

    kind: str
    number: str


class LatexNumbers:
    """Counts what a document numbers, in the order of its text.

    Args:
        has_chapters: Whether the numbers of sections begin with that of their chapter.
        is_complete: Whether the file has the whole document, so that numbers can be computed.

    Attributes:
        labels: What each label stands for, and each key of a list of sources.
    """

    def __init__(self, *, has_chapters: bool, is_complete: bool) -> None:
        self.labels: dict[str, Numbered] = {}
        self._top = _CHAPTER_DEPTH if has_chapters else _SECTION_DEPTH
        self._is_complete = is_complete
        self._sections: Counter[int] = Counter()  # by depth
        self._others: Counter[str] = Counter()  # by kind
        self._is_appendix = False
        self._is_unnumbered = False  # the matter before or after the text of a book
        self._current: Numbered | None = None

    def begin_matter(self, command: str) -> None:
        """Begin the front, main or back matter of a book, or its appendix."""
        if command == "appendix":
            self._is_appendix = True
            self._sections.clear()
        else:
            self._is_unnumbered = command != "mainmatter"

    def section(self, depth: int) -> None:
        """Count a section; those that are too deep have no number."""
        if self._is_unnumbered or not self._top <= depth <= self._top + _DEEPEST_BELOW_TOP:
            return
        self._sections[depth] += 1
        for deeper in [each for each in self._sections if each > depth]:
            del self._sections[deeper]
        if depth == _CHAPTER_DEPTH:
            self._others = Counter({"source": self._others["source"]})
        numbers = [str(self._sections[each]) for each in range(self._top, depth + 1)]
        if self._is_appendix and 0 < self._sections[self._top] <= 26:
            numbers[0] = chr(ord("A") - 1 + self._sections[self._top])
        self._current = Numbered("chapter" if depth == _CHAPTER_DEPTH else "section", ".".join(numbers))

    def caption(self, environments: Sequence[str]) -> None:
        """Count a figure or a table, given the names of the environments that are open around its caption."""
        kind = next((_FLOATS[name] for name in reversed(environments) if name in _FLOATS), "")
        self._current = self._next(kind) if kind else None

    def item(self, number: int | None) -> None:
        """Begin an item of a list, or a theorem; None if its number is not computed."""
        self._current = None if number is None else Numbered("item", str(number))

    def formula(self, environment: str, content: str) -> str:
        """Count the formulas of an environment, named with its star; return them without their labels."""
        if environment.rstrip("*") not in _UNNUMBERED_FORMULAS:
            is_of_lines = environment.rstrip("*") in _FORMULAS_OF_LINES
            for line in _FORMULA_LINE.split(content) if is_of_lines else [content]:
                tag = _TAG.search(line)
                has_number = not environment.endswith("*") and tag is None and not _NO_NUMBER.search(line)
                found = self._next("equation") if has_number and line.strip() else None
                for label in _LABEL.findall(line):
                    self._keep(label, found if tag is None else Numbered("equation", tag[1]))
        return _LABEL.sub(" ", content)

    def label(self, key: str) -> None:
        """Let a label stand for what was numbered last."""
        self._keep(key, self._current)

    def source(self, key: str, label: str) -> str:
        """Count an entry of a list of sources, and return what a citation shows for it."""
        self._others["source"] += not label
        shown = label or str(self._others["source"])
        self.labels[key] = Numbered("source", shown)
        return shown

    def _keep(self, key: str, numbered: Numbered | None) -> None:
        if self._is_complete and numbered is not None:
            self.labels[key.strip()] = numbered

    def _next(self, kind: str) -> Numbered:
        self._others[kind] += 1
        chapter = self._sections[_CHAPTER_DEPTH] if self._top == _CHAPTER_DEPTH else 0
        prefix = (
            f"{chr(ord('A') - 1 + chapter) if self._is_appendix and chapter <= 26 else chapter}." if chapter else ""
        )
        return Numbered(kind, f"{prefix}{self._others[kind]}")


def reference_text(command: str, keys: str, labels: dict[str, Numbered], before: str, after: str) -> str:
    """Return what a reference or a citation shows; keys whose numbers are not known stand in brackets.

    Args:
        command: Its name, such as `ref`.
        keys: What it refers to, separated by commas.
        labels: What labels stand for.
        before: The text before the sources of a citation.
        after: The text after them, such as a page.
    """
    names = [name.strip() for name in keys.split(",") if name.strip()]
    if "cite" in command.lower():
        shown = ", ".join(labels[name].number if name in labels else name for name in names)
        return f"[{', '.join(filter(None, (f'{before} {shown}'.strip(), after)))}]"
    known = [labels[name] for name in names if name in labels]
    if len(known) < len(names) or not known or command in ("pageref", "cpageref", "nameref"):
        return f"[{', '.join(filter(None, (keys.strip(), after)))}]"
    numbers = ", ".join(f"({one.number})" if command == "eqref" else one.number for one in known)
    if command in ("autoref", "Cref"):
        return f"{known[0].kind.capitalize()} {numbers}"
    return f"{known[0].kind} {numbers}" if command == "cref" else numbers
