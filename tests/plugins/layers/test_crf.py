import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from docsight.layers.crf import LinearChainCRF
from docsight.layers.crf_educational import (
    ChainScores,
    SpanTags,
    log_partition,
    path_score,
    run_log_posterior,
    span_log_posterior,
    viterbi,
)
from docsight.tags import iobes_rules, iobes_tags

SINGLE, BEGIN, INSIDE, END = 4, 1, 2, 3  # the tags of the first label: O, then B, I, E and S of each label


def _crf(labels=("A", "B"), seed=0):
    torch.manual_seed(seed)
    tags = iobes_tags(labels)
    follows, first, last = iobes_rules(tags)
    crf = LinearChainCRF(follows=follows, first=first, last=last)
    for parameter in crf.parameters():
        torch.nn.init.normal_(parameter)
    return tags, crf


def _chain(crf: LinearChainCRF, emissions: torch.Tensor) -> ChainScores:
    """Return the scores of one sequence, emissions (time, tags), for the educational version."""
    return ChainScores(emissions.tolist(), *(scores.detach().tolist() for scores in crf.scores()))


@pytest.mark.parametrize("seed", range(3))
def test_crf_equals_its_educational_version(seed):
    tags, crf = _crf(seed=seed)
    emissions, lengths = torch.randn(3, 9, len(tags)), torch.tensor([9, 4, 1])
    partition, best = crf.log_partition(emissions, lengths), crf.decode(emissions, lengths)
    allowed = torch.zeros(3, 9, len(tags), dtype=torch.bool).scatter_(2, best.unsqueeze(2), True)
    likelihood = crf.log_likelihood(emissions, lengths, allowed)
    for row, n in enumerate(lengths.tolist()):
        chain = _chain(crf, emissions[row, :n])
        path = viterbi(chain)
        assert best[row, :n].tolist() == path
        assert float(partition[row].detach()) == pytest.approx(log_partition(chain), abs=1e-4)
        assert float(likelihood[row].detach()) == pytest.approx(
            path_score(chain, path) - log_partition(chain), abs=1e-4
        )


@pytest.mark.parametrize("seed", range(5))
def test_crf_with_any_rules_decodes_as_its_educational_version(seed):
    torch.manual_seed(seed)
    follows = torch.rand(5, 5) < 0.4
    follows[:, 3] = False  # no tag may come before this one
    follows[0, 0] = True
    crf = LinearChainCRF(follows=follows.tolist(), first=[True] * 5, last=[True] * 5)
    torch.nn.init.normal_(crf.transitions)
    emissions, lengths = torch.randn(2, 6, 5), torch.tensor([6, 3])
    best = crf.decode(emissions, lengths)
    for row, n in enumerate(lengths.tolist()):
        assert best[row, :n].tolist() == viterbi(_chain(crf, emissions[row, :n]))


@pytest.mark.parametrize("seed", range(3))
def test_crf_run_log_posterior_equals_that_of_its_educational_version(seed):
    tags, crf = _crf(seed=seed)
    emissions, lengths = torch.randn(2, 6, len(tags)), torch.tensor([6, 3])
    cells = [(row, a, b) for row, n in enumerate(lengths.tolist()) for a in range(n) for b in range(a + 1, n + 1)]
    runs = [[SINGLE] if b - a == 1 else [BEGIN, *[INSIDE] * (b - a - 2), END] for _, a, b in cells]
    padded = torch.tensor([run + [0] * (6 - len(run)) for run in runs])
    rows, starts, sizes = (torch.tensor(values) for values in zip(*((r, a, b - a) for r, a, b in cells), strict=True))
    posteriors = crf.run_log_posterior(emissions, crf.lattice(emissions, lengths), rows, starts, padded, sizes)
    for (row, start, _), run, posterior in zip(cells, runs, posteriors.tolist(), strict=True):
        expected = run_log_posterior(_chain(crf, emissions[row, : lengths[row]]), start=start, run=run)
        assert posterior == pytest.approx(expected, abs=1e-4)


def _span_posteriors(crf, emissions, lengths, labels, max_size):
    """Return the log posteriors of the spans of each size."""
    begins = 1 + 4 * torch.arange(labels)
    tags = {"begins": begins, "insides": begins + 1, "ends": begins + 2, "singles": begins + 3}
    lattice = crf.lattice(emissions, lengths)
    return list(crf.span_log_posteriors(emissions, lengths, lattice, **tags, max_size=max_size))


@settings(max_examples=25, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 7), min_size=1, max_size=3),
    labels=st.integers(1, 3),
    max_size=st.integers(1, 8),
    seed=st.integers(0, 1000),
)
def test_crf_span_log_posteriors_equal_those_of_its_educational_version(lengths, labels, max_size, seed):
    tags, crf = _crf(labels="ABC"[:labels], seed=seed)
    emissions = 2 * torch.randn(len(lengths), max(lengths), len(tags))
    found = _span_posteriors(crf, emissions, torch.tensor(lengths), labels, max_size)
    assert len(found) == min(max_size, max(lengths))
    for row, length in enumerate(lengths):
        chain = _chain(crf, emissions[row, :length])
        for size, posteriors in enumerate(found, start=1):
            assert posteriors.shape[1] == max(lengths) - size + 1
            for start, label in itertools.product(range(posteriors.shape[1]), range(labels)):
                if start + size > length:
                    assert posteriors[row, start, label] == -torch.inf
                    continue
                label_tags = SpanTags(*range(4 * label + 1, 4 * label + 5))
                expected = span_log_posterior(chain, start=start, size=size, tags=label_tags)
                assert float(posteriors[row, start, label]) == pytest.approx(expected, abs=1e-4)


def test_crf_posteriors_of_the_spans_over_a_token_sum_to_that_of_not_being_outside():
    tags, crf = _crf(seed=5)
    emissions, lengths = torch.randn(2, 6, len(tags)), torch.tensor([6, 4])
    covered = torch.zeros(2, 6)
    for size, posteriors in enumerate(_span_posteriors(crf, emissions, lengths, 2, max_size=6), start=1):
        for start in range(posteriors.shape[1]):
            covered[:, start : start + size] += posteriors[:, start].exp().sum(dim=1, keepdim=True)
    for row, length in enumerate(lengths.tolist()):
        chain = _chain(crf, emissions[row, :length])
        outside = [run_log_posterior(chain, start=token, run=[0]) for token in range(length)]
        assert torch.allclose(covered[row, :length], 1 - torch.tensor(outside).exp(), atol=1e-4)


def test_crf_log_marginals_are_the_gradient_of_the_log_partition():
    _, crf = _crf()
    emissions, lengths = torch.randn(2, 5, 9, requires_grad=True), torch.tensor([5, 3])
    crf.log_partition(emissions, lengths).sum().backward()
    marginals = crf.log_marginals(emissions.detach(), lengths).exp()
    for row, length in enumerate(lengths.tolist()):
        assert torch.allclose(marginals[row, :length], emissions.grad[row, :length], atol=1e-5)


def test_crf_span_log_posteriors_are_exact_beside_forbidden_tokens():
    tags, crf = _crf(seed=3)
    emissions = torch.randn(1, 200, len(tags))
    emissions[:, ::2, 1:] = -1e4  # every second token is outside, so that long sums would lose all digits
    found = _span_posteriors(crf, emissions, torch.tensor([200]), 2, max_size=3)
    chain = _chain(crf, emissions[0])
    for start in (1, 99, 199):
        expected = span_log_posterior(chain, start=start, size=1, tags=SpanTags(1, 2, 3, 4))
        assert float(found[0][0, start, 0]) == pytest.approx(expected, abs=1e-3)
    assert float(found[1].exp().max()) == float(found[2].exp().max()) == 0.0


def test_crf_likelihood_is_marginal_over_several_allowed_tags():
    tags, crf = _crf()
    emissions, lengths = torch.randn(1, 2, len(tags)), torch.tensor([2])
    everything = torch.ones(1, 2, len(tags), dtype=torch.bool)
    assert float(crf.log_likelihood(emissions, lengths, everything).detach()) == pytest.approx(0, abs=1e-5)
    parts = []
    for tag in (0, 4):  # O or S-A first, then O
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


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_crf_decodes_and_sums_emissions_of_any_type(dtype):
    tags, crf = _crf(("A", "B"))
    emissions, lengths = torch.randn(3, 5, len(tags)).bfloat16(), torch.tensor([5, 3, 1])
    expected = crf.lattice(emissions.float(), lengths)
    assert torch.equal(crf.decode(emissions.to(dtype), lengths), crf.decode(emissions.float(), lengths))
    found = crf.lattice(emissions.to(dtype), lengths)
    assert torch.allclose(found.total.float(), expected.total, atol=1e-4)


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


def test_crf_ignores_padding():
    tags, crf = _crf()
    emissions, lengths = torch.randn(2, 5, len(tags)), torch.tensor([5, 3])
    wide = torch.cat([emissions, 100 * torch.randn(2, 4, len(tags))], dim=1)
    assert torch.allclose(crf.log_partition(emissions, lengths), crf.log_partition(wide, lengths))
    assert torch.equal(crf.decode(emissions, lengths), crf.decode(wide, lengths)[:, :5])


def test_crf_samples_follow_the_marginals():
    tags, crf = _crf(labels=("A",))
    emissions, lengths = torch.randn(2, 4, len(tags)), torch.tensor([4, 2])
    draws = 4_000
    paths = crf.sample(
        emissions.repeat_interleave(draws, 0), lengths.repeat_interleave(draws), torch.Generator().manual_seed(0)
    )
    counts = torch.nn.functional.one_hot(paths, len(tags)).view(2, draws, 4, len(tags)).float().mean(dim=1)
    expected = crf.log_marginals(emissions, lengths).exp()
    for row, length in enumerate(lengths.tolist()):
        assert torch.allclose(counts[row, :length], expected[row, :length], atol=0.03)
        assert (paths.view(2, draws, 4)[row, :, length:] == 0).all()
