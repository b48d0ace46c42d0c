"""Entities mended by the conventions of the text that a model was trained on."""

import json
from pathlib import Path

import pytest

import docsight
from docsight.bundle import find_model
from docsight.components.annotation_conventions import AnnotationConventions
from docsight.errors import BundleError
from docsight.networks.spans import ScoredSpan

WORDS = ["Dr.", "Rosa", "Lindt", "Friday", ",", "5", "April", "555"]
SPANS = [ScoredSpan(0, 3, "PER", 0.9), ScoredSpan(5, 7, "DATE", 0.8), ScoredSpan(7, 8, "DATE", 0.7)]


def _mended(about: dict[str, object]) -> list[str]:
    spans = AnnotationConventions.read(about).mend(SPANS, WORDS.__getitem__, len(WORDS))
    return [" ".join(WORDS[span.start : span.end]) for span in spans]


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ({}, ["Dr. Rosa Lindt", "5 April", "555"]),
        ({"strip_titles": False, "date_label": None}, ["Dr. Rosa Lindt", "5 April", "555"]),
        ({"strip_titles": True}, ["Rosa Lindt", "5 April", "555"]),
        ({"date_label": "DATE"}, ["Dr. Rosa Lindt", "Friday , 5 April", "555"]),
        ({"date_label": "WHEN"}, ["Dr. Rosa Lindt", "5 April", "555"]),
    ],
)
def test_only_the_stated_conventions_change_entities(about, expected):
    assert _mended(about) == expected


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({"strip_titles": "yes"}, "strip_titles: expected true or false; found 'yes'"),
        ({"date_label": True}, "date_label: expected a label or null; found True"),
        ({"amount_labels": "MONEY"}, "amount_labels: expected a list of labels; found 'MONEY'"),
    ],
)
def test_a_convention_of_the_wrong_type_is_refused(about, message):
    with pytest.raises(BundleError, match=message):
        AnnotationConventions.read(about)


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (["PER", "ORG", "DATE"], AnnotationConventions(strip_titles=True, date_label="DATE")),
        (["PER"], AnnotationConventions(strip_titles=True)),
        (["DATE"], AnnotationConventions(date_label="DATE")),
        ([], AnnotationConventions()),
    ],
)
def test_labels_of_another_model_bring_its_conventions(kept, expected):
    other = AnnotationConventions(strip_titles=True, date_label="DATE")
    assert AnnotationConventions().with_labels(kept, of=other) == expected


@pytest.mark.parametrize(
    ("text", "spans", "mended"),
    [
        ("Tom Hale , Jr.", [(0, 2, "PER")], ["Tom Hale , Jr."]),
        ("ISO 9001", [(0, 1, "ORG")], []),
        ("in Bosnia and Herzegovina", [(1, 2, "LOC"), (3, 4, "LOC")], ["Bosnia and Herzegovina"]),
        ("Dept. of Trade", [(2, 3, "ORG")], ["Dept. of Trade"]),
    ],
)
def test_names_are_mended_only_for_models_without_titles_in_names(text, spans, mended):
    words = text.split()
    found = [ScoredSpan(*span, 0.5) for span in spans]
    assert list(AnnotationConventions().mend(found, words.__getitem__, len(words))) == found
    names = AnnotationConventions(strip_titles=True).mend(found, words.__getitem__, len(words))
    assert [" ".join(words[span.start : span.end]) for span in names] == mended


def test_dates_of_digits_that_are_none_are_removed():
    spans = [ScoredSpan(0, 1, "DATE", 0.7)]
    assert AnnotationConventions(date_label="DATE").mend(spans, ["5551234"].__getitem__, 1) == []
    assert AnnotationConventions().mend(spans, ["5551234"].__getitem__, 1) == spans


def test_amounts_without_a_number_are_removed():
    spans = [ScoredSpan(0, 1, "MONEY", 0.7), ScoredSpan(1, 2, "MONEY", 0.7)]
    conventions = AnnotationConventions.read({"amount_labels": ["MONEY"]})
    assert conventions.mend(spans, ["$5", "$$"].__getitem__, 2) == spans[:1]
    assert AnnotationConventions().mend(spans, ["$5", "$$"].__getitem__, 2) == spans


def test_labels_of_amounts_that_are_kept_bring_their_convention():
    other = AnnotationConventions(amount_labels=("MONEY", "TIME"))
    mine = AnnotationConventions(amount_labels=("PERCENT",))
    assert mine.with_labels(["TIME"], of=other).amount_labels == ("PERCENT", "TIME")


def test_the_shipped_model_states_its_conventions():
    config = json.loads((Path(find_model("rnn_ner")) / "config.json").read_text("utf-8"))
    assert AnnotationConventions.read(config) == AnnotationConventions(
        strip_titles=True, date_label="DATE", amount_labels=("MONEY", "PERCENT", "TIME", "QUANTITY")
    )
    doc = docsight.load("rnn_ner")("Cllr. Hargreaves spoke in Leeds on Friday, April 5, 2002.")
    assert [(ent.text, ent.label_) for ent in doc.ents] == [
        ("Hargreaves", "PER"),
        ("Leeds", "LOC"),
        ("Friday, April 5, 2002", "DATE"),
    ]
