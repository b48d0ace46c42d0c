"""Whole mails: the headers above the text, what may stand before them, and hostile mails."""

import sys
import time
from pathlib import Path

import pytest

from docsight.documents.formats.content import Metadata, ParsedDocument, Passage
from docsight.errors import DataError

sys.path.append(str(Path(__file__).parent))

from mail_samples import HEAD, SHOWN, read, texts


def test_mail_is_a_document_of_its_headers_and_text() -> None:
    (content,) = read(f"{HEAD}Content-Type: text/plain; charset=utf-8\n\nDear Charles,\r\nyours.\n")
    assert content == ParsedDocument(
        text=f"{SHOWN}\n\nDear Charles,\nyours.",
        title="Engine",
        encoding="utf-8",
        passages=(
            Passage(start=0, end=len(SHOWN), kind="header"),
            Passage(start=len(SHOWN) + 2, end=len(SHOWN) + 22),
        ),
        metadata=Metadata(authors=("Ada",), created="2024-01-01T10:00:00+00:00"),
    )


def test_mail_without_headers_is_an_error() -> None:
    with pytest.raises(DataError, match="headers of a mail"):
        read("Just a text.\n")


@pytest.mark.parametrize(
    "before", ["\ufeff", "\n\n", "\ufeff\r\n", "From ada Mon Jan  1 10:00:00 2024\n", ">From ada\n"]
)
def test_mail_may_begin_with_a_mark_blank_lines_or_a_separator(before: str) -> None:
    assert texts(read(f"{before}{HEAD}\nHello.")) == {"": f"{SHOWN}\n\nHello."}


@pytest.mark.parametrize(
    "head",
    [
        'Content-Type: text/plain; a="' + ";" * 300_000,
        "Content-Type: multipart/mixed; boundary=" + "x" * 300_000,
        "Content-Type: text/plain; " + "".join(f"name*{number}=a; " for number in range(20_000)),
        f"Content-Type: text/plain; name*{'9' * 5000}=a",
        "Content-Disposition: attachment; filename*=a'b'%FF; filename=\udce9",
        "Subject: " + "=?utf-8?q?" * 100_000,
        "".join(f"X-{number}: a\n" for number in range(50_000)) + "X: y",
        "Content-Type: multipart/mixed; boundary=x\n\n" + "--x\n" * 50_000,
        "".join(f"Content-Type: multipart/mixed; boundary=x{n}\n\n--x{n}\n" for n in range(5_000)),
        "Content-Type: message/rfc822\n\n" * 5_000,
        "Content-Type: text/plain; charset*=utf-8''utf-8\n\nZo\udceb",
    ],
)
def test_mail_is_fast_for_hostile_mails(head: str) -> None:
    started = time.process_time()
    try:
        read(f"From: a\n{head}\n\nText.".encode("utf-8", "surrogateescape"))
    except DataError as err:
        assert "nest" in str(err) or "cannot be parsed as a mail" in str(err)  # noqa: PT017 - an error is optional
    assert time.process_time() - started < 10
