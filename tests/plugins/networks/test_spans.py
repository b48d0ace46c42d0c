import itertools

import pytest
import torch

from docsight.bundle import load_folder
from docsight.networks.spans import search_rows, word_types


def _best(network, encoded, rows, **settings):
    return [found.best for found in search_rows(network, encoded, rows, **settings)]


def _likely(network, encoded, rows, *, min_score):
    return [found.likely for found in search_rows(network, encoded, rows, min_score=min_score)]


def _rows(folder, lengths):
    bundle = load_folder(folder, kind="tagger")
    words = ["Ada", "Lovelace", "met", "Charles", "in", "London", "."]
    types = word_types(words, vocab=bundle.vocabularies["words"], chars=bundle.vocabularies["chars"])
    torch.manual_seed(0)
    network = bundle.network.eval()
    with torch.no_grad():
        encoded = network.encoder.encode_types(types)
    return network, encoded, [torch.randint(0, len(words), (n,)) for n in lengths]


def test_spans_are_the_same_alone_and_in_a_batch(tiny_model):
    network, encoded, rows = _rows(tiny_model, [3, 40, 1, 300, 7, 0, 1000])
    together = _best(network, encoded, rows)
    for row, spans in zip(rows, together, strict=True):
        alone = _best(network, encoded, [row])[0]
        assert [span[:3] for span in alone] == [span[:3] for span in spans]
        assert [span.score for span in alone] == pytest.approx([span.score for span in spans], abs=1e-4)


def test_spans_of_a_long_row_do_not_depend_on_distant_tokens(tiny_model):
    network, encoded, (row,) = _rows(tiny_model, [2000])
    spans = _best(network, encoded, [row])[0]
    assert spans == sorted(spans)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    head = _best(network, encoded, [row[:1024]])[0]
    assert [s[:3] for s in head if s.end < 900] == [s[:3] for s in spans if s.end < 900]


def test_spans_do_not_cross_a_break(tiny_model):
    network, encoded, (row,) = _rows(tiny_model, [200])
    crossing = [s for s in _best(network, encoded, [row])[0] if s.end - s.start > 1]
    assert crossing
    breaks = [s.start for s in crossing]
    for span in _best(network, encoded, [row], breaks=[breaks])[0]:
        assert not any(span.start <= at < span.end - 1 for at in breaks)


def test_spans_contain_no_token_that_is_outside(tiny_model):
    network, encoded, (row,) = _rows(tiny_model, [600])
    outside = sorted({span.start for span in _best(network, encoded, [row])[0]})
    for spans in search_rows(network, encoded, [row], outside=[outside], min_score=0.01)[0]:
        assert spans
        assert not any(span.start <= at < span.end for span in spans for at in outside)


def test_likely_spans_list_the_spans_above_the_minimum_in_order(tiny_model):
    network, encoded, rows = _rows(tiny_model, [40, 0, 1, 600])
    best, spans = _best(network, encoded, rows), _likely(network, encoded, rows, min_score=0.05)
    for entities, found in zip(best, spans, strict=True):
        assert found == sorted(found)
        assert len({span[:3] for span in found}) == len(found)
        assert all(span.score >= 0.05 for span in found)
        scores = {span[:3]: span.score for span in found}
        likely = [span for span in entities if span.score > 0.051]
        assert [scores[span[:3]] for span in likely] == pytest.approx([span.score for span in likely], abs=1e-3)
    assert any(a.end > b.start for a, b in itertools.pairwise(spans[-1]))  # overlapping ones, too


def test_likely_spans_take_a_minimum_for_each_label(tiny_model):
    network, encoded, rows = _rows(tiny_model, [100])
    minimum = {"PER": 0.3, "ORG": 0.05, "LOC": 1.0}
    everything = _likely(network, encoded, rows, min_score=0.05)[0]
    found = _likely(network, encoded, rows, min_score=minimum)[0]
    assert found == [span for span in everything if span.score >= minimum[span.label]]
    assert {span.label for span in found} == {"PER", "ORG"}
    with pytest.raises(ValueError, match="minimum scores above 0; found 0"):
        _likely(network, encoded, rows, min_score=0)


def test_likely_spans_list_an_entity_of_any_length(tiny_model, monkeypatch):
    monkeypatch.setattr("docsight.networks.spans.MAX_LIKELY_TOKENS", 1)
    network, encoded, rows = _rows(tiny_model, [100])
    entities = [span for span in _best(network, encoded, rows)[0] if span.end - span.start > 1]
    found = _likely(network, encoded, rows, min_score=0.01)[0]
    assert [span for span in found if span.end - span.start > 1] == [span for span in entities if span.score >= 0.01]
    assert found == sorted(found)


def test_scores_are_posteriors_of_the_whole_row(tiny_model, monkeypatch):
    monkeypatch.setattr("docsight.layers.lstms.has_fast_bfloat16", lambda device: False)
    network, encoded, (row,) = _rows(tiny_model, [30])
    spans = _best(network, encoded, [row])[0]
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


def test_memory_is_bounded_by_the_batch(tiny_model, monkeypatch):
    monkeypatch.setattr("docsight.networks.spans.MAX_BATCH_TOKENS", 4096)
    network, encoded, rows = _rows(tiny_model, [20_000, 10, 10])
    sizes = []
    emissions = network.emissions
    monkeypatch.setattr(network, "emissions", lambda x, n: sizes.append(x.shape[0] * x.shape[1]) or emissions(x, n))
    _best(network, encoded, rows)
    assert max(sizes) <= 4096


def test_search_rows_with_memory_depends_on_the_row_alone(tiny_model):
    network, encoded, rows = _rows(tiny_model, [300, 40, 0, 7])
    together = search_rows(network, encoded, rows, memory=0.3)
    assert together != search_rows(network, encoded, rows)
    for row, found in zip(rows, together, strict=True):
        alone = search_rows(network, encoded, [row], memory=0.3)[0].best
        assert [span[:3] for span in alone] == [span[:3] for span in found.best]
        assert [span.score for span in alone] == pytest.approx([span.score for span in found.best], abs=1e-4)


def test_search_rows_takes_the_words_of_rows_whose_indices_differ_for_equal_words(tiny_model):
    network, encoded, (row,) = _rows(tiny_model, [40])
    inputs, own = encoded[row], torch.arange(40)
    assert search_rows(network, inputs, [own], memory=0.3) == search_rows(network, encoded, [row])
    assert search_rows(network, inputs, [own], memory=0.3, words=[row]) == search_rows(
        network, encoded, [row], memory=0.3
    )


def test_search_rows_finds_the_same_in_blocks_of_rows(tiny_model, monkeypatch):
    network, encoded, rows = _rows(tiny_model, [3, 40, 41, 1, 300, 7])
    together = _best(network, encoded, rows)
    monkeypatch.setattr("docsight.networks.spans.ROWS_TOGETHER", 2)
    for found, spans in zip(_best(network, encoded, rows), together, strict=True):
        assert [span[:3] for span in found] == [span[:3] for span in spans]
        assert [span.score for span in found] == pytest.approx([span.score for span in spans], abs=1e-4)


def test_search_rows_sums_over_the_paths_once_for_entities_and_likely_spans(tiny_model, monkeypatch):
    network, encoded, rows = _rows(tiny_model, [40])
    calls = []
    lattice = network.crf.lattice
    monkeypatch.setattr(network.crf, "lattice", lambda *args: calls.append(args) or lattice(*args))
    assert _likely(network, encoded, rows, min_score=0.05)[0]
    assert len(calls) == 1
