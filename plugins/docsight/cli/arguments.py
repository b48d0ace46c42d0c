"""Types of command-line arguments."""

import argparse
from collections.abc import Callable
from typing import Any

Commands = Any  # what `add_subparsers` returns, which argparse does not export


def whole_number(minimum: int) -> Callable[[str], int]:
    """Return a type for whole numbers from a minimum on."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = minimum - 1
        if number < minimum:
            raise argparse.ArgumentTypeError(f"expected a whole number of at least {minimum}, found {text!r}")
        return number

    return parse


def seconds(text: str) -> float:
    """Parse a finite number of seconds, 0 or more."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number of seconds, 0 or more, found {text!r}")
    return number


def names(text: str) -> tuple[str, ...]:
    """Parse names separated by commas."""
    return tuple(name for name in (part.strip() for part in text.split(",")) if name)


def some_of(choices: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    """Return a type for one or more of several names, separated by commas."""

    def parse(text: str) -> tuple[str, ...]:
        found = names(text)
        if not found or set(found) - set(choices):
            raise argparse.ArgumentTypeError(f"expected some of {', '.join(choices)}, found {text!r}")
        return found

    return parse
