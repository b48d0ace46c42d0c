"""Tuning: trials of a training run with other settings, chosen and pruned by Optuna."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
import pytorch_lightning as pl
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pytorch_lightning.callbacks import Callback
from pytorch_lightning.trainer.states import TrainerFn

from docsight.errors import ConfigError

JOURNAL = "study.journal"
_STUDY = "tune"
_SETTINGS = "settings"  # the attribute of a study that holds what its trials have in common
_FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)

Objective = Callable[[int, dict[str, Any], Callback], float]  # of a trial's number, values and pruning


class Range(BaseModel):
    """The values that a key may have: `choices`, or the numbers from `low` to `high`."""

    model_config = ConfigDict(extra="forbid")
    low: int | float | None = None
    high: int | float | None = None
    log: bool = False
    step: int | float | None = None
    choices: list[Any] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _check(self) -> "Range":
        if (self.low is None or self.high is None) == (self.choices is None):
            raise ValueError("expected either low and high, or choices")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("expected low to be at most high")
        if self.log and (self.step is not None or (self.low is not None and self.low <= 0)):
            raise ValueError("a logarithmic scale has no step and begins above 0")
        return self

    def suggest(self, trial: optuna.Trial, key: str) -> Any:
        if self.choices is not None:
            return trial.suggest_categorical(key, self.choices)
        assert self.low is not None
        assert self.high is not None
        if isinstance(self.low, int) and isinstance(self.high, int):
            return trial.suggest_int(key, self.low, self.high, log=self.log, step=int(self.step or 1))
        return trial.suggest_float(key, self.low, self.high, log=self.log, step=self.step)


class Pruning(Callback):
    """Reports the monitored metric after each validation, and ends a trial that is worse than the others were.

    optuna-integration's callback needs the package `lightning`, and the trainer is that of `pytorch_lightning`.
    """

    def __init__(self, trial: optuna.Trial, monitor: str) -> None:
        self.trial, self.monitor = trial, monitor

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        value = trainer.callback_metrics.get(self.monitor)
        if value is None or trainer.state.fn != TrainerFn.FITTING:
            return
        self.trial.report(float(value), step=trainer.current_epoch)
        if self.trial.should_prune():
            raise optuna.TrialPruned(f"pruned in epoch {trainer.current_epoch + 1}")


@dataclass(frozen=True)
class Tuning:
    """The trials in a folder; the same folder continues.

    Args:
        folder: Has the journal of the study.
        space: The values of each key.
        settings: What the trials have in common; a folder holds the trials of one of them.
        monitor: The metric, and whether it is to be `min` or `max`.
        startup_trials: Trials that are drawn at random and are never pruned.
        warmup_epochs: Epochs in which no trial is pruned.
    """

    folder: Path
    space: Mapping[str, Range]
    settings: Mapping[str, Any]
    monitor: str
    mode: str
    seed: int
    startup_trials: int
    warmup_epochs: int

    def run(self, objective: Objective, *, n_trials: int) -> FrozenTrial:
        """Run trials until `n_trials` are finished, with those of earlier starts; return the best one.

        Raises:
            ConfigError: The folder holds trials of other settings, or no trial has a result.
        """
        study = self._open()
        finished = len(study.get_trials(deepcopy=False, states=_FINISHED))

        def run_trial(trial: optuna.Trial) -> float:
            values = {key: values.suggest(trial, key) for key, values in self.space.items()}
            return objective(trial.number, values, Pruning(trial, self.monitor))

        if finished < n_trials:
            study.optimize(run_trial, n_trials=n_trials - finished)
        if not study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)):
            raise ConfigError(f"{self.folder}: no trial was completed; raise n_trials.")
        return study.best_trial

    def _open(self) -> optuna.Study:
        optuna.logging.set_verbosity(optuna.logging.ERROR)  # its warnings have tracebacks of errors that we report
        self.folder.mkdir(parents=True, exist_ok=True)
        storage = JournalStorage(JournalFileBackend(str(self.folder / JOURNAL)))
        study = optuna.create_study(
            study_name=_STUDY,
            storage=storage,
            direction="maximize" if self.mode == "max" else "minimize",
            load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(n_startup_trials=self.startup_trials, n_warmup_steps=self.warmup_epochs),
        )
        # A sampler that begins anew with the same seed would repeat its first trials.
        seed = self.seed + len(study.get_trials(deepcopy=False))
        study.sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=self.startup_trials)
        is_same = study.user_attrs.get(_SETTINGS, self.settings) == self.settings
        if not is_same and study.get_trials(deepcopy=False, states=_FINISHED):
            raise ConfigError(
                f"{self.folder} holds trials with other settings. Pass overwrite=true to delete them, or another "
                "name=NAME to keep both."
            )
        study.set_user_attr(_SETTINGS, dict(self.settings))
        for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            study.tell(trial.number, state=TrialState.FAIL)  # of a process that was killed
            if is_same:
                study.enqueue_trial(trial.params)
        return study


def parse_space(space: Mapping[str, Any]) -> dict[str, Range]:
    """Check a search space.

    Raises:
        ConfigError: A range is invalid; the message lists all of them.
    """
    ranges: dict[str, Range] = {}
    problems = []
    for key, values in space.items():
        try:
            ranges[key] = Range.model_validate(values)
        except ValidationError as err:
            problems.append(
                f"tune.space, {key}: {err.errors()[0]['msg'].removeprefix('Value error, ')}; found {values!r}"
            )
    if problems or not ranges:
        raise ConfigError("; ".join(problems or ["tune.space: expected at least one key; found none"]) + ".")
    return ranges
