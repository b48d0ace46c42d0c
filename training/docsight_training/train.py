"""`docsight-train`: a Hydra config in, a trained model folder and a spaCy pipeline out."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import hydra
import pytorch_lightning as pl
import torch
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from docsight.errors import ConfigError, DocsightError
from docsight_training.errors import INTERRUPTED, RunInterruptedError
from docsight_training.export import export_run
from docsight_training.override_checks import check_overrides
from docsight_training.renamed_keys import rename_keys, rename_overrides, rename_targets
from docsight_training.runs import Run
from docsight_training.settings import check_settings
from docsight_training.stages.stage import make_stages
from docsight_training.trainer import quiet_lightning


def main() -> None:
    """Run the command. Errors that the user can fix are printed in one line; the exit code is 1."""
    arguments = rename_overrides(sys.argv[1:])
    arguments.sort(key=_is_override)  # Hydra's parser needs the overrides in one piece, behind options like --multirun
    sys.argv[1:] = arguments
    try:
        check_overrides(arguments)
        _command()
    except DocsightError as err:
        _stop(err)


def _is_override(argument: str) -> bool:
    return argument.startswith("~") or ("=" in argument and not argument.startswith("-"))


def train(config: dict[str, Any], folder: Path, *, callbacks: Sequence[pl.Callback] = ()) -> dict[str, float]:
    """Run the stages of a model by its resolved config, export it, and return the figures.

    Raises:
        DocsightError: The data or the config is invalid.
    """
    quiet_lightning()
    if config["threads"] is not None:
        torch.set_num_threads(config["threads"])
    stages = make_stages(config)
    run = Run(config, folder, callbacks=callbacks)
    run.open(num_stages=len(stages))
    for stage in stages:
        stage.check_inputs(run)
    for stage in stages:
        stage.run(run)
    if run.model is not None:  # only the main process has it
        run.write_metrics()
        export_run(run, run.model)
    return run.metrics


@hydra.main(version_base="1.3", config_path="pkg://docsight_conf", config_name="train")
def _command(config: DictConfig) -> float | None:
    # Errors end the command here: outside, Hydra would print a traceback.
    try:
        return _run(rename_keys(config))
    except RunInterruptedError as err:
        sys.stderr.write(f"docsight-train: {err}\n")
        sys.exit(INTERRUPTED)
    except (DocsightError, OmegaConfBaseException) as err:
        _stop(err)
    except OSError as err:  # such as a full disk; checkpoints that were written before are complete
        if err.errno is None:
            raise
        _stop(ConfigError(f"{err.strerror}: {err.filename or HydraConfig.get().runtime.output_dir}"))


def _run(config: DictConfig) -> float | None:
    plain: dict[str, Any] = rename_targets(OmegaConf.to_container(config, resolve=True, throw_on_missing=True))
    check_settings(plain)
    job = HydraConfig.get()
    if job.mode == RunMode.MULTIRUN and str(plain["trainer"]["strategy"]).startswith("ddp"):
        raise ConfigError(
            "trainer=ddp does not work with --multirun, because both Hydra and Lightning start processes; "
            "sweep on one device, or start the runs one after the other."
        )
    metrics = train(plain, Path(job.runtime.output_dir))
    return metrics.get(plain["trainer"]["monitor"])


def _stop(err: BaseException) -> NoReturn:
    sys.exit(f"docsight-train: error: {err}")
