"""Find spans with a tagger: long rows in windows, windows in batches, each span with its posterior probability."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from docsight.batching import batches_by_cost, windows
from docsight.layers.crf import FORBIDDEN
from docsight.networks.tagger import Tagger, WordTypes
from docsight.vocab import Vocab, casing, pad_rows

WINDOW_TOKENS = 256  # tokens of a window
MARGIN_TOKENS = 32  # tokens at each end of a window that serve as context only
MAX_BATCH_TOKENS = 16_384  # tokens of a batch, padding included
MAX_TYPES_AT_ONCE = 8_192  # distinct words that are encoded together
MAX_ENCODED_CHARS = 20  # characters of a word that are encoded; a longer word keeps its head and its tail


class ScoredSpan(NamedTuple):
    start: int
    end: int
    label: str
    score: float  # the posterior probability


def word_types(words: Sequence[str], *, vocab: Vocab, chars: Vocab) -> WordTypes:
    """Turn distinct words into tensors: ids (types,), characters (types, chars), casings (types,)."""
    return WordTypes(
        words=torch.tensor([vocab.word_id(word) for word in words], dtype=torch.long),
        chars=torch.tensor(pad_rows([chars.char_ids(word, MAX_ENCODED_CHARS) for word in words]), dtype=torch.long),
        casings=torch.tensor([casing(word) for word in words], dtype=torch.long),
    )


@torch.no_grad()
def encode_words(network: Tagger, types: WordTypes) -> Tensor:
    """Encode distinct words without their context, (types, input), in parts that bound the memory."""
    blocks = zip(*(torch.split(part, MAX_TYPES_AT_ONCE) for part in types), strict=True)
    return torch.cat([network.encoder.encode_types(WordTypes(*block)) for block in blocks]).float()


@torch.no_grad()
def find_spans(
    network: Tagger,
    encoded: Tensor,
    rows: Sequence[Tensor],
    *,
    breaks: Sequence[Sequence[int]] | None = None,
) -> list[list[ScoredSpan]]:
    """Find the spans of rows of any length.

    A row longer than `WINDOW_TOKENS` is split into overlapping windows, so time and memory are linear in its
    length. A span's probability is the posterior under the CRF of the window whose core holds its first token.

    Args:
        network: The tagger, in evaluation mode.
        encoded: (types, input), the distinct words as encoded by `encode_words`.
        rows: For each row its words as indices into `encoded`, (tokens,).
        breaks: For each row the tokens that no span may continue beyond, such as the last token of a paragraph.
    """
    pieces = [
        (r, window)
        for r, row in enumerate(rows)
        for window in windows(len(row), size=WINDOW_TOKENS, margin=MARGIN_TOKENS)
    ]
    found: list[list[ScoredSpan]] = [[] for _ in pieces]
    lengths = [window.end - window.start for _, window in pieces]
    for batch in batches_by_cost(lengths, max_cost=MAX_BATCH_TOKENS):
        sizes = torch.tensor([lengths[p] for p in batch])
        index = torch.zeros(len(batch), int(sizes.max()), dtype=torch.long)
        stops: list[tuple[int, int]] = []
        for n, p in enumerate(batch):
            r, window = pieces[p]
            index[n, : lengths[p]] = rows[r][window.start : window.end]
            if breaks is not None:
                stops += [(n, at - window.start) for at in breaks[r] if window.start <= at < window.end]
        for p, spans in zip(batch, _find_in_batch(network, encoded, index, sizes, stops), strict=True):
            found[p] = spans
    result: list[list[ScoredSpan]] = [[] for _ in rows]
    for (r, window), spans in zip(pieces, found, strict=True):
        for start, end, label, score in spans:
            at = window.start + start
            # Each window contributes the spans that begin in its core; one of an earlier window takes precedence.
            if window.core_start <= at < window.core_end and (not result[r] or at >= result[r][-1].end):
                result[r].append(ScoredSpan(at, window.start + end, label, score))
    return result


def _find_in_batch(
    network: Tagger, encoded: Tensor, index: Tensor, lengths: Tensor, stops: Sequence[tuple[int, int]]
) -> list[list[ScoredSpan]]:
    """Find the spans of padded rows: index (batch, time), lengths (batch,), stops as (row, token)."""
    device = encoded.device
    index, lengths = index.to(device), lengths.to(device)
    emissions = network.emissions(encoded[index], lengths)  # (batch, time, tags)
    prefixes = [tag[0] for tag in network.tags]
    if stops:
        # At the last token before a break only tags that end a span, or are outside one (O, E, S), are possible.
        at = torch.tensor(stops, device=device)
        continues = torch.tensor([prefix in "BI" for prefix in prefixes], device=device)
        emissions[at[:, 0], at[:, 1]] = emissions[at[:, 0], at[:, 1]].masked_fill(continues, FORBIDDEN)
    path = network.crf.decode(emissions, lengths)  # (batch, time)
    opens = torch.tensor([prefix in "BS" for prefix in prefixes], device=device)
    closes = torch.tensor([prefix in "ES" for prefix in prefixes], device=device)
    # A decoded path is well formed, so the n-th opening tag of the batch belongs to the n-th closing one.
    rows, starts = opens[path].nonzero(as_tuple=True)
    _, lasts = closes[path].nonzero(as_tuple=True)
    spans: list[list[ScoredSpan]] = [[] for _ in range(len(lengths))]
    if not len(rows):
        return spans
    sizes = lasts - starts + 1
    tokens = starts.unsqueeze(1) + torch.arange(int(sizes.max()), device=device)
    runs = path[rows.unsqueeze(1), tokens.clamp(max=path.shape[1] - 1)]  # (runs, longest)
    used, used_rows = torch.unique(rows, return_inverse=True)  # rows without spans need no forward-backward
    log_posterior = network.crf.run_log_posterior(emissions[used], lengths[used], used_rows, starts, runs, sizes)
    # Tags are O, then B, I, E and S of each label.
    labels = (runs[:, 0] - 1) // 4
    columns = (rows, starts, lasts + 1, labels, log_posterior.exp())
    for row, start, end, label, score in zip(*(column.tolist() for column in columns), strict=True):
        spans[row].append(ScoredSpan(start, end, network.labels[label], score))
    return spans
