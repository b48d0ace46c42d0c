"""Annotated texts, as all formats are read and written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from docsight.tags import TagSpan

MAX_USUAL_TOKENS = 250  # in a sentence


class CharSpan(NamedTuple):
    """A labelled span of characters.

    Args:
        start: The first character.
        end: The character after the last one.
        label: The label; empty if there is none.
        text: What the span covers according to the file, to check the offsets by; None if the file does not say.
    """

    start: int
    end: int
    label: str
    text: str | None = None


@dataclass(frozen=True)
class AnnotatedText:
    """A text with spans: a sentence or a whole document.

    Args:
        text: The text.
        spans: The spans, as the file has them.
        place: The file and the row, for messages.
        document: The id of the document that the text is a part of; None if the format does not say.
        tokens: (start, end) of each token, if the format has tokens. The spans then begin and end with tokens.
        is_undivided: Whether the tokens are those of a whole file or document that nothing divides into sentences.
    """

    text: str
    spans: Sequence[CharSpan]
    place: str
    document: str | None = None
    tokens: Sequence[tuple[int, int]] | None = None
    is_undivided: bool = False

    def words(self) -> list[str]:
        return [self.text[start:end] for start, end in self.tokens or ()]

    def token_spans(self) -> list[TagSpan]:
        """Return the spans in tokens. The format must have tokens."""
        firsts = {start: at for at, (start, _) in enumerate(self.tokens or ())}
        lasts = {end: at for at, (_, end) in enumerate(self.tokens or ())}
        return [TagSpan(firsts[span.start], lasts[span.end] + 1, span.label) for span in self.spans]


@dataclass(frozen=True)
class Columns:
    """The names of the columns of a file.

    Args:
        tokens: The tokens of a row.
        tags: The tags of the tokens.
        document: The id of the document that a row is a part of; None if there is none.
        sentence: The sentence that a token is a part of, in tables of tokens; None to find it by usual names.
        text: The text of a row, in formats with offsets.
        spans: The spans of a row, in formats with offsets; None to find them by the names that tools use.
    """

    tokens: str = "tokens"
    tags: str = "ner_tags"
    document: str | None = "doc_id"
    sentence: str | None = None
    text: str = "text"
    spans: str | None = None


def text_of_tokens(
    tokens: Sequence[str],
    spans: Sequence[TagSpan],
    place: str,
    *,
    document: str | None = None,
    glued: Sequence[bool] | None = None,
    is_undivided: bool = False,
) -> AnnotatedText:
    """Make an annotated text from tokens; `glued` says of each token whether no space follows it."""
    offsets: list[tuple[int, int]] = []
    pieces: list[str] = []
    at = 0
    for number, token in enumerate(tokens):
        offsets.append((at, at + len(token)))
        space = "" if number == len(tokens) - 1 or (glued is not None and glued[number]) else " "
        pieces += [token, space]
        at += len(token) + len(space)
    chars = [CharSpan(offsets[start][0], offsets[end - 1][1], label) for start, end, label in spans]
    return AnnotatedText("".join(pieces), chars, place, document, offsets, is_undivided)
