"""POST /analyze, GET /recognizers and GET /supportedentities, in the form of presidio-analyzer's own server."""

import asyncio
from collections.abc import Sequence, Set
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from docsight.serve.services.client_recognizers import ClientPatterns
from docsight.serve.services.text_lane import TextLane
from docsight.serve.services.text_redactor import TextRedactor
from docsight.serve.web.presidio_models import AnalyzedEntity, AnalyzeRequest
from docsight.serve.web.problem_details import ProblemError, no_redaction, problem_responses
from docsight.serve.web.server_state import State
from docsight.serve.web.text_limits import check_texts

router = APIRouter(tags=["presidio"])

_LANGUAGE = "en"
Language = Annotated[str, Query(description="en", max_length=35)]


@router.post(
    "/analyze",
    summary="Find names and ids, as presidio-analyzer",
    responses={
        200: {"model": list[AnalyzedEntity] | list[list[AnalyzedEntity]]},
        **problem_responses(408, 413, 415, 422, 429, 501, 504),
    },
)
async def analyze(body: AnalyzeRequest, request: Request, state: State) -> JSONResponse:
    """Return the entities of a text, or of each text of a list."""
    _check_language(body.language)
    texts = [body.text] if isinstance(body.text, str) else body.text
    check_texts(texts, state)
    patterns = _patterns_of(body)
    known = {*_redactor_of(state.services.short).entity_types(_LANGUAGE), *patterns.entity_types()}
    _check_types(body.entities or (), known)
    # Expressions of a client may take seconds, so texts of others should not wait for them.
    lane = state.services.bulk if patterns else state.services.lane_of(texts)
    call = partial(_redactor_of(lane).analyze, texts, patterns, **_options_of(body))
    with state.redaction_slots.take():
        found = await asyncio.get_running_loop().run_in_executor(lane.executor, call)
    return JSONResponse(found[0] if isinstance(body.text, str) else found)


@router.get(
    "/recognizers",
    summary="List presidio's recognizers",
    responses={200: {"model": list[str]}, **problem_responses(422, 501)},
)
async def list_recognizers(state: State, language: Language = _LANGUAGE) -> JSONResponse:
    """Return the names of the recognizers."""
    _check_language(language)
    return JSONResponse(_redactor_of(state.services.short).recognizers(language))


@router.get(
    "/supportedentities",
    summary="List the types of entities that presidio finds",
    responses={200: {"model": list[str]}, **problem_responses(422, 501)},
)
async def list_entity_types(state: State, language: Language = _LANGUAGE) -> JSONResponse:
    """Return the types of entities."""
    _check_language(language)
    return JSONResponse(_redactor_of(state.services.short).entity_types(language))


def _patterns_of(body: AnalyzeRequest) -> ClientPatterns:
    """Return what the client sends as regular expressions or as recognizers."""
    is_regex = body.allow_list_match == "regex"
    return ClientPatterns(
        recognizers=[each.model_dump(exclude_none=True) for each in body.ad_hoc_recognizers or ()],
        allowed=tuple(body.allow_list or ()) if is_regex else (),
        flags=body.regex_flags,
    )


def _options_of(body: AnalyzeRequest) -> dict[str, Any]:
    """Return the options that presidio itself handles."""
    handled = {"text", "ad_hoc_recognizers", "allow_list_match", "regex_flags"}
    if body.allow_list_match == "regex":
        handled.add("allow_list")
    return body.model_dump(exclude=handled, exclude_none=True)


def _check_types(asked: Sequence[str], known: Set[str]) -> None:
    """Refuse a request for unknown types only. If others are known, presidio warns in its log, and finds these."""
    if asked and not known & set(asked):
        names = ", ".join(sorted(set(asked)))[:200]
        raise ProblemError(422, f"the server finds none of the entity types {names}; see /supportedentities")


def _redactor_of(lane: TextLane) -> TextRedactor:
    if lane.redactor is None:
        raise no_redaction()
    return lane.redactor


def _check_language(language: str) -> None:
    if language != _LANGUAGE:
        raise ProblemError(422, f"the language {language[:35]!r} is not supported; expected 'en'")
