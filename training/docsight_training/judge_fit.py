"""Fitting the judge: logistic regression on labelled places, in texts with every density of errors."""

import torch
from torch import Tensor
from torch.nn import functional as F

from docsight.networks.judge import Judge
from docsight_training.data.speller.judge_data import JudgeBatch

_MAX_ROUNDS = 100  # of L-BFGS


def fit_judge(judge: Judge, places: JudgeBatch, *, penalty: float) -> None:
    """Fit the weights of a judge, in place; they start from what they are, and are drawn towards that.

    L-BFGS on all places at once ends at the optimum, where steps on batches would end near it.

    Args:
        judge: The judge; its mean and scale stay.
        places: The labelled places to learn from.
        penalty: Of the squared distance of each weight from what it was.
    """
    before = [parameter.detach().clone() for parameter in judge.parameters()]
    judge.train().requires_grad_(True)
    optimizer = torch.optim.LBFGS(judge.parameters(), max_iter=_MAX_ROUNDS, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        moved = sum((now - was).square().sum() for now, was in zip(judge.parameters(), before, strict=True))
        loss = judge_loss(judge, places) + penalty * moved
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    judge.eval().requires_grad_(False)


def judge_loss(judge: Judge, places: JudgeBatch) -> Tensor:
    """Return the mean cross-entropy of the judged places, in nats."""
    log_odds = judge(places.evidence, places.known, places.text, places.words, places.share)
    losses = F.binary_cross_entropy_with_logits(log_odds, places.right, reduction="none")
    return (losses * places.weight).sum() / places.weight.sum().clamp(min=torch.finfo(losses.dtype).tiny)
