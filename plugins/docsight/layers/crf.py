"""A linear-chain conditional random field with hard rules on which tags may follow each other.

Lafferty, McCallum and Pereira (2001); as the last layer of a network, Collobert et al. (2011).
`docsight.layers.crf_educational` explains the algorithms, one sequence at a time.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from docsight.layers.lstms import reverse_rows

# The score of a forbidden step. exp(-1e4) is exactly 0 in float32, so such a path has no probability;
# unlike -inf it leaves no NaN in a gradient.
FORBIDDEN = -1e4
_MIN_POSITIVE = torch.finfo(torch.float32).tiny


class Lattice(NamedTuple):
    """The sums over the paths of some sequences, by the forward-backward algorithm.

    Args:
        alphas: (batch, time, tags), the log sum over all beginnings of a path, up to and including the token.
        betas: (batch, time, tags), the log sum over all endings of a path after the token; undefined beyond a row's
            length.
        total: (batch,), the log sum over all paths.
    """

    alphas: Tensor
    betas: Tensor
    total: Tensor

    def log_marginals(self) -> Tensor:
        """Return the log posterior of each tag at each token, (batch, time, tags); undefined beyond a row's length."""
        return self.alphas + self.betas - self.total[:, None, None]


class LinearChainCRF(nn.Module):
    """Score and decode sequences of tags, and compute their probabilities.

    `follows[a][b]` is whether tag b may come after tag a; `first` and `last`, whether a tag may be the first or last.
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
        # Not persistent: the rules follow from the labels, which are in the config of the model.
        self.register_buffer("forbidden_steps", ~torch.tensor(follows), persistent=False)
        self.register_buffer("forbidden_first", ~torch.tensor(first), persistent=False)
        self.register_buffer("forbidden_last", ~torch.tensor(last), persistent=False)
        self._step_blocks = _step_blocks(follows)

    def scores(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return the scores of steps (tags, tags), first (tags,) and last (tags,), `FORBIDDEN` where not allowed."""
        return (
            self.transitions.masked_fill(self.forbidden_steps, FORBIDDEN),
            self.start.masked_fill(self.forbidden_first, FORBIDDEN),
            self.end.masked_fill(self.forbidden_last, FORBIDDEN),
        )

    def log_likelihood(self, emissions: Tensor, lengths: Tensor, allowed: Tensor) -> Tensor:
        """Return the log probability, (batch,), of the paths that `allowed` admits.

        With one allowed tag per token this is the log-likelihood of a path. With several it is the marginal
        log-likelihood of a partial annotation (Tsuboi et al. 2008).

        Args:
            emissions: (batch, time, tags), float32.
            lengths: (batch,), each at least 1.
            allowed: (batch, time, tags), bool; true where the annotation admits the tag.
        """
        admitted = emissions.masked_fill(~allowed, FORBIDDEN)
        return self.log_partition(admitted, lengths) - self.log_partition(emissions, lengths)

    def log_partition(self, emissions: Tensor, lengths: Tensor) -> Tensor:
        """Return the log of the sum over all paths of their exponentiated scores, (batch,)."""
        return self._close(self._forward(emissions), lengths)

    @torch.no_grad()
    def decode(self, emissions: Tensor, lengths: Tensor) -> Tensor:
        """Return the best path by the Viterbi algorithm, (batch, time); 0 beyond a row's length."""
        dtype = _sum_dtype(emissions)
        steps, first, last = (part.to("cpu", dtype).numpy() for part in self.scores())
        sizes = lengths.cpu().numpy()
        # The batch is the last axis: the maximum over the tag before is then one of whole vectors.
        scores = np.ascontiguousarray(emissions.to("cpu", dtype).numpy().transpose(1, 2, 0))  # (time, tags, batch)
        best = np.empty_like(scores)  # of the paths up to each token
        best[0] = first[:, None] + scores[0]
        blocks = [
            (before, after, steps[before[:, :, None], after[:, None, :], None])  # (blocks, before, after, 1)
            for before, after in self._step_blocks
        ]
        for t in range(1, len(scores)):
            for before, after, of_block in blocks:
                best[t, after] = (best[t - 1, before][:, :, None] + of_block).max(axis=1)
            best[t] += scores[t]
        ends = (best[sizes - 1, :, np.arange(len(sizes))] + last).argmax(axis=1)  # of each row's last token
        return torch.from_numpy(_trace(best, steps, ends, sizes)).to(emissions.device)

    @torch.no_grad()
    def sample(self, emissions: Tensor, lengths: Tensor, generator: torch.Generator) -> Tensor:
        """Draw a path of each row from the posterior, (batch, time); 0 beyond a row's length.

        Forward filtering, backward sampling. `emissions` is (batch, time, tags), `lengths` (batch,).
        """
        steps, _, last = self.scores()
        alphas = self._forward(emissions)  # (batch, time, tags)
        following = torch.zeros(emissions.shape[:1], dtype=torch.long, device=emissions.device)
        path = []
        for t in range(emissions.shape[1] - 1, -1, -1):
            closing = torch.where(torch.eq(lengths, t + 1).unsqueeze(1), last, steps[:, following].T)
            drawn = torch.multinomial((alphas[:, t] + closing).softmax(dim=1), 1, generator=generator).squeeze(1)
            following = torch.where(t < lengths, drawn, 0)
            path.append(following)
        return torch.stack(path[::-1], dim=1)

    @torch.no_grad()
    def lattice(self, emissions: Tensor, lengths: Tensor) -> Lattice:
        """Sum over the paths of rows, forward and backward in one pass over their tokens.

        Args:
            emissions: (batch, time, tags).
            lengths: (batch,).
        """
        steps, first, last = self.scores()
        # The backward sums are the forward sums of the reversed row, with the steps reversed.
        factors = torch.stack([steps, steps.T]).exp()
        scores = torch.stack([emissions, reverse_rows(emissions, lengths)]).movedim(2, 0)  # (time, 2, batch, tags)
        edges = torch.stack([first, last]).unsqueeze(1)
        dtype = _sum_dtype(emissions)
        sums = _sum_paths(*(part.to("cpu", dtype) for part in (scores, edges, factors))).to(emissions.device)
        forward, backward = sums.movedim(0, 2)
        alphas = forward + emissions
        return Lattice(alphas, reverse_rows(backward, lengths), self._close(alphas, lengths))

    @torch.no_grad()
    def run_log_posterior(
        self, emissions: Tensor, lattice: Lattice, rows: Tensor, starts: Tensor, runs: Tensor, sizes: Tensor
    ) -> Tensor:
        """Return the exact log posterior, (runs,), of runs of tags: of all paths that have these tags at these tokens.

        Computed by forward-backward with the run fixed. A span in IOBES is such a run.

        Args:
            emissions: (batch, time, tags).
            lattice: The sums of these rows.
            rows: (runs,), the row of each run.
            starts: (runs,), the first token of each run.
            runs: (runs, longest), the tags of each run; values beyond its size are ignored.
            sizes: (runs,), each at least 1.
        """
        steps, _, _ = self.scores()
        alphas, betas, total = lattice
        head, tail = runs[:, 0], runs.gather(1, (sizes - 1).unsqueeze(1)).squeeze(1)
        score = alphas[rows, starts, head] + betas[rows, starts + sizes - 1, tail] - total[rows]
        for k in range(1, runs.shape[1]):
            token = (starts + k).clamp(max=emissions.shape[1] - 1)
            step = steps[runs[:, k - 1], runs[:, k]] + emissions[rows, token, runs[:, k]]
            score = score + step.masked_fill(k >= sizes, 0.0)
        return score.clamp(max=0.0)

    @torch.no_grad()
    def log_marginals(self, emissions: Tensor, lengths: Tensor) -> Tensor:
        """Return the log posterior of each tag at each token, (batch, time, tags); undefined beyond a row's length.

        Args:
            emissions: (batch, time, tags).
            lengths: (batch,).
        """
        return self.lattice(emissions, lengths).log_marginals()

    @torch.no_grad()
    def span_log_posteriors(
        self,
        emissions: Tensor,
        lengths: Tensor,
        lattice: Lattice,
        *,
        begins: Tensor,
        insides: Tensor,
        ends: Tensor,
        singles: Tensor,
        max_size: int,
    ) -> Iterator[Tensor]:
        """Yield the exact log posteriors of all spans of 1 token, then of all spans of 2 tokens, up to `max_size`.

        Each item is (batch, time - size + 1, labels), by the first token of the span; -inf if the span ends beyond
        its row. Each size is computed from the one before.

        Args:
            emissions: (batch, time, tags).
            lengths: (batch,).
            lattice: The sums of these rows.
            begins: (labels,), the first tag of spans of several tokens.
            insides: (labels,), their tags between the first and the last.
            ends: (labels,), their last tag.
            singles: (labels,), the tag of spans of one token.
            max_size: Tokens of the longest spans.
        """
        steps, _, _ = self.scores()
        time = emissions.shape[1]
        alphas, betas, total = lattice.alphas, lattice.betas, lattice.total[:, None, None]
        tokens = torch.arange(time, device=emissions.device)[:, None]
        is_beyond = tokens >= lengths[:, None, None]  # (batch, time, 1)
        closing = (emissions + betas).masked_fill(is_beyond, -torch.inf)[:, :, ends] - total  # (batch, time, labels)
        inside = emissions[:, :, insides]
        opening = alphas[:, :, begins]  # up to and including the token before the last
        yield (alphas + betas - total).masked_fill(is_beyond, -torch.inf)[:, :, singles].clamp(max=0.0)
        for size in range(2, min(max_size, time) + 1):
            starts = time - size + 1
            opening = opening[:, :starts]
            if size > 2:
                step = steps[begins, insides] if size == 3 else steps[insides, insides]
                opening = opening + step + inside[:, size - 2 : time - 1]
            step = steps[begins, ends] if size == 2 else steps[insides, ends]
            yield (opening + step + closing[:, size - 1 :]).clamp(max=0.0)

    def _forward(self, emissions: Tensor) -> Tensor:
        """Return the log sum over all beginnings of a path, (batch, time, tags); rows continue beyond their length."""
        steps, first, _ = self.scores()
        factors = steps.exp()
        alpha = first + emissions[:, 0]
        alphas = [alpha]
        for t in range(1, emissions.shape[1]):
            alpha = _log_matmul(alpha, factors) + emissions[:, t]
            alphas.append(alpha)
        return torch.stack(alphas, dim=1)

    def _close(self, alphas: Tensor, lengths: Tensor) -> Tensor:
        """Sum over the tags of each row's last token: (batch,)."""
        _, _, last = self.scores()
        final = alphas[torch.arange(len(lengths), device=lengths.device), lengths - 1]  # (batch, tags)
        return torch.logsumexp(final + last, dim=1)


def _step_blocks(follows: Sequence[Sequence[bool]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the allowed steps as blocks: from each tag of one set to each tag of another.

    With IOBES, one block has the steps between O and the first and last tags of spans, and each label has one of the
    steps within its spans: a quarter of all pairs of tags with nine labels.

    Returns:
        For blocks of equal shape, the tags before (blocks, tags before) and the tags after (blocks, tags after).
    """
    after_sets: dict[tuple[int, ...], list[int]] = {}  # by the tags before
    for tag in range(len(follows)):
        before = tuple(other for other in range(len(follows)) if follows[other][tag]) or tuple(range(len(follows)))
        after_sets.setdefault(before, []).append(tag)
    by_shape: dict[tuple[int, int], list[tuple[tuple[int, ...], list[int]]]] = {}
    for before, after in after_sets.items():
        by_shape.setdefault((len(before), len(after)), []).append((before, after))
    return [
        (np.array([before for before, _ in blocks]), np.array([after for _, after in blocks]))
        for blocks in by_shape.values()
    ]


def _trace(best: np.ndarray, steps: np.ndarray, tags: np.ndarray, lengths: np.ndarray) -> npt.NDArray[np.int64]:
    """Follow the best path of each row back from its last tag: (batch, time); 0 beyond a row's length.

    The tag before is found again here, for the tags of one path; to remember it for all tags would take longer.

    Args:
        best: (time, tags, batch), the scores of the best paths up to each token.
        steps: (tags, tags).
        tags: (batch,), the last tags.
        lengths: (batch,).
    """
    path = np.zeros((len(tags), len(best)), dtype=np.int64)
    for t in range(len(best) - 1, -1, -1):
        path[:, t] = tags
        if t:
            before = (best[t - 1] + steps[:, tags]).argmax(axis=0)
            tags = np.where(t < lengths, before, tags)  # beyond its end a row keeps its last tag
    path[np.arange(len(best)) >= lengths[:, None]] = 0
    return path


def _sum_dtype(emissions: Tensor) -> torch.dtype:
    """Return the type for sums over paths, at least float32; numpy has no bfloat16."""
    return torch.promote_types(emissions.dtype, torch.float32)


def _sum_paths(scores: Tensor, edges: Tensor, factors: Tensor) -> Tensor:
    """Return the log sums over all beginnings of paths, without each token's own score: (time, 2, batch, tags).

    The same as adding scores and `_log_matmul` in turn. The arrays of a step are so small that torch takes longer to
    call an operation than to compute it. So numpy does what it does exactly like torch, on the same memory.

    Args:
        scores: (time, 2, batch, tags), of two directions, on the CPU.
        edges: (2, 1, tags), the scores of the first tag.
        factors: (2, tags, tags), the exponentiated scores of steps.
    """
    sums = scores.new_empty(scores.shape)
    paths, total = scores.new_empty(scores.shape[1:]), scores.new_empty(scores.shape[1:])
    own, all_sums, here, there = (part.numpy() for part in (scores, sums, paths, total))
    all_sums[0] = edges.numpy()
    for t in range(1, len(sums)):
        np.add(all_sums[t - 1], own[t - 1], out=here)
        best = np.maximum.reduce(here, axis=2, keepdims=True)
        here -= best
        torch.bmm(paths.exp_(), factors, out=total)
        np.maximum(there, _MIN_POSITIVE, out=there)
        total.log_()
        np.add(there, best, out=all_sums[t])
    return sums


def _log_matmul(scores: Tensor, factors: Tensor) -> Tensor:
    """Return log(exp(scores) @ factors), without over- or underflow, of (…, batch, tags) and (…, tags, tags).

    Equals a logsumexp over (…, batch, tags, tags), but is several times faster. Sums below the smallest float32,
    relative to the best of the row, are clamped to it, because the log of 0 has no gradient.
    """
    best = scores.detach().amax(dim=-1, keepdim=True)
    return best + ((scores - best).exp() @ factors).clamp(min=_MIN_POSITIVE).log()
