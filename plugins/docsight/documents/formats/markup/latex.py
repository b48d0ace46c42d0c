"""LaTeX: the text that a document sets, without its preamble, comments and commands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.markup.latex_commands import SECTIONS
from docsight.documents.formats.markup.latex_macros import macros
from docsight.documents.formats.markup.latex_numbers import LatexNumbers, Numbered
from docsight.documents.formats.markup.latex_reader import LatexReader
from docsight.documents.formats.markup.latex_source import LatexSource, without_comments
from docsight.documents.formats.markup.markup_writer import decoded
from docsight.documents.formats.source import Source

_DOCUMENT = re.compile(r"\\begin[ \t]*\{document\}")
_DOCUMENT_END = re.compile(r"\\end[ \t]*\{document\}")
_CLASS = re.compile(r"^[^%\n]*\\document(?:class|style)\b", re.M)
_SKIPPED = re.compile(r"\\iffalse\b.*?\\fi\b", re.S)
_STATEMENT = re.compile(
    r"\\(?:setkomavar\{(from(?:name|address|phone|email)|place|subject|title|date|signature)\}|"
    r"(title|subtitle|author|institute|affil|address|name|phone|email|homepage|signature|subject|date)(?![a-zA-Z]))"
)
_THEOREM = re.compile(r"\\newtheorem\*?\{(\w+)\}(?:\[\w+\])?\{([^{}\\]{1,100})\}")
_INCLUDED = re.compile(r"\\(?:input|include|subfile)[ \t]*\{([^{}\n]{1,200})\}")
_CHAPTER = re.compile(r"\\(?:chapter|part)\b")
# Classes and commands with which numbers are others than those that are computed.
_OTHER_NUMBERS = re.compile(
    r"\\documentclass(?:\[[^\]]*\])?\{(?:IEEEtran|revtex\w*[-\d]*|beamer|letter|moderncv|exam)\}|"
    r"\\(?:numberwithin|counterwithin|titleformat|captionof|ContinuedFloat|(?:set|step|refstep)counter|addtocounter)\b|"
    r"\\renewcommand\*?\{?\\the(?:section|chapter|figure|table|equation)\b"
)
_GERMAN_PACKAGE = re.compile(
    r"\\(?:usepackage|documentclass)\[[^\]]*(?:german|austrian)[^\]]*\]|\\usepackage\{n?german\}"
)
_MAX_FILES_NAMED = 5


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text of the file as one document."""
    text, encoding = decoded(source)
    if "\\iffalse" in text and "\\fi" in text:
        text = _SKIPPED.sub("", text)
    is_document = _CLASS.search(text) is not None  # other files are parts of documents
    start, end = (_DOCUMENT.search(text), _DOCUMENT_END.search(text)) if is_document else (None, None)
    preamble = without_comments(text[: start.start()]) if start is not None else ""
    body = text[start.end() if start is not None else 0 : end.start() if end is not None else len(text)]
    reader = _read(preamble, body, {}, is_document=is_document)
    if reader.has_references and (labels := reader.numbers.labels):
        reader = _read(preamble, body, labels, is_document=is_document)  # as LaTeX does, for labels that follow
    yield replace(reader.writer.document(encoding, reader.stated), notes=tuple(_notes(without_comments(body))))


def _read(preamble: str, body: str, labels: dict[str, Numbered], *, is_document: bool) -> LatexReader:
    """Read a document, given what its labels stand for as far as that is known."""
    has_chapters = _CHAPTER.search(body) is not None
    is_complete = is_document and not _INCLUDED.search(body) and not _OTHER_NUMBERS.search(preamble + body)
    reader = LatexReader(
        top_level=SECTIONS["chapter" if has_chapters else "section"],
        numbers=LatexNumbers(has_chapters=has_chapters, is_complete=is_complete),
        labels=labels,
        has_german_shorthands=_GERMAN_PACKAGE.search(preamble) is not None,
    )
    statements = LatexSource(preamble)
    reader.define(macros(statements))
    reader.define_theorems(_THEOREM.findall(preamble))
    for found in _STATEMENT.finditer(preamble):
        if (argument := statements.argument(statements.skip_optional(found.end()))) is not None:
            further = statements.argument(argument[1]) if found[2] == "name" else None
            reader.state(found[1] or found[2], f"{argument[0]} {further[0]}" if further is not None else argument[0])
    reader.read(body)
    return reader


def _notes(body: str) -> Iterator[str]:
    names: Sequence[str] = list(dict.fromkeys(_INCLUDED.findall(body)))
    if names:
        listed = ", ".join(names[:_MAX_FILES_NAMED]) + (", …" if len(names) > _MAX_FILES_NAMED else "")
        yield f"it includes other files, which are not read with it: {listed}"
