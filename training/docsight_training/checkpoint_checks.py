"""Checks of the checkpoint that a run resumes from."""

import pickle
from pathlib import Path

import torch
from torch import nn

from docsight.errors import ConfigError


def check_checkpoint(checkpoint: Path, module: nn.Module) -> None:
    """Check that training can go on with the weights of a checkpoint.

    Args:
        checkpoint: A file that Lightning has written.
        module: The LightningModule of the run.

    Raises:
        ConfigError: The file is damaged, or its weights are those of another network.
    """
    try:
        saved = torch.load(checkpoint, map_location="cpu", weights_only=True)["state_dict"]
    except (RuntimeError, KeyError, TypeError, EOFError, pickle.UnpicklingError) as err:
        raise ConfigError(
            f"{checkpoint} is damaged or no checkpoint: {str(err).splitlines()[0]} Resume from another checkpoint "
            "(ckpt_path=FILE), or start again (overwrite=true)."
        ) from err
    here = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    there = {name: tuple(tensor.shape) for name, tensor in saved.items()}
    differing = [name for name in {**here, **there} if here.get(name) != there.get(name)]
    if differing:
        name = differing[0]
        raise ConfigError(
            f"{checkpoint} has weights of another network: {name} is {there.get(name, 'missing')} there, and "
            f"{here.get(name, 'missing')} with this data and these settings. Resume with those of the run (see its "
            "config.yaml), or start again (overwrite=true)."
        )
