"""The errors of a tagger, and the page that shows them."""

import json
from pathlib import Path

from docsight.tags import TagSpan
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.modules.ner_errors import error_report, judge_sentences, write_ner_errors

TOKENS = ["Ada", "Lovelace", "met", "Bob", "in", "<b>Paris</b>"]
GOLD = [TagSpan(0, 2, "PER"), TagSpan(3, 4, "PER"), TagSpan(5, 6, "LOC")]
DOCUMENTS = [
    Document("own", [Sentence(["It", "rained"], [], place="row 1"), Sentence(TOKENS, GOLD, place="row 2")]),
    Document("own", [Sentence(["Acme"], [TagSpan(0, 1, "ORG")], place="row 3")]),
]
FOUND = [
    [TagSpan(1, 2, "ORG"), TagSpan(3, 4, "PER"), TagSpan(5, 6, "ORG"), TagSpan(7, 8, "LOC")],
    [],
]


def test_error_report_counts_and_lists_what_is_wrong():
    judged = list(judge_sentences(DOCUMENTS, FOUND, [0.5, 2.0, 3.0]))
    assert judged[1].found == [TagSpan(1, 2, "PER"), TagSpan(3, 4, "ORG"), TagSpan(5, 6, "LOC")]
    report = error_report(judged, part="test")
    assert report["counts"] == {"right": 1, "label": 1, "edges": 1, "label and edges": 0, "missed": 1, "spurious": 1}
    assert report["confusions"] == [{"gold": "PER", "predicted": "ORG", "count": 1}]
    assert report["labels"]["PER"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 2}
    assert report["labels"]["LOC"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "support": 1}
    assert [one["place"] for one in report["errors"]["missed"]] == ["row 3"]
    assert report["errors"]["spurious"][0]["predicted"] == [(1, 2, "ORG")]
    assert [(one["place"], one["loss"]) for one in report["worst_sentences"]] == [
        ("row 3", 3.0),
        ("row 2", 2.0),
        ("row 1", 0.5),
    ]


def test_error_page_shows_the_report_and_escapes_its_text(tmp_path: Path):
    write_ner_errors(tmp_path, list(judge_sentences(DOCUMENTS, FOUND, [0.5, 2.0, 3.0])), part="validation")
    assert json.loads((tmp_path / "errors.json").read_text())["part"] == "validation"
    page = (tmp_path / "errors.html").read_text()
    assert "<b>Paris</b>" not in page
    assert "&lt;b&gt;Paris&lt;/b&gt;<i>LOC</i>" in page
    assert "row 2 · loss 2.00" in page
    assert "Right label, other edges" in page
    assert "Another label and other edges" not in page
