"""Jupyter notebooks: the cells and their outputs, as a reader sees them."""

import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from docsight.documents.formats.content import DocumentImage, Kind, ParsedDocument, Passage
from docsight.documents.formats.metadata import make_metadata
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.encoding import decode, normalize_newlines, replace_surrogates
from docsight.documents.formats.text.html import read_page
from docsight.documents.formats.text.invisible import strip_invisible
from docsight.documents.formats.text.plain import paragraphs
from docsight.errors import DataError, MissingExtraError

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# Code, in which dollars mean nothing, or a formula, whose signs are no marks of Markdown.
_CODE_OR_FORMULA = re.compile(
    r"^ {0,3}(?P<fence>`{3,10}|~{3,10}).*?(?:^ {0,3}(?P=fence)|\Z)|(?<!`)(?P<ticks>`{1,10})[^`].{0,2000}?(?P=ticks)|"
    r"(?P<formula>\$\$[^$]{1,5000}\$\$|(?<![\\$\w])\$(?![\s$])[^$\n]{0,500}?[^\s$\\]\$(?![\w$]))",
    re.S | re.M,
)
_MARKDOWN_SIGN = re.compile(r"[!-/:-@\[-`{-~]")
_TERMINAL_CODE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
_OVERWRITTEN = re.compile(r"^.*\r(?=[^\n])", re.M)  # by a progress bar
# What the outputs of format 3 call their forms.
_MEDIA_TYPES = {"text": "text/plain", "html": "text/html", "png": "image/png", "jpeg": "image/jpeg"}
_MAX_RENDERED_CHARS = 1 << 20  # of a cell; a longer one is split into paragraphs only
_MAX_MARKDOWN_DEPTH = 100  # of quotes and lists within others; what is deeper is lost
_MAX_CELL_LEVEL = 6
_IMAGE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the notebook as one document: cells of text as paragraphs, cells with code as code, outputs as text.

    Raises:
        DataError: The file is not a notebook.
        MissingExtraError: A package that reads Markdown or HTML is not installed.
    """
    text, encoding = decode(source.read_bytes())
    notebook = _parse(text)
    reader = _NotebookReader()
    for cell in _cells(notebook):
        reader.cell(cell)
    metadata = _mapping(notebook.get("metadata"))
    listed = metadata.get("authors")
    authors = [_mapping(each).get("name") for each in listed] if isinstance(listed, list) else []
    title = metadata.get("title")
    yield ParsedDocument(
        text="\n\n".join(reader.texts),
        title=title if isinstance(title, str) else "",
        encoding=encoding,
        images=tuple(reader.images),
        passages=tuple(reader.passages),
        notes=tuple(reader.notes),
        metadata=make_metadata(each for each in authors if isinstance(each, str)),
    )


def _parse(text: str) -> Mapping[str, Any]:
    try:
        notebook = json.loads(text, parse_int=float)  # an integer with a million digits would take long
    except (ValueError, RecursionError) as err:
        reason = "it is nested too deeply" if isinstance(err, RecursionError) else str(err)
        raise DataError(f"is not a notebook, since it is not JSON: {reason}") from err
    if not isinstance(notebook, dict) or not ("cells" in notebook or "worksheets" in notebook):
        raise DataError("is not a notebook: it has no cells")
    return notebook


def _cells(notebook: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the cells, which files of format 3 keep in worksheets."""
    worksheets = notebook.get("worksheets")
    for sheet in worksheets if isinstance(worksheets, list) else [notebook]:
        cells = _mapping(sheet).get("cells")
        yield from map(_mapping, cells if isinstance(cells, list) else [])


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """Return a text that is a string or a list of its lines; empty for other values."""
    lines = value if isinstance(value, list) else [value]
    return replace_surrogates("".join(line for line in lines if isinstance(line, str)))[0]


class _NotebookReader:
    """Reads cells to `texts`, which a blank line separates, with their `passages`, `images` and `notes`."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.passages: list[Passage] = []
        self.images: list[DocumentImage] = []
        self.notes: list[str] = []
        self._length = 0
        self._markdown = _markdown_parser()

    def cell(self, cell: Mapping[str, Any]) -> None:
        source, kind = _text(cell.get("source", cell.get("input"))), cell.get("cell_type")
        if kind == "code":
            self._add_whole(normalize_newlines(source).strip("\n"), "code")
            outputs = cell.get("outputs")
            for output in outputs if isinstance(outputs, list) else []:
                self._output(_mapping(output))
        elif kind == "heading":  # of format 3
            level = cell.get("level")
            known = int(level) if isinstance(level, float) and 1 <= level <= _MAX_CELL_LEVEL else 1
            self._add_whole(" ".join(source.split()), "heading", known)
        elif kind == "raw":
            self._add_plain(source)
        else:
            self._add_markdown(source)
            for files in _mapping(cell.get("attachments")).values():
                self._image(_mapping(files))

    def _output(self, output: Mapping[str, Any]) -> None:
        kind = output.get("output_type")
        if kind == "stream":
            self._add_plain(_text(output.get("text")))
        elif kind in ("error", "pyerr"):
            self._add_plain(": ".join(filter(None, (_text(output.get("ename")), _text(output.get("evalue"))))))
        else:
            data = _mapping(output.get("data"))
            self._data(data or {_MEDIA_TYPES.get(name, name): value for name, value in output.items()})

    def _data(self, data: Mapping[str, Any]) -> None:
        """Add the richest form of an output; an image comes before the plain text, which describes it."""
        if page := _text(data.get("text/html")):
            size = self._length
            self._add_page(page)
            if self._length > size:
                return
        if markdown := _text(data.get("text/markdown")):
            self._add_markdown(markdown)
        elif not self._image(data):
            self._add_plain(_text(data.get("text/plain")))

    def _image(self, data: Mapping[str, Any]) -> bool:
        """Add the image of an output, and return whether it has one."""
        encoded = next((_text(data[kind]) for kind in _IMAGE_TYPES if kind in data), "")
        if not encoded:
            return False
        try:
            decoded = binascii.a2b_base64(encoded)
        except ValueError as err:
            self.notes.append(f"an image in it is damaged: {err}")
            return False
        self.images.append(DocumentImage(data=decoded, start=self._length))
        return True

    def _add_markdown(self, markdown: str) -> None:
        if len(markdown) > _MAX_RENDERED_CHARS:
            self._add_plain(markdown)
        else:
            self._add_page(self._markdown.render(_CODE_OR_FORMULA.sub(_protected, markdown)))

    def _add_page(self, source: str) -> None:
        page = read_page(source)
        self.notes += page.notes
        self._add(page.text, page.passages)

    def _add_plain(self, written: str) -> None:
        shown = normalize_newlines(_OVERWRITTEN.sub("", _TERMINAL_CODE.sub("", written)))
        text = "\n".join(line.rstrip() for line in strip_invisible(shown).split("\n")).strip("\n")
        self._add(text, tuple(paragraphs(text)))

    def _add_whole(self, text: str, kind: Kind, level: int | None = None) -> None:
        self._add(text, (Passage(start=0, end=len(text), kind=kind, level=level),))

    def _add(self, text: str, passages: tuple[Passage, ...]) -> None:
        if not text.strip():
            return
        start = self._length + 2 * bool(self.texts)
        self.texts.append(text)
        self.passages += (passage.shifted(start) for passage in passages)
        self._length = start + len(text)


def _protected(found: re.Match[str]) -> str:
    """Return code as it is, and a formula with its signs escaped."""
    formula: str | None = found["formula"]
    return found[0] if formula is None else _MARKDOWN_SIGN.sub(r"\\\g<0>", formula)


def _markdown_parser() -> "MarkdownIt":
    try:
        from markdown_it import MarkdownIt
    except ImportError as err:
        raise MissingExtraError("Reading notebooks", "documents") from err
    return MarkdownIt("commonmark", {"maxNesting": _MAX_MARKDOWN_DEPTH}).enable("table")
