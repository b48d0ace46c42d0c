"""Reads the body of a LaTeX document, token by token."""

import re
from collections.abc import Iterable

from docsight.documents.formats.markup import latex_commands as known
from docsight.documents.formats.markup.latex_environments import OVERLAY, LatexEnvironments
from docsight.documents.formats.markup.latex_macros import Macro
from docsight.documents.formats.markup.latex_numbers import LatexNumbers, Numbered, reference_text
from docsight.documents.formats.markup.latex_scanner import Closing
from docsight.documents.formats.markup.latex_source import LatexSource
from docsight.documents.formats.markup.markup_writer import MarkupRun, Stated, plain_text
from docsight.documents.formats.text.builder import Block

_SPACE_AFTER_COMMAND = re.compile(r"[ \t]*(?:\n(?![ \t]*\n))?[ \t]*")
_VERBATIM = re.compile(r"(?:\[[^\]\n]{0,200}\])?([^\sa-zA-Z{*])([^\n]{0,2000}?)\1")
_STATED_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NEXT_AUTHOR = re.compile(r"\s*\\(?:and|And|AND)\b\s*")
_TITLE_PAGE = re.compile(r"\\(?:maketitle|titlepage|makecvtitle)\b")
_ASSIGNED = re.compile(r"=[ \t]*-?[\d.]+[ \t]*(?:true)?(?:pt|em|ex|cm|mm|in)?\b[ \t]*")
_LINE_END = re.compile(r"\\\\")
_THANKS = re.compile(r"\\(?:thanks|footnote|inst)\{[^{}]*\}")
_MAX_MACRO_DEPTH = 10  # of commands that stand for others
_MAX_MACRO_TEXT_CHARS = 1_000_000  # that all commands of a document stand for together; they could grow without bound
_MATTERS = ("appendix", "frontmatter", "mainmatter", "backmatter")
_QUOTATION_MARKS = ("\u201c", "\u201d")


class LatexReader(LatexEnvironments):
    """Reads a body to `writer`, and what it states about itself to `stated`.

    Args:
        top_level: The depth of the sectioning command whose headings have the level 1.
        numbers: Counts what the document numbers.
        labels: What the labels stand for, if they are known from reading the document before.
        has_german_shorthands: Whether `"a` is a letter.
    """

    def __init__(
        self, *, top_level: int, numbers: LatexNumbers, labels: dict[str, Numbered], has_german_shorthands: bool
    ) -> None:
        super().__init__(numbers=numbers, has_german_shorthands=has_german_shorthands)
        self.has_references = False
        self._labels = labels
        self.stated = Stated()
        self._top_level = top_level
        self._macros: dict[str, Macro] = {}
        self._macro_depth = 0
        self._expansion_left = _MAX_MACRO_TEXT_CHARS
        self._statements: dict[str, list[MarkupRun]] = {}

    def define(self, macros: Iterable[tuple[str, Macro]]) -> None:
        """Set commands that stand for texts."""
        self._macros |= dict(macros)

    def define_theorems(self, names: Iterable[tuple[str, str]]) -> None:
        """Set what environments of theorems begin with."""
        self.theorems |= dict(names)

    def state(self, name: str, written: str) -> None:
        """Keep the title, the authors or the date of the document, as written."""
        if name == "author":
            entries = [_LINE_END.split(each) for each in _NEXT_AUTHOR.split(written)]
            names = [plain_text(self.rendered(_THANKS.sub("", lines[0]))) for lines in entries]
            self.stated = self.stated._replace(authors=tuple(filter(None, names)))
            self._statements[name] = self.rendered("; ".join(", ".join(map(str.strip, lines)) for lines in entries))
            return
        self._statements[name] = self.rendered(
            _LINE_END.sub(" " if "title" in name else ", ", _NEXT_AUTHOR.sub("; ", written))
        )
        plain = plain_text(self.rendered(_THANKS.sub("", written)))
        if name == "title":
            self.stated = self.stated._replace(title=plain)
        elif name == "date" and (day := _STATED_DAY.search(plain)) is not None:
            self.stated = self.stated._replace(date=day[0])

    def read(self, body: str) -> None:
        if _TITLE_PAGE.search(body) is None:
            self._write_title()
        self.scan(body)
        while self.is_in_table:
            self.end_table()

    def _write_title(self) -> None:
        self.end_paragraph()
        for name, runs in self._statements.items():
            if name == "title":
                self.writer.block(runs, Block(kind="heading", level=1))
            else:
                self.writer.paragraph(runs)
        self._statements = {}

    def read_command(self, source: LatexSource, name: str, at: int) -> tuple[int, list[Closing]]:
        text = source.text
        base = name.rstrip("*")
        if base in ("verb", "lstinline") and (literal := _VERBATIM.match(text, at)) is not None:
            self.put(literal[2])
            return literal.end(), []
        if base in ("begin", "end"):
            return self.read_environment(source, base, at)
        if (overlay := OVERLAY.match(text, at)) is not None:
            at = overlay.end()
        space = _SPACE_AFTER_COMMAND.match(text, at)
        behind = space.end() if space is not None else at
        if base in known.LETTER_COMMANDS and not (base in known.ACCENTS and text.startswith("{", behind)):
            self.put(known.LETTER_COMMANDS[base])
            return behind, []
        if base in known.ACCENTS and (text.startswith("{", behind) or behind > at):
            return self.accent(source, base, at), []
        if base in known.SIGNS:
            sign = known.SIGNS[base]
            self.end_line() if sign == "\n" else self.put(sign)
            return (at + 2 if text.startswith("{}", at) else at), []
        if base in self._macros:
            return self._expand(self._macros[base], source, at), []
        return self._structure(source, base, behind, is_starred=name.endswith("*"))

    def _expand(self, macro: Macro, source: LatexSource, at: int) -> int:
        """Read what a command stands for, and return the offset behind it and its arguments."""
        arguments, at = macro.arguments(source, at)
        if macro.parameters == 0 and source.text.startswith("{}", at):
            at += 2
        written = macro.expanded(arguments)
        if self._macro_depth == _MAX_MACRO_DEPTH or len(written) > self._expansion_left:
            self.put(" ".join(arguments))
            return at
        self._expansion_left -= len(written)
        self._macro_depth += 1
        self.scan(written)
        self._macro_depth -= 1
        return at

    def _structure(self, source: LatexSource, name: str, at: int, *, is_starred: bool) -> tuple[int, list[Closing]]:
        """Read a command that is no text of its own."""
        group = source.group(source.skip_optional(at))
        if (name in known.SECTIONS and group is not None) or name in (
            "caption",
            "captionof",
            "frametitle",
            "framesubtitle",
            "chaptermark",
        ):
            self._count(name, is_starred=is_starred)
            return self._titled(source, name, at)
        if name in ("footnote", "thanks", "footnotetext", "marginpar", "endnote", "sidenote") and group is not None:
            self.begin_capture()
            return group, [self._end_note]
        if (
            name in ("title", "subtitle", "author", "institute", "affil", "date")
            and (found := source.argument(source.skip_optional(at))) is not None
        ):
            self.state(name, found[0])
            return found[1], []
        if name in ("maketitle", "titlepage", "makecvtitle"):
            self._write_title()
            return at, []
        if name in known.QUESTIONS or (name == "part" and group is None):
            return self._item(source, "question", at), []
        if name in ("item", "bibitem"):
            return self._item(source, name, at), []
        if name == "note" and group is not None:
            self.begin_block(Block(kind="speaker_note"))
            return group, [self.end_paragraph]
        if name in known.PARAGRAPHS and group is not None:
            self.end_paragraph()
            return group, [self.end_paragraph]
        if name == "multicolumn":
            return self._merged_cells(source, at)
        if name in ("href", "url", "nolinkurl", "path"):
            return self._link(source, name, at)
        if name in ("enquote", "textquote") and group is not None:
            self.put(_QUOTATION_MARKS[0])
            return group, [lambda: self.put(_QUOTATION_MARKS[1])]
        return self._setting(source, name, at), []

    def _setting(self, source: LatexSource, name: str, at: int) -> int:
        """Read a reference or a command that only sets something; return the offset behind it."""
        if name in known.DEFINITIONS:
            return self._skip_definition(source, name, at)
        if name == "par":
            self.end_paragraph()
            return at
        if known.REFERENCE_COMMAND.fullmatch(name) and (found := source.argument(source.skip_optional(at))) is not None:
            self._refer(source, name, at, found[0])
            return found[1]
        if name == "label" and (found := source.argument(at)) is not None:
            self.numbers.label(found[0])
            return found[1]
        if name in _MATTERS:
            self.numbers.begin_matter(name)
            return at
        if name in known.LENGTHS:
            length = known.DIMENSION.match(source.text, at)
            return length.end() if length is not None else at
        if name in known.DROPPED_ARGUMENTS:
            return source.skip(at, known.DROPPED_ARGUMENTS[name])
        if (value := _ASSIGNED.match(source.text, at)) is not None:
            return value.end()
        if name.startswith("cv"):
            self.end_paragraph()  # entries of a curriculum vitae
        return source.skip_optional(at) if source.group(source.skip_optional(at)) is not None else at

    def _refer(self, source: LatexSource, name: str, at: int, keys: str) -> None:
        """Write a reference or a citation, whose optional arguments begin at an offset."""
        self.has_references = True
        first, behind = source.optional(at)
        second, end = source.optional(behind)
        before, after = (first, second) if end > behind else ("", first)
        before, after = (plain_text(self.rendered(each)) for each in (before, after))
        self.put(reference_text(name, keys, self._labels, before, after))

    def _count(self, name: str, *, is_starred: bool) -> None:
        """Count a section, or a figure or table by its caption."""
        if name in known.SECTIONS and not is_starred:
            self.numbers.section(known.SECTIONS[name])
        elif name.startswith("caption") and not is_starred:
            self.numbers.caption(self.environment_names)

    def _titled(self, source: LatexSource, name: str, at: int) -> tuple[int, list[Closing]]:
        """Begin a heading or a caption, whose text is the next group."""
        at = source.skip(at, 1) if name == "captionof" else source.skip_optional(at)
        if (group := source.group(at)) is None:
            return at, []
        if name.startswith("caption") and self.is_in_table:
            self.begin_capture()
            return group, [self.end_table_caption]
        if name.startswith("caption"):
            self.begin_block(Block(kind="caption"))
        else:
            level = known.SECTIONS.get(name, known.SECTIONS["section"]) - self._top_level + 1
            self.writer.item = None
            self.begin_block(Block(kind="heading", level=max(level, 1)))
        return group, [self.end_paragraph]

    def _end_note(self) -> None:
        runs = self.end_capture()
        if plain_text(runs):
            self.put(self.writer.note(runs))

    def _item(self, source: LatexSource, name: str, at: int) -> int:
        """Begin an item of a list, with its number or its term."""
        term, at = source.optional(at)
        key = source.argument(at) if name == "bibitem" else None
        number, is_numbered = self.next_number()
        marker = f"{number}. " if is_numbered and (not term or name != "item") else ""
        self.numbers.item(number if is_numbered and self.list_level == 1 else None)
        if name == "bibitem":
            shown = self.numbers.source(key[0].strip() if key is not None else "", plain_text(self.rendered(term)))
            marker, at = f"[{shown}] ", key[1] if key is not None else at
        elif term and name == "item":
            marker = f"{plain_text(self.rendered(term))} "
        self.begin_item(self.list_level, marker)
        return at

    def _merged_cells(self, source: LatexSource, at: int) -> tuple[int, list[Closing]]:
        count = source.argument(at)
        group = source.group(source.skip(at, 2))
        if count is None or group is None:
            return source.skip(at, 2), []
        covered = int(count[0]) - 1 if count[0].strip().isdecimal() and len(count[0]) < 4 else 0
        return group, [lambda: self.next_cell(covered) if covered and self.is_in_table else None]

    def _link(self, source: LatexSource, name: str, at: int) -> tuple[int, list[Closing]]:
        found = source.argument(source.skip_optional(at))
        if found is None:
            return at, []
        target = found[0].replace("\\", "").strip()
        group = source.group(found[1]) if name == "href" else None
        before, self.link = self.link, target if name != "path" else ""
        if group is None:
            self.put(target)
            self.link = before
            return found[1], []

        def close() -> None:
            self.link = before

        return group, [close]

    @staticmethod
    def _skip_definition(source: LatexSource, name: str, at: int) -> int:
        """Return the offset behind the definition of a command."""
        if name == "let":
            found = re.compile(r"\\[a-zA-Z@]+[ \t]*=?[ \t]*\\[a-zA-Z@]+").match(source.text, at)
            return found.end() if found is not None else at
        command = re.compile(r"\*?[ \t]*\\(?:[a-zA-Z@]+|.)(?:#\d|[ \t])*").match(source.text, at)
        at = command.end() if command is not None else source.skip(at, 1)
        return source.skip(at, 2 if name.endswith("environment") else 1)
