import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example

from docsight.components.rnn_ner import RnnNer
from docsight.errors import BundleError, ConfigError, DataError
from docsight.networks.spans import ScoredSpan

TEXT = "Ada Lovelace met Charles Babbage in London."


@pytest.fixture
def nlp(tiny_model) -> Language:
    made = spacy.blank("en")
    made.add_pipe("rnn_ner", config={"model": str(tiny_model)})
    return made


def _with(tiny_model, **settings) -> Language:
    made = spacy.blank("en")
    made.add_pipe("rnn_ner", config={"model": str(tiny_model), **settings})
    return made


def _fixed(nlp: Language, *spans: ScoredSpan) -> RnnNer:
    """Make the component find the same spans in every Doc."""
    component = nlp.get_pipe("rnn_ner")
    component.predict = lambda docs: [list(spans) for _ in docs]
    return component


LOVELACE, LONDON = ScoredSpan(0, 2, "PER", 0.9), ScoredSpan(6, 7, "LOC", 0.4)


def test_rnn_ner_stores_scores_in_user_data_by_component_name(nlp):
    _fixed(nlp, LOVELACE, LONDON)
    doc = nlp(TEXT)
    stored = doc.user_data["docsight"]["rnn_ner"]
    assert stored == {"size": 43, "entities": [[0, 12, "PER", 0.9], [36, 42, "LOC", 0.4]]}
    assert [ent._.score for ent in doc.ents] == [0.9, 0.4]
    assert doc[2:3]._.score is None


def test_rnn_ner_scores_of_two_labels_of_one_span_are_distinct(tiny_model):
    nlp = _with(tiny_model)
    nlp.add_pipe("rnn_ner", name="second", config={"model": str(tiny_model), "overwrite_ents": True})
    nlp.get_pipe("rnn_ner").predict = lambda docs: [[ScoredSpan(0, 2, "PER", 0.9)]]
    nlp.get_pipe("second").predict = lambda docs: [[ScoredSpan(0, 2, "ORG", 0.3)]]
    doc = nlp(TEXT)
    assert [(ent.label_, ent._.score) for ent in doc.ents] == [("ORG", 0.3)]
    assert Span(doc, 0, 2, label="PER")._.score == 0.9


def test_rnn_ner_threshold_drops_less_probable_entities(tiny_model):
    everything = _with(tiny_model)(TEXT)
    scores = sorted(ent._.score for ent in everything.ents)
    assert len(scores) > 1
    some = _with(tiny_model, threshold=scores[1])(TEXT)
    assert sorted(ent._.score for ent in some.ents) == pytest.approx(scores[1:])
    assert not _with(tiny_model, threshold=1.0)(TEXT).ents


@pytest.mark.parametrize("threshold", [1.5, -0.1, float("nan"), True])
def test_rnn_ner_refuses_an_invalid_threshold(threshold):
    with pytest.raises(ConfigError, match="expected a threshold from 0 to 1"):
        RnnNer(spacy.blank("en").vocab, model="rnn_ner", threshold=threshold)


def test_rnn_ner_keeps_existing_entities(tiny_model):
    nlp = _with(tiny_model)
    component = _fixed(nlp, LOVELACE, LONDON)
    doc = nlp.make_doc(TEXT)
    doc.ents = [Span(doc, 1, 3, label="EVENT")]
    assert [(e.start, e.end, e.label_) for e in component(doc).ents] == [(1, 3, "EVENT"), (6, 7, "LOC")]


def test_rnn_ner_overwrites_only_what_overlaps(tiny_model):
    nlp = _with(tiny_model, overwrite_ents=True)
    component = _fixed(nlp, LOVELACE)
    doc = nlp.make_doc(TEXT)
    doc.ents = [Span(doc, 1, 3, label="EVENT"), Span(doc, 6, 7, label="CITY")]
    assert [(e.start, e.end, e.label_) for e in component(doc).ents] == [(0, 2, "PER"), (6, 7, "CITY")]


def test_rnn_ner_writes_scored_spans(tiny_model):
    nlp = _with(tiny_model, spans_key="names")
    _fixed(nlp, LOVELACE, LONDON)
    doc = nlp(TEXT)
    group = doc.spans["names"]
    assert [span.text for span in group] == ["Ada Lovelace", "London"]
    assert group.attrs["scores"].tolist() == pytest.approx([0.9, 0.4])
    again = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert np.allclose(again.spans["names"].attrs["scores"], [0.9, 0.4])


def test_rnn_ner_renames_labels(tiny_model):
    nlp = _with(tiny_model, labels={"PER": "PERSON"})
    _fixed(nlp, LOVELACE, LONDON)
    doc = nlp(TEXT)
    assert [(ent.label_, ent._.score) for ent in doc.ents] == [("PERSON", 0.9), ("LOC", 0.4)]
    assert nlp.get_pipe("rnn_ner").labels == ("PERSON", "ORG", "LOC")


def test_rnn_ner_refuses_to_rename_labels_that_the_model_does_not_have(tiny_model):
    nlp = _with(tiny_model, labels={"PERSON": "PER"})
    with pytest.raises(ConfigError, match="labels renames PERSON, but the model's labels are PER, ORG, LOC"):
        nlp(TEXT)
    with pytest.raises(ConfigError, match="renamed to non-empty strings"):
        _with(tiny_model, labels={"PER": ""})


def test_rnn_ner_lists_labels_renamed_to_the_same_name_once(tiny_model):
    assert _with(tiny_model, labels={"ORG": "PER"}).get_pipe("rnn_ner").labels == ("PER", "LOC")


def test_rnn_ner_leaves_blocked_tokens_alone(tiny_model):
    nlp = _with(tiny_model, overwrite_ents=True)
    component = _fixed(nlp, LOVELACE, LONDON)
    doc = nlp.make_doc(TEXT)
    doc.set_ents([], blocked=[doc[1:2]])
    doc = component(doc)
    assert [(e.start, e.end) for e in doc.ents] == [(6, 7)]
    assert doc[1].ent_iob_ == "B"
    assert doc[1].ent_type_ == ""


def test_rnn_ner_score_in_a_slice_of_a_doc_is_not_that_of_another_entity(nlp):
    _fixed(nlp, ScoredSpan(0, 1, "LOC", 0.9), ScoredSpan(4, 5, "LOC", 0.4))
    doc = nlp("London is big . London fell .")
    piece = doc[4:].as_doc(copy_user_data=True)
    assert [ent.text for ent in piece.ents] == ["London"]
    assert piece.ents[0]._.score is None


def test_rnn_ner_labels_are_kept_by_a_pipeline_that_sources_it(tiny_model):
    nlp, other = _with(tiny_model, labels={"PER": "MORTAL"}), spacy.blank("en")
    other.add_pipe("rnn_ner", source=nlp)
    _fixed(other, LOVELACE)
    with other.memory_zone():
        label = other(TEXT).ents[0].label
    assert other.vocab.strings[label] == "MORTAL"


def test_rnn_ner_reports_an_invalid_correction(nlp):
    doc = nlp.make_doc(TEXT)
    doc._.corrections = [{"start": 0}]
    with pytest.raises(DataError, match=r"with start, end, suggestion and applied; found \{'start': 0\}"):
        nlp.get_pipe("rnn_ner")(doc)


def test_rnn_ner_no_entity_crosses_an_annotated_sentence_boundary(nlp):
    words = ["Ada", "Lovelace", "Charles", "Babbage", "London"] * 30
    free = nlp.get_pipe("rnn_ner")(Doc(nlp.vocab, words=words))
    assert any(len(ent) > 1 for ent in free.ents)
    split = nlp.get_pipe("rnn_ner")(Doc(nlp.vocab, words=words, sent_starts=[True] * len(words)))
    assert split.ents
    assert all(len(ent) == 1 for ent in split.ents)


def test_rnn_ner_refuses_bytes_that_are_not_a_model(nlp):
    for content in (b"garbage", b"\x05", b""):
        with pytest.raises(BundleError, match="not a serialised model"):
            nlp.get_pipe("rnn_ner").from_bytes(content)


def test_rnn_ner_encodes_distinct_words_in_batches(tiny_model, monkeypatch):
    text = " ".join(f"Ada{n}" for n in range(40))
    whole = _with(tiny_model)(text)
    monkeypatch.setattr("docsight.networks.spans.MAX_TYPES_AT_ONCE", 7)
    parts = _with(tiny_model)(text)
    assert [(e.start, e.end, e.label_) for e in parts.ents] == [(e.start, e.end, e.label_) for e in whole.ents]


def test_rnn_ner_reads_a_correction_where_one_token_becomes_one_word(nlp):
    right, wrong = nlp("She lived in London ."), nlp.make_doc("She lived in Lodnon .")
    plain = nlp(wrong.text)
    correction = {"start": 13, "end": 19, "text": "Lodnon", "suggestion": "London", "applied": True}
    wrong._.corrections = [correction]
    read = nlp.get_pipe("rnn_ner")(wrong)
    ents = [(e.start_char, e.end_char, e.label_, e._.score) for e in right.ents]
    assert [(e.start_char, e.end_char, e.label_, e._.score) for e in read.ents] == ents
    assert ents != [(e.start_char, e.end_char, e.label_, e._.score) for e in plain.ents]
    assert read.text == "She lived in Lodnon ."


@pytest.mark.parametrize(
    "change", [{"applied": False}, {"suggestion": "Lon don"}, {"suggestion": ""}, {"start": 10}, {"start": 14}]
)
def test_rnn_ner_leaves_other_corrections_as_written(nlp, change):
    plain, doc = nlp("She lived in Lodnon ."), nlp.make_doc("She lived in Lodnon .")
    correction = {"start": 13, "end": 19, "text": "Lodnon", "suggestion": "London", "applied": True}
    doc._.corrections = [correction | change]
    read = nlp.get_pipe("rnn_ner")(doc)
    assert [(e.start, e.end, e._.score) for e in read.ents] == [(e.start, e.end, e._.score) for e in plain.ents]


@pytest.mark.parametrize(
    ("typed", "suggestion", "score", "applied", "is_read"),
    [
        ("Lodnon", "London", 0.2, False, True),  # unknown and capitalised: a low score is enough
        ("Lodnon", "London", 0.19, False, False),
        ("Lodnon", "Zorbla", 0.69, True, False),  # the suggestion is unknown, too
        ("lodnon", "London", 0.69, True, False),
        ("London", "Charles", 0.69, True, False),  # a known word needs a high score
        ("London", "Charles", 0.7, True, True),
        ("London", "Charles", 0.9, False, False),
        ("lodnon", "zorbla", 0.7, True, True),
    ],
)
def test_rnn_ner_reads_certain_corrections_and_likely_ones_of_unknown_names(
    nlp, typed, suggestion, score, applied, is_read
):
    doc = nlp.make_doc(f"She lived in {typed} .")
    row = {"start": 13, "end": 13 + len(typed), "suggestion": suggestion, "score": score, "applied": applied}
    doc._.corrections = [row]
    words, rows, *_ = nlp.get_pipe("rnn_ner")._collect_words([doc])
    assert words[rows[0][3]] == (suggestion if is_read else typed)


def test_rnn_ner_ignores_corrections_without_use_corrections(tiny_model):
    nlp = _with(tiny_model, use_corrections=False)
    plain, doc = nlp("She lived in Lodnon ."), nlp.make_doc("She lived in Lodnon .")
    doc._.corrections = [{"start": 13, "end": 19, "text": "Lodnon", "suggestion": "London", "applied": True}]
    read = nlp.get_pipe("rnn_ner")(doc)
    assert [(e.start, e.end, e._.score) for e in read.ents] == [(e.start, e.end, e._.score) for e in plain.ents]


def test_rnn_ner_never_begins_or_ends_with_white_space_nor_crosses_a_paragraph(nlp):
    words = ["Ada", " ", "Lovelace", "\n\n", "Charles", "\n", "Babbage", "\t\n \n", "London"] * 40
    doc = nlp.get_pipe("rnn_ner")(Doc(nlp.vocab, words=words, spaces=[False] * len(words)))
    assert doc.ents
    for ent in doc.ents:
        assert not ent[0].is_space
        assert not ent[-1].is_space
        assert all(token.text.count("\n") < 2 for token in ent)


def test_rnn_ner_scores_against_gold(nlp):
    _fixed(nlp, LOVELACE, LONDON)
    gold = {"entities": [(0, 12, "PER"), (17, 32, "PER")]}
    scores = nlp.evaluate([Example.from_dict(nlp.make_doc(TEXT), gold)])
    assert (scores["ents_p"], scores["ents_r"]) == (0.5, 0.5)
    assert scores["ents_per_type"]["PER"]["p"] == 1.0


def test_rnn_ner_two_instances_keep_their_own_results(tiny_model):
    nlp = _with(tiny_model)
    nlp.add_pipe("rnn_ner", name="second", config={"model": str(tiny_model)})
    assert set(nlp(TEXT).user_data["docsight"]) == {"rnn_ner", "second"}
