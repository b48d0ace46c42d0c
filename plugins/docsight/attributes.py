"""The extension attributes of docsight, all set here and only where absent."""

import warnings
from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

from spacy.tokens import Doc, Span

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
    return doc._.corrections if Doc.has_extension("corrections") and doc._.corrections else []


_OURS: tuple[tuple[type[Doc] | type[Span], str, Mapping[str, Any]], ...] = (
    (Span, "score", {"getter": span_score}),
    (Doc, "source", {"default": None}),
    (Doc, "corrections", {"default": None}),
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
