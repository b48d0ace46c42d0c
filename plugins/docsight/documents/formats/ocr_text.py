"""Recognize text in the images of documents, if the options ask for it and an OCR engine is installed."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from PIL.Image import Image

from docsight.documents.formats.content import DocumentImage, ParsedDocument, Passage
from docsight.documents.formats.source import ReadOptions
from docsight.documents.ocr import engines
from docsight.documents.ocr.engines import RecognizedText
from docsight.errors import DataError, MissingExtraError
from docsight.image_decoding import open_image

OCR_HINT = "install docsight[ocr] to read it"
Recognizer = Callable[[Image], RecognizedText | None]


def recognizer_for(options: ReadOptions) -> Recognizer | None:
    """Return the function that recognizes text, or None if text in images is not to be read or cannot be.

    Raises:
        MissingExtraError: The options ask for the text of every image, and no engine is installed.
    """
    if options.ocr == "never":
        return None
    if engines.installed():
        return engines.recognize
    if options.ocr == "always":
        raise MissingExtraError(engines.FEATURE, "ocr")
    return None


def append_image_text(
    document: ParsedDocument, images: Iterable[DocumentImage], recognize: Recognizer
) -> ParsedDocument:
    """Append the text recognized in images to a document, with a passage for each image that has text."""
    pieces, end = [document.text] if document.text else [], len(document.text)
    passages: list[Passage] = []
    failed = 0
    for image in images:
        try:
            recognized = recognize(open_image(image.data or b""))
        except DataError:
            failed += 1
            continue
        if recognized is not None:
            start = end + 2 if pieces else 0
            end = start + len(recognized.text)
            pieces.append(recognized.text)
            passages.append(Passage(start=start, end=end, page=image.page, confidence=recognized.confidence))
    notes = (f"{failed} of its images could not be decoded to read their text",) if failed else ()
    return replace(
        document,
        text="\n\n".join(pieces),
        passages=(*document.passages, *passages),
        notes=(*document.notes, *notes),
    )
