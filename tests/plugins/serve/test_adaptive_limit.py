from docsight.serve.services.adaptive_limit import AdaptiveLimit


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def overloaded(maximum=64):
    """Return a limit whose requests alone take 10 ms, just after it has refused one; and its clock."""
    clock = Clock()
    limit = AdaptiveLimit(maximum, clock=clock)
    for _ in range(50):
        limit.observe(0.010, was_alone=True)
    for _ in range(maximum):
        assert limit.try_acquire()
    assert not limit.try_acquire()
    return limit, clock


def test_limit_admits_up_to_the_maximum_without_overload():
    limit = AdaptiveLimit(3)
    assert [limit.try_acquire() for _ in range(4)] == [True, True, True, False]
    limit.release()
    assert not limit.is_full
    assert limit.try_acquire()
    assert limit.is_full


def test_limit_admits_a_large_request_that_is_alone():
    limit = AdaptiveLimit(3)
    assert limit.try_acquire(10)
    assert not limit.try_acquire()
    limit.release(10)
    assert limit.in_flight == 0


def test_limit_does_not_fall_without_refused_requests():
    limit = AdaptiveLimit(64, clock=Clock())
    limit.observe(0.010, was_alone=True)
    for _ in range(100):
        limit.observe(1.0, was_alone=False)
    assert limit.limit == 64


def test_limit_falls_under_overload_until_requests_are_fast_again():
    limit, _ = overloaded()
    for _ in range(400):
        limit.observe(0.0005 * limit.limit + 0.01, was_alone=False)
    assert 2 <= limit.limit <= 16
    assert 0.0005 * limit.limit + 0.01 < 0.020


def test_limit_is_the_maximum_again_after_the_overload():
    limit, clock = overloaded()
    for _ in range(100):
        limit.observe(1.0, was_alone=False)
    assert limit.limit < 64
    for _ in range(64):
        limit.release()
    clock.now += 2
    assert limit.try_acquire()
    assert limit.limit == 64


def test_limit_never_falls_below_two():
    limit, _ = overloaded()
    for _ in range(2000):
        limit.observe(9.0, was_alone=False)
    assert limit.limit == 2
