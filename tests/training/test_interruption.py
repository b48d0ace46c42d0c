"""The handler of Ctrl-C, before and after training."""

import signal
from pathlib import Path
from typing import Any

import pytest

from docsight_training.interruption import SaveOnInterrupt


@pytest.mark.parametrize("ended", ["teardown", "on_exception"])
def test_the_handler_of_ctrl_c_is_the_earlier_one_after_training(tmp_path: Path, ended: str) -> None:
    earlier = signal.getsignal(signal.SIGINT)
    callback: Any = SaveOnInterrupt(tmp_path / "last.ckpt", best=tmp_path / "best.ckpt")
    callback.on_fit_start(None, None)
    assert signal.getsignal(signal.SIGINT) is not earlier
    getattr(callback, ended)(None, None, "fit" if ended == "teardown" else ValueError())
    assert signal.getsignal(signal.SIGINT) is earlier
