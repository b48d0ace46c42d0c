"""Checks of the checkpoint that a run resumes from."""

import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from docsight.errors import ConfigError

# What torch.load raises for bytes that are no checkpoint, and what else a file may hold instead of weights.
_DAMAGES = (
    RuntimeError, ValueError, LookupError, TypeError, AttributeError, EOFError, pickle.UnpicklingError
)  # fmt: skip


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
        there = {name: tuple(tensor.shape) for name, tensor in saved.items()}
    except _DAMAGES as err:
        reason = (str(err).splitlines() or [""])[0].rstrip(".") or type(err).__name__
        raise ConfigError(
            f"{checkpoint} is damaged or not a checkpoint: {reason}. Resume from another checkpoint "
            "(ckpt_path=FILE), or start again (overwrite=true)."
        ) from err
    here = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    differing = [name for name in {**here, **there} if here.get(name) != there.get(name)]
    if differing:
        name = differing[0]
        raise ConfigError(
            f"{checkpoint} has weights of another network: {name} {_shape(there, name)} in the checkpoint, and "
            f"{_shape(here, name)} with this data and these settings. Resume with those of the run (see its "
            "config.yaml), or start again (overwrite=true)."
        )


def _shape(shapes: Mapping[str, tuple[int, ...]], name: str) -> str:
    return f"has the shape {shapes[name]}" if name in shapes else "does not exist"
