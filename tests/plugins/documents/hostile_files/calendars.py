"""Calendars and address cards: lines without end, components that do not end, and damaged images."""

from .case import DOCUMENT, EITHER, FAILED, PARTLY, Cases
from .good import SENTENCE

CASES = Cases()


def card(lines: str) -> bytes:
    return f"BEGIN:VCARD\nFN:{SENTENCE}\n{lines}\nEND:VCARD\n".encode()


def event(lines: str) -> bytes:
    return f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:{SENTENCE}\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n".encode()


PARAMETERS = ";A=1" * 200_000
CASES.add_bytes("parameters.vcf", card(f"TEL{PARAMETERS}:5"), DOCUMENT, "Telephone: 5")
CASES.add_bytes("parameters-open.vcf", card(f"TEL{PARAMETERS}"), PARTLY, "damaged line")
CASES.add_bytes("quotes.vcf", card('TEL;A="' * 50_000), PARTLY, "damaged line")
CASES.add_bytes("fields.vcf", card("ADR:" + ";\\\\" * 200_000), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("soft-breaks.vcf", card("NOTE;QUOTED-PRINTABLE:" + "a=\n" * 100_000), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("quoted-lines.vcf", card(";QUOTED-PRINTABLE" * 20_000), EITHER)
CASES.add_bytes("photo.vcf", card("PHOTO;ENCODING=b:A"), DOCUMENT, "Ada Lovelace", processed=DOCUMENT)
CASES.add_bytes("folds.ics", event("DESCRIPTION:" + "\n " * 300_000), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("nested.ics", event("BEGIN:VALARM\n" * 100_000), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("ends.ics", event("END:VEVENT\n" * 100_000), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("times.ics", event("DTSTART:99999999T999999Z\nDTEND:x\nDUE:"), DOCUMENT, "Start: 9999-99-99")
CASES.add_bytes("empty.ics", b"", FAILED, "not a calendar")
CASES.add_bytes("empty.vcf", b"", FAILED, "no address card")
CASES.add_bytes("binary.vcf", bytes(range(256)), FAILED)
