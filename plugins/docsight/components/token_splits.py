r"""Tokens that contain markup, such as `Lindt](https` and `\textbf{Rosa`: read in pieces, split on demand."""

import re
from collections.abc import Sequence
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any, NamedTuple

from spacy.tokens import Doc, SpanGroup, Token

# LaTeX commands and line breaks, the target of a Markdown link, and the brackets, bars, quotes and signs of equality
# that LaTeX, Markdown, wikis, HTML and JSON put next to a name without a space; and drawn lines.
_NAME_MARKUP = re.compile(
    r"""(?:\\[A-Za-z@]+\*?|\\\\|\]\([^()\s]*\)?|-{3,}|_{3,}|\*{2,3}|[{}\[\]|<>~"=]|\)(?=[<\[\]]))+"""
)
_DRAWN_LINE = re.compile(r"-{3,}|_{3,}")
_TIE = "~"  # LaTeX's space between the parts of a name, which may be in an entity
_URL_START = re.compile(r"[a-z][a-z0-9+.-]*://|www\.", re.IGNORECASE)


class TokenPiece(NamedTuple):
    """A part of a token, in characters of the token."""

    start: int
    end: int
    is_markup: bool  # whether no entity contains it


class Cut(NamedTuple):
    """A place where a token is split."""

    token: int
    place: int  # where the next part begins, in characters of the token


def markup_pieces(token: str) -> list[TokenPiece]:
    """Return markup and what stands between it; empty for an address, and where nothing looks like a name.

    A drawn line that is a token of its own is markup, too.
    """
    if _DRAWN_LINE.fullmatch(token):
        return [TokenPiece(0, len(token), is_markup=True)]
    if _NAME_MARKUP.search(token) is None or _URL_START.match(token):
        return []
    pieces: list[TokenPiece] = []
    for match in _NAME_MARKUP.finditer(token):
        end = pieces[-1].end if pieces else 0
        if end < match.start():
            pieces.append(TokenPiece(end, match.start(), is_markup=False))
        pieces.append(TokenPiece(*match.span(), is_markup=match.group() != _TIE))
    if pieces[-1].end < len(token):
        pieces.append(TokenPiece(pieces[-1].end, len(token), is_markup=False))
    is_name = any(not piece.is_markup and token[piece.start].isupper() for piece in pieces)
    return pieces if is_name and len(pieces) > 1 else []


def split_tokens(doc: Doc, cuts: Sequence[Cut]) -> None:
    """Split tokens of a Doc at the given places, in order; entities, span groups and other annotations stay.

    The parts have the tag, the part of speech and the entity of the token, and all but the first depend on the first.
    """
    groups = {
        key: (
            dict(group.attrs),
            [(span.start_char, span.end_char, span.label_, span.kb_id_, span.id_) for span in group],
        )
        for key, group in doc.spans.items()
    }
    inside_sentence = False if doc.has_annotation("SENT_START") else None
    with doc.retokenize() as retokenizer:
        for number, of_token in groupby(cuts, key=attrgetter("token")):
            token = doc[number]
            edges = [0, *(cut.place for cut in of_token), len(token.text)]
            parts = [token.text[start:end] for start, end in pairwise(edges)]
            heads = [(token, 0) if at else token.head for at in range(len(parts))]
            retokenizer.split(token, parts, heads=heads, attrs=_attributes(token, parts))
    if not doc.has_annotation("DEP"):  # otherwise sentences follow from the heads
        for added, cut in enumerate(cuts, start=1):
            doc[cut.token + added].is_sent_start = inside_sentence
    for key, (attrs, spans) in groups.items():  # which are not updated by the retokenizer
        found = (doc.char_span(start, end, label, kb_id=kb, span_id=own) for start, end, label, kb, own in spans)
        moved = [span for span in found if span is not None]  # all of them, because no boundary is gone
        doc.spans[key] = SpanGroup(doc, name=key, attrs=attrs, spans=moved)


def _attributes(token: Token, parts: Sequence[str]) -> dict[str | int, list[Any]]:
    """Return the attributes of the parts of a token, which without them would be those of the tokens that follow."""
    inherited: dict[str | int, int | str] = {
        "ENT_TYPE": token.ent_type,
        "ENT_KB_ID": token.ent_kb_id,
        "ENT_ID": token.ent_id,
        "TAG": token.tag,
        "POS": token.pos,
    }
    if token.doc.has_annotation("MORPH"):
        inherited["MORPH"] = str(token.morph)
    attributes: dict[str | int, list[Any]] = {name: [value] * len(parts) for name, value in inherited.items()}
    attributes["LEMMA"] = [*parts] if token.lemma else [0] * len(parts)
    # Two parts must not both be the root of a sentence.
    attributes["DEP"] = [token.dep, *(["dep" if token.dep else 0] * (len(parts) - 1))]
    return attributes
