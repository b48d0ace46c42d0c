"""Document formats: the registry, a package for each kind of format, and what their readers share.

A format is a line in `FORMATS` and a module with `read(source)`. The module is imported when the first file of that
format is read, so its own imports may belong to an extra. CONTRIBUTING.md lists what a new format touches.
The package imports `docsight.errors`, `docsight.documents.ocr` and `docsight.image_decoding` (the last two for OCR).
"""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass

from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.source import Source


@dataclass(frozen=True)
class Format:
    """A document format, parsed by the function `read` of its module."""

    name: str  # as in the records
    suffixes: tuple[str, ...]  # in lower case; messages name the first
    module: str
    has_parts: bool = False  # whether a file may hold several documents

    def read(self, source: Source) -> Iterator[ParsedDocument | PartError]:
        """Yield the documents in a file of this format, and an error for each part that cannot be read."""
        yield from importlib.import_module(self.module).read(source)


# fmt: off
_TEXT_SUFFIXES = (
    ".txt", ".text", ".log", ".asc", ".textile", ".pod", ".texi", ".texinfo", ".srt", ".vtt",
)
# Other files that only LibreOffice reads.
_LIBREOFFICE_SUFFIXES = (
    ".wpd", ".wps", ".wri", ".hwp", ".lwp", ".abw", ".sxw", ".sxc", ".sxi", ".sxd", ".fodt", ".fods", ".fodp", ".fodg",
    ".wk1", ".wks", ".123", ".slk", ".dif", ".vsd", ".vsdx", ".odg", ".otg",
)
# fmt: on
FORMATS = (
    Format("text", _TEXT_SUFFIXES, "docsight.documents.formats.text.plain"),
    Format("markdown", (".md", ".markdown", ".mkd"), "docsight.documents.formats.text.markdown"),
    Format("rst", (".rst", ".rest"), "docsight.documents.formats.markup.rst"),
    Format("asciidoc", (".adoc", ".asciidoc"), "docsight.documents.formats.markup.asciidoc"),
    Format("org", (".org",), "docsight.documents.formats.markup.org"),
    Format("latex", (".tex", ".ltx"), "docsight.documents.formats.markup.latex"),
    Format("ipynb", (".ipynb",), "docsight.documents.formats.text.notebook"),
    Format("html", (".html", ".htm", ".xhtml", ".shtml"), "docsight.documents.formats.text.html"),
    Format("xml", (".xml", ".dbk", ".docbook", ".nxml", ".tei"), "docsight.documents.formats.xml.xml_document"),
    Format("svg", (".svg",), "docsight.documents.formats.xml.xml_document"),
    Format("pdf", (".pdf",), "docsight.documents.formats.pdf.reader"),
    Format("docx", (".docx", ".docm", ".dotx", ".dotm"), "docsight.documents.formats.office.docx"),
    Format("pptx", (".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"), "docsight.documents.formats.office.pptx"),
    Format("xlsx", (".xlsx", ".xlsm", ".xlsb", ".xltx", ".xltm"), "docsight.documents.formats.office.excel"),
    Format("xls", (".xls", ".xlt"), "docsight.documents.formats.office.excel"),
    Format("odt", (".odt", ".ott"), "docsight.documents.formats.office.opendocument"),
    Format("ods", (".ods", ".ots"), "docsight.documents.formats.office.opendocument"),
    Format("odp", (".odp", ".otp"), "docsight.documents.formats.office.opendocument"),
    Format("epub", (".epub",), "docsight.documents.formats.office.epub"),
    Format("rtf", (".rtf",), "docsight.documents.formats.office.rtf"),
    Format("doc", (".doc", ".dot"), "docsight.documents.formats.office.libreoffice"),
    Format("ppt", (".ppt", ".pps"), "docsight.documents.formats.office.libreoffice"),
    Format("libreoffice", _LIBREOFFICE_SUFFIXES, "docsight.documents.formats.office.libreoffice"),
    Format("mail", (".eml", ".mht", ".mhtml"), "docsight.documents.formats.mail.message", has_parts=True),
    Format("msg", (".msg",), "docsight.documents.formats.mail.outlook", has_parts=True),
    Format("mbox", (".mbox", ".mbx"), "docsight.documents.formats.mail.mbox", has_parts=True),
    Format("ics", (".ics", ".ical", ".ifb", ".vcs"), "docsight.documents.formats.mail.calendars"),
    Format("vcf", (".vcf", ".vcard"), "docsight.documents.formats.mail.contacts"),
    Format("csv", (".csv",), "docsight.documents.formats.tables.csv", has_parts=True),
    Format("tsv", (".tsv", ".tab"), "docsight.documents.formats.tables.csv", has_parts=True),
    Format("jsonl", (".jsonl", ".ndjson"), "docsight.documents.formats.tables.jsonl", has_parts=True),
    Format("json", (".json",), "docsight.documents.formats.tables.jsonl", has_parts=True),
    Format("parquet", (".parquet",), "docsight.documents.formats.tables.parquet", has_parts=True),
    Format("zip", (".zip",), "docsight.documents.formats.archives.zip", has_parts=True),
    Format("tar", (".tar",), "docsight.documents.formats.archives.tar", has_parts=True),
    Format("7z", (".7z",), "docsight.documents.formats.archives.seven_zip", has_parts=True),
    Format("gzip", (".gz", ".tgz", ".svgz"), "docsight.documents.formats.archives.packed", has_parts=True),
    Format("bzip2", (".bz2", ".tbz", ".tbz2"), "docsight.documents.formats.archives.packed", has_parts=True),
    Format("xz", (".xz", ".txz"), "docsight.documents.formats.archives.packed", has_parts=True),
    Format("png", (".png",), "docsight.documents.formats.image"),
    Format("jpeg", (".jpg", ".jpeg"), "docsight.documents.formats.image"),
    Format("tiff", (".tif", ".tiff"), "docsight.documents.formats.image"),
    Format("gif", (".gif",), "docsight.documents.formats.image"),
    Format("webp", (".webp",), "docsight.documents.formats.image"),
    Format("bmp", (".bmp",), "docsight.documents.formats.image"),
)
