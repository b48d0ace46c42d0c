"""POST /v1/documents, and the jobs."""

import asyncio
import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from python_multipart.multipart import parse_options_header

from docsight.documents.store import DOCUMENTS, REPORT
from docsight.serve.services.job_queue import QueueFullError
from docsight.serve.services.job_record import JobRecord
from docsight.serve.services.job_results import read_results, zip_redacted
from docsight.serve.services.uploaded_files import TooManyFilesError, UploadedFiles
from docsight.serve.web.job_models import DocumentsAnswer, JobAnswer, JobBody, job_body
from docsight.serve.web.problem_details import ProblemError, no_redaction, problem_responses
from docsight.serve.web.request_gate import has_no_key
from docsight.serve.web.security_headers import REPORT_POLICY
from docsight.serve.web.server_state import ServerState, State

router = APIRouter(tags=["documents"])

NDJSON = "application/x-ndjson"
_UPLOAD_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "files": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}
                },
                "required": ["files"],
            }
        }
    },
}
JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="The id of a job.")]
LinkToken = Annotated[
    str | None, Query(description="From `links`: gives access without the API key, for a frame.", max_length=100)
]


async def find_job(job_id: JobId, state: State) -> JobRecord:
    """Return a job; a dependency of the routes."""
    job = state.jobs.get(job_id)
    if job is None:
        raise ProblemError(404, "there is no such job; it may have expired")
    return job


Job = Annotated[JobRecord, Depends(find_job)]


async def find_finished_job(job: Job, request: Request, token: LinkToken = None) -> JobRecord:
    """Return a job that is done, if the request may read it; a dependency of the routes."""
    is_allowed = token is not None and hmac.compare_digest(token.encode(), job.secret.encode())
    if has_no_key(request.scope) and not is_allowed:
        raise ProblemError(404, "there is no such job; it may have expired")
    if job.state != "done":
        raise ProblemError(409, f"the job is {job.state}" + (f": {job.error}" if job.error else ""))
    return job


FinishedJob = Annotated[JobRecord, Depends(find_finished_job)]


@router.post(
    "/v1/documents",
    summary="Read documents",
    responses={
        200: {"model": DocumentsAnswer},
        202: {
            "model": JobAnswer,
            "headers": {"Location": {"description": "The job.", "schema": {"type": "string"}}},
        },
        **problem_responses(408, 413, 415, 422, 429, 501),
    },
    openapi_extra={"requestBody": _UPLOAD_BODY},
)
async def process_documents(
    request: Request,
    state: State,
    redact: Annotated[bool, Query(description="Take names and ids out of all results.")] = False,
    wait: Annotated[bool, Query(description="Wait for the results of small documents.")] = True,
) -> JSONResponse:
    """Read files as `docsight process` does. If they take longer than some seconds, the answer is a job."""
    if redact and not state.services.has_redaction:
        raise no_redaction()
    job = await _receive(request, state, redact=redact)
    if wait:
        await _wait_for(job, state)
    links = job_body(job, state)
    if job.state == "failed":
        raise ProblemError(422, f"the documents were not read: {job.error}")
    if wait and job.state == "done":
        results = await asyncio.to_thread(read_results, job)
        if results is not None:
            return JSONResponse({"job": links, **results})
    return JSONResponse({"job": links}, 202, headers={"Location": f"/v1/jobs/{job.id}"})


@router.get(
    "/v1/jobs/{job_id}",
    summary="Get the progress of a job",
    response_model=None,
    responses={200: {"model": JobBody}, **problem_responses(404, 422)},
)
async def get_job(job: Job, state: State) -> JSONResponse:
    """Return the state and the progress of a job."""
    return JSONResponse(job_body(job, state))


@router.delete("/v1/jobs/{job_id}", status_code=204, summary="Cancel a job", responses=problem_responses(404, 422))
async def delete_job(job: Job, state: State) -> Response:
    """Cancel a job that has not ended, and remove it with its documents and results."""
    await asyncio.to_thread(state.jobs.remove, job)
    return Response(status_code=204)


@router.get(
    "/v1/jobs/{job_id}/result",
    summary="Get the records of a job",
    response_class=Response,
    responses={
        200: {"content": {NDJSON: {"schema": {"type": "string"}}}, "description": "documents.jsonl"},
        **problem_responses(404, 409, 422),
    },
)
async def get_result(job: FinishedJob) -> FileResponse:
    """Return documents.jsonl."""
    return FileResponse(job.results / DOCUMENTS, media_type=NDJSON, filename=DOCUMENTS)


@router.get(
    "/v1/jobs/{job_id}/report",
    summary="Get the report of a job",
    response_class=Response,
    responses={
        200: {"content": {"text/html": {"schema": {"type": "string"}}}, "description": "report.html"},
        **problem_responses(404, 409, 422),
    },
)
async def get_report(job: FinishedJob) -> FileResponse:
    """Return report.html."""
    headers = {"Content-Security-Policy": REPORT_POLICY}
    return FileResponse(job.results / REPORT, media_type="text/html; charset=utf-8", headers=headers)


@router.get(
    "/v1/jobs/{job_id}/redacted",
    summary="Get the redacted texts of a job",
    response_class=Response,
    responses={
        200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}, "description": "zip"},
        **problem_responses(404, 409, 422),
    },
)
async def get_redacted(job: FinishedJob) -> Response:
    """Return a zip archive of the redacted texts and of redactions.jsonl."""
    if not job.redact:
        raise ProblemError(404, "the job has no redacted texts; send the documents with redact=true")
    archive = await asyncio.to_thread(zip_redacted, job)
    headers = {"Content-Disposition": 'attachment; filename="redacted.zip"'}
    return Response(archive, media_type="application/zip", headers=headers)


async def _receive(request: Request, state: ServerState, *, redact: bool) -> JobRecord:
    """Write the files of a request to the folder of a new job, and queue it."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise ProblemError(415, "expected multipart/form-data with the documents in fields named 'files'")
    try:
        job = await asyncio.to_thread(state.jobs.make_job, redact=redact)
    except QueueFullError as err:
        raise _queue_full(err) from err
    files = None
    try:
        files = UploadedFiles(options[b"boundary"], job.input, max_files=state.settings.max_files)
        async for chunk in request.stream():
            await asyncio.to_thread(files.write, chunk)
        files.finish()
        files.close()
        job.files, job.bytes = files.count, files.bytes
        state.jobs.add(job)
    except BaseException as err:
        if files is not None:
            files.close()
        await asyncio.shield(asyncio.to_thread(state.jobs.discard, job))
        if isinstance(err, TooManyFilesError):
            raise ProblemError(413, f"{err}; send fewer, or an archive") from err
        if isinstance(err, QueueFullError):
            raise _queue_full(err) from err
        raise
    return job


def _queue_full(error: QueueFullError) -> ProblemError:
    return ProblemError(429, f"{error}; try again later", retry_after=10)


async def _wait_for(job: JobRecord, state: ServerState) -> None:
    """Wait until a job has ended, for some seconds at most."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + state.settings.wait
    try:
        async with asyncio.timeout_at(deadline):
            while not job.has_ended:
                await state.changed.wait()
    except TimeoutError:
        return
