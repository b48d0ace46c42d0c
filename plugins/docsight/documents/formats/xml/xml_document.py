"""XML: documents in DocBook, JATS and TEI, drawings in SVG, and the text of other files as lines."""

import html
import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from docsight.documents.formats.content import ParsedDocument, SkipError
from docsight.documents.formats.office.markup import parse_xml
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.builder import LINE, PARAGRAPH, TextBuilder
from docsight.documents.formats.text.encoding import decode
from docsight.documents.formats.text.html import declared_encoding
from docsight.documents.formats.xml.article import ArticleWriter, entity_text, local_name, title_of
from docsight.documents.formats.xml.drawing import write_drawing
from docsight.documents.formats.xml.vocabularies import ARTICLE_ROOTS
from docsight.errors import DataError, MissingExtraError

_MAX_DOCUMENT_BYTES = 256 << 20  # the tree takes several times as much memory
_MAX_NODES = 10_000_000  # elements and attributes; each takes about a hundred bytes of memory
# An entity that is not predefined; files that are meant to be included in others do not declare theirs.
_NAMED_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][\w.-]{0,40});")
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_UNDECLARED_ENTITY = 26  # an error of libxml2
_ENCODING_ERRORS = frozenset((9, 31, 32, 81))  # of libxml2: invalid characters, unknown and wrong encodings


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
    root, encoding = _parse(data)
    builder = TextBuilder()
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
    yield ParsedDocument(text=builder.text(), title=title, encoding=encoding, passages=tuple(builder.passages()))


def _parse(data: bytes) -> tuple[Any, str]:
    """Return the root element and, if the declared encoding was wrong, the one that was used instead."""
    try:
        from lxml import etree  # type: ignore[import-untyped]
    except ImportError as err:
        raise MissingExtraError("Reading XML", "documents") from err
    try:
        return parse_xml(data), ""
    except etree.XMLSyntaxError as err:
        if err.code not in (*_ENCODING_ERRORS, _UNDECLARED_ENTITY):
            raise DataError(f"cannot be read as XML: {err}") from err
        problem = err
    text, encoding = decode(data, declared=declared_encoding(data))
    try:
        root = parse_xml(_NAMED_ENTITY.sub(_known_character, _XML_DECLARATION.sub("", text)).encode())
    except (etree.XMLSyntaxError, ValueError) as err:
        raise DataError(f"cannot be read as XML: {problem}") from err
    return root, "" if problem.code == _UNDECLARED_ENTITY else encoding


def _known_character(entity: re.Match[str]) -> str:
    """Return the character of an entity that HTML knows, as XML; other entities stay as they are written."""
    character = html.unescape(entity[0])
    return f"&amp;{entity[1]};" if character == entity[0] else escape(character)


def _write_lines(root: Any, builder: TextBuilder) -> None:
    """Write the text of each element as a line, also where other elements mark words in it.

    After an element that has others in it, as a record has fields, a paragraph ends.
    """
    has_text = bool((root.text or "").strip()) or any((child.tail or "").strip() for child in root)
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
