"""The requests and answers of the comparison of taggers, as in the OpenAPI schema."""

from typing import Literal

from pydantic import BaseModel, Field

from docsight.serve.services.comparison import MAX_COMPARED_WORDS
from docsight.serve.web.text_models import StrictRequest


class CompareRequest(StrictRequest):
    """A text for the demonstration taggers."""

    text: str = Field(max_length=10_000, description=f"The text, of at most {MAX_COMPARED_WORDS} words.")
    focus: int | None = Field(default=None, ge=0, description="The number of a word whose label is explained.")


class ComparedWord(BaseModel):
    text: str
    start: int = Field(description="The first character, counted in Unicode code points.")
    end: int = Field(description="The character after the last one.")


class WordSight(BaseModel):
    """How many words the state of a word depends on; null for all of them."""

    before: int | None
    after: int | None


class ComparedEntity(BaseModel):
    start: int = Field(description="The first word.")
    end: int = Field(description="The word after the last one.")
    label: str
    score: float = Field(description="The posterior probability.")


class WordLabel(BaseModel):
    label: str | None = Field(description="The likeliest label of the word; null for no entity.")
    probability: float
    probabilities: dict[str, float] = Field(description="Of each label.")


class WordInfluence(BaseModel):
    """What the label of the word in focus depends on."""

    word: int
    label: str = Field(description="The likeliest label of the word.")
    change: list[float] = Field(description="By word: how much the log odds of the label fall if it is left out.")


class ComparedTagger(BaseModel):
    name: str
    layer: Literal["bilstm", "lstm", "cnn"]
    weights: int = Field(description="Of the layers between words and tags.")
    sight: WordSight
    entities: list[ComparedEntity]
    words: list[WordLabel]
    units: list[int] = Field(description="The units whose state varies most in the text.")
    states: list[list[float]] = Field(description="By word: the values of these units, from -1 to 1.")
    influence: WordInfluence | None = Field(description="Null without a focus.")


class CompareAnswer(BaseModel):
    text: str
    words: list[ComparedWord]
    taggers: list[ComparedTagger]
