import pytest
import torch

from docsight.networks.context import ContextNetwork

SMALL = {"word_dim": 6, "char_dim": 3, "char_hidden": 4, "casing_dim": 2, "hidden_dim": 5, "dropout": 0.0}
WORDS = torch.tensor([2, 3, 4, 9, 40])  # the last two have no embedding
CHARS = torch.tensor([[2, 3, 0], [4, 0, 0], [2, 2, 2], [5, 3, 0], [5, 3, 0]])


def _network(**options) -> ContextNetwork:
    torch.manual_seed(0)
    network = ContextNetwork(num_words=6, num_chars=7, **{**SMALL, **options})
    torch.nn.init.normal_(network.bias.weight)
    return network.eval()


def _states(network: ContextNetwork, index: list[int], casings: list[int] | None = None):
    encoded = network.encode(WORDS, CHARS)
    row = torch.tensor([index])
    cased = torch.tensor([casings or [1] * len(index)])
    left, right = network.read(encoded[row], cased, torch.tensor([len(index)]))
    return left[0], right[0]


def test_context_network_encodes_a_word_without_an_embedding_by_its_characters_alone():
    network = _network()
    encoded = network.encode(WORDS, CHARS)
    by_chars = network.project(network.encode_chars(CHARS))
    assert torch.allclose(encoded[3:], by_chars[3:])
    assert torch.allclose(encoded[3], encoded[4], atol=1e-6)
    assert torch.allclose(encoded[:3], by_chars[:3] + network.embed_words(WORDS[:3]))


def test_context_network_padding_and_unknown_have_no_embedding():
    network = _network()
    ids = torch.tensor([0, 1])
    assert torch.allclose(network.encode(ids, CHARS[:2]), network.project(network.encode_chars(CHARS[:2])))


def test_context_network_has_one_place_more_than_words():
    left, right = _states(_network(), [0, 1, 2, 3])
    assert left.shape == right.shape == (5, 5)


@pytest.mark.parametrize("place", [0, 1, 3])
def test_context_network_ignores_the_word_in_the_place(place):
    network = _network()
    index = [0, 1, 2, 3]
    left, right = _states(network, index)
    other = [*index]
    other[place] = (index[place] + 2) % 4
    left_other, right_other = _states(network, other, [2 if at == place else 1 for at in range(4)])
    assert torch.allclose(left[place], left_other[place], atol=1e-6)
    assert torch.allclose(right[place + 1], right_other[place + 1], atol=1e-6)
    # The places beside it do.
    assert not torch.allclose(left[place + 1], left_other[place + 1], atol=1e-4)
    assert not torch.allclose(right[place], right_other[place], atol=1e-4)


def test_context_network_left_ignores_later_words_and_right_ignores_earlier_ones():
    network = _network()
    (left, right), (left_other, right_other) = _states(network, [0, 1, 2, 3]), _states(network, [0, 1, 0, 0])
    assert torch.allclose(left[:3], left_other[:3], atol=1e-6)
    (_, right), (_, right_other) = _states(network, [0, 1, 2, 3]), _states(network, [2, 2, 2, 3])
    assert torch.allclose(right[2:], right_other[2:], atol=1e-6)


def test_context_network_a_place_of_two_words_has_the_states_around_both():
    network = _network()
    left, right = _states(network, [0, 1, 2, 3])
    left_other, right_other = _states(network, [0, 4, 0, 3])
    assert torch.allclose(left[1], left_other[1], atol=1e-6)
    assert torch.allclose(right[3], right_other[3], atol=1e-6)


def test_context_network_ignores_padding():
    network = _network()
    encoded = network.encode(WORDS, CHARS)
    lengths = torch.tensor([4, 2, 1])
    index = torch.tensor([[0, 1, 2, 3], [2, 3, 4, 4], [1, 0, 0, 0]])
    left, right = network.read(encoded[index], torch.ones_like(index), lengths)
    for row, length in enumerate(lengths.tolist()):
        alone_left, alone_right = _states(network, index[row, :length].tolist())
        assert torch.allclose(left[row, : length + 1], alone_left, atol=1e-6)
        assert torch.allclose(right[row, : length + 1], alone_right, atol=1e-6)


def test_context_network_the_ends_of_all_sentences_look_alike():
    network = _network()
    left, right = _states(network, [0, 1])
    left_other, right_other = _states(network, [3, 2, 1])
    assert torch.allclose(left[0], left_other[0], atol=1e-6)
    assert torch.allclose(right[-1], right_other[-1], atol=1e-6)


def test_context_network_keys_have_a_bias_where_words_have_an_embedding():
    network = _network()
    encoded = network.encode(WORDS, CHARS)
    vectors, biases = network.keys(WORDS, encoded)
    common = network.to_key(encoded)
    assert vectors.shape == (5, 6)
    assert torch.allclose(vectors, common[:, :-1])
    assert torch.allclose(biases[:3] - common[:3, -1], network.bias.weight[2:5, 0], atol=1e-6)
    assert torch.allclose(biases[3:], common[3:, -1])


def test_context_network_query_joins_both_sides():
    network = _network()
    left, right = _states(network, [0, 1, 2])
    queries = network.query(left, right)
    assert queries.shape == (4, 6)
    assert not torch.allclose(network.query(left, right * 0), queries, atol=1e-4)
    assert not torch.allclose(network.query(left * 0, right), queries, atol=1e-4)


def test_context_network_word_dropout_removes_embeddings_only_in_training():
    network = _network(word_dropout=1.0)
    by_chars = network.project(network.encode_chars(CHARS))
    assert not torch.allclose(network.encode(WORDS, CHARS)[:3], by_chars[:3])
    assert torch.allclose(network.train().encode(WORDS, CHARS), by_chars, atol=1e-6)


def test_context_network_in_bytes_equals_the_trained_one():
    trained = _network()
    stored = ContextNetwork(num_words=6, num_chars=7, **SMALL, in_bytes=True).eval()
    stored.copy_from(trained)
    expected = trained.encode(WORDS, CHARS)
    assert torch.allclose(stored.encode(WORDS, CHARS), expected, atol=0.01)
    for found, wanted in zip(stored.keys(WORDS, expected), trained.keys(WORDS, expected), strict=True):
        assert torch.equal(found, wanted)


def test_context_network_rejects_weights_of_other_sizes():
    stored = ContextNetwork(num_words=6, num_chars=7, **SMALL, in_bytes=True)
    with pytest.raises(RuntimeError, match="size mismatch"):
        stored.copy_from(_network(hidden_dim=7))
