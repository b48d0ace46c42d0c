import itertools
from typing import Any

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.matcher import Matcher
from spacy.tokens import Doc, DocBin, Span, Token

from docsight import attributes
from docsight.corrections import OffsetMap, applied_rows, correct_text, rows_within, score_corrections
from docsight.errors import DataError

NLP = spacy.blank("en")
TEXT = "I dont think some times it is alot of teh cheese."
#       0123456789012345678901234567890123456789012345678


def suggested(first: str) -> list[dict[str, Any]]:
    return [{"text": first, "probability": 0.9}, {"text": "other", "probability": 0.05}]


def row(start: int, end: int, suggestion: str, *, applied: bool = True, text: str = TEXT) -> dict[str, Any]:
    return {
        "start": start,
        "end": end,
        "text": text[start:end],
        "suggestion": suggestion,
        "suggestions": suggested(suggestion),
        "score": 0.9,
        "reason": "unknown_word",
        "applied": applied,
    }


ROWS = [row(2, 6, "don't"), row(13, 23, "sometimes"), row(30, 34, "a lot"), row(38, 41, "the", applied=False)]


@pytest.fixture
def doc() -> Doc:
    made = NLP(TEXT)
    made._.corrections = ROWS
    return made


@st.composite
def corrected(draw) -> tuple[str, list[dict[str, Any]]]:
    """Draw a text and corrections of it that do not overlap."""
    text = draw(st.text(alphabet="ab ", max_size=40))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=10)))
    rows = [
        row(start, end, draw(st.text(alphabet="xyz", max_size=6)), applied=draw(st.booleans()), text=text)
        for start, end in itertools.pairwise(cuts)
        if draw(st.booleans())
    ]
    return text, rows


def test_corrected_text_has_the_applied_corrections(doc):
    assert doc._.corrected_text == "I don't think sometimes it is a lot of teh cheese."
    assert doc.text == TEXT


def test_corrected_text_without_a_speller_is_the_text():
    doc = NLP(TEXT)
    assert doc._.corrections is None
    assert doc._.corrected_text == TEXT
    assert not any(token._.is_misspelled for token in doc)
    assert doc._.offset_map.to_original(7) == 7


def test_token_has_its_suggestion_and_later_tokens_of_a_correction_are_empty(doc):
    found = {token.text: (token._.is_misspelled, token._.suggestion) for token in doc}
    assert found["I"] == found["think"] == (False, "")
    assert (found["do"], found["nt"]) == ((True, "don't"), (True, ""))
    assert (found["some"], found["times"]) == ((True, "sometimes"), (True, ""))
    assert found["alot"] == (True, "a lot")
    assert found["teh"] == (True, "the")


def test_token_has_the_suggestions_of_the_correction_that_begins_in_it(doc):
    found = {token.text: token._.suggestions for token in doc}
    assert found["do"] == suggested("don't")
    assert found["nt"] == found["I"] == []


def test_suggestion_of_a_token_keeps_what_the_correction_does_not_cover():
    doc = Doc(NLP.vocab, words=["(teh,", "wrod/alot"], spaces=[True, False])
    doc._.corrections = [row(1, 4, "the"), row(6, 10, "word"), row(11, 15, "a lot")]
    assert [token._.suggestion for token in doc] == ["(the,", "word/a lot"]


def test_suggestion_of_a_token_where_a_correction_ends_and_another_begins():
    doc = Doc(NLP.vocab, words=["some", "times/teh"], spaces=[True, False])
    doc._.corrections = [row(0, 10, "sometimes"), row(11, 14, "the")]
    assert [token._.suggestion for token in doc] == ["sometimes", "/the"]
    assert doc[1]._.suggestions[0]["text"] == "the"


def test_corrections_survive_bytes_docbin_copy_and_pickling(doc):
    by_bytes = Doc(NLP.vocab).from_bytes(doc.to_bytes())
    (by_bin,) = DocBin().from_bytes(DocBin(docs=[doc], store_user_data=True).to_bytes()).get_docs(NLP.vocab)
    for other in (by_bytes, by_bin, doc.copy()):
        assert other._.corrections == ROWS
        assert other._.corrected_text == doc._.corrected_text
        assert other[1]._.suggestions == suggested("don't")
    assert doc.to_json(underscore=["corrections"])["_"]["corrections"] == ROWS


def test_suggestions_that_docsight_0_1_0_wrote_as_pairs_are_read_as_dicts(doc):
    doc._.corrections = [each | {"suggestions": [[each["suggestion"], 0.9], ["other", 0.05]]} for each in ROWS]
    read = Doc(NLP.vocab).from_bytes(doc.to_bytes())
    assert read._.corrections == ROWS
    assert read[1]._.suggestions == suggested("don't")


def test_matcher_finds_flagged_tokens_by_their_suggestion(doc):
    matcher = Matcher(NLP.vocab)
    matcher.add("THE", [[{"_": {"suggestion": "the"}}]])
    assert [doc[start:end].text for _, start, end in matcher(doc)] == ["teh"]


def test_corrections_of_a_slice_are_not_those_of_another_place(doc):
    piece = doc[3:].as_doc()
    assert piece._.corrections is None
    assert piece._.corrected_text == piece.text
    assert not any(token._.is_misspelled for token in piece)


def test_corrections_stay_in_place_when_tokens_are_merged(doc):
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[1:3])
    assert (doc[1].text, doc[1]._.suggestion) == ("dont", "don't")
    assert doc._.corrected_text.startswith("I don't think")


def test_corrections_do_not_use_an_attribute_that_another_package_owns():
    doc = NLP(TEXT)
    Doc.set_extension("corrections", default="theirs", force=True)
    try:
        with pytest.warns(UserWarning, match=r"Doc\._\.corrections is already set by another plugin"):
            attributes.register()
        attributes.set_corrections(doc, ROWS)
        assert doc._.corrections == "theirs"
        assert attributes.corrections(doc) == ROWS
        assert doc._.corrected_text.startswith("I don't think")
    finally:
        Doc.remove_extension("corrections")
        attributes.register()
        attributes._warned.discard("corrections")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"start": 0}], "with start, end, suggestion and applied; found"),
        (["teh"], "with start, end, suggestion and applied; found teh"),
        ([row(0, 6, "x"), row(2, 8, "y")], "found 2 to 8 in 49 characters, after one that ends at 6"),
        ([row(40, 60, "x")], "found 40 to 60 in 49 characters"),
        ([row(6, 2, "x")], "found 6 to 2"),
        ([row(-1, 2, "x")], "found -1 to 2"),
    ],
)
def test_corrections_that_cannot_be_applied_are_reported(doc, rows, message):
    doc._.corrections = rows
    for name in ("corrected_text", "offset_map"):
        with pytest.raises(DataError, match=message):
            doc._.get(name)


@given(corrected())
def test_offset_map_is_exact_outside_of_changed_words(case):
    text, rows = case
    applied = applied_rows(rows, len(text))
    new, offsets = correct_text(text, applied), OffsetMap(applied, len(text))
    assert offsets.corrected_size == len(new)
    changed = {at for each in applied for at in range(each["start"], each["end"])}
    for at in set(range(len(text))) - changed:
        there = offsets.to_corrected(at)
        assert new[there] == text[at]
        assert offsets.to_original(there) == at
        assert offsets.to_original(offsets.to_corrected(at + 1, end=True), end=True) == at + 1


@given(corrected())
def test_offset_map_is_monotone_and_stays_in_the_text(case):
    text, rows = case
    applied = applied_rows(rows, len(text))
    offsets = OffsetMap(applied, len(text))
    for end in (False, True):
        there = [offsets.to_corrected(at, end=end) for at in range(len(text) + 1)]
        back = [offsets.to_original(at, end=end) for at in range(offsets.corrected_size + 1)]
        assert there == sorted(there)
        assert back == sorted(back)
        assert all(0 <= at <= offsets.corrected_size for at in there)
        assert all(0 <= at <= len(text) for at in back)


@given(corrected())
def test_offset_map_spans_hold_whole_changed_words(case):
    text, rows = case
    applied = applied_rows(rows, len(text))
    new, offsets = correct_text(text, applied), OffsetMap(applied, len(text))
    for each in applied:
        for at in range(each["start"], each["end"]):
            start, end = offsets.to_corrected(at), offsets.to_corrected(at + 1, end=True)
            assert new[start:end] == each["suggestion"]
            if each["suggestion"]:
                assert (offsets.to_original(start), offsets.to_original(end, end=True)) == (each["start"], each["end"])


def test_offset_map_translates_both_ways(doc):
    offsets = doc._.offset_map
    new = doc._.corrected_text
    assert new[offsets.to_corrected(42) : offsets.to_corrected(48, end=True)] == "cheese"
    start = new.index("lot")
    assert TEXT[offsets.to_original(start) : offsets.to_original(start + 3, end=True)] == "alot"
    assert offsets.to_original(len(new)) == len(TEXT)


@pytest.mark.parametrize("offset", [-1, 50])
def test_offset_map_rejects_an_offset_outside_of_the_text(doc, offset):
    with pytest.raises(IndexError, match=f"expected an offset from 0 to 49; found {offset}"):
        doc._.offset_map.to_corrected(offset)
    with pytest.raises(IndexError, match="expected an offset from 0 to"):
        doc._.offset_map.to_original(offset * 2)


@given(corrected(), st.integers(0, 40), st.integers(1, 40))
def test_rows_within_are_those_that_share_a_character(case, start, size):
    rows = [each for each in case[1] if each["end"] > each["start"]]
    end = start + size
    expected = [r for r in rows if any(r["start"] <= at < r["end"] for at in range(start, end))]
    assert list(rows_within(rows, start, end)) == expected


def test_token_getters_do_not_walk_through_all_corrections():
    class Counted(list):
        read = 0

        def __getitem__(self, at):
            Counted.read += 1
            return super().__getitem__(at)

    doc = Doc(NLP.vocab, words=["teh"] * 2000)
    doc._.corrections = Counted(row(4 * at, 4 * at + 3, "the") for at in range(2000))
    assert all(token._.suggestion == "the" for token in doc)
    assert Counted.read < 2000 * 40


def test_scores_count_spans_and_suggestions():
    found = [row(0, 3, "the"), row(5, 8, "cat"), row(10, 12, "no", applied=False)]
    gold = [row(0, 3, "the"), row(5, 8, "car"), row(20, 22, "is"), row(30, 32, "as")]
    scores = score_corrections([(found, gold), (found, None)])
    assert (scores["detections_p"], scores["detections_r"]) == (1.0, 0.5)
    assert (scores["corrections_p"], scores["corrections_r"]) == (0.5, 0.25)
    assert scores["detections_f05"] == pytest.approx(1.25 * 1 * 0.5 / (0.25 * 1 + 0.5))
    assert scores["corrections_f05"] == pytest.approx(1.25 * 0.5 * 0.25 / (0.25 * 0.5 + 0.25))


def test_scores_without_gold_are_none_and_of_clean_texts_count_false_corrections():
    assert set(score_corrections([([row(0, 3, "the")], None)]).values()) == {None}
    assert set(score_corrections([([], [])]).values()) == {1.0}
    assert score_corrections([([row(0, 3, "the")], [])])["corrections_p"] == 0.0


def test_all_attributes_are_set():
    assert Token.has_extension("is_misspelled")
    assert Token.has_extension("suggestion")
    assert Token.has_extension("suggestions")
    assert Doc.has_extension("corrected_text")
    assert Doc.has_extension("offset_map")
    assert Span.has_extension("score")
