import copy
import pickle

import pytest
import torch
from torch import nn

from docsight.weights import keep_saved_names


class Renamed(nn.Module):
    saved_names = {"output": "emit", "scale": "gain"}
    retired_tensors = frozenset({"embed.weight"})

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.randn(2))
        self.output = nn.Linear(2, 3)
        keep_saved_names(self)


class Parent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = Renamed(), nn.Linear(1, 1)


@pytest.mark.parametrize("make", [Renamed, Parent], ids=["itself", "nested"])
@pytest.mark.parametrize("through", [lambda module: module, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_weights_are_saved_and_read_under_their_saved_names(make, through):
    module = through(make())
    state = module.state_dict()
    prefix = "first." if make is Parent else ""
    saved = {f"{prefix}{name}" for name in ("gain", "emit.weight", "emit.bias")}
    assert {name for name in state if not name.startswith("second")} == saved
    other = through(make())
    other.load_state_dict(state, strict=True)
    for ours, theirs in zip(other.parameters(), module.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_weights_are_read_under_the_names_of_the_attributes_too():
    module, other = Renamed(), Renamed()
    other.load_state_dict(dict(module.named_parameters()), strict=True)
    assert torch.equal(other.output.weight, module.output.weight)


def test_retired_tensors_are_ignored_and_others_are_not():
    module = Renamed()
    state = module.state_dict()
    module.load_state_dict(state | {"embed.weight": torch.zeros(1)}, strict=True)
    with pytest.raises(RuntimeError, match=r"Unexpected key.*embed\.bias"):
        module.load_state_dict(state | {"embed.bias": torch.zeros(1)}, strict=True)
