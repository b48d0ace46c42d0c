"""HTTP/1.1 with limits that uvicorn lacks: on the number of connections, and on the time and the size of heads."""

import asyncio
import json
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from docsight.serve.web.request_gate import MAX_HEAD_BYTES

_LINGER_SECONDS = 5.0
_REFUSALS = {
    400: ("Bad Request", "the request is not valid HTTP/1.1"),
    429: ("Too Many Requests", "too many connections are open; try again in a second"),
    431: ("Request Header Fields Too Large", f"the head has more than {MAX_HEAD_BYTES:,} bytes; send less"),
}


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
        self._has_head = self._is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._is_refused = len(self.connections) > self.max_connections
        self._start_timer(self.head_timeout)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
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
            # The rest of the body is read and dropped: closing at once could lose the answer on its way.
            self._start_timer(_LINGER_SECONDS)

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
        self.transport.write(head.encode() + content)
        self.transport.close()

    def _start_timer(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, self._close)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close(self) -> None:
        self._timer = None
        self.transport.close()


def make_protocol(*, head_timeout: float, max_connections: int) -> type[GuardedProtocol]:
    """Return the protocol with a time limit in seconds for the head of a request, and a number of connections."""
    return type(
        "GuardedProtocol", (GuardedProtocol,), {"head_timeout": head_timeout, "max_connections": max_connections}
    )
