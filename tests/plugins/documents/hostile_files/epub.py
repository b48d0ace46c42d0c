"""EPUB books: entities, paths out of the book, chapters that repeat, and damaged parts."""

from .builders import deflated_zeros, epub, epub_parts, make_raw_zip, make_zip
from .case import CANARY_FILE, DOCUMENT, EITHER, FAILED, PARTLY, Cases
from .good import SENTENCE

CASES = Cases()
NEEDS = {"needs": ("lxml", "selectolax")}
PARAGRAPH = f"<p>{SENTENCE}</p>"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>'
EXTERNAL = f'<!DOCTYPE x [<!ENTITY x SYSTEM "{CANARY_FILE}">]>'


def with_part(name: str, data: bytes) -> bytes:
    return make_zip(epub_parts(PARAGRAPH) | {name: data})


REPEATED = '<itemref idref="c1"/>' * 50_000
CASES.add_bytes("repeated.epub", epub(PARAGRAPH, spine=REPEATED), DOCUMENT, "Ada Lovelace", **NEEDS)
CASES.add_bytes("laughs.epub", epub(f"&l9;{PARAGRAPH}", doctype=LAUGHS), EITHER)
CASES.add_bytes("external.epub", epub(f"&x;{PARAGRAPH}", doctype=EXTERNAL), EITHER)
CASES.add_bytes("nested.epub", epub("<div>" * 50_000 + PARAGRAPH), DOCUMENT, "Ada Lovelace", **NEEDS)
CASES.add_bytes("empty-elements.epub", epub("<a " * 100_000 + PARAGRAPH), EITHER)
CASES.add_bytes("cut.epub", epub(PARAGRAPH)[:-40], FAILED)
CASES.add_bytes("bomb.epub", make_raw_zip(b"a.opf", deflated_zeros(2000 << 20, wrapped=False), 2000 << 20))
CASES.add_bytes("no-package.epub", with_part("META-INF/container.xml", b"<container/>"), FAILED, "chapters", **NEEDS)
CASES.add_bytes("damaged.epub", with_part("OEBPS/a.opf", b"<package>"), FAILED, "cannot be read", **NEEDS)
OUTSIDE = f'<rootfile full-path="../../{CANARY_FILE}"/>'.encode()
CASES.add_bytes("outside.epub", with_part("META-INF/container.xml", OUTSIDE), FAILED, "no part", **NEEDS)
MISSING = epub_parts(PARAGRAPH, "gone")
del MISSING["OEBPS/c2.xhtml"]
CASES.add_bytes("missing.epub", make_zip(MISSING), PARTLY, "missing", **NEEDS)
ENCRYPTED = b'<encryption><CipherReference URI="OEBPS/c1.xhtml"/></encryption>'
CASES.add_bytes("encrypted.epub", with_part("META-INF/encryption.xml", ENCRYPTED), FAILED, "encrypted", **NEEDS)
