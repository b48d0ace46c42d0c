"""`docsight-train tune`: its search space, its journal, and pruning."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from pytorch_lightning.trainer.states import TrainerFn

from docsight.errors import ConfigError

optuna = pytest.importorskip("optuna")

from docsight_training.tuning import Pruning, Tuning, parse_space  # noqa: E402

SPACE = {"lr": {"low": 0.001, "high": 0.1, "log": True}, "dim": {"choices": [4, 8]}, "layers": {"low": 1, "high": 3}}


def _tuning(folder: Path, **options) -> Tuning:
    arguments = {
        "space": parse_space(SPACE),
        "settings": {"task": "x"},
        "monitor": "val/loss",
        "mode": "min",
        "seed": 1,
        "startup_trials": 2,
        "warmup_epochs": 0,
    }
    return Tuning(folder=folder, **arguments | options)


def test_tuning_continues_in_the_same_folder(tmp_path: Path):
    seen = []

    def objective(number, values, pruning):
        seen.append((number, values))
        return values["lr"]

    _tuning(tmp_path).run(objective, n_trials=2)
    best = _tuning(tmp_path).run(objective, n_trials=5)
    assert [number for number, _ in seen] == [0, 1, 2, 3, 4]
    assert len({values["lr"] for _, values in seen}) == 5
    assert best.value == min(values["lr"] for _, values in seen)
    with pytest.raises(ConfigError, match="other settings"):
        _tuning(tmp_path, settings={"task": "y"}).run(objective, n_trials=5)


def test_tuning_repeats_a_trial_that_was_killed(tmp_path: Path):
    def killed(number, values, pruning):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _tuning(tmp_path).run(killed, n_trials=1)
    best = _tuning(tmp_path).run(lambda number, values, pruning: values["lr"], n_trials=1)
    assert best.number == 1


def test_pruning_ends_a_trial_that_is_worse_than_the_others(tmp_path: Path):
    metrics = {}
    trainer = SimpleNamespace(callback_metrics=metrics, state=SimpleNamespace(fn=TrainerFn.FITTING), current_epoch=1)
    epochs = []

    def objective(number, values, pruning):
        metrics["val/loss"] = torch.tensor(1.0 if number < 2 else 2.0)
        pruning.on_validation_end(trainer, None)
        epochs.append(number)
        return float(metrics["val/loss"])

    _tuning(tmp_path).run(objective, n_trials=3)
    assert epochs == [0, 1]


def test_pruning_ignores_validation_outside_training():
    trainer = SimpleNamespace(
        callback_metrics={"val/loss": torch.tensor(1.0)}, state=SimpleNamespace(fn=TrainerFn.VALIDATING)
    )
    Pruning(None, "val/loss").on_validation_end(trainer, None)  # a report to the trial, which is None, would raise


@pytest.mark.parametrize(
    "values", [{"low": 1}, {"low": 2, "high": 1}, {"low": 0, "high": 1, "log": True}, {"choices": []}, {"hig": 1}]
)
def test_parse_space_refuses_ranges_without_values(values):
    with pytest.raises(ConfigError, match=r"tune\.space, lr: "):
        parse_space({"lr": values})
