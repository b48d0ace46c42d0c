"""Document formats: the registry, a package for each kind of format, and what their readers share.

A format is a line in `FORMATS` and a module with `read(source)`. The module is imported when the first file of that
format is read, so its own imports may belong to an extra. `detect` chooses the format of a file, `source` is what a
reader reads from, and `content` is what it returns.

A new format touches these places:

1. `formats/`: the module, in the package of its kind (`text`, `office`, `mail`, `tables`, `archives`, `pdf`). `read`
   yields a `ParsedDocument` for each document and a `PartError` for each part that cannot be read. It raises
   `DataError` for a damaged file, `SkipError` for a file to leave alone and `MissingExtraError` for a missing package,
   and keeps within `source.options`.
2. `FORMATS` below: a line with its name, suffixes and module, and whether one file may hold several documents.
3. `formats/signatures.py`: how its files begin, if that identifies them; its kind leaves `UNREADABLE`. A zip-based
   format goes into `archives/safe_zip.py` (`zip_kind`) and into `_ZIP_BASED` of `formats/detect.py` instead.
4. `formats/detect.py`: its suffixes leave `_CODE_SUFFIXES` and `_MAYBE_TEXT`. A text-based format goes into
   `_NEVER_OVERRIDDEN` or `_OVERRIDDEN_BY_HTML`, so that text that looks like a mail does not override its suffix.
5. `formats/source.py` and `docsight.cli`: a field of `ReadOptions` and its option, if the reader needs a setting.
6. `pyproject.toml`: a package that it needs, in the extra `documents`; without types, also in mypy's
   `ignore_missing_imports`. `constraints.txt` pins it.
7. `tests/plugins/documents/formats/`: its tests, and its signature and suffixes in `test_detect.py`.
8. `tests/plugins/documents/hostile_files/`: a good file in `good.py` (with `NEEDS`), hostile ones in the module of its
   kind, its keywords in `mutations.py`, its package in `checks.py` and in `test_hostile.py`; then `make fuzz`.
9. `samples/` and `tests/plugins/documents/test_reading.py`: a small file, and what is read from it.
10. `docs/documents.md` (the table of formats and the list of packages), `README.md` (the list of formats),
    `CHANGELOG.md`; and `report/excerpts.py` if its pages have another name, such as slides.

The package imports `docsight.errors`, `docsight.documents.ocr` and `docsight.image_decoding` (the last two for OCR).
"""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass

from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.source import Source


@dataclass(frozen=True)
class Format:
    """A document format.

    Args:
        name: The name that records state.
        suffixes: The file suffixes, in lower case; messages name the first.
        module: The module whose `read` parses such files.
        has_parts: Whether one file may hold several documents.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    has_parts: bool = False

    def read(self, source: Source) -> Iterator[ParsedDocument | PartError]:
        """Yield the documents in a file of this format, and an error for each part that cannot be read."""
        yield from importlib.import_module(self.module).read(source)


# fmt: off
_TEXT_SUFFIXES = (
    ".txt", ".text", ".rst", ".log", ".asc", ".adoc", ".asciidoc", ".org", ".textile", ".pod", ".tex", ".texi",
    ".texinfo", ".srt", ".vtt",
)
# fmt: on
FORMATS = (
    Format("text", _TEXT_SUFFIXES, "docsight.documents.formats.text.plain"),
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
