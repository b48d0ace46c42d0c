"""Tables: unclosed quotes, endless numbers and countless columns."""

import io
import json
import struct

from .builders import MEGA
from .case import DOCUMENT, EITHER, FAILED, PARTLY, Cases
from .good import SENTENCE

CASES = Cases()
PARQUET = {"needs": ("pyarrow",)}

CASES.add_bytes("nul.csv", b"id,text\n1,Ada\0Lovelace\n2,fine\n", EITHER)
CASES.add_bytes("open-quote.csv", b'id,text\n1,"' + b"Ada Lovelace, \n" * 300_000, EITHER)
CASES.add_bytes("quotes.csv", b"id,text\n" + b'"' * 1_000_001, EITHER)
CASES.add_bytes(
    "many-columns.csv",
    b",".join(b"c%d" % n for n in range(100_000)) + b",text\n" + b"," * 100_000 + b"Ada\n",
    DOCUMENT,
    "Ada",
)
CASES.add_bytes("ragged.csv", b"id,text\n1\n1,Ada,3,4,5\n\n,\n", EITHER)
CASES.add_bytes("same-columns.csv", b"text,text\nAda,Lovelace\n", EITHER)
CASES.add_bytes("formula.csv", b"id,text\n1,=cmd|'/c calc'!A0\n", DOCUMENT, "cmd")
CASES.add_bytes("only-header.csv", b"id,text\n", EITHER)
CASES.add_bytes("empty.csv", b"", EITHER)
CASES.add_bytes("one-line.csv", b"text\n" + b"Ada " * 2_000_000, EITHER)
CASES.add_bytes("mixed-newlines.csv", b"text\rAda\nLovelace\r\nLondon\x0cx\n", EITHER)
CASES.add_bytes("utf16.csv", "id,text\n1,Ada Lovelace\n".encode("utf-16"), EITHER)
CASES.add_bytes("short-lines.csv", b"text\n" + b"a\n" * 2000, EITHER)

ROW = json.dumps({"text": SENTENCE}).encode() + b"\n"
CASES.add_bytes("nested.jsonl", ROW + b"[" * 100_000 + b"\n" + b'{"a":' * 100_000 + b"\n" + ROW, PARTLY, "Ada Lovelace")
CASES.add_bytes("numbers.jsonl", b'{"text": "Ada", "n": ' + b"9" * 1_000_000 + b"}\n" + ROW, EITHER)
CASES.add_bytes("exponent.jsonl", b'{"text": "Ada", "n": 1e999999999, "m": NaN, "o": -Infinity}\n' + ROW, EITHER, "Ada")
CASES.add_bytes("surrogates.jsonl", b'{"text": "Ada \\ud800 Lovelace", "\\udfff": 1}\n' + ROW, EITHER, "Ada")
CASES.add_bytes("nul.jsonl", b'{"text": "Ada\\u0000Lovelace"}\n' + ROW, EITHER, "Ada")
CASES.add_bytes("same-keys.jsonl", b'{"text": "one", "text": "Ada"}\n', EITHER)
CASES.add_bytes(
    "types.jsonl",
    b'{"text": 5}\n{"text": null}\n{"text": ["a"]}\n{"text": {"a": 1}}\n3\n"x"\nnull\n' + ROW,
    PARTLY,
    "Ada Lovelace",
)
CASES.add_bytes("no-json.jsonl", b"this is\nno JSON\n", EITHER)
CASES.add_bytes("one-array.jsonl", b"[" + b'{"text": "Ada"},' * 50_000 + b'{"text": "Ada"}]', EITHER)
CASES.add_bytes("long-line.jsonl", b'{"text": "' + b"Ada " * 3_000_000 + b'"}\n' + ROW, EITHER)
CASES.add_bytes("long-line-without-end.jsonl", b'{"text": "' + b"Ada " * 3_000_000, EITHER)
CASES.add_bytes("keys.jsonl", b"{" + b",".join(b'"k%d":1' % n for n in range(100_000)) + b"}\n" + ROW, EITHER)
CASES.add_bytes("cut.jsonl", ROW + ROW[:-10], PARTLY, "Ada Lovelace")
CASES.add_bytes("not-utf8.jsonl", b'{"text": "Ada \xff\xfe caf\xe9"}\n' + ROW, EITHER)
CASES.add_bytes("empty.jsonl", b"", EITHER)


def parquet(**columns: object) -> bytes:
    """Make a Parquet table."""
    import pyarrow
    from pyarrow import parquet as writer

    file = io.BytesIO()
    writer.write_table(pyarrow.table(columns), file, compression="zstd")
    return file.getvalue()


def _sentences() -> bytes:
    return parquet(text=[SENTENCE] * 5)


@CASES.add("cut.parquet", FAILED, **PARQUET)
def cut() -> bytes:
    return _sentences()[:-20]


@CASES.add("footer-length.parquet", FAILED, **PARQUET)
def footer_length() -> bytes:
    return _sentences()[:-8] + struct.pack("<I", 0xFFFFFFF0) + b"PAR1"


@CASES.add("footer-zeros.parquet", FAILED, **PARQUET)
def footer_zeros() -> bytes:
    data = _sentences()
    size = struct.unpack("<I", data[-8:-4])[0]
    return data[: -8 - size] + bytes(size) + data[-8:]


@CASES.add("row-count.parquet", EITHER, **PARQUET)
def row_count() -> bytes:
    """States two thousand million rows instead of five."""
    data = _sentences()
    size = struct.unpack("<I", data[-8:-4])[0]
    footer = data[-8 - size : -8]
    lie = footer.replace(b"\x16\x0a", b"\x16\xfe\xff\xff\xff\x0f")  # field of type i64, value 5
    return data[: -8 - size] + lie + struct.pack("<I", len(lie)) + b"PAR1"


@CASES.add("dictionary-bomb.parquet", EITHER, slow=True, **PARQUET)
def dictionary_bomb() -> bytes:
    """Has a text of a megabyte once, and a thousand rows that refer to it: a gigabyte in some kilobytes."""
    import pyarrow

    indices = pyarrow.array([0] * 1000, pyarrow.int32())
    return parquet(
        text=pyarrow.DictionaryArray.from_arrays(indices, pyarrow.array(["Ada " * (MEGA // 4)])).cast("string")
    )


@CASES.add("dictionary-bomb-large.parquet", EITHER, slow=True, **PARQUET)
def large_dictionary_bomb() -> bytes:
    import pyarrow
    from pyarrow import parquet as writer

    indices = pyarrow.array([0] * 2_000_000, pyarrow.int32())
    table = pyarrow.table({"text": pyarrow.DictionaryArray.from_arrays(indices, pyarrow.array(["Ada " * (MEGA // 4)]))})
    file = io.BytesIO()
    writer.write_table(table, file, compression="zstd", store_schema=False)
    return file.getvalue()


@CASES.add("types.parquet", EITHER, **PARQUET)
def other_types() -> bytes:
    return parquet(text=[[SENTENCE]], n=[1])


@CASES.add("not-utf8.parquet", EITHER, **PARQUET)
def not_utf8() -> bytes:
    return _sentences().replace(SENTENCE.encode(), b"\xff\xfe" * (len(SENTENCE) // 2))


CASES.add_bytes("only-magic.parquet", b"PAR1PAR1", FAILED, **PARQUET)
CASES.add_bytes("empty.parquet", b"", FAILED, **PARQUET)
