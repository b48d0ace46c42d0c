"""The extension attributes of docsight. All are set here, unless another plugin has set them."""

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from spacy.tokens import Doc, Span, Token

from docsight.corrections import CorrectionRow, OffsetMap, applied_rows, correct_text, rows_within, suggestion_dicts
from docsight.stored_results import find_rows, find_score, store_rows, store_scores, text_size

_EXTENSION_FIELDS = ("default", "method", "getter", "setter")  # what spaCy's `get_extension` returns


def span_score(span: Span) -> float | None:
    """Return the probability of a span that a component of docsight wrote, None for any other span."""
    return find_score(_score_name(), span)


def set_span_score(span: Span, score: float | Mapping[str, float]) -> None:
    """Store the probability of a span with its label; `Doc.from_json` passes those of all labels."""
    by_label = score if isinstance(score, Mapping) else {span.label_: score}
    set_scores([(Span(span.doc, span.start, span.end, label=label), each) for label, each in by_label.items()])


def set_scores(scored: Iterable[tuple[Span, float]], *, overwrite: bool = True) -> None:
    """Store the probabilities of spans, each with its label; if not `overwrite`, one that is there stays."""
    store_scores(_score_name(), scored, overwrite=overwrite)


def corrections(doc: Doc) -> list[dict[str, Any]]:
    """Return the corrections of a Doc, an empty list if no speller has run."""
    return get_corrections(doc) or []


def get_corrections(doc: Doc) -> list[dict[str, Any]] | None:
    """Return the corrections of a Doc, one for each flagged word in text order; None if no speller has run."""
    stored = find_rows(doc, "corrections", retired_key=_retired_key("corrections", get_corrections))
    if stored and _has_pairs(stored):
        stored = [
            row | {"suggestions": suggestion_dicts(row["suggestions"])} if row.get("suggestions") else row
            for row in stored
        ]
        store_rows(doc, "corrections", stored)
    return stored


def _has_pairs(rows: Sequence[CorrectionRow]) -> bool:
    """Return whether docsight 0.1.0 wrote the suggestions: the first ones tell."""
    suggestions = (row.get("suggestions") for row in rows if isinstance(row, Mapping))
    first = next(filter(None, suggestions), None)
    return first is not None and not isinstance(first[0], Mapping)


def set_corrections(doc: Doc, rows: Sequence[CorrectionRow] | None) -> None:
    store_rows(doc, "corrections", rows)


def images(doc: Doc) -> list[dict[str, Any]]:
    """Return the images of a Doc: the list itself, which callers may extend."""
    stored = _find_images(doc)
    if stored is None:
        stored = []
        store_rows(doc, "images", stored)
    return stored


def read_images(doc: Doc) -> list[dict[str, Any]]:
    """Return the images of a Doc like `images`, but do not modify a Doc without images."""
    return _find_images(doc) or []


def set_images(doc: Doc, rows: Iterable[Mapping[str, Any]] | None) -> None:
    """Store the images of a Doc: dicts with `id` and one of `path` and `bytes`, in text order."""
    store_rows(doc, "images", list(rows or []))


def _find_images(doc: Doc) -> list[dict[str, Any]] | None:
    return find_rows(doc, "images", retired_key=_retired_key("images", images))


def read_source(doc: Doc) -> Mapping[str, Any]:
    """Return where a Doc comes from, as `docsight.documents` stored it; empty for a Doc of another origin."""
    source = doc._.source  # which may be another plugin's
    return source if isinstance(source, Mapping) else {}


def image_cats(doc: Doc) -> dict[str, dict[str, int]]:
    """Count the images of each label, by component; images without a label are not counted."""
    counts: dict[str, dict[str, int]] = {}
    for image in read_images(doc):
        by_component = image.get("cats") if isinstance(image, Mapping) else None
        for name, cats in by_component.items() if isinstance(by_component, Mapping) else ():
            labels = counts.setdefault(name, {})
            if cats.get("label") is not None:
                labels[cats["label"]] = labels.get(cats["label"], 0) + 1
    return counts


def corrected_text(doc: Doc) -> str:
    """Return the text with all applied corrections; raises a `DataError` if they are invalid or overlap."""
    return correct_text(doc.text, applied_rows(corrections(doc), text_size(doc)))


def offset_map(doc: Doc) -> OffsetMap:
    """Return the map between offsets in the text and in the corrected text; raises the errors of `corrected_text`."""
    size = text_size(doc)
    return OffsetMap(applied_rows(corrections(doc), size), size)


def is_misspelled(token: Token) -> bool:
    return bool(_corrections_of(token))


def suggestion(token: Token) -> str:
    """Return the corrected form of a token, '' if it is not flagged.

    If a correction covers several tokens, the first has the whole suggestion and the others ''. If it covers only
    a part of the token, the rest of the token is kept around it.
    """
    rows = _corrections_of(token)
    if not rows:
        return ""
    start, pieces, at = token.idx, [], 0
    for row in rows:
        pieces.append(token.text[at : max(row["start"] - start, 0)])
        if row["start"] >= start:
            pieces.append(row["suggestion"])
        at = row["end"] - start
    return "".join([*pieces, token.text[at:]])


def suggestions(token: Token) -> list[dict[str, Any]]:
    """Return the suggestions, dicts with `text` and `probability`, of the first correction that begins in a token."""
    return next((row["suggestions"] for row in _corrections_of(token) if row["start"] >= token.idx), [])


def _corrections_of(token: Token) -> Sequence[CorrectionRow]:
    return rows_within(corrections(token.doc), token.idx, token.idx + len(token))


def _retired_key(name: str, getter: Callable[[Doc], Any]) -> tuple[str, str, None, None]:
    """Return where docsight 0.1.0 stored an attribute: at spaCy's own key, unless another plugin had the attribute."""
    is_taken = Doc.has_extension(name) and Doc.get_extension(name)[2] is not getter
    return "._.", f"docsight_{name}" if is_taken else name, None, None


def _score_name() -> str:
    """Return the name that scores are stored under: that of the attribute, unless it is another plugin's."""
    is_taken = Span.has_extension("score") and Span.get_extension("score")[2] is not span_score
    return "docsight_score" if is_taken else "score"


_EXTENSIONS: tuple[tuple[type[Doc] | type[Span] | type[Token], str, Mapping[str, Any]], ...] = (
    (Span, "score", {"getter": span_score, "setter": set_span_score}),
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
    """Set the attributes; warn once about each name that another plugin has set."""
    for owner, name, options in _EXTENSIONS:
        if not owner.has_extension(name):
            owner.set_extension(name, **options)
        elif owner.get_extension(name) != tuple(map(options.get, _EXTENSION_FIELDS)) and name not in _warned:
            _warned.add(name)
            warnings.warn(
                f"{owner.__name__}._.{name} is already set by another plugin; docsight leaves it unchanged, "
                "and its own value is not available under that name.",
                UserWarning,
                stacklevel=2,
            )


register()
