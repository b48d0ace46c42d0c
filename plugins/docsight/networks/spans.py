"""Find spans with a tagger: long rows in windows, windows in batches, each span with its posterior probability."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from docsight.batching import Window, batches_by_cost, windows
from docsight.layers.crf import FORBIDDEN, Lattice
from docsight.layers.lstms import has_matrix_tiles, padded_size
from docsight.networks.document_memory import ScoredBatch, share_evidence
from docsight.networks.tagger import Tagger, WordTypes
from docsight.vocab import Vocab, casing, pad_rows

WINDOW_TOKENS = 256  # tokens of a window
MARGIN_TOKENS = 32  # tokens at each end of a window that serve as context only
MAX_BATCH_TOKENS = 16_384  # tokens of a batch, padding included
MAX_TOKENS_TOGETHER = 4 * MAX_BATCH_TOKENS  # tokens of rows whose scores are held together; a longer row is alone
# Rows of a batch are padded to a multiple of this. In bfloat16, oneDNN then computes the same states for a row in any
# batch; and with other numbers it may be several times slower. Fewer rows are padded to a power of two, except on
# processors with AMX, whose tiles have 16 rows.
ROW_MULTIPLE = 16
ROWS_TOGETHER = 32  # rows that the network reads together on the CPU: with more it is no faster
MAX_TYPES_AT_ONCE = 8_192  # distinct words that are encoded together
MAX_ENCODED_CHARS = 20  # characters of a word that are encoded; a longer word keeps its head and its tail
MAX_LIKELY_TOKENS = 12  # tokens of a span that is listed although it is not on the best path


class ScoredSpan(NamedTuple):
    start: int
    end: int
    label: str
    score: float  # the posterior probability


class _Piece(NamedTuple):
    """A window of a row."""

    row: int
    window: Window


class RowSpans(NamedTuple):
    """The spans of one row, in ascending order."""

    best: list[ScoredSpan]  # of the best sequence of tags; they do not overlap
    likely: list[ScoredSpan]  # all with a minimum score, overlapping ones too; empty if none was asked for


def word_types(words: Sequence[str], *, vocab: Vocab, chars: Vocab) -> WordTypes:
    """Turn distinct words into tensors: ids (types,), characters (types, chars), casings (types,)."""
    return WordTypes(
        words=_ids([vocab.word_id(word) for word in words]),
        chars=_ids(pad_rows([chars.char_ids(word, MAX_ENCODED_CHARS) for word in words])),
        casings=_ids([casing(word) for word in words]),
    )


def _ids(values: Sequence[int] | Sequence[Sequence[int]]) -> Tensor:
    """Return integers as a tensor on the CPU, whatever torch's default device is."""
    return torch.tensor(values, dtype=torch.long, device="cpu")


@torch.no_grad()
def encode_words(network: Tagger, types: WordTypes) -> Tensor:
    """Encode distinct words without their context, (types, input), in parts that bound the memory."""
    blocks = zip(*(torch.split(part, MAX_TYPES_AT_ONCE) for part in types), strict=True)
    return torch.cat([network.encoder.encode_types(WordTypes(*block)) for block in blocks]).float()


@torch.no_grad()
def search_rows(
    network: Tagger,
    encoded: Tensor,
    rows: Sequence[Tensor],
    *,
    breaks: Sequence[Sequence[int]] | None = None,
    outside: Sequence[Sequence[int]] | None = None,
    min_score: float | Mapping[str, float] | None = None,
    memory: float = 0.0,
    words: Sequence[Tensor] | None = None,
) -> list[RowSpans]:
    """Find the spans of rows of any length.

    A row longer than `WINDOW_TOKENS` is split into overlapping windows, so time and memory are linear in its
    length. A span's probability is the posterior under the CRF of the window whose core holds its first token.

    Args:
        network: The tagger, in evaluation mode.
        encoded: (types, input), the distinct words as encoded by `encode_words`.
        rows: For each row its words as indices into `encoded`, (tokens,).
        breaks: For each row, in order, the tokens that no span may continue beyond, such as the last of a paragraph.
        outside: For each row, in order, the tokens that are in no span, such as those that stand for layout.
        min_score: The lowest posterior of the spans in `RowSpans.likely`, above 0; one for all labels or one for each.
            These spans have up to `MAX_LIKELY_TOKENS` tokens, or any number if they are on the best sequence.
        memory: How much the places of a word in a row learn from each other, from 0 to 1; see `document_memory`.
            Posteriors are those after this.
        words: For each row its words as numbers, (tokens,), for `memory`; None if equal words have equal indices.
    """
    min_scores = None if min_score is None else _min_scores(network, min_score)
    found = [RowSpans([], []) for _ in rows]
    for group in batches_by_cost([len(row) for row in rows], max_cost=MAX_TOKENS_TOGETHER):
        pieces = [_Piece(r, window) for r in group for window in _windows(len(rows[r]))]
        batches = batches_by_cost(
            [piece.window.end - piece.window.start for piece in pieces], max_cost=MAX_BATCH_TOKENS
        )
        scored = [
            _score(network, encoded, rows, [pieces[p] for p in batch], breaks=breaks, outside=outside, words=words)
            for batch in batches
        ]
        if memory and scored:
            scored = share_evidence(network.crf, scored, fraction=memory)
        spans = [RowSpans([], []) for _ in pieces]
        for batch, part in zip(batches, scored, strict=True):
            scores, lattice = part.emissions, part.lattice
            if lattice is None and min_scores is not None:
                lattice = network.crf.lattice(scores, part.lengths)
            best = _best_spans(network, scores, part.lengths, lattice)
            likely = (
                None
                if lattice is None or min_scores is None
                else _likely_spans(network, scores, part.lengths, lattice, best, min_scores)
            )
            for n, p in enumerate(batch):
                spans[p] = RowSpans(best[n], likely[n] if likely is not None else [])
        for piece, of_piece in zip(pieces, spans, strict=True):
            _add_spans(found[piece.row], of_piece, piece.window)
    return found


def _min_scores(network: Tagger, min_score: float | Mapping[str, float]) -> dict[str, float]:
    scores = min_score if isinstance(min_score, Mapping) else dict.fromkeys(network.labels, min_score)
    if not all(scores[label] > 0 for label in network.labels):
        raise ValueError(f"Expected minimum scores above 0; found {min_score}.")
    return {label: scores[label] for label in network.labels}


def _windows(length: int) -> list[Window]:
    return windows(length, size=WINDOW_TOKENS, margin=MARGIN_TOKENS)


def _score(
    network: Tagger,
    encoded: Tensor,
    rows: Sequence[Tensor],
    pieces: Sequence[_Piece],
    *,
    breaks: Sequence[Sequence[int]] | None,
    outside: Sequence[Sequence[int]] | None,
    words: Sequence[Tensor] | None,
) -> ScoredBatch:
    """Score the tags of some windows, on the device of `encoded`.

    At breaks, only tags that end a span or are outside one (O, E, S) are possible; at tokens outside, only O.
    """
    device = encoded.device
    lengths = _ids([window.end - window.start for _, window in pieces])
    index = lengths.new_zeros(len(pieces), int(lengths.max()))
    numbers, is_core = torch.zeros_like(index), torch.zeros_like(index, dtype=torch.bool)
    ends: list[tuple[int, int]] = []
    skips: list[tuple[int, int]] = []
    for n, (r, window) in enumerate(pieces):
        index[n, : window.end - window.start] = rows[r][window.start : window.end]
        numbers[n, : window.end - window.start] = (words or rows)[r][window.start : window.end]
        is_core[n, window.core_start - window.start : window.core_end - window.start] = True
        ends += _places(n, window, breaks[r] if breaks is not None else ())
        skips += _places(n, window, outside[r] if outside is not None else ())
    emissions = _emissions(network, encoded, index, lengths)
    is_core, lengths = is_core.to(device), lengths.to(device)
    for places, prefixes in ((ends, "BI"), (skips, "BIES")):
        if places:
            at = torch.tensor(places, device=device)
            forbidden = torch.tensor([tag[0] in prefixes for tag in network.tags], device=device)
            emissions[at[:, 0], at[:, 1]] = emissions[at[:, 0], at[:, 1]].masked_fill(forbidden, FORBIDDEN)
    numbers += _ids([piece.row for piece in pieces]).unsqueeze(1) << 32  # words of one row alone are the same
    return ScoredBatch(emissions, lengths, numbers.to(device), is_core)


def _emissions(network: Tagger, encoded: Tensor, index: Tensor, lengths: Tensor) -> Tensor:
    """Score the tags of rows: (batch, time, tags), on the device of `encoded`.

    On the CPU, the network reads blocks of neighbouring rows, each as far as its longest row: little of that is padding
    if the rows are sorted by length.

    Args:
        network: The tagger.
        encoded: (types, input).
        index: (batch, time), indices into `encoded`, on the CPU.
        lengths: (batch,), on the CPU.
    """
    size = ROWS_TOGETHER if encoded.device.type == "cpu" else len(index)
    blocks = []
    for rows, sizes in zip(torch.split(index, size), torch.split(lengths, size), strict=True):
        missing = _padded_rows(len(rows)) - len(rows)
        padded = F.pad(rows[:, : int(sizes.max())], (0, 0, 0, missing)).to(encoded.device)
        of_block = network.emissions(encoded[padded], F.pad(sizes, (0, missing), value=1).to(encoded.device))
        blocks.append(F.pad(of_block[: len(rows)], (0, 0, 0, index.shape[1] - padded.shape[1])))
    return torch.cat(blocks)


def _padded_rows(rows: int) -> int:
    """Return to how many rows a batch is padded."""
    return max(padded_size(rows, ROW_MULTIPLE), ROW_MULTIPLE if has_matrix_tiles() else 1)


def _places(row: int, window: Window, tokens: Sequence[int]) -> list[tuple[int, int]]:
    """Return the tokens of a row that are in the window, counted from its start, each with the row."""
    first, last = bisect_left(tokens, window.start), bisect_left(tokens, window.end)
    return [(row, token - window.start) for token in tokens[first:last]]


def _best_spans(network: Tagger, emissions: Tensor, lengths: Tensor, lattice: Lattice | None) -> list[list[ScoredSpan]]:
    """Return the spans of the best path of each row; without a lattice, one is made of the rows that have any."""
    device = emissions.device
    path = network.crf.decode(emissions, lengths)  # (batch, time)
    prefixes = [tag[0] for tag in network.tags]
    opens = torch.tensor([prefix in "BS" for prefix in prefixes], device=device)
    closes = torch.tensor([prefix in "ES" for prefix in prefixes], device=device)
    # A decoded path is well formed, so the n-th opening tag of the batch belongs to the n-th closing one.
    rows, starts = opens[path].nonzero(as_tuple=True)
    _, lasts = closes[path].nonzero(as_tuple=True)
    if not len(rows):
        return [[] for _ in range(len(lengths))]
    sizes = lasts - starts + 1
    tokens = starts.unsqueeze(1) + torch.arange(int(sizes.max()), device=device)
    runs = path[rows.unsqueeze(1), tokens.clamp(max=path.shape[1] - 1)]  # (runs, longest)
    in_lattice = rows
    if lattice is None:
        used, in_lattice = torch.unique(rows, return_inverse=True)
        emissions = emissions[used]
        lattice = network.crf.lattice(emissions, lengths[used])
    log_posteriors = network.crf.run_log_posterior(emissions, lattice, in_lattice, starts, runs, sizes)
    # Tags are O, then B, I, E and S of each label.
    labels = (runs[:, 0] - 1) // 4
    return _scored_spans(network, len(lengths), rows, starts, sizes, labels, log_posteriors)


def _likely_spans(
    network: Tagger,
    emissions: Tensor,
    lengths: Tensor,
    lattice: Lattice,
    best: Sequence[Sequence[ScoredSpan]],
    min_scores: Mapping[str, float],
) -> list[list[ScoredSpan]]:
    """Return the spans of each row with the minimum score of their label; of long ones only those of the best path."""
    device = emissions.device
    begins = 1 + 4 * torch.arange(len(network.labels), device=device)
    posteriors = network.crf.span_log_posteriors(
        emissions,
        lengths,
        lattice,
        begins=begins,
        insides=begins + 1,
        ends=begins + 2,
        singles=begins + 3,
        max_size=MAX_LIKELY_TOKENS,
    )
    limits = emissions.new_tensor(list(min_scores.values())).log()  # (labels,)
    parts = []
    for size, log_posteriors in enumerate(posteriors, start=1):
        rows, starts, labels = (log_posteriors >= limits).nonzero(as_tuple=True)
        parts.append((rows, starts, torch.full_like(rows, size), labels, log_posteriors[rows, starts, labels]))
    spans = _scored_spans(network, len(lengths), *(torch.cat(column) for column in zip(*parts, strict=True)))
    for row, entities in zip(spans, best, strict=True):
        row += [
            span
            for span in entities
            if span.end - span.start > MAX_LIKELY_TOKENS and span.score >= min_scores[span.label]
        ]
        row.sort()
    return spans


def _scored_spans(
    network: Tagger, num_rows: int, rows: Tensor, starts: Tensor, sizes: Tensor, labels: Tensor, log_posteriors: Tensor
) -> list[list[ScoredSpan]]:
    """Sort spans, given as columns (spans,), into their rows. Here posteriors become scores."""
    spans: list[list[ScoredSpan]] = [[] for _ in range(num_rows)]
    columns = (rows, starts, starts + sizes, labels, log_posteriors.exp())
    for row, start, end, label, score in zip(*(column.tolist() for column in columns), strict=True):
        spans[row].append(ScoredSpan(start, end, network.labels[label], score))
    return spans


def _add_spans(row: RowSpans, found: RowSpans, window: Window) -> None:
    """Add the spans of a window, those that begin in its core, to those of the windows before it in the row."""
    for span in _in_core(found.best, window):
        if not row.best or span.start >= row.best[-1].end:  # one of an earlier window takes precedence
            row.best.append(span)
    row.likely.extend(_in_core(found.likely, window))


def _in_core(spans: Sequence[ScoredSpan], window: Window) -> list[ScoredSpan]:
    """Return the spans that begin in the core of a window, with the offsets of its row."""
    return [
        ScoredSpan(window.start + start, window.start + end, label, score)
        for start, end, label, score in spans
        if window.core_start <= window.start + start < window.core_end
    ]
