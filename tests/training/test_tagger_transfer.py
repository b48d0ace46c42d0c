"""A tagger that starts from another one, and its average with it."""

import copy
from pathlib import Path

import pytest
import torch

from docsight.errors import ConfigError
from docsight.networks.tagger import Tagger
from docsight_training.tagger_transfer import InitialTagger, TaggerVocabularies, freeze_old_labels


@pytest.fixture
def start(tiny_model: Path) -> InitialTagger:
    return InitialTagger(str(tiny_model))


def _extended(start: InitialTagger) -> tuple[Tagger, TaggerVocabularies]:
    """Return a network with one more word, one more character and one more label than the tagger to start from."""
    vocabularies = start.extend_vocabularies(["zyzzyva"], ["ß"])
    encoder = {
        **start.encoder_widths(),
        "num_words": len(vocabularies.words),
        "num_chars": len(vocabularies.chars),
        "tuned_words": vocabularies.tuned_words,
    }
    return Tagger(labels=["PRODUCT", *start.network.labels], encoder=encoder), vocabularies


def test_copy_to_copies_the_rows_of_the_labels_that_both_have(start):
    network, vocabularies = _extended(start)
    before = copy.deepcopy(network)
    start.copy_to(network, vocabularies)
    for label in start.network.labels:
        ours, theirs = network.tags.index(f"B-{label}"), start.network.tags.index(f"B-{label}")
        assert torch.equal(network.output.weight[ours], start.network.output.weight[theirs])
    new = network.tags.index("B-PRODUCT")
    assert torch.equal(network.output.weight[new], before.output.weight[new])


@pytest.mark.parametrize("fraction", [0.0, 0.25, 1.0])
def test_average_into_averages_what_both_have(start, fraction):
    network, vocabularies = _extended(start)
    initial = copy.deepcopy(network)
    start.copy_to(initial, vocabularies)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(1.0)
    trained = copy.deepcopy(network)
    start.average_into(network, vocabularies, fraction=fraction)
    old, new = network.tags.index("B-PER"), network.tags.index("B-PRODUCT")
    expected = fraction * initial.output.weight[old] + (1 - fraction) * trained.output.weight[old]
    assert torch.allclose(network.output.weight[old], expected)
    assert torch.equal(network.output.weight[new], trained.output.weight[new])


def _with_local(start: InitialTagger, labels: list[str], local: list[str]) -> Tagger:
    arguments = start._bundle.arguments
    return Tagger(labels=labels, encoder=arguments["encoder"], local={"labels": local, "hidden_dim": 4})


def test_copy_to_copies_the_local_scores_of_the_labels_that_both_have(start):
    old = _with_local(start, ["PER", "MONEY", "TIME"], ["MONEY", "TIME"])
    torch.nn.init.normal_(old.local.output.weight)
    start.network = old
    network = _with_local(start, ["TIME", "QUANTITY", "PER"], ["QUANTITY", "TIME"])
    start.copy_to(network, start.vocabularies)
    assert torch.equal(network.local.layers[0].convolve.weight, old.local.layers[0].convolve.weight)
    assert torch.equal(network.local.output.weight[4:], old.local.output.weight[4:])  # TIME
    assert not network.local.output.weight[:4].any()


def test_local_arguments_are_those_of_the_labels_that_are_learned(start):
    assert start.local_arguments(["PER", "MONEY"]) is None
    start._bundle.arguments["local"] = {"labels": ["MONEY", "TIME"], "hidden_dim": 4}
    assert start.local_arguments(["PER", "TIME"]) == {"labels": ["TIME"], "hidden_dim": 4}
    assert start.local_arguments(["PER"]) is None


def test_freeze_old_labels_trains_only_what_scores_new_labels(start):
    network, vocabularies = _extended(start)
    start.copy_to(network, vocabularies)
    freeze_old_labels(network, start)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.1, weight_decay=0.0)
    encoded, lengths = torch.randn(2, 4, network.encoder.input_dim), torch.tensor([4, 3])
    allowed = torch.rand(2, 4, len(network.tags)) > 0.5
    (-network.crf.log_likelihood(network.emissions(encoded, lengths), lengths, allowed)).sum().backward()
    optimizer.step()
    is_old = torch.tensor([not tag.endswith("PRODUCT") for tag in network.tags])
    for name, tensor in network.state_dict().items():
        if name == "crf.transitions":
            assert torch.equal(tensor[is_old][:, is_old], before[name][is_old][:, is_old])
            assert not torch.equal(tensor[~is_old], before[name][~is_old])
        elif name.startswith(("emit", "crf")):
            assert torch.equal(tensor[is_old], before[name][is_old])
            assert not torch.equal(tensor[~is_old], before[name][~is_old])
        else:
            assert torch.equal(tensor, before[name])


def test_freeze_old_labels_needs_a_start_and_new_labels(start):
    for network, of in ((_extended(start)[0], None), (start.network, start)):
        with pytest.raises(ConfigError, match="new_labels_only=true trains the labels that a model lacks"):
            freeze_old_labels(network, of)
