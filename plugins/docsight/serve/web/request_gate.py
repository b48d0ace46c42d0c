"""The layer that decides whether a request reaches the routes: its host and origin, its key, its size, its time."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from docsight.serve.web.problem_details import ProblemError, too_busy
from docsight.serve.web.request_body import BodyReader, replay
from docsight.serve.web.security_headers import KeyCheck, allowed_hosts, host_name, is_foreign, sent_key
from docsight.serve.web.server_state import ServerState, not_ready

UPLOADS = "/v1/documents"
TEXTS = "/v1/text"
IMAGES = "/v1/images"
MAX_HEAD_BYTES = 32 << 10
HEAD_TOO_LARGE = f"the address and the headers have more than {MAX_HEAD_BYTES:,} bytes; send less"
JOBS = "/v1/jobs/"
_PROBES = ("/health", "/ready")
_LINKED = re.compile(r"/v1/jobs/[0-9a-f]+/(result|report|redacted)")
_NO_KEY = "docsight_no_key"
_API = ("/analyze", "/recognizers", "/supportedentities", "/metrics", *_PROBES)


class RequestGate:
    """ASGI middleware that answers a request itself or passes it on. Bodies are read here, except those of uploads."""

    def __init__(self, app: ASGIApp, *, state: ServerState) -> None:
        settings = state.settings
        self._app, self._state, self._settings = app, state, settings
        self._hosts = allowed_hosts(settings.host, settings.hosts)
        self._check_key = None if settings.api_key is None else KeyCheck(settings.api_key)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            await self._pass(scope, receive, send)
        except ProblemError as err:
            await err.response()(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        path: str = scope["path"]
        if _head_size(scope) > MAX_HEAD_BYTES:
            raise ProblemError(431, HEAD_TOO_LARGE)
        self._check_caller(scope, headers, path)
        if not is_api(path) or path in _PROBES or scope["method"] == "OPTIONS":
            await self._app(scope, receive, send)
            return
        if self._state.phase != "ready" and path != "/metrics":
            raise not_ready()
        if scope["method"] == "POST":
            self._check_queue(path, headers)
            receive = await self._limit_body(scope, headers, receive)
        if path == UPLOADS or path.startswith(JOBS):
            await self._app(scope, receive, send)
        else:
            await self._run_in_time(scope, receive, send, self._settings.timeout)

    def _check_caller(self, scope: Scope, headers: dict[bytes, bytes], path: str) -> None:
        host = host_name(headers.get(b"host"))
        if self._hosts is not None and host not in self._hosts and path not in _PROBES:
            raise ProblemError(403, f"the server does not answer to the host name {host[:80]!r}; see --allow-host")
        if is_foreign(headers, self._settings.origins):
            raise ProblemError(403, "the request comes from a page of another site; see --allow-origin")
        if self._check_key is None or not is_api(path) or path in _PROBES or scope["method"] == "OPTIONS":
            return
        if self._check_key(sent_key(headers)):
            return
        if _LINKED.fullmatch(path) and scope["method"] in ("GET", "HEAD") and b"token=" in scope["query_string"]:
            scope.setdefault("state", {})[_NO_KEY] = True  # the link has a secret of its own, which the route compares
        else:
            raise ProblemError(
                401,
                "the API key is missing or wrong; send it in the header X-API-Key",
                headers={"WWW-Authenticate": 'Bearer realm="docsight"'},
            )

    def _check_queue(self, path: str, headers: dict[bytes, bytes]) -> None:
        """Refuse a request early if it will be refused later, which saves reading it."""
        if path == TEXTS and self._state.refuses_texts(headers.get(b"content-length")):
            raise too_busy()

    async def _limit_body(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Receive:
        settings, path = self._settings, scope["path"]
        max_bytes = settings.max_image_bytes if path == IMAGES else settings.max_body_bytes
        if path == UPLOADS:
            max_bytes = settings.max_upload_bytes
        reader = BodyReader(receive, headers, max_bytes=max_bytes, timeout=settings.body_timeout)
        if path == UPLOADS:
            return reader.receive
        body = await reader.read()
        if body is None:
            raise ProblemError(400, "the client closed the connection before the end of the body")
        return replay(body, receive)

    async def _run_in_time(self, scope: Scope, receive: Receive, send: Send, seconds: float) -> None:
        has_begun = False

        async def note(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            async with asyncio.timeout(seconds) as limit:
                await self._app(scope, receive, note)
        except TimeoutError as err:
            if has_begun or not limit.expired():
                raise
            raise ProblemError(504, f"the request took longer than {seconds:g} seconds; send less") from err


def _head_size(scope: Scope) -> int:
    """Return the number of bytes in the address and the headers of a request."""
    target = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    return target + sum(len(name) + len(value) for name, value in scope["headers"])


def has_no_key(scope: Mapping[str, Any]) -> bool:
    """Return whether a request came through without the API key that it needs, because its link has a secret."""
    return bool(scope.get("state", {}).get(_NO_KEY))


def is_api(path: str) -> bool:
    """Return whether a path needs the API key: all but the pages."""
    return path.startswith("/v1/") or path in _API
