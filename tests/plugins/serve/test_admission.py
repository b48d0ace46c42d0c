from docsight.serve.services.admission import Admission

BATCH = 4  # in an overload


class Models:
    """Stands for the batcher and the clock."""

    def __init__(self):
        self.now, self.is_busy, self.overloads = 100.0, True, 0

    def admission(self, maximum):
        def note():
            self.overloads += 1

        return Admission(maximum, is_busy=lambda: self.is_busy, on_overload=note, clock=lambda: self.now)


def overloaded(maximum=64):
    models = Models()
    admission = models.admission(maximum)
    for _ in range(maximum):
        assert admission.try_acquire()
    for _ in range(maximum // 4 + 1):
        assert not admission.try_acquire()
    return admission, models


def test_texts_are_admitted_up_to_the_maximum():
    admission = Models().admission(3)
    assert [admission.try_acquire() for _ in range(4)] == [True, True, True, False]
    admission.release()
    assert not admission.is_full
    assert admission.try_acquire()
    assert admission.is_full


def test_large_request_that_is_alone_is_admitted():
    admission = Models().admission(3)
    assert admission.try_acquire(10)
    assert not admission.try_acquire()
    admission.release(10)
    assert admission.in_flight == 0


def test_burst_is_cut_off_without_an_overload():
    models = Models()
    admission = models.admission(20)
    assert [admission.try_acquire() for _ in range(25)] == [True] * 20 + [False] * 5
    assert (admission.limit, admission.is_overloaded, models.overloads) == (20, False, 0)
    assert not admission.try_acquire()
    assert (admission.limit, admission.is_overloaded, models.overloads) == (BATCH, True, 1)
    assert not admission.try_acquire()
    assert models.overloads == 1


def test_overload_admits_a_batch_between_batches_only():
    admission, models = overloaded()
    admission.release(64)
    assert not admission.try_acquire()
    models.is_busy = False
    assert [admission.try_acquire() for _ in range(BATCH + 4)] == [True] * BATCH + [False] * 4


def test_overload_is_over_after_a_calm_second():
    admission, models = overloaded()
    admission.release(64)
    assert not admission.try_acquire()
    models.now += 1.1
    assert admission.try_acquire()
    assert (admission.limit, admission.is_overloaded) == (64, False)
