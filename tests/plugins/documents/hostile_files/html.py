"""HTML: scripts, URLs and endless nesting."""

from .case import DOCUMENT, EITHER, SKIPPED, Cases
from .good import SENTENCE

CASES = Cases()
NEEDS = {"needs": ("selectolax",)}
URL = "http://203.0.113.7/"


@CASES.add("scripts.html", DOCUMENT, "Ada Lovelace", **NEEDS)
def scripts() -> bytes:
    return (
        f"<html><head><meta http-equiv=refresh content='0;url={URL}'><base href='{URL}'>"
        f"<link rel=stylesheet href='{URL}x.css'><script src='{URL}x.js'></script></head>"
        f"<body onload='alert(1)'><script>while(true){{}}</script><p>{SENTENCE}</p><img src='{URL}x.png' "
        f"onerror='alert(1)'><iframe src='file:///etc/hosts'></iframe><object data='{URL}'></object>"
        f"<svg onload='alert(1)'><image href='{URL}'/></svg>&lt;script&gt;alert(2)&lt;/script&gt;"
    ).encode()


CASES.add_bytes("nested-100k.html", b"<div>" * 100_000 + SENTENCE.encode(), DOCUMENT, "Ada Lovelace", **NEEDS)
CASES.add_bytes("nested-mixed.html", b"<b><div><a><table><tr><td>" * 20_000 + b"Ada", DOCUMENT, "Ada", **NEEDS)
CASES.add_bytes("formatting.html", b"<b><i><u><a><font>" * 3000 + b"<p>Ada" * 3000, DOCUMENT, "Ada", **NEEDS)
CASES.add_bytes("unclosed-comments.html", b"<p>Ada</p>" + b"<!-- " * 200_000, DOCUMENT, "Ada", **NEEDS)
CASES.add_bytes("unclosed-scripts.html", b"<p>Ada</p>" + b"<script>" * 200_000, DOCUMENT, "Ada", **NEEDS)
CASES.add_bytes("unclosed-tags.html", b"<p>Ada</p>" + b"<a " * 200_000, DOCUMENT, "Ada", **NEEDS)
CASES.add_bytes("quotes.html", b"<p>Ada</p>" + b"<a b=\"'" * 100_000, DOCUMENT, "Ada", **NEEDS)
CASES.add_bytes("end-tags.html", b"<p>Ada</p>" + b"</div></p>" * 200_000, DOCUMENT, "Ada", **NEEDS)
CASES.add_bytes("entities.html", b"&amp;" * 500_000 + b"&#x110000;&#0;&#xD800;" * 1000, DOCUMENT, **NEEDS)
CASES.add_bytes("long-entity.html", b"&" + b"a" * 3_000_000, DOCUMENT, **NEEDS)
CASES.add_bytes("long-tag.html", b"<" + b"a" * 3_000_000 + b">Ada", EITHER, **NEEDS)
CASES.add_bytes("long-attribute.html", b"<p title='" + b"x" * 10_000_000 + b"'>Ada</p>", DOCUMENT, "Ada", **NEEDS)
CASES.add_bytes(
    "many-attributes.html", b"<p " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">Ada", DOCUMENT, "Ada", **NEEDS
)
CASES.add_bytes("select.html", b"<select><option>" * 50_000 + b"Ada", DOCUMENT, "Ada", **NEEDS)
CASES.add_bytes("tables.html", b"<table>" * 20_000 + b"Ada" + b"<td>x" * 20_000, DOCUMENT, "Ada", **NEEDS)
CASES.add_bytes("nul.html", b"<p>Ada\0Lovelace</p>", EITHER, **NEEDS)
CASES.add_bytes("charset-lie.html", b"<meta charset=utf-16><p>Ada caf\xe9</p>", DOCUMENT, "Ada", **NEEDS)
CASES.add_bytes("charset-code.html", b"<meta charset=unicode_escape><p>Ada \\x41</p>", DOCUMENT, "Ada", **NEEDS)
CASES.add_bytes("charset-long.html", b"<meta charset=" + b"a" * 100_000 + b"><p>Ada</p>", DOCUMENT, "Ada", **NEEDS)
CASES.add_bytes("our-report.html", b'<meta name="generator" content="docsight"><p>x</p>', SKIPPED, **NEEDS)
