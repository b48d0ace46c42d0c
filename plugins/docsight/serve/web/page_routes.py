"""The playground at `/`, and the documentation of the API at `/docs`: files of this package, without a network."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from docsight.serve.web.problem_details import ProblemBody
from docsight.serve.web.security_headers import PAGE_POLICY
from docsight.version import __version__

PAGE_INDEX = "index.html"
PLAYGROUND = Path(str(files("docsight.serve") / "playground"))
_DOCS_FILES = Path(str(files("docsight.serve") / "web"))


class PageFiles(StaticFiles):
    """The files of the page, with its policy."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Content-Security-Policy"] = PAGE_POLICY
        response.headers["Cache-Control"] = "no-cache"  # a newer version of docsight has other files
        return response


def add_pages(app: FastAPI) -> None:
    """Add the documentation of the API, and the files of the page that exist now."""
    page = _render_docs(app)
    style = (_DOCS_FILES / "api_docs.css").read_text(encoding="utf-8")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(page, headers={"Content-Security-Policy": PAGE_POLICY})

    @app.get("/docs.css", include_in_schema=False)
    async def docs_style() -> Response:
        return Response(style, media_type="text/css", headers={"Cache-Control": "no-cache"})

    # Not mounted at /, which would answer to all paths, so that a wrong method of the API would be an unknown file.
    page_files = PageFiles(directory=PLAYGROUND)

    async def send_file(request: Request) -> Response:
        return await page_files.get_response(request.url.path.removeprefix("/") or PAGE_INDEX, request.scope)

    names = [path.relative_to(PLAYGROUND).as_posix() for path in PLAYGROUND.rglob("*") if path.is_file()]
    for name in ("", *names):
        app.add_route(f"/{name}", send_file, methods=["GET"], include_in_schema=False)


def make_schema(app: FastAPI, *, has_key: bool) -> dict[str, Any]:
    """Return the OpenAPI schema of the routes."""
    schema = get_openapi(
        title="docsight", version=__version__, routes=app.routes, summary="Named entities, spelling and images."
    )
    components: dict[str, Any] = schema.setdefault("components", {})
    problem = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = components.setdefault("schemas", {})
    schemas |= problem.pop("$defs", {})
    schemas["ProblemBody"] = problem
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    if has_key:
        components["securitySchemes"] = {
            "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            "bearer": {"type": "http", "scheme": "bearer"},
        }
        for path, operations in schema["paths"].items():
            for operation in operations.values():
                operation["security"] = [] if path in ("/health", "/ready") else [{"key": []}, {"bearer": []}]
    return schema


def _render_docs(app: FastAPI) -> str:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = (_DOCS_FILES / "api_docs.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(template).render(schema=app.openapi(), version=__version__)
