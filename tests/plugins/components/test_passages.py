"""What the passages of a Doc tell the speller."""

from typing import Any

import pytest
import spacy
from spacy.tokens import Doc

from docsight.components.passages import IN_ANOTHER_LANGUAGE, IN_CODE, leave_passages_alone, passage_edges

NLP = spacy.blank("en")
TEXT = "One teh here.\n\nx = teh\n\nLast teh."
PASSAGES = ((0, 13, "paragraph"), (15, 22, "code"), (24, 33, "paragraph"))


def _doc(language: str = "en", first: str = "", last: str = "") -> Doc:
    """Return a Doc of a paragraph, code and a paragraph, in the language of the document unless one is given."""
    doc = NLP.make_doc(TEXT)
    doc.spans["passages"] = [doc.char_span(start, end, label=kind) for start, end, kind in PASSAGES]
    passages = [
        {"start": start, "end": end, "kind": kind, "language": language}
        for (start, end, kind), language in zip(PASSAGES, (first, "", last), strict=True)
    ]
    doc._.source = {"language": language, "passages": passages}
    return doc


def _rows() -> list[dict[str, Any]]:
    return [{"start": at, "end": at + 3, "applied": True, "because": "listed"} for at in (4, 19, 29)]


def _left(doc: Doc) -> list[dict[str, Any]]:
    rows = _rows()
    leave_passages_alone(doc, rows)
    return rows


def test_passage_edges_are_those_of_passages_and_cells():
    doc = _doc()
    doc._.source["passages"][0]["cells"] = [[[0, 3], [4, 13]], []]
    assert sorted(passage_edges(doc)) == [0, 0, 3, 4, 13, 13, 15, 22, 24, 33]
    doc._.source = None
    assert passage_edges(doc) == [0, 13, 15, 22, 24, 33]
    assert passage_edges(NLP.make_doc(TEXT)) == []


def test_leave_passages_alone_flags_what_is_in_code():
    prose, code, last = _left(_doc())
    assert (prose, last) == (_rows()[0], _rows()[2])
    assert code == {"start": 19, "end": 22, "applied": False, "because": IN_CODE}


def test_leave_passages_alone_keeps_the_reasons_of_what_is_not_applied_anyway():
    rows = [row | {"applied": False} for row in _rows()]
    leave_passages_alone(_doc(), rows)
    assert [row["because"] for row in rows] == ["listed"] * 3


def test_leave_passages_alone_finds_code_by_the_spans_alone():
    doc = _doc()
    doc._.source = None
    assert [row["applied"] for row in _left(doc)] == [True, False, True]


@pytest.mark.parametrize(
    ("doc", "applied"),
    [
        (_doc(), [True, False, True]),
        (_doc(""), [True, False, True]),  # not clear
        (_doc("de"), [False, False, False]),
        (_doc("de", first="en"), [True, False, False]),
        (_doc("de", last="en"), [False, False, True]),
        (_doc("de", first="nl"), [False, False, False]),
        (_doc("en", first="de"), [False, False, True]),
        (_doc("", last="de"), [True, False, False]),
    ],
)
def test_leave_passages_alone_flags_what_is_in_another_language(doc: Doc, applied: list[bool]):
    rows = _left(doc)
    assert [row["applied"] for row in rows] == applied
    unapplied = {row["because"] for row in rows if not row["applied"]}
    assert unapplied <= {IN_CODE, IN_ANOTHER_LANGUAGE}


@pytest.mark.parametrize("source", [None, "theirs", {}, {"path": "a.txt", "part": ""}])
def test_leave_passages_alone_leaves_docs_of_another_origin_as_they_are(source: Any):
    doc = NLP.make_doc(TEXT)
    doc._.source = source
    assert _left(doc) == _rows()
