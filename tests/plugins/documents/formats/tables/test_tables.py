"""Reading CSV, TSV, JSON Lines and Parquet."""

import csv
import io
import json
import sys
import time
from contextlib import suppress
from typing import Any

import pytest

from docsight.documents.formats.content import ParsedDocument, PartError, SkipError
from docsight.documents.formats.detect import find_format
from docsight.documents.formats.source import ReadOptions, Source
from docsight.errors import DataError, MissingExtraError

WORDS = "Ada wrote the first program."


def read(data: str | bytes, name: str = "a.csv", **options: Any) -> list[ParsedDocument | PartError]:
    data = data.encode() if isinstance(data, str) else data
    source = Source(name=name, data=data, options=ReadOptions(**options))
    return list(find_format(source).read(source))


def texts(items: list[ParsedDocument | PartError]) -> dict[str, str]:
    return {item.part: item.text for item in items if isinstance(item, ParsedDocument)}


def errors(items: list[ParsedDocument | PartError]) -> dict[str, str]:
    return {item.part: str(item.error) for item in items if isinstance(item, PartError)}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_csv_rows_are_documents(delimiter: str, name: str) -> None:
    buffer = io.StringIO()
    rows = [["id", "title", "Text"], ["1", "On Ada", f'"{WORDS}", he said;\nand | left\tsoon'], ["2", "", "Zoë"]]
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    items = read(buffer.getvalue(), name)
    assert texts(items) == {"1": f'"{WORDS}", he said;\nand | left\tsoon', "2": "Zoë"}
    assert [item.title for item in items if isinstance(item, ParsedDocument)] == ["On Ada", ""]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_is_read_in_any_encoding(encoding: str) -> None:
    items = read(f"text,n\nZoë fährt nach Köln und Düsseldorf,1\n{WORDS},2\n".encode(encoding))
    assert list(texts(items).values()) == ["Zoë fährt nach Köln und Düsseldorf", WORDS]


def test_csv_reports_rows_without_text_or_with_too_many_fields() -> None:
    items = read(f"n,text\n1,{WORDS}\n2,\n\n3\n4,a,b\n")
    assert texts(items) == {"1": WORDS, "4": "a"}
    assert errors(items) == {"2": "the row has no text", "3": "the row has no text"}
    assert all(isinstance(item.error, SkipError) for item in items if isinstance(item, PartError))
    assert "3 fields" in items[-1].notes[0]  # type: ignore[union-attr]


def test_csv_uses_the_requested_column() -> None:
    assert texts(read("text,remark\na,b\n", text_column="remark")) == {"1": "b"}
    with pytest.raises(DataError, match=r"no column 'x', found 'text', 'remark'.*--text-column"):
        read("text,remark\na,b\n", text_column="x")


def test_csv_uses_the_only_column_of_prose() -> None:
    items = read(f"id,name,remark\n1,Ada,{WORDS}\n2,Grace,{WORDS}\n")
    assert texts(items) == {"1": WORDS, "2": WORDS}
    assert texts(read(f"remark\n{WORDS} And, well, more.\n{WORDS}\n")) == {"1": f"{WORDS} And, well, more.", "2": WORDS}


@pytest.mark.parametrize(
    "table",
    ["country,people\nFrance,68\nMalta,1\n", f"q,a\n{WORDS},{WORDS}\n", ""],
)
def test_csv_without_a_text_column_is_one_document(table: str) -> None:
    (content,) = read(table)
    assert isinstance(content, ParsedDocument)
    assert (content.part, content.text) == ("", table.replace(",", "\t").rstrip("\n"))
    assert "--text-column" in content.notes[0]


def test_csv_that_is_one_document_has_a_table_with_cells() -> None:
    (content,) = read('sep=;\ncountry;people;area\nFrance;;551\n"San\nMarino";1;\n')
    assert isinstance(content, ParsedDocument)
    (table,) = content.passages
    assert table.kind == "table"
    cells = [[content.text[start:end] for start, end in row] for row in table.cells or ()]
    assert cells == [["country", "people", "area"], ["France", "", "551"], ["San\nMarino", "1", ""]]


@pytest.mark.parametrize(
    "first",
    [f"Ada,{WORDS}", f"1,{WORDS}", f"2020-01-02,{WORDS}", f",{WORDS}", f"\u00a35,{WORDS}"],
)
def test_csv_without_a_header_keeps_its_first_row(first: str) -> None:
    for column in (None, "2"):
        items = read(f"{first}\nGrace,{WORDS}\nMary,{WORDS}\n", text_column=column)
        assert texts(items) == dict.fromkeys(("1", "2", "3"), WORDS)


@pytest.mark.parametrize("mark", ["sep=;\n", '"sep=;"\r\n', "SEP=;\r\n", "\ufeffsep=;\n"])
def test_csv_obeys_the_separator_line(mark: str) -> None:
    assert texts(read(f"{mark}n;text\n1;{WORDS} a, b, c\n")) == {"1": f"{WORDS} a, b, c"}


def test_csv_may_have_spaces_after_its_separators() -> None:
    (document,) = read('"Item", "Price"\n"Clock, old", 5\n"Mill", 7\n')
    assert isinstance(document, ParsedDocument)
    assert document.text == "Item\tPrice\nClock, old\t5\nMill\t7"


@pytest.mark.parametrize(
    "table",
    [
        "version,name,date,end\n4,Warty,2004\n5,Hoary,2005\n6,Dapper,2006,2011\n",  # without empty fields at the ends
        "3,2,healthy,ill\n1,2,3,4,5\n2,3,4,5,6\n3,4,5,6,7\n",  # below a line about the table
        "Statement\nAccount,47\nday,what,amount\n1 May,Rent,-8\n2 May,Gift,1\n3 May,Gas,-3\n4 May,Tax,-5\n",  # a title
    ],
)
def test_csv_rows_may_differ_from_the_first_in_their_width(table: str) -> None:
    (content,) = read(table)
    assert isinstance(content, ParsedDocument)
    assert [one.kind for one in content.passages] == ["table"]
    assert content.text == table.strip().replace(",", "\t")


@pytest.mark.parametrize("name", ["text", "remark"])
def test_csv_of_one_column_keeps_the_commas_of_its_sentences(name: str) -> None:
    rows = [
        "It rained, so we stayed in.",
        "We went, and it was late.",
        "She came, but he was gone.",
        "Nobody, it seems.",
    ]
    assert list(texts(read("\n".join([name, *rows]))).values()) == rows


@pytest.mark.parametrize(
    "cell", ["https://example.org/the/name/of/a/page", "com::sun::star::text::XText", "/usr/share/doc/bash/README.txt"]
)
def test_addresses_and_identifiers_are_no_prose(cell: str) -> None:
    (content,) = read(f"id,place\n1,{cell}\n2,{cell}\n")
    assert isinstance(content, ParsedDocument)
    assert content.text == f"id\tplace\n1\t{cell}\n2\t{cell}"
    assert texts(read(f"id,place\n1,{cell}\n2,{WORDS}\n3,{WORDS}\n")) == {"1": cell, "2": WORDS, "3": WORDS}


def test_prose_without_spaces_is_recognized() -> None:
    chinese = "\u4eca\u5929\uff0c\u5929\u6c14\u3002\u5f88\u597d\uff0c\u6211\u4eec\u3002"
    assert texts(read(f"id,comment\n1,{chinese}\n")) == {"1": chinese}


def test_json_with_only_an_address_is_skipped() -> None:
    with pytest.raises(SkipError, match="JSON without a text"):
        read('{"$schema": "http://json-schema.org/draft-07/schema#", "items": []}', "a.json")


def test_json_arrays_and_objects_are_documents() -> None:
    assert texts(read(json.dumps([{"text": "a"}, {"text": "b"}]), "a.json")) == {"1": "a", "2": "b"}
    assert texts(read(json.dumps({"id": 1, "text": WORDS}, indent=1), "a.json")) == {"": WORDS}
    assert texts(read(json.dumps({"n": 2, "items": [{"text": "a"}, {"text": "b"}]}), "a.json")) == {"1": "a", "2": "b"}
    assert texts(read(json.dumps({"text": "a", "tags": [{"name": "x"}]}), "a.json")) == {"": "a"}
    assert texts(read('["a", "b"]', "a.json")) == {"1": "a", "2": "b"}
    assert texts(read('{"text": "a"}\n{"text": "b"}\n', "a.json")) == {"1": "a", "2": "b"}
    with pytest.raises(SkipError, match="JSON without a text"):
        read('{"name": "x", "version": "1"}', "package.json")
    with pytest.raises(DataError, match="not JSON"):
        read('{"text": ', "a.json")


def test_jsonl_reads_nested_fields() -> None:
    line = json.dumps({"id": "1", "data": {"text": WORDS, "note": "x"}})
    assert texts(read(line, "a.jsonl")) == {"1": WORDS}
    assert texts(read(line, "a.jsonl", text_column="data.note")) == {"1": "x"}
    with pytest.raises(DataError, match=r"no column 'data'.*'data\.text'"):
        read(line, "a.jsonl", text_column="data")


def test_jsonl_uses_the_only_field_of_prose() -> None:
    assert texts(read(json.dumps({"id": "x", "remark": WORDS}), "a.jsonl")) == {"1": WORDS}


def test_large_csv_without_a_text_column_is_an_error() -> None:
    with pytest.raises(DataError, match=r"'q', 'a'.*--text-column"):
        read(f"q,a\n{WORDS},{WORDS}\n" * 100_000)


def test_tsv_may_have_unpaired_quotes() -> None:
    rows = "".join(f'{number}\t"Ada wrote {number}\n' for number in range(30))
    items = read(f"n\ttext\n{rows}", "a.tsv")
    assert texts(items) == {str(number + 1): f'"Ada wrote {number}' for number in range(30)}


def test_csv_reads_large_fields_and_restores_the_limit() -> None:
    before = csv.field_size_limit()
    large = "Ada " * 100_000
    assert texts(read(f'n,text\n1,"{large}"\n2,x\n')) == {"1": large, "2": "x"}
    assert csv.field_size_limit() == before


def test_csv_replaces_bytes_that_are_not_utf8_with_a_warning() -> None:
    data = f"n,text\n1,{WORDS}\n".encode() * 20_000 + b"2,Zo\xeb\n"
    last = read(data)[-1]
    assert isinstance(last, ParsedDocument)
    assert last.text == "Zo\ufffd"
    assert "1 byte or lone surrogate was replaced" in last.notes[0]


@pytest.mark.parametrize(
    "data",
    [
        "text," + "a," * 200_000,
        'n,text\n1,"' + "a,b\n" * 2_000_000,
        "text\n" + "a" * 20_000_000,
        "text,n\n" + '""' * 5_000_000,
        ",\n" * 1_000_000,
    ],
)
def test_csv_is_fast_for_hostile_tables(data: str) -> None:
    started = time.process_time()
    with suppress(DataError):
        read(data)
    assert time.process_time() - started < 15


def test_csv_yields_the_first_row_without_reading_the_rest() -> None:
    rows = find_format(source := Source(name="a.csv", data=b"n,text\n1,Ada\n" * 500_000)).read(source)
    started = time.process_time()
    next(rows)
    assert time.process_time() - started < 1


def test_jsonl_lines_are_documents() -> None:
    lines = [
        {"id": "1", "text": "Zoë", "title": " A\nb "},
        {"id": "2", "text": ""},
        {"text": "a\r\nb", "n": [1, 2.5, None]},
    ]
    items = read("\n".join(json.dumps(line) for line in lines), "a.jsonl")
    assert texts(items) == {"1": "Zoë", "2": "", "3": "a\nb"}
    assert [item.title for item in items if isinstance(item, ParsedDocument)] == ["A b", "", ""]


def test_jsonl_lines_may_be_strings() -> None:
    assert texts(read('"Ada"\n\n"Grace"\n', "a.ndjson")) == {"1": "Ada", "3": "Grace"}


def test_jsonl_reports_only_invalid_lines() -> None:
    deep = "[" * 200_000
    lines = [
        '{"text": "a"}',
        '{"text": ',
        '{"text": null}',
        '{"text": 7}',
        '{"x": 1}',
        deep,
        '{"text": "b", "n": %s}' % ("9" * 9999),
    ]
    items = read("\n".join(lines), "a.jsonl")
    assert texts(items) == {"1": "a", "7": "b"}
    messages = errors(items)
    assert "line 2 is not JSON" in messages["2"]
    assert "no text" in messages["3"]
    assert "int" in messages["4"]
    assert "no text" in messages["5"]
    assert "nested" in messages["6"]


def test_jsonl_replaces_surrogates_with_a_warning() -> None:
    (content,) = read('{"text": "a\\ud800b"}', "a.jsonl")
    assert isinstance(content, ParsedDocument)
    assert content.text == "a\ufffdb"
    assert "1 byte or lone surrogate was replaced" in content.notes[0]


def test_jsonl_uses_the_requested_column_or_lists_the_columns() -> None:
    assert texts(read('{"a": "x", "b": 1}\n{"a": "y"}', "a.jsonl")) == {"1": "x", "2": "y"}
    assert texts(read('{"a": "x", "b": "1"}', "a.jsonl", text_column="b")) == {"1": "1"}
    with pytest.raises(DataError, match=r"'a', 'b'.*--text-column"):
        read('{"a": "x", "b": "y"}', "a.jsonl")
    with pytest.raises(DataError, match="line 1 is not JSON"):
        read("no\nJSON\n", "a.jsonl")


def test_jsonl_may_be_utf16() -> None:
    assert texts(read('{"text": "Zoë"}\n'.encode("utf-16"), "a.jsonl")) == {"1": "Zoë"}


def parquet(table: dict[str, Any], **options: Any) -> bytes:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    buffer = io.BytesIO()
    pq.write_table(pa.table(table), buffer, **options)
    return buffer.getvalue()


def test_parquet_rows_are_documents() -> None:
    rows = 5000
    table = {
        "id": list(range(rows)),
        "body": [f"Ada {n}" for n in range(rows)],
        "title": [f"T{n}" for n in range(rows)],
    }
    items = read(parquet(table, row_group_size=700), "a.parquet")
    assert texts(items) == {str(number + 1): f"Ada {number}" for number in range(rows)}
    last = items[-1]
    assert isinstance(last, ParsedDocument)
    assert last.title == "T4999"


def test_parquet_reports_rows_without_text() -> None:
    items = read(parquet({"text": ["a", None, ""], "n": [1, 2, 3]}), "a.parquet")
    assert texts(items) == {"1": "a", "3": ""}
    assert errors(items) == {"2": "the row has no text"}


def test_parquet_uses_the_requested_column_or_lists_the_columns() -> None:
    data = parquet({"a": ["x"], "b": ["y"], "c": [1]})
    assert texts(read(data, "a.parquet", text_column="b")) == {"1": "y"}
    with pytest.raises(DataError, match=r"'a', 'b', 'c'.*--text-column"):
        read(data, "a.parquet")
    (error,) = read(data, "a.parquet", text_column="c")
    assert isinstance(error, PartError)
    assert "int" in str(error.error)


def test_parquet_uses_the_only_column_of_prose() -> None:
    data = parquet({"id": ["x1", None], "remark": [None, WORDS], "n": [1, 2]})
    assert texts(read(data, "a.parquet")) == {"2": WORDS}


def test_damaged_parquet_is_an_error() -> None:
    data = parquet({"text": ["Ada " * 100]})
    for damaged in (data[:-1], data[:40], b"PAR1", b"PAR1" + bytes(99) + b"PAR1"):
        with pytest.raises(DataError, match="Parquet"):
            read(damaged, "a.parquet")


def test_parquet_without_its_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"docsight\[documents\]"):
        read(b"PAR1x", "a.parquet")


def test_csv_reads_quotes_after_backslashes() -> None:
    items = read('id,text\n1,"He said \\"hello, Ada\\", and left."\n2,"Fine, thanks."\n')
    assert texts(items) == {"1": 'He said "hello, Ada", and left.', "2": "Fine, thanks."}


@pytest.mark.parametrize("table", [",id,text,\n0,7,{},\n1,8,b,\n", "id;text;\n7;{};\n8;b;\n", ",text\nx,{}\ny,b\n"])
def test_csv_header_may_lack_names_of_indexes_and_empty_columns(table: str) -> None:
    is_header = not table.startswith(",text")  # a column without a name but with words is data
    assert (texts(read(table.format(WORDS))).get("1") == WORDS) == is_header


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
@pytest.mark.parametrize(
    "layout", ['{{\n "text": "{}"\n}}\n{{\n "text": "b"\n}}', '[\n {{"text": "{}"}},\n {{"text": "b"}}\n]']
)
def test_json_values_may_be_laid_out_over_lines(name: str, layout: str) -> None:
    assert texts(read(layout.format(WORDS), name)) == {"1": WORDS, "2": "b"}


@pytest.mark.parametrize("first", ["{", "[", "[{"])
def test_jsonl_with_a_damaged_first_line_keeps_the_others(first: str) -> None:
    items = read(f'{first}\n{{"text": "second"}}\n{{"text": "third"}}\n', "rows.jsonl")
    assert texts(items) == {"2": "second", "3": "third"}
    assert set(errors(items)) == {"1"}


def test_json_values_may_follow_each_other() -> None:
    assert texts(read(f'{{"text": "{WORDS}"}}{{"text": "b"}} {{"text": "c"}}', "a.json")) == {
        "1": WORDS,
        "2": "b",
        "3": "c",
    }
    with pytest.raises(DataError, match="not JSON"):
        read(f'{{"text": "{WORDS}"}} and', "a.json")


def test_json_arrays_may_be_nested_in_objects_or_be_rows() -> None:
    nested = {"response": {"items": [{"data": {"text": WORDS}}], "count": 1}}
    assert texts(read(json.dumps(nested), "a.json")) == {"1": WORDS}
    assert texts(read(json.dumps([["id", "text"], [1, WORDS], [2, "b"]]), "a.json")) == {"1": WORDS, "2": "b"}


def test_json_states_the_encoding_of_the_file() -> None:
    (item,) = read(json.dumps({"text": WORDS}).encode("utf-16"), "a.json")
    assert isinstance(item, ParsedDocument)
    assert (item.text, item.encoding) == (WORDS, "utf-16")


def test_json_values_without_a_text_are_skipped() -> None:
    with pytest.raises(SkipError, match="JSON without a text"):
        read('{"a": 2, "b": 3}\n{"b": 2, "d": 4}\n', "a.json")
    with pytest.raises(DataError, match="unclear"):
        read('{"a": 2, "b": 3}\n{"b": 2, "d": 4}\n', "a.jsonl")
