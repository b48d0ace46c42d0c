import itertools

import numpy as np
import pytest
import spacy
import torch
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example

from docsight.bundle import load_folder
from docsight.components.rnn_ner import RnnNer
from docsight.errors import BundleError, ConfigError, DataError
from docsight.networks import spans as reading
from docsight.networks.spans import ScoredSpan, read_spans, word_types

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


def test_rnn_ner_scores_of_two_labels_at_one_place_are_told_apart(tiny_model):
    nlp = _with(tiny_model)
    nlp.add_pipe("rnn_ner", name="second", config={"model": str(tiny_model), "overwrite_ents": True})
    nlp.get_pipe("rnn_ner").predict = lambda docs: [[ScoredSpan(0, 2, "PER", 0.9)]]
    nlp.get_pipe("second").predict = lambda docs: [[ScoredSpan(0, 2, "ORG", 0.3)]]
    doc = nlp(TEXT)
    assert [(ent.label_, ent._.score) for ent in doc.ents] == [("ORG", 0.3)]
    assert Span(doc, 0, 2, label="PER")._.score == 0.9


def test_rnn_ner_threshold_leaves_out_the_less_probable(tiny_model):
    everything = _with(tiny_model)(TEXT)
    scores = sorted(ent._.score for ent in everything.ents)
    assert len(scores) > 1
    some = _with(tiny_model, threshold=scores[1])(TEXT)
    assert sorted(ent._.score for ent in some.ents) == pytest.approx(scores[1:])
    assert not _with(tiny_model, threshold=1.0)(TEXT).ents


@pytest.mark.parametrize("threshold", [1.5, -0.1, float("nan"), True])
def test_rnn_ner_refuses_a_threshold_that_is_none(threshold):
    with pytest.raises(ConfigError, match="expected a threshold from 0 to 1"):
        RnnNer(spacy.blank("en").vocab, model="rnn_ner", threshold=threshold)


def test_rnn_ner_leaves_entities_that_are_there(tiny_model):
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
    with pytest.raises(ConfigError, match="renamed to strings that are not empty"):
        _with(tiny_model, labels={"PER": ""})


def test_rnn_ner_labels_that_become_one_are_listed_once(tiny_model):
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


def test_rnn_ner_score_is_not_that_of_another_place_in_a_piece_of_a_doc(nlp):
    _fixed(nlp, ScoredSpan(0, 1, "LOC", 0.9), ScoredSpan(4, 5, "LOC", 0.4))
    doc = nlp("London is big . London fell .")
    piece = doc[4:].as_doc(copy_user_data=True)
    assert [ent.text for ent in piece.ents] == ["London"]
    assert piece.ents[0]._.score is None


def test_rnn_ner_labels_are_kept_by_a_pipeline_it_is_given_to(tiny_model):
    nlp, other = _with(tiny_model, labels={"PER": "MORTAL"}), spacy.blank("en")
    other.add_pipe("rnn_ner", source=nlp)
    _fixed(other, LOVELACE)
    with other.memory_zone():
        label = other(TEXT).ents[0].label
    assert other.vocab.strings[label] == "MORTAL"


def test_rnn_ner_names_a_correction_that_is_none(nlp):
    doc = nlp.make_doc(TEXT)
    doc._.corrections = [{"start": 0}]
    with pytest.raises(DataError, match=r"with start, end, suggestion and applied; found \{'start': 0\}"):
        nlp.get_pipe("rnn_ner")(doc)


def test_rnn_ner_no_entity_crosses_a_sentence_boundary_that_is_told(nlp):
    words = ["Ada", "Lovelace", "Charles", "Babbage", "London"] * 30
    free = nlp.get_pipe("rnn_ner")(Doc(nlp.vocab, words=words))
    assert any(len(ent) > 1 for ent in free.ents)
    told = nlp.get_pipe("rnn_ner")(Doc(nlp.vocab, words=words, sent_starts=[True] * len(words)))
    assert told.ents
    assert all(len(ent) == 1 for ent in told.ents)


def test_rnn_ner_refuses_bytes_that_are_no_model(nlp):
    for content in (b"garbage", b"\x05", b""):
        with pytest.raises(BundleError, match="no serialised model"):
            nlp.get_pipe("rnn_ner").from_bytes(content)


def test_rnn_ner_encodes_distinct_words_in_portions(tiny_model, monkeypatch):
    text = " ".join(f"Ada{n}" for n in range(40))
    whole = _with(tiny_model)(text)
    monkeypatch.setattr(reading, "MAX_TYPES", 7)
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
        ("Lodnon", "London", 0.2, False, True),  # strange and capitalised: a guess will do
        ("Lodnon", "London", 0.19, False, False),
        ("Lodnon", "Zorbla", 0.69, True, False),  # no guess that is as strange
        ("lodnon", "London", 0.69, True, False),
        ("London", "Charles", 0.69, True, False),  # a known word is read as it is, unless the correction is sure
        ("London", "Charles", 0.7, True, True),
        ("London", "Charles", 0.9, False, False),
        ("lodnon", "zorbla", 0.7, True, True),
    ],
)
def test_rnn_ner_reads_sure_corrections_and_guesses_at_strange_names(nlp, typed, suggestion, score, applied, is_read):
    doc = nlp.make_doc(f"She lived in {typed} .")
    row = {"start": 13, "end": 13 + len(typed), "suggestion": suggestion, "score": score, "applied": applied}
    doc._.corrections = [row]
    words, rows, *_ = nlp.get_pipe("rnn_ner")._read([doc])
    assert words[rows[0][3]] == (suggestion if is_read else typed)


def test_rnn_ner_can_be_told_not_to_use_corrections(tiny_model):
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


def test_rnn_ner_of_two_names_keep_their_own_results(tiny_model):
    nlp = _with(tiny_model)
    nlp.add_pipe("rnn_ner", name="second", config={"model": str(tiny_model)})
    assert set(nlp(TEXT).user_data["docsight"]) == {"rnn_ner", "second"}


def _rows(folder, lengths):
    bundle = load_folder(folder, kind="tagger")
    words = ["Ada", "Lovelace", "met", "Charles", "in", "London", "."]
    types = word_types(words, vocab=bundle.vocabularies["words"], chars=bundle.vocabularies["chars"])
    torch.manual_seed(0)
    network = bundle.network.eval()
    with torch.no_grad():
        encoded = network.encoder.encode_types(types)
    return network, encoded, [torch.randint(0, len(words), (n,)) for n in lengths]


def test_read_spans_is_the_same_alone_and_in_a_batch(tiny_model):
    network, encoded, rows = _rows(tiny_model, [3, 40, 1, 300, 7, 0, 1000])
    together = read_spans(network, encoded, rows)
    for row, spans in zip(rows, together, strict=True):
        alone = read_spans(network, encoded, [row])[0]
        assert [span[:3] for span in alone] == [span[:3] for span in spans]
        assert [span.score for span in alone] == pytest.approx([span.score for span in spans], abs=1e-4)


def test_read_spans_of_a_long_row_does_not_depend_on_what_is_far_away(tiny_model):
    network, encoded, (row,) = _rows(tiny_model, [2000])
    spans = read_spans(network, encoded, [row])[0]
    assert spans == sorted(spans)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    head = read_spans(network, encoded, [row[:1024]])[0]
    assert [s[:3] for s in head if s.end < 900] == [s[:3] for s in spans if s.end < 900]


def test_read_spans_does_not_cross_a_break(tiny_model):
    network, encoded, (row,) = _rows(tiny_model, [200])
    crossing = [s for s in read_spans(network, encoded, [row])[0] if s.end - s.start > 1]
    assert crossing
    breaks = [s.start for s in crossing]
    for span in read_spans(network, encoded, [row], breaks=[breaks])[0]:
        assert not any(span.start <= at < span.end - 1 for at in breaks)


def test_read_spans_scores_are_posteriors_of_the_whole_row(tiny_model):
    network, encoded, (row,) = _rows(tiny_model, [30])
    spans = read_spans(network, encoded, [row])[0]
    emissions = network.emissions(encoded[row].unsqueeze(0), torch.tensor([30]))
    lengths = torch.tensor([30])
    total = network.crf.log_partition(emissions, lengths)
    for span in spans:
        tags = [f"S-{span.label}"] if span.end - span.start == 1 else [f"B-{span.label}", f"E-{span.label}"]
        allowed = torch.ones_like(emissions, dtype=torch.bool)
        for at, tag in ((span.start, tags[0]), (span.end - 1, tags[-1])):
            allowed[0, at] = False
            allowed[0, at, network.tags.index(tag)] = True
        if span.end - span.start > 2:
            inside = allowed[0, span.start + 1 : span.end - 1]
            inside[:] = False
            inside[:, network.tags.index(f"I-{span.label}")] = True
        fixed = network.crf.log_partition(emissions.masked_fill(~allowed, -1e4), lengths)
        assert span.score == pytest.approx(float((fixed - total).exp().detach()), abs=1e-4)


def test_read_spans_memory_is_bounded_by_the_batch(tiny_model, monkeypatch):
    monkeypatch.setattr(reading, "MAX_CELLS", 512)
    network, encoded, rows = _rows(tiny_model, [5000, 10, 10])
    sizes = []
    emissions = network.emissions
    monkeypatch.setattr(network, "emissions", lambda x, n: sizes.append(x.shape[0] * x.shape[1]) or emissions(x, n))
    read_spans(network, encoded, rows)
    assert max(sizes) <= 512
