"""The answers about documents and jobs, as in the OpenAPI schema."""

import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from docsight.serve.services.job_record import JobRecord
from docsight.serve.web.server_state import ServerState


class JobProgress(BaseModel):
    fraction: float = Field(description="The fraction of the bytes that is done, from 0 to 1.")
    documents: int
    failed: int
    words: int
    seconds: float
    remaining: float | None = Field(description="The estimated number of seconds left; null if it is not known.")


class JobLinks(BaseModel):
    self: str
    result: str
    report: str
    redacted: str | None


class JobBody(BaseModel):
    id: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    files: int
    bytes: int
    progress: JobProgress | None = Field(description="Null until the first documents are done.")
    position: int | None = Field(description="How many jobs are before it; null if it does not wait.")
    error: str | None = Field(description="Why it failed.")
    expires: str | None = Field(description="When it is removed; null until it has ended.")
    links: JobLinks


class JobAnswer(BaseModel):
    """A job that has not ended."""

    job: JobBody


class DocumentsAnswer(BaseModel):
    """A job that is done, with its results."""

    job: JobBody
    documents: list[dict[str, Any]] = Field(description="The lines of documents.jsonl.")
    errors: list[dict[str, Any]] = Field(description="The lines of errors.jsonl.")


def job_body(job: JobRecord, state: ServerState) -> dict[str, Any]:
    """Return the fields of a `JobBody`."""
    own, expires = f"/v1/jobs/{job.id}", state.jobs.expires(job)
    token = "" if state.settings.api_key is None else f"?token={job.secret}"
    when = None if expires is None else datetime.datetime.fromtimestamp(expires, datetime.UTC)
    return {
        "id": job.id,
        "state": job.state,
        "files": job.files,
        "bytes": job.bytes,
        "progress": job.progress,
        "position": state.jobs.position(job),
        "error": job.error,
        "expires": None if when is None else when.isoformat(timespec="seconds"),
        "links": {
            "self": own,
            "result": f"{own}/result{token}",
            "report": f"{own}/report{token}",
            "redacted": f"{own}/redacted{token}" if job.redact else None,
        },
    }
