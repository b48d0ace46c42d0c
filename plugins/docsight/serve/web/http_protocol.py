"""HTTP/1.1 with limits that uvicorn lacks: on the number of connections, and on the time and the size of heads."""

import asyncio
import json
import sys
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from docsight.serve.web.request_gate import MAX_HEAD_BYTES

MAX_CONNECTIONS = 1000


class GuardedProtocol(H11Protocol):
    """Closes a connection whose next request head does not arrive in time, and answers bad heads with a problem.

    `head_timeout` is set by `make_protocol`.
    """

    head_timeout = 15.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.abort()
            return
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_timer()  # the head is complete; the application limits the time of the body
        elif self._head_timer is None and not self.transport.is_closing():
            self._start_timer()

    def send_400_response(self, msg: str) -> None:
        """Answer a head that is not HTTP, or too large; uvicorn calls it while it handles h11's error."""
        error = sys.exc_info()[1]
        status = getattr(error, "error_status_hint", 400)
        title, detail = "Bad Request", "the request is not valid HTTP/1.1"
        if status == 431:
            title, detail = "Request Header Fields Too Large", f"the head has more than {MAX_HEAD_BYTES:,} bytes"
        else:
            status = 400
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "request_id": ""}
        content = json.dumps(body).encode()
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(content)).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"connection", b"close"),
        ]
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            response = h11.Response(status_code=status, headers=headers, reason=title.encode())
            for event in (response, h11.Data(data=content), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _start_timer(self) -> None:
        self._head_timer = self.loop.call_later(self.head_timeout, self._close_slow)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _close_slow(self) -> None:
        self._head_timer = None
        if self.conn.their_state is h11.IDLE:
            self.transport.close()


def make_protocol(head_timeout: float) -> type[GuardedProtocol]:
    """Return the protocol with a time limit in seconds for the head of a request."""
    return type("GuardedProtocol", (GuardedProtocol,), {"head_timeout": head_timeout})
