"""Convert Office Open XML files: load them safely, walk their parts, add their properties and the text of images."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import IO, Any

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.ocr_text import append_image_text, recognizer_for
from docsight.documents.formats.office.package import safe_parts, zip_parts
from docsight.documents.formats.office.properties import CORE_PROPERTIES, read_properties
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
    parts, notes = safe_parts(source, kind=kind)
    walker = Walker(notes=notes)
    try:
        file = load(zip_parts(parts))
        walk(file, walker)
    except DataError:
        raise
    except Exception as err:  # the libraries raise KeyError, AttributeError, XMLSyntaxError and more on damaged files
        raise DataError(f"cannot be read as a {kind}: {err or type(err).__name__}") from err
    title = ""
    with suppress(Exception):  # with damaged properties, the text is still readable
        title = " ".join(visible(file.core_properties.title).split())
    _, metadata = read_properties(parts.get(CORE_PROPERTIES))
    document = replace(walker.document(title=title), metadata=metadata)
    if source.options.ocr == "always" and recognize is not None:
        return append_image_text(document, document.images, recognize)
    return document
