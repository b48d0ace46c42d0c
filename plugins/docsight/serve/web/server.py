"""Run a server until a signal stops it."""

import asyncio
import logging
import socket
import sys
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from docsight.errors import ConfigError
from docsight.serve.server_settings import ServerSettings
from docsight.serve.web.application import create_app
from docsight.serve.web.http_protocol import make_protocol
from docsight.serve.web.json_logs import configure_logging
from docsight.serve.web.security_headers import is_loopback
from docsight.serve.web.server_state import ServerState

logger = logging.getLogger("docsight.serve")

_KEEP_ALIVE_SECONDS = 30
_SECONDS_BETWEEN_CHECKS = 0.05
_DEFAULT_FILES, _MAX_OPEN_FILES = 1024, 20_000
_SWITCH_SECONDS = 0.0002


def run_server(settings: ServerSettings, *, on_ready: Callable[[str], None] = lambda _: None) -> None:
    """Serve until a signal to stop; then end the requests in flight.

    Args:
        settings: The settings.
        on_ready: Called with the URL of the server when the models are loaded.

    Raises:
        BundleError, ConfigError: The models cannot be loaded, or the address cannot be used.
    """
    configure_logging()
    # The thread of the models gives up the interpreter's lock at every operation of a network, and would wait for up to
    # 5 ms, Python's default, until the thread of the connections gives it back.
    sys.setswitchinterval(_SWITCH_SECONDS)
    if settings.api_key is None and not is_loopback(settings.host):
        logger.warning("The server has no API key: every client that can reach %s can use it.", settings.host)
    app = create_app(settings, warm_workers=True)
    listening = _listen(settings.host, settings.port)
    server = uvicorn.Server(make_config(app, settings, max_connections=_raise_file_limit() // 2))
    state: ServerState = app.state.server
    with listening, suppress(KeyboardInterrupt):  # the signal, which uvicorn raises again when everything has ended
        asyncio.run(_serve(server, listening, state, lambda: on_ready(_url_of(listening))))
    if state.failure is not None:
        raise state.failure


def make_config(app: FastAPI, settings: ServerSettings, *, max_connections: int = 500) -> uvicorn.Config:
    """Return how uvicorn runs an application."""
    return uvicorn.Config(
        app,
        http=make_protocol(
            head_timeout=settings.body_timeout,
            max_connections=max_connections,
            sheds=app.state.server.sheds,
        ),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=max(1, round(settings.grace)),
        backlog=1024,
    )


async def _serve(
    server: uvicorn.Server, listening: socket.socket, state: ServerState, on_ready: Callable[[], None]
) -> None:
    async def watch() -> None:
        while state.phase == "starting":
            await asyncio.sleep(_SECONDS_BETWEEN_CHECKS)
        if state.phase == "failed":
            server.should_exit = True
        elif state.phase == "ready":
            on_ready()

    watching = asyncio.create_task(watch())
    try:
        await server.serve(sockets=[listening])
    finally:
        watching.cancel()


def _raise_file_limit() -> int:
    """Allow as many open files as the system lets this process have, and return their number: connections are files."""
    try:
        from resource import RLIMIT_NOFILE, getrlimit, setrlimit
    except ImportError:  # Windows
        return _DEFAULT_FILES
    soft, hard = getrlimit(RLIMIT_NOFILE)
    wanted = _MAX_OPEN_FILES if hard < 0 else min(hard, _MAX_OPEN_FILES)  # a negative limit is none
    if 0 <= soft < wanted:
        setrlimit(RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return _MAX_OPEN_FILES if soft < 0 else soft


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as err:
        raise ConfigError(f"cannot listen on {host}, port {port}: {err.strerror or err}") from err
    listening.setblocking(False)
    return listening


def _url_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
