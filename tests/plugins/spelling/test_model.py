"""The names under which a speller's weights are saved."""

import pytest
import torch

from docsight.bundle import load_folder

RENAMED = {
    "lexicon.twin": "lexicon.variant",
    "letters.leave_out": "letters.delete",
    "letters.put_in": "letters.insert",
    "typing.emit.weight": "typing.output.weight",
    "context.ahead.weight_ih_l0": "context.forward_lstm.weight_ih_l0",
    "context.back.weight_ih_l0": "context.backward_lstm.weight_ih_l0",
    "context.ask.bias": "context.to_query.bias",
    "context.answer.bias": "context.to_key.bias",
}


@pytest.mark.parametrize(("saved", "attribute"), RENAMED.items())
def test_speller_reads_and_writes_the_saved_name_of_a_renamed_tensor(tiny_speller, saved, attribute):
    network = load_folder(tiny_speller, kind="speller").network
    state = network.state_dict()
    assert saved in state
    assert attribute not in state
    module, _, name = attribute.rpartition(".")
    network.load_state_dict(state | {saved: torch.ones_like(state[saved])}, strict=True)
    assert (getattr(network.get_submodule(module), name) == 1).all()
