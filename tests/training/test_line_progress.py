"""The log of a run without a terminal."""

from types import SimpleNamespace
from typing import Any

import pytest

from docsight_training.trainer import LineProgress

METRICS = {"train/loss": 0.5, "train/loss_epoch": 0.5, "train/loss_step": 0.4, "lr-AdamW/pg1": 0.003, "val/f1": 0.75}


def logged(caplog: pytest.LogCaptureFixture, epochs: int) -> list[str]:
    progress, module = LineProgress(), SimpleNamespace()
    with caplog.at_level("INFO"):
        for epoch in range(epochs):
            trainer: Any = SimpleNamespace(current_epoch=epoch, max_epochs=epochs, callback_metrics=METRICS)
            progress.on_train_epoch_end(trainer, module)  # type: ignore[arg-type]
    return caplog.messages


def test_a_short_run_logs_each_epoch_without_learning_rates_and_repeated_losses(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert logged(caplog, 3)[-1] == "epoch 3/3 after 0 s  train/loss 0.5000  val/f1 0.7500"
    assert len(caplog.messages) == 3


def test_a_long_run_logs_about_fifty_lines_and_its_last_epoch(caplog: pytest.LogCaptureFixture) -> None:
    lines = logged(caplog, 251)
    assert len(lines) == 51
    assert lines[0].startswith("epoch 5/251 after ")
    assert lines[-1].startswith("epoch 251/251 after ")
