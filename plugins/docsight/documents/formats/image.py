"""Image files: a document of one image, with the text recognized in it; components assign its labels."""

import os
from collections.abc import Iterator
from contextlib import suppress

from docsight.documents.formats.content import DocumentImage, ParsedDocument, Passage
from docsight.documents.formats.ocr_text import OCR_HINT, read_image_text, recognizer_for
from docsight.documents.formats.source import ReadOptions, Source
from docsight.errors import DataError

_TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the image, by its path if it has one, with its text.

    Raises:
        MissingExtraError: The options ask for the text of every image, and no OCR engine is installed.
    """
    image = _document_image(source)
    text, passages, notes = _text(image, source.options)
    if _has_pages(source):
        notes = (*notes, "it has several pages; only the first was read")
    yield ParsedDocument(text=text, images=(image,), passages=passages, notes=notes)


def _document_image(source: Source) -> DocumentImage:
    if source.path is None:
        return DocumentImage(data=source.read_bytes())
    with source.open():
        pass  # an unreadable file fails here, not in every component
    name = os.fspath(source.path)
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        # `Doc.to_bytes` cannot write such a path, so the Doc could not be sent to another process.
        return DocumentImage(data=source.read_bytes())
    return DocumentImage(path=name)


def _has_pages(source: Source) -> bool:
    """Return whether this is a TIFF file with several pages; the frames of other formats are an animation."""
    from PIL import TiffImagePlugin

    if source.head(4) not in _TIFF_MAGIC:
        return False
    # Not `Image.open`, which warns of large images. Whoever decodes the image reports any damage.
    with source.open() as file, suppress(Exception):
        image = TiffImagePlugin.TiffImageFile(file)
        image.seek(1)
        return True
    return False


def _text(image: DocumentImage, options: ReadOptions) -> tuple[str, tuple[Passage, ...], tuple[str, ...]]:
    recognize = recognizer_for(options)
    if recognize is None:
        return "", (), () if options.ocr == "never" else (f"its text was not read: {OCR_HINT}",)
    try:
        recognized = read_image_text(image.data if image.data is not None else image.path or "", recognize)
    except DataError as err:
        reason = str(err).removeprefix(image.path or "").lstrip(": ")
        return "", (), (f"its text could not be read: {reason}",)
    if recognized is None:
        return "", (), ()
    passage = Passage(start=0, end=len(recognized.text), confidence=recognized.confidence)
    return recognized.text, (passage,), ()
