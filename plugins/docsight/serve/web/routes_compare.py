"""POST /v1/compare."""

import asyncio
from functools import partial
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from docsight.serve.web.compare_models import CompareAnswer, CompareRequest
from docsight.serve.web.problem_details import ProblemError, problem_responses
from docsight.serve.web.server_state import State
from docsight.serve.web.text_limits import check_length

router = APIRouter(tags=["text"])


@router.post(
    "/v1/compare",
    summary="Compare what three taggers see",
    responses={200: {"model": CompareAnswer}, **problem_responses(408, 413, 415, 422, 429, 501, 504)},
)
async def compare_taggers(body: CompareRequest, state: State) -> JSONResponse:
    """Tag a text with an LSTM, a BiLSTM and a CNN, made for demonstration, and return what each finds and why."""
    services = state.services
    if services.comparison is None:
        raise ProblemError(501, "the server lacks the demonstration taggers; install the whole package of docsight")
    check_length(body.text, state)
    call = partial(services.comparison.compare, body.text, focus=body.focus)
    # In the thread of images: a comparison must not make texts and keystrokes wait.
    with state.image_slots.take():
        answer: dict[str, Any] = await asyncio.get_running_loop().run_in_executor(services.imaging, call)
    return JSONResponse(answer)
