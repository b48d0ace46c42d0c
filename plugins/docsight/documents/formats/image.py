"""Pictures: a document of one picture, and the text that can be read in it; labels are the components' job."""

import os
from collections.abc import Iterator
from contextlib import suppress

from docsight.documents.formats.content import DocumentImage, ParsedDocument, Passage
from docsight.documents.formats.ocr_text import HINT, read_text, reader_of
from docsight.documents.formats.source import ReadOptions, Source
from docsight.errors import DataError

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")  # how such files begin


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the picture, by its path where it has one, with its text.

    Raises:
        MissingExtraError: The text shall be read, and there is nothing to read with.
    """
    picture = _picture(source)
    text, passages, notes = _text(picture, source.options)
    if _has_pages(source):
        notes = (*notes, "it has several pages, of which only the first was looked at")
    yield ParsedDocument(text=text, images=(picture,), passages=passages, notes=notes)


def _picture(source: Source) -> DocumentImage:
    if source.path is None:
        return DocumentImage(data=source.read_bytes())
    with source.open():
        pass  # a file that may not be read is told here and not by every component
    name = os.fspath(source.path)
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        # A Doc with such a path cannot be written by `to_bytes`, and so reaches no other process.
        return DocumentImage(data=source.read_bytes())
    return DocumentImage(path=name)


def _has_pages(source: Source) -> bool:
    """Tell whether a TIFF file has more than one page; the frames of other pictures are a film."""
    from PIL import TiffImagePlugin

    if source.head(4) not in _TIFF:
        return False
    # Not by `Image.open`, which warns of pictures that are large.
    with source.open() as file, suppress(Exception):  # a damaged picture is told of by those who decode it
        image = TiffImagePlugin.TiffImageFile(file)
        image.seek(1)
        return True
    return False


def _text(picture: DocumentImage, options: ReadOptions) -> tuple[str, tuple[Passage, ...], tuple[str, ...]]:
    reader = reader_of(options)
    if reader is None:
        return "", (), () if options.ocr == "never" else (f"its text was not read: {HINT}",)
    try:
        found = read_text(picture.data if picture.data is not None else picture.path or "", reader)
    except DataError as err:
        reason = str(err).removeprefix(picture.path or "").lstrip(": ")
        return "", (), (f"its text could not be read: {reason}",)
    if found is None:
        return "", (), ()
    return found.text, (Passage(start=0, end=len(found.text), confidence=found.confidence),), ()
