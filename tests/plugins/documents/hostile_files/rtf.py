"""RTF: endless groups, binary data that states its size, and odd numbers."""

from .case import DOCUMENT, EITHER, FAILED, Cases
from .good import SENTENCE

CASES = Cases()
TEXT = SENTENCE.encode()


def rtf(body: bytes) -> bytes:
    return rb"{\rtf1\ansi " + body + b"}"


CASES.add_bytes("groups.rtf", rtf(b"{" * 500_000 + TEXT), FAILED, "nested")
CASES.add_bytes("closed.rtf", rtf(b"}" * 500_000 + TEXT), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("pairs.rtf", rtf(b"{}" * 500_000 + TEXT), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("characters.rtf", rtf(rb"\'e9\u8364?" * 200_000 + TEXT), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("cells.rtf", rtf(TEXT + rb"\trowd\intbl x" + rb"\cell" * 300_000 + rb"\row"), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("rows.rtf", rtf(TEXT + rb"\trowd\intbl x\cell\row" * 50_000), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("footnotes.rtf", rtf(TEXT + rb"{\footnote x" * 900), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("headers.rtf", rtf(TEXT + rb"{\header x}" * 100_000), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("fonts.rtf", rtf(rb"{\fonttbl" + rb"\f0" * 300_000 + b"}" + TEXT), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("binary.rtf", rtf(TEXT + rb"\bin9999999999 x"), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("surrogates.rtf", rtf(TEXT + rb"\uc0\u-10179\u-10179\u0\u-1"), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("words.rtf", rtf(b"\\" + b"a" * 3_000_000 + b" " + TEXT), EITHER)
CASES.add_bytes("cut.rtf", rtf(TEXT)[:30], DOCUMENT, "Ada")
