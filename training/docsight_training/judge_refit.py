"""Refitting the judge of a finished speller: its weights start from what they are, and are drawn towards that."""

import numpy as np
import torch

from docsight.networks.judge import Judge
from docsight_training.data.speller.judge_data import JudgeData
from docsight_training.modules.judge import judge_loss

_MAX_ROUNDS = 100  # of L-BFGS


def refit_judge(judge: Judge, data: JudgeData, *, penalty: float) -> None:
    """Fit the weights of a judge to labelled places, in place.

    Args:
        judge: The judge; its normalisation of the evidence stays.
        data: Labelled places, after `setup`.
        penalty: Of the squared distance of each weight from what it was.
    """
    batch = data.make_batch(data.train, np.arange(data.count(data.train)))
    before = [parameter.detach().clone() for parameter in judge.parameters()]
    judge.train().requires_grad_(True)
    optimizer = torch.optim.LBFGS(judge.parameters(), max_iter=_MAX_ROUNDS, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        moved = sum((now - was).square().sum() for now, was in zip(judge.parameters(), before, strict=True))
        loss = judge_loss(judge, batch) + penalty * moved
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    judge.eval().requires_grad_(False)
