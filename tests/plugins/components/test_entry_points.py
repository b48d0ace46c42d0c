"""The entry points of the installed distribution."""

import importlib.util
from importlib.metadata import EntryPoint, distribution

import pytest
import spacy

ENTRY_POINTS = list(distribution("docsight").entry_points)
FACTORIES = [point.name for point in ENTRY_POINTS if point.group == "spacy_factories"]


def test_distribution_advertises_commands_and_components() -> None:
    names = {(point.group, point.name) for point in ENTRY_POINTS}
    assert {
        ("console_scripts", "docsight"),
        ("console_scripts", "docsight-train"),
        ("spacy_factories", "rnn_ner"),
        ("spacy_factories", "rnn_speller"),
        ("spacy_factories", "cnn_imagecat"),
    } <= names


@pytest.mark.parametrize("point", ENTRY_POINTS, ids=lambda point: point.name)
def test_entry_point_resolves(point: EntryPoint) -> None:
    assert callable(point.load())


def test_docsight_train_without_its_extra_names_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from docsight_training import cli

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"pip install 'docsight\[train\]'"):
        cli.main()


@pytest.mark.parametrize("name", FACTORIES)
def test_factory_adds_a_component_to_a_blank_pipeline(name: str) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe(name)
    assert nlp.pipe_names == [name]
