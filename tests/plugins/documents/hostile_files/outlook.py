"""Messages of Outlook: nested without end, with absurd properties, and damaged."""

from .case import DOCUMENT, FAILED, PARTLY, Cases
from .good import SENTENCE
from .ole_builder import msg, msg_streams, ole

CASES = Cases()
OLE = {"needs": ("olefile", "selectolax")}
LETTER = {0x37: "The engine", 0x1000: SENTENCE}


def nested(depth: int) -> bytes:
    streams: dict[str, bytes] = {}
    folder = ""
    for _ in range(depth):
        streams |= msg_streams(LETTER, folder=folder, attachments=[{}])
        folder += "__attach_version1.0_#00000000/__substg1.0_3701000D/"
    return ole(streams)


CASES.add_bytes("nested.msg", nested(100), FAILED, "messages attached to each other", **OLE)
CASES.add_bytes("nested-a-bit.msg", nested(12), PARTLY, "nested in more than", **OLE)
CASES.add_bytes("empty-properties.msg", msg({}), DOCUMENT, **OLE)
CASES.add_bytes("far-date.msg", msg(LETTER | {0x39: (1 << 64) - 1}), DOCUMENT, "Ada Lovelace", **OLE)
CASES.add_bytes("headers.msg", msg(LETTER | {0x7D: "From: a\r\n" * 50_000}), DOCUMENT, "Ada Lovelace", **OLE)
CASES.add_bytes("header-lines.msg", msg({0x37: "a\r\nBcc: x@y\r\n\r\nz", 0x1000: SENTENCE}), DOCUMENT, **OLE)
CASES.add_bytes("codepage.msg", msg(LETTER | {0x3FFD: 99_999, 0x3FDE: 99_999, 0x1013: b"<p>x"}), DOCUMENT, **OLE)
CASES.add_bytes("rtf.msg", msg({0x37: "x", 0x1009: b"\xff" * 8 + b"LZFu" + b"\x00" * 500}), PARTLY, "RTF", **OLE)
CASES.add_bytes("path.msg", msg(LETTER, attachments=[{0x3707: "../../escaped.txt", 0x3701: b"x"}]), DOCUMENT, **OLE)
ATTACHED = [{0x3707: "a.txt", 0x3701: b"x"}] * 300
CASES.add_bytes("many-attachments.msg", msg(LETTER, attachments=ATTACHED), DOCUMENT, "Ada Lovelace", **OLE)
CASES.add_bytes("cut.msg", msg(LETTER)[:800], FAILED, **OLE)
CASES.add_bytes("empty.msg", b"", FAILED, **OLE)
