"""Reports of mail servers in mails that could not be delivered."""

import sys
from pathlib import Path

import pytest

from docsight.documents.formats.content import ParsedDocument

sys.path.append(str(Path(__file__).parent))

from mail_samples import HEAD, multipart, read

FAILED = (
    "Final-Recipient: rfc822; tom@nowhere.example\nAction: failed\nDiagnostic-Code: smtp; 550 <tom@nowhere.example>:\n"
    "    User unknown\n"
)
NOTICE = "Content-Type: text/plain\n\nNot delivered."
RETURNED = "Content-Type: message/rfc822\n\nSubject: Friday\nFrom: rosa@example.org\n\nCan you come?"


@pytest.mark.parametrize(
    ("kind", "report", "passages"),
    [
        (
            "delivery-status",
            f"Reporting-MTA: dns; mx.example.org\n\n{FAILED}\nFinal-Recipient: rfc822; a@b.org\n",
            [
                "Reporting-MTA: dns; mx.example.org",
                "Final-Recipient: rfc822; tom@nowhere.example\nAction: failed\n"
                "Diagnostic-Code: smtp; 550 <tom@nowhere.example>: User unknown",
                "Final-Recipient: rfc822; a@b.org",
            ],
        ),
        (
            "disposition-notification",
            "Reporting-UA: Mailer\nDisposition: manual-action; displayed\n",
            ["Reporting-UA: Mailer\nDisposition: manual-action; displayed"],
        ),
    ],
)
def test_mail_has_the_fields_of_a_report(kind: str, report: str, passages: list[str]) -> None:
    status = f"Content-Type: message/{kind}\n\n{report}"
    mail, returned = read(HEAD + multipart(NOTICE, status, RETURNED, kind="report"))
    assert isinstance(mail, ParsedDocument)
    found = [mail.text[each.start : each.end] for each in mail.passages if each.kind != "header"]
    assert found == ["Not delivered.", *passages]
    assert isinstance(returned, ParsedDocument)
    assert "Can you come?" in returned.text


def test_mail_without_a_report_in_its_report_part_has_only_its_notice() -> None:
    (mail,) = read(HEAD + multipart(NOTICE, "Content-Type: message/delivery-status\n\n", kind="report"))
    assert isinstance(mail, ParsedDocument)
    assert mail.text.endswith("Not delivered.")


def test_headers_of_the_returned_mail_are_a_mail() -> None:
    headers = "Content-Type: text/rfc822-headers\n\nFrom: Rosa Lindt <rosa@example.org>\nSubject: Friday"
    _, returned = read(HEAD + multipart(NOTICE, headers, kind="report"))
    assert isinstance(returned, ParsedDocument)
    assert (returned.part, returned.title, returned.passages[0].kind) == ("part-2.eml", "Friday", "header")


@pytest.mark.parametrize(
    "divider",
    [
        "--- Below this line is a copy of the message.",
        "------ This is a copy of the message, including all the headers. ------",
    ],
)
def test_a_copy_in_the_text_of_a_report_is_a_quote(divider: str) -> None:
    (mail,) = read(f"{HEAD}\nSorry.\n\n{divider}\n\nReturn-Path: <a@b.org>\nSubject: Friday\n\nCan you come?\n")
    assert isinstance(mail, ParsedDocument)
    assert [each.kind for each in mail.passages] == ["header", "paragraph", "quote", "quote", "quote"]


def test_a_long_report_is_read_to_its_end() -> None:
    blocks = "\n".join(f"Final-Recipient: rfc822; reader-{number}@example.org\n" for number in range(10_001))
    (mail,) = read(HEAD + multipart(NOTICE, f"Content-Type: message/delivery-status\n\n{blocks}", kind="report"))
    assert isinstance(mail, ParsedDocument)
    assert mail.text.endswith("reader-10000@example.org")
