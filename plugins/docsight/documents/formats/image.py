"""Image files: a document of one image, with the text recognized in it; components assign its labels."""

from collections.abc import Iterator
from contextlib import suppress

from PIL import TiffImagePlugin

from docsight.documents.formats.content import DocumentImage, ParsedDocument, Passage
from docsight.documents.formats.ocr_text import OCR_HINT, recognizer_for
from docsight.documents.formats.source import Source
from docsight.errors import DataError
from docsight.image_decoding import open_image

_TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the image, by its path if it has one, with its text.

    Raises:
        MissingExtraError: The options ask for the text of every image, and no OCR engine is installed.
    """
    file = source.path_or_bytes()
    image = DocumentImage(path=file) if isinstance(file, str) else DocumentImage(data=file)
    recognize = recognizer_for(source.options)
    recognized = None
    notes: list[str] = []
    if recognize is not None:
        try:
            recognized = recognize(open_image(file))
        except DataError as err:
            reason = str(err).removeprefix(image.path or "").lstrip(": ")
            notes.append(f"its text could not be read: {reason}")
    elif source.options.ocr != "never":
        notes.append(f"its text was not read: {OCR_HINT}")
    if _has_pages(source):
        notes.append("it has several pages; only the first was read")
    text = "" if recognized is None else recognized.text
    passages = () if recognized is None else (Passage(start=0, end=len(text), confidence=recognized.confidence),)
    yield ParsedDocument(text=text, images=(image,), passages=passages, notes=tuple(notes))


def _has_pages(source: Source) -> bool:
    """Return whether this is a TIFF file with several pages; the frames of other formats are an animation."""
    if source.head(4) not in _TIFF_MAGIC:
        return False
    # Not `Image.open`, which warns about large images. Any damage is reported when the image is decoded.
    with source.open() as file, suppress(Exception):
        image = TiffImagePlugin.TiffImageFile(file)
        image.seek(1)
        return True
    return False
