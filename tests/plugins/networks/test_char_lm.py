import math

import pytest
import torch

from docsight.networks.char_lm import UNKNOWN, CharLM


def _network(**options) -> CharLM:
    torch.manual_seed(0)
    return CharLM(**{"chars": " abc", "char_dim": 3, "hidden_dim": 5, **options}).eval()


def test_char_lm_numbers_characters_from_one_and_unknown_ones_zero():
    assert _network().encode("a b?").tolist() == [2, 1, 3, UNKNOWN]


def test_char_lm_with_zero_weights_is_uniform():
    network = _network()
    for parameter in network.parameters():
        torch.nn.init.zeros_(parameter)
    log_probs, _ = network.step(torch.tensor([1]), network.start())
    assert log_probs.tolist()[0] == pytest.approx([math.log(1 / 5)] * 5)


@torch.no_grad()
def test_char_lm_lstm_gates_follow_the_formula():
    network = _network(hidden_dim=1, char_dim=1)
    for parameter in network.parameters():
        torch.nn.init.constant_(parameter, 0.5)
    # Every gate reads 0.5 * 0.5 + 0.5 * 0 + 0.5 + 0.5 = 1.25.
    _, state = network.step(torch.tensor([1]), network.start())
    cell = torch.sigmoid(torch.tensor(1.25)) * torch.tanh(torch.tensor(1.25))
    assert float(state.cell) == pytest.approx(float(cell))
    assert float(state.hidden) == pytest.approx(float(torch.sigmoid(torch.tensor(1.25)) * torch.tanh(cell)))


@torch.no_grad()
def test_char_lm_step_equals_forward():
    network = _network()
    ids = torch.tensor([[1, 2, 3, 0], [4, 4, 1, 2]])
    logits, end = network(ids, network.start(2))
    state = network.start(2)
    for at in range(4):
        log_probs, state = network.step(ids[:, at], state)
        torch.testing.assert_close(log_probs, logits[:, at].log_softmax(dim=1))
    torch.testing.assert_close(state, end)


@torch.no_grad()
def test_char_lm_forward_continues_from_a_state():
    network = _network()
    ids = torch.tensor([[1, 2, 3, 4, 2]])
    whole, _ = network(ids, network.start())
    first, state = network(ids[:, :2], network.start())
    second, _ = network(ids[:, 2:], state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole)


@torch.no_grad()
def test_char_lm_state_select_returns_the_given_rows_in_order():
    network = _network()
    _, state = network.step(torch.tensor([1, 2, 3]), network.start(3))
    chosen = state.select([2, 0, 2])
    assert torch.equal(chosen.hidden, state.hidden[[2, 0, 2]])
    assert torch.equal(chosen.cell, state.cell[[2, 0, 2]])


@pytest.mark.parametrize("chars", ["", "aba"])
def test_char_lm_rejects_empty_and_repeated_characters(chars):
    with pytest.raises(ValueError, match="each once"):
        _network(chars=chars)
