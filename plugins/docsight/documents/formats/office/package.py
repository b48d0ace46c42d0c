"""Open the packages of Word and PowerPoint safely.

A package is written anew, in memory, with no more of it than readers need: nothing in it is unpacked beyond the
limits, whatever its directory says, and what it refers to without having it is left out, which no library forgives.
"""

import contextlib
import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from docsight.documents.formats.source import Source
from docsight.errors import DataError

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how files before 2007 begin, and encrypted ones of today
_TYPES = "[Content_Types].xml"
_MAX_MEMBERS = 50_000
_MAX_XML = 256 << 20  # bytes of all XML together
_MAX_NODES = 10_000_000  # elements and attributes of all XML together: in memory each takes some hundred bytes
_CHUNK = 1 << 20

_XML = re.compile(r"\.(?:xml|rels)$", re.I)
_MEDIA = re.compile(r"\.(?:png|jpe?g|jfif|gif|tiff?|bmp|webp|emf|wmf|wdp|svg)$", re.I)
_EMBEDDED = re.compile(r"/embeddings/|\.(?:mp[34]|m4[av]|mov|avi|wm[av]|wav)$", re.I)
# Nothing of these is read, and a damaged one shall cost no text.
_UNNEEDED = re.compile(
    r"(?:^|/)(?:styles\w*|settings|webSettings|fontTable|numbering|theme\d*|(?:pres|view)Props|tableStyles)\.xml$"
    r"|^customXml/|^customUI",
    re.I,
)

# Files with macros, templates and shows hold the same; the strict form of the standard has other names for it.
_MAIN_TYPES = (
    (
        rb"application/vnd\.(?:ms-word\.(?:document|template)\.macroEnabled(?:Template)?"
        rb"|openxmlformats-officedocument\.wordprocessingml\.template)\.main\+xml",
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    ),
    (
        rb"application/vnd\.(?:ms-powerpoint\.(?:presentation|slideshow|template)\.macroEnabled"
        rb"|openxmlformats-officedocument\.presentationml\.(?:slideshow|template))\.main\+xml",
        b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    ),
)
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(officeDocument|wordprocessingml|presentationml|drawingml)/")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"

# What zipfile raises over a damaged archive, or one that it cannot read: encrypted members are a RuntimeError, unknown
# methods a NotImplementedError.
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(kw_only=True)
class Package:
    """The parts of a package by their names, and notes on what is not in it any more."""

    parts: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def file(self) -> io.BytesIO:
        """Write it as a file."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in self.parts.items():
                archive.writestr(name, data)
        file.seek(0)
        return file


def safe_package(source: Source, *, kind: str) -> Package:
    """Write a package anew, as the module tells.

    Args:
        source: A file.
        kind: What it is expected to be, for messages.

    Raises:
        DataError: It is none, is encrypted, damaged, or too large.
        OSError: It cannot be read.
    """
    if source.head(len(_OLE)) == _OLE:
        raise DataError(f"is encrypted, or a file of before 2007: expected a {kind} of XML parts")
    with source.open() as file:
        try:
            archive = zipfile.ZipFile(file)
        except _DAMAGED as err:
            raise DataError(f"is no {kind} that can be read: {err}") from err
        with archive:
            package = _unpack(archive, kind, source.options.max_bytes)
    if _TYPES not in package.parts:
        raise DataError(f"is an archive, but no {kind}: it has no part {_TYPES}")
    _check_size(package.parts, kind)
    for name, data in package.parts.items():
        if _XML.search(name):
            package.parts[name] = _STRICT.sub(_TRANSITIONAL, data)
    for pattern, usual in _MAIN_TYPES:
        package.parts[_TYPES] = re.sub(pattern, usual, package.parts[_TYPES])
    _prune(package)
    return package


def parse(data: bytes) -> Any:
    """Parse XML from strangers: entities stay as they are, and nothing else is opened for it.

    Raises:
        XMLSyntaxError: It is damaged, or nests too deep.
    """
    from lxml import etree  # type: ignore[import-untyped]

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(data, parser)


@contextlib.contextmanager
def reading(kind: str) -> Iterator[None]:
    """Turn whatever a library stumbles over into a DataError: KeyError, AttributeError, XMLSyntaxError and more."""
    try:
        yield
    except DataError:
        raise
    except Exception as err:
        raise DataError(f"is no {kind} that can be read: {err or type(err).__name__}") from err


def root_of(part: Any) -> Any:
    """Give the root element of a part, which the library may or may not have parsed."""
    element = getattr(part, "element", None)
    return parse(part.blob) if element is None else element


def _unpack(archive: zipfile.ZipFile, kind: str, limit: int) -> Package:
    members = archive.infolist()
    if len(members) > _MAX_MEMBERS:
        raise DataError(f"has {len(members):,} parts; expected at most {_MAX_MEMBERS:,} in a {kind}")
    package = Package()
    embedded = damaged = 0
    for member in members:
        name = member.filename.replace("\\", "/").lstrip("/")
        is_media = _MEDIA.search(name) is not None
        if _EMBEDDED.search(name):
            embedded += 1
        elif is_media or (_XML.search(name) and not _UNNEEDED.search(name)):
            if member.flag_bits & 1:
                raise DataError(f"is encrypted: expected a {kind} without a password")
            try:
                data = _read(archive, member, limit if is_media else min(limit, _MAX_XML))
            except _DAMAGED as err:
                if isinstance(err, DataError) or not is_media:
                    raise DataError(f"is no {kind} that can be read: {name}: {err}") from err
                damaged += 1
                continue
            limit -= len(data)
            package.parts[name] = data
    if embedded:
        package.notes.append(f"{embedded} embedded {'file was' if embedded == 1 else 'files were'} not read")
    if damaged:
        package.notes.append(f"{damaged} damaged {'picture was' if damaged == 1 else 'pictures were'} left out")
    return package


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    """Read a member in steps, since one that lies about its size would be unpacked whole."""
    if member.file_size > limit:  # `zipfile` gives no more than a member says that it has
        raise DataError("it is too large when unpacked (max_bytes)")
    pieces: list[bytes] = []
    with archive.open(member) as file:
        while piece := file.read(_CHUNK):
            limit -= len(piece)
            if limit < 0:
                raise DataError("it is too large when unpacked (max_bytes)")
            pieces.append(piece)
    return b"".join(pieces)


def _check_size(parts: dict[str, bytes], kind: str) -> None:
    marked = [data for name, data in parts.items() if _XML.search(name)]
    if (size := sum(map(len, marked))) > _MAX_XML:
        raise DataError(f"has {size:,} bytes of XML; expected at most {_MAX_XML:,} in a {kind}")
    if (nodes := sum(data.count(b"<") + data.count(b"=") for data in marked)) > _MAX_NODES:
        raise DataError(f"has {nodes:,} elements and attributes; expected at most {_MAX_NODES:,} in a {kind}")


def _prune(package: Package) -> None:
    """Take out the references to parts that are not there."""
    from lxml import etree

    names = {name.lower(): name for name in package.parts}
    missing: set[str] = set()
    for rels, data in list(package.parts.items()):
        if not rels.lower().endswith(".rels"):
            continue
        try:
            root = parse(data)
        except etree.XMLSyntaxError:
            continue  # the library will say so
        folder = posixpath.dirname(posixpath.dirname(rels))
        for one in list(root.iter(_RELATIONSHIP)):
            if one.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join("/", folder, unquote(one.get("Target") or "")))
            if (name := names.get(target.lstrip("/").lower())) is not None:
                one.set("Target", f"/{name}")
                continue
            if (_MEDIA.search(target) or _XML.search(target)) and not _UNNEEDED.search(target.lstrip("/")):
                missing.add(target)
            one.getparent().remove(one)
        package.parts[rels] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    if missing:
        package.notes.append(f"{len(missing)} {'part is' if len(missing) == 1 else 'parts are'} missing in it")
