"""Pictures: a document without text that has one picture; decoding it is the components' job."""

import os
from collections.abc import Iterator

from docsight.documents.formats.content import Content, Picture
from docsight.documents.formats.source import Source


def read(source: Source) -> Iterator[Content]:
    """Yield the picture, by its path where it has one."""
    if source.path is None:
        yield Content(text="", images=(Picture(data=source.read_bytes()),))
        return
    with source.open():
        pass  # a file that may not be read is told here and not by every component
    name = os.fspath(source.path)
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        # A Doc with such a path cannot be written by `to_bytes`, and so reaches no other process.
        yield Content(text="", images=(Picture(data=source.read_bytes()),))
    else:
        yield Content(text="", images=(Picture(path=name),))
