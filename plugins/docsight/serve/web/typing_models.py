"""The requests and answers of typing sessions, as in the OpenAPI schema."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from docsight.serve.web.text_models import PlainText, StrictRequest

MAX_EVENTS = 256  # in a request


class KeyEvent(StrictRequest):
    """A character is typed."""

    type: Literal["key"]
    key: PlainText = Field(
        min_length=1, max_length=8, description="One character; a space or punctuation ends the word."
    )


class BackspaceEvent(StrictRequest):
    """The last keystroke or accepted text is taken back."""

    type: Literal["backspace"]


class AcceptEvent(StrictRequest):
    """The current word is replaced by a completion."""

    type: Literal["accept"]
    text: PlainText | None = Field(
        default=None, min_length=1, max_length=100, description="The completion; by default the `prefix`."
    )


class UndoEvent(StrictRequest):
    """The correction of a word is taken back."""

    type: Literal["undo"]
    word: int | None = Field(default=None, ge=0, description="The `word` of one of `corrected`; by default the last.")


class KeepEvent(StrictRequest):
    """A word stays as it is typed."""

    type: Literal["keep"]
    word: PlainText | None = Field(
        default=None, min_length=1, max_length=100, description="By default the current one."
    )


TypingEvent = Annotated[KeyEvent | BackspaceEvent | AcceptEvent | UndoEvent | KeepEvent, Field(discriminator="type")]


class TypingRequest(StrictRequest):
    """Keystrokes of a session, or of a new one if `session` is null."""

    session: PlainText | None = Field(default=None, max_length=100, description="The id from an earlier answer.")
    sequence: int | None = Field(
        default=None, ge=0, description="A number that grows with each request of the session; 409 if it does not."
    )
    keys: PlainText = Field(default="", max_length=MAX_EVENTS, description="Characters that are typed.")
    events: list[TypingEvent] = Field(default=[], max_length=MAX_EVENTS, description="What happens after `keys`.")
    keyboard: Literal["qwerty", "azerty", "qwertz", "dvorak"] | None = Field(
        default=None, description="Of a new session: wrong letters are then often keys beside the right one."
    )
    context: PlainText = Field(
        default="", max_length=10_000, description="Of a new session: the text before the first key."
    )
    completions: int = Field(default=5, ge=0, le=20, description="Of a new session: the most completions.")


class LetterBody(BaseModel):
    letter: str
    probability: float


class CompletionBody(BaseModel):
    text: str
    probability: float


class CorrectedWordBody(BaseModel):
    """A word that was corrected when it ended, and that `undo` can take back."""

    word: int
    start: int = Field(description="In `text`, in Unicode code points.")
    end: int
    typed: str
    text: str


class TypingAnswer(BaseModel):
    session: str
    sequence: int | None
    letter: str = Field(description="The letter that was probably meant.")
    letters: list[LetterBody] = Field(description="The likeliest letters.")
    prefix: str = Field(description="The corrected word so far.")
    text: str = Field(description="The whole text as it is meant.")
    typed: str = Field(description="The whole text as it was typed.")
    completions: list[CompletionBody]
    corrected: list[CorrectedWordBody]
