"""The connection to Ray, and its settings: silent, patient, with errors of one line."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from docsight.errors import ConfigError

_CONNECT_TIMEOUT = 10.0  # seconds


@contextmanager
def connected(ray: Any, workers: int, address: str | None) -> Iterator[None]:
    """Connect to a cluster or start one; an existing connection is used and left open."""
    if ray.is_initialized():
        yield
        return
    if address is not None:
        _check_address(address)
    silent = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if address is None:
            ray.init("local", num_cpus=workers, include_dashboard=False, **silent)
        else:
            ray.init(address, **silent)
    except (ConnectionError, RuntimeError, ValueError) as err:
        goal = f"connect to Ray at {address}" if address is not None else "start Ray"
        raise ConfigError(f"cannot {goal}: {_last_line(err.__cause__ or err)}") from err
    try:
        yield
    finally:
        ray.shutdown()


@contextmanager
def one_line_errors(ray: Any) -> Iterator[None]:
    """Raise an error of Ray itself, such as a node without docsight, as a ConfigError of one line."""
    try:
        yield
    except ray.exceptions.RayError as err:
        raise ConfigError(f"Ray failed: {_last_line(err)}; see its logs for details; run again to continue") from err


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Ray Data from writing its progress, and errors that are raised as well, to the terminal."""
    handlers = [
        handler for handler in logging.getLogger("ray.data").handlers if isinstance(handler, logging.StreamHandler)
    ]
    levels = [handler.level for handler in handlers]
    for handler in handlers:
        handler.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for handler, level in zip(handlers, levels, strict=True):
            handler.setLevel(level)


def data_context(ray: Any) -> Any:
    """Return settings of Ray Data that show nothing and never give up on long work."""
    context = ray.data.DataContext.get_current().copy()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    context.execution_no_progress_timeout_s = -1
    return context


def _check_address(address: str) -> None:
    """Refuse HOST:PORT if nothing listens there: Ray would try for seven minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_TIMEOUT).close()
    except (OSError, OverflowError) as err:
        raise ConfigError(f"cannot connect to Ray at {address}: {err}; is the cluster running?") from err


def _last_line(error: BaseException) -> str:
    """Return the last line of a message, which may be a whole traceback."""
    return next((line.strip() for line in reversed(str(error).splitlines()) if line.strip()), type(error).__name__)
