"""Tests of all layers in one table, then of each layer."""

import pickle

import pytest
import torch

from docsight.layers.convolutions import CharCNN, ConvBlock, WindowCNN
from docsight.layers.embeddings import CodedEmbedding
from docsight.layers.lstms import (
    BiLSTM,
    LeftToRightLSTM,
    UnidirectionalLSTM,
    has_fast_bfloat16,
    padded_size,
    reverse_rows,
)

CHARS = torch.tensor([[2, 3, 4, 0], [5, 0, 0, 0], [2, 2, 2, 2]])
ROWS = torch.arange(30.0).reshape(2, 5, 3) / 10
LENGTHS = torch.tensor([5, 2])
_NEEDS_BFLOAT16 = pytest.mark.skipif(
    not has_fast_bfloat16(torch.device("cpu")), reason="elsewhere, oneDNN has no LSTM in bfloat16 for training"
)


def _coded_embedding() -> CodedEmbedding:
    layer = CodedEmbedding(10, 6, parts=3)
    layer.encode(torch.randn(10, 6))
    return layer


@pytest.mark.parametrize(
    ("make", "inputs", "shape"),
    [
        (lambda: CharCNN(num_chars=6, char_dim=4, width=7), (CHARS,), (3, 7)),
        (lambda: BiLSTM(input_dim=3, hidden_dim=4), (ROWS, LENGTHS), (2, 5, 8)),
        (lambda: LeftToRightLSTM(input_dim=3, hidden_dim=4), (ROWS, LENGTHS), (2, 5, 4)),
        (lambda: WindowCNN(input_dim=3, hidden_dim=4), (ROWS, LENGTHS), (2, 5, 4)),
        (lambda: WindowCNN(input_dim=3, hidden_dim=3), (ROWS, LENGTHS), (2, 5, 3)),
        (_coded_embedding, (torch.tensor([1, 9]),), (2, 6)),
        (lambda: ConvBlock(channels=1, widths=[2, 2]).eval(), (torch.randn(3, 1, 4, 4),), (3, 2, 4, 4)),
    ],
    ids=["CharCNN", "BiLSTM", "LeftToRightLSTM", "WindowCNN", "residual WindowCNN", "CodedEmbedding", "ConvBlock"],
)
def test_layer_keeps_its_shape_and_reloads_from_its_state(make, inputs, shape):
    torch.manual_seed(0)
    layer, other = make(), make()
    out = layer(*inputs)
    assert out.shape == shape
    assert torch.isfinite(out).all()
    assert not torch.allclose(other(*inputs), out)  # it has its own weights until it loads those of the first
    other.load_state_dict(layer.state_dict(), strict=True)
    assert torch.equal(other(*inputs), out)


def test_char_cnn_ignores_padding():
    layer = CharCNN(num_chars=6, char_dim=4, width=7)
    wide = torch.cat([CHARS, torch.zeros(3, 6, dtype=torch.long)], dim=1)
    assert torch.allclose(layer(CHARS), layer(wide))


def test_char_cnn_distinguishes_a_prefix_from_the_middle():
    layer = CharCNN(num_chars=6, char_dim=4, width=32)
    ends, starts = layer(torch.tensor([[2, 3, 3]])), layer(torch.tensor([[3, 3, 2]]))
    assert not torch.allclose(ends, starts)


def test_reverse_rows_stays_within_each_length():
    x = torch.arange(5.0).repeat(2, 1).unsqueeze(2)
    assert reverse_rows(x, LENGTHS).squeeze(2).tolist() == [[4, 3, 2, 1, 0], [1, 0, 2, 3, 4]]
    assert reverse_rows(x, torch.tensor([5, 5])).squeeze(2).tolist() == [[4, 3, 2, 1, 0]] * 2


@_NEEDS_BFLOAT16
@torch.no_grad()
def test_unidirectional_lstm_equals_torchs_under_autocast_also_after_its_weights_change():
    torch.manual_seed(0)
    layer, expected = UnidirectionalLSTM(3, 4).eval(), torch.nn.LSTM(3, 4, batch_first=True)
    for weights in (expected.state_dict(), torch.nn.LSTM(3, 4).state_dict()):
        expected.load_state_dict(weights)
        layer.load_state_dict(weights)
        assert torch.equal(layer(ROWS)[0], expected(ROWS)[0])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found, wanted = layer(ROWS), expected(ROWS)
        assert torch.equal(found[0], wanted[0])
        assert all(torch.equal(ours, theirs) for ours, theirs in zip(found[1], wanted[1], strict=True))


@_NEEDS_BFLOAT16
def test_unidirectional_lstm_has_gradients_under_autocast():
    layer = UnidirectionalLSTM(3, 4)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        layer(ROWS)[0].sum().backward()
    assert layer.weight_hh_l0.grad.abs().sum() > 0


@torch.no_grad()
def test_unidirectional_lstm_forgets_its_cast_weights_in_training_and_in_pickles():
    layer = UnidirectionalLSTM(3, 4).eval()
    size = len(pickle.dumps(layer))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        before = layer(ROWS)[0]
        assert len(pickle.dumps(layer)) == size
        layer.train()
        for weight in layer.parameters():
            weight.data.mul_(0)  # which torch does not count as a change
        assert torch.equal(layer.eval()(ROWS)[0], torch.zeros_like(before))


@pytest.mark.parametrize(("capabilities", "is_fast"), [({"avx512_bf16": True}, True), ({"avx2": True}, False)])
def test_bfloat16_is_fast_on_processors_that_have_it(capabilities, is_fast, monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)
    assert has_fast_bfloat16(torch.device("cpu")) is is_fast
    assert not has_fast_bfloat16(torch.device("mps"))


def test_bilstm_equals_torchs_packed_bidirectional_lstm():
    torch.manual_seed(0)
    ours = BiLSTM(input_dim=3, hidden_dim=4)
    torchs = torch.nn.LSTM(3, 4, batch_first=True, bidirectional=True)
    for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"):
        getattr(torchs, name).data.copy_(getattr(ours.forward_lstm, name))
        getattr(torchs, name + "_reverse").data.copy_(getattr(ours.backward_lstm, name))
    packed = torch.nn.utils.rnn.pack_padded_sequence(ROWS, LENGTHS, batch_first=True)
    expected, _ = torch.nn.utils.rnn.pad_packed_sequence(torchs(packed)[0], batch_first=True)
    out = ours(ROWS, LENGTHS)
    assert torch.allclose(out[0], expected[0], atol=1e-6)
    assert torch.allclose(out[1, :2], expected[1, :2], atol=1e-6)


def test_coded_embedding_reproduces_few_vectors_exactly():
    torch.manual_seed(0)
    vectors = torch.randn(100, 6)
    vectors[0] = 0
    layer = CodedEmbedding(100, 6, parts=3)
    layer.encode(vectors)
    out = layer(torch.arange(100))
    assert torch.allclose(out, vectors, atol=1e-4)  # fewer rows than centroids: nothing is lost
    assert torch.equal(out[0], torch.zeros(6))


def test_coded_embedding_approximates_many_vectors():
    torch.manual_seed(0)
    vectors = torch.randn(5000, 4)
    layer = CodedEmbedding(5000, 4, parts=2)
    layer.encode(vectors)
    out = layer(torch.arange(5000))
    assert torch.cosine_similarity(out, vectors).mean() > 0.98


def test_coded_embedding_refuses_parts_that_do_not_divide_the_width():
    with pytest.raises(ValueError, match="4 parts of 6"):
        CodedEmbedding(10, 6, parts=4)


@pytest.mark.parametrize(
    ("layer", "seen"),
    [(BiLSTM, [0, 1, 2, 3, 4]), (LeftToRightLSTM, [2, 3, 4]), (WindowCNN, [1, 2, 3])],
    ids=["BiLSTM", "LeftToRightLSTM", "WindowCNN"],
)
def test_a_context_layer_sees_the_words_of_its_kind(layer, seen):
    torch.manual_seed(0)
    layer = layer(input_dim=3, hidden_dim=4).eval().double()  # no fast bfloat16: equal means equal
    rows = torch.randn(1, 5, 3, dtype=torch.double)
    changed = rows.clone()
    changed[0, 2] += 1
    difference = (layer(rows, torch.tensor([5])) - layer(changed, torch.tensor([5]))).abs().sum(dim=2)
    assert difference[0].nonzero().flatten().tolist() == seen


@pytest.mark.parametrize("layer", [BiLSTM, LeftToRightLSTM, WindowCNN])
def test_a_context_layer_ignores_padding(layer):
    torch.manual_seed(0)
    layer = layer(input_dim=3, hidden_dim=4).eval()
    alone = layer(ROWS[1:, :2], LENGTHS[1:])
    padded = layer(ROWS, LENGTHS)[1:, :2]
    assert torch.allclose(alone, padded, atol=1e-6)


@pytest.mark.parametrize(
    ("size", "multiple", "padded"), [(1, 16, 1), (3, 16, 4), (9, 16, 16), (16, 16, 16), (17, 16, 32), (33, 32, 64)]
)
def test_padded_size_is_a_power_of_two_or_a_multiple(size, multiple, padded):
    assert padded_size(size, multiple) == padded


def test_char_cnn_encodes_many_words_like_a_few(monkeypatch):
    torch.manual_seed(0)
    layer = CharCNN(num_chars=9, char_dim=4, width=8).eval()
    lengths = torch.arange(50) % 7 + 1
    chars = torch.randint(2, 9, (50, 7)).masked_fill(torch.arange(7) >= lengths.unsqueeze(1), 0)
    together = layer(chars)
    monkeypatch.setattr("docsight.layers.convolutions._WORDS_PER_BLOCK", 8)
    assert torch.allclose(layer(chars), together, atol=1e-6)
