"""Calendars and address cards."""

import base64

import pytest

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.mail import calendars, contacts
from docsight.documents.formats.source import Source
from docsight.errors import DataError


def calendar(*lines: str) -> ParsedDocument:
    data = "\r\n".join(("BEGIN:VCALENDAR", *lines, "END:VCALENDAR", "")).encode()
    (document,) = calendars.read(Source(name="a.ics", data=data))
    return document


def cards(data: str | bytes) -> ParsedDocument:
    data = data.encode() if isinstance(data, str) else data
    (document,) = contacts.read(Source(name="a.vcf", data=data.replace(b"\n", b"\r\n")))
    return document


def kinds(document: ParsedDocument) -> list[tuple[str, str]]:
    return [(one.kind, document.text[one.start : one.end]) for one in document.passages]


def test_an_event_has_a_heading_details_and_a_description() -> None:
    document = calendar(
        "X-WR-CALNAME:Visits",
        "BEGIN:VTIMEZONE",
        "TZID:Europe/London",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "DTSTART;TZID=Europe/London:18430710T160000",
        "DTEND:18430710T170030Z",
        "SUMMARY:Tea\\, late",
        'ORGANIZER;CN="Lovelace, Ada":mailto:ada@example.org',
        "ATTENDEE:MAILTO:charles@example.org",
        "LOCATION:St James\u2019s Squ",
        " are",
        "DESCRIPTION:First line\\nSecond line",
        "BEGIN:VALARM",
        "DESCRIPTION:Reminder",
        "END:VALARM",
        "END:VEVENT",
        "BEGIN:VTODO",
        "SUMMARY:Write",
        "DUE;VALUE=DATE:18430711",
        "END:VTODO",
    )
    assert document.title == "Visits"
    assert kinds(document) == [
        ("heading", "Tea, late"),
        (
            "paragraph",
            "Start: 1843-07-10 16:00 Europe/London\nEnd: 1843-07-10 17:00:30Z\n"
            "Organizer: Lovelace, Ada <ada@example.org>\nAttendee: charles@example.org\n"
            "Location: St James\u2019s Square",
        ),
        ("paragraph", "First line\nSecond line"),
        ("heading", "Write"),
        ("paragraph", "Due: 1843-07-11"),
    ]


def test_a_card_has_a_name_numbers_addresses_and_a_photograph() -> None:
    photo = base64.b64encode(b"\x89PNG").decode()
    document = cards(
        "BEGIN:VCARD\nVERSION:3.0\nFN:Ada Lovelace\nN:Lovelace;Ada;;;\nORG:Analytical\\, Engines;Notes\n"
        "item1.TEL;TYPE=home,voice:+44 1\nADR;TYPE=home:;;1 St James\\, Square;London;;;UK\n"
        f"NOTE:One\\nTwo\nPHOTO;ENCODING=b;TYPE=PNG:{photo[:4]}\n {photo[4:]}\nEND:VCARD\n"
    )
    assert kinds(document) == [
        ("heading", "Ada Lovelace"),
        (
            "paragraph",
            "Organization: Analytical, Engines, Notes\nTelephone: +44 1\nAddress: 1 St James, Square, London, UK",
        ),
        ("paragraph", "One\nTwo"),
    ]
    assert [image.data for image in document.images] == [b"\x89PNG"]


def test_a_card_of_version_2_has_quoted_values_and_types_without_names() -> None:
    document = cards(
        "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;Zo=EB;;Dr.;\nTEL;HOME;VOICE:5\n"
        "LABEL;QUOTED-PRINTABLE:1 Road=0D=0A=\nLondon=3B UK\nbroken\nEND:VCARD\n"
        "BEGIN:VCARD\nFN:Second\nEMAIL;INTERNET:b@example.org\nEND:VCARD\n"
    )
    assert document.text == (
        "Dr. Zo\u00eb M\u00fcller\n\nTelephone: 5\nAddress: 1 Road London; UK\n\nSecond\n\nE-mail: b@example.org"
    )
    assert document.notes == ("1 damaged line was left out",)


def test_characters_may_be_folded_in_the_middle() -> None:
    name = "FN:Zo\u00eb".encode()
    assert cards(b"BEGIN:VCARD\n" + name[:-1] + b"\n " + name[-1:] + b"\nEND:VCARD\n").text == "Zo\u00eb"


def test_other_files_fail_with_the_reason() -> None:
    with pytest.raises(DataError, match="not a calendar"):
        list(calendars.read(Source(name="a.ics", data=b"Hello")))
    with pytest.raises(DataError, match="no address card"):
        cards("Hello")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20260630", "Repeats: every week on Monday, Wednesday until 2026-06-30"),
        (
            "RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR;COUNT=10;WKST=MO",
            "Repeats: every 2 months on last Friday 10 times",
        ),
        ("RRULE:FREQ=YEARLY;BYMONTHDAY=15", "Repeats: every year (BYMONTHDAY: 15)"),
        ("RRULE:MD1 5 #0", "Repeats: MD1 5 #0"),
        ("EXDATE;TZID=Europe/Paris:20260408T190000,20260415T190000", None),
        ("DURATION:PT1H30M", "Duration: 1 hour 30 minutes"),
        ("DURATION:soon", "Duration: soon"),
        ("STATUS:CANCELLED", "Status: cancelled"),
        ("STATUS:CONFIRMED", ""),
    ],
)
def test_entries_tell_how_they_are_repeated_and_that_they_are_cancelled(line: str, shown: str | None) -> None:
    expected = "Except on: 2026-04-08 19:00 Europe/Paris, 2026-04-15 19:00 Europe/Paris" if shown is None else shown
    assert calendar("BEGIN:VEVENT", line, "END:VEVENT").text == expected
