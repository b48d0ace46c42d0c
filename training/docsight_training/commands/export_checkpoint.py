"""`docsight-train export`: make a model and a pipeline of a checkpoint, without training further."""

import argparse
import pickle
from collections.abc import Sequence
from pathlib import Path

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from docsight.errors import ConfigError
from docsight_training.export import export_run
from docsight_training.runs import CONFIG, Run
from docsight_training.stages.stage import NetworkStage, make_stages
from docsight_training.trainer import quiet_lightning


def main(arguments: Sequence[str]) -> None:
    options = make_parser().parse_args(arguments)
    export_checkpoint(options.checkpoint, options.out)


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="docsight-train export", description=__doc__)
    parser.add_argument("checkpoint", metavar="CKPT", type=Path, help="a checkpoint, in the folder of its run")
    parser.add_argument("out", metavar="OUT", type=Path, help="the folder to write; it must not exist")
    return parser


def export_checkpoint(checkpoint: Path, out: Path) -> None:
    """Evaluate the weights of a checkpoint on the data of its run, and write the model and the pipeline.

    Args:
        checkpoint: RUN/checkpoints/NAME.ckpt of a run of one stage.
        out: The folder to write.

    Raises:
        ConfigError: The checkpoint is not that of a run, or `out` exists.
        DataError: The data of the run cannot be read.
    """
    if out.exists():
        raise ConfigError(f"{out} exists already; pass the name of a new folder.")
    file = checkpoint.parent.parent / CONFIG
    if not checkpoint.is_file() or not file.is_file():
        raise ConfigError(
            f"{checkpoint}: expected a checkpoint in the folder of its run, such as runs/NAME/checkpoints/best.ckpt "
            f"beside runs/NAME/{CONFIG}; {'found no such file' if not checkpoint.is_file() else f'found no {file}'}."
        )
    try:
        config = OmegaConf.to_container(OmegaConf.load(file), resolve=True)
    except OmegaConfBaseException as err:
        raise ConfigError(f"{file}: {err}") from err
    assert isinstance(config, dict)
    stages = make_stages(config)  # type: ignore[arg-type]
    if len(stages) > 1 or not isinstance(stages[0], NetworkStage):
        raise ConfigError(
            f"{file}: expected a run of one stage; this one has {len(stages)}, whose checkpoints are parts of a model. "
            "Run its command again with ckpt_path=last to finish and export it."
        )
    quiet_lightning()
    run = Run(config, out)  # type: ignore[arg-type]
    try:
        stages[0].export(run, checkpoint)
    except (RuntimeError, KeyError, pickle.UnpicklingError) as err:
        raise ConfigError(
            f"{checkpoint}: the checkpoint does not fit the data and the config of its run: {err}"
        ) from err
    assert run.model is not None
    run.write_metrics()
    export_run(run, run.model)
