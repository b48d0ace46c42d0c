"""The answers about documents and jobs, as in the OpenAPI schema."""

from typing import Any, Literal

from pydantic import BaseModel, Field


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
