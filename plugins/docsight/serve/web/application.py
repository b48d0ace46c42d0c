"""The application: routes, layers and error handlers put together."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from docsight.errors import ConfigError, DataError
from docsight.serve.server_settings import ServerSettings
from docsight.serve.web import (
    routes_compare,
    routes_documents,
    routes_images,
    routes_presidio,
    routes_status,
    routes_text,
    routes_typing,
)
from docsight.serve.web.page_routes import add_pages, make_schema
from docsight.serve.web.problem_details import ProblemError
from docsight.serve.web.request_gate import RequestGate
from docsight.serve.web.request_scope import RequestScope
from docsight.serve.web.server_state import ServerState

_ROUTERS = (routes_text, routes_typing, routes_images, routes_compare, routes_documents, routes_presidio, routes_status)
_MAX_ERRORS = 20  # of a request that are reported


def create_app(settings: ServerSettings | None = None, *, warm_workers: bool = False) -> FastAPI:
    """Make the application. It loads its models in the background once it runs; until then requests get a 503.

    Args:
        settings: The settings of the server; by default all defaults.
        warm_workers: Whether the processes for documents start at once, and not with their first job.
    """
    settings = settings or ServerSettings()
    state = ServerState(settings, warm_workers=warm_workers)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with state.running():
            yield

    app = FastAPI(title="docsight", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.server = state
    for module in _ROUTERS:
        app.include_router(module.router)
    schema: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not schema:
            schema.update(make_schema(app, has_key=settings.api_key is not None))
        return schema

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's documentation says
    add_pages(app)
    _add_handlers(app)
    app.add_middleware(RequestGate, state=state)  # the innermost, so that a site can read its refusals, too
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "X-API-Key", "X-Request-Id"],
            expose_headers=["Location", "Retry-After", "X-Request-Id"],
        )
    app.add_middleware(RequestScope, metrics=state.metrics)  # the outermost
    return app


def _add_handlers(app: FastAPI) -> None:
    """Turn the exceptions of routes into problems."""

    @app.exception_handler(ProblemError)
    async def answer_problem(_: Request, error: ProblemError) -> Response:
        return error.response()

    @app.exception_handler(DataError)
    @app.exception_handler(ConfigError)
    async def answer_invalid(_: Request, error: Exception) -> Response:
        return ProblemError(422, str(error)).response()

    @app.exception_handler(RequestValidationError)
    async def answer_invalid_fields(request: Request, error: RequestValidationError) -> Response:
        if isinstance(error.body, bytes):  # FastAPI has not parsed it
            sent = request.headers.get("content-type", "")[:80]
            return ProblemError(415, f"expected the header Content-Type: application/json, not {sent!r}").response()
        rows = [_invalid_field(row, error.body) for row in error.errors()[:_MAX_ERRORS]]
        first = rows[0] if rows else {"loc": [], "msg": "it is invalid"}
        place = ".".join(map(str, first["loc"]))
        return ProblemError(422, f"{place}: {first['msg']}"[:400], errors=rows).response()

    @app.exception_handler(HTTPException)
    async def answer_http(_: Request, error: HTTPException) -> Response:
        detail = error.detail if error.status_code != 404 else "there is nothing at this path; see /docs"
        if error.status_code == 400 and error.__cause__ is not None:
            detail = f"the body cannot be read as JSON: {_why_unreadable(error.__cause__)}"
        return ProblemError(error.status_code, detail, headers=error.headers).response()


def _why_unreadable(cause: BaseException) -> str:
    match cause:
        case UnicodeError():
            return "it is not in UTF-8; send it without compression"
        case RecursionError():
            return "its values are nested too deeply"
        case _:  # an integer of thousands of digits
            return "it has a value that is too long"


def _invalid_field(row: Mapping[str, Any], body: Any) -> dict[str, Any]:
    """Return an `InvalidField` for an error of pydantic, or of the JSON parser."""
    if row["type"] == "json_invalid":
        return {
            "loc": ["body"],
            "msg": f"not JSON: {row['ctx']['error']}, at character {row['loc'][-1]}",
            "type": row["type"],
        }
    place = _place_in_body(row["loc"], body, is_missing=row["type"] == "missing")
    return {"loc": place, "msg": row["msg"].removeprefix("Value error, "), "type": row["type"]}


def _place_in_body(loc: Sequence[str | int], body: Any, *, is_missing: bool) -> list[str | int]:
    """Return the place of an error without the parts that name a variant of a model instead of a field of the body."""
    if not loc or loc[0] != "body":
        return list(loc)
    place: list[str | int] = ["body"]
    value = body
    for at, part in enumerate(loc[1:], start=2):
        if (isinstance(value, dict) and part in value) or (isinstance(value, list) and isinstance(part, int)):
            value = value[part]  # type: ignore[index]  # a key of the dict, or the number of an item
            place.append(part)
        elif is_missing and isinstance(value, dict) and at == len(loc):
            place.append(part)
    return place
