"""Image files: a document of one image, with the text recognized in it; components assign its labels."""

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from PIL import TiffImagePlugin
from PIL.Image import Image

from docsight.documents.formats.content import DocumentImage, ParsedDocument, Passage
from docsight.documents.formats.image_collector import ImageCollector
from docsight.documents.formats.ocr_text import OCR_HINT, Recognizer, recognizer_for
from docsight.documents.formats.source import Source
from docsight.documents.ocr.engines import RecognizedText
from docsight.errors import DataError
from docsight.image_decoding import open_image, open_pages
from docsight.wording import count_of

_BETWEEN_PAGES = "\n\n"
_TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the image, by its path if it has one, with its text; each page of a TIFF file is an image.

    Raises:
        MissingExtraError: The options ask for the text of every image, and no OCR engine is installed.
    """
    file = source.path_or_bytes()
    recognize = recognizer_for(source.options)
    document = _read_pages(file, source, recognize) if _has_pages(source) else _read_image(file, recognize)
    if recognize is None and source.options.ocr != "never":
        document = replace(document, notes=(*document.notes, f"its text was not read: {OCR_HINT}"))
    yield document


def _read_image(file: str | bytes, recognize: Recognizer | None) -> ParsedDocument:
    image = _stored(file)
    if recognize is None:
        return ParsedDocument(text="", images=(image,))
    try:
        recognized = recognize(open_image(file))
    except DataError as err:
        reason = str(err).removeprefix(image.path or "").lstrip(": ")
        return ParsedDocument(text="", images=(image,), notes=(f"its text could not be read: {reason}",))
    return _with_texts((image,), [(None, recognized)])


def _stored(file: str | bytes, page: int | None = None) -> DocumentImage:
    """Return the image in a file, which is the first page if there are several."""
    return DocumentImage(path=file, page=page) if isinstance(file, str) else DocumentImage(data=file, page=page)


def _read_pages(file: str | bytes, source: Source, recognize: Recognizer | None) -> ParsedDocument:
    """Return the pages of a TIFF file; those after the first are stored as PNG."""
    images = ImageCollector()
    texts: list[tuple[int | None, RecognizedText | None]] = []
    notes: list[str] = []
    limit = source.options.max_pages
    number = 0
    try:
        for number, page in enumerate(open_pages(file, max_pages=limit + 1), start=1):
            if number > limit:
                notes.append(f"it has more than {count_of(limit, 'page')}; the others were not read")
                break
            if number == 1:
                images.add(_stored(file, page=1))
            if isinstance(page, DataError):
                notes.append(f"page {number} could not be decoded")
                continue
            if number > 1:
                images.add(DocumentImage(data=_encode(page), page=number))
            texts.append((number, recognize(page) if recognize is not None else None))
    except DataError:
        notes.append(f"its pages after page {number} are damaged")
    document = _with_texts(tuple(images.images), texts)
    return replace(document, notes=(*notes, *images.notes))


def _encode(page: Image) -> bytes:
    png = io.BytesIO()
    page.save(png, "PNG")
    return png.getvalue()


def _with_texts(
    images: tuple[DocumentImage, ...], texts: list[tuple[int | None, RecognizedText | None]]
) -> ParsedDocument:
    """Return a document of images, with a passage for each recognized text, which comes with its page."""
    pieces: list[str] = []
    passages: list[Passage] = []
    start = 0
    for page, recognized in texts:
        if recognized is not None:
            end = start + len(recognized.text)
            pieces.append(recognized.text)
            passages.append(Passage(start=start, end=end, page=page, confidence=recognized.confidence))
            start = end + len(_BETWEEN_PAGES)
    return ParsedDocument(text=_BETWEEN_PAGES.join(pieces), images=images, passages=tuple(passages))


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
