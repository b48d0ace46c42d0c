import itertools
from functools import partial
from types import SimpleNamespace

import pytest
import torch

from docsight.layers.crf import LinearChainCRF
from docsight.layers.crf_educational import ChainScores, log_partition, path_score
from docsight.networks.tagger import Tagger, WordTypes
from docsight.tags import iobes_rules, iobes_tags
from docsight_training.data.ner.ner_batches import NerBatch
from docsight_training.modules.ner import NerModule, expected_counts

TAGS = iobes_tags(["PER"])


def _crf(seed: int) -> LinearChainCRF:
    torch.manual_seed(seed)
    follows, first, last = iobes_rules(TAGS)
    crf = LinearChainCRF(follows=follows, first=first, last=last)
    for parameter in crf.parameters():
        torch.nn.init.normal_(parameter)
    return crf


def _paths(crf: LinearChainCRF, emissions: torch.Tensor) -> dict[tuple[int, ...], float]:
    """Return the probability of every path of one row, by enumeration."""
    scores = ChainScores(emissions.tolist(), *(part.tolist() for part in crf.scores()))
    total = log_partition(scores)
    every = itertools.product(range(len(TAGS)), repeat=len(emissions))
    return {path: float(torch.tensor(path_score(scores, path) - total).exp()) for path in every}


def test_expected_counts_are_the_sums_over_all_paths():
    crf, emissions = _crf(1), torch.randn(1, 3, len(TAGS))
    unary, steps, first, last = expected_counts(crf, emissions, torch.tensor([3]))
    wanted = [torch.zeros_like(part) for part in (unary, steps, first, last)]
    for path, probability in _paths(crf, emissions[0]).items():
        for token, tag in enumerate(path):
            wanted[0][0, token, tag] += probability
        for tag, following in itertools.pairwise(path):
            wanted[1][tag, following] += probability
        wanted[2][path[0]] += probability
        wanted[3][path[-1]] += probability
    for found, expected in zip((unary, steps, first, last), wanted, strict=True):
        assert torch.allclose(found, expected, atol=1e-4)


def test_expected_counts_ignore_padding():
    crf, emissions = _crf(1), torch.randn(1, 4, len(TAGS))
    short = expected_counts(crf, emissions[:, :3], torch.tensor([3]))
    padded = expected_counts(crf, emissions, torch.tensor([3]))
    assert torch.allclose(padded[0][:, :3], short[0], atol=1e-5)
    assert not padded[0][:, 3].any()
    for one, other in zip(padded[1:], short[1:], strict=True):
        assert torch.allclose(one, other, atol=1e-5)


def _distilled(student: LinearChainCRF, scores: torch.Tensor, teacher: LinearChainCRF, lengths: torch.Tensor) -> float:
    """Return the loss of a module whose network has the emissions `scores` and the CRF `student`."""
    encoder = {"num_words": 3, "num_chars": 3, "word_parts": 25, "hidden_dim": 2}
    module = NerModule(Tagger(labels=["PER"], encoder=encoder), optimizer=partial(torch.optim.AdamW, lr=0.1))
    module.network.crf.load_state_dict(student.state_dict())
    module.log = lambda *args, **kwargs: None
    module.network.emissions = lambda encoded, lengths: scores
    module._trainer = SimpleNamespace(datamodule=SimpleNamespace(teacher_crf=teacher))
    index = torch.zeros(scores.shape[:2], dtype=torch.long)
    types = WordTypes(torch.tensor([2]), torch.tensor([[2]]), torch.tensor([1]))
    none = torch.zeros_like(scores, dtype=torch.bool)
    batch = NerBatch(types, index, lengths, none, scores=_SCORES)
    return float(module.training_step(batch, 0).detach()) * int(lengths.sum())


_SCORES = torch.randn(1, 3, len(TAGS), generator=torch.Generator().manual_seed(5))


def test_distillation_loss_is_the_cross_entropy_to_the_teacher():
    teacher, student = _crf(1), _crf(2)
    emissions = torch.randn(1, 3, len(TAGS))
    loss = _distilled(student, emissions, teacher, torch.tensor([3]))
    taught, learnt = _paths(teacher, _SCORES[0]), _paths(student, emissions[0])
    wanted = -sum(p * float(torch.tensor(learnt[path]).log()) for path, p in taught.items() if p > 0)
    assert loss == pytest.approx(wanted, abs=1e-3)


def test_distillation_loss_is_least_for_the_teacher_itself():
    teacher, lengths = _crf(1), torch.tensor([3])
    least = _distilled(teacher, _SCORES, teacher, lengths)
    assert _distilled(teacher, _SCORES + 0.1 * torch.randn(_SCORES.shape), teacher, lengths) > least
    assert _distilled(_crf(2), _SCORES, teacher, lengths) > least
