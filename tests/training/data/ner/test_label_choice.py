"""Which labels a tagger learns, and which a corpus does not annotate."""

from docsight_training.data.ner.label_choice import LabelChoice


def test_labels_are_those_of_the_training_text_or_those_given():
    assert LabelChoice.of({"PER", "LOC"}, given=None, old=None).labels == ["LOC", "PER"]
    assert LabelChoice.of({"PER", "LOC"}, given=["PER"], old=None) == LabelChoice(["PER"])


def test_labels_of_the_old_model_come_first_and_those_not_annotated_are_kept():
    choice = LabelChoice.of({"PER", "GENE"}, given=None, old=["ORG", "PER"])
    assert choice == LabelChoice(["ORG", "PER", "GENE"], kept=frozenset({"ORG"}))


def test_corpus_does_not_annotate_what_is_kept_or_what_it_leaves_out():
    choice = LabelChoice(["ORG", "PER", "GENE"], kept=frozenset({"ORG"}))
    assert choice.unannotated({"all": None, "some": ["PER"]}) == {
        "all": frozenset({"ORG"}),
        "some": frozenset({"ORG", "GENE"}),
    }
