"""The extension attributes of docsight, all set here and only where absent."""

import warnings
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from spacy.tokens import Doc, Span, Token

from docsight.corrections import CorrectionRow, OffsetMap, applied_rows, correct_text, rows_within

STORE = "docsight"  # the key of our results in `Doc.user_data`


def results(doc: Doc) -> dict[str, Any]:
    """Return what the components of docsight stored for a Doc, by the component's name."""
    return doc.user_data.setdefault(STORE, {})


def span_score(span: Span) -> float | None:
    """Return the probability that a component of docsight gave the entity; None where none wrote it."""
    key = [span.start_char, span.end_char, span.label_]
    size = text_size(span.doc)
    for stored in span.doc.user_data.get(STORE, {}).values():
        if stored.get("size") != size:
            continue  # the Doc is a piece of another one, whose offsets these are
        entities = stored.get("entities", [])  # [start, end, label, score], in order; tuples after a round trip
        at = bisect_left(entities, key, key=lambda row: list(row[:3]))
        if at < len(entities) and list(entities[at][:3]) == key:
            return entities[at][3]
    return None


def text_size(doc: Doc) -> int:
    """Return the number of characters of a Doc, without putting its text together."""
    return doc[-1].idx + len(doc[-1].text_with_ws) if len(doc) else 0


def corrections(doc: Doc) -> list[dict[str, Any]]:
    """Return the corrections that a speller stored for a Doc, or none."""
    return get_corrections(doc) or []


def get_corrections(doc: Doc) -> list[dict[str, Any]] | None:
    """Return the corrections of a Doc, one for each flagged word in the order of the text; None if none were sought."""
    user_data: dict[Any, Any] = doc.user_data
    place = _place("corrections", get_corrections)
    stored = user_data.get(place)
    if isinstance(stored, tuple):  # what DocBin makes of lists
        stored = user_data[place] = _lists(stored)
    return stored


def set_corrections(doc: Doc, rows: Sequence[CorrectionRow] | None) -> None:
    """Store the corrections of a Doc, in the order of the text."""
    user_data: dict[Any, Any] = doc.user_data
    user_data[_place("corrections", get_corrections)] = rows


def images(doc: Doc) -> list[dict[str, Any]]:
    """Return the pictures of a Doc: the list itself, to be added to; empty where it has none."""
    user_data: dict[Any, Any] = doc.user_data
    place = _place("images", images)
    stored = user_data.get(place)
    if not isinstance(stored, list):
        stored = user_data[place] = _lists(stored or [])  # DocBin makes tuples of lists
    return stored


def read_images(doc: Doc) -> list[dict[str, Any]]:
    """Return the pictures of a Doc as `images`, but leave a Doc that has none as it is."""
    user_data: dict[Any, Any] = doc.user_data
    return images(doc) if user_data.get(_place("images", images)) else []


def set_images(doc: Doc, rows: Iterable[Mapping[str, Any]] | None) -> None:
    """Store the pictures of a Doc: dicts with `id` and one of `path` and `bytes`, in the order of the text."""
    user_data: dict[Any, Any] = doc.user_data
    user_data[_place("images", images)] = list(rows or [])


def image_cats(doc: Doc) -> dict[str, dict[str, int]]:
    """Return how many pictures have each label, by component; those without a label are not counted."""
    counts: dict[str, dict[str, int]] = {}
    for image in read_images(doc):
        found = image.get("cats") if isinstance(image, Mapping) else None
        for name, cats in found.items() if isinstance(found, Mapping) else ():
            labels = counts.setdefault(name, {})
            if cats.get("label") is not None:
                labels[cats["label"]] = labels.get(cats["label"], 0) + 1
    return counts


def corrected_text(doc: Doc) -> str:
    """Return the text with the corrections that are applied.

    Raises:
        DataError: The corrections of the Doc are none, or overlap.
    """
    return correct_text(doc.text, applied_rows(corrections(doc), text_size(doc)))


def offset_map(doc: Doc) -> OffsetMap:
    """Make the map between offsets of the text and of the corrected text; errors as `corrected_text`."""
    size = text_size(doc)
    return OffsetMap(applied_rows(corrections(doc), size), size)


def is_misspelled(token: Token) -> bool:
    """Say whether a token is flagged, or part of what is."""
    return bool(_corrections_of(token))


def suggestion(token: Token) -> str | None:
    """Return what the token may have been meant to be; None where it is not flagged.

    Where a correction covers several tokens, the first has the whole suggestion and the others ''. Where it covers
    only a part of the token, the rest of the token stands around it.
    """
    rows = _corrections_of(token)
    if not rows:
        return None
    start, pieces, at = token.idx, [], 0
    for row in rows:
        pieces.append(token.text[at : max(row["start"] - start, 0)])
        if row["start"] >= start:
            pieces.append(row["suggestion"])
        at = row["end"] - start
    return "".join([*pieces, token.text[at:]])


def suggestions(token: Token) -> list[list[Any]]:
    """Return the suggestions, [text, probability] each, of the first correction that begins in a token, or none."""
    return next((row["suggestions"] for row in _corrections_of(token) if row["start"] >= token.idx), [])


def _corrections_of(token: Token) -> Sequence[CorrectionRow]:
    return rows_within(corrections(token.doc), token.idx, token.idx + len(token))


def _lists(stored: Any) -> Any:
    """Turn tuples into lists, at any depth."""
    if isinstance(stored, list | tuple):
        return [_lists(value) for value in stored]
    return {key: _lists(value) for key, value in stored.items()} if isinstance(stored, dict) else stored


def _place(name: str, getter: Callable[[Doc], Any]) -> tuple[str, str, None, None]:
    """Return the key of an attribute in `Doc.user_data`: spaCy's own, unless that belongs to somebody else."""
    other = Doc.has_extension(name) and Doc.get_extension(name)[2] is not getter
    return "._.", f"docsight_{name}" if other else name, None, None


_OURS: tuple[tuple[type[Doc] | type[Span] | type[Token], str, Mapping[str, Any]], ...] = (
    (Span, "score", {"getter": span_score}),
    (Doc, "source", {"default": None}),
    (Doc, "images", {"getter": images, "setter": set_images}),
    (Doc, "image_cats", {"getter": image_cats}),
    (Doc, "corrections", {"getter": get_corrections, "setter": set_corrections}),
    (Doc, "corrected_text", {"getter": corrected_text}),
    (Doc, "offset_map", {"getter": offset_map}),
    (Token, "is_misspelled", {"getter": is_misspelled}),
    (Token, "suggestion", {"getter": suggestion}),
    (Token, "suggestions", {"getter": suggestions}),
)


_warned: set[str] = set()


def register() -> None:
    """Set the attributes; where another plugin holds a name, warn once and leave it."""
    for kind, name, how in _OURS:
        if not kind.has_extension(name):
            kind.set_extension(name, **how)
        elif kind.get_extension(name) != _expected(how) and name not in _warned:
            _warned.add(name)
            warnings.warn(
                f"{kind.__name__}._.{name} is already set by something else; docsight leaves it as it is, "
                "and its own value is not available under that name.",
                UserWarning,
                stacklevel=2,
            )


def _expected(how: Mapping[str, Any]) -> tuple[Any, Any, Any, Any]:
    return how.get("default"), how.get("method"), how.get("getter"), how.get("setter")


register()
