"""GET /health, /ready, /metrics and /v1/info."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from docsight.serve.web.problem_details import PROBLEM_TYPE
from docsight.serve.web.serve_metrics import METRICS_TYPE
from docsight.serve.web.server_state import State, not_ready
from docsight.version import __version__

router = APIRouter(tags=["status"])


class HealthBody(BaseModel):
    status: str = Field(description="ok")


class ComponentBody(BaseModel):
    name: str
    factory: str
    labels: list[str]


class InfoBody(BaseModel):
    """What the server serves, and its limits."""

    version: str
    pipeline: str | None = Field(description="The saved pipeline; null for components of docsight.")
    lang: str
    components: list[ComponentBody]
    image_models: dict[str, list[str]] = Field(description="The labels of each model of /v1/images.")
    has_redaction: bool
    limits: dict[str, float]


@router.get("/health", summary="Check that the process is alive", responses={200: {"model": HealthBody}})
async def health() -> JSONResponse:
    """Return 200 as long as the process answers."""
    return JSONResponse({"status": "ok"})


@router.get(
    "/ready",
    summary="Check that the models are loaded",
    responses={
        200: {"model": HealthBody},
        503: {
            "description": "The server is not ready",
            "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
        },
    },
)
async def ready(state: State) -> JSONResponse:
    """Return 200 once the models are loaded, until the server stops."""
    if state.phase != "ready":
        raise not_ready()
    return JSONResponse({"status": "ok"})


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "metrics"}},
)
async def metrics(state: State) -> Response:
    """Return the metrics in the text format of Prometheus."""
    return Response(state.metrics.page(), headers={"Content-Type": METRICS_TYPE})


@router.get("/v1/info", summary="List components, models and limits", responses={200: {"model": InfoBody}})
async def info(state: State) -> JSONResponse:
    """Return the version, the components, the models and the limits."""
    names: tuple[str, ...] = (
        "max_text_chars",
        "max_texts",
        "max_body_bytes",
        "max_image_bytes",
        "max_upload_bytes",
        "max_files",
    )
    names += ("max_waiting", "max_jobs", "max_sessions", "timeout", "wait", "job_lifetime", "session_lifetime")
    limits: dict[str, Any] = {name: getattr(state.settings, name) for name in names}
    return JSONResponse({"version": __version__, **state.services.about, "limits": limits})
