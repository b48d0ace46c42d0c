"""Tokens within addresses, which are in no entity."""

from time import process_time

import pytest
import spacy

import docsight
from docsight.components.address_tokens import address_tokens, is_address_part

NLP = spacy.blank("en")


def _in_addresses(text: str) -> str:
    doc = NLP.make_doc(text)
    parts = [token.i for token in doc if is_address_part(token.text)]
    return "".join(doc[at].text_with_ws for at in address_tokens(doc, parts)).strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rosa.Lindt@Alder-Mills.EXAMPLE wrote", "Rosa.Lindt@Alder-Mills.EXAMPLE"),
        ("<rosa@alder.example>", "rosa@alder.example"),
        ("see (https://alder.example/Ghent/Rosa) now", "https://alder.example/Ghent/Rosa"),
        ("[Rosa Lindt](https://alder.example/Ghent)", "/Ghent"),
        ("www.alder.example/Ghent is old", "www.alder.example/Ghent"),
        ("in /usr/share/Alder/Mills.txt and ./Ghent/x", "/usr/share/Alder/Mills.txt ./Ghent/x"),
        ("print(3), ALDER-MATCH(1) and EVP_KEY(3ssl)", "print(3)ALDER-MATCH(1) EVP_KEY(3ssl)"),
        # No addresses.
        ("Lindt(1) and Lindt (2019), Alder(2019)", ""),
        ("Rosa@Alder and @rosa", ""),
        ("Bern/Ghent and AC/DC, and/or", ""),
        ("//", ""),
        ("", ""),
    ],
)
def test_tokens_of_addresses_are_found(text, expected):
    assert _in_addresses(text) == expected


def test_a_long_string_takes_linear_time():
    doc = spacy.tokens.Doc(NLP.vocab, words=["a@b.c", "-"] * 20_000, spaces=[False] * 40_000)
    start = process_time()
    assert len(address_tokens(doc, range(0, 40_000, 2))) >= 20_000
    assert process_time() - start < 10


@pytest.mark.parametrize(
    "word",
    [
        "@" + "A_" * 20_000,
        "@" + "A-" * 20_000,
        "a" * 40_000 + "@",
        "a" * 40_000 + "//",
        "a:" * 20_000 + "(1",
        "www." + ".," * 20_000,
        "http://" + "." * 40_000,
        "~/" + "a" * 40_000 + "@",
    ],
    ids=lambda word: f"{word[:6]}…{word[-2:]}",
)
def test_a_long_token_takes_linear_time(word):
    doc = spacy.tokens.Doc(NLP.vocab, words=[word])
    assert is_address_part(word)
    start = process_time()
    address_tokens(doc, [0])
    assert process_time() - start < 5


def test_no_entity_is_in_an_address():
    nlp = docsight.load("rnn_ner")
    text = "Rosa Lindt (Rosa.Lindt@EMBL-Heidelberg.DE) lives in Heidelberg, see https://x.example/ and FC-MATCH(1)."
    assert [(ent.text, ent.label_) for ent in nlp(text).ents] == [("Rosa Lindt", "PER"), ("Heidelberg", "LOC")]
