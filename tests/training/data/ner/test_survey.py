from docsight.tags import TagSpan
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.survey import survey


def _sentence(place: str, text: str, *spans: tuple[int, int, str]) -> Sentence:
    return Sentence(text.split(), [TagSpan(*span) for span in spans], place=place)


def _document(*sentences: Sentence) -> Document:
    return Document("own", list(sentences))


def test_survey_counts_by_split_and_label():
    train = [_document(_sentence("row 1", "Ada met Acme today", (0, 1, "PER"), (2, 3, "ORG")), _sentence("row 2", "x"))]
    found = survey(
        {"train": train, "validation": [_document(_sentence("row 1", "Rome fell", (0, 1, "LOC")))], "test": []}
    )
    assert list(found.splits) == ["train", "validation"]
    split = found.splits["train"]
    assert (split.texts, split.sentences, split.tokens, dict(split.spans)) == (1, 2, 5, {"PER": 1, "ORG": 1})
    assert split.lengths == [2, 0, 0, 0, 0, 0, 0]
    assert found.lone_labels() == {"validation": ["LOC"], "train": ["ORG", "PER"]}
    assert found.rare_labels() == {"LOC": 0, "ORG": 1, "PER": 1}


def test_survey_finds_duplicates_within_and_across_splits():
    train = [_document(_sentence(f"row {n}", "it rained all day")) for n in (1, 2)]
    found = survey({"train": train, "test": [_document(_sentence("row 3", "it rained all day"))]})
    assert found.repeated == [("row 2", "as row 1 (train): it rained all day")]
    assert found.leaked == [("row 3", "as row 1 (train): it rained all day")]


def test_survey_finds_sentences_that_were_annotated_in_two_ways():
    rows = [
        _sentence("row 1", "Ada met Bob there", (0, 1, "PER")),
        _sentence("row 2", "Ada met Bob there", (0, 1, "PER")),
    ]
    rows += [_sentence("row 3", "Ada met Bob there", (2, 3, "PER"))]
    found = survey({"train": [_document(row) for row in rows]})
    assert [doubt.place for doubt in found.repeated] == ["row 2", "row 3"]
    assert found.contradictory == [("row 3", "as row 1 (train): Ada met Bob there")]


def test_survey_finds_sentences_that_are_too_long_to_be_one():
    rows = [_sentence("line 1", "word " * 250), _sentence("line 251", "word " * 251)]
    assert survey({"train": [_document(*rows)]}).long == [("line 251", "251 tokens")]


def test_survey_finds_titles_and_names_with_several_labels():
    train = [
        _document(
            _sentence("row 1", "Dr. Washington left", (0, 2, "PER")),
            _sentence("row 2", "Washington grew", (0, 1, "LOC")),
            _sentence("row 3", "Washington said", (0, 1, "ORG")),
            _sentence("row 4", "Washington won", (0, 1, "LOC")),
            _sentence("row 5", "Princess Maud sank", (0, 2, "SHIP")),
        )
    ]
    found = survey({"train": train})
    assert found.titles == [("row 1", "Dr. Washington (PER)")]
    assert found.ambiguous == [("Washington", "LOC 2, ORG 1")]
    assert found.lone_labels() == {}
