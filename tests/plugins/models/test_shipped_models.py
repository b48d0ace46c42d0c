"""The models in the package."""

import json
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from docsight.bundle import MODELS

ROOSEVELT = (
    "President Roosevelt was one of the most influential presidents in American history. "
    "However, Roosevelt Street in Manhattan was not named after him."
)
MAX_BYTES = {"rnn_ner": 20_000_000, "rnn_speller": 30_000_000, "figures": 5_000_000, "digits": 5_000_000}
MAX_BYTES |= dict.fromkeys(("demo_bilstm", "demo_cnn", "demo_lstm"), 2_000_000)
CONTEXT_SET = Path(__file__).parents[3] / "benchmarks" / "data" / "names_in_context.jsonl"


@pytest.fixture(scope="module")
def nlp() -> Language:
    made = spacy.blank("en")
    made.add_pipe("rnn_ner")
    return made


@pytest.mark.parametrize("name", sorted(path.parent.name for path in MODELS.glob("*/config.json")))
def test_shipped_model_is_small_and_has_its_name_and_licence_in_its_card(name: str) -> None:
    assert sum(file.stat().st_size for file in (MODELS / name).iterdir()) <= MAX_BYTES[name]
    card = (MODELS / name / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert card.startswith(f"# {name}\n")
    assert "Licence of the weights: CC BY" in card


def test_rnn_ner_distinguishes_roosevelt_from_roosevelt_street(nlp: Language) -> None:
    entities = [(ent.text, ent.label_) for ent in nlp(ROOSEVELT).ents]
    names = [("Roosevelt", "PER"), ("Roosevelt Street", "LOC"), ("Manhattan", "LOC")]
    assert [entity for entity in entities if entity[1] != "NORP"] == names
    assert ("American", "NORP") in entities


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("© 2022 by [Ada Lovelace](https://lovelace.example/x).", ["2022", "Ada Lovelace"]),
        ("[[Angela Merkel|the chancellor]] met Barack Obama.", ["Angela Merkel", "Barack Obama"]),
        ("\\author{Maria Keller} lives in \\textbf{Hamburg}.", ["Maria Keller", "Hamburg"]),
        ("<b>Maria Keller</b> lives here.", ["Maria Keller"]),
        ('{"name":"Maria Keller","city":"Hamburg"}', ["Maria Keller", "Hamburg"]),
    ],
)
def test_rnn_ner_finds_names_next_to_markup(nlp: Language, text: str, names: list[str]) -> None:
    assert [ent.text for ent in nlp(text).ents] == names


def test_rnn_ner_reads_inverted_names_as_one_person(nlp: Language) -> None:
    assert [ent.text for ent in nlp("Name: Keller, Maria").ents] == ["Keller, Maria"]
    names = ["Keller, Maria", "Hale, Tom", "Berg, Ada"]
    assert [ent.text for ent in nlp("; ".join(names)).ents] == names
    assert [ent.text for ent in nlp("Attendees: Tom, Maria").ents] == ["Tom", "Maria"]


@pytest.mark.skipif(not CONTEXT_SET.is_file(), reason="needs the benchmarks of a checkout")
def test_rnn_ner_labels_four_of_five_names_by_their_context(nlp: Language) -> None:
    items = [json.loads(line) for line in CONTEXT_SET.read_text(encoding="utf-8").splitlines()]
    right = []
    for item, doc in zip(items, nlp.pipe(item["text"] for item in items), strict=True):
        found = {(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents}
        right += [tuple(item["entities"][n]) in found for n in item["targets"]]
    assert len(right) >= 60
    assert sum(right) / len(right) >= 0.8


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("It cost $3.5 million, or 20 euros a day.", [("$3.5 million", "MONEY"), ("20 euros", "MONEY")]),
        ("Sales rose 12% to five per cent.", [("12%", "PERCENT"), ("five per cent", "PERCENT")]),
        ("We met at 10 a.m. and left before noon.", [("10 a.m.", "TIME"), ("noon", "TIME")]),
        ("It is 12 km long and weighs 40 tons.", [("12 km", "QUANTITY"), ("40 tons", "QUANTITY")]),
        ("See section 3.5 of version 2.0 for 3 users on page 12: %% and d7f4.", []),
    ],
)
def test_rnn_ner_labels_amounts(nlp: Language, text: str, amounts: list[tuple[str, str]]) -> None:
    assert [(ent.text, ent.label_) for ent in nlp(text).ents] == amounts
