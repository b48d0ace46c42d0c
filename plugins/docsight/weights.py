"""The weights of a network in a safetensors file.

Model folders and checkpoints outlive the names in the code. A module whose attribute was renamed declares
`saved_names`, attribute to saved name; one that no longer has a tensor declares `retired_tensors`:

    class Tagger(nn.Module):
        saved_names = {"output": "emit"}  # `output.weight` is saved as, and read from, `emit.weight`
        retired_tensors = frozenset({"embed_corpora.weight"})  # ignored on load

and calls `keep_saved_names(self)` at the end of `__init__`.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import safetensors.torch
import torch
from torch import nn

from docsight.errors import BundleError

# Bytes of one number of each type in a safetensors file.
_DTYPE_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
# The types that a file may have for the tensors of a network: floats of either width, integers of exactly their width.
_FLOAT_DTYPES = ("F16", "F32")
_INTEGER_DTYPES = {torch.uint8: "U8", torch.int16: "I16", torch.int32: "I32", torch.int64: "I64"}


@contextmanager
def fixed_torch_defaults() -> Iterator[None]:
    """Build networks in float32 and on the CPU in this block, whatever defaults the host process has set in torch."""
    dtype = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    try:
        with torch.device("cpu"):
            yield
    finally:
        torch.set_default_dtype(dtype)


def keep_saved_names(module: nn.Module) -> None:
    """Make `state_dict` write, and `load_state_dict` read, the names that the module declares."""
    module.register_state_dict_post_hook(_to_saved)  # type: ignore[no-untyped-call]  # torch
    module.register_load_state_dict_pre_hook(_from_saved)  # type: ignore[no-untyped-call]  # torch


def half_precision(network: nn.Module) -> dict[str, torch.Tensor]:
    """Return the weights of a network as they are saved, floats in half precision.

    That halves the size and does not change the results. Reading is exact, so a copy of a copy is identical.
    """
    weights = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).detach().cpu().contiguous()
        for name, tensor in network.state_dict().items()
    }
    if not_finite := [name for name, tensor in weights.items() if not tensor.isfinite().all()]:
        raise BundleError(f"The weights of {', '.join(not_finite)} are not finite, or too large for half precision.")
    return weights


def build_network(
    make: Callable[..., nn.Module], arguments: Mapping[str, Any], content: bytes, *, config: str, weights: str
) -> nn.Module:
    """Build a network and load the bytes of its safetensors file; `config` and `weights` name both in messages.

    Names, types and shapes are checked before memory is allocated.

    Raises:
        BundleError: The arguments do not work, or the weights do not belong to the network.
    """
    try:
        with fixed_torch_defaults(), torch.device("meta"):  # allocates nothing, whatever sizes the config asks for
            skeleton = make(**arguments)
    except (TypeError, ValueError, RuntimeError, IndexError, OverflowError) as err:
        raise BundleError(f"{config}: the network cannot be built from its arguments: {err}") from err
    _compare(skeleton, _read_header(content, weights), weights)
    try:
        tensors = safetensors.torch.load(content)
    except safetensors.SafetensorError as err:
        raise BundleError(f"{weights} cannot be read as safetensors: {err}") from err
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise BundleError(f"{weights}: tensor {name!r} holds NaN or infinity; export the model again.")
    with fixed_torch_defaults():
        network = make(**arguments)
    network.load_state_dict(tensors)
    return network


def _to_saved(module: nn.Module, state: dict[str, Any], prefix: str, _: Any) -> None:
    _rename(state, prefix, getattr(module, "saved_names", {}))


def _from_saved(module: nn.Module, state: dict[str, Any], prefix: str, *_: Any) -> None:
    for name in getattr(module, "retired_tensors", ()):
        state.pop(f"{prefix}{name}", None)
    _rename(state, prefix, {saved: attribute for attribute, saved in getattr(module, "saved_names", {}).items()})


def _rename(state: dict[str, Any], prefix: str, new_names: Mapping[str, str]) -> None:
    for key in list(state):
        name, dot, rest = key.removeprefix(prefix).partition(".")
        if key.startswith(prefix) and name in new_names:
            state[f"{prefix}{new_names[name]}{dot}{rest}"] = state.pop(key)


def _compare(network: nn.Module, found: Mapping[str, tuple[str, list[int]]], where: str) -> None:
    """Compare the tensors of a file with those of the network by name, shape and type."""
    expected = network.state_dict()
    missing = sorted(expected.keys() - found.keys())
    unexpected = sorted(found.keys() - expected.keys() - getattr(network, "retired_tensors", frozenset()))
    if missing or unexpected:
        raise BundleError(
            f"{where}: the tensors are not those of the network. Missing: {', '.join(missing) or 'none'}; "
            f"unexpected: {', '.join(unexpected) or 'none'}."
        )
    for name, tensor in expected.items():
        dtype, shape = found[name]
        if shape != list(tensor.shape):
            raise BundleError(f"{where}: tensor {name!r} has shape {shape}; the network expects {list(tensor.shape)}.")
        dtypes = _FLOAT_DTYPES if tensor.is_floating_point() else (_INTEGER_DTYPES[tensor.dtype],)
        if dtype not in dtypes:
            raise BundleError(f"{where}: tensor {name!r} is of type {dtype}; expected {' or '.join(dtypes)}.")


def _read_header(content: bytes, where: str) -> dict[str, tuple[str, list[int]]]:
    """Return the type and shape of each tensor in a safetensors file, and check that the file is complete."""
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 or size > len(content) - 8:
        raise BundleError(f"{where} is truncated: its header needs {size + 8:,} bytes, it has {len(content):,}.")
    try:
        header = json.loads(content[8 : 8 + size])
        header.pop("__metadata__", None)
        needed = sum(math.prod(entry["shape"]) * _DTYPE_BYTES[entry["dtype"]] for entry in header.values())
        tensors = {name: (entry["dtype"], list(entry["shape"])) for name, entry in header.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as err:
        raise BundleError(f"{where}: this is not a safetensors header: {err!r}.") from err
    if needed != len(content) - 8 - size:
        raise BundleError(
            f"{where}: its header announces {needed:,} bytes of weights; it has {len(content) - 8 - size:,}. "
            "The file is truncated or altered."
        )
    return tensors
