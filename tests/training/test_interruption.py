"""The handler of Ctrl-C, before and after training."""

import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from docsight_training import cli
from docsight_training.errors import RunInterruptedError
from docsight_training.interruption import SaveOnInterrupt


@pytest.mark.parametrize("ended", ["teardown", "on_exception"])
def test_the_handler_of_ctrl_c_is_the_earlier_one_after_training(tmp_path: Path, ended: str) -> None:
    earlier = signal.getsignal(signal.SIGINT)
    callback: Any = SaveOnInterrupt(tmp_path / "last.ckpt", best=tmp_path / "best.ckpt")
    callback.on_fit_start(None, None)
    assert signal.getsignal(signal.SIGINT) is not earlier
    getattr(callback, ended)(None, None, "fit" if ended == "teardown" else ValueError())
    assert signal.getsignal(signal.SIGINT) is earlier


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KeyboardInterrupt(), "\ndocsight-train: interrupted.\n"),
        (RunInterruptedError("saved"), "docsight-train: saved\n"),
    ],
)
def test_ctrl_c_ends_a_command_with_one_line_and_its_exit_code(
    error: BaseException, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(arguments: list[str]) -> None:
        raise error

    monkeypatch.setattr(cli, "_find_command", stop)
    monkeypatch.setattr(sys, "argv", ["docsight-train", "check", "x"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 130
    assert capsys.readouterr().err == message
