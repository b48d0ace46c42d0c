import torch

from docsight.networks.ranker import Ranker

ROWS = torch.tensor([[1.0, 2.0], [0.5, -3.0]])


def _ranker() -> Ranker:
    ranker = Ranker(num_features=2, hidden_dim=2, members=2)
    with torch.no_grad():
        ranker.direct.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
        ranker.hidden.weight.copy_(torch.tensor([[1.0, 1.0], [-1.0, 0.0], [0.0, 0.0], [0.0, -1.0]]))
        ranker.hidden.bias.copy_(torch.tensor([0.0, 0.0, 1.0, 0.0]))
        ranker.score.copy_(torch.tensor([[1.0, 2.0], [10.0, 1.0]]))
    return ranker


def test_ranker_adds_direct_and_hidden_scores():
    # First member: x0 + relu(x0 + x1) + 2 relu(-x0); second: x1 + 10 relu(1) + relu(-x1).
    assert _ranker().members_scores(ROWS).tolist() == [[4.0, 12.0], [0.5, 10.0]]


def test_ranker_averages_its_members():
    assert _ranker()(ROWS).tolist() == [8.0, 5.25]


def test_ranker_standardises_features():
    ranker = _ranker()
    ranker.mean.copy_(torch.tensor([1.0, 0.0]))
    ranker.scale.copy_(torch.tensor([2.0, 0.5]))
    moved = torch.stack([ROWS[:, 0] / 2 + 1, ROWS[:, 1] * 2], dim=1)
    assert torch.allclose(ranker(moved), _ranker()(ROWS))


def test_ranker_members_start_differently_and_without_preference():
    ranker = Ranker(num_features=3, hidden_dim=4, members=3)
    scores = ranker.members_scores(torch.randn(5, 3))
    assert scores.shape == (5, 3)
    assert not torch.allclose(scores[:, 0], scores[:, 1])
    assert float(scores.detach().abs().max()) < 1.0
