"""Where torch computes: choosing a device, and staying safe under fork."""

import os

import torch

from docsight.errors import ConfigError

DEVICES = ("auto", "cpu", "cuda", "mps")


def choose_device(name: str) -> torch.device:
    """Return the device of a component's `device` setting.

    Args:
        name: cpu, cuda or mps (cuda:1 and the like, too), or auto: cuda where there is one, else the CPU.

    Raises:
        ConfigError: The name is unknown, or this machine has no such device.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    kind = name.split(":")[0]
    if kind not in DEVICES:
        raise ConfigError(f"device={name!r} is unknown; expected one of {', '.join(DEVICES)}, or such as cuda:1.")
    if kind == "cuda" and not torch.cuda.is_available():
        raise ConfigError(f"device={name!r}: torch finds no CUDA device here; use device='cpu' or 'auto'.")
    if kind == "mps" and not torch.backends.mps.is_available():
        raise ConfigError(f"device={name!r}: torch finds no MPS device here; use device='cpu' or 'auto'.")
    try:
        return torch.device(name)
    except RuntimeError as err:
        raise ConfigError(f"device={name!r} is no device that torch knows: {err}") from err


def _one_thread_after_fork() -> None:
    """A forked child inherits torch's thread pool without its threads, and would wait for them for ever."""
    torch.set_num_threads(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_one_thread_after_fork)
