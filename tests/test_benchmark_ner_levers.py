"""The table of levers of `rnn_ner`: each differs from the recipe in one setting, and no network is trained twice."""

import argparse
import importlib
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from docsight.bundle import find_model
from docsight.tags import TagSpan

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"

pytestmark = pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the benchmarks are in a checkout only")


@pytest.fixture
def levers(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    pytest.importorskip("datasets")
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("ner_levers")


@pytest.fixture
def options(tmp_path: Path) -> argparse.Namespace:
    vectors = tmp_path / "vectors.txt"
    vectors.write_text("the 0.5 0.5\n", encoding="utf-8")
    return argparse.Namespace(data=tmp_path, gazetteer=vectors, vectors=vectors, out=tmp_path / "runs", epochs=1)


def flat(config: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Return the settings of a config by their dotted names, as text."""
    found: dict[str, str] = {}
    for key, value in config.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) and value else {f"{prefix}{key}": str(value)}
    return found


def test_each_lever_changes_one_thing_of_the_recipe(levers: ModuleType, options: argparse.Namespace) -> None:
    from docsight_training.settings import check_settings

    recipe, *others = levers.LEVERS.values()
    settings = flat(levers.config(recipe, 1, options))
    assert settings["data.silver"] == "None"
    for lever in others:
        config = levers.config(lever, 1, options)
        check_settings(config)
        changed = {name for name, _ in flat(config).items() ^ settings.items()}
        if lever.overrides:
            (override,) = lever.overrides
            assert changed, override
            assert all(name.startswith(override.partition("=")[0]) for name in changed), changed
        else:
            assert lever.document_memory != recipe.document_memory
            assert not changed


def test_levers_score_a_network_and_train_it_only_once(
    levers: ModuleType, options: argparse.Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[Path] = []

    def train(config: dict[str, Any], folder: Path) -> None:
        trained.append(folder)
        shutil.copytree(find_model("rnn_ner"), folder / "model")

    monkeypatch.setattr(levers, "train", train)
    ner_sets = importlib.import_module("ner_sets")
    from docsight_training.data.ner.annotated_documents import Document, Sentence

    tokens = ["She", "was", "born", "in", "Hamburg", "."]
    text = Document("corpus", [Sentence(tokens, [TagSpan(4, 5, "LOC")])])
    wrong = Document("corpus", [Sentence(tokens, [TagSpan(4, 5, "ORG")])])
    names = ("PER", "ORG", "LOC")
    tests = [
        ner_sets.LabelledSet("conll2003", "test", [text], names),
        ner_sets.LabelledSet("btc", "test", [wrong], names),
    ]
    left_out = [ner_sets.LabelledSet("re3d", "test", [text], names)]
    for name in ("the recipe", "no document memory", "the recipe"):
        assert levers.score(name, 1, options, tests, left_out) == (1, 1, 0.5)
    assert trained == [options.out / "the_recipe-1"]


def test_levers_leave_out_vectors_where_there_are_none(
    levers: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = ["ner_levers.py", "--data", str(tmp_path), "--gazetteer", str(tmp_path)]
    monkeypatch.setattr("sys.argv", given)
    assert set(levers.LEVERS) - set(levers.parse_options().only) == {"vectors of 100 dimensions"}
    monkeypatch.setattr("sys.argv", [*given, "--vectors", str(tmp_path)])
    assert levers.parse_options().only == list(levers.LEVERS)
