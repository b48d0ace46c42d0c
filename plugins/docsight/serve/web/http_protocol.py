"""HTTP/1.1 with limits that uvicorn lacks: on the number of connections, and on the time and the size of heads."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from docsight.serve.web.request_gate import HEAD_TOO_LARGE, MAX_HEAD_BYTES
from docsight.serve.web.request_ids import new_request_id
from docsight.serve.web.security_headers import secure_headers

_LINGER_SECONDS = 2.0
_SHED = ("Too many requests", "too many requests are waiting; try again in a second")
_REFUSALS = {
    400: ("Bad Request", "the request is not valid HTTP/1.1"),
    429: ("Too Many Requests", "too many connections are open; try again in a second"),
    431: ("Request Header Fields Too Large", HEAD_TOO_LARGE),
}


class _LingeringTransport:
    """A transport that is not closed while the client still sends a body: that could lose the answer on its way."""

    def __init__(self, transport: asyncio.Transport, linger: Callable[[], bool]) -> None:
        self._transport, self._linger = transport, linger

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def close(self) -> None:
        if not self._linger():
            self._transport.close()


class GuardedProtocol(HttpToolsProtocol):
    """A connection.

    It is closed when the head of a request does not arrive in time, or the rest of a body that was refused. A
    connection beyond `max_connections` is answered with a 429. So is a request that `sheds` refuses by its method, its
    target and its size, without running the application: under overload, refusing must cost next to nothing, as it
    takes time from the models. `make_protocol` sets all three.
    """

    head_timeout = 15.0
    max_connections = 1000
    sheds: Callable[[bytes, bytes, bytes | None], bool] = staticmethod(lambda method, target, size: False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timer: asyncio.TimerHandle | None = None
        self._head_bytes = 0  # of a head that is not complete
        self._has_head = self._is_refused = self._has_refused = self._has_ended = self._is_shed = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._raw_transport = transport
        super().connection_made(cast(asyncio.Transport, _LingeringTransport(transport, self._linger)))
        self._is_refused = len(self.connections) > self.max_connections
        self._start_timer(self.head_timeout)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio allows it
        """Keep a connection open that only the client's side of was closed, until its answer is sent."""
        is_waiting = self.cycle is not None and not self.cycle.response_complete
        if is_waiting:
            self.cycle.keep_alive = False
        return is_waiting

    def data_received(self, data: bytes) -> None:
        if self._has_refused or self._has_ended:
            return
        if not self._has_head:
            if self._timer is None:
                self._start_timer(self.head_timeout)
            self._head_bytes += len(data)
        super().data_received(data)
        if not self._has_head and self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._refuse(431)

    def on_headers_complete(self) -> None:
        self._has_head, self._head_bytes = True, 0
        self._stop_timer()
        is_idle = self.cycle is None or self.cycle.response_complete
        size = next((value for name, value in self.headers if name == b"content-length"), None)
        self._is_shed = is_idle and not self._is_refused and self.sheds(self.parser.get_method(), self.url, size)
        if not self._is_refused and not self._is_shed:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._is_refused and not self._is_shed:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._has_head = False
        self._stop_timer()
        if self._is_refused:
            self._refuse(429)
        elif self._is_shed:
            self._shed()
        else:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._has_head and not self.transport.is_closing():
            self._start_timer(_LINGER_SECONDS)  # for the rest of the body, which is dropped

    def send_400_response(self, msg: str) -> None:
        """Answer a request that is not HTTP; uvicorn calls this."""
        self._refuse(400)

    def _refuse(self, status: int) -> None:
        """Answer a request that the application does not see, and end the connection."""
        self._has_refused = True
        self.transport.write(_problem_bytes(status, *_REFUSALS[status], keeps_alive=False))
        self._linger_always()

    def _shed(self) -> None:
        """Answer a request with a 429, and keep the connection."""
        keeps_alive = self.parser.should_keep_alive()
        self.transport.write(_problem_bytes(429, *_SHED, keeps_alive=keeps_alive))
        self.on_response_complete()
        if not keeps_alive:
            self.transport.close()

    def _start_timer(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, self._close)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _linger(self) -> bool:
        """Put the end of a connection off until the body has arrived, and return whether it was necessary."""
        is_necessary = self._has_head and not self._raw_transport.is_closing()
        if is_necessary:
            self._linger_always()
        return is_necessary

    def _linger_always(self) -> None:
        """End the answer, and drop what the client still sends for a while."""
        if not self._has_ended:
            self._has_ended = True
            self._raw_transport.write_eof()
            self._start_timer(_LINGER_SECONDS)

    def _close(self) -> None:
        self._timer = None
        self._raw_transport.close()


def _problem_bytes(status: int, title: str, detail: str, *, keeps_alive: bool) -> bytes:
    request_id = new_request_id()
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "request_id": request_id}
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} {title}\r\ncontent-type: application/problem+json\r\ncontent-length: {len(content)}\r\n"
    head += "retry-after: 1\r\n" + ("" if keeps_alive else "connection: close\r\n")
    headers = b"".join(b"%s: %s\r\n" % each for each in secure_headers((), request_id))
    return head.encode() + headers + b"\r\n" + content


def make_protocol(
    *, head_timeout: float, max_connections: int, sheds: Callable[[bytes, bytes, bytes | None], bool] | None = None
) -> type[GuardedProtocol]:
    """Return the protocol with its limits.

    Args:
        head_timeout: Seconds in which the head of a request must arrive.
        max_connections: Connections at a time.
        sheds: Called with the method, the target and the Content-Length of a request; returns whether to refuse it.
    """
    limits: dict[str, Any] = {"head_timeout": head_timeout, "max_connections": max_connections}
    if sheds is not None:
        limits["sheds"] = staticmethod(sheds)
    return type("LimitedProtocol", (GuardedProtocol,), limits)
