"""Results in `Doc.user_data` survive what spaCy does with Docs: joining, slicing, and all ways of storing them."""

import json
import warnings
from collections.abc import Callable

import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span

from docsight import attributes
from docsight.stored_results import RETIRED_KEY, text_size

VOCAB = spacy.blank("en").vocab
MENDED = {"text": "teh", "suggestion": "the", "suggestions": [], "score": 0.9, "applied": True}


def _doc(words: str, *, image: str | None = None) -> Doc:
    """Make a Doc whose first word is a scored person and an organization, and each "teh" a correction."""
    doc = Doc(VOCAB, words=words.split())
    doc.ents = [Span(doc, 0, 1, label="PER")]
    attributes.set_scores([(doc.ents[0], 0.75), (Span(doc, 0, 1, label="ORG"), 0.2)])
    doc._.corrections = [
        {"start": token.idx, "end": token.idx + 3, **MENDED} for token in doc if token.text == MENDED["text"]
    ]
    if image:
        doc._.images = [{"id": image, "start": 4, "cats": {"cnn_imagecat": {"label": "map", "score": 0.5}}}]
    return doc


def _scores(doc: Doc) -> list[tuple[str, float | None, float | None]]:
    return [(ent.text, ent._.score, Span(doc, ent.start, ent.end, label="ORG")._.score) for ent in doc.ents]


def _by_json(doc: Doc) -> Doc:
    content = json.loads(json.dumps(doc.to_json(underscore=["score", "corrections", "images"])))
    return Doc(VOCAB).from_json(content)


def _by_docbin(doc: Doc) -> Doc:
    content = DocBin(docs=[doc], store_user_data=True).to_bytes()
    return next(DocBin().from_bytes(content).get_docs(VOCAB))


COPIES: list[Callable[[Doc], Doc]] = [
    Doc.copy,
    lambda doc: Doc(VOCAB).from_bytes(doc.to_bytes()),
    _by_docbin,
    _by_json,
    lambda doc: doc[:].as_doc(copy_user_data=True),
    lambda doc: Doc.from_docs([doc]),
    lambda doc: Doc.from_docs([sent.as_doc(copy_user_data=True) for sent in (doc[:2], doc[2:])]),
    lambda doc: _by_docbin(Doc.from_docs([_by_json(doc[:].as_doc(copy_user_data=True))])),
]


@pytest.mark.parametrize("copy", COPIES)
def test_results_survive_each_way_of_copying_a_doc(copy):
    doc = _doc("Ada saw teh engine", image="a")
    other = copy(doc)
    assert _scores(other) == _scores(doc) == [("Ada", 0.75, 0.2)]
    assert other._.corrections == doc._.corrections
    assert other._.corrected_text.strip() == "Ada saw the engine"
    assert other._.images == doc._.images
    assert other._.image_cats == {"cnn_imagecat": {"map": 1}}


def test_results_of_joined_docs_are_at_their_places():
    first, second = _doc("Ada saw teh sea", image="a"), _doc("Bob ate teh egg", image="b")
    joined = Doc.from_docs([first, Doc(VOCAB, words=["and"]), second])
    assert _scores(joined) == [("Ada", 0.75, 0.2), ("Bob", 0.75, 0.2)]
    assert joined._.corrected_text.strip() == "Ada saw the sea and Bob ate the egg"
    assert [joined.text[image["start"] :][:3] for image in joined._.images] == ["saw", "ate"]
    assert [token._.suggestion for token in joined if token._.is_misspelled] == ["the", "the"]


def test_results_of_a_slice_are_those_within_it():
    joined = Doc.from_docs([_doc("Ada saw teh sea", image="a"), _doc("Bob ate teh egg", image="b")])
    piece = joined[4:].as_doc(copy_user_data=True)
    assert _scores(piece) == [("Bob", 0.75, 0.2)]
    assert [(row["start"], row["end"]) for row in piece._.corrections] == [(8, 11)]
    assert [image["id"] for image in piece._.images] == ["b"]
    assert joined[7:].as_doc(copy_user_data=True)._.corrections == []


def test_results_of_slices_in_another_order():
    doc = _doc("teh sea was big . then teh egg fell .")
    pieces = [sent.as_doc(copy_user_data=True) for sent in (doc[5:], doc[:5])]
    assert Doc.from_docs(pieces)._.corrected_text.strip() == "then the egg fell . the sea was big ."


def test_joined_docs_that_no_speller_has_read_have_no_corrections():
    plain = Doc.from_docs([Doc(VOCAB, words=["teh"]), Doc(VOCAB, words=["sea"])])
    assert plain._.corrections is None
    half = Doc.from_docs([Doc(VOCAB, words=["teh"]), _doc("Ada saw")])
    assert half._.corrections == []


def test_joining_docs_prints_no_stored_data():
    doc = _doc("Ada saw teh sea", image="a")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Doc.from_docs([doc, doc])


def test_doc_to_json_has_the_scores_of_each_label_of_a_span():
    scores = _doc("Ada saw teh sea").to_json(underscore=["score"])["underscore_span"]["score"]
    assert scores == [{"start": 0, "end": 3, "value": {"PER": 0.75, "ORG": 0.2}}]


def test_a_score_may_be_set_and_belongs_to_the_label_of_its_span():
    doc = _doc("Ada saw")
    doc.ents[0]._.score = 0.5
    assert _scores(doc) == [("Ada", 0.5, 0.2)]


def test_images_of_a_joined_doc_may_be_extended():
    joined = Doc.from_docs([_doc("Ada saw teh sea", image="a"), _doc("Bob ate")])
    joined._.images.append({"id": "c"})
    assert [image["id"] for image in joined._.images] == ["a", "c"]


def test_rows_that_are_no_rows_of_ours_are_kept():
    doc = Doc(VOCAB, words=["teh"])
    doc._.images = [None, "a.png", {"id": "b", "start": "x"}]
    assert Doc.from_docs([doc])._.images == [None, "a.png", {"id": "b", "start": "x"}]


def test_results_that_docsight_0_1_0_stored_are_read():
    doc = Doc(VOCAB, words=["Ada", "saw", "teh", "sea"])
    entities = [[0, 3, "ORG", 0.2], [0, 3, "PER", 0.75]]
    doc.user_data[RETIRED_KEY] = {"rnn_ner": {"size": text_size(doc), "entities": entities}}
    doc.user_data[("._.", "corrections", None, None)] = [{"start": 8, "end": 11, **MENDED}]
    doc.user_data[("._.", "images", None, None)] = [{"id": "a"}]
    for old in (doc, _by_docbin(doc)):
        assert Span(old, 0, 1, label="PER")._.score == 0.75
        assert Span(old, 1, 2, label="PER")._.score is None
        assert old._.corrected_text.strip() == "Ada saw the sea"
        assert old._.images == [{"id": "a"}]
        old._.images.append({"id": "b"})
        assert len(old._.images) == 2
        old._.images.pop()
