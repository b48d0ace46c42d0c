"""The outcome of a check, and the exceptions with which a check says that it failed or could not be done."""

from collections.abc import Callable
from dataclasses import dataclass

PASSED, FAILED, NOT_CHECKED = "passed", "FAILED", "not checked"


class ReleaseError(Exception):
    """What was checked does not hold; the message says what to do."""


class NotCheckedError(Exception):
    """The check could not be done, so nothing is known."""


@dataclass(frozen=True)
class Outcome:
    name: str
    status: str
    detail: str


def run_check(name: str, check: Callable[[], str]) -> Outcome:
    """Run a check, which returns what it found."""
    try:
        return Outcome(name, PASSED, check())
    except ReleaseError as err:
        return Outcome(name, FAILED, str(err))
    except NotCheckedError as err:
        return Outcome(name, NOT_CHECKED, str(err))


def exit_code(outcomes: list[Outcome], *, require_all: bool) -> int:
    """Return 0 if nothing failed and, with `require_all`, everything was checked; else 1."""
    bad = {FAILED, NOT_CHECKED} if require_all else {FAILED}
    return int(any(outcome.status in bad for outcome in outcomes))
