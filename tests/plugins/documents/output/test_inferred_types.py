"""JSON lines that polars, pyarrow, pandas and DuckDB read with their default settings."""

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from docsight.documents import ReadOptions, process
from docsight.documents.output.inferred_types import INFERRED_BYTES, INFERRED_LINES, InferredTypes
from docsight.documents.store import Outputs, Store

# The package test runs without the sources, so the builders are beside the tests.
sys.path.append(str(Path(__file__).parents[1]))
from hostile_files.good import make_image, make_pdf

NAME = "records.jsonl"
LATE: dict[str, tuple[Any, Any]] = {
    "number": (None, 0.5),
    "text": (None, "x"),
    "box": (None, [0.0, 1.5]),
    "texts": ([], ["x"]),
    "rows": ([], [{"start": 1, "cells": [[[0, 1], [1, 2]]]}]),
    "nested": ([{"level": None, "links": []}], [{"level": 2, "links": [{"target": "x"}]}]),
    "by_name": ({}, {"shades": {"label": "light", "scores": {"light": 1.0}}}),
    "more_names": ({"light": 1.0}, {"light": 0.5, "dark": 0.5}),
    "fraction": (1, 1.5),
}


def read_polars(path: Path) -> list[dict[str, Any]]:
    import polars

    return polars.read_ndjson(path).to_dicts()


def read_pyarrow(path: Path) -> list[dict[str, Any]]:
    import pyarrow.json

    rows: list[dict[str, Any]] = pyarrow.json.read_json(path).to_pylist()
    return rows


def read_pandas(path: Path) -> list[dict[str, Any]]:
    import pandas

    return pandas.read_json(path, lines=True).to_dict("records")


def read_duckdb(path: Path) -> list[dict[str, Any]]:
    import duckdb

    found = duckdb.sql(f"SELECT * FROM '{path}'")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


Reader = Callable[[Path], list[dict[str, Any]]]


@pytest.fixture(params=[read_polars, read_pyarrow, read_pandas, read_duckdb], ids=lambda read: read.__name__)
def read(request: pytest.FixtureRequest) -> Reader:
    pytest.importorskip(request.param.__name__.removeprefix("read_"))
    reader: Reader = request.param
    return reader


def write_lines(folder: Path, records: list[dict[str, Any]]) -> Path:
    with Store(folder, (NAME,)) as store:
        outputs = Outputs(store, (NAME,))
        for record in records:
            outputs.write_json(NAME, record)
        outputs.commit()
    return folder / NAME


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module", params=[40, 400], ids=["under_a_MiB", "over_a_MiB"])
def late(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write 5,000 lines, of which only the last has a value in some fields."""
    early = {name: values[0] for name, values in LATE.items()}
    records = [{"id": f"d{number}", "text": "x" * request.param} | early for number in range(4_999)]
    last = {name: values[1] for name, values in LATE.items()}
    return write_lines(tmp_path_factory.mktemp("late"), [*records, {"id": "last", "text": ""} | last])


def test_every_reader_gets_the_values_that_only_the_last_line_has(late: Path, read: Reader) -> None:
    rows = read(late)
    assert len(rows) == 5_000
    (last,) = [row for row in rows if row["id"] == "last"]
    assert {name: last[name] for name in LATE} == {name: value for name, (_, value) in LATE.items()}


def test_lines_keep_their_order_where_all_types_are_shown_early(tmp_path: Path) -> None:
    records = [{"id": f"d{number}", "notes": ["x"] if number % 99 == 98 else []} for number in range(300)]
    assert ids(write_lines(tmp_path, records)) == [record["id"] for record in records]


def test_the_shortest_lines_that_show_a_late_type_come_first(tmp_path: Path) -> None:
    records: list[dict[str, Any]] = [{"id": f"d{number}", "note": None, "box": None} for number in range(200)]
    records[150]["note"] = "a long note"
    records[170]["note"] = "note"
    records[180]["box"] = [0.5, 1.5, 2.5, 3.5]
    written = ids(write_lines(tmp_path, records))
    assert written[:2] == ["d170", "d180"]
    assert written[2:] == [record["id"] for record in records if record["id"] not in written[:2]]


def test_a_line_beyond_what_tools_look_at_comes_first(tmp_path: Path) -> None:
    records = [{"id": "long", "text": "x" * INFERRED_BYTES, "note": None}, {"id": "short", "text": "", "note": "x"}]
    assert ids(write_lines(tmp_path, records)) == ["short", "long"]


def test_lines_that_are_moved_leave_room_for_the_others() -> None:
    types = InferredTypes()
    for number in range(10_000):
        types.add({f"field{number}": number}, 20)
    assert len(types.lines_to_move()) == INFERRED_LINES // 2


def test_all_lines_are_kept_whatever_is_moved(tmp_path: Path) -> None:
    chance = random.Random(1)
    records = []
    for number in range(2_000):
        fields = {f"f{chance.randrange(40)}": chance.choice([1, 1.5, "é", [1], [{"a": True}]])}
        records.append({"id": f"d{number}", "text": "é" * chance.randrange(300)} | fields)
    written = ids(write_lines(tmp_path, records))
    assert sorted(written) == sorted(record["id"] for record in records)
    assert written != [record["id"] for record in records]


@Language.component("finds_a_little_of_everything")
def finds_a_little_of_everything(doc: Doc) -> Doc:
    """Annotate like the components of docsight, but only where the text says so."""
    if "Ada" in doc.text:
        doc.ents = [doc.char_span(at := doc.text.index("Ada"), at + 3, label="PER")]
    if "teh" in doc.text:
        row = {"start": 0, "end": 3, "text": "teh", "suggestion": "the", "score": 0.9, "reason": "unknown_word"}
        doc._.corrections = [row | {"suggestions": [{"text": "the", "probability": 0.9}], "applied": True}]
    for image in doc._.images:
        label = {"label": "chart", "score": 0.75, "scores": {"chart": 0.75, "map": 0.25}, "in_domain": 1.5}
        image["cats"] = {"figures": {"error": "is cut"} if b"JFIF" in image.get("bytes", b"") else label}
    return doc


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Process an archive whose first hundred documents have nothing but their text."""
    for package in ("docx", "pypdfium2", "markdown_it"):
        pytest.importorskip(package)
    folder = tmp_path_factory.mktemp("archive")
    (folder / "a.csv").write_text("text\n" + "This is a row of a table and nothing else.\n" * 120)
    (folder / "b_empty.txt").touch()
    (folder / "c_cut.docx").write_bytes(b"PK\x03\x04")
    (folder / "d.eml").write_text("From: Ada <ada@example.org>\nSubject: late\nMessage-ID: <1@x>\n\nteh Ada\n")
    (folder / "e.md").write_text("# Title\n\n[link](https://example.org)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    (folder / "f.pdf").write_bytes(make_pdf())
    (folder / "g.png").write_bytes(make_image("PNG"))
    (folder / "h.log").write_bytes("gr\u00fc\u00dfe aus k\u00f6ln und d\u00fcsseldorf, teh Ada".encode("latin-1"))
    (folder / "i_copy.eml").write_bytes((folder / "d.eml").read_bytes())
    nlp = spacy.blank("en")
    nlp.add_pipe("finds_a_little_of_everything")
    out = tmp_path_factory.mktemp("out")
    process(folder, nlp, out, reading=ReadOptions(ocr="never"))
    return out


def text_or_none(value: Any) -> Any:
    return None if value != value else value  # pandas reads null as NaN


@pytest.mark.parametrize("name", ["documents", "manifest", "errors"])
def test_every_reader_gets_the_records_of_a_mixed_archive(results: Path, read: Reader, name: str) -> None:
    path = results / f"{name}.jsonl"
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len({tuple(record) for record in records}) == 1
    rows = read(path)
    assert len(rows) == len(records)
    for field in {"path", "text", "notes", "quality", "error", "status"} & set(records[0]):
        assert [text_or_none(row[field]) for row in rows] == [record[field] for record in records]
    for field in ("corrections", "entities", "images", "passages"):
        if name == "documents":
            assert [len(row[field]) for row in rows] == [len(record[field]) for record in records]


def test_records_of_one_kind_have_the_same_fields(results: Path) -> None:
    lines = (results / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    images = [image for record in records for image in record["images"]]
    kinds = {
        "document": records,
        "passage": [row for record in records for row in record["passages"]],
        "correction": [row for record in records for row in record["corrections"]],
        "suggestion": [each for record in records for row in record["corrections"] for each in row["suggestions"]],
        "entity": [row for record in records for row in record["entities"]],
        "image": images,
        "classification": [image["cats"]["figures"] for image in images],
    }
    assert all(len({tuple(row) for row in rows}) == 1 for rows in kinds.values())
    assert {image["cats"]["figures"]["error"] for image in images} == {None, "is cut"}
