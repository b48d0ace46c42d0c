import pytest
import torch

from docsight.layers import lstms
from docsight.layers.lstms import CharLSTM

CHARS = torch.tensor([[2, 3, 4, 0], [5, 0, 0, 0], [2, 2, 2, 2], [3, 2, 0, 0]])
LENGTHS = (3, 1, 4, 2)


def _layer() -> CharLSTM:
    torch.manual_seed(0)
    return CharLSTM(num_chars=6, char_dim=3, hidden_dim=4).eval()


def test_char_lstm_keeps_its_shape_and_reloads_from_its_state():
    layer = _layer()
    out = layer(CHARS)
    assert out.shape == (4, 8)
    copy = CharLSTM(num_chars=6, char_dim=3, hidden_dim=4)
    copy.load_state_dict(layer.state_dict(), strict=True)
    assert torch.equal(copy(CHARS), out)


def test_char_lstm_equals_the_last_states_of_torchs_packed_bidirectional_lstm():
    layer = _layer()
    torchs = torch.nn.LSTM(3, 4, batch_first=True, bidirectional=True)
    for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"):
        getattr(torchs, name).data.copy_(getattr(layer.forward_lstm, name))
        getattr(torchs, name + "_reverse").data.copy_(getattr(layer.backward_lstm, name))
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        layer.embed(CHARS), torch.tensor(LENGTHS), batch_first=True, enforce_sorted=False
    )
    last = torchs(packed)[1][0]  # (directions, words, hidden)
    assert torch.allclose(layer(CHARS), torch.cat([last[0], last[1]], dim=1), atol=1e-6)


def test_char_lstm_ignores_padding():
    layer = _layer()
    wide = torch.cat([CHARS, torch.zeros(4, 20, dtype=torch.long)], dim=1)
    assert torch.allclose(layer(wide), layer(CHARS), atol=1e-6)
    for row, length in enumerate(LENGTHS):
        assert torch.allclose(layer(CHARS[row : row + 1, :length])[0], layer(CHARS)[row], atol=1e-6)


@pytest.mark.parametrize("words", [1, 31, 32, 33, 70])
def test_char_lstm_keeps_the_order_of_words_across_blocks(monkeypatch, words):
    monkeypatch.setattr(lstms, "BLOCK_SIZE", 20)
    layer = _layer()
    torch.manual_seed(1)
    lengths = torch.randint(1, 7, (words,))
    chars = torch.randint(2, 6, (words, 6)) * (torch.arange(6) < lengths.unsqueeze(1))
    alone = torch.cat([layer(chars[row : row + 1]) for row in range(words)])
    assert torch.allclose(layer(chars), alone, atol=1e-6)


def test_char_lstm_depends_on_the_order_of_letters():
    layer = _layer()
    out = layer(torch.tensor([[2, 3, 4], [4, 3, 2], [3, 2, 4]]))
    assert not torch.allclose(out[0], out[1], atol=1e-3)
    assert not torch.allclose(out[0], out[2], atol=1e-3)


def test_char_lstm_of_no_words_is_empty():
    assert _layer()(torch.zeros(0, 3, dtype=torch.long)).shape == (0, 8)
