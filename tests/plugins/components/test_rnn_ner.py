import pickle

import numpy as np
import pytest
import spacy
import torch
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from thinc.api import Config

from docsight.components.doc_spans import DocSpans
from docsight.components.rnn_ner import RnnNer
from docsight.components.token_splits import Cut
from docsight.components.word_rows import collect_rows
from docsight.errors import BundleError, ConfigError, DataError
from docsight.networks.spans import ScoredSpan
from docsight.vocab import CELL_END, LINE_END, Vocab

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
    component.predict = lambda docs: [DocSpans(list(spans), list(spans)) for _ in docs]
    return component


LOVELACE, LONDON = ScoredSpan(0, 2, "PER", 0.9), ScoredSpan(6, 7, "LOC", 0.4)


def test_rnn_ner_stores_scores_at_their_spans(nlp):
    _fixed(nlp, LOVELACE, LONDON)
    doc = nlp(TEXT)
    assert doc.user_data == {("._.", "score", 0, 12): {"PER": 0.9}, ("._.", "score", 36, 42): {"LOC": 0.4}}
    assert [ent._.score for ent in doc.ents] == [0.9, 0.4]
    assert doc[2:3]._.score is None


def test_rnn_ner_scores_of_two_labels_of_one_span_are_distinct(tiny_model):
    nlp = _with(tiny_model)
    nlp.add_pipe("rnn_ner", name="second", config={"model": str(tiny_model), "overwrite_ents": True})
    nlp.get_pipe("rnn_ner").predict = lambda docs: [DocSpans([ScoredSpan(0, 2, "PER", 0.9)], [])]
    nlp.get_pipe("second").predict = lambda docs: [DocSpans([ScoredSpan(0, 2, "ORG", 0.3)], [])]
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


@pytest.mark.parametrize("setting", ["threshold", "document_memory"])
@pytest.mark.parametrize("value", [1.5, -0.1, float("nan"), True])
def test_rnn_ner_refuses_a_fraction_that_is_not_from_0_to_1(setting, value):
    with pytest.raises(ConfigError, match=f"expected a {setting} from 0 to 1"):
        RnnNer(spacy.blank("en").vocab, model="rnn_ner", **{setting: value})


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
    with pytest.raises(ConfigError, match="labels renames DATE, but the model's labels are PER, ORG, LOC"):
        _with(tiny_model, labels={"DATE": None})(TEXT)
    with pytest.raises(ConfigError, match="renamed to non-empty strings or null"):
        _with(tiny_model, labels={"PER": ""})


def test_rnn_ner_lists_labels_renamed_to_the_same_name_once(tiny_model):
    assert _with(tiny_model, labels={"ORG": "PER"}).get_pipe("rnn_ner").labels == ("PER", "LOC")


def test_rnn_ner_does_not_write_labels_renamed_to_none(tiny_model, tmp_path):
    nlp = _with(tiny_model, labels={"PER": None, "LOC": "GPE"}, spans_key="names", min_score=0.05)
    assert nlp.get_pipe("rnn_ner").labels == ("ORG", "GPE")
    _fixed(nlp, LOVELACE, LONDON)
    doc = nlp(TEXT)
    assert [ent.label_ for ent in doc.ents] == [span.label_ for span in doc.spans["names"]] == ["GPE"]
    assert doc.spans["names"].attrs["scores"].tolist() == pytest.approx([0.4])
    assert doc.user_data == {("._.", "score", 36, 42): {"GPE": 0.4}}


def test_rnn_ner_settings_survive_disk_and_config(tiny_model, tmp_path):
    settings = {"labels": {"PER": None, "LOC": "GPE"}, "spans_key": "names", "min_score": 0.05}
    nlp = _with(tiny_model, **settings)
    nlp.to_disk(tmp_path)
    copies = [spacy.load(tmp_path), spacy.blank("en").from_config(Config().from_str(nlp.config.to_str()))]
    for copy in [*copies, pickle.loads(pickle.dumps(nlp))]:
        component = copy.get_pipe("rnn_ner")
        assert (component.renamed, component.spans_key, component.min_score) == tuple(settings.values())
        assert component.labels == ("ORG", "GPE")
        assert {ent.label_ for ent in copy(TEXT).ents} == {ent.label_ for ent in nlp(TEXT).ents}


def test_rnn_ner_lists_every_span_above_min_score(tiny_model):
    plain, nlp = _with(tiny_model)(TEXT), _with(tiny_model, spans_key="names", min_score=0.02)
    doc = nlp(TEXT)
    assert [(e.start, e.end, e.label_, e._.score) for e in doc.ents] == [
        (e.start, e.end, e.label_, e._.score) for e in plain.ents
    ]
    group = doc.spans["names"]
    places = [(span.start, span.end, span.label_) for span in group]
    assert places == sorted(set(places))
    assert {(e.start, e.end, e.label_) for e in doc.ents if e._.score > 0.021} <= set(places)
    assert len(group) > len(doc.ents)
    assert group.has_overlap
    scores = group.attrs["scores"]
    assert len(scores) == len(group)
    assert scores.min() >= 0.02
    assert scores.max() <= 1
    again = Doc(nlp.vocab).from_bytes(doc.to_bytes()).spans["names"]
    assert np.array_equal(again.attrs["scores"], scores)


def test_rnn_ner_lists_entities_as_they_are_mended():
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_ner", config={"spans_key": "names", "min_score": 0.05})
    doc = nlp("Yesterday Cllr. Rosa Lindt met Frau Hale on Friday, April 5, 2002 in London.")
    assert [ent.text for ent in doc.ents] == ["Rosa Lindt", "Hale", "Friday, April 5, 2002", "London"]
    group = doc.spans["names"]
    places = [(span.start, span.end, span.label_) for span in group]
    assert places == sorted(set(places))
    scores = dict(zip(places, group.attrs["scores"].tolist(), strict=True))
    for ent in doc.ents:
        assert scores[ent.start, ent.end, ent.label_] == pytest.approx(ent._.score)
    assert "Frau Hale" not in [span.text for span in group]


def test_rnn_ner_lists_no_weekday_of_a_date_as_a_name():
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_ner", config={"spans_key": "names", "min_score": 0.02})
    doc = nlp("On Mon, 13 May 2024 at 17:03, Tom Weaver wrote:")
    assert [ent.text for ent in doc.ents if ent.label_ == "DATE"] == ["Mon, 13 May 2024"]
    assert {span.label_ for span in doc.spans["names"] if span.text == "Mon"} <= {"DATE"}


def test_rnn_ner_lists_spans_of_labels_renamed_to_the_same_name_once_with_the_highest_score(tiny_model):
    doc = _with(tiny_model, spans_key="names", min_score=0.02)(TEXT)
    plain = doc.spans["names"]
    best: dict[tuple[int, int], float] = {}
    for span, score in zip(plain, plain.attrs["scores"].tolist(), strict=True):
        best[span.start, span.end] = max(score, best.get((span.start, span.end), 0.0))
    assert len(best) < len(plain)
    one_name = dict.fromkeys(("PER", "ORG", "LOC"), "NAME")
    renamed = _with(tiny_model, spans_key="names", min_score=0.02, labels=one_name)(TEXT)
    group = renamed.spans["names"]
    assert [(span.start, span.end) for span in group] == sorted(best)
    assert group.attrs["scores"].tolist() == [best[span.start, span.end] for span in group]


def test_rnn_ner_min_score_ignores_the_threshold(tiny_model):
    doc = _with(tiny_model, spans_key="names", min_score=0.02, threshold=1.0)(TEXT)
    assert not doc.ents
    assert doc.spans["names"]


@pytest.mark.parametrize("min_score", [0, 1.5, -0.1, float("nan"), True])
def test_rnn_ner_refuses_an_invalid_min_score(min_score):
    with pytest.raises(ConfigError, match="expected min_score to be above 0 and at most 1, or null; found"):
        RnnNer(spacy.blank("en").vocab, model="rnn_ner", spans_key="names", min_score=min_score)


def test_rnn_ner_refuses_min_score_without_spans_key(tiny_model):
    with pytest.raises(ConfigError, match=r"min_score=0.05 needs spans_key.* Set spans_key, or leave out min_score"):
        _with(tiny_model, min_score=0.05)


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
    assert piece.ents[0]._.score == 0.4


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
    vocab = nlp.get_pipe("rnn_ner").bundle.vocabularies["words"]
    words, rows = collect_rows([doc], vocab, use_corrections=True, split_markup=True)
    assert words[rows[0].words[3]] == (suggestion if is_read else typed)


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


@pytest.fixture
def grown_nlp(nlp) -> Language:
    """Make a pipeline whose words are all parts of entities of several words, as far as breaks allow."""
    network = nlp.get_pipe("rnn_ner").bundle.network
    emissions = torch.tensor([tag[0] == "I" or tag == "B-PER" for tag in network.tags]).float()
    network.emissions = lambda encoded, lengths: (9 * emissions).expand(*encoded.shape[:2], -1).clone()
    torch.nn.init.zeros_(network.crf.transitions)
    return nlp


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rosa Lindt\nBen Achterberg", ["Rosa Lindt", "Ben Achterberg"]),
        ("Bern Alder\tBirch Mills\nBen Berg", ["Bern Alder", "Birch Mills", "Ben Berg"]),
        ("Rosa Lindt | Bern Ghent", ["Rosa Lindt", "Bern Ghent"]),
        ("the lease that was signed by Rosa\nLindt in the old town", ["*"]),
        ("> the lease that was signed by Rosa\n> Lindt in the old town", ["*"]),
        ("the lease that was signed by Rosa\r\nLindt in the old town", ["*"]),
        (
            "the lease that was signed by Rosa\x0cLindt in the old",
            ["the lease that was signed by Rosa", "Lindt in the old"],
        ),
        ("", []),
        ("\n\n", []),
        ("> \n>\n", []),
        ("\n\n> Rosa Lindt\n\n", ["Rosa Lindt"]),
    ],
)
def test_rnn_ner_entities_end_where_lines_and_cells_end(grown_nlp, text, expected):
    expected = [text.removeprefix("> ")] if expected == ["*"] else expected
    assert [ent.text for ent in grown_nlp(text).ents] == expected


def test_rnn_ner_with_a_model_that_reads_the_ends_of_lines_writes_spans_of_tokens(grown_nlp):
    vocabularies = grown_nlp.get_pipe("rnn_ner").bundle.vocabularies
    vocabularies["words"] = Vocab([*vocabularies["words"].entries[:-2], LINE_END, CELL_END])
    doc = grown_nlp("Rosa Lindt\n\nBern Alder\tBirch Mills | Ben Berg\nIvy Okafor\n")
    expected = ["Rosa Lindt", "Bern Alder", "Birch Mills", "Ben Berg", "Ivy Okafor"]
    assert [ent.text for ent in doc.ents] == expected
    assert [doc.text[start:end] for _, _, start, end in doc.user_data] == expected


def test_rnn_ner_takes_no_line_break_of_an_office_file_for_a_wrap(grown_nlp):
    text = "the lease that was signed by Rosa\nLindt in the old town"
    doc = grown_nlp.make_doc(text)
    doc._.source = {"format": "docx"}
    assert [ent.text for ent in grown_nlp(doc).ents] == text.split("\n")


def test_rnn_ner_scores_against_gold(nlp):
    _fixed(nlp, LOVELACE, LONDON)
    gold = {"entities": [(0, 12, "PER"), (17, 32, "PER")]}
    scores = nlp.evaluate([Example.from_dict(nlp.make_doc(TEXT), gold)])
    assert (scores["ents_p"], scores["ents_r"]) == (0.5, 0.5)
    assert scores["ents_per_type"]["PER"]["p"] == 1.0


@pytest.mark.parametrize(("overwrite", "expected"), [(False, 0.9), (True, 0.7)])
def test_rnn_ner_score_is_that_of_the_instance_whose_entity_stays(tiny_model, overwrite, expected):
    nlp = _with(tiny_model)
    nlp.add_pipe("rnn_ner", name="second", config={"model": str(tiny_model), "overwrite_ents": overwrite})
    nlp.get_pipe("rnn_ner").predict = lambda docs: [DocSpans([ScoredSpan(0, 2, "PER", 0.9)], [])]
    nlp.get_pipe("second").predict = lambda docs: [DocSpans([ScoredSpan(0, 2, "PER", 0.7)], [])]
    assert [ent._.score for ent in nlp(TEXT).ents] == [expected]


def test_rnn_ner_scores_all_listed_spans(tiny_model):
    nlp = _with(tiny_model, spans_key="names", min_score=0.05)
    likely = [ScoredSpan(0, 2, "PER", 0.9), ScoredSpan(0, 2, "ORG", 0.08)]
    nlp.get_pipe("rnn_ner").predict = lambda docs: [DocSpans(likely[:1], likely)]
    doc = nlp(TEXT)
    assert [span._.score for span in doc.spans["names"]] == [0.9, 0.08]


def test_rnn_ner_splits_a_token_where_an_entity_ends_inside_it(nlp):
    text = "By [Ada Lovelace](https://lovelace.example) in London."
    words = [token.text for token in nlp.make_doc(text)]
    cut = words.index("Lovelace](https://lovelace.example")
    nlp.get_pipe("rnn_ner").predict = lambda docs: [DocSpans([ScoredSpan(2, 4, "PER", 0.9)], [], [Cut(cut, 8)])]
    doc = nlp(text)
    assert doc.text == text
    assert [(ent.text, ent.label_, ent._.score) for ent in doc.ents] == [("Ada Lovelace", "PER", 0.9)]
    assert [token.text for token in doc] == [*words[:3], "Lovelace", "](https://lovelace.example", *words[4:]]


def test_rnn_ner_leaves_a_token_whole_where_no_written_entity_begins_or_ends_inside_it(tiny_model):
    text = "See [[The|the] \\foo{Bar} and {Ada} in London{Charles}."
    words = [token.text for token in spacy.blank("en").make_doc(text)]
    everything = _with(tiny_model)(text)
    assert len(everything) > len(words)  # otherwise the settings below have nothing to prevent
    no_labels = {"PER": None, "ORG": None, "LOC": None}
    for settings in ({"threshold": 1.0}, {"labels": no_labels}, {"split_markup": False}):
        doc = _with(tiny_model, **settings)(text)
        assert [token.text for token in doc] == words, settings


def test_rnn_ner_splits_inside_an_entity_that_is_present(nlp):
    doc = nlp.make_doc("By \\author{Ada in London.")
    doc.ents = [Span(doc, 1, 2, label="CODE")]
    nlp.get_pipe("rnn_ner").predict = lambda docs: [DocSpans([ScoredSpan(2, 3, "PER", 0.9)], [], [Cut(1, 8)])]
    doc = nlp.get_pipe("rnn_ner")(doc)
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("\\author{Ada", "CODE")]
    assert [token.text for token in doc[1:3]] == ["\\author{", "Ada"]
