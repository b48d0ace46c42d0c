"""POST /v1/images."""

import asyncio
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile

from docsight.serve.web.image_models import ImageAnswer
from docsight.serve.web.problem_details import ProblemError, problem_responses
from docsight.serve.web.server_state import State

router = APIRouter(tags=["images"])

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_IMAGE_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
                "required": ["file"],
            }
        },
        "image/png": _BINARY,
        "image/jpeg": _BINARY,
        "application/octet-stream": _BINARY,
    },
}


@router.post(
    "/v1/images",
    summary="Classify an image",
    responses={200: {"model": ImageAnswer}, **problem_responses(408, 413, 415, 422, 429, 504)},
    openapi_extra={"requestBody": _IMAGE_BODY},
)
async def classify_image(
    request: Request,
    state: State,
    model: Annotated[str, Query(description="digits, figures, or an image component of the pipeline.")] = "figures",
    explain: Annotated[bool, Query(description="Also return filters, feature maps and what decided.")] = False,
    label: Annotated[str | None, Query(description="The label to explain; by default the most probable one.")] = None,
) -> JSONResponse:
    """Return the probability of each label and the pixels that the network reads.

    The image is the body, or the field `file` of a multipart body.
    """
    content = await _read_image(request)
    services = state.services
    call = partial(services.images, content, model=model, explain=explain, label=label)
    with state.image_slots.take():
        answer: dict[str, Any] = await asyncio.get_running_loop().run_in_executor(services.imaging, call)
    return JSONResponse(answer)


async def _read_image(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        if kind and not kind.startswith("image/") and kind != "application/octet-stream":
            raise ProblemError(415, f"expected an image or multipart/form-data, not {kind[:80]!r}")
        return await request.body()
    async with request.form(max_files=1, max_fields=8) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise ProblemError(422, "the body has no file in the field 'file'")
        return await file.read()
