import pytest
import torch

from docsight.layers.convolutions import ConvBlock
from docsight.networks.image_classifier import ImageClassifier

ARGUMENTS = {"labels": ["a", "b", "c"], "channels": 1, "blocks": [[4, 4], [6, 6, 6]]}


def _with_statistics(**changed) -> ImageClassifier:
    """Make a network whose batch norm has statistics."""
    network = ImageClassifier(**{**ARGUMENTS, **changed})
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.copy_(torch.randn(module.num_features, generator=generator))
                module.running_var.copy_(torch.rand(module.num_features, generator=generator) + 0.2)
                module.weight.copy_(torch.randn(module.num_features, generator=generator))
                module.bias.copy_(torch.randn(module.num_features, generator=generator))
    return network.eval()


def test_conv_block_adds_its_branch_to_its_first_layer():
    block = ConvBlock(channels=1, widths=[1, 1]).eval()
    with torch.no_grad():
        for layer, weight in ((block.first, 2.0), (block.branch[0], 3.0)):
            layer[0].weight.zero_()
            layer[0].weight[0, 0, 1, 1] = weight  # each pixel separately
    images = torch.tensor([[[[1.0, -1.0], [0.5, 0.0]]]])
    # Batch norm divides by the root of 1 + 1e-5: 2x, then 2x + 6x, negative ones cut off.
    assert torch.allclose(block(images), torch.tensor([[[[8.0, 0.0], [4.0, 0.0]]]]), atol=1e-3)


def test_conv_block_refuses_layers_of_several_widths():
    for widths in ([4, 5], []):
        with pytest.raises(ValueError, match="layers of equal width"):
            ConvBlock(channels=1, widths=widths)


def test_image_classifier_equals_a_computation_by_hand():
    network = ImageClassifier(labels=["a", "b"], channels=1, blocks=[[1], [2]], other=True).eval()
    with torch.no_grad():
        for parameter in network.blocks.parameters():
            if parameter.dim() == 4:
                parameter.zero_()
        network.blocks[0].first[0].weight[0, 0, 1, 1] = 1
        network.blocks[1].first[0].weight[0, 0, 1, 1] = 1
        network.blocks[1].first[0].weight[1, 0, 1, 1] = 2
        network.classify.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
        network.classify.bias.copy_(torch.tensor([0.0, 0.5, -1.0]))
    images = torch.zeros(1, 1, 4, 4)
    images[0, 0, 0, 0], images[0, 0, 3, 3], images[0, 0, 3, 0] = 4, 8, -5  # the greatest of each quarter: 4, 0, 0, 8
    reading = network(images)
    assert torch.allclose(reading.features, torch.tensor([[3.0, 6.0]]), atol=1e-3)
    assert torch.allclose(reading.logits, torch.tensor([[3.0, 6.5]]), atol=1e-3)
    assert torch.allclose(reading.other, torch.tensor([8.0]), atol=1e-3)


@pytest.mark.parametrize(("size", "stride", "sides"), [(28, 1, [28, 14]), (28, 2, [14, 7]), (15, 1, [15, 7])])
def test_image_classifier_halves_the_image_from_block_to_block(size, stride, sides):
    network = ImageClassifier(**ARGUMENTS, stem_stride=stride).eval()
    images = torch.zeros(2, 1, size, size)
    maps = list(network.feature_maps(images))
    assert [list(m.shape) for m in maps] == [[2, width, side, side] for width, side in zip((4, 6), sides, strict=True)]
    reading = network(images)
    assert reading.logits.shape == (2, 3)
    assert reading.features.shape == (2, 6)
    assert reading.other is None


def test_image_classifier_classifies_each_image_independently():
    network = _with_statistics(other=True)
    images = torch.randn(5, 1, 16, 16, generator=torch.Generator().manual_seed(1))
    together = network(images)
    for at in range(5):
        alone = network(images[at : at + 1])
        for one, all_ in zip(alone[:3], together[:3], strict=True):
            assert torch.allclose(one[0], all_[at], atol=1e-5)


def test_image_classifier_seeds_its_weights_without_changing_the_global_generator():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first = ImageClassifier(**ARGUMENTS, init_seed=7)
    assert torch.equal(torch.rand(3), expected)
    torch.manual_seed(6)
    again, other = ImageClassifier(**ARGUMENTS, init_seed=7), ImageClassifier(**ARGUMENTS, init_seed=8)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    assert not torch.equal(first.first_conv.weight, other.first_conv.weight)


def test_image_classifier_first_conv_reads_the_image():
    network = ImageClassifier(**{**ARGUMENTS, "channels": 3})
    assert list(network.first_conv.weight.shape) == [4, 3, 3, 3]


def test_image_classifier_folded_gives_the_same_results():
    network = _with_statistics(other=True)
    images = torch.randn(4, 1, 20, 20, generator=torch.Generator().manual_seed(1))
    before = network(images)
    network.fold()
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())
    for one, other in zip(before[:3], network(images)[:3], strict=True):
        assert torch.allclose(one, other, atol=1e-5, rtol=1e-5)
    network.fold()  # a second call changes nothing
    assert torch.allclose(before.logits, network(images).logits, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("blocks", [[[2]], [[2], [2]], [[2], [2], [2], [2]]])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_image_classifier_min_size_is_the_smallest_that_it_reads(blocks, stride):
    network = ImageClassifier(labels=["a"], channels=1, blocks=blocks, stem_stride=stride).eval()
    least = network.min_size
    assert network(torch.zeros(1, 1, least, least)).logits.shape == (1, 1)
    if least > 1:
        with pytest.raises(RuntimeError):
            network(torch.zeros(1, 1, least - 1, least - 1))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"labels": []}, "1 to 10,000 different labels; found 0"),
        ({"labels": ["a", "a"]}, "different labels; found 2"),
        ({"labels": "abc"}, "list of printable strings"),
        ({"labels": ["a", ""]}, "printable strings"),
        ({"labels": ["a", "b\n"]}, "printable strings"),
        ({"labels": ["a", 5]}, "printable strings"),
        ({"labels": [str(n) for n in range(10_001)]}, "found 10001"),
        ({"channels": 2}, "1 channel .* or 3 .*; found 2"),
        ({"channels": True}, "found True"),
        ({"blocks": []}, "1 to 200 layers"),
        ({"blocks": [[4]] * 201}, "found 201"),
        ({"blocks": [[0]]}, "1 to 4,096 channels; found 0"),
        ({"blocks": [[10**9]]}, "found 1000000000"),
        ({"blocks": [[4.0]]}, r"found 4\.0"),
        ({"blocks": [["4"]]}, "found '4'"),
        ({"blocks": [[4, 5]]}, "layers of equal width"),
        ({"stem_stride": 0}, "stem_stride from 1 to 8; found 0"),
        ({"stem_stride": 1000}, "found 1000"),
        ({"other": 3}, "other to be true or false; found 3"),
        ({"dropout": 2.0}, "dropout probability"),
    ],
)
def test_image_classifier_rejects_invalid_arguments(changed, message):
    with pytest.raises(ValueError, match=message):
        ImageClassifier(**{**ARGUMENTS, **changed})


@pytest.mark.parametrize("blocks", [[[4], []], [4], None, "ab"])
def test_image_classifier_rejects_invalid_blocks(blocks):
    with pytest.raises((ValueError, TypeError, IndexError)):
        ImageClassifier(**{**ARGUMENTS, "blocks": blocks})


def test_image_classifier_sums_the_kinds_of_a_label():
    network = ImageClassifier(**ARGUMENTS, other=True, kinds={"b": ["b1", "b2"]}).eval()
    assert network.leaves == ("a", "b1", "b2", "c")
    assert network.span("b") == slice(1, 3)
    reading = network(torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(1)))
    assert reading.leaves.shape == (5, 4)
    assert torch.equal(reading.logits[:, [0, 2]], reading.leaves[:, [0, 3]])
    assert torch.allclose(reading.logits[:, 1], reading.leaves[:, 1:3].logsumexp(dim=1))
    probabilities = torch.cat([reading.leaves, reading.other[:, None]], dim=1).softmax(dim=1)
    summed = torch.cat([reading.logits, reading.other[:, None]], dim=1).softmax(dim=1)
    assert torch.allclose(summed[:, 1], probabilities[:, 1:3].sum(dim=1), atol=1e-6)
    assert network.has_other


def test_image_classifier_without_kinds_has_no_leaves_of_its_own():
    network = ImageClassifier(**ARGUMENTS).eval()
    assert network.leaves == network.labels
    assert network(torch.rand(1, 1, 8, 8)).leaves is None


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        ({"d": ["d1", "d2"]}, "kinds of some of the labels a, b, c"),
        ({"b": ["b1"]}, "at least two kinds of b"),
        ({"b": "b1"}, "at least two kinds of b"),
        ({"b": ["a", "b1"]}, "different labels"),
        ([], "kinds of some of the labels"),
    ],
)
def test_image_classifier_refuses_kinds_that_do_not_fit_the_labels(kinds, message):
    with pytest.raises(ValueError, match=message):
        ImageClassifier(**ARGUMENTS, kinds=kinds)


@pytest.mark.parametrize("size", [32, 128])
def test_image_classifier_in_bfloat16_differs_little_and_only_for_large_images(monkeypatch, size):
    network = _with_statistics(other=True)
    images = torch.randn(3, 1, size, size, generator=torch.Generator().manual_seed(1))
    readings = []
    for is_fast in (False, True):
        monkeypatch.setattr("docsight.layers.lstms.has_fast_bfloat16", lambda device, is_fast=is_fast: is_fast)
        readings.append(network(images))
    exact, fast = readings
    assert fast.logits.dtype == torch.float32
    assert torch.allclose(exact.logits, fast.logits, atol=0.02, rtol=0.02)
    assert torch.equal(exact.logits, fast.logits) == (size == 32)
