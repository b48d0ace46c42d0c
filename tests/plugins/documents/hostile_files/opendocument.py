"""OpenDocument files: repeated cells, entities, deep nesting and damaged parts."""

from .builders import deflated_zeros, make_raw_zip, make_zip, opendocument, opendocument_parts
from .case import CANARY_FILE, DOCUMENT, EITHER, FAILED, Cases
from .good import SENTENCE

CASES = Cases()
ODF = {"needs": ("lxml",)}
PARAGRAPH = f"<text:p>{SENTENCE}</text:p>"


def cells(repeated: int, rows: int) -> str:
    cell = f'<table:table-cell table:number-columns-repeated="{repeated}">{PARAGRAPH}</table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    return f'<table:table table:name="S">{row * rows}</table:table>'


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>'
EXTERNAL = f'<!DOCTYPE x [<!ENTITY x SYSTEM "{CANARY_FILE}">]>'


def nested(start: str, end: str, depth: int) -> bytes:
    return opendocument("text", start * depth + PARAGRAPH + end * depth)


CASES.add_bytes("repeated.ods", opendocument("spreadsheet", cells(16_384, 1)), DOCUMENT, "Ada Lovelace", **ODF)
CASES.add_bytes("repeated-huge.ods", opendocument("spreadsheet", cells(10**30, 1)), DOCUMENT, "Ada Lovelace", **ODF)
CASES.add_bytes("deep.odt", nested("<text:list>", "</text:list>", 5000), FAILED, **ODF)
CASES.add_bytes("lists.odt", nested("<text:list>", "</text:list>", 90), DOCUMENT, "Ada Lovelace", **ODF)
CASES.add_bytes("notes.odt", nested("<text:note><text:p>", "</text:p></text:note>", 60), DOCUMENT, **ODF)
CASES.add_bytes("cut.odt", opendocument("text", PARAGRAPH)[:-40], FAILED)
CASES.add_bytes("bomb.odt", make_raw_zip(b"content.xml", deflated_zeros(2000 << 20, wrapped=False), 2000 << 20))
CASES.add_bytes("laughs.odt", opendocument("text", f"<text:p>&l9;</text:p>{PARAGRAPH}", doctype=LAUGHS), EITHER)
CASES.add_bytes("external.odt", opendocument("text", f"<text:p>&x;</text:p>{PARAGRAPH}", doctype=EXTERNAL), EITHER)
MIMETYPE = {"mimetype": b"application/vnd.oasis.opendocument.text"}
CASES.add_bytes("no-content.odt", make_zip(MIMETYPE), FAILED, "content.xml", **ODF)
ENCRYPTED = opendocument_parts("text", PARAGRAPH) | {"META-INF/manifest.xml": b"<manifest:encryption-data/>"}
CASES.add_bytes("encrypted.odt", make_zip(ENCRYPTED), FAILED, "encrypted", **ODF)
UNKNOWN_METHOD = make_raw_zip(b"mimetype", MIMETYPE["mimetype"], len(MIMETYPE["mimetype"]), method=99)
CASES.add_bytes("unknown-method.odt", UNKNOWN_METHOD, FAILED, **ODF)
CASES.add_bytes("no-name.odt", make_zip({"": b"x"} | opendocument_parts("text", PARAGRAPH)), DOCUMENT, **ODF)
