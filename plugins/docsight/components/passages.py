"""Passages in which no correction is applied: code, and text in another language than English.

`docsight.documents` knows where they are, from the layout of the file and by a language identifier. In other Docs, the
speller judges by the shape and the words of the text alone; see `docsight.spelling.correction`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spacy.tokens import Doc

from docsight.corrections import rows_within

IN_CODE = "the word is in code"
IN_ANOTHER_LANGUAGE = "the word is in a passage in another language"
_PASSAGES = "passages"  # the key in `doc.spans` and in `doc._.source`
_ENGLISH = ("en", "")  # the language of a short or unclear text is empty


def leave_passages_alone(doc: Doc, rows: Sequence[dict[str, Any]]) -> None:
    """Turn corrections in code, and in passages in another language, into flags: they are not applied.

    Args:
        doc: A Doc, with passages if `docsight.documents` made it.
        rows: Its corrections in the order of the text, which do not overlap; changed in place.
    """
    if not any(row["applied"] for row in rows):
        return
    for reason, spans in ((IN_CODE, _code_spans(doc)), (IN_ANOTHER_LANGUAGE, _foreign_spans(doc))):
        for start, end in spans:
            for row in rows_within(rows, start, end):
                if row["applied"]:
                    row.update(applied=False, because=reason)


def _code_spans(doc: Doc) -> Iterator[tuple[int, int]]:
    """Yield the spans of code, in characters."""
    passages = doc.spans[_PASSAGES] if _PASSAGES in doc.spans else ()
    return ((span.start_char, span.end_char) for span in passages if span.label_ == "code")


def _foreign_spans(doc: Doc) -> Iterator[tuple[int, int]]:
    """Yield the spans in another language, in characters; a passage without a language is in that of the document."""
    source = doc._.source
    if not isinstance(source, Mapping):  # a Doc of another origin, or the attribute is another plugin's
        return
    passages = [(each.get("language", ""), each["start"], each["end"]) for each in source.get(_PASSAGES, ())]
    if source.get("language", "") in _ENGLISH:
        yield from ((start, end) for language, start, end in passages if language not in _ENGLISH)
        return
    at = 0
    for language, start, end in passages:
        if language == "en":
            yield at, start
            at = end
    yield at, len(doc.text)
