"""Checks of the values that users give as options. Each raises a ConfigError that names the option."""

import math
import numbers
import re
from collections.abc import Collection
from typing import Any

from docsight.errors import ConfigError

_MEGABYTES = {"": 1.0, "k": 1 / 1024, "m": 1.0, "g": 1024.0, "t": 1024.0**2}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", re.I)


def is_number(value: Any) -> bool:
    """Return whether a value is a real number, also one of numpy; True and False are none."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def integer(name: str, value: Any, *, minimum: int) -> int:
    """Return an integer of at least `minimum`, also one of numpy."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise ConfigError(f"{name} must be an integer, not {value!r}")
    if value < minimum:
        raise ConfigError(f"{name} must be at least {minimum}, not {value}")
    return int(value)


def seconds(name: str, value: Any) -> float:
    """Return a finite number of more than 0 seconds."""
    if not is_number(value):
        raise ConfigError(f"{name} must be a number of seconds, not {value!r}")
    if not math.isfinite(value) or value <= 0:
        raise ConfigError(f"{name} must be more than 0 seconds, and None means no limit, not {value!r}")
    return float(value)


def megabytes(name: str, value: Any) -> int:
    """Return a number of megabytes: an integer, or a string with or without a unit, such as "500M" or "4G"."""
    if not isinstance(value, str):
        return integer(name, value, minimum=1)
    match = _SIZE.fullmatch(value.strip())
    size = float(match[1]) * _MEGABYTES[match[2].lower()] if match else math.nan
    if not 1 <= size < math.inf:
        raise ConfigError(f'{name} must be at least 1 megabyte, such as 500, "500M" or "4G", not {value!r}')
    return int(size)


def flag(name: str, value: Any) -> bool:
    """Return True or False; numbers and strings are refused, as "no" would count as true."""
    if not isinstance(value, bool):
        raise ConfigError(f"{name} must be True or False, not {value!r}")
    return value


def text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{name} must be a string that is not empty, not {value!r}")
    return value


def choice(name: str, value: Any, choices: Collection[str]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise ConfigError(f"{name} must be one of {', '.join(choices)}, not {value!r}")
    return value


def function(name: str, value: Any) -> None:
    if not callable(value):
        raise ConfigError(f"{name} must be a function, not {value!r}")
