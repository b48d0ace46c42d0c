"""The lines of calendars and address cards: iCalendar (RFC 5545) and vCard 2.1 to 4.0.

The libraries for these formats refuse the parameters without names that vCard 2.1 has, and whole files for one
damaged line.
"""

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from docsight.documents.formats.text.charset_names import lookup_encoding
from docsight.documents.formats.text.encoding import decode, normalize_newlines
from docsight.errors import DataError

_FOLD = re.compile(rb"\r?\n[ \t]")
_CONTENT_LINE = re.compile(r'([\w.-]+)((?:;(?:"[^"\n]*"|[^":;\n])*)*):(.*)')
_PARAMETER = re.compile(r';((?:"[^"]*"|[^";])*)')
_ESCAPED = re.compile(r"\\(.)", re.S)
_VALUE_FIELD = re.compile(r"((?:\\.|[^\\;])*)(?:;|$)", re.S)
_QUOTED_PRINTABLE, _BASE64 = "QUOTED-PRINTABLE", ("B", "BASE64")


@dataclass(frozen=True, kw_only=True)
class Property:
    """A property: its name and the names of its parameters are in capitals, its value is as written."""

    name: str
    value: str
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The value without its escapes."""
        return _unescape(self.value)

    @property
    def fields(self) -> list[str]:
        """The fields of a structured value, such as the parts of an address, without the empty ones."""
        return [text for one in _VALUE_FIELD.findall(self.value) if (text := _unescape(one).strip(" ,"))]

    @property
    def is_base64(self) -> bool:
        return self.parameters.get("ENCODING", "").upper() in _BASE64


def read_properties(data: bytes) -> tuple[list[Property], str, int]:
    """Return the properties in order, the encoding, and the number of damaged lines.

    Raises:
        DataError: It is not text.
    """
    text, encoding = decode(_FOLD.sub(b"", data))
    properties: list[Property] = []
    damaged = 0
    for line in _joined_lines(normalize_newlines(text).split("\n")):
        if (match := _CONTENT_LINE.fullmatch(line)) is not None:
            properties.append(_property(*match.groups()))
        else:
            damaged += bool(line.strip())
    return properties, encoding, damaged


def _joined_lines(lines: list[str]) -> Iterator[str]:
    """Join the lines of values in quoted-printable, which vCard 2.1 continues after "=" at the end of a line."""
    pieces: list[str] = []
    for line in lines:
        if line.endswith("=") and (pieces or _QUOTED_PRINTABLE in line.partition(":")[0].upper()):
            pieces.append(line[:-1])
        else:
            yield "".join((*pieces, line))
            pieces = []
    if pieces:
        yield "".join(pieces)


def components(properties: list[Property], names: tuple[str, ...]) -> Iterator[list[Property]]:
    """Yield the properties of each component with one of these names, without those of the components in it."""
    found: list[Property] | None = None
    inner = 0
    for one in properties:
        if one.name == "BEGIN":
            if found is not None:
                inner += 1
            elif one.value.strip().upper() in names:
                found = []
        elif one.name == "END" and found is not None:
            if inner:
                inner -= 1
            else:
                yield found
                found = None
        elif found is not None and not inner:
            found.append(one)
    if found is not None:  # the file is cut
        yield found


def _property(name: str, parameters: str, value: str) -> Property:
    named: dict[str, str] = {}
    for parameter in _PARAMETER.findall(parameters):
        key, equals, text = parameter.partition("=")
        if not equals:  # in vCard 2.1, types and encodings have no names
            key, text = ("ENCODING" if key.upper() in (_QUOTED_PRINTABLE, *_BASE64) else "TYPE"), key
        named.setdefault(key.upper(), text.strip('"'))
    if named.get("ENCODING", "").upper() == _QUOTED_PRINTABLE:
        value = _decode_quoted(value, named.get("CHARSET", ""))
    return Property(name=name.rpartition(".")[2].upper(), value=value, parameters=named)


def _decode_quoted(value: str, charset: str) -> str:
    try:
        data = quopri.decodestring(value.encode("utf-8"))
        return normalize_newlines(decode(data, declared=lookup_encoding(charset))[0])
    except DataError:
        return value


def _unescape(value: str) -> str:
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
