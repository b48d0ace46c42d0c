"""Make safe copies of Word and PowerPoint packages.

The copy is written in memory and has only the parts that the readers need. No part is unpacked beyond the limits,
whatever the directory of the zip file states. Relationships to missing parts are removed, because the libraries fail on
them.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote

from docsight.documents.formats.archives.safe_zip import ZIP_ERRORS, open_zip, read_member
from docsight.documents.formats.office.markup import parse_xml
from docsight.documents.formats.source import Source
from docsight.errors import DataError

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the signature of files before Office 2007, and of encrypted files
_CONTENT_TYPES = "[Content_Types].xml"
_MAX_PARTS_PER_PACKAGE = 50_000
_MAX_XML = 256 << 20  # bytes of all XML parts together
_MAX_XML_NODES = 10_000_000  # elements and attributes of all XML parts; each takes about a hundred bytes of memory

_XML = re.compile(r"\.(?:xml|rels)$", re.I)
_MEDIA = re.compile(r"\.(?:png|jpe?g|jfif|gif|tiff?|bmp|webp|emf|wmf|wdp|svg)$", re.I)
_EMBEDDED = re.compile(r"/embeddings/|\.(?:mp[34]|m4[av]|mov|avi|wm[av]|wav)$", re.I)
_CHART_RELATIONSHIPS = re.compile(r"/charts/_rels/[^/]+\.rels$")
_PART_TARGET = re.compile(rb'Target="([^"]+)"')
# Parts without text. If one is damaged, the document is still readable.
_UNNEEDED = re.compile(
    r"(?:^|/)(?:stylesWithEffects|settings|webSettings|fontTable|theme\d*|(?:pres|view)Props|tableStyles)\.xml$"
    r"|^customXml/|^customUI",
    re.I,
)
# Without these parts, paragraphs are only read without their roles and numbers.
_OPTIONAL = re.compile(r"(?:^|/)(?:styles|numbering)\.xml$", re.I)

# The content types of files with macros, templates and slide shows, which have the same structure, and the ordinary
# type that the libraries accept.
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
# The strict form of the standard has other namespaces for the same elements.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(officeDocument|wordprocessingml|presentationml|drawingml)/")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


def safe_parts(source: Source, *, kind: str) -> tuple[dict[str, bytes], list[str]]:
    """Return the parts of a package by name, and notes on what was left out; messages call it a `kind`.

    Raises:
        DataError: It is not such a package, or is encrypted, damaged or too large.
        OSError: It cannot be read.
    """
    if source.head(len(_OLE)) == _OLE:
        raise DataError(f"is encrypted, or from before Office 2007; expected a {kind} of XML parts")
    with open_zip(source, kind=kind) as archive:
        parts, notes = _unpack(archive, kind, source.options.max_bytes)
    if _CONTENT_TYPES not in parts:
        raise DataError(f"is a zip archive, but not a {kind}: it has no part {_CONTENT_TYPES}")
    xml_names = [name for name in parts if _XML.search(name)]
    if (size := sum(len(parts[name]) for name in xml_names)) > _MAX_XML:
        raise DataError(f"has {size:,} bytes of XML; expected at most {_MAX_XML:,} in a {kind}")
    if (nodes := sum(parts[name].count(b"<") + parts[name].count(b"=") for name in xml_names)) > _MAX_XML_NODES:
        raise DataError(f"has {nodes:,} elements and attributes; expected at most {_MAX_XML_NODES:,} in a {kind}")
    for name in xml_names:
        parts[name] = _STRICT.sub(_TRANSITIONAL, parts[name])
    for pattern, ordinary_type in _MAIN_TYPES:
        parts[_CONTENT_TYPES] = re.sub(pattern, ordinary_type, parts[_CONTENT_TYPES])
    notes.extend(_remove_damaged(parts))
    missing = [name for name in _remove_dangling(parts) if not (_UNNEEDED.search(name) or _OPTIONAL.search(name))]
    if count := sum(bool(_MEDIA.search(name) or _XML.search(name)) for name in missing):
        notes.append(f"{count} {'part is' if count == 1 else 'parts are'} missing")
    return parts, notes


def zip_parts(parts: dict[str, bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    file.seek(0)
    return file


def _unpack(archive: zipfile.ZipFile, kind: str, max_bytes: int) -> tuple[dict[str, bytes], list[str]]:
    members = archive.infolist()
    if len(members) > _MAX_PARTS_PER_PACKAGE:
        raise DataError(f"has {len(members):,} parts; expected at most {_MAX_PARTS_PER_PACKAGE:,} in a {kind}")
    parts: dict[str, bytes] = {}
    notes: list[str] = []
    embedded: set[str] = set()
    damaged = 0
    for member in members:
        name = member.filename.replace("\\", "/").lstrip("/")
        is_media = _MEDIA.search(name) is not None
        if _EMBEDDED.search(name):
            embedded.add(name.rpartition("/")[2])
            continue
        if not is_media and (not _XML.search(name) or _UNNEEDED.search(name)):
            continue
        if member.flag_bits & 1:
            raise DataError(f"is encrypted; expected a {kind} without a password")
        try:
            data = read_member(archive, member, max_bytes if is_media else min(max_bytes, _MAX_XML))
        except ZIP_ERRORS as err:
            if isinstance(err, DataError) or not is_media:
                raise DataError(f"cannot be read as a {kind}: {name}: {err}") from err
            damaged += 1
            continue
        max_bytes -= len(data)
        parts[name] = data
    if count := len(embedded - set(_data_of_charts(parts))):
        notes.append(f"{count} embedded {'file was' if count == 1 else 'files were'} not read")
    if damaged:
        notes.append(f"{damaged} damaged {'image was' if damaged == 1 else 'images were'} left out")
    return parts, notes


def _data_of_charts(parts: dict[str, bytes]) -> Iterator[str]:
    """Yield the names of the embedded workbooks with the data of charts, which the charts have themselves."""
    for name in filter(_CHART_RELATIONSHIPS.search, parts):
        for target in _PART_TARGET.findall(parts[name]):
            yield target.decode("utf-8", "replace").rpartition("/")[2]


def _remove_damaged(parts: dict[str, bytes]) -> Iterator[str]:
    """Remove the optional parts that are damaged, and yield a note on each."""
    for name in [name for name in parts if _OPTIONAL.search(name)]:
        try:
            parse_xml(parts[name])
        except SyntaxError as err:  # the base class of lxml's XMLSyntaxError
            del parts[name]
            yield f"{name} is damaged and was not read: {err}"


def _remove_dangling(parts: dict[str, bytes]) -> set[str]:
    """Remove the relationships to parts that are not in the package, and return the names of these parts.

    The libraries fail on such relationships. The case of the names of existing parts is corrected.
    """
    from lxml import etree  # type: ignore[import-untyped]

    names = {name.lower(): name for name in parts}
    missing: set[str] = set()
    for rels, data in list(parts.items()):
        if not rels.lower().endswith(".rels"):
            continue
        try:
            root = parse_xml(data)
        except etree.XMLSyntaxError:
            continue  # the library reports it
        folder = posixpath.dirname(posixpath.dirname(rels))
        for relationship in list(root.iter(_RELATIONSHIP)):
            if relationship.get("TargetMode") == "External":
                continue
            target = unquote(relationship.get("Target") or "")
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            if (name := names.get(target.lower())) is not None:
                relationship.set("Target", f"/{name}")
            else:
                missing.add(target)
                relationship.getparent().remove(relationship)
        parts[rels] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return missing
