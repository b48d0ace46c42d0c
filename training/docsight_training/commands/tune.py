"""`docsight-train tune experiment=NAME n_trials=20`: search for better settings of a training run."""

import importlib.util
import logging
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from hydra import compose, initialize_config_module
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from docsight.errors import ConfigError, MissingExtraError
from docsight.terminal import say
from docsight_training.errors import RunInterruptedError
from docsight_training.override_checks import check_overrides
from docsight_training.renamed_keys import rename_overrides, rename_targets
from docsight_training.runs import CHECKPOINTS
from docsight_training.settings import check_settings
from docsight_training.train import train

if TYPE_CHECKING:
    from pytorch_lightning.callbacks import Callback

    from docsight_training.tuning import Tuning

_TUNE_USAGE = """\
usage: docsight-train tune [experiment=NAME] data.path=FOLDER [n_trials=20] [name=NAME] [KEY=VALUE ...]

Search for better settings: train one model for each trial, with settings that Optuna chooses from tune.space. Optuna
also ends bad trials early. The same command continues a search that was interrupted. The best settings are written to
runs/NAME/experiment/best.yaml.
"""
_CONFIG_GROUPS = ("data", "model", "trainer")
_OF_A_START = ("name", "ckpt_path", "overwrite", "tune")  # keys that a config for later runs does not have
_BEST = "best"


def main(arguments: Sequence[str]) -> None:
    """Run the command.

    Raises:
        DocsightError: An argument is invalid, the data cannot be read, or Optuna is missing.
    """
    if {"-h", "--help"} & set(arguments) or not arguments:
        sys.stdout.write(_TUNE_USAGE)
        return
    if options := [each for each in arguments if "=" not in each or each.startswith("-")]:
        raise ConfigError(f"expected KEY=VALUE, such as n_trials=20; found {', '.join(options)}.")
    if importlib.util.find_spec("optuna") is None:
        raise MissingExtraError("docsight-train tune", "tune")
    from docsight_training.tuning import JOURNAL, Tuning, parse_space

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    overrides = _with_space(rename_overrides(list(arguments)))
    config, _ = _compose(overrides)
    plain = _plain(config)
    settings = plain["tune"]
    if "stages" in plain["model"]:
        raise ConfigError(
            f"task={plain['task']}: expected a model that is trained in one stage, such as rnn_ner or cnn_imagecat; "
            "models of several stages cannot be tuned."
        )
    space = parse_space(settings["space"])
    for key in space:
        _check_key(config, key)
    if not isinstance(settings["n_trials"], int) or settings["n_trials"] < 1:
        raise ConfigError(f"n_trials: expected a whole number of 1 or more; found {settings['n_trials']!r}.")
    folder = Path("runs") / plain["name"]
    if plain["overwrite"]:
        shutil.rmtree(folder, ignore_errors=True)
    elif folder.exists() and not (folder / JOURNAL).exists():
        raise ConfigError(f"{folder} holds a run that docsight-train tune did not start; pass another name=NAME.")
    trainer = plain["trainer"]
    tuning = Tuning(
        folder=folder,
        space=space,
        settings={"space": settings["space"], **{key: plain[key] for key in ("data", "model", "trainer", "seed")}},
        monitor=trainer["monitor"],
        mode=trainer["mode"],
        seed=plain["seed"],
        startup_trials=settings["startup_trials"],
        warmup_epochs=settings["warmup_epochs"],
    )
    _tune(tuning, overrides, n_trials=settings["n_trials"])


def _tune(tuning: "Tuning", overrides: Sequence[str], *, n_trials: int) -> None:
    def run_trial(number: int, values: dict[str, Any], pruning: "Callback") -> float:
        folder = tuning.folder / f"trial-{number}"
        shutil.rmtree(folder, ignore_errors=True)
        chosen = [*overrides, *_as_overrides(values)]
        say(f"trial {number}: {' '.join(_as_overrides(values))}", sys.stderr)
        try:
            figures = train(_plain(_compose(chosen)[0]), folder, callbacks=[pruning])
        finally:  # of pruned trials, too
            shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)  # they are several times as large as the model
        return figures[tuning.monitor]

    try:
        best = tuning.run(run_trial, n_trials=n_trials)
    except RunInterruptedError as err:
        raise RunInterruptedError(
            f"interrupted. The finished trials are in {tuning.folder}; run the same command again to continue."
        ) from err
    file = _write_best(tuning.folder, [*overrides, *_as_overrides(best.params)])
    model = tuning.folder / f"trial-{best.number}" / "model"
    say(f"best: trial {best.number}, {tuning.monitor} {best.value:.4f}, {model}", sys.stdout)
    say(f"to train with its settings: docsight-train --config-dir={tuning.folder} experiment={_BEST}", sys.stdout)
    say(f"settings: {file}", sys.stdout)


def _with_space(arguments: Sequence[str]) -> list[str]:
    """Return the overrides of a run with the default search space of its component."""
    given = [f"tune.{each}" if each.startswith("n_trials=") else each for each in arguments]
    any_space = "+tune=rnn_ner"
    check_overrides([any_space, *given])
    component = _compose([any_space, *given])[0]["component"]
    return [f"+tune={component}" if component in ("rnn_ner", "cnn_imagecat") else any_space, *given]


def _compose(overrides: Sequence[str]) -> tuple[DictConfig, dict[str, str]]:
    """Return the config of a run and the file of each group that it is made of."""
    try:
        with initialize_config_module("docsight_conf", version_base="1.3"):
            config = compose("train", list(overrides), return_hydra_config=True)
            choices = dict(config.hydra.runtime.choices)
            config = compose("train", list(overrides))
    except (HydraException, OmegaConfBaseException) as err:
        raise ConfigError(" ".join(str(err).split())) from err
    return config, choices


def _plain(config: DictConfig) -> dict[str, Any]:
    try:
        plain: dict[str, Any] = rename_targets(OmegaConf.to_container(config, resolve=True, throw_on_missing=True))
    except OmegaConfBaseException as err:
        raise ConfigError(" ".join(str(err).split())) from err
    check_settings(plain)
    return plain


def _check_key(config: DictConfig, key: str) -> None:
    if OmegaConf.select(config, key, default=_BEST) is _BEST:
        raise ConfigError(f"tune.space: there is no key {key} in the config of this run.")


def _as_overrides(values: Mapping[str, Any]) -> list[str]:
    return [f"{key}={value}" for key, value in values.items()]


def _write_best(folder: Path, overrides: Sequence[str]) -> Path:
    """Write the config of a run as an experiment, which `--config-dir` finds."""
    config, choices = _compose(overrides)
    settings = cast(dict[str, Any], OmegaConf.to_container(config))
    kept = {key: value for key, value in settings.items() if key not in _OF_A_START}
    defaults = [{f"override /{group}": choices[group]} for group in _CONFIG_GROUPS]
    text = OmegaConf.to_yaml(OmegaConf.create({"defaults": defaults, "name": f"{folder.name}-{_BEST}", **kept}))
    file = folder / "experiment" / f"{_BEST}.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(
        f"# @package _global_\n# docsight-train --config-dir={folder} experiment={_BEST}\n{text}", encoding="utf-8"
    )
    return file
