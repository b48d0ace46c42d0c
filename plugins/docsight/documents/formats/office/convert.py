"""Convert an Office file to a document: the steps that Word and PowerPoint share."""

from collections.abc import Callable
from typing import IO, Any

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.ocr_text import append_image_text, recognizer_for
from docsight.documents.formats.office.package import load_package
from docsight.documents.formats.office.walker import Walker, visible
from docsight.documents.formats.source import Source
from docsight.errors import DataError


def convert(
    source: Source, *, kind: str, load: Callable[[IO[bytes]], Any], walk: Callable[[Any, Walker], None]
) -> ParsedDocument:
    """Convert a file.

    Args:
        source: The file.
        kind: What it is expected to be, for messages.
        load: The function of the format's library that opens a file.
        walk: Writes the parts of a loaded file in order.

    Raises:
        DataError: It cannot be read as such a file.
        MissingExtraError: The options ask for the text of every image, and no OCR engine is installed.
    """
    recognize = recognizer_for(source.options)
    package = load_package(source, kind=kind)
    walker = Walker(notes=package.notes)
    try:
        file = load(package.to_file())
        walk(file, walker)
    except DataError:
        raise
    except Exception as err:  # the libraries raise KeyError, AttributeError, XMLSyntaxError and more on damaged files
        raise DataError(f"cannot be read as a {kind}: {err or type(err).__name__}") from err
    document = walker.document(title=_title(file))
    if source.options.ocr == "always" and recognize is not None:
        return append_image_text(document, document.images, recognize)
    return document


def _title(file: Any) -> str:
    try:
        title = file.core_properties.title
    except Exception:  # noqa: BLE001 - with damaged properties, the text is still readable
        return ""
    return " ".join(visible(title).split())
