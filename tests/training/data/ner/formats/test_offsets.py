"""The JSON of annotation tools, as each of them writes it."""

import json
from pathlib import Path
from typing import Any

import pytest

from docsight.errors import DataError
from docsight_training.data.ner.corpora import Corpus, CorpusFormat, read_corpus
from docsight_training.data.ner.findings import FindingKind, Findings
from docsight_training.data.ner.formats.annotated import Columns

PRODIGY = [
    {
        "text": "Apple hired Ada in Paris",
        "meta": {"source": "news", "doc_id": "n1"},
        "_input_hash": -1487477437,
        "_task_hash": -1298236362,
        "tokens": [{"text": "Apple", "start": 0, "end": 5, "id": 0, "ws": True}],
        "spans": [
            {"start": 0, "end": 5, "token_start": 0, "token_end": 0, "label": "ORG"},
            {"start": 12, "end": 15, "token_start": 2, "token_end": 2, "label": "PER"},
        ],
        "_view_id": "ner_manual",
        "answer": "accept",
    },
    {"text": "Nobody was here.", "_input_hash": 1, "answer": "accept"},
    {"text": "wrong", "spans": [], "answer": "reject"},
    {"text": "maybe", "answer": "ignore"},
]
DOCCANO = [
    {"id": 1, "text": "Apple hired Ada in Paris", "label": [[0, 5, "ORG"], [12, 15, "PER"]], "Comments": []},
    {"id": 2, "text": "Nobody was here.", "label": [], "Comments": []},
]
DOCCANO_RELATIONS = [
    {
        "id": 1,
        "text": "Apple hired Ada in Paris",
        "entities": [
            {"id": 1, "label": "ORG", "start_offset": 0, "end_offset": 5},
            {"id": 2, "label": "PER", "start_offset": 12, "end_offset": 15},
        ],
        "relations": [{"id": 1, "from_id": 1, "to_id": 2, "type": "employs"}],
        "Comments": [],
    },
    {"id": 2, "text": "Nobody was here.", "entities": [], "relations": [], "Comments": []},
]


def _region(start: int, end: int, text: str, *labels: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": text, "labels": list(labels)}
    return {"value": value, "id": "a1", "from_name": "label", "to_name": "text", "type": "labels", "origin": "manual"}


def _task(text: str, *annotations: dict[str, Any], key: str = "text") -> dict[str, Any]:
    return {"id": 1, "annotations": list(annotations), "predictions": [], "data": {key: text}, "meta": {}}


LABEL_STUDIO = [
    _task(
        "Apple hired Ada in Paris",
        {"result": [_region(0, 5, "Apple", "ORG"), _region(12, 15, "Ada", "PER")], "was_cancelled": False},
    ),
    _task("Nobody was here.", {"result": [], "was_cancelled": False, "ground_truth": False}),
]
LABEL_STUDIO_MIN = [
    {
        "id": 1,
        "text": "Apple hired Ada in Paris",
        "ner": [
            {"start": 0, "end": 5, "text": "Apple", "labels": ["ORG"]},
            {"start": 12, "end": 15, "text": "Ada", "labels": ["PER"]},
        ],
        "annotator": 1,
        "annotation_id": 1,
        "lead_time": 5.1,
    },
    {"id": 2, "text": "Nobody was here.", "annotator": 1, "annotation_id": 2, "lead_time": 1.0},
]
PAIRS = [
    ["Apple hired Ada in Paris", {"entities": [[0, 5, "ORG"], [12, 15, "PER"]]}],
    ["Nobody was here.", {"entities": []}],
]
RECORDS = [
    {
        "id": "d1",
        "path": "a.txt",
        "part": "",
        "text": "Apple hired Ada in Paris",
        "entities": [
            {"start": 0, "end": 5, "label": "ORG", "score": 0.9},
            {"start": 12, "end": 15, "label": "PER", "score": 0.8},
        ],
    },
    {"id": "d2", "path": "b.txt", "part": "", "text": "Nobody was here.", "entities": []},
]
NER_ANNOTATOR = {"classes": ["ORG", "PER"], "annotations": [PAIRS[0], None, PAIRS[1]]}


def _read(
    path: Path, findings: Findings | None = None, **options: Any
) -> list[tuple[list[str], list[tuple[str, str]]]]:
    documents = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(path), **options), findings)
    return [
        (s.tokens, [(label, " ".join(s.tokens[start:end])) for start, end, label in s.spans])
        for document in documents
        for s in document.sentences
    ]


def _write(path: Path, rows: list[Any] | dict[str, Any], *, lines: bool = True) -> Path:
    text = "\n".join(json.dumps(row) for row in rows) if lines else json.dumps(rows, indent=2)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "rows", "lines"),
    [
        ("prodigy.jsonl", PRODIGY, True),
        ("doccano.jsonl", DOCCANO, True),
        ("relations.jsonl", DOCCANO_RELATIONS, True),
        ("label_studio.json", LABEL_STUDIO, False),
        ("label_studio_min.json", LABEL_STUDIO_MIN, False),
        ("pairs.json", PAIRS, False),
        ("pairs.jsonl", PAIRS, True),
        ("documents.jsonl", RECORDS, True),
        ("ner_annotator.json", NER_ANNOTATOR, False),
    ],
)
@pytest.mark.parametrize("source", ["auto", "offsets"])
def test_exports_of_tools_are_read(tmp_path: Path, name: str, rows: Any, lines: bool, source: str):
    read = _read(_write(tmp_path / name, rows, lines=lines), source=source)
    assert read == [
        (["Apple", "hired", "Ada", "in", "Paris"], [("ORG", "Apple"), ("PER", "Ada")]),
        (["Nobody", "was", "here", "."], []),
    ]


def test_documents_are_told_by_metadata_and_by_records(tmp_path: Path):
    prodigy = read_corpus(
        "own", Corpus(), "train", CorpusFormat(path=str(_write(tmp_path / "a.jsonl", PRODIGY[:1] * 2)))
    )
    assert [(document.id, len(document.sentences)) for document in prodigy] == [("n1", 2)]
    records = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(_write(tmp_path / "b.jsonl", RECORDS))))
    assert [document.id for document in records] == ["d1", "d2"]


def test_rows_that_are_rejected_or_not_annotated_are_listed(tmp_path: Path):
    findings = Findings()
    _read(_write(tmp_path / "a.jsonl", PRODIGY), findings)
    tasks = [
        LABEL_STUDIO[0],
        _task("cancelled", {"result": [], "was_cancelled": True}),
        _task("not done"),
        _task("Ada left", {"result": []}, {"result": [_region(0, 3, "Ada", "PER")], "ground_truth": True}),
    ]
    assert _read(_write(tmp_path / "b.json", tasks), findings)[-1] == (["Ada", "left"], [("PER", "Ada")])
    assert [(finding.kind, finding.place) for finding in findings.all] == [
        (FindingKind.REJECTED, "a.jsonl, row 3"),
        (FindingKind.REJECTED, "a.jsonl, row 4"),
        (FindingKind.REJECTED, "b.json, row 2"),
        (FindingKind.UNANNOTATED, "b.json, row 3"),
        (FindingKind.SEVERAL, "b.json, row 4"),
    ]


def test_regions_of_label_studio_that_are_no_spans_are_listed(tmp_path: Path):
    others = [
        {"from_id": "a1", "to_id": "a2", "type": "relation", "direction": "right"},
        {"value": {"choices": ["good"]}, "id": "c", "from_name": "mood", "to_name": "text", "type": "choices"},
        _region(0, 3, "Ada"),
        _region(0, 3, "Ada", "PER", "LOC"),
    ]
    findings = Findings()
    read = _read(_write(tmp_path / "a.json", [_task("Ada left", {"result": others})], lines=False), findings)
    assert read == [(["Ada", "left"], [("PER", "Ada")])]
    assert [finding.kind for finding in findings.all] == [
        FindingKind.NOT_A_SPAN,
        FindingKind.NOT_A_SPAN,
        FindingKind.UNLABELLED,
        FindingKind.OVERLAPPING,
    ]


def test_what_doccano_and_prodigy_save_besides_spans_and_rows_without_text_are_listed(tmp_path: Path):
    rows = [
        {"text": "Ada left", "entities": [], "relations": [{"from_id": 1, "to_id": 2}], "Comments": ["sure?"]},
        {"text": "Bob left", "spans": [], "accept": ["good"], "relations": []},
        {"text": " \n", "spans": []},
    ]
    findings = Findings()
    assert len(_read(_write(tmp_path / "a.jsonl", rows), findings)) == 2
    assert findings.all == [
        (FindingKind.NOT_A_SPAN, "a.jsonl, row 1", "relations"),
        (FindingKind.NOT_A_SPAN, "a.jsonl, row 1", "Comments"),
        (FindingKind.NOT_A_SPAN, "a.jsonl, row 2", "accept"),
        (FindingKind.NO_TEXT, "a.jsonl, row 3", ""),
    ]


def test_spans_may_be_json_in_a_cell_of_a_table(tmp_path: Path):
    regions = [{"start": 0, "end": 3, "text": "Ada", "labels": ["PER"]}]
    rows = [{"text": "Ada left", "label": json.dumps(regions)}, {"text": "Bob left", "label": '[[0, 3, "PER"]]'}]
    assert [spans for _, spans in _read(_write(tmp_path / "a.jsonl", rows))] == [[("PER", "Ada")], [("PER", "Bob")]]
    with pytest.raises(DataError, match=r"expected a list of spans; found '\[0, 3'"):
        _read(_write(tmp_path / "b.jsonl", [rows[0], {"text": "Bob left", "label": "[0, 3"}]))


def test_offsets_in_utf_16_are_recognized_by_the_text_of_the_span(tmp_path: Path):
    tasks = [_task("\U0001f600\U0001f600 Ada left", {"result": [_region(5, 8, "Ada", "PER")]})]
    assert _read(_write(tmp_path / "a.json", tasks, lines=False))[0][1] == [("PER", "Ada")]


def test_text_of_a_task_may_have_any_key(tmp_path: Path):
    tasks = [_task("Ada left", {"result": [_region(0, 3, "Ada", "PER")]}, key="body")]
    assert _read(_write(tmp_path / "a.json", tasks, lines=False)) == [(["Ada", "left"], [("PER", "Ada")])]


def test_keys_can_be_named(tmp_path: Path):
    rows = [{"body": "Ada left", "marks": [[0, 3, "PER"]]}]
    columns = Columns(text="body", spans="marks")
    assert _read(_write(tmp_path / "a.jsonl", rows), columns=columns) == [(["Ada", "left"], [("PER", "Ada")])]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": None, "label": []}, r"row 2: expected a text in the key 'text'; found null in 'text'"),
        ({"body": "x"}, r"row 2: .*found the keys body\. Name another key by data\.columns\.text=KEY"),
        ({"text": "x", "label": "PER"}, r"row 2: expected a list of spans; found 'PER'"),
        ({"text": "x", "label": [["a", "b", "PER"]]}, r"row 2: .*its start and its end as numbers; found \['a'"),
        ({"text": "x", "label": [5]}, r"row 2: expected a span such as \[0, 4, \"LABEL\"\]; found 5"),
        ({"text": "x", "label": [{"label": "PER"}]}, r"row 2: expected a span with its start"),
        ("x", r"row 2: expected an object with a text and its spans; found 'x'"),
    ],
)
def test_invalid_row_is_named(tmp_path: Path, row: Any, message: str):
    with pytest.raises(DataError, match=message):
        _read(_write(tmp_path / "a.jsonl", [DOCCANO[0], row]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"text": "a", "label": []}\n{"text": "b", \n{"text": "c", "label": []}\n', "line 2, column 15"),
        ('{"text": "a", \n{"text": "c", "label": []}\n{"text": "d", "label": []}\n', "line 1, column 15"),
        ('[\n{"text": "a", "label": []},\n{"text": ]\n', "line 3, column 10"),
        ("\n \n", "the file is empty"),
        ('{"text": "a"}\n', "no row has spans; expected a list of spans in one of the keys spans, label"),
    ],
)
def test_damaged_json_is_reported_with_its_line(tmp_path: Path, text: str, message: str):
    (tmp_path / "a.jsonl").write_text(text)
    with pytest.raises(DataError, match=message):
        _read(tmp_path / "a.jsonl", source="offsets")


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path):
    text = "\r\n".join(json.dumps(row) for row in DOCCANO) + "\r\n"
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + text.encode())
    (tmp_path / "b.jsonl").write_bytes(text.encode("utf-16"))
    assert _read(tmp_path / "a.jsonl") == _read(tmp_path / "b.jsonl")
    assert len(_read(tmp_path / "a.jsonl")) == 2


def test_file_of_which_all_rows_are_left_out_says_why(tmp_path: Path):
    rejected = [{"text": "Ada left", "spans": [], "answer": "reject"}] * 2
    with pytest.raises(DataError, match=r"expected at least one text; found only rows that were rejected.*: 2\.$"):
        _read(_write(tmp_path / "a.jsonl", rejected))
    predicted = [{"id": 1, "annotations": [], "predictions": [{"result": []}], "data": {"text": "Ada left"}}]
    findings = Findings()
    with pytest.raises(DataError, match=r"found only rows that are not annotated"):
        _read(_write(tmp_path / "b.json", predicted, lines=False), findings)
    assert findings.all == [(FindingKind.UNANNOTATED, "b.json, row 1", "it has only predictions")]


def test_label_that_is_no_string_is_refused(tmp_path: Path):
    for label in ({"name": "PER"}, [["PER"]]):
        rows = [{"text": "Ada left", "spans": [{"start": 0, "end": 3, "label": label}]}]
        with pytest.raises(DataError, match=r"row 1: expected the label of a span as a string; found "):
            _read(_write(tmp_path / "a.jsonl", rows))


def test_halves_of_characters_are_replaced_and_offsets_stay_right(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text('{"text": "\\ud83d and \\ud83d\\ude00 Ada", "spans": [[8, 11, "PER"]]}')
    ((tokens, spans),) = _read(tmp_path / "a.jsonl")
    assert (tokens[0], tokens[-1], spans) == ("\ufffd", "Ada", [("PER", "Ada")])


def test_task_of_label_studio_that_has_no_plain_text_says_what_it_has(tmp_path: Path):
    task = _task("", {"result": []}, key="other") | {"data": {"text": [{"author": "a", "text": "Ada"}]}}
    with pytest.raises(DataError, match=r"expected the text of the task in data\.text; found text \(list\)"):
        _read(_write(tmp_path / "a.json", [task], lines=False))


@pytest.mark.parametrize("key", ["data", "examples", "rows", "annotations"])
def test_rows_may_be_in_an_object_beside_metadata(tmp_path: Path, key: str):
    rows = [{"text": "Ada left", "spans": [[0, 3, "PER"]]}]
    file = _write(tmp_path / "a.json", {"version": "1", key: rows}, lines=False)
    assert _read(file) == [(["Ada", "left"], [("PER", "Ada")])]
