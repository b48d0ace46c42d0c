"""Tests for leaving long-lived objects out of garbage collections."""

import gc

import pytest

from docsight.documents.runner.garbage import freeze_objects, frozen_objects


@pytest.fixture(autouse=True)
def _unfrozen():
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_objects_are_frozen_within_the_context_only():
    with frozen_objects():
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0


def test_objects_are_collected_again_after_an_error():
    with pytest.raises(KeyError), frozen_objects():
        raise KeyError
    assert gc.get_freeze_count() == 0


def test_what_someone_else_has_frozen_stays_frozen():
    freeze_objects()
    with frozen_objects():
        pass
    assert gc.get_freeze_count() > 0
