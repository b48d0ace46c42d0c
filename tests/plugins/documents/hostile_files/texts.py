"""Plain texts: lines without an end, bytes that are none of text, marks that turn lines about."""

from .case import DOCUMENT, EITHER, Cases
from .good import SENTENCE

CASES = Cases()

CASES.given("empty.txt", b"", DOCUMENT)
CASES.given("only-spaces.txt", b" \t\r\n\x0c" * 50_000, DOCUMENT)
CASES.given("nul.txt", b"Ada\0Lovelace " * 100, EITHER)
CASES.given("controls.txt", bytes(n for n in range(1, 32)) * 50 + SENTENCE.encode(), EITHER)
CASES.given("bidi.txt", "\u202eevil\u2066 \u200b\ufeff zero\u200dwidth Ada".encode() * 100, DOCUMENT, "Ada")
CASES.given("script.txt", b"</script><img src=x onerror=alert(1)>{{7*7}}\x1b]0;title\x07", EITHER)
CASES.given("combining.txt", ("Z" + "\u0301" * 200_000).encode(), DOCUMENT)
CASES.given("surrogates-in-utf8.txt", b"Ada \xed\xa0\x80\xed\xb0\x80 Lovelace was here, and there.", EITHER)
CASES.given("overlong-utf8.txt", b"Ada \xc0\xaf\xc1\xbf Lovelace wrote a long letter to everybody.", EITHER)
CASES.given("cut-utf8.txt", "Caf\u00e9 \u2013 d\u00e9j\u00e0 vu, d\u00e9j\u00e0 lu \u2013".encode()[:-1], DOCUMENT)
CASES.given("cut-utf16.txt", "Ada Lovelace".encode("utf-16")[:-1], EITHER)
CASES.given("utf16.txt", SENTENCE.encode("utf-16"), DOCUMENT, "Ada Lovelace")
CASES.given("utf32-lie.txt", b"\xff\xfe\0\0" + b"\xff" * 400, EITHER)
CASES.given("noise.txt", bytes(range(128, 256)) * 4000, EITHER)
CASES.given(
    "latin-1.txt", ("Caf\u00e9 d\u00e9j\u00e0 vu \u00fcber stra\u00dfe. " * 20_000).encode("latin-1"), DOCUMENT, "Caf"
)
CASES.given("many-lines.txt", b"\n" * 2_000_000, DOCUMENT)
CASES.given("returns.txt", b"a\r" * 500_000, DOCUMENT)


@CASES.add("long-line-20mb.txt", DOCUMENT)
def long_line() -> bytes:
    return b"Ada Lovelace wrote. " * 1_000_000


@CASES.add("long-word-5mb.txt", DOCUMENT)
def long_word() -> bytes:
    return b"x" * 5_000_000


@CASES.add("long-line-200mb.txt", DOCUMENT, slow=True)
def very_long_line() -> bytes:
    return b"Ada Lovelace wrote. " * 10_000_000
