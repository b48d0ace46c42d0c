"""`docsight-train` without a training run: its help, and arguments that it does not know."""

import subprocess
import sys
from pathlib import Path

import pytest

from docsight_training import cli


def test_help_lists_every_command_and_the_keys(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["docsight-train", "--help"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert printed.startswith("usage: docsight-train ")
    commands = printed.split("commands:\n")[1].split("\n\n")[0]
    assert {line.split()[0] for line in commands.splitlines()} == set(cli._COMMANDS)
    assert "init_from: null" in printed


@pytest.mark.parametrize(
    ("argument", "advice"),
    [
        ("chek", "Did you mean check?"),
        ("tasks.jsonl", "Did you mean data.path=tasks.jsonl?"),
        ("x", "--help lists the keys."),
    ],
)
def test_an_argument_that_is_neither_a_command_nor_a_key_is_refused_with_advice(
    argument: str, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tasks.jsonl").touch()
    monkeypatch.setattr(sys, "argv", ["docsight-train", argument, "name=mine"])
    with pytest.raises(SystemExit, match=r"expected a command .*; found") as stopped:
        cli.main()
    assert str(stopped.value).endswith(advice)


def test_options_may_come_after_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "best.yaml").write_text("# @package _global_\nepochs: 7\n")
    arguments = ["seed=3", "--config-dir", str(tmp_path), "experiment=best", "name=mine", "--cfg", "job"]
    monkeypatch.setattr(sys, "argv", ["docsight-train", *arguments])
    cli.main()
    printed = capsys.readouterr().out
    assert {"seed: 3", "epochs: 7", "name: mine"} <= set(printed.splitlines())


def test_help_may_be_read_in_part() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "from docsight_training.cli import main; main()", "--help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    ) as command:
        assert command.stdout is not None
        assert command.stderr is not None
        command.stdout.close()  # before anything is printed
        assert command.stderr.read() == b""
    assert command.returncode == 0
