"""Shell completion of `docsight-train`."""

import argparse

import pytest

from docsight_training.commands import completion
from docsight_training.commands.completion import make_whole_parser

pytest.importorskip("shtab")


def subparsers() -> dict[str, argparse.ArgumentParser]:
    (action,) = (each for each in make_whole_parser()._actions if isinstance(each, argparse._SubParsersAction))
    return dict(action.choices)


def test_every_command_and_recipe_is_completed() -> None:
    from docsight_training.cli import _COMMANDS

    found = set(subparsers())
    assert set(_COMMANDS) <= found
    assert {"experiment=rnn_ner", "experiment=rnn_speller", "experiment=cnn_imagecat"} <= found


def test_overrides_with_known_values_are_offered() -> None:
    for command in ("check", "convert", "tune", "experiment=rnn_ner"):
        (override,) = (each for each in subparsers()[command]._actions if each.dest == "override")
        assert {"trainer=smoke", "model/encoder=cnn", "data.source=conll", "ckpt_path=last"} <= set(
            override.choices or ()
        )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_is_printed(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    completion.main([shell])
    script = capsys.readouterr().out
    assert "experiment=rnn_ner" in script
    assert ("COMP_WORDBREAKS" in script) == (shell == "bash")
