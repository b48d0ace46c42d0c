from pathlib import Path

from docsight_training.initial_sources import initial_sources


def _model(folder: Path, card: str) -> str:
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "MODEL_CARD.md").write_text(card)
    return str(folder)


def test_initial_sources_have_the_licence_of_the_card_and_the_models_before_it(tmp_path: Path):
    first = _model(tmp_path / "first", "Trained with seed 1. Licence of the weights: CC BY-SA 4.0.\n")
    found = initial_sources(first)
    assert {name: of["licence"] for name, of in found.items()} == {f"{first} (initial weights)": "CC BY-SA 4.0"}
    rows = "".join(f"| {name} | {of['licence']} | {of['origin']} |\n" for name, of in found.items())
    second = _model(tmp_path / "second", f"Licence of the weights: MIT.\n\n| own | - | - |\n{rows}")
    assert [*initial_sources(second)] == [f"{second} (initial weights)", f"{first} (initial weights)"]
    assert initial_sources(second)[f"{first} (initial weights)"] == found[f"{first} (initial weights)"]


def test_initial_sources_of_a_shipped_model_and_of_those_without_a_card(tmp_path: Path):
    assert initial_sources("rnn_ner")["rnn_ner (initial weights)"]["licence"] == "CC BY-SA 4.0"
    (tmp_path / "config.json").write_text("{}")
    for model in (tmp_path, tmp_path / "gone"):
        (found,) = initial_sources(str(model)).values()
        assert found["licence"] == "see its card"
