import itertools

import pytest
import torch

from docsight.bundle import load_folder
from docsight.networks.spans import find_spans, word_types


def _rows(folder, lengths):
    bundle = load_folder(folder, kind="tagger")
    words = ["Ada", "Lovelace", "met", "Charles", "in", "London", "."]
    types = word_types(words, vocab=bundle.vocabularies["words"], chars=bundle.vocabularies["chars"])
    torch.manual_seed(0)
    network = bundle.network.eval()
    with torch.no_grad():
        encoded = network.encoder.encode_types(types)
    return network, encoded, [torch.randint(0, len(words), (n,)) for n in lengths]


def test_find_spans_is_the_same_alone_and_in_a_batch(tiny_model):
    network, encoded, rows = _rows(tiny_model, [3, 40, 1, 300, 7, 0, 1000])
    together = find_spans(network, encoded, rows)
    for row, spans in zip(rows, together, strict=True):
        alone = find_spans(network, encoded, [row])[0]
        assert [span[:3] for span in alone] == [span[:3] for span in spans]
        assert [span.score for span in alone] == pytest.approx([span.score for span in spans], abs=1e-4)


def test_find_spans_of_a_long_row_does_not_depend_on_distant_tokens(tiny_model):
    network, encoded, (row,) = _rows(tiny_model, [2000])
    spans = find_spans(network, encoded, [row])[0]
    assert spans == sorted(spans)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    head = find_spans(network, encoded, [row[:1024]])[0]
    assert [s[:3] for s in head if s.end < 900] == [s[:3] for s in spans if s.end < 900]


def test_find_spans_does_not_cross_a_break(tiny_model):
    network, encoded, (row,) = _rows(tiny_model, [200])
    crossing = [s for s in find_spans(network, encoded, [row])[0] if s.end - s.start > 1]
    assert crossing
    breaks = [s.start for s in crossing]
    for span in find_spans(network, encoded, [row], breaks=[breaks])[0]:
        assert not any(span.start <= at < span.end - 1 for at in breaks)


def test_find_spans_scores_are_posteriors_of_the_whole_row(tiny_model):
    network, encoded, (row,) = _rows(tiny_model, [30])
    spans = find_spans(network, encoded, [row])[0]
    emissions = network.emissions(encoded[row].unsqueeze(0), torch.tensor([30]))
    lengths = torch.tensor([30])
    total = network.crf.log_partition(emissions, lengths)
    for span in spans:
        tags = [f"S-{span.label}"] if span.end - span.start == 1 else [f"B-{span.label}", f"E-{span.label}"]
        allowed = torch.ones_like(emissions, dtype=torch.bool)
        for at, tag in ((span.start, tags[0]), (span.end - 1, tags[-1])):
            allowed[0, at] = False
            allowed[0, at, network.tags.index(tag)] = True
        if span.end - span.start > 2:
            inside = allowed[0, span.start + 1 : span.end - 1]
            inside[:] = False
            inside[:, network.tags.index(f"I-{span.label}")] = True
        fixed = network.crf.log_partition(emissions.masked_fill(~allowed, -1e4), lengths)
        assert span.score == pytest.approx(float((fixed - total).exp().detach()), abs=1e-4)


def test_find_spans_memory_is_bounded_by_the_batch(tiny_model, monkeypatch):
    monkeypatch.setattr("docsight.networks.spans.MAX_BATCH_TOKENS", 512)
    network, encoded, rows = _rows(tiny_model, [5000, 10, 10])
    sizes = []
    emissions = network.emissions
    monkeypatch.setattr(network, "emissions", lambda x, n: sizes.append(x.shape[0] * x.shape[1]) or emissions(x, n))
    find_spans(network, encoded, rows)
    assert max(sizes) <= 512
