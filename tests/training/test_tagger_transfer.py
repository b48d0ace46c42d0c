"""A tagger that starts from another one, and its average with it."""

import copy
from pathlib import Path

import pytest
import torch

from docsight.networks.tagger import Tagger
from docsight_training.tagger_transfer import InitialTagger, TaggerVocabularies


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
