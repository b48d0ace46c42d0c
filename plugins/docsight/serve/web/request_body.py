"""The body of a request, with limits on its size and on the time that it takes to arrive."""

import asyncio

from starlette.types import Message, Receive

from docsight.serve.web.problem_details import ProblemError

_MIN_BYTES_PER_SECOND = 10_000  # of a client that sends a large body


class BodyReader:
    """Receives a body.

    Args:
        receive: The channel of the request.
        headers: The headers of the request.
        max_bytes: The size of the body.
        timeout: Seconds in which it must arrive; large bodies get more, in proportion to what has arrived.

    Raises:
        ProblemError: 413, from its announced size.
    """

    def __init__(self, receive: Receive, headers: dict[bytes, bytes], *, max_bytes: int, timeout: float) -> None:
        self._receive, self._max_bytes, self._timeout = receive, max_bytes, timeout
        self._size = 0
        self._started: float | None = None
        announced = headers.get(b"content-length", b"")
        if announced.isdigit() and int(announced) > max_bytes:
            raise self._too_large()

    async def receive(self) -> Message:
        """Receive the next message of the request, as the channel does.

        Raises:
            ProblemError: 413 or 408.
        """
        loop = asyncio.get_running_loop()
        if self._started is None:
            self._started = loop.time()
        limit = self._started + self._timeout + self._size / _MIN_BYTES_PER_SECOND
        try:
            async with asyncio.timeout_at(limit):
                message = await self._receive()
        except TimeoutError as err:
            raise ProblemError(408, "the body did not arrive in time; send the request again") from err
        self._size += len(message.get("body", b""))
        if self._size > self._max_bytes:
            raise self._too_large()
        return message

    async def read(self) -> bytes | None:
        """Receive the whole body; None if the client has gone. Raises the errors of `receive`."""
        pieces = []
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                return None
            pieces.append(message.get("body", b""))
            if not message.get("more_body", False):
                return b"".join(pieces)

    def _too_large(self) -> ProblemError:
        return ProblemError(413, f"the body has more than {self._max_bytes:,} bytes; send less")


def replay(body: bytes, receive: Receive) -> Receive:
    """Return a channel that delivers a body, and then what the original channel delivers."""
    is_delivered = False

    async def receive_again() -> Message:
        nonlocal is_delivered
        if is_delivered:
            return await receive()
        is_delivered = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
