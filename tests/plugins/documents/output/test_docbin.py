"""Docs packed and merged as DocBins."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

from docsight import attributes
from docsight.documents.output import docbin as docbins
from docsight.documents.output.docbin import merge_docbins
from docsight.documents.runner.annotate import add_doc
from docsight.errors import ConfigError

ROW = {
    "start": 8,
    "end": 12,
    "text": "teh ",
    "suggestion": "the ",
    "suggestions": [{"text": "the ", "probability": 0.9}],
    "score": 0.9,
    "reason": "unknown_word",
    "applied": True,
}


@pytest.fixture
def nlp() -> Language:
    return spacy.blank("en")


def annotated(nlp: Language, text: str) -> Doc:
    """Make a Doc as a pipeline leaves it: an entity with its score, corrections, provenance, an image, spans."""
    doc = nlp.make_doc(text)
    doc[0].lemma_ = "lemma_" + doc[0].text
    doc[0].tag_, doc[0].pos_ = "NNP", "PROPN"
    doc.ents = [Span(doc, 0, 1, label="PER", kb_id="Q7259")]
    attributes.set_scores((ent, 0.75) for ent in doc.ents)
    doc._.corrections = [ROW]
    doc._.source = {"path": f"{text}.txt", "offset": 0, "passages": [{"start": 0, "end": 3, "page": 1}]}
    attributes.set_images(doc, [{"id": "a-1", "bytes": b"\x89PNG" * 1000, "cats": {"figures": {"label": "chart"}}}])
    doc.spans["sc"] = [Span(doc, 0, 2, label="NAME")]
    doc.spans["sc"].attrs["scores"] = [0.5]
    doc.cats = {"letter": 0.25}
    return doc


def pack(docs: Iterable[Doc]) -> bytes:
    packed = DocBin(store_user_data=False)
    for doc in docs:
        add_doc(packed, doc)
    packed.store_user_data = True
    return packed.to_bytes()


def join(parts: Sequence[tuple[bytes, Sequence[int]]], **options: Any) -> list[list[Doc]]:
    """Merge, and load the written Docs with a new vocabulary."""
    written: dict[int, bytes] = {}
    assert merge_docbins(iter(parts), written.__setitem__, **options) == len(written)
    assert list(written) == list(range(len(written)))
    vocab = spacy.blank("en").vocab
    return [list(DocBin().from_bytes(content).get_docs(vocab)) for content in written.values()]


def test_pack_keeps_every_annotation_of_a_doc(nlp: Language) -> None:
    ((doc,),) = join([(pack([annotated(nlp, "Lovelace met teh queen.")]), [0])])
    assert doc.text == "Lovelace met teh queen."
    (ent,) = doc.ents
    assert (ent.text, ent.label_, ent.kb_id_, ent._.score) == ("Lovelace", "PER", "Q7259", 0.75)
    assert (doc[0].lemma_, doc[0].tag_, doc[0].pos_) == ("lemma_Lovelace", "NNP", "PROPN")
    assert doc._.corrections == [ROW]
    assert doc._.source["path"] == "Lovelace met teh queen..txt"
    assert doc.spans["sc"][0].label_ == "NAME"
    assert doc.spans["sc"].attrs["scores"] == [0.5]
    assert doc.cats == {"letter": 0.25}


def test_pack_leaves_out_image_bytes_and_does_not_change_the_doc(nlp: Language) -> None:
    doc = annotated(nlp, "Ada wrote.")
    packed = pack([doc])
    assert doc._.images[0]["bytes"] == b"\x89PNG" * 1000
    ((loaded,),) = join([(packed, [0])])
    assert loaded._.images == [{"id": "a-1", "cats": {"figures": {"label": "chart"}}}]


def test_pack_in_a_memory_zone_outlives_it(nlp: Language) -> None:
    with nlp.memory_zone():
        packed = pack([annotated(nlp, "Zzyzx unheardofword.")])
    for _ in range(3):
        with nlp.memory_zone():
            nlp.make_doc("other words replace those")
    ((doc,),) = join([(packed, [0])])
    assert [token.text for token in doc] == ["Zzyzx", "unheardofword", "."]
    assert doc[0].lemma_ == "lemma_Zzyzx"


def test_pack_names_user_data_that_cannot_be_serialized(nlp: Language) -> None:
    doc = nlp.make_doc("Ada")
    doc.user_data["theirs"] = object()
    with pytest.raises(ConfigError, match="user_data\\['theirs'\\]"):
        pack([doc])


def test_merge_keeps_the_order_and_what_is_selected(nlp: Language) -> None:
    first = pack([annotated(nlp, f"First{i}.") for i in range(4)])
    second = pack([annotated(nlp, f"Second{i}.") for i in range(3)])
    ((*docs,),) = join([(first, [0, 2, 3]), (second, []), (second, [1])])
    assert [doc.text for doc in docs] == ["First0.", "First2.", "First3.", "Second1."]
    assert [doc._.source["path"] for doc in docs] == [f"{doc.text}.txt" for doc in docs]


def test_merge_starts_a_new_file_when_one_is_full(nlp: Language) -> None:
    docs = [nlp.make_doc("one two three four") for _ in range(5)]
    parts = [(pack(docs), list(range(5)))]
    assert [len(file) for file in join(parts, max_tokens=8)] == [2, 2, 1]
    assert [len(file) for file in join(parts, max_tokens=1)] == [1] * 5
    assert [len(file) for file in join(parts)] == [5]


def test_merge_counts_what_is_stored_beside_the_tokens(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docbins, "_BYTES_PER_TOKEN", 1)
    parts = [(pack([annotated(nlp, "Ada."), annotated(nlp, "Bob.")]), [0, 1])]
    assert [len(file) for file in join(parts, max_tokens=100)] == [1, 1]


def test_merge_without_docs_writes_an_empty_file() -> None:
    assert join([]) == [[]]
    assert join([(pack([]), [])]) == [[]]


def test_merge_accepts_docs_without_words(nlp: Language) -> None:
    docs = [nlp.make_doc(""), nlp.make_doc("Ada"), nlp.make_doc("")]
    (loaded,) = join([(pack(docs), [0, 1, 2]), (pack(docs[:1]), [0])])
    assert [doc.text for doc in loaded] == ["", "Ada", "", ""]
