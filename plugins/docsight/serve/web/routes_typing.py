"""POST /v1/type, and DELETE /v1/type/{session}."""

import asyncio
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.responses import JSONResponse

from docsight.serve.services.typing_sessions import (
    SessionExpiredError,
    SessionOrderError,
    TooManySessionsError,
    TypingSessions,
)
from docsight.serve.web.problem_details import ProblemError, problem_responses
from docsight.serve.web.server_state import ServerState, State
from docsight.serve.web.typing_models import TypingAnswer, TypingRequest

router = APIRouter(tags=["typing"])


@router.post(
    "/v1/type",
    summary="Type in a session",
    responses={200: {"model": TypingAnswer}, **problem_responses(404, 408, 409, 413, 415, 422, 429, 501, 504)},
)
async def type_keys(body: TypingRequest, state: State) -> JSONResponse:
    """Apply keystrokes and return the letters, the words and the text that are meant. Without `session`, one starts."""
    sessions = _sessions_of(state)
    loop = asyncio.get_running_loop()
    with state.typing_slots.take():
        try:
            answer = await loop.run_in_executor(state.services.typing, partial(_handle, sessions, body))
        except SessionExpiredError as err:
            raise ProblemError(404, str(err)) from err
        except SessionOrderError as err:
            raise ProblemError(409, str(err)) from err
        except TooManySessionsError as err:
            raise ProblemError(429, f"{err}; try again later", retry_after=30) from err
    return JSONResponse(answer)


@router.delete(
    "/v1/type/{session}", status_code=204, summary="End a session", responses=problem_responses(404, 422, 501)
)
async def end_session(session: Annotated[str, Path(max_length=100)], state: State) -> Response:
    """Forget a session at once; otherwise it expires. An unknown session is not an error."""
    _sessions_of(state).end(session)
    return Response(status_code=204)


def _sessions_of(state: ServerState) -> TypingSessions:
    if state.services.sessions is None:
        raise ProblemError(501, "the pipeline has no rnn_speller, which typing sessions need")
    return state.services.sessions


def _handle(sessions: TypingSessions, body: TypingRequest) -> dict[str, Any]:
    events: list[dict[str, Any]] = [{"type": "key", "key": key} for key in body.keys]
    events += [event.model_dump() for event in body.events]
    name, is_new = body.session, body.session is None
    if name is None:
        name = sessions.start(context=body.context, keyboard=body.keyboard, completions=body.completions)
    try:
        return sessions.handle(name, events, sequence=body.sequence)
    except Exception:
        if is_new:
            sessions.end(name)  # the client never learns its id
        raise
