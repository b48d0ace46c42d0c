import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from docsight.batching import batches_by_cost, windows


@given(st.lists(st.integers(1, 300), max_size=60), st.integers(1, 1000))
def test_batches_by_cost_holds_every_row_once_within_the_cost(lengths, max_cost):
    batches = batches_by_cost(lengths, max_cost=max_cost)
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    for batch in batches:
        cost = len(batch) * max(lengths[i] for i in batch)
        assert cost <= max_cost or len(batch) == 1


@given(st.integers(0, 2000), st.integers(3, 300), st.integers(0, 100))
def test_windows_have_cores_that_tile_the_row(length, size, margin):
    assume(size > 2 * margin)
    cut = windows(length, size=size, margin=margin)
    covered = [at for window in cut for at in range(window.core_start, window.core_end)]
    assert covered == list(range(length))
    for window in cut:
        assert 0 <= window.start <= window.core_start < window.core_end <= window.end <= length
        assert window.end - window.start <= size


def test_windows_read_the_margin_on_both_sides():
    middle = windows(1000, size=100, margin=20)[3]
    assert (middle.core_start - middle.start, middle.end - middle.core_end) == (20, 20)


def test_windows_without_a_core_are_refused():
    with pytest.raises(ValueError, match="leave no core"):
        windows(100, size=40, margin=20)
