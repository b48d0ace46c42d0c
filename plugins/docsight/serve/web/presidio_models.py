"""The requests and answers of presidio-analyzer's own server."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from docsight.serve.web.text_models import PlainText


class AnalyzeRequest(BaseModel):
    """As in presidio; unknown fields are ignored, as presidio does. See `routes_presidio` for the two exceptions."""

    model_config = ConfigDict(extra="ignore", strict=True)

    text: PlainText | list[PlainText] = Field(description="The text, or several.")
    language: str = Field(min_length=1, description="en")
    entities: list[PlainText] | None = Field(default=None, description="The types to look for; by default all.")
    score_threshold: float | None = Field(default=None, ge=0, le=1)
    correlation_id: str | None = None
    return_decision_process: bool | None = None
    context: list[PlainText] | None = Field(default=None, description="Words that make ids near them more likely.")
    ad_hoc_recognizers: list[Any] | None = Field(default=None, max_length=0, description="Not supported; [] or null.")
    allow_list: list[PlainText] | None = Field(default=None, description="Words that are not found.")
    allow_list_match: str | None = Field(default="exact", pattern="^exact$", description="Only exact.")


class AnalyzedEntity(BaseModel):
    entity_type: str
    start: int
    end: int
    score: float
    analysis_explanation: dict[str, Any] | None = None
