"""Document memory: what the network finds out about a word at one place in a document counts at its other places.

After Gui et al. (2020), "Leveraging Document-Level Label Consistency for Named Entity Recognition", and the memory of
Luo, Xiao and Zhao (2020); here without parameters. The log probabilities of the labels at each place of a word are
moved towards their mean over the document by a fraction. Only places where the word ends a name take part: Roosevelt
learns from Franklin Roosevelt, but not from Roosevelt Street, and New York not from New York Times.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from docsight.layers.crf import Lattice, LinearChainCRF

DOCUMENT_MEMORY = 0.3  # the fraction, chosen on the validation sets (docs/ner.md)
# Log probabilities are at least this: a place where the network is very sure has no more weight than that.
_MIN_LOG_PROBABILITY = -9.2
# The lead of a label's emission over O, without which a word is in no name at any of its places.
_MIN_LEAD = -6.0
# A word is left alone if the mean log probability of every label is below this; within one above it, its steps grow to
# their full size.
_MIN_MEAN = -4.5
_TINY = 1e-9


class ScoredBatch(NamedTuple):
    """The emissions of parts of documents.

    Args:
        emissions: (batch, time, tags).
        lengths: (batch,).
        words: (batch, time); two tokens have the same number if they are the same word of the same document.
        is_core: (batch, time); each token of a document is once in a core. Others serve as context.
        lattice: The sums over the paths of these emissions, if they are known.
    """

    emissions: Tensor
    lengths: Tensor
    words: Tensor
    is_core: Tensor
    lattice: Lattice | None = None


@torch.no_grad()
def share_evidence(crf: LinearChainCRF, batches: Sequence[ScoredBatch], *, fraction: float) -> list[ScoredBatch]:
    """Return the batches with emissions that are moved by the evidence at other places of each word.

    Args:
        crf: A CRF over the tags O, then B, I, E and S of each label.
        batches: All parts of some documents.
        fraction: How far the log probabilities move towards their mean, from 0 to 1.
    """
    words, counts, leads = _survey(batches)
    is_candidate = (counts > 1) & (leads > _MIN_LEAD)
    if not is_candidate.any():
        return list(batches)
    places = [torch.searchsorted(words, batch.words).clamp(max=len(words) - 1) for batch in batches]
    sums = leads.new_zeros(len(words), 1 + (batches[0].emissions.shape[2] - 1) // 4)
    total = leads.new_zeros(len(words))
    found = []
    for batch, at in zip(batches, places, strict=True):
        rows = is_candidate[at].any(dim=1).nonzero().squeeze(1)  # others need no forward-backward
        lattice = crf.lattice(batch.emissions[rows], batch.lengths[rows])
        log, share = _label_log_probabilities(lattice)
        is_core = batch.is_core[rows]
        sums.index_add_(0, at[rows][is_core], (share.unsqueeze(2) * log)[is_core])
        total.index_add_(0, at[rows][is_core], share[is_core])
        found.append((rows, lattice, log, share))
    means = sums / total.clamp(min=_TINY).unsqueeze(1)
    weights = fraction * (means[:, 1:].amax(dim=1) - _MIN_MEAN).clamp(0, 1) * is_candidate  # (words,)
    if not weights.any():
        # Of several rows, not all have spans; the sums of some of them alone may differ in the last bit.
        return [
            batch._replace(lattice=lattice) if len(rows) == len(batch.lengths) == 1 else batch
            for batch, (rows, lattice, _, _) in zip(batches, found, strict=True)
        ]
    moved = []
    for batch, at, (rows, _, log, share) in zip(batches, places, found, strict=True):
        at_rows = at[rows]
        inside = torch.arange(at.shape[1], device=at.device) < batch.lengths[rows].unsqueeze(1)
        is_moved = (inside & (weights[at_rows] > 0)).unsqueeze(2)
        steps = ((weights[at_rows] * share).unsqueeze(2) * (means[at_rows] - log)).masked_fill(~is_moved, 0.0)
        of_tags = torch.cat([steps[:, :, :1], steps[:, :, 1:].repeat_interleave(4, dim=2)], dim=2)
        moved.append(batch._replace(emissions=batch.emissions.index_add(0, rows, of_tags)))
    return moved


def _survey(batches: Sequence[ScoredBatch]) -> tuple[Tensor, Tensor, Tensor]:
    """Return the distinct words in order, how often each occurs, and the highest lead of a label there, (words,).

    The lead is that of the best emission of a tag of a label over that of O.
    """
    numbers = torch.cat([batch.words[batch.is_core] for batch in batches])
    words, places, counts = torch.unique(numbers, return_inverse=True, return_counts=True)
    scores = torch.cat([batch.emissions[batch.is_core] for batch in batches])  # (tokens, tags)
    leads = scores[:, 1:].amax(dim=1) - scores[:, 0]
    return words, counts, leads.new_full(words.shape, -torch.inf).scatter_reduce(0, places, leads, "amax")


def _label_log_probabilities(lattice: Lattice) -> tuple[Tensor, Tensor]:
    """Return two tensors about tokens.

    The log probability that a token is outside, or in a span of each label, (batch, time, 1 + labels); and the
    probability that it is the last token of a span if it is in one, (batch, time).
    """
    marginals = lattice.log_marginals().exp()
    outside, inside = marginals[:, :, :1], marginals[:, :, 1:]
    by_label = inside.reshape(*inside.shape[:2], inside.shape[2] // 4, 4)  # the tags B, I, E and S of each label
    labels = torch.cat([outside, by_label.sum(dim=3)], dim=2)
    last = by_label[:, :, :, 2:].sum(dim=(2, 3)) / inside.sum(dim=2).clamp(min=_TINY)
    return labels.log().clamp(min=_MIN_LOG_PROBABILITY), last.clamp(max=1.0).nan_to_num(0.0)
