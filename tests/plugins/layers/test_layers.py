"""One table over all layers, then what is particular to each."""

import itertools

import pytest
import torch

from docsight.layers.char_encoder import CharCNN
from docsight.layers.coded_embedding import CodedEmbedding
from docsight.layers.crf import LinearChainCRF
from docsight.layers.sequence import BiLSTM, reverse_rows
from docsight.tags import iobes_rules, iobes_tags, spans_from_iobes

CHARS = torch.tensor([[2, 3, 4, 0], [5, 0, 0, 0], [2, 2, 2, 2]])
ROWS = torch.arange(30.0).reshape(2, 5, 3) / 10
LENGTHS = torch.tensor([5, 2])


def _crf(labels=("A", "B"), seed=0):
    torch.manual_seed(seed)
    tags = iobes_tags(labels)
    follows, first, last = iobes_rules(tags)
    crf = LinearChainCRF(follows=follows, first=first, last=last)
    for parameter in crf.parameters():
        torch.nn.init.normal_(parameter)
    return tags, crf


@pytest.mark.parametrize(
    ("layer", "inputs", "shape"),
    [
        (CharCNN(num_chars=6, char_dim=4, width=7), (CHARS,), (3, 7)),
        (BiLSTM(input_dim=3, hidden_dim=4), (ROWS, LENGTHS), (2, 5, 8)),
        (CodedEmbedding(10, 6, parts=3), (torch.tensor([1, 9]),), (2, 6)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_layer_keeps_its_shape_and_reloads_from_its_state(layer, inputs, shape):
    out = layer(*inputs)
    assert out.shape == shape
    assert torch.isfinite(out).all()
    layer.load_state_dict(layer.state_dict(), strict=True)
    assert torch.equal(layer(*inputs), out)


def test_char_cnn_does_not_see_padding():
    layer = CharCNN(num_chars=6, char_dim=4, width=7)
    wide = torch.cat([CHARS, torch.zeros(3, 6, dtype=torch.long)], dim=1)
    assert torch.allclose(layer(CHARS), layer(wide))


def test_char_cnn_tells_a_prefix_from_the_middle():
    layer = CharCNN(num_chars=6, char_dim=4, width=32)
    ends, starts = layer(torch.tensor([[2, 3, 3]])), layer(torch.tensor([[3, 3, 2]]))
    assert not torch.allclose(ends, starts)


def test_reverse_rows_stays_within_each_length():
    x = torch.arange(5.0).repeat(2, 1).unsqueeze(2)
    assert reverse_rows(x, LENGTHS).squeeze(2).tolist() == [[4, 3, 2, 1, 0], [1, 0, 2, 3, 4]]


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


def test_coded_embedding_gives_back_what_few_vectors_it_was_given():
    torch.manual_seed(0)
    vectors = torch.randn(100, 6)
    vectors[0] = 0
    layer = CodedEmbedding(100, 6, parts=3)
    layer.encode(vectors)
    out = layer(torch.arange(100))
    assert torch.allclose(out, vectors, atol=1e-4)  # fewer rows than centroids: nothing is lost
    assert torch.equal(out[0], torch.zeros(6))


def test_coded_embedding_of_many_vectors_stays_near():
    torch.manual_seed(0)
    vectors = torch.randn(5000, 4)
    layer = CodedEmbedding(5000, 4, parts=2)
    layer.encode(vectors)
    out = layer(torch.arange(5000))
    assert torch.cosine_similarity(out, vectors).mean() > 0.98


def test_coded_embedding_refuses_parts_that_do_not_divide_the_width():
    with pytest.raises(ValueError, match="4 parts of 6"):
        CodedEmbedding(10, 6, parts=4)


@pytest.mark.parametrize("seed", range(3))
def test_crf_equals_brute_force(seed):
    tags, crf = _crf(seed=seed)
    emissions = torch.randn(2, 4, len(tags))
    lengths = torch.tensor([4, 2])
    steps, first, last = (t.detach() for t in crf.scores())
    partition, best = crf.log_partition(emissions, lengths), crf.decode(emissions, lengths)
    for row, n in enumerate(lengths.tolist()):
        scores = {}
        for path in itertools.product(range(len(tags)), repeat=n):
            score = first[path[0]] + last[path[-1]] + sum(emissions[row, i, tag] for i, tag in enumerate(path))
            score = score + sum(steps[a, b] for a, b in itertools.pairwise(path))
            scores[path] = float(score)
        total = torch.logsumexp(torch.tensor(list(scores.values()), dtype=torch.float64), 0)
        assert float(partition[row].detach()) == pytest.approx(float(total), abs=1e-4)
        assert tuple(best[row, :n].tolist()) == max(scores, key=scores.__getitem__)
        gold = max(scores, key=scores.__getitem__)
        allowed = torch.zeros(2, 4, len(tags), dtype=torch.bool)
        for i, tag in enumerate(gold):
            allowed[row, i, tag] = True
        likelihood = crf.log_likelihood(emissions, lengths, allowed)[row]
        assert float(likelihood.detach()) == pytest.approx(scores[gold] - float(total), abs=1e-4)
        for start in range(n):
            for end in range(start + 1, n + 1):
                run = [4] if end - start == 1 else [1, *[2] * (end - start - 2), 3]  # S-A, or B-A … E-A
                log_posterior = crf.run_log_posterior(
                    emissions,
                    lengths,
                    torch.tensor([row]),
                    torch.tensor([start]),
                    torch.tensor([run]),
                    torch.tensor([len(run)]),
                )
                through = [s for path, s in scores.items() if list(path[start:end]) == run]
                expected = torch.logsumexp(torch.tensor(through, dtype=torch.float64), 0) - total
                assert float(log_posterior) == pytest.approx(min(0.0, float(expected)), abs=1e-4)


def test_crf_likelihood_is_marginal_over_what_is_left_open():
    tags, crf = _crf()
    emissions, lengths = torch.randn(1, 2, len(tags)), torch.tensor([2])
    everything = torch.ones(1, 2, len(tags), dtype=torch.bool)
    assert float(crf.log_likelihood(emissions, lengths, everything).detach()) == pytest.approx(0, abs=1e-5)
    parts = []
    for tag in (0, 4):  # O or S-A first, O behind
        allowed = torch.zeros(1, 2, len(tags), dtype=torch.bool)
        allowed[0, 0, tag] = allowed[0, 1, 0] = True
        parts.append(crf.log_likelihood(emissions, lengths, allowed).detach())
    both = torch.zeros(1, 2, len(tags), dtype=torch.bool)
    both[0, 0, [0, 4]] = both[0, 1, 0] = True
    assert torch.allclose(crf.log_likelihood(emissions, lengths, both), torch.logaddexp(*parts), atol=1e-5)


def test_crf_never_decodes_an_illegal_path():
    tags, crf = _crf(("A", "B", "C"))
    emissions = 50 * torch.randn(64, 12, len(tags))
    lengths = torch.randint(1, 13, (64,))
    follows, first, last = iobes_rules(tags)
    for row, n in zip(crf.decode(emissions, lengths).tolist(), lengths.tolist(), strict=True):
        assert first[row[0]]
        assert last[row[n - 1]]
        assert all(follows[a][b] for a, b in itertools.pairwise(row[:n]))
        assert row[n:] == [0] * (12 - n)
        spans_from_iobes([tags[tag] for tag in row[:n]])


def test_crf_gives_an_illegal_path_no_probability_and_a_finite_gradient():
    tags, crf = _crf(("A",))
    emissions = torch.randn(1, 3, len(tags), requires_grad=True)
    lengths = torch.tensor([3])
    allowed = torch.zeros(1, 3, len(tags), dtype=torch.bool)
    allowed[0, 0, 2] = allowed[0, 1, 0] = allowed[0, 2, 0] = True  # I-A O O
    likelihood = crf.log_likelihood(emissions, lengths, allowed)
    assert float(likelihood.detach().exp()) == 0.0
    likelihood.sum().backward()
    assert torch.isfinite(emissions.grad).all()


def test_crf_does_not_see_padding():
    tags, crf = _crf()
    emissions, lengths = torch.randn(2, 5, len(tags)), torch.tensor([5, 3])
    wide = torch.cat([emissions, 100 * torch.randn(2, 4, len(tags))], dim=1)
    assert torch.allclose(crf.log_partition(emissions, lengths), crf.log_partition(wide, lengths))
    assert torch.equal(crf.decode(emissions, lengths), crf.decode(wide, lengths)[:, :5])
