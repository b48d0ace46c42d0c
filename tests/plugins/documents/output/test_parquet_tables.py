"""Records as flat Parquet tables."""

import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from docsight.documents.output import parquet_tables as tables
from docsight.documents.output.parquet_tables import COLUMNS, Tables
from docsight.errors import MissingExtraError

METADATA: dict[str, Any] = {
    "authors": ["Ada", "Grace"],
    "created": "2024-01-02",
    "message_id": "",
    "in_reply_to": "",
    "reply_to": "",
    "language": "en",
    "quality": [],
}
RECORD: dict[str, Any] = {
    **METADATA,
    "id": "d1",
    "path": "letters/a.pdf",
    "part": "",
    "format": "pdf",
    "encoding": "",
    "title": "A letter",
    "text": "Ada met teh queen. London is\0 large.",
    "passages": [
        {"start": 0, "end": 18, "page": 1, "read_from": "text"},
        {"start": 19, "end": 29, "page": 2, "read_from": "picture", "confidence": 0.9},
        {"start": 29, "end": 34, "page": 2, "read_from": "picture", "confidence": 0.6},
    ],
    "notes": ["page 3 could not be read"],
    "corrections": [
        {
            "start": 8,
            "end": 11,
            "text": "teh",
            "suggestion": "the",
            "suggestions": [{"text": "the", "probability": 0.9}],
            "score": 0.9,
        }
        | {"reason": "unknown_word", "applied": True},
        {"start": 12, "end": 17, "text": "queen", "suggestion": "quean", "suggestions": [], "score": 0.1}
        | {"reason": "context", "applied": False},
    ],
    "entities": [
        {"start": 0, "end": 3, "label": "PER", "score": 0.98},
        {"start": 19, "end": 25, "label": "LOC", "score": None},
    ],
    "images": [
        {"id": "d1-1", "page": 2, "bbox": [1, 2.5, 3, 4], "start": 20}
        | {
            "cats": {
                "figures": {"label": "chart", "score": 0.8, "scores": {"chart": 0.8}, "in_domain": 1.5},
                "digits": {"error": "it is cut"},
            }
        },
        {"id": "d1-2", "cats": {}},
    ],
}
PLAIN: dict[str, Any] = {
    **METADATA,
    **dict.fromkeys(("part", "format", "encoding", "title", "text"), ""),
    **{key: [] for key in ("passages", "notes", "corrections", "entities", "images")},
    "id": "d2",
    "path": "b.txt",
}


@pytest.fixture
def paths(tmp_path: Path) -> dict[str, Path]:
    pytest.importorskip("pyarrow")
    return {name: tmp_path / f"{name}.parquet" for name in COLUMNS}


def write(paths: dict[str, Path], records: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Write records and read the tables back."""
    import pyarrow.parquet

    with closing(Tables(paths)) as written:
        for record in records:
            written.add(record, words=len(record["text"].split()))
    return {name: pyarrow.parquet.read_table(path).to_pylist() for name, path in paths.items()}


def test_tables_have_a_row_for_each_document(paths: dict[str, Path]) -> None:
    first, second = write(paths, [RECORD, PLAIN])["documents"]
    assert first.pop("confidence") == pytest.approx(0.8)
    assert first == {
        **{key: RECORD[key] for key in ("id", "path", "part", "format", "encoding", "title", "text", "notes")},
        **METADATA,
        **{"words": 7, "entities": 2, "corrections": 1, "flagged": 2, "images": 2, "pages": 2},
    }
    assert (second["id"], second["words"], second["confidence"], second["notes"]) == ("d2", 0, None, [])


def test_tables_have_a_row_for_each_entity_with_its_text(paths: dict[str, Path]) -> None:
    found = write(paths, [RECORD, PLAIN])["entities"]
    place = {"document": "d1", "path": "letters/a.pdf", "part": ""}
    assert found == [
        {**place, "start": 0, "end": 3, "text": "Ada", "label": "PER", "score": 0.98},
        {**place, "start": 19, "end": 25, "text": "London", "label": "LOC", "score": None},
    ]


def test_tables_have_a_row_for_each_correction(paths: dict[str, Path]) -> None:
    found = write(paths, [RECORD])["corrections"]
    assert [(row["text"], row["suggestion"], row["reason"], row["applied"]) for row in found] == [
        ("teh", "the", "unknown_word", True),
        ("queen", "quean", "context", False),
    ]
    assert found[0]["document"] == "d1"


def test_tables_have_a_row_for_each_image_and_component(paths: dict[str, Path]) -> None:
    chart, digits, unseen = write(paths, [RECORD])["images"]
    assert (chart["image"], chart["page"], chart["start"]) == ("d1-1", 2, 20)
    assert [chart[side] for side in ("left", "top", "right", "bottom")] == [1.0, 2.5, 3.0, 4.0]
    assert (chart["component"], chart["label"], chart["score"], chart["in_domain"]) == ("figures", "chart", 0.8, 1.5)
    assert (digits["component"], digits["label"], digits["error"]) == ("digits", None, "it is cut")
    assert (unseen["image"], unseen["component"], unseen["error"], unseen["left"]) == ("d1-2", None, None, None)


def test_tables_without_records_are_valid_and_empty(paths: dict[str, Path]) -> None:
    import pyarrow.parquet

    assert write(paths, []) == {name: [] for name in COLUMNS}
    for name, columns in COLUMNS.items():
        assert pyarrow.parquet.read_schema(paths[name]).names == list(columns)


@pytest.mark.parametrize("limit", ["MAX_ROWS_PER_GROUP", "MAX_CHARS_PER_GROUP"])
def test_tables_are_written_in_row_groups(limit: str, paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.parquet

    monkeypatch.setattr(tables, limit, 2 if limit == "MAX_ROWS_PER_GROUP" else 2 * len(RECORD["text"]))
    found = write(paths, [{**RECORD, "id": str(i)} for i in range(5)])
    assert [row["id"] for row in found["documents"]] == list("01234")
    assert [row["document"] for row in found["entities"]] == list("0011223344")
    assert pyarrow.parquet.ParquetFile(paths["documents"]).num_row_groups == 3


def test_tables_name_the_extra_they_need(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtraError, match=r"docsight\[documents\]"):
        Tables({name: tmp_path / name for name in COLUMNS})
    assert list(tmp_path.iterdir()) == []
