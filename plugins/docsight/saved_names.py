"""Keep the names of saved weights when the attribute that holds them is renamed.

Model folders and checkpoints outlive the names in the code. A module whose attribute was renamed declares
`saved_names`, attribute to saved name; one that no longer has a tensor declares `retired_tensors`:

    class Tagger(nn.Module):
        saved_names = {"output": "emit"}  # `output.weight` is saved as, and read from, `emit.weight`
        retired_tensors = frozenset({"embed_corpora.weight"})  # ignored on load

and calls `keep_saved_names(self)` at the end of `__init__`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from torch import nn


def keep_saved_names(module: nn.Module) -> None:
    """Make `state_dict` write, and `load_state_dict` read, the names that the module declares."""
    module.register_state_dict_post_hook(_to_saved)  # type: ignore[no-untyped-call]  # torch
    module.register_load_state_dict_pre_hook(_from_saved)  # type: ignore[no-untyped-call]  # torch


def _to_saved(module: nn.Module, state: dict[str, Any], prefix: str, _: Any) -> None:
    names: Mapping[str, str] = getattr(module, "saved_names", {})
    for key, attribute, rest in _children(state, prefix):
        if attribute in names:
            state[f"{prefix}{names[attribute]}{rest}"] = state.pop(key)


def _from_saved(module: nn.Module, state: dict[str, Any], prefix: str, *_: Any) -> None:
    names = {saved: attribute for attribute, saved in getattr(module, "saved_names", {}).items()}
    for key, saved, rest in _children(state, prefix):
        if saved in names:
            state[f"{prefix}{names[saved]}{rest}"] = state.pop(key)
        elif key.removeprefix(prefix) in getattr(module, "retired_tensors", ()):
            del state[key]


def _children(state: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str, str]]:
    """Yield each key under the prefix, the attribute it belongs to, and the rest of the key with its dot."""
    for key in list(state):
        if key.startswith(prefix):
            attribute, dot, rest = key.removeprefix(prefix).partition(".")
            yield key, attribute, dot + rest
