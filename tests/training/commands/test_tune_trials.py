"""The trials of `docsight-train tune`, without training."""

from pathlib import Path
from typing import Any

import optuna
import pytest

from docsight.errors import ConfigError
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


def test_a_mistake_is_one_line_and_can_be_corrected_in_the_same_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"data\.path is missing"):
        tune.main(["n_trials=1", "name=mine", "data.glove_words=0"])
    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == ["trial 0"]
    monkeypatch.setattr(tune, "train", lambda config, folder, callbacks: {"val/score": 0.5})
    tune.main(["data.path=own.jsonl", "n_trials=1", "name=mine", "data.glove_words=0"])
    assert "best: trial 1, val/score 0.5000" in capsys.readouterr().out
    with pytest.raises(ConfigError, match=r"mine holds trials with other settings"):
        tune.main(["data.path=other.jsonl", "n_trials=1", "name=mine", "data.glove_words=0"])


@pytest.mark.parametrize("option", ["--n_trials=3", "n_trials", "-m"])
def test_arguments_are_keys_with_values(option: str) -> None:
    with pytest.raises(ConfigError, match=rf"expected KEY=VALUE, such as n_trials=20; found {option}\."):
        tune.main(["data.path=own.jsonl", option])
