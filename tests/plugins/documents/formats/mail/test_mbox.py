"""Mailboxes: each mail by its number, of any length."""

import sys
from pathlib import Path

import pytest

from docsight.documents.formats.content import ParsedDocument
from docsight.errors import DataError

sys.path.append(str(Path(__file__).parent))

from mail_samples import HEAD, SHOWN, errors, read, texts

MBOX = """\
From ada@example.org Mon Jan  1 10:00:00 2024
From: Ada
Subject: One

First.
>From here on it is quoted.

From here at 10:00 it is not the year.

From ada at example.org  Mon Jan  1 10:00:00 2024
Subject: Two
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x

Second.
--x
Content-Disposition: attachment; filename=a.txt

A
--x--

From MAILER-DAEMON Mon Jan  1 10:00:00 2024
Subject: Three

Third.
From a line before Mon Jan  1 10:00:00 2024
"""


def test_mbox_reads_each_mail() -> None:
    items = read(MBOX, "a.mbox")
    assert texts(items) == {
        "1": "Subject: One\nFrom: Ada\n\nFirst.\nFrom here on it is quoted.\n\nFrom here at 10:00 it is not the year.",
        "2": "Subject: Two\n\nSecond.",
        "2/a.txt": "A",
        "3": "Subject: Three\n\nThird.\nFrom a line before Mon Jan  1 10:00:00 2024",
    }
    assert [item.format for item in items if isinstance(item, ParsedDocument)] == ["mail", "mail", "text", "mail"]
    assert texts(read(MBOX.replace("\n", "\r\n"), "a.mbox")) == texts(items)


def test_mbox_may_be_empty_but_must_begin_with_from() -> None:
    assert read("", "a.mbox") == []
    with pytest.raises(DataError, match="expected a mailbox"):
        read("Dear Ada,\n", "a.mbox")


def test_mbox_reports_only_the_oversized_mail() -> None:
    large = MBOX.replace("First.", "First. " * 1000)
    items = read(large, "a.mbox", max_bytes=4000)
    assert list(errors(items)) == ["1"]
    assert list(texts(items)) == ["2", "2/a.txt", "3"]


def test_mbox_reads_lines_of_any_length() -> None:
    items = read(MBOX.replace("Third.", "From " * 1_000_000), "a.mbox")
    assert len(texts(items)["3"]) > 5_000_000


def test_a_mailbox_may_be_one_mail() -> None:
    assert texts(read(f"{HEAD}\nHello.", "a.mbox")) == {"": f"{SHOWN}\n\nHello."}
    with pytest.raises(DataError, match="mailbox"):
        read("nothing", "a.mbox")
