"""Messages of Outlook: the same texts, headers and attachments as mails."""

import struct
import sys
from pathlib import Path

import pytest

from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.mail import outlook
from docsight.documents.formats.mail.compressed_rtf import decompress_rtf
from docsight.documents.formats.source import Source
from docsight.errors import DataError

pytest.importorskip("olefile")
pytest.importorskip("selectolax")
# The package test runs without the sources, so the builder is beside the tests.
sys.path.append(str(Path(__file__).parents[2]))
from hostile_files.ole_builder import msg, msg_streams, ole

SENT = 116_444_736_000_000_000 + 1_704_103_200 * 10_000_000  # 2024-01-01 10:00 in units of 100 nanoseconds since 1601
TO = {0x3001: "Charles Babbage", 0x39FE: "charles@example.org", 0x0C15: 1}
CC = {0x3001: "Zo\u00eb", 0x3003: "/O=EXCHANGE/CN=ZOE", 0x0C15: 2}
LETTER: dict[int, str | bytes | int] = {
    0x0037: "The engine",
    0x0C1A: "Ada Lovelace",
    0x0C1F: "ada@example.org",
    0x0039: SENT,
    0x1000: "Dear Charles,\r\n\r\nit works.\r\n-- \r\nAda\r\n",
}


def read(data: bytes) -> list[ParsedDocument | PartError]:
    return list(outlook.read(Source(name="a.msg", data=data)))


def first(data: bytes) -> ParsedDocument:
    document = read(data)[0]
    assert isinstance(document, ParsedDocument)
    return document


@pytest.mark.parametrize("is_unicode", [True, False])
def test_headers_and_body_are_those_of_a_mail(is_unicode: bool) -> None:
    document = first(msg(LETTER | {0x3FFD: 1252}, recipients=[TO, CC], is_unicode=is_unicode))
    assert document.title == "The engine"
    assert document.text.split("\n") == [
        "Subject: The engine",
        "From: Ada Lovelace <ada@example.org>",
        "To: Charles Babbage <charles@example.org>",
        "Cc: Zo\u00eb",
        "Date: Mon, 01 Jan 2024 10:00:00 +0000",
        "",
        "Dear Charles,",
        "",
        "it works.",
        "-- ",
        "Ada",
    ]
    assert [one.kind for one in document.passages][::3] == ["header", "signature"]


def test_headers_that_came_with_the_mail_win() -> None:
    headers = "From: =?utf-8?q?=C3=89mile?= <e@example.org>\r\nDate: Mon, 1 Jan 2024 10:00:00 +0100\r\nTo: a@b.org\r\n"
    text = first(msg(LETTER | {0x007D: headers}, recipients=[TO])).text
    assert "From: \u00c9mile <e@example.org>\nTo: a@b.org\nDate: Mon, 1 Jan 2024" in text


def test_a_page_or_rtf_is_read_if_there_is_no_plain_text() -> None:
    without = {number: value for number, value in LETTER.items() if number != 0x1000}
    page = "<p>Dear <b>Charles</b></p><p>Z\u00fcrich</p>".encode("cp1252")
    assert first(msg(without | {0x1013: page, 0x3FDE: 1252})).text.endswith("Dear Charles\n\nZ\u00fcrich")
    rich = b"{\\rtf1 Dear Charles\\par}"
    packed = struct.pack("<II4sI", len(rich) + 12, len(rich), b"MELA", 0) + rich
    assert first(msg(without | {0x1009: packed})).text.endswith("Dear Charles")


def test_compressed_rtf_is_unpacked() -> None:
    # The examples of MS-OXRTFCP.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert decompress_rtf(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    repeated = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert decompress_rtf(repeated) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    with pytest.raises(DataError, match="RTF text is damaged"):
        decompress_rtf(b"LZFu")


def test_attachments_are_parts_and_attached_messages_too() -> None:
    table = {0x3707: "t\u00e4ble.txt", 0x3701: b"Ada Lovelace"}
    image = {0x3707: "logo.png", 0x3701: b"\x89PNG", 0x370E: "image/png", 0x3712: "one@x"}
    streams = msg_streams(LETTER, attachments=[table, image, {0x3001: "Reply"}, {0x3707: "link.doc"}], header_bytes=32)
    inner = "__attach_version1.0_#00000002/__substg1.0_3701000D/"
    streams |= msg_streams(LETTER | {0x0037: "Inner"}, folder=inner, attachments=[table])
    letter, *parts = read(ole(streams))
    assert isinstance(letter, ParsedDocument)
    assert [image.data for image in letter.images] == [b"\x89PNG"]
    assert [part.part for part in parts] == ["t\u00e4ble.txt", "Reply", "Reply/t\u00e4ble.txt", "link.doc"]
    assert [part.title for part in parts if isinstance(part, ParsedDocument)] == ["", "Inner", ""]
    assert isinstance(parts[-1], PartError)
    assert "external-body" in str(parts[-1].error)


def test_messages_attached_to_each_other_without_end_are_refused() -> None:
    streams: dict[str, bytes] = {}
    folder = ""
    for _ in range(25):
        streams |= msg_streams(LETTER, folder=folder, attachments=[{}])
        folder += "__attach_version1.0_#00000000/__substg1.0_3701000D/"
    with pytest.raises(DataError, match="more than 20 messages"):
        read(ole(streams))


def test_a_damaged_message_fails_with_the_reason() -> None:
    with pytest.raises(DataError, match="damaged compound file"):
        read(msg(LETTER)[:700])
