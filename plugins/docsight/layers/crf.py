"""A linear-chain conditional random field with hard rules on which tags may follow each other.

Lafferty, McCallum and Pereira (2001); as the last layer of a network, Collobert et al. (2011).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

# The score of a step that the rules forbid. exp(-1e4) is exactly 0 in float32, so such a path has no
# probability, and unlike -inf it leaves no NaN in a gradient.
FORBIDDEN = -1e4
_SMALLEST = torch.finfo(torch.float32).tiny


class LinearChainCRF(nn.Module):
    """Score, decode and weigh sequences of tags.

    Args:
        follows: `follows[a][b]` tells whether tag b may come after tag a.
        first: Which tags may open a sequence.
        last: Which tags may close one.
    """

    forbidden_steps: Tensor
    forbidden_first: Tensor
    forbidden_last: Tensor

    def __init__(self, *, follows: Sequence[Sequence[bool]], first: Sequence[bool], last: Sequence[bool]) -> None:
        super().__init__()
        tags = len(first)
        self.transitions = nn.Parameter(torch.zeros(tags, tags))
        self.start = nn.Parameter(torch.zeros(tags))
        self.end = nn.Parameter(torch.zeros(tags))
        # Not persistent: the rules follow from the labels, which the config of the model names.
        self.register_buffer("forbidden_steps", ~torch.tensor(follows), persistent=False)
        self.register_buffer("forbidden_first", ~torch.tensor(first), persistent=False)
        self.register_buffer("forbidden_last", ~torch.tensor(last), persistent=False)

    def scores(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return steps (tags, tags), first (tags,) and last (tags,), with what is forbidden at `FORBIDDEN`."""
        return (
            self.transitions.masked_fill(self.forbidden_steps, FORBIDDEN),
            self.start.masked_fill(self.forbidden_first, FORBIDDEN),
            self.end.masked_fill(self.forbidden_last, FORBIDDEN),
        )

    def log_likelihood(self, emissions: Tensor, lengths: Tensor, allowed: Tensor) -> Tensor:
        """Return the log probability of the paths that `allowed` admits.

        With one tag allowed a token that is the likelihood of a path; with several it is marginal over
        what the annotation leaves open (Tsuboi et al. 2008).

        Args:
            emissions: (batch, time, tags), float32.
            lengths: (batch,), each at least 1.
            allowed: (batch, time, tags), bool; true where the annotation admits the tag.

        Returns:
            (batch,), at most 0.
        """
        admitted = emissions.masked_fill(~allowed, FORBIDDEN)
        return self.log_partition(admitted, lengths) - self.log_partition(emissions, lengths)

    def log_partition(self, emissions: Tensor, lengths: Tensor) -> Tensor:
        """Return the log of the summed exponential scores of all paths, (batch,)."""
        alphas = self._forward(emissions)
        return self._close(alphas, lengths)

    @torch.no_grad()
    def decode(self, emissions: Tensor, lengths: Tensor) -> Tensor:
        """Return the best path by Viterbi, (batch, time); behind a row's length stands 0."""
        steps, first, last = self.scores()
        time = emissions.shape[1]
        score = first + emissions[:, 0]  # (batch, tags)
        back = []
        for t in range(1, time):
            best, arg = (score.unsqueeze(2) + steps).max(dim=1)  # over the tag before: (batch, tags)
            # Behind its end a row stands still: its score is kept and each tag points to itself.
            inside = (t < lengths).unsqueeze(1)
            score = torch.where(inside, best + emissions[:, t], score)
            back.append(torch.where(inside, arg, torch.arange(arg.shape[1], device=arg.device)))
        tag = (score + last).argmax(dim=1)  # (batch,)
        path = [tag]
        for arg in reversed(back):
            tag = arg.gather(1, tag.unsqueeze(1)).squeeze(1)
            path.append(tag)
        tags = torch.stack(path[::-1], dim=1)  # (batch, time)
        return tags.masked_fill(torch.arange(time, device=tags.device) >= lengths.unsqueeze(1), 0)

    @torch.no_grad()
    def run_log_posterior(
        self, emissions: Tensor, lengths: Tensor, rows: Tensor, starts: Tensor, runs: Tensor, sizes: Tensor
    ) -> Tensor:
        """Return the exact log posterior of runs of tags: of all paths that read them in their place.

        Forward-backward with the run in the middle fixed. A span of IOBES is such a run, so this is the
        posterior of (span, label).

        Args:
            emissions: (batch, time, tags).
            lengths: (batch,).
            rows: (runs,), the row each run lies in.
            starts: (runs,), its first token.
            runs: (runs, longest), its tags; what stands behind its size is ignored.
            sizes: (runs,), each at least 1.

        Returns:
            (runs,), at most 0.
        """
        if not len(rows):
            return emissions.new_zeros(0)
        steps, _, _ = self.scores()
        alphas = self._forward(emissions)  # (batch, time, tags)
        betas = self._backward(emissions, lengths)  # (batch, time, tags)
        total = self._close(alphas, lengths)  # (batch,)
        head, tail = runs[:, 0], runs.gather(1, (sizes - 1).unsqueeze(1)).squeeze(1)
        score = alphas[rows, starts, head] + betas[rows, starts + sizes - 1, tail] - total[rows]
        for k in range(1, runs.shape[1]):
            at = (starts + k).clamp(max=emissions.shape[1] - 1)
            step = steps[runs[:, k - 1], runs[:, k]] + emissions[rows, at, runs[:, k]]
            score = score + step.masked_fill(k >= sizes, 0.0)
        return score.clamp(max=0.0)

    def _forward(self, emissions: Tensor) -> Tensor:
        """Return the log sum over all ways to arrive, (batch, time, tags); rows run on behind their length."""
        steps, first, _ = self.scores()
        odds = steps.exp()
        alpha = first + emissions[:, 0]
        alphas = [alpha]
        for t in range(1, emissions.shape[1]):
            alpha = _log_matmul(alpha, odds) + emissions[:, t]
            alphas.append(alpha)
        return torch.stack(alphas, dim=1)

    def _backward(self, emissions: Tensor, lengths: Tensor) -> Tensor:
        """Return the log sum over all ways to go on to a row's end, (batch, time, tags)."""
        steps, _, last = self.scores()
        odds = steps.exp().T
        beta = last.expand(emissions.shape[0], -1)
        betas = [beta]
        for t in range(emissions.shape[1] - 1, 0, -1):
            moved = _log_matmul(emissions[:, t] + beta, odds)
            beta = torch.where((t < lengths).unsqueeze(1), moved, last)  # at its last token a row closes
            betas.append(beta)
        return torch.stack(betas[::-1], dim=1)

    def _close(self, alphas: Tensor, lengths: Tensor) -> Tensor:
        """Close each row at its last token: (batch,)."""
        _, _, last = self.scores()
        final = alphas[torch.arange(len(lengths), device=lengths.device), lengths - 1]  # (batch, tags)
        return torch.logsumexp(final + last, dim=1)


def _log_matmul(scores: Tensor, odds: Tensor) -> Tensor:
    """Return log(exp(scores) @ odds) of scores (batch, tags) and odds (tags, tags), without over- or underflow.

    The same as a logsumexp over (batch, tags, tags), several times as fast. What is less than the smallest float32
    beside a row's best is held there: a log of 0 has no gradient.
    """
    best = scores.detach().amax(dim=1, keepdim=True)
    return best + ((scores - best).exp() @ odds).clamp(min=_SMALLEST).log()
