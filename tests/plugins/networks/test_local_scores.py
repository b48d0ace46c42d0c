import pytest
import torch

from docsight.networks.local_scores import LocalScores, local_tag_ids
from docsight.networks.tagger import Tagger

ENCODER = {"num_words": 9, "num_chars": 5, "word_parts": 25, "hidden_dim": 4}


def _tagger(**local) -> Tagger:
    torch.manual_seed(0)
    arguments = {"labels": ["MONEY"], "hidden_dim": 6, "num_layers": 2} | local
    network = Tagger(labels=["PER", "MONEY"], encoder=ENCODER, local=arguments)
    assert network.local is not None
    torch.nn.init.normal_(network.local.output.weight)
    return network.eval()


@torch.no_grad()
def test_local_scores_change_only_the_tags_of_their_labels():
    network = _tagger()
    encoded, lengths = torch.randn(2, 5, network.encoder.input_dim), torch.tensor([5, 3])
    with_local = network.emissions(encoded, lengths)
    local, network.local = network.local, None
    without = network.emissions(encoded, lengths)
    assert torch.equal(with_local[..., :5], without[..., :5])  # O, and B, I, E and S of PER
    assert torch.allclose(with_local[..., 5:], without[..., 5:] + local(encoded, lengths), atol=1e-5)


@torch.no_grad()
def test_local_scores_see_as_many_words_on_each_side_as_there_are_layers_and_no_padding():
    scores = LocalScores(labels=["MONEY"], input_dim=3, hidden_dim=6, num_layers=2).eval()
    torch.nn.init.normal_(scores.output.weight)
    encoded, lengths = torch.randn(1, 7, 3), torch.tensor([7])
    changed = encoded.clone()
    changed[0, 0] += 1
    difference = (scores(encoded, lengths) - scores(changed, lengths)).abs().amax(dim=2)[0]
    assert [bool(value > 1e-6) for value in difference] == [True] * 3 + [False] * 4
    alone = scores(encoded[:, :4], torch.tensor([4]))
    assert torch.allclose(scores(encoded, torch.tensor([4]))[:, :4], alone, atol=1e-5)


def test_local_scores_begin_at_zero():
    scores = LocalScores(labels=["MONEY", "TIME"], input_dim=3)
    assert torch.equal(scores(torch.randn(1, 4, 3), torch.tensor([4])), torch.zeros(1, 4, 8))


@pytest.mark.parametrize(
    ("local", "message"),
    [
        ({"labels": []}, "local.labels to be a list"),
        ({"labels": "MONEY"}, "local.labels to be a list"),
        ({"labels": ["DATE"]}, "labels of the tagger; found DATE"),
        ({"num_layers": 0}, "1 to 8 local layers; found 0"),
    ],
)
def test_tagger_refuses_local_scores_that_cannot_be(local, message):
    with pytest.raises(ValueError, match=message):
        _tagger(**local)


def test_local_tag_ids_are_those_of_the_tags_of_each_label():
    assert local_tag_ids(["O", "B-A", "I-A", "E-A", "S-A", "B-B", "I-B", "E-B", "S-B"], ["B"]).tolist() == [5, 6, 7, 8]
