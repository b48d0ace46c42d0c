"""The requests and answers about texts, typing and redaction, as in the OpenAPI schema."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

from docsight.redaction.redactor import Redaction
from docsight.serve.services.text_annotator import MIN_SPAN_SCORE


def _without_surrogates(text: str) -> str:
    """Refuse halves of surrogate pairs, which JSON can hold, but no text."""
    try:
        text.encode()
    except UnicodeEncodeError as err:
        raise ValueError("it has half of a surrogate pair") from err
    return text


PlainText = Annotated[str, AfterValidator(_without_surrogates)]


class StrictRequest(BaseModel):
    """A request; unknown fields are errors, as they are probably misspelled."""

    model_config = ConfigDict(extra="forbid", strict=True)


class TextOptions(StrictRequest):
    min_score: float | None = Field(
        default=None,
        ge=MIN_SPAN_SCORE,
        le=1,
        description="Also list all spans of at least this probability in `spans`, overlapping ones, too.",
    )
    setting: Literal["precise", "balanced", "eager", "flag"] | None = Field(
        default=None,
        description="Which corrections are `applied`: those of at least 0.7, 0.5 or 0.3, or none. By default, those "
        "that the server's pipeline applies. Entities do not change.",
    )


class SingleText(TextOptions):
    """One text."""

    text: PlainText = Field(description="The text.")


class SeveralTexts(TextOptions):
    """Several texts."""

    texts: list[PlainText] = Field(min_length=1, description="The texts.")


def _kind_of(value: Any) -> str:
    fields = value if isinstance(value, dict) else vars(value) if isinstance(value, BaseModel) else {}
    return "several" if "texts" in fields else "single"


TextRequest = Annotated[
    Annotated[SingleText, Tag("single")] | Annotated[SeveralTexts, Tag("several")], Discriminator(_kind_of)
]


class TextSpan(BaseModel):
    """An entity, or another span that may be one."""

    start: int = Field(description="The first character, counted in Unicode code points.")
    end: int = Field(description="The character after the last one.")
    label: str
    text: str
    score: float | None = Field(description="The probability; null for an entity that another component found.")


class Suggestion(BaseModel):
    text: str
    probability: float


class CorrectionBody(BaseModel):
    """A misspelled word, as in documents.jsonl."""

    start: int
    end: int
    text: str = Field(description="The word as written.")
    suggestion: str = Field(description="The likeliest word.")
    suggestions: list[Suggestion]
    score: float = Field(description="The probability that the suggestion is right.")
    reason: str = Field(description="`unknown_word`, or `context`: the word exists, but not here.")
    because: str = Field(description="What decided the score.")
    applied: bool = Field(description="Whether `corrected_text` has the suggestion.")


class AnnotatedText(BaseModel):
    text: str
    corrected_text: str
    entities: list[TextSpan]
    spans: list[TextSpan]
    corrections: list[CorrectionBody]


class TextAnswer(BaseModel):
    documents: list[AnnotatedText] = Field(description="One for each text, in order.")


class RedactRequest(StrictRequest):
    text: PlainText
    operator: Literal["replace", "mask", "pseudonym"] = Field(
        default="replace", description="The type, such as <PERSON>; asterisks; or a made-up name."
    )
    threshold: float = Field(default=0.1, gt=0, le=1, description="Names of at least this probability are taken out.")
    types: list[Literal["PERSON", "ORGANIZATION", "LOCATION", "DATE", "NORP"]] = Field(
        default=["PERSON", "ORGANIZATION", "LOCATION"], description="The types of names; ids are always taken out."
    )


class RedactAnswer(BaseModel):
    text: str
    redactions: list[Redaction]
