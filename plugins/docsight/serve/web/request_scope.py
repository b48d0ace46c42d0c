"""The outermost layer: the id, the log line, the metrics, the security headers; and an answer, whatever happens."""

import asyncio
import logging
import time
from http import HTTPStatus
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from docsight.serve.web.json_logs import ACCESS
from docsight.serve.web.problem_details import ProblemError
from docsight.serve.web.request_ids import begin_request
from docsight.serve.web.security_headers import secure_headers
from docsight.serve.web.serve_metrics import ServeMetrics

logger = logging.getLogger("docsight.serve")

_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class RequestScope:
    """ASGI middleware. Whatever the application raises becomes an answer without a traceback."""

    def __init__(self, app: ASGIApp, *, metrics: ServeMetrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        is_head = scope["method"] == "HEAD"  # answered as GET, without the body
        inner: Scope = {**scope, "method": "GET"} if is_head else scope
        request_id = begin_request(headers.get(b"x-request-id", b"").decode("latin-1"))
        started, status = time.perf_counter(), 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": secure_headers(message.get("headers", ()), request_id)}
            elif is_head:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(inner, receive, send_with_headers)
        except ProblemError as err:
            if not status:
                await err.response()(scope, receive, send_with_headers)
        except asyncio.CancelledError:
            raise
        except Exception:
            logger.exception("A request failed.")
            if status:
                raise  # the answer has begun, so only the connection can say that it is not complete
            error = ProblemError(500, "an internal error; the server's log has more under this request id")
            await error.response()(scope, receive, send_with_headers)
        finally:
            self._note({**inner, "method": scope["method"]}, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route: Any = scope.get("route")
        name = getattr(route, "path", "") or "other"
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.count_request(name, method, status, seconds)
        # Refused requests may be many; their number is in the metrics.
        level = logging.DEBUG if status == HTTPStatus.TOO_MANY_REQUESTS else logging.INFO
        if ACCESS.isEnabledFor(level):
            fields = {"method": scope["method"], "path": scope["path"], "status": status}
            fields["milliseconds"] = round(seconds * 1000, 2)
            ACCESS.log(level, "%s %s %d", scope["method"], scope["path"], status, extra={"fields": fields})
