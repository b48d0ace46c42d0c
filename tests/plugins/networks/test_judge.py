import pytest
import torch

from docsight.networks.judge import EVIDENCE, NUM_EVIDENCE, Judge

ODDS = list(EVIDENCE).index("odds")


@pytest.fixture
def judge() -> Judge:
    """Make a judge that believes the ranker, and expects one error in a hundred words."""
    made = Judge(num_evidence=NUM_EVIDENCE)
    made.weight.data[:, ODDS] = 1.0
    made.log_errors.data.fill_(0.0)
    made.log_right.data.fill_(torch.tensor(99.0).log())
    return made.eval().requires_grad_(False)


def _judged(judge: Judge, odds: list[float], *, words: float = 1000, share: float = 1.0) -> list[float]:
    """Return the probabilities of corrections that are all in one text."""
    evidence = torch.zeros(len(odds), NUM_EVIDENCE)
    evidence[:, ODDS] = torch.tensor(odds)
    zeros = torch.zeros(len(odds), dtype=torch.int64)
    shares = torch.full((len(odds),), share)
    return judge(evidence, zeros, zeros, torch.tensor([float(words)]), shares).sigmoid().tolist()


def test_density_does_not_count_in_a_text_of_no_words(judge):
    (score,) = _judged(judge, [1.5], words=0)
    assert score == pytest.approx(torch.tensor(1.5).sigmoid().item())


def test_density_counts_in_proportion_to_the_length_of_the_text(judge):
    words = torch.tensor([0.0, 100.0, 1e6])
    assert judge.usual_log_odds(words).tolist() == pytest.approx([0.0, -4.595 / 2, -4.595], abs=1e-3)


def test_judge_believes_a_correction_less_in_a_longer_text_without_other_errors(judge):
    short, long = _judged(judge, [5.0], words=10)[0], _judged(judge, [5.0], words=100_000)[0]
    assert long < 0.01 < 0.5 < short


def test_judge_believes_a_correction_more_beside_other_errors(judge):
    alone = _judged(judge, [5.0])[0]
    among_others = _judged(judge, [5.0] + [12.0] * 30)[0]
    assert alone < 0.25 < 0.7 < among_others


def test_judge_counts_a_recurring_word_once(judge):
    """What recurs is a term: it must not make the text look full of errors."""
    many = _judged(judge, [8.0] * 50)[0]
    recurring = _judged(judge, [8.0] * 50, share=1 / 50)[0]
    assert recurring < many


def test_judge_of_a_correction_does_not_count_the_correction_itself(judge):
    sure, doubtful = _judged(judge, [12.0])[0], _judged(judge, [4.0])[0]
    odds = [torch.logit(torch.tensor(score)).item() for score in (sure, doubtful)]
    assert odds[0] - odds[1] == pytest.approx(8.0, abs=1e-3)  # the density is the same for both


def test_judge_of_several_texts_at_once_equals_one_by_one(judge):
    evidence = torch.zeros(3, NUM_EVIDENCE)
    evidence[:, ODDS] = torch.tensor([9.0, 3.0, 5.0])
    known, ones = torch.tensor([0, 1, 0]), torch.ones(3)
    together = judge(evidence, known, torch.tensor([0, 1, 1]), torch.tensor([40.0, 900.0]), ones)
    first = judge(evidence[:1], known[:1], torch.tensor([0]), torch.tensor([40.0]), ones[:1])
    second = judge(evidence[1:], known[1:], torch.tensor([0, 0]), torch.tensor([900.0]), ones[1:])
    assert torch.equal(together, torch.cat([first, second]))


def test_judge_log_odds_are_the_sum_of_contributions_bias_and_density(judge):
    torch.manual_seed(1)
    evidence = torch.randn(4, NUM_EVIDENCE)
    known, text = torch.tensor([0, 1, 1, 0]), torch.zeros(4, dtype=torch.int64)
    words, share = torch.tensor([300.0]), torch.ones(4)
    judge.bias.data.copy_(torch.tensor([-0.5, 0.3]))
    own = judge.contributions(evidence, known, words[text]).sum(dim=1) + judge.bias[known]
    _, _, density = judge.parts(evidence, known, text, words, share)
    assert torch.allclose(judge(evidence, known, text, words, share), own + density)


def test_judge_of_nothing_returns_nothing(judge):
    none = torch.zeros(0, dtype=torch.int64)
    assert judge(torch.zeros(0, NUM_EVIDENCE), none, none, torch.tensor([12.0]), torch.zeros(0)).shape == (0,)


def test_evidence_says_something_for_both_directions():
    assert all(len(texts) == 2 and all(texts) for texts in EVIDENCE.values())
