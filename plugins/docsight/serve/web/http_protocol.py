"""HTTP/1.1 with limits that uvicorn lacks: on the number of connections, and on the time and the size of heads."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from docsight.serve.web.request_gate import MAX_HEAD_BYTES

_LINGER_SECONDS = 2.0
_REFUSALS = {
    400: ("Bad Request", "the request is not valid HTTP/1.1"),
    429: ("Too Many Requests", "too many connections are open; try again in a second"),
    431: ("Request Header Fields Too Large", f"the head has more than {MAX_HEAD_BYTES:,} bytes; send less"),
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
    connection beyond `max_connections` is answered with a 429. `make_protocol` sets the limits.
    """

    head_timeout = 15.0
    max_connections = 1000

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timer: asyncio.TimerHandle | None = None
        self._head_bytes = 0  # of a head that is not complete
        self._has_head = self._is_refused = self._has_refused = self._has_ended = False

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
        if not self._is_refused:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._has_head = False
        self._stop_timer()
        if self._is_refused:
            self._refuse(429)
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
        title, detail = _REFUSALS[status]
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "request_id": ""}
        content = json.dumps(body).encode()
        head = (
            f"HTTP/1.1 {status} {title}\r\ncontent-type: application/problem+json\r\n"
            f"content-length: {len(content)}\r\nx-content-type-options: nosniff\r\nretry-after: 1\r\n"
            "connection: close\r\n\r\n"
        )
        self._has_refused = True
        self.transport.write(head.encode() + content)
        self._linger_always()

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


def make_protocol(*, head_timeout: float, max_connections: int) -> type[GuardedProtocol]:
    """Return the protocol with a time limit in seconds for the head of a request, and a number of connections."""
    return type(
        "GuardedProtocol", (GuardedProtocol,), {"head_timeout": head_timeout, "max_connections": max_connections}
    )
