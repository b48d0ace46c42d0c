import random

import pytest

from docsight.tags import TagSpan
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.augment import TextAugment, default_rename, retokenize

ROOSEVELT = Sentence(
    ["Franklin", "Roosevelt", "left", "London", "for", "Acme", "Bank", "."],
    [TagSpan(0, 2, "PER"), TagSpan(3, 4, "LOC"), TagSpan(5, 7, "ORG")],
)
PLAIN = Sentence(["it", "rained", "."], [])


def _names(sentence: Sentence) -> list[tuple[str, ...]]:
    return [(span.label, *sentence.tokens[span.start : span.end]) for span in sentence.spans]


def _changed(augment: TextAugment, seed: int, *sentences: Sentence) -> list[Sentence]:
    augment.learn_names([Document("own", [ROOSEVELT])])
    return augment(sentences or [ROOSEVELT, PLAIN], random.Random(seed))


def test_augment_with_zero_probabilities_changes_nothing():
    assert _changed(TextAugment(), 1) == [ROOSEVELT, PLAIN]


def test_augment_casing_keeps_the_spans():
    upper, _ = _changed(TextAugment(upper=1.0), 1)
    title, rained = _changed(TextAugment(title=1.0), 1)
    lower, _ = _changed(TextAugment(lower=1.0), 1)
    assert upper.tokens[2:4] == ["LEFT", "LONDON"]
    assert (title.tokens[2], rained.tokens) == ("Left", ["It", "Rained", "."])
    assert lower.tokens[:2] == ["franklin", "roosevelt"]
    assert upper.spans == title.spans == lower.spans == ROOSEVELT.spans


def test_augment_renames_to_names_of_the_same_label():
    augment = TextAugment(rename=1.0)
    augment.learn_names([Document("own", [Sentence(["Ada", "K.", "Lovelace"], [TagSpan(0, 3, "PER")])])])
    seen = {name for seed in range(20) for name in _names(_changed(augment, seed)[0]) if name[0] == "PER"}
    assert seen == {("PER", "Ada", "K.", "Lovelace"), ("PER", "Franklin", "Roosevelt")}


def test_augment_renamed_spans_cover_the_new_name():
    augment = TextAugment(rename=1.0)
    augment.learn_names([Document("own", [Sentence(["New", "York", "City"], [TagSpan(0, 3, "LOC")])])])
    for seed in range(10):
        changed, plain = _changed(augment, seed)
        assert [name[0] for name in _names(changed)] == ["PER", "LOC", "ORG"]
        assert {name[1:] for name in _names(changed) if name[0] == "LOC"} <= {("London",), ("New", "York", "City")}
        assert changed.tokens[-1] == "."
        assert plain == PLAIN


def test_augment_exchanges_one_word_with_names_of_other_labels():
    exchange = {"PER": {"LOC": 0.5, "ORG": 0.5}, "LOC": {"PER": 1.0}, "ORG": {"LOC": 1.0}}
    seen = {name for seed in range(30) for name in _names(_changed(TextAugment(exchange=exchange), seed)[0])}
    assert seen == {
        ("PER", "Franklin", "London"),
        ("PER", "Franklin", "Acme"),
        ("LOC", "Roosevelt"),
        ("ORG", "London", "Bank"),
    }


def test_augment_names_are_consistent_within_a_document():
    for seed in range(10):
        first, second = _changed(
            TextAugment(exchange={"PER": {"LOC": 0.5}, "LOC": {"ORG": 0.5}}), seed, ROOSEVELT, ROOSEVELT
        )
        assert first == second


def test_retokenize_splits_as_spacy_does_and_moves_the_spans():
    sentence = Sentence(["London-based", "Ada's", "ca", "n't"], [TagSpan(0, 1, "LOC"), TagSpan(1, 2, "PER")])
    cut = retokenize(sentence)
    assert cut.tokens == ["London", "-", "based", "Ada", "'s", "ca", "n't"]
    assert cut.spans == [TagSpan(0, 3, "LOC"), TagSpan(3, 4, "PER")]


@pytest.mark.parametrize(
    ("sentences", "starts_from_model", "expected"),
    [(500, True, 0.3), (501, True, 0.0), (10, False, 0.0), (0, True, 0.3)],
)
def test_few_names_are_renamed_by_default_where_a_run_starts_from_a_model(sentences, starts_from_model, expected):
    documents = [Document("", [ROOSEVELT] * 100)] * (sentences // 100) + [Document("", [ROOSEVELT] * (sentences % 100))]
    assert default_rename(documents, starts_from_model=starts_from_model) == expected


def test_names_stay_where_the_probability_is_not_set_yet():
    augment = TextAugment(rename=None)
    augment.learn_names([Document("", [ROOSEVELT])])
    assert _changed(augment, 1, ROOSEVELT) == [ROOSEVELT]


def test_a_name_whose_label_has_no_other_names_stays():
    augment = TextAugment(rename=1.0)
    augment.learn_names([])
    assert _changed(augment, 1, ROOSEVELT) == [ROOSEVELT]
