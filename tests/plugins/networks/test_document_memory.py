import pytest
import torch

from docsight.layers.crf import LinearChainCRF
from docsight.networks.document_memory import ScoredBatch, share_evidence
from docsight.tags import iobes_rules, iobes_tags

TAGS = iobes_tags(["PER", "LOC"])
ROOSEVELT, OTHER = 5, 6


@pytest.fixture
def crf() -> LinearChainCRF:
    follows, first, last = iobes_rules(TAGS)
    return LinearChainCRF(follows=follows, first=first, last=last)


def _batch(rows: list[list[tuple[int, dict[str, float]]]], is_core: list[list[bool]] | None = None) -> ScoredBatch:
    """Make a batch of tokens, each given by the number of its word and the scores of some of its tags."""
    emissions = torch.zeros(len(rows), len(rows[0]), len(TAGS))
    for n, row in enumerate(rows):
        for t, (_, scores) in enumerate(row):
            for tag, score in scores.items():
                emissions[n, t, TAGS.index(tag)] = score
    words = torch.tensor([[word for word, _ in row] for row in rows])
    core = torch.ones_like(words, dtype=torch.bool) if is_core is None else torch.tensor(is_core)
    return ScoredBatch(emissions, torch.full((len(rows),), len(rows[0])), words, core)


def _best(crf: LinearChainCRF, emissions: torch.Tensor) -> list[list[str]]:
    lengths = torch.full((len(emissions),), emissions.shape[1])
    return [[TAGS[tag] for tag in path] for path in crf.decode(emissions, lengths).tolist()]


def test_unclear_place_of_a_word_takes_the_label_of_its_clear_places(crf: LinearChainCRF):
    clear, unclear, outside = {"S-PER": 9.0}, {"S-LOC": 3.2, "S-PER": 3.0}, {"O": 9.0}
    batch = _batch([[(ROOSEVELT, clear), (OTHER, outside)], [(ROOSEVELT, unclear), (OTHER, outside)]])
    moved = share_evidence(crf, [batch], fraction=0.3)[0].emissions
    assert _best(crf, batch.emissions) == [["S-PER", "O"], ["S-LOC", "O"]]
    assert _best(crf, moved) == [["S-PER", "O"], ["S-PER", "O"]]


def test_clear_places_of_a_word_keep_their_different_labels(crf: LinearChainCRF):
    person, street = {"S-PER": 9.0}, {"S-LOC": 9.0}
    batch = _batch([[(ROOSEVELT, person)], [(ROOSEVELT, street)], [(ROOSEVELT, street)], [(ROOSEVELT, street)]])
    moved = share_evidence(crf, [batch], fraction=0.3)[0].emissions
    assert _best(crf, moved) == [["S-PER"], ["S-LOC"], ["S-LOC"], ["S-LOC"]]


def test_only_the_last_words_of_names_learn_from_each_other(crf: LinearChainCRF):
    """A street is not drawn to the person whose name it begins with, but the surname to the full name."""
    person, street = [(ROOSEVELT, {"S-PER": 9.0}), (OTHER, {"O": 9.0})], [(ROOSEVELT, {"B-LOC": 3.2, "B-PER": 3.0})]
    street.append((7, {"E-LOC": 3.2, "E-PER": 3.0, "O": -5.0}))
    batch = _batch([street, *[person] * 10])
    moved = share_evidence(crf, [batch], fraction=0.3)[0].emissions
    assert _best(crf, moved)[0] == ["B-LOC", "E-LOC"]
    full_name, unclear = [(8, {"B-PER": 9.0}), (ROOSEVELT, {"E-PER": 9.0})], [(OTHER, {"O": 9.0})]
    unclear.append((ROOSEVELT, {"S-LOC": 3.2, "S-PER": 3.0}))
    batch = _batch([unclear, full_name])
    moved = share_evidence(crf, [batch], fraction=0.3)[0].emissions
    assert _best(crf, batch.emissions)[0] == ["O", "S-LOC"]
    assert _best(crf, moved)[0] == ["O", "S-PER"]


def test_words_that_occur_once_or_outside_names_keep_their_scores(crf: LinearChainCRF):
    batch = _batch([[(ROOSEVELT, {"S-PER": 1.0}), (OTHER, {"O": 12.0}), (OTHER, {"O": 11.0})]])
    moved = share_evidence(crf, [batch], fraction=0.3)[0].emissions
    assert torch.equal(moved, batch.emissions)


def test_lattice_of_a_row_that_keeps_its_scores_is_known(crf: LinearChainCRF):
    kept = _batch([[(OTHER, {"O": 5.0}), (OTHER, {"O": 5.0, "S-PER": 0.1})]])
    moved = _batch([[(ROOSEVELT, {"S-PER": 9.0}), (ROOSEVELT, {"S-LOC": 3.2, "S-PER": 3.0})]])
    (batch,) = share_evidence(crf, [kept], fraction=0.3)
    assert torch.equal(batch.emissions, kept.emissions)
    assert torch.equal(batch.lattice.alphas, crf.lattice(kept.emissions, kept.lengths).alphas)
    (batch,) = share_evidence(crf, [moved], fraction=0.3)
    assert not torch.equal(batch.emissions, moved.emissions)
    assert batch.lattice is None


def test_evidence_crosses_batches_and_counts_each_token_once(crf: LinearChainCRF):
    first = _batch([[(ROOSEVELT, {"S-PER": 4.0})]])
    again = _batch([[(ROOSEVELT, {"S-LOC": 4.0})]])
    context = _batch([[(ROOSEVELT, {"S-PER": 4.0})]], is_core=[[False]])
    alone = [batch.emissions for batch in share_evidence(crf, [first, again], fraction=0.3)]
    other = _batch([[(OTHER, {"S-PER": 4.0})]])
    together = [batch.emissions for batch in share_evidence(crf, [first, again, context, other], fraction=0.3)]
    assert not torch.equal(alone[0], first.emissions)
    assert torch.equal(alone[0], together[0])
    assert torch.equal(together[2], together[0])
    assert torch.equal(together[3], other.emissions)
