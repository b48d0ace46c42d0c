"""The application: routes, layers and error handlers put together."""

from collections.abc import AsyncIterator, Sequence
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
    async def answer_invalid_fields(_: Request, error: RequestValidationError) -> Response:
        rows = [
            {
                "loc": _place_in_body(row["loc"], error.body, is_missing=row["type"] == "missing"),
                "msg": row["msg"],
                "type": row["type"],
            }
            for row in error.errors()[:_MAX_ERRORS]
        ]
        first = rows[0] if rows else {"loc": [], "msg": "it is invalid"}
        place = ".".join(map(str, first["loc"]))
        return ProblemError(422, f"{place}: {first['msg']}"[:400], errors=rows).response()

    @app.exception_handler(HTTPException)
    async def answer_http(_: Request, error: HTTPException) -> Response:
        detail = error.detail if error.status_code != 404 else "there is nothing at this path; see /docs"
        return ProblemError(error.status_code, detail, headers=error.headers).response()


def _place_in_body(loc: Sequence[str | int], body: Any, *, is_missing: bool) -> list[str | int]:
    """Return the place of an error without the parts that name a variant of a model instead of a field of the body."""
    if not loc or loc[0] != "body" or not isinstance(body, dict | list):
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
