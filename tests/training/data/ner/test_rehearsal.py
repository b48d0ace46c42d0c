"""An old model labels the training text of a new one."""

import random

import pytest

from docsight.tags import TagSpan
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.rehearsal import Rehearsal, rehearse
from docsight_training.tagger_transfer import InitialTagger

TEXT = ["Angela", "Merkel", "met", "Barack", "Obama", "in", "Berlin", "."]


@pytest.fixture(scope="module")
def start():
    return InitialTagger("rnn_ner")


def test_rehearse_adds_spans_of_the_labels_to_keep_beside_the_annotation(start):
    annotated = Document("own", [Sentence(TEXT, [TagSpan(3, 5, "CHIEF")]), Sentence(["Thanks", "."], [])])
    [versions] = rehearse(start, [annotated], keep=["PER", "LOC"], draws=8, seed=1)
    assert len(versions) == 8
    spans = [version.sentences[0].spans for version in versions]
    assert all(TagSpan(3, 5, "CHIEF") in of_version for of_version in spans)
    assert all(TagSpan(0, 2, "PER") in of_version for of_version in spans)
    assert {label for of_version in spans for _, _, label in of_version} == {"CHIEF", "PER", "LOC"}
    assert [version.sentences[1].tokens for version in versions] == [["Thanks", "."]] * 8


def test_rehearse_adds_no_label_that_is_annotated(start):
    [versions] = rehearse(start, [Document("own", [Sentence(TEXT, [])])], keep=["LOC"], draws=4, seed=1)
    spans = {span for version in versions for span in version.sentences[0].spans}
    assert TagSpan(6, 7, "LOC") in spans
    assert {span.label for span in spans} == {"LOC"}


def test_rehearse_joins_no_span_over_the_end_of_a_sentence(start):
    sentences = [Sentence(["Mr.", "Barack"], []), Sentence(["Obama", "spoke", "."], [])]
    [versions] = rehearse(start, [Document("own", sentences)], keep=["PER"], draws=8, seed=1)
    for version in versions:
        assert [len(sentence.tokens) for sentence in version.sentences] == [2, 3]
        assert all(end <= len(sentence.tokens) for sentence in version.sentences for _, end, _ in sentence.spans)


def test_rehearsal_draws_versions_of_the_documents_and_of_open_text(start, tmp_path):
    (tmp_path / "open.txt").write_text("Angela Merkel met Barack Obama in Berlin.\n\nShe left.")
    own = [TagSpan(0, 2, "PER"), TagSpan(3, 5, "CHIEF")]
    annotated = Document("own", [Sentence(TEXT, own)])
    rehearsal = Rehearsal(start, [annotated], keep=["LOC"], open_text=str(tmp_path), seed=1)
    assert rehearsal.version(0, random.Random(1)).sentences[0].spans == [*own, TagSpan(6, 7, "LOC")]
    documents = list(rehearsal.open_documents(random.Random(1)))
    assert sorted(document.num_tokens for document in documents) == [3, 8]
    spans = {span for document in documents for sentence in document.sentences for span in sentence.spans}
    assert spans >= {TagSpan(0, 2, "PER"), TagSpan(6, 7, "LOC")}


def test_rehearsal_without_open_text_has_none(start):
    rehearsal = Rehearsal(start, [Document("own", [Sentence(TEXT, [])])], keep=["LOC"], open_text=None, seed=1)
    assert list(rehearsal.open_documents(random.Random(1))) == []


def test_rehearsal_leaves_documents_as_they_are_if_they_annotate_all_labels(start, tmp_path):
    (tmp_path / "open.txt").write_text("Angela Merkel met Barack Obama in Berlin.")
    annotated = Document("own", [Sentence(TEXT, [TagSpan(0, 2, "PER")])])
    rehearsal = Rehearsal(start, [annotated], keep=[], open_text=str(tmp_path), seed=1)
    assert rehearsal.version(0, random.Random(1)) == annotated
    assert [document.num_tokens for document in rehearsal.open_documents(random.Random(1))] == [8]
