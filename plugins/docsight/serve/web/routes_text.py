"""POST /v1/text and POST /v1/redact."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi.responses import JSONResponse

from docsight.redaction.redaction_options import RedactionOptions
from docsight.serve.services.model_services import is_bulk
from docsight.serve.services.request_batcher import DroppedError
from docsight.serve.services.text_annotator import TextItem
from docsight.serve.web.problem_details import no_redaction, problem_responses, too_busy
from docsight.serve.web.server_state import State
from docsight.serve.web.text_limits import check_length, check_texts
from docsight.serve.web.text_models import RedactAnswer, RedactRequest, SeveralTexts, TextAnswer, TextRequest

router = APIRouter(tags=["text"])


@router.post(
    "/v1/text",
    summary="Find entities and misspelled words",
    responses={200: {"model": TextAnswer}, **problem_responses(408, 413, 415, 422, 429, 504)},
)
async def annotate_text(body: Annotated[TextRequest, Body()], state: State) -> JSONResponse:
    """Annotate one text or several. Texts of concurrent requests go through the models together."""
    texts = body.texts if isinstance(body, SeveralTexts) else [body.text]
    check_texts(texts, state)
    queue = state.bulk if is_bulk(texts) else state.texts
    try:
        documents = await queue.annotate([TextItem(text, body.min_score, body.setting) for text in texts])
    except DroppedError as err:
        raise too_busy() from err
    return JSONResponse({"documents": documents})


@router.post(
    "/v1/redact",
    summary="Take names and ids out of a text",
    responses={200: {"model": RedactAnswer}, **problem_responses(408, 413, 415, 422, 429, 501, 504)},
)
async def redact_text(body: RedactRequest, state: State) -> JSONResponse:
    """Replace names and ids. Needs the extra "redact" on the server; without it, the answer is a 501."""
    check_length(body.text, state)
    lane = state.services.lane_of([body.text])
    if lane.redactor is None:
        raise no_redaction()
    options = RedactionOptions(operator=body.operator, threshold=body.threshold, types=tuple(dict.fromkeys(body.types)))
    with state.redaction_slots.take():
        loop = asyncio.get_running_loop()
        return JSONResponse(await loop.run_in_executor(lane.executor, lane.redactor.redact, body.text, options))
