"""The device that torch computes on, and safety under fork."""

import os

import torch

from docsight.errors import ConfigError

DEVICES = ("auto", "cpu", "cuda", "mps")


def choose_device(name: str) -> torch.device:
    """Return the device for a component's `device` setting.

    Args:
        name: cpu, cuda or mps, optionally with an index such as cuda:1; or auto: cuda if available, else the CPU.

    Raises:
        ConfigError: The name is unknown, or this machine has no such device.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    kind = name.split(":")[0]
    if kind not in DEVICES:
        raise ConfigError(f"device={name!r} is unknown; expected one of {', '.join(DEVICES)}, or for example cuda:1.")
    if kind == "cuda" and not torch.cuda.is_available():
        raise ConfigError(f"device={name!r}: torch finds no CUDA device here; use device='cpu' or 'auto'.")
    if kind == "mps" and not torch.backends.mps.is_available():
        raise ConfigError(f"device={name!r}: torch finds no MPS device here; use device='cpu' or 'auto'.")
    try:
        return torch.device(name)
    except RuntimeError as err:
        raise ConfigError(f"device={name!r} is not a device that torch knows: {err}") from err


def _use_one_thread_after_fork() -> None:
    """Avoid a deadlock: a forked child inherits torch's thread pool, but not its threads, and would wait for them."""
    torch.set_num_threads(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_use_one_thread_after_fork)
