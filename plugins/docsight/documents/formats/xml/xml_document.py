"""XML: documents in DocBook, JATS and TEI, drawings in SVG, and the text of other files as lines."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape

from docsight.documents.formats.content import ParsedDocument, SkipError
from docsight.documents.formats.office.markup import parse_xml
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.builder import LINE, PARAGRAPH, TextBuilder
from docsight.documents.formats.text.encoding import decode
from docsight.documents.formats.text.html import declared_encoding
from docsight.documents.formats.xml.article import ArticleWriter
from docsight.documents.formats.xml.drawing import write_drawing
from docsight.documents.formats.xml.elements import entity_text, local_name, title_of
from docsight.documents.formats.xml.entities import declared_names, expand_entities, known_character
from docsight.documents.formats.xml.malformed import repair, without_markup
from docsight.documents.formats.xml.vocabularies import ARTICLE_ROOTS
from docsight.errors import DataError, MissingExtraError

_MAX_DOCUMENT_BYTES = 256 << 20  # the tree takes several times as much memory
_MAX_NODES = 10_000_000  # elements and attributes; each takes about a hundred bytes of memory
# An entity that is not predefined; files that are meant to be included in others do not declare theirs.
_NAMED_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][\w.-]{0,40});")
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_UNDECLARED_ENTITY = 26  # an error of libxml2
_ENCODING_ERRORS = frozenset((9, 31, 32, 81))  # of libxml2: invalid characters, unknown and wrong encodings
_NOT_XML = frozenset((4, 114))  # errors of libxml2: there is no element, or they are nested too deeply
_HARMLESS = frozenset((*range(200, 206), 539))  # errors of libxml2 in names of namespaces, and in identifiers
_MAX_REASON_CHARS = 150


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text as one document.

    Raises:
        DataError: It is damaged, too large, or nested too deeply.
        SkipError: It has no text, as many drawings and settings of programs.
        MissingExtraError: lxml is not installed.
    """
    data = source.read_bytes()
    if len(data) > _MAX_DOCUMENT_BYTES:
        raise DataError(f"has {len(data):,} bytes of XML; expected at most {_MAX_DOCUMENT_BYTES:,}")
    if (nodes := data.count(b"<") + data.count(b"=")) > _MAX_NODES:
        raise DataError(f"has {nodes:,} elements and attributes; expected at most {_MAX_NODES:,}")
    try:
        from lxml import etree  # type: ignore[import-untyped]
    except ImportError as err:
        raise MissingExtraError("Reading XML", "documents") from err
    try:
        yield _document(parse_xml(data))
    except etree.XMLSyntaxError as err:
        if err.code in _NOT_XML:
            raise DataError(f"cannot be read as XML: {err}") from err
        yield _document(parse_xml(data, recover=True)) if err.code in _HARMLESS else _read_malformed(data, err)


def _read_malformed(data: bytes, problem: Any) -> ParsedDocument:
    """Return the document in a file of which `problem` is the first error: with a wrong encoding, or a repaired one."""
    from lxml import etree

    text, guessed = decode(data, declared=declared_encoding(data))
    text = _with_characters(_XML_DECLARATION.sub("", text))
    encoding = guessed if problem.code in _ENCODING_ERRORS else ""
    if encoding or problem.code == _UNDECLARED_ENTITY:
        with suppress(etree.XMLSyntaxError, UnicodeEncodeError):
            return replace(_document(parse_xml(text.encode())), encoding=encoding)
    reason = (problem.msg or "").partition("\n")[0]
    note = f"it is not well-formed XML ({reason[:_MAX_REASON_CHARS]}); "
    try:
        if (root := repair(text)) is not None:
            document = _document(root)
            return replace(document, encoding=encoding, notes=(f"{note}it was repaired", *document.notes))
    except SkipError as err:
        raise DataError(f"cannot be read as XML: {problem}") from err
    builder = TextBuilder()
    for line in without_markup(text).splitlines():
        builder.interrupt(LINE)
        builder.write_collapsed(line)
    if not len(builder):
        raise DataError(f"cannot be read as XML: {problem}") from problem
    return ParsedDocument(
        text=builder.text(),
        encoding=encoding,
        passages=tuple(builder.passages()),
        notes=(f"{note}its text was read without its structure",),
    )


def _document(root: Any) -> ParsedDocument:
    builder = TextBuilder()
    notes = expand_entities(root)
    name, title = local_name(root), ""
    if name in ARTICLE_ROOTS:
        ArticleWriter(builder, root)
        title = title_of(root)
    elif name == "svg":
        write_drawing(root, builder)
    else:
        _write_lines(root, builder)
    if not len(builder):
        raise SkipError("a drawing without text" if name == "svg" else "XML without text")
    return ParsedDocument(text=builder.text(), title=title, passages=tuple(builder.passages()), notes=notes)


def _with_characters(source: str) -> str:
    """Write the characters of entities that HTML knows; those that are not declared stay as they are written."""
    declared = declared_names(source)

    def written(entity: re.Match[str]) -> str:
        return entity[0] if entity[1] in declared else escape(known_character(entity[1]) or entity[0])

    return _NAMED_ENTITY.sub(written, source)


def _write_lines(root: Any, builder: TextBuilder) -> None:
    """Write the text of each element as a line, also where other elements mark words in it.

    After an element that has others in it, as a record has fields, a paragraph ends.
    """
    has_text = bool((root.text or "").strip()) or any((child.tail or "").strip() for child in root)
    has_text = has_text or any(map(entity_text, root))
    if has_text or not len(root):
        builder.interrupt(LINE)
        _write_mixed(root, builder)
        builder.interrupt(LINE)
        return
    for child in root.iterchildren("{*}*"):
        _write_lines(child, builder)
    builder.interrupt(PARAGRAPH)


def _write_mixed(element: Any, builder: TextBuilder) -> None:
    builder.write_collapsed(element.text or " ")
    for child in element:
        if local_name(child):
            _write_mixed(child, builder)
        builder.write_collapsed(f"{entity_text(child)}{child.tail or ''}")
