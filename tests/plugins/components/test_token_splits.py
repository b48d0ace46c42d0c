"""Tokens with markup: their pieces, and their splits."""

import pytest
import spacy
from spacy.tokens import Doc, Span

from docsight.components.token_splits import Cut, markup_pieces, split_tokens

WORDS = ["I", "know", "Braun](https", ":", "and", "Rosa", "."]


@pytest.mark.parametrize(
    ("token", "pieces"),
    [
        ("Braun](https://a.example/b", ["Braun", "](https://a.example/b*"]),
        ("A](u)[Bob](v", ["A", "](u)[*", "Bob", "](v*"]),
        ("Jake][jake", ["Jake", "][*", "jake"]),
        ("\\begin{dialogue}{Bob", ["\\begin{*", "dialogue", "}{*", "Bob"]),
        ("Condi\\ldots", ["Condi", "\\ldots*"]),
        ("Condi\\\\Bob", ["Condi", "\\\\*", "Bob"]),
        ("**Lindt**](https", ["***", "Lindt", "**](https*"]),
        ("Lindt)<br", ["Lindt", ")<*", "br"]),
        ("A*", []),
        ("Lindt)", []),
        ("-----Original", ["-----*", "Original"]),
        ("Message-----", ["Message", "-----*"]),
        ("-----", ["-----*"]),
        ("--", []),
        ("Keller--Hale", []),
        ("Anna~Smith", ["Anna", "~", "Smith"]),
        ("[[Paris|the", ["[[*", "Paris", "|*", "the"]),
        ('"name":"Anna', ['"*', "name", '"*', ":", '"*', "Anna"]),
        ("title=Anna", ["title", "=*", "Anna"]),
        ("<b>Anna</b", ["<*", "b", ">*", "Anna", "<*", "/b"]),
        ("foo{bar", []),  # no capital
        ("https://a.example/[Foo]", []),
        ("www.a.example/[Foo]", []),
        ("Anna", []),
        ("{{}}", []),
        ("", []),
    ],
)
def test_pieces_are_markup_and_what_is_between(token, pieces):
    found = markup_pieces(token)
    assert [token[start:end] + "*" * is_markup for start, end, is_markup in found] == pieces
    assert "".join(token[start:end] for start, end, _ in found) in ("", token)


def test_markup_pieces_of_a_long_token_take_linear_time():
    assert len(markup_pieces("{Ab" * 20_000)) == 40_000


def test_split_keeps_entities_span_groups_and_sentences():
    nlp = spacy.blank("en")
    doc = Doc(nlp.vocab, words=WORDS, sent_starts=[True, False, False, False, False, True, False])
    doc.set_ents([Span(doc, 5, 6, label="PER", kb_id="Q1", span_id="rosa")])
    doc.spans["passages"] = [Span(doc, 0, 5, label="quote", kb_id="Q2"), Span(doc, 5, 7)]
    doc.spans["passages"].attrs["source"] = "test"
    text = doc.text
    split_tokens(doc, [Cut(2, 5), Cut(5, 1), Cut(5, 2)])
    assert doc.text == text
    assert [token.text for token in doc] == ["I", "know", "Braun", "](https", ":", "and", "R", "o", "sa", "."]
    assert [(ent.text, ent.label_, ent.kb_id_, ent.id_) for ent in doc.ents] == [("Rosa", "PER", "Q1", "rosa")]
    group = doc.spans["passages"]
    assert [(span.text, span.label_, span.kb_id_) for span in group] == [
        ("I know Braun](https : and", "quote", "Q2"),
        ("Rosa .", "", ""),
    ]
    assert group.attrs == {"source": "test"}
    assert [sentence.text for sentence in doc.sents] == ["I know Braun](https : and", "Rosa ."]
    assert [token.is_sent_start for token in doc[2:5]] == [False, False, False]


def test_split_keeps_tags_and_heads():
    nlp = spacy.blank("en")
    doc = Doc(
        nlp.vocab,
        words=WORDS,
        tags=["PRP", "VBP", "NNP", ":", "CC", "NNP", "."],
        pos=["PRON", "VERB", "PROPN", "PUNCT", "CCONJ", "PROPN", "PUNCT"],
        morphs=["", "", "Number=Sing", "", "", "Number=Sing", ""],
        lemmas=["I", "know", "braun", ":", "and", "rosa", "."],
        heads=[1, 1, 1, 2, 5, 1, 1],
        deps=["nsubj", "ROOT", "dobj", "punct", "cc", "conj", "punct"],
    )
    split_tokens(doc, [Cut(2, 5)])
    first, second = doc[2], doc[3]
    assert [(part.tag_, part.pos_, str(part.morph)) for part in (first, second)] == [
        ("NNP", "PROPN", "Number=Sing")
    ] * 2
    assert [first.lemma_, second.lemma_] == ["Braun", "](https"]
    assert (first.head.text, second.head.text) == ("know", "Braun")
    assert (first.dep_, second.dep_) == ("dobj", "dep")
    assert [(token.text, token.tag_, token.head.text) for token in doc[4:]] == [
        (":", ":", "Braun"),
        ("and", "CC", "Rosa"),
        ("Rosa", "NNP", "know"),
        (".", ".", "know"),
    ]
    assert len(list(doc.sents)) == 1


def test_split_annotates_nothing_that_was_not_annotated():
    doc = Doc(spacy.blank("en").vocab, words=WORDS)
    split_tokens(doc, [Cut(2, 5)])
    assert not any(
        doc.has_annotation(name) for name in ("SENT_START", "TAG", "POS", "DEP", "LEMMA", "MORPH", "ENT_IOB")
    )
