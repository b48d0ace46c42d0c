"""The registry of document formats.

A new format is one module with `read(source)` and one line in `FORMATS`. The module is imported when
the first file of that format turns up, so its packages may belong to an extra.
"""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docsight.documents.formats.content import ParsedDocument, PartError, SkipError
from docsight.documents.formats.signatures import TEXTUAL_KINDS, binary_format, text_format, unreadable_kind
from docsight.documents.formats.source import Source
from docsight.documents.formats.textual import TEXT_SUFFIXES, looks_like_text, named_as_text


@dataclass(frozen=True)
class Format:
    """A document format: its name, its file suffixes, and the module that reads it.

    `has_parts` says whether a file may hold several documents.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    has_parts: bool = False

    def read(self, source: Source) -> Iterator[ParsedDocument | PartError]:
        """Yield the documents in a file of this format, and a flaw for each part that cannot be read."""
        yield from importlib.import_module(self.module).read(source)


FORMATS = (
    Format("text", TEXT_SUFFIXES, "docsight.documents.formats.text.plain"),
    Format("markdown", (".md", ".markdown", ".mkd"), "docsight.documents.formats.text.plain"),
    Format("html", (".html", ".htm", ".xhtml", ".shtml"), "docsight.documents.formats.text.html"),
    Format("pdf", (".pdf",), "docsight.documents.formats.pdf.reader"),
    Format("docx", (".docx", ".docm", ".dotx", ".dotm"), "docsight.documents.formats.office.docx"),
    Format("pptx", (".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"), "docsight.documents.formats.office.pptx"),
    Format("mail", (".eml", ".mht", ".mhtml"), "docsight.documents.formats.mail.message", has_parts=True),
    Format("mbox", (".mbox", ".mbx"), "docsight.documents.formats.mail.mbox", has_parts=True),
    Format("csv", (".csv",), "docsight.documents.formats.tables.csv", has_parts=True),
    Format("tsv", (".tsv", ".tab"), "docsight.documents.formats.tables.csv", has_parts=True),
    Format("jsonl", (".jsonl", ".ndjson"), "docsight.documents.formats.tables.jsonl", has_parts=True),
    Format("parquet", (".parquet",), "docsight.documents.formats.tables.parquet", has_parts=True),
    Format("zip", (".zip",), "docsight.documents.formats.archives.zip", has_parts=True),
    Format("gzip", (".gz", ".tgz"), "docsight.documents.formats.archives.gzip", has_parts=True),
    Format("png", (".png",), "docsight.documents.formats.image"),
    Format("jpeg", (".jpg", ".jpeg"), "docsight.documents.formats.image"),
    Format("tiff", (".tif", ".tiff"), "docsight.documents.formats.image"),
    Format("gif", (".gif",), "docsight.documents.formats.image"),
    Format("webp", (".webp",), "docsight.documents.formats.image"),
    Format("bmp", (".bmp",), "docsight.documents.formats.image"),
)
_BY_NAME = {one.name: one for one in FORMATS}
_BY_SUFFIX = {suffix: one for one in FORMATS for suffix in one.suffixes}

# What a person calls a text is one, whatever it begins with.
_NEVER_DOUBTED = frozenset(("text", "markdown", "html"))
# Written by programs, whose names tell what was meant: a page in the place of one of these is an error page.
_ONLY_PAGES = frozenset(("mail", "mbox", "csv", "tsv", "jsonl"))


def format_of(path: Path) -> Format | None:
    """Find the format of a file by its suffix, whatever its case."""
    return _BY_SUFFIX.get(path.suffix.lower())


def format_within(source: Source) -> Format | None:
    """Find the format of a file by its content, where that contradicts its suffix or says more.

    Raises:
        SkipError: It is of a kind that nothing reads, though its suffix has a reader.
        OSError: The file cannot be read.
    """
    if (name := binary_format(source)) is not None:
        return _BY_NAME[name]
    suffix = _BY_SUFFIX.get(source.suffix)
    if suffix is not None and suffix.name in _NEVER_DOUBTED:
        return None
    name = text_format(source)
    if suffix is not None and suffix.name in _ONLY_PAGES and name != "html":
        return None
    return None if name is None else _BY_NAME[name]


def find_format(source: Source, *, named: bool = False) -> Format:
    """Find the format of a file by its content, then by its suffix, then by whether it is text.

    Args:
        source: The file.
        named: Whether a person named this very file, so that text of any suffix is read as such.

    Raises:
        SkipError: Nothing reads it.
        OSError: The file cannot be read.
    """
    form = format_within(source) or _BY_SUFFIX.get(source.suffix)
    # Programs keep data of their own in zip files under names of their own: those are no archives of documents.
    is_foreign = form is not None and form.name == "zip" and source.suffix not in _BY_SUFFIX
    if form is not None and (named or not is_foreign or named_as_text(source.name)):
        return form
    kind = unreadable_kind(source)
    may_be_text = named_as_text(source.name) and kind is None
    if (may_be_text or (named and kind in (None, *TEXTUAL_KINDS))) and looks_like_text(source):
        return _BY_NAME["text"]
    kind = kind or (f"{source.suffix} files" if source.suffix else "files without a suffix")
    raise SkipError(f"no reader for {kind} (readable: {readable_suffixes()})")


def readable_suffixes() -> str:
    """List a suffix of each format, for messages."""
    return ", ".join(one.suffixes[0] for one in FORMATS)
