"""The trials of `docsight-train tune`, without training."""

from pathlib import Path
from typing import Any

import optuna
import pytest

from docsight_training.commands import tune


def test_trials_leave_no_checkpoints_even_if_they_are_pruned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def train(config: dict[str, Any], folder: Path, *, callbacks: Any) -> dict[str, float]:
        (folder / "checkpoints").mkdir(parents=True)
        if folder.name != "trial-0":
            raise optuna.TrialPruned
        return {"val/score": 0.5}

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tune, "train", train)
    tune.main(["data.path=own.jsonl", "n_trials=2", "name=mine"])
    trials = [tmp_path / "runs" / "mine" / f"trial-{number}" for number in range(2)]
    assert all(trial.is_dir() for trial in trials)
    assert not [trial for trial in trials if (trial / "checkpoints").exists()]
