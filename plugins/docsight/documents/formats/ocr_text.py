"""Read text in the pictures of documents, as far as the options want it and anything is there to read with."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from docsight.documents.formats.content import DocumentImage, Passage
from docsight.documents.formats.source import ReadOptions
from docsight.documents.ocr import engines
from docsight.documents.ocr.engines import Recognised
from docsight.errors import DataError, MissingExtraError

if TYPE_CHECKING:
    from PIL.Image import Image

HINT = "install docsight[ocr] to read it"
Reader = Callable[["Image"], Recognised | None]


def reader_of(options: ReadOptions) -> Reader | None:
    """Give what reads pictures; None where nothing does, or nothing shall.

    Raises:
        MissingExtraError: Every picture shall be read, and there is nothing to read with.
    """
    if options.ocr == "never":
        return None
    if not engines.available():
        if options.ocr == "always":
            raise MissingExtraError("Reading text in pictures", "ocr")
        return None
    return engines.read_picture


def append_read(
    text: str, pictures: Iterable[DocumentImage], read: Reader
) -> tuple[str, tuple[Passage, ...], tuple[str, ...]]:
    """Put what is read in pictures at the end of a text.

    Returns:
        The text, a passage for each picture that has text, and a note where some could not be looked at.
    """
    pieces, at = [text] if text else [], len(text)
    passages: list[Passage] = []
    failed = 0
    for picture in pictures:
        try:
            found = read_text(picture.data or b"", read)
        except DataError:
            failed += 1
            continue
        if found is not None:
            start = at + 2 if pieces else 0
            at = start + len(found.text)
            pieces.append(found.text)
            passages.append(Passage(start=start, end=at, page=picture.page, confidence=found.confidence))
    notes = (f"{failed} of its pictures could not be decoded to read text in them",) if failed else ()
    return "\n\n".join(pieces), tuple(passages), notes


def read_text(picture: bytes | str, read: Reader) -> Recognised | None:
    """Read the text in a picture, by its bytes or its path.

    Raises:
        DataError: It cannot be decoded.
    """
    from docsight.images import open_image  # torch comes with it

    image = open_image(picture)
    return read(image) if min(image.size) >= engines.MIN_SIDE else None
