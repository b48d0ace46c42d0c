import pytest
import torch

from docsight.layers.embeddings import ByteEmbedding


def _encoded(vectors: torch.Tensor) -> ByteEmbedding:
    layer = ByteEmbedding(*vectors.shape)
    layer.encode(vectors)
    return layer


def test_byte_embedding_is_zero_until_encode():
    assert torch.equal(ByteEmbedding(3, 4)(torch.tensor([0, 2, 2])), torch.zeros(3, 4))


def test_byte_embedding_has_no_weights_to_train():
    layer = ByteEmbedding(3, 4)
    assert not list(layer.parameters())
    assert {name: part.dtype for name, part in layer.state_dict().items()} == {
        "codes": torch.uint8,
        "scales": torch.float32,
    }


def test_byte_embedding_keeps_255_levels_of_each_row():
    vectors = torch.tensor([[127.0, -127.0, 1.0, 0.4], [0.0, 0.0, 0.0, 0.0], [-63.5, 0.5, 0.7, 20.0]])
    assert _encoded(vectors)(torch.arange(3)).tolist() == [
        [127.0, -127.0, 1.0, 0.0],
        [0.0, 0.0, 0.0, 0.0],
        [-63.5, 0.5, 0.5, 20.0],
    ]


@pytest.mark.parametrize("scale", [1e-3, 0.1, 30.0])
def test_byte_embedding_error_is_at_most_half_a_level(scale):
    torch.manual_seed(0)
    vectors = torch.randn(200, 16) * scale
    off = (_encoded(vectors)(torch.arange(200)) - vectors).abs()
    level = vectors.abs().amax(dim=1, keepdim=True) / 127
    # Half a level, and the rounding of the scale to half precision for the largest values of the row.
    assert bool((off <= level * (0.5 + 127 * 2**-11)).all())
    assert float((off / level).mean()) < 0.3


def test_byte_embedding_scales_survive_half_precision():
    torch.manual_seed(0)
    layer = _encoded(torch.randn(50, 8))
    copy = ByteEmbedding(50, 8)
    copy.load_state_dict({"codes": layer.codes, "scales": layer.scales.half()})
    assert torch.equal(copy(torch.arange(50)), layer(torch.arange(50)))


def test_byte_embedding_of_vectors_too_small_for_half_precision_is_zero():
    layer = _encoded(torch.full((2, 3), 1e-7))
    assert torch.equal(layer(torch.arange(2)), torch.zeros(2, 3))
