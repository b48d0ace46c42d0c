"""Plain text: endless lines, bytes that are not text and marks that reverse the writing direction."""

from .case import DOCUMENT, EITHER, FAILED, Cases
from .good import SENTENCE

CASES = Cases()

CASES.add_bytes("empty.txt", b"", DOCUMENT)
CASES.add_bytes("only-spaces.txt", b" \t\r\n\x0c" * 50_000, DOCUMENT)
CASES.add_bytes("nul.txt", b"Ada\0Lovelace " * 100, EITHER)
CASES.add_bytes("controls.txt", bytes(n for n in range(1, 32)) * 50 + SENTENCE.encode(), EITHER)
CASES.add_bytes("bidi.txt", "\u202eevil\u2066 \u200b\ufeff zero\u200dwidth Ada".encode() * 100, DOCUMENT, "Ada")
CASES.add_bytes("script.txt", b"</script><img src=x onerror=alert(1)>{{7*7}}\x1b]0;title\x07", EITHER)
CASES.add_bytes("combining.txt", ("Z" + "\u0301" * 200_000).encode(), DOCUMENT)
CASES.add_bytes("surrogates-in-utf8.txt", b"Ada \xed\xa0\x80\xed\xb0\x80 Lovelace was here, and there.", EITHER)
CASES.add_bytes("overlong-utf8.txt", b"Ada \xc0\xaf\xc1\xbf Lovelace wrote a long letter to everybody.", EITHER)
CASES.add_bytes("cut-utf8.txt", "Caf\u00e9 \u2013 d\u00e9j\u00e0 vu, d\u00e9j\u00e0 lu \u2013".encode()[:-1], DOCUMENT)
CASES.add_bytes("cut-utf16.txt", "Ada Lovelace".encode("utf-16")[:-1], EITHER)
CASES.add_bytes("utf16.txt", SENTENCE.encode("utf-16"), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("utf32-lie.txt", b"\xff\xfe\0\0" + b"\xff" * 400, EITHER)
CASES.add_bytes("noise.txt", bytes(range(128, 256)) * 4000, EITHER)
CASES.add_bytes(
    "latin-1.txt", ("Caf\u00e9 d\u00e9j\u00e0 vu \u00fcber stra\u00dfe. " * 20_000).encode("latin-1"), DOCUMENT, "Caf"
)
CASES.add_bytes("many-lines.txt", b"\n" * 2_000_000, DOCUMENT)
CASES.add_bytes("returns.txt", b"a\r" * 500_000, DOCUMENT)


# Markup that opens much and closes nothing, or asks for more cells than it has.
CASES.add_bytes("braces.tex", b"{" * 300_000, DOCUMENT)
CASES.add_bytes("footnotes.tex", b"\\footnote{a" * 30_000, DOCUMENT)
CASES.add_bytes("macros.tex", b"\\newcommand{\\a}{\\a\\a}" + b"\\a" * 100_000, DOCUMENT)
CASES.add_bytes("tables.tex", b"\\begin{tabular}{l}a&" * 20_000, DOCUMENT)
CASES.add_bytes("cells.adoc", b"[cols=9999*]\n|===\n" + b"9999*|Ada\n" * 20_000 + b"|===\n", DOCUMENT)
CASES.add_bytes("fences.adoc", b"".join(b"=" * (4 + n % 90) + b"\n" for n in range(5000)), DOCUMENT)
CASES.add_bytes("attributes.adoc", b":a: {a}{a}{a}{a}\n" * 1000 + b"{a}" * 100_000, DOCUMENT)
CASES.add_bytes("nested.rst", b"".join(b"   " * n + b".. note::\n" for n in range(400)), DOCUMENT)
CASES.add_bytes("backticks.rst", b"`a " * 100_000, DOCUMENT)
CASES.add_bytes("nested.org", b"".join(b" " * n + b"- a\n" for n in range(900)), DOCUMENT)
CASES.add_bytes("blocks.org", b"#+begin_src\n:A:\n" * 50_000, DOCUMENT)
NOTEBOOK = {"needs": ("selectolax", "markdown_it")}
CELL = b'{"cells": [{"cell_type": "markdown", "source": "%s"}]}'
CASES.add_bytes("nested.ipynb", b'{"cells": ' + b"[" * 100_000, FAILED, "nested too deeply", **NOTEBOOK)
CASES.add_bytes("ticks.ipynb", CELL % (b"`" * 500_000 + b"a"), DOCUMENT, **NOTEBOOK)
CASES.add_bytes("formulas.ipynb", CELL % (b"$a" * 300_000), DOCUMENT, **NOTEBOOK)
CASES.add_bytes("quotes.ipynb", CELL % (b"> " * 300_000 + b"Ada"), DOCUMENT, **NOTEBOOK)
CASES.add_bytes("huge.ipynb", CELL % (b"*a " * 700_000), DOCUMENT, **NOTEBOOK)


@CASES.add("long-line-20mb.txt", DOCUMENT)
def long_line() -> bytes:
    return b"Ada Lovelace wrote. " * 1_000_000


@CASES.add("long-word-5mb.txt", DOCUMENT)
def long_word() -> bytes:
    return b"x" * 5_000_000


@CASES.add("long-line-200mb.txt", DOCUMENT, slow=True)
def very_long_line() -> bytes:
    return b"Ada Lovelace wrote. " * 10_000_000
