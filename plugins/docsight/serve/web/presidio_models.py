"""The requests and answers of presidio-analyzer's own server."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from docsight.serve.web.text_models import PlainText

MAX_RECOGNIZERS = 16  # of a request
_MAX_PATTERNS = 16
_MAX_DENIED = 2000
_Expression = Annotated[PlainText, Field(min_length=1, max_length=1000)]
_Score = Annotated[float, Field(ge=0, le=1)]
_Flags = Annotated[int, Field(ge=0, lt=1 << 17)]  # of the package regex


class _PresidioModel(BaseModel):
    """As in presidio: unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", strict=True)


class AdHocPattern(_PresidioModel):
    """A regular expression."""

    name: PlainText = "pattern"
    regex: _Expression
    score: _Score


class AdHocRecognizer(_PresidioModel):
    """A recognizer of the client, by regular expressions or a list of words, or both."""

    supported_entity: Annotated[PlainText, Field(min_length=1, max_length=200)]
    supported_language: str = "en"
    name: PlainText | None = None
    patterns: list[AdHocPattern] | None = Field(default=None, max_length=_MAX_PATTERNS)
    deny_list: list[_Expression] | None = Field(default=None, max_length=_MAX_DENIED, description="Words to find.")
    deny_list_score: _Score = 1.0
    context: list[PlainText] | None = Field(default=None, description="Words that make matches near them more likely.")
    global_regex_flags: _Flags | None = Field(default=None, description="By default those of presidio.")

    @model_validator(mode="after")
    def _check_patterns(self) -> Self:
        if not self.patterns and not self.deny_list:
            raise ValueError("a recognizer needs patterns or a deny_list")
        return self


class AnalyzeRequest(_PresidioModel):
    """As in presidio; unknown fields are ignored, as presidio does. Regular expressions have a limited time."""

    text: PlainText | list[PlainText] = Field(description="The text, or several.")
    language: str = Field(min_length=1, description="en")
    entities: list[PlainText] | None = Field(default=None, description="The types to look for; by default all.")
    score_threshold: float | None = Field(default=None, ge=0, le=1)
    correlation_id: str | None = None
    return_decision_process: bool | None = None
    context: list[PlainText] | None = Field(default=None, description="Words that make ids near them more likely.")
    ad_hoc_recognizers: list[AdHocRecognizer] | None = Field(
        default=None, max_length=MAX_RECOGNIZERS, description="Recognizers for this request."
    )
    allow_list: list[PlainText] | None = Field(default=None, description="Words that are not found.")
    allow_list_match: str | None = Field(
        default="exact", pattern="^(exact|regex)$", description="exact, or regex: the words are regular expressions."
    )
    regex_flags: _Flags | None = Field(default=None, description="For allow_list; by default those of presidio.")


class AnalyzedEntity(BaseModel):
    entity_type: str
    start: int
    end: int
    score: float
    analysis_explanation: dict[str, Any] | None = None
