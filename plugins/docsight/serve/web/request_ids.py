"""The id of the current request, for answers and log lines."""

import re
import secrets
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_VALID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def current_request_id() -> str:
    """Return the id of the current request; empty outside one."""
    return _request_id.get()


def new_request_id() -> str:
    return secrets.token_hex(8)


def begin_request(sent: str | None) -> str:
    """Take the id that the client or a proxy sent, if it is valid, or a new one."""
    request_id = sent if sent and _VALID.fullmatch(sent) else new_request_id()
    _request_id.set(request_id)
    return request_id
