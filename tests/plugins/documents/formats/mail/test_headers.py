"""The headers of mails: words in other encodings, ids, addresses, and hostile headers."""

import sys
import time
from pathlib import Path

import pytest

from docsight.documents.formats.content import Metadata, ParsedDocument
from docsight.documents.formats.mail.headers import decode_header

sys.path.append(str(Path(__file__).parent))

from mail_samples import HEAD, SHOWN, read, texts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?q?Zo=C3=AB_Kr=C3=BCger?=", "Zoë Krüger"),
        ("=?UTF-8?B?Wm/Dqw==?= <z@example.org>", "Zoë <z@example.org>"),
        ("=?utf-8?b?Wm/D?=\n =?utf-8?b?qw==?= x", "Zoë x"),  # cut within a character
        ("=?iso-8859-1?q?Zo=EB?= =?utf-8?q?Zo=C3=AB?=", "ZoëZoë"),
        ("a =?no-such?q?b?= c", "a b c"),
        ("=?utf-8?b?%%?=", ""),
        ("folded\n\t header", "folded header"),
        ("Zo\udcc3\udcab", "Zoë"),
        ("Zo\udceb", "Zoë"),
        ("=?utf-8?q?a=00b?=", "a\ufffdb"),
    ],
)
def test_decode_header_decodes_words_and_raw_bytes(value: str, text: str) -> None:
    assert decode_header(value) == text


@pytest.mark.parametrize(
    "value", ["=?" * 200_000, "=?a?q?" * 100_000, "=?utf-8?q?a?= " * 20_000, "\n " * 200_000, "\udceb" * 50_000]
)
def test_decode_header_is_fast_for_hostile_headers(value: str) -> None:
    started = time.process_time()
    decode_header(value)
    assert time.process_time() - started < 5


def test_mail_has_the_reply_address_if_it_is_another_one() -> None:
    assert "Reply-To" not in texts(read(f"{HEAD}Reply-To: ADA@example.org\n\nx"))[""]
    assert texts(read(f"{HEAD}Reply-To: tom@example.org\n\nx"))[""] == f"{SHOWN}\nReply-To: tom@example.org\n\nx"


def test_mail_has_its_ids_and_its_sender() -> None:
    head = "Message-ID:\n <a.b@x>\nIn-Reply-To: Your mail of Monday <c@x> <d@x>\nReply-To: Grace <grace@example.org>\n"
    (mail,) = read(f"{HEAD}{head}\nHello")
    assert isinstance(mail, ParsedDocument)
    assert mail.metadata == Metadata(
        authors=("Ada",),
        created="2024-01-01T10:00:00+00:00",
        message_id="a.b@x",
        in_reply_to="c@x",
        reply_to="grace@example.org",
    )
    (bare,) = read("From: ada@example.org\nMessage-ID: e@x\nDate: soon\nIn-Reply-To: your mail\n\nHello")
    assert isinstance(bare, ParsedDocument)
    assert bare.metadata == Metadata(authors=("ada@example.org",), message_id="e@x")
