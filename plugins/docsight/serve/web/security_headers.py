"""The security headers of answers, and who may call the server."""

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable

# For the page, and for everything else.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
# `report.html` has inline styles and scripts, and no secrets of this origin: the sandbox gives it an origin of its own.
REPORT_POLICY = (
    "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
ALWAYS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}
_POLICY_HEADER = b"content-security-policy"
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


def secure_headers(headers: Iterable[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
    """Add the headers that every answer has; those that the answer has set itself stay."""
    present = list(headers)
    names = {name.lower() for name, _ in present}
    added = {**ALWAYS, _POLICY_HEADER: API_POLICY.encode(), b"cache-control": b"no-store"}
    present += [(name, value) for name, value in added.items() if name not in names]
    present.append((b"x-request-id", request_id.encode()))
    return present


class KeyCheck:
    """Compares API keys in constant time; the length of the right one is not revealed either."""

    def __init__(self, key: str) -> None:
        self._digest = _digest(key)

    def __call__(self, sent: str | None) -> bool:
        return hmac.compare_digest(_digest(sent or ""), self._digest)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def sent_key(headers: dict[bytes, bytes]) -> str | None:
    """Return the key of a request: from X-API-Key, or as a bearer token."""
    if (key := headers.get(b"x-api-key")) is not None:
        return key.decode("latin-1")
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def allowed_hosts(host: str, hosts: Iterable[str]) -> frozenset[str] | None:
    """Return the host names to answer to; None for all.

    A page of another site can make its own name resolve to a loopback address, and would then be of the same origin as
    the server. So a server on a loopback address does not answer to other names than its own.
    """
    if hosts := tuple(hosts):
        return frozenset(map(str.lower, (*hosts, *_LOOPBACK_NAMES)))
    return frozenset(_LOOPBACK_NAMES) if is_loopback(host) else None


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_name(header: bytes | None) -> str:
    """Return the name in a Host header, without the port and without brackets."""
    text = (header or b"").decode("latin-1").strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]


def is_foreign(headers: dict[bytes, bytes], origins: Iterable[str]) -> bool:
    """Return whether a page of a site that is not allowed sent the request."""
    origin = headers.get(b"origin")
    if origin is None:
        return False
    sent = origin.decode("latin-1")
    own = sent.partition("://")[2].lower() == headers.get(b"host", b"").decode("latin-1").lower()
    return not own and sent not in origins and "*" not in origins
