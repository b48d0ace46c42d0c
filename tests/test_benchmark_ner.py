"""The benchmark of `rnn_ner`: its test sets are sound, peers are mapped fairly, and scores count what they say."""

import argparse
import collections
import importlib
import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import spacy

from docsight.tags import TagSpan

ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT / "benchmarks"
SHORT_TEXTS = BENCHMARKS / "data" / "short_texts.jsonl"
TEMPLATES = ROOT / "training" / "docsight_training" / "data" / "ner"

pytestmark = pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the benchmarks are in a checkout only")


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    pytest.importorskip("datasets")
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "").parent == BENCHMARKS:
            sys.modules.pop(name)


@pytest.fixture
def sets(load: Callable[[str], ModuleType]) -> ModuleType:
    return load("ner_sets")


@pytest.fixture
def systems(load: Callable[[str], ModuleType]) -> ModuleType:
    return load("ner_systems")


def short_texts() -> list[dict[str, Any]]:
    return [json.loads(line) for line in SHORT_TEXTS.read_text(encoding="utf-8").splitlines()]


def document(*sentences: tuple[str, list[TagSpan]]) -> Any:
    from docsight_training.data.ner.annotated_documents import Document, Sentence

    return Document("corpus", [Sentence(text.split(), spans) for text, spans in sentences])


def test_short_texts_are_two_hundred_distinct_texts_and_a_third_have_no_entity() -> None:
    rows = short_texts()
    assert len({row["text"] for row in rows}) == len(rows) == 200
    assert 60 <= sum(not row["entities"] for row in rows) <= 75


def test_entities_of_short_texts_are_in_order_and_on_tokens() -> None:
    nlp = spacy.blank("en")
    for row in short_texts():
        doc, at = nlp.make_doc(row["text"]), 0
        for start, end, label in row["entities"]:
            assert at <= start < end <= len(row["text"]), row
            assert doc.char_span(start, end) is not None, row
            assert row["text"][start:end] == row["text"][start:end].strip(), row
            assert label in ("PER", "ORG", "LOC", "DATE", "NORP"), row
            at = end


def test_short_texts_have_the_counts_of_their_readme() -> None:
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for row in short_texts():
        for kind in (row["kind"], "all"):
            counts[kind].update(texts=1, empty=int(not row["entities"]), entities=len(row["entities"]))
            counts[kind].update(label for _, _, label in row["entities"])
    columns = ("texts", "empty", "PER", "ORG", "LOC", "DATE", "NORP", "entities")
    readme = (BENCHMARKS / "data" / "README.md").read_text(encoding="utf-8").partition("# short_texts.jsonl")[2]
    table = re.findall(r"^\| ([a-z ]+?) +\|((?: +\d+ \|){8})$", readme, flags=re.MULTILINE)
    written = {kind: [int(cell) for cell in row.split("|")[:-1]] for kind, row in table}
    assert written == {kind: [count[column] for column in columns] for kind, count in counts.items()}


def test_templates_share_no_run_of_words_with_the_short_texts() -> None:
    def runs(text: str) -> set[tuple[str, ...]]:
        words = [word.strip(".,;:!?\"'()").lower() for word in text.split()]
        return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}

    files = list(TEMPLATES.rglob("*.txt"))
    assert files
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    templated = {run for line in lines for run in runs(line)}
    for row in short_texts():
        assert not runs(row["text"]) & templated, row["text"]


def test_sets_left_out_are_read_with_their_labels_and_missing_ones_are_reported(
    sets: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    (tmp_path / "topres19th").mkdir()
    rows = {
        "tokens": [["Mr", "Bell", "left", "York", "for", "Pell", "Street"]],
        "ner_tags": [["O", "B-PER", "O", "B-LOC", "O", "B-STREET", "I-STREET"]],
    }
    pq.write_table(pa.table(rows), tmp_path / "topres19th" / "validation.parquet")
    (only,) = sets.left_out_sets(tmp_path)
    assert (only.name, only.annotates, only.names, only.others) == ("topres19th", ("LOC",), ("LOC",), ())
    assert sets.gold_spans(only.documents[0]) == [TagSpan(3, 4, "LOC"), TagSpan(5, 7, "LOC")]
    assert "Skipped re3d: expected its folder 're3d'" in capsys.readouterr().out


def test_families_are_merged_with_all_their_documents(sets: ModuleType) -> None:
    one, two = document(("a b", [])), document(("c d", []))
    parts = [
        sets.LabelledSet("crossner_ai", "test", [one], ("PER",)),
        sets.LabelledSet("wnut17", "test", [one], ("PER", "LOC")),
        sets.LabelledSet("crossner_music", "test", [two], ("PER", "DATE")),
    ]
    merged = sets.by_family(iter(parts))
    assert [part.name for part in merged] == ["crossner", "wnut17"]
    assert merged[0].documents == [one, two]
    assert merged[0].annotates == ("PER", "DATE")


def test_corpus_without_a_list_of_labels_annotates_those_that_occur(sets: ModuleType) -> None:
    from docsight_training.data.ner.corpora import Corpus

    dated = document(("in 1990", [TagSpan(1, 2, "DATE")]))
    assert sets._annotated(Corpus(), [dated]) == ("PER", "ORG", "LOC", "DATE")
    assert sets._annotated(Corpus(annotates=["LOC", "NORP"]), [dated]) == ("LOC", "NORP")


def test_changed_documents_keep_their_spans(load: Callable[[str], ModuleType]) -> None:
    noise = load("ner_noise")
    spans = [TagSpan(1, 2, "LOC")]
    original = document(("from Lisbon to somewhere else entirely", spans))
    (lower,) = noise.changed([original], str.lower)
    assert lower.sentences[0].tokens == ["from", "lisbon", "to", "somewhere", "else", "entirely"]
    (misspelled,) = noise.misspell([original], 0.5, "all", random.Random(1))
    differing = [a != b for a, b in zip(original.sentences[0].tokens, misspelled.sentences[0].tokens, strict=True)]
    assert sum(differing) == 3
    assert lower.sentences[0].spans == misspelled.sentences[0].spans == spans


def test_count_compares_only_the_chosen_labels(load: Callable[[str], ModuleType]) -> None:
    count = load("ner_run").count
    gold = [[TagSpan(0, 1, "PER"), TagSpan(2, 3, "DATE")], []]
    found = [[TagSpan(0, 1, "PER"), TagSpan(5, 6, "NORP")], [TagSpan(0, 1, "LOC")]]
    assert count(gold, found, ["PER", "LOC"]).scores() == pytest.approx({"precision": 0.5, "recall": 1, "f1": 2 / 3})
    assert count(gold, found, ["DATE"]).scores() == {"precision": 0, "recall": 0, "f1": 0}


def test_spans_in_characters_map_to_the_tokens_that_they_touch(systems: ModuleType) -> None:
    tokens = ["New", "York's", "mayor"]  # joined: New York's mayor
    spans = [TagSpan(0, 8, "LOC"), TagSpan(11, 16, "PER"), TagSpan(0, 3, "LOC")]
    assert systems.token_spans(tokens, spans) == [TagSpan(0, 2, "LOC"), TagSpan(2, 3, "PER"), TagSpan(0, 1, "LOC")]


@pytest.fixture
def upper_case(systems: ModuleType) -> Any:
    class UpperCase(systems.SentenceSystem):
        """Finds runs of words in capitals."""

        name = "upper case"
        labels = frozenset(["ORG"])

        def tag_sentences(self, sentences: list[list[str]]) -> Iterator[list[TagSpan]]:
            for tokens in sentences:
                runs = re.finditer("u+", "".join("u" if token.isupper() else "l" for token in tokens))
                yield [TagSpan(run.start(), run.end(), "ORG") for run in runs]

    return UpperCase()


def test_sentence_systems_return_tokens_of_the_document(upper_case: Any) -> None:
    sentences = document(("the BBC said", []), ("so NATO", []))
    assert list(upper_case.tag([sentences])) == [[TagSpan(1, 2, "ORG"), TagSpan(4, 5, "ORG")]]


def test_sentence_systems_return_characters_of_the_text(upper_case: Any) -> None:
    text = "  The  ROYAL \n BANK paid.\n\nUNHCR \n\n NATO"
    (spans,) = upper_case.find([text])
    assert [text[span.start : span.end] for span in spans] == ["ROYAL \n BANK", "UNHCR", "NATO"]


def test_sentence_systems_cut_long_sentences(upper_case: Any, systems: ModuleType) -> None:
    doc = spacy.blank("en").make_doc("word " * (2 * systems.MAX_PIECE + 1))
    assert [len(piece) for piece in systems._pieces(doc)] == [systems.MAX_PIECE, systems.MAX_PIECE, 1]


def test_gliner_is_asked_in_words_and_its_labels_are_ours(
    systems: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Fake:
        @classmethod
        def from_pretrained(cls, path: str) -> "Fake":
            assert path == str(tmp_path)
            return cls()

        def predict_entities(self, text: str, labels: list[str], threshold: float) -> list[dict[str, Any]]:
            assert {"person", "organization", "location"} <= set(labels)
            start = text.index("Bell Tower")
            return [{"start": start, "end": start + 10, "label": "facility", "score": 0.9}]

    monkeypatch.setitem(sys.modules, "gliner", SimpleNamespace(GLiNER=Fake))
    peer = systems.Gliner(tmp_path)
    assert peer.labels == {
        *("PER", "ORG", "LOC", "DATE", "NORP", "WORK", "EVENT", "PRODUCT"),
        *("MONEY", "PERCENT", "TIME", "QUANTITY"),
    }
    assert list(peer.tag([document(("the Bell Tower fell", []))])) == [[TagSpan(1, 3, "LOC")]]
    assert list(peer.find(["the Bell Tower fell"])) == [[TagSpan(4, 14, "LOC")]]


def test_flair_gets_the_tokens_and_its_labels_are_mapped(
    systems: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class FakeSentence:
        def __init__(self, tokens: list[str]) -> None:
            self.tokens = tokens

        def get_spans(self, kind: str) -> list[SimpleNamespace]:
            assert kind == "ner"
            tokens = [SimpleNamespace(idx=n + 1) for n in range(len(self.tokens))]  # flair counts from 1
            return [SimpleNamespace(tokens=tokens[:2], tag="GPE"), SimpleNamespace(tokens=tokens[2:], tag="LAW")]

    class FakeTagger:
        label_dictionary = SimpleNamespace(get_items=lambda: ["S-GPE", "PERSON", "LAW"])

        @classmethod
        def load(cls, path: str) -> "FakeTagger":
            return cls()

        def predict(self, sentences: list[FakeSentence]) -> None:
            assert all(isinstance(sentence, FakeSentence) for sentence in sentences)

    monkeypatch.setitem(sys.modules, "flair", ModuleType("flair"))
    monkeypatch.setitem(sys.modules, "flair.data", SimpleNamespace(Sentence=FakeSentence))
    monkeypatch.setitem(sys.modules, "flair.models", SimpleNamespace(SequenceTagger=FakeTagger))
    peer = systems.Flair(tmp_path)
    assert peer.labels == {"PER", "LOC"}
    assert list(peer.tag([document(("New York costs", []), ("Los Angeles too", []))])) == [
        [TagSpan(0, 2, "LOC"), TagSpan(3, 5, "LOC")]
    ]


@pytest.mark.parametrize("name", ["Gliner", "Flair"])
def test_peers_say_what_is_missing(
    systems: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    for package in ("gliner", "flair", "flair.data"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SystemExit, match=f"need the package '{name.lower()}': pip install {name.lower()}"):
        getattr(systems, name)(tmp_path)
    with pytest.raises(SystemExit, match=f"weights of {name.lower()} at .*; found no such file"):
        getattr(systems, name)(tmp_path / "nowhere")


def test_archive_counts_entities_that_lie_wholly_in_a_passage(load: Callable[[str], ModuleType]) -> None:
    archive = load("score_archive")
    passage = archive.Passage("x" * 100, 10, 50, [])
    spans = [(10, 15, "PER"), (8, 15, "PER"), (45, 50, "LOC"), (45, 51, "LOC"), (20, 25, "DATE")]
    assert archive.spans_inside(passage, spans) == [(10, 15, "PER"), (45, 50, "LOC")]


def test_section_names_the_option_that_it_needs(
    load: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["ner.py", "--only", "archive", "short"])
    with pytest.raises(SystemExit):
        load("ner").main()
    assert "section archive needs --archive FOLDER" in capsys.readouterr().err


def test_tables_of_texts_are_printed_without_peers(
    load: Callable[[str], ModuleType], tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = argparse.Namespace(model=str(tiny_model), memory=0.3, alone=True, gliner=None, flair=None)
    run = load("ner_run").Run(options)
    texts = load("ner_texts")
    texts.print_short(run)
    texts.print_context(run)
    printed = capsys.readouterr().out
    assert re.search(r"^\| all, DATE \| 200 \| 40 \| - \| - \| - \|$", printed, flags=re.MULTILINE)
    assert re.search(r"^rnn_ner finds an entity \(PER, ORG, LOC\) in \d+ of the 67 texts", printed, flags=re.MULTILINE)
    assert re.search(r"^\| all \| 121 \| \d+ % \|$", printed, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("$ 5 million", "MONEY"),
        ("KRW 298.945 trillion", "MONEY"),
        ("7.6 %", "PERCENT"),
        ("nine - percent", "PERCENT"),
        ("4 p.m.", "TIME"),
        ("12 midnight Eastern Time", "TIME"),
        ("1,070 feet", "QUANTITY"),
        ("two - and - a - half miles", "QUANTITY"),
        ("36-foot", "QUANTITY"),
        ("4 million", None),
        ("six months", None),
    ],
)
def test_words_of_an_annotated_number_say_which_amount_it_is(
    load: Callable[[str], ModuleType], text: str, label: str | None
) -> None:
    assert load("ner_amounts").class_of(text) == label


def test_amounts_are_right_with_the_words_of_an_annotated_number(load: Callable[[str], ModuleType]) -> None:
    amounts = load("ner_amounts")
    counts = {label: collections.Counter[str]() for label in amounts.AMOUNTS}
    tokens = ["It", "cost", "$", "5", "and", "more", "than", "50", "%", "of", "3", "km", "for", "2", "men"]
    gold = [TagSpan(2, 4, "NUM"), TagSpan(5, 9, "NUM"), TagSpan(10, 12, "NUM"), TagSpan(13, 14, "NUM")]
    found = [TagSpan(2, 4, "MONEY"), TagSpan(7, 9, "PERCENT"), TagSpan(13, 15, "QUANTITY"), TagSpan(0, 1, "PER")]
    amounts.count_amounts(counts, tokens, gold, found)
    assert counts["MONEY"] == {"found": 1, "right": 1, "touched": 1, "annotated": 1, "recalled": 1}
    assert counts["PERCENT"] == {"found": 1, "right": 0, "touched": 1, "annotated": 1, "recalled": 0}
    assert counts["QUANTITY"] == {"found": 1, "right": 0, "touched": 1, "annotated": 1, "recalled": 0}
    assert not counts["TIME"]
