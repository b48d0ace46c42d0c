"""Directives of reStructuredText: what a document shows of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from docsight.documents.formats.markup.markup_writer import dedented

_DIRECTIVE_LINE = re.compile(r"\.\. +(?:\|[^|\n]+\| )?([A-Za-z][\w:+.-]*?) ?::(?: +(.*))?$")
_OPTION_LINE = re.compile(r":([\w-]+):(?: +(.*))?$")
# fmt: off
_CODE_DIRECTIVE_NAMES = frozenset((
    "code", "code-block", "sourcecode", "parsed-literal", "literalinclude", "testcode", "testoutput", "doctest",
    "prompt", "math", "graphviz", "digraph", "graph", "mermaid", "uml", "productionlist", "ipython", "console",
))
# Settings, and parts of the page that a program makes from other files.
_NOT_SHOWN_DIRECTIVES = frozenset((
    "contents", "toctree", "include", "raw", "role", "default-role", "highlight", "currentmodule", "module", "index",
    "sectnum", "section-numbering", "target-notes", "meta", "tabularcolumns", "testsetup", "testcleanup",
    "bibliography", "header", "replace", "unicode", "autosummary", "plot", "default-domain", "cssclass", "rst-class",
    "title", "date", "sectionauthor", "codeauthor", "moduleauthor",
))
_ADMONITIONS = frozenset((
    "attention", "caution", "danger", "error", "hint", "important", "note", "tip", "warning", "seealso", "todo",
))
_OBJECTS = frozenset((
    "class", "function", "method", "classmethod", "staticmethod", "attribute", "property", "data", "exception",
    "option", "cmdoption", "envvar", "describe", "object", "program", "confval", "setting", "decorator", "macro",
    "type",    "member", "enum", "opcode", "2to3fixer",
))
# fmt: on
_VERSION_LABELS = {
    "versionadded": "Added in version ",
    "versionchanged": "Changed in version ",
    "deprecated": "Deprecated since version ",
}
_QUOTE_DIRECTIVES = ("epigraph", "highlights", "pull-quote")
_CAPTIONED = ("table", "csv-table", "list-table")

ArgumentKind = Literal["text", "caption", "code", "image", "omitted", "nothing"]


@dataclass
class Directive:
    """A directive: `.. name:: argument`, its options and its content without their indent."""

    name: str
    argument: str
    options: dict[str, str] = field(default_factory=dict)
    content: list[str] = field(default_factory=list)

    @property
    def is_code(self) -> bool:
        return self.name in _CODE_DIRECTIVE_NAMES

    @property
    def is_math(self) -> bool:
        return self.name == "math"

    @property
    def is_quote(self) -> bool:
        return self.name in _QUOTE_DIRECTIVES

    @property
    def label(self) -> str:
        """What a document shows before its text."""
        if self.name == "seealso":
            return "See also: "
        return f"{self.name.capitalize()}: " if self.name in _ADMONITIONS else _VERSION_LABELS.get(self.name, "")


def parse_directive(line: str, body: Sequence[str]) -> Directive | None:
    """Return the directive that begins at a line, given the indented lines below it; None if it is a comment."""
    if (found := _DIRECTIVE_LINE.match(line)) is None:
        return None
    directive = Directive(found[1].lower(), found[2] or "")
    lines = dedented(body)
    at = 0
    separator = "\n" if argument_kind(directive.name) == "code" else " "
    while (
        at < len(lines)
        and lines[at]
        and not _OPTION_LINE.match(lines[at])
        and directive.argument
        and not directive.is_code
    ):
        directive.argument += separator + lines[at].strip()  # an argument on several lines
        at += 1
    while at < len(lines) and (option := _OPTION_LINE.match(lines[at])) is not None:
        name, value = option[1].lower(), option[2] or ""
        at += 1
        while at < len(lines) and lines[at].startswith(" "):
            value += f" {lines[at].strip()}"
            at += 1
        directive.options[name] = value
    while at < len(lines) and not lines[at]:
        at += 1
    directive.content = lines[at:]
    if directive.name in _VERSION_LABELS:
        version, _, text = directive.argument.partition(" ")
        directive.argument = f"{version}: {text}" if text else version
    if directive.name == "class" and not directive.content and directive.argument.islower():
        directive.name = "rst-class"  # how the next paragraph looks
    return directive


def argument_kind(name: str) -> ArgumentKind:
    """Return what the argument of a directive is: "nothing" if a document shows nothing of the directive at all."""
    if name == "image" or name == "figure":
        return "image"
    if name in _NOT_SHOWN_DIRECTIVES or name.startswith(("auto", "doxygen")):
        return "nothing"
    if name in _CAPTIONED:
        return "caption"
    if name in ("only", "ifconfig", "container", "hlist", "tab-set", "grid", "compound"):
        return "omitted"
    return "code" if ":" in name or name in _OBJECTS else "text"
