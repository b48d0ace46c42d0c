import json
import random
from pathlib import Path

import pytest

from docsight.tags import TagSpan
from docsight_training.data.ner.corpora import Document, Sentence
from docsight_training.data.ner.templates import TemplateFiller, read_templates

NAMES = Sentence(
    ["Ada", "Lovelace", "left", "London", "for", "Acme", "Bank", "."],
    [TagSpan(0, 2, "PER"), TagSpan(3, 4, "LOC"), TagSpan(5, 7, "ORG")],
)
REACHED = {"Street", "Avenue", "Road", "Square", "Bridge", "Park", "Airport", "Inc.", "Corp."}
CONTEXT_SET = Path(__file__).parents[4] / "benchmarks" / "data" / "names_in_context.jsonl"


def _filled(borrow: float, *documents: Sentence) -> list[Sentence]:
    filler = TemplateFiller([Document("own", list(documents or [NAMES]))], borrow=borrow)
    return filler.fill(300, random.Random(1))


def test_templates_are_filled_with_names_of_the_label_of_the_slot():
    names = {(s.label, *sentence.tokens[s.start : s.end]) for sentence in _filled(0.0) for s in sentence.spans}
    assert {name for name in names if name[-1] not in REACHED} == {
        ("PER", "Ada", "Lovelace"),
        ("LOC", "London"),
        ("ORG", "Acme", "Bank"),
    }


def test_templates_borrow_words_from_names_of_other_labels():
    words = {sentence.tokens[s.start] for sentence in _filled(1.0) for s in sentence.spans if s.label == "PER"}
    assert words == {"London", "Acme", "Bank"}


def test_templates_extend_street_and_company_spans_over_their_noun():
    ends = {(s.label, sentence.tokens[s.end - 1]) for sentence in _filled(0.5) for s in sentence.spans}
    assert {("LOC", "Street"), ("LOC", "Avenue"), ("ORG", "Inc."), ("ORG", "Corp.")} <= ends


def test_templates_leave_no_slots_or_braces():
    for sentence in _filled(0.5):
        assert sentence.spans
        assert not any("{" in token or "}" in token for token in sentence.tokens)


def test_templates_with_labels_missing_from_the_data_are_left_out():
    places = Sentence(["London"], [TagSpan(0, 1, "LOC")])
    assert {span.label for sentence in _filled(0.5, places) for span in sentence.spans} == {"LOC"}
    assert _filled(0.5, Sentence(["it", "rained"], [])) == []


@pytest.mark.skipif(not CONTEXT_SET.is_file(), reason="the benchmarks are not here")
def test_templates_share_no_run_of_words_with_the_test_set_of_names_in_context():
    def runs(words: list[str]) -> set[tuple[str, ...]]:
        return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}

    templated = {run for template in read_templates() for run in runs([w.lower() for w in template if w.isalpha()])}
    for line in CONTEXT_SET.read_text().splitlines():
        words = [w.strip(".,;:!?\"'").lower() for w in json.loads(line)["text"].split()]
        assert not runs(words) & templated, json.loads(line)["text"]
