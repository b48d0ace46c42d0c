"""Calendars (.ics): each event, task and journal entry with its time, place, persons and description."""

import re
from collections.abc import Iterator

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.mail.content_lines import Property, components, read_properties
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.builder import LINE, PARAGRAPH, Block, TextBuilder
from docsight.errors import DataError

_ENTRIES = ("VEVENT", "VTODO", "VJOURNAL")
_LABELS = {
    "DTSTART": "Start", "DTEND": "End", "DUE": "Due", "LOCATION": "Location", "ORGANIZER": "Organizer",
    "ATTENDEE": "Attendee", "CONTACT": "Contact", "CATEGORIES": "Categories", "URL": "URL",
}  # fmt: skip
_LONG_TEXTS = ("DESCRIPTION", "COMMENT")
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield all entries as one document; raise `DataError` if the file has none, and is not a calendar."""
    properties, encoding, damaged = read_properties(source.read_bytes())
    if not any(one.name == "BEGIN" for one in properties):
        raise DataError("is not a calendar: it has no line BEGIN")
    builder = TextBuilder()
    for entry in components(properties, _ENTRIES):
        _write_entry(entry, builder)
    notes = (f"{damaged} damaged {'line was' if damaged == 1 else 'lines were'} left out",) if damaged else ()
    title = next((one.text for one in properties if one.name == "X-WR-CALNAME"), "")
    yield ParsedDocument(
        text=builder.text(), title=title, encoding=encoding, passages=tuple(builder.passages()), notes=notes
    )


def _write_entry(entry: list[Property], builder: TextBuilder) -> None:
    builder.interrupt(PARAGRAPH)
    for one in entry:
        if one.name == "SUMMARY":
            builder.block = Block(kind="heading", level=1)
            builder.write_collapsed(one.text)
            builder.interrupt(PARAGRAPH)
    builder.block = Block()
    for one in entry:
        if one.name in _LABELS and (text := _shown_value(one)):
            builder.interrupt(LINE)
            builder.write_collapsed(f"{_LABELS[one.name]}: {text}")
    for one in entry:
        if one.name in _LONG_TEXTS:
            builder.interrupt(PARAGRAPH)
            builder.write(one.text)


def _shown_value(one: Property) -> str:
    if one.name in ("DTSTART", "DTEND", "DUE"):
        return _shown_time(one)
    if one.name in ("ORGANIZER", "ATTENDEE"):
        address = re.sub(r"(?i)^mailto:", "", one.value.strip())
        name = one.parameters.get("CN", "")
        return f"{name} <{address}>" if name and name != address else address
    return one.text.strip()


def _shown_time(one: Property) -> str:
    """Return a date or a time in ISO 8601, with its time zone; a value of another form as it is."""
    match = _TIME.fullmatch(one.value.strip())
    if match is None:
        return one.value.strip()
    year, month, day, hour, minute, second, utc = match.groups()
    if hour is None:
        return f"{year}-{month}-{day}"
    zone = "Z" if utc else f" {one.parameters['TZID']}" if "TZID" in one.parameters else ""
    return f"{year}-{month}-{day} {hour}:{minute}{'' if second == '00' else f':{second}'}{zone}"
