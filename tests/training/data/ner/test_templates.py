import json
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from docsight.errors import ConfigError
from docsight.tags import TagSpan
from docsight.vocab import CELL_END, LINE_END
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.templates import Slot, TemplateFiller, parse_template, read_templates
from docsight_training.data.ner.titles import TITLES

NAMES = Sentence(
    ["Ada", "Lovelace", "left", "London", "for", "Acme", "Bank", "."],
    [TagSpan(0, 2, "PER"), TagSpan(3, 4, "LOC"), TagSpan(5, 7, "ORG")],
)
CONTEXT_SET = Path(__file__).parents[4] / "benchmarks" / "data" / "names_in_context.jsonl"


def _filler(*documents: Sentence, **options) -> TemplateFiller:
    return TemplateFiller([Document("own", list(documents or [NAMES]))], **options)


def _only(**weights: float) -> dict[str, float]:
    """Return weights by which only the named sections are drawn from."""
    return {template.section: weights.get(template.section, 0.0) for template in read_templates()}


def _filled(borrow: float, *documents: Sentence, **options) -> list[Sentence]:
    options = {"weights": _only(everyday=1.0), "split": 0.0, **options}
    return _filler(*documents, borrow=borrow, **options).fill(300, random.Random(1))


def _names(sentences: list[Sentence], *labels: str) -> set[tuple[str, ...]]:
    return {
        (s.label, *sentence.tokens[s.start : s.end])
        for sentence in sentences
        for s in sentence.spans
        if s.label in labels
    }


def test_templates_are_filled_with_names_of_the_label_of_the_slot():
    names = _names(_filled(0.0), "PER", "ORG", "LOC")
    reached = {"Street", "Avenue", "Road", "Square", "Bridge", "Park", "Airport", "Inc.", "Corp."}
    assert {name for name in names if name[-1] not in reached} == {
        ("PER", "Ada", "Lovelace"),
        ("LOC", "London"),
        ("ORG", "Acme", "Bank"),
    }


def test_templates_borrow_words_from_names_of_other_labels():
    assert {name[1] for name in _names(_filled(1.0), "PER")} == {"London", "Acme", "Bank"}


def test_templates_extend_street_and_company_spans_over_their_noun():
    ends = {(name[0], name[-1]) for name in _names(_filled(0.5), "ORG", "LOC")}
    assert {("LOC", "Street"), ("LOC", "Avenue"), ("ORG", "Inc."), ("ORG", "Corp.")} <= ends


def test_templates_of_all_sections_leave_no_slots_and_no_empty_words():
    sentences = _filler(labels=["PER", "ORG", "LOC", "DATE", "NORP"]).fill(5000, random.Random(1))
    tokens = [token for sentence in sentences for token in sentence.tokens]
    assert all(tokens)
    assert not [token for token in tokens if "{" in token or (len(token) > 1 and token.startswith(("LOC:", "PER:")))]


def test_templates_mark_only_the_labels_to_learn():
    sentences = _filled(0.5)
    assert {span.label for sentence in sentences for span in sentence.spans} == {"PER", "ORG", "LOC"}
    assert any("Thursday" in sentence.tokens for sentence in sentences)
    dated = _filled(0.5, labels=["PER", "ORG", "LOC", "DATE"])
    assert ("DATE", "Thursday") in _names(dated, "DATE")


def test_templates_with_names_missing_from_the_data_are_left_out():
    places = Sentence(["London"], [TagSpan(0, 1, "LOC")])
    assert {span.label for sentence in _filled(0.5, places) for span in sentence.spans} == {"LOC"}
    assert _filled(0.5, Sentence(["it", "rained"], [])) == []


def test_templates_write_an_before_a_vowel():
    sentences = _filler(weights=_only(encyclopedia=1.0), split=0.0).fill(2000, random.Random(1))
    words = {"a": set(), "an": set()}
    for sentence in sentences:
        for word, following in zip(sentence.tokens, sentence.tokens[1:], strict=False):
            words.get(word, set()).add(following)
    assert {"Belgian", "Ukrainian", "European"} & words["a"]
    assert {"Italian", "American", "Indian"} & words["an"]
    assert not {"Belgian", "Ukrainian", "European"} & words["an"]
    assert not {"Italian", "American", "Indian"} & words["a"]


def test_templates_are_determined_by_the_generator():
    first, second = (_filler().fill(500, random.Random(7)) for _ in range(2))
    assert first == second


def test_templates_of_a_section_are_drawn_by_their_number_times_its_weight():
    numbers = Counter(template.section for template in read_templates())
    chat, everyday = 3 * numbers["chat"], numbers["everyday"]
    sentences = _filler(weights=_only(everyday=1.0, chat=3.0), split=0.0).fill(2000, random.Random(1))
    chatty = sum(all(token.islower() or not token.isalpha() for token in s.tokens) for s in sentences)
    assert chatty / 2000 == pytest.approx(chat / (chat + everyday), abs=0.04)
    with pytest.raises(ConfigError, match=r"data.template_weights: unknown section poems; expected"):
        _filler(weights={"poems": 1.0})


@pytest.mark.parametrize("weight", [-1, float("nan"), float("inf"), "3", None])
def test_templates_refuse_a_weight_that_is_no_number_from_0_up(weight):
    with pytest.raises(ConfigError, match=r"data.template_weights: expected finite numbers from 0 up; found {'chat'"):
        _filler(weights={"chat": weight})


def test_typed_slots_use_the_gazetteer(tmp_path: Path):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    path = tmp_path / "names.parquet"
    pq.write_table(pa.table({"name": ["Zorbo Ltd.", "Quux's Place"], "kind": ["companies", "cities"]}), path)
    words = _filler(gazetteer=str(path))._words
    rng = random.Random(1)
    assert ("Zorbo", "Ltd.") in {words.draw("ORG", "company", rng) for _ in range(50)}
    assert ("Quux", "'s", "Place") in {words.draw("LOC", "city", rng) for _ in range(50)}


def test_typed_slots_without_gazetteer_use_names_of_the_label():
    assert _filler()._words.draw("PER", "person", random.Random(1)) == ("Ada", "Lovelace")


def test_names_in_inverted_order_have_a_comma():
    drawn = {_filler()._words.draw("PER", "inverted", random.Random(n)) for n in range(50)}
    assert all("," in name and name[-1] != "," for name in drawn)


def test_parse_template_reads_labels_kinds_capitals_and_fixed_words():
    template = parse_template("{PER} , {LOC:city^} ( {number}-{number} ) {DATE=last week} ⏎", "news")
    assert template.tokens == (
        Slot("PER"),
        ",",
        Slot("LOC", "city", upper=True),
        "(",
        (Slot(None, "number"), "-", Slot(None, "number")),
        ")",
        Slot("DATE", words=("last", "week")),
        "⏎",
    )


@pytest.mark.parametrize("line", ["{PER}'s dog", "{loc city}", "{PER:}x {}"])
def test_parse_template_rejects_slots_that_are_written_wrongly(line: str):
    with pytest.raises(ValueError, match="Expected"):
        parse_template(line, "news")


def test_templates_keep_line_ends_cell_ends_and_titles_out_of_names():
    sentences = _filler(labels=["PER", "ORG", "LOC", "DATE", "NORP"], split=1.0).fill(5000, random.Random(2))
    inside = {word for sentence in sentences for s in sentence.spans for word in sentence.tokens[s.start : s.end]}
    assert not {LINE_END, CELL_END} & inside
    starts = {name[1] for name in _names(sentences, "PER")}
    assert not {word for word in starts if word.endswith(".") and word[:-1].lower() in TITLES}


def test_templates_of_capitals_and_chat_have_one_case():
    for section, is_cased in (("capitals", str.isupper), ("chat", str.islower)):
        sentences = _filler(weights=_only(**{section: 1.0})).fill(200, random.Random(1))
        words = [token for sentence in sentences for token in sentence.tokens if token.isascii() and token.isalpha()]
        assert words
        assert all(is_cased(word) for word in words)


def test_templates_are_filled_quickly():
    filler = _filler()
    filler.fill(20_000, random.Random(1))  # spaCy's tokenizer is loaded, and its results are cached
    start = time.process_time()
    filler.fill(20_000, random.Random(2))
    assert time.process_time() - start < 6  # 1 on an idle core


@pytest.mark.skipif(not CONTEXT_SET.is_file(), reason="the benchmarks are not here")
def test_templates_share_no_run_of_words_with_the_test_set_of_names_in_context():
    def runs(words: list[str]) -> set[tuple[str, ...]]:
        return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}

    templated = set()
    for template in read_templates():
        tokens = [word for t in template.tokens for word in (t.words if isinstance(t, Slot) else (t,))]
        templated |= runs([w.lower() for w in tokens if isinstance(w, str) and w.isalpha()])
    for line in CONTEXT_SET.read_text().splitlines():
        words = [w.strip(".,;:!?\"'").lower() for w in json.loads(line)["text"].split()]
        assert not runs(words) & templated, json.loads(line)["text"]


def test_templates_with_amounts_are_used_only_if_their_labels_are_learned():
    amounts = ["MONEY", "PERCENT", "TIME", "QUANTITY"]
    with_amounts = _filled(0.0, labels=["PER", "ORG", "LOC", *amounts], weights=_only(amounts=1.0))
    assert {label for label, *_ in _names(with_amounts, *amounts)} == set(amounts)
    assert not _filler(labels=["PER", "ORG", "LOC", "MONEY"], weights=_only(amounts=1.0)).annotated_labels - {
        "PER", "ORG", "LOC", "DATE", "NORP", "MONEY",
    }  # fmt: skip
    assert not _filled(0.0, weights=_only(amounts=1.0))


def test_filled_sentences_are_annotated_by_a_rule_if_there_is_one():
    def annotate(sentence: Sentence) -> Sentence:
        return Sentence(sentence.tokens, [*sentence.spans, TagSpan(0, 1, "RULE")])

    assert all(
        ("RULE", sentence.tokens[0]) in _names([sentence], "RULE") for sentence in _filled(0.0, annotate=annotate)
    )
