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
    "DTSTART": "Start", "DTEND": "End", "DURATION": "Duration", "DUE": "Due", "RRULE": "Repeats", "RDATE": "Also on",
    "EXDATE": "Except on", "STATUS": "Status", "LOCATION": "Location", "ORGANIZER": "Organizer",
    "ATTENDEE": "Attendee", "CONTACT": "Contact", "CATEGORIES": "Categories", "URL": "URL",
}  # fmt: skip
_LONG_TEXTS = ("DESCRIPTION", "COMMENT")
_TIMES = ("DTSTART", "DTEND", "DUE", "RDATE", "EXDATE")
_USUAL_STATUSES = ("CONFIRMED", "NEEDS-ACTION", "FINAL")
_UNITS_OF_FREQUENCIES = {
    "SECONDLY": "second", "MINUTELY": "minute", "HOURLY": "hour", "DAILY": "day", "WEEKLY": "week", "MONTHLY": "month",
    "YEARLY": "year",
}  # fmt: skip
_DAYS = {
    "MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday", "SA": "Saturday",
    "SU": "Sunday",
}  # fmt: skip
_ORDINALS = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", "-1": "last"}
_DAY = re.compile(r"\+?(-?\d+)?([A-Z]{2})")
_DURATION = re.compile(r"[+-]?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_DURATION_UNITS = ("week", "day", "hour", "minute", "second")
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
    value = one.value.strip()
    if one.name in _TIMES:
        return ", ".join(_shown_time(each.strip(), one.parameters.get("TZID", "")) for each in value.split(","))
    if one.name == "RRULE":
        return _shown_rule(value)
    if one.name == "DURATION":
        found = _DURATION.fullmatch(value)
        parts = zip(found.groups(), _DURATION_UNITS, strict=True) if found is not None else ()
        return " ".join(_counted(count, unit) for count, unit in parts if count and count.strip("0")) or value
    if one.name == "STATUS":
        return "" if value.upper() in _USUAL_STATUSES else value.lower().replace("-", " ")
    if one.name in ("ORGANIZER", "ATTENDEE"):
        address = re.sub(r"(?i)^mailto:", "", value)
        name = one.parameters.get("CN", "")
        return f"{name} <{address}>" if name and name != address else address
    return one.text.strip()


def _shown_time(value: str, zone: str) -> str:
    """Return a date or a time in ISO 8601, with its time zone; a value of another form as it is."""
    match = _TIME.fullmatch(value)
    if match is None:
        return value
    year, month, day, hour, minute, second, utc = match.groups()
    if hour is None:
        return f"{year}-{month}-{day}"
    zone = "Z" if utc else f" {zone}" if zone else ""
    return f"{year}-{month}-{day} {hour}:{minute}{'' if second == '00' else f':{second}'}{zone}"


def _shown_rule(rule: str) -> str:
    """Return how an entry is repeated, such as "every 2 weeks on Monday until 2026-06-30"."""
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";") if part)
    unit, interval = _UNITS_OF_FREQUENCIES.get(parts.pop("FREQ", "")), parts.pop("INTERVAL", "1")
    parts.pop("WKST", None)  # on which day weeks begin
    if unit is None:
        return rule
    words = [f"every {unit}" if interval == "1" else f"every {interval} {unit}s"]
    if days := parts.pop("BYDAY", ""):
        words.append("on " + ", ".join(_DAY.sub(_shown_day, day) for day in days.split(",")))
    until, count = parts.pop("UNTIL", ""), parts.pop("COUNT", "")
    words += [f"({name}: {value})" for name, value in parts.items()]
    if until:
        words.append(f"until {_shown_time(until, '')}")
    if count:
        words.append(_counted(count, "time"))
    return " ".join(words)


def _shown_day(day: re.Match[str]) -> str:
    name = _DAYS.get(day[2], day[2])
    return name if day[1] is None else f"{_ORDINALS.get(day[1], day[1])} {name}"


def _counted(count: str, unit: str) -> str:
    number = count.lstrip("0")
    return f"{number} {unit}" if number == "1" else f"{number} {unit}s"
