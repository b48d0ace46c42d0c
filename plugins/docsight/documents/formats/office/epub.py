"""EPUB books: the chapters in reading order as one document, each read as an HTML page."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from docsight.documents.formats.archives.safe_zip import read_members
from docsight.documents.formats.content import DocumentImage, Metadata, ParsedDocument, Passage
from docsight.documents.formats.image_collector import ImageCollector
from docsight.documents.formats.ocr_text import append_image_text, recognizer_for
from docsight.documents.formats.office.markup import parse_xml
from docsight.documents.formats.office.properties import properties_of
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.encoding import decode
from docsight.documents.formats.text.html import declared_encoding, read_page
from docsight.errors import DataError, MissingExtraError

_EPUB_KIND = "book in EPUB"
_BOOK_PARTS = re.compile(r"\.(?:xml|opf|x?html?|png|jpe?g|gif|webp|bmp)$", re.I)
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGE_TYPES = ("application/xhtml+xml", "text/html", "application/html+xml")
_EMPTY_LINE = "\n\n"
# In XHTML such a tag is an empty element; in HTML it opens an element that goes on.
_EMPTY_ELEMENT = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)([a-z][\w:.-]*)(\s[^<>]*)?/>", re.I
)


class _Book(NamedTuple):
    """What the package document of a book says: the names of its chapters in reading order and of its images."""

    title: str
    metadata: Metadata
    chapters: list[str]
    images: list[str]


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text and images of a book as one document.

    Raises:
        DataError: It cannot be read as a book, or its chapters are encrypted.
        MissingExtraError: A package is not installed.
    """
    try:
        from lxml import etree  # type: ignore[import-untyped]
    except ImportError as err:
        raise MissingExtraError("Reading EPUB books", "documents") from err
    recognize = recognizer_for(source.options)
    parts = read_members(source, _BOOK_PARTS, kind=_EPUB_KIND, max_bytes=source.options.max_bytes)
    try:
        book = _read_package(parts)
        encrypted = _encrypted(parts)
    except etree.XMLSyntaxError as err:
        raise DataError(f"cannot be read as a {_EPUB_KIND}: {err}") from err
    if encrypted.intersection(book.chapters):
        raise DataError(f"is encrypted; expected a {_EPUB_KIND} without a password")
    text, passages, notes = _join_chapters(parts, book)
    images = ImageCollector()
    for name in book.images:
        if (data := parts.get(name)) is not None and name not in encrypted and images.is_new(data):
            images.add(DocumentImage(data=data))
    document = ParsedDocument(
        text=text,
        title=book.title,
        images=tuple(images.images),
        passages=passages,
        notes=(*notes, *images.notes),
        metadata=book.metadata,
    )
    if source.options.ocr == "always" and recognize is not None:
        document = append_image_text(document, document.images, recognize)
    yield document


def _read_package(parts: dict[str, bytes]) -> _Book:
    container = _parse(parts, _CONTAINER)
    name = next((one.get("full-path") or "" for one in container.iter("{*}rootfile")), "")
    package = _parse(parts, name)
    items = {item.get("id"): item for item in package.iter("{*}item")}
    spine = [items.get(reference.get("idref")) for reference in package.iter("{*}itemref")]
    title = next((" ".join("".join(one.itertext()).split()) for one in package.iter("{*}title")), "")
    return _Book(
        title,
        properties_of(package),
        list(dict.fromkeys(_target(name, one) for one in spine if one is not None and _media_type(one) in _PAGE_TYPES)),
        [_target(name, item) for item in items.values() if _media_type(item).startswith("image/")],
    )


def _parse(parts: dict[str, bytes], name: str) -> Any:
    if name not in parts:
        raise DataError(f"cannot be read as a {_EPUB_KIND}: it has no part {name or 'that lists the chapters'}")
    return parse_xml(parts[name])


def _media_type(item: Any) -> str:
    return (item.get("media-type") or "").strip().lower()


def _target(package: str, item: Any) -> str:
    """Return the name of the part that an item of the package document refers to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(package), unquote(item.get("href") or "")))


def _encrypted(parts: dict[str, bytes]) -> set[str]:
    """Return the names of the encrypted parts; in many books, these are only fonts."""
    if _ENCRYPTION not in parts:
        return set()
    references = parse_xml(parts[_ENCRYPTION]).iter("{*}CipherReference")
    return {unquote(one.get("URI") or "").lstrip("/") for one in references}


def _join_chapters(parts: dict[str, bytes], book: _Book) -> tuple[str, tuple[Passage, ...], list[str]]:
    """Return the text of all chapters with blank lines between them, its passages, and notes."""
    texts: list[str] = []
    passages: list[Passage] = []
    notes: list[str] = []
    start = missing = 0
    for name in book.chapters:
        if (data := parts.get(name)) is None:
            missing += 1
            continue
        page = read_page(_EMPTY_ELEMENT.sub(r"<\1\2></\1>", decode(data, declared=declared_encoding(data))[0]))
        notes += [note for note in page.notes if note not in notes]
        if page.text:
            texts.append(page.text)
            passages += (passage.shifted(start) for passage in page.passages)
            start += len(page.text) + len(_EMPTY_LINE)
    if missing:
        notes.append(f"{missing} {'chapter is' if missing == 1 else 'chapters are'} missing")
    return _EMPTY_LINE.join(texts), tuple(passages), notes
