"""Failures as `application/problem+json` (RFC 9457). No message shows a traceback."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.responses import Response
from pydantic import BaseModel, Field

from docsight.serve.web.request_ids import current_request_id

PROBLEM_TYPE = "application/problem+json"
_PROBLEM_TITLES = {413: "The request is too large", 422: "The request is invalid", 429: "Too many requests"}
_PROBLEM_TITLES |= {504: "The request took too long", 503: "The server is not ready"}


class InvalidField(BaseModel):
    """What is wrong with a field of the request."""

    loc: list[str | int] = Field(description="Where it is.")
    msg: str = Field(description="What is wrong.")
    type: str = Field(description="The kind of error.")


class ProblemBody(BaseModel):
    """A failure."""

    type: str = "about:blank"
    title: str = Field(description="What failed, the same for each status.")
    status: int = Field(description="The status of the answer.")
    detail: str = Field(description="What failed in this request, and what to do.")
    request_id: str = Field(description="As in the header X-Request-Id and in the server's log.")
    errors: list[InvalidField] | None = Field(default=None, description="For 422: the invalid fields.")


class ProblemError(Exception):
    """A failure that becomes an answer with its status.

    Args:
        status: The status of the answer.
        detail: What failed, and what to do.
        retry_after: Seconds after which a new try makes sense.
        errors: The invalid fields.
        headers: More headers of the answer.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        retry_after: int | None = None,
        errors: Sequence[Mapping[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.detail, self.errors = status, detail, errors
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)
        super().__init__(status, detail)

    def response(self) -> Response:
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": _PROBLEM_TITLES.get(self.status) or HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "request_id": current_request_id(),
        }
        if self.errors is not None:
            body["errors"] = list(self.errors)
        # ASCII: a message may quote half of a surrogate pair.
        content = json.dumps(body, ensure_ascii=True)
        return Response(content, self.status, headers=self.headers, media_type=PROBLEM_TYPE)


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of failures for OpenAPI; those that any request may have are included."""
    always = (400, 401, 403, 500, 503)
    return {
        status: {
            "description": _PROBLEM_TITLES.get(status) or HTTPStatus(status).phrase,
            "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
        }
        for status in sorted({*always, *statuses})
    }


def too_busy(detail: str = "too many requests are waiting; try again in a second") -> ProblemError:
    return ProblemError(429, detail, retry_after=1)


def no_redaction() -> ProblemError:
    return ProblemError(
        501, "the server has no redaction: it needs a component that finds names, and pip install 'docsight[redact]'"
    )
