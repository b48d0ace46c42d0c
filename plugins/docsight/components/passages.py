"""What the passages of a Doc tell the speller: where sentences end, and where no correction is applied.

`docsight.documents` knows them from the layout of the file, and by a language identifier. In other Docs, the speller
judges by the shape and the words of the text alone; see `docsight.text_layout` and `docsight.spelling.correction`.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from spacy.tokens import Doc

from docsight.attributes import read_source
from docsight.corrections import rows_within

IN_CODE = "the word is in code"
IN_ANOTHER_LANGUAGE = "the word is in a passage in another language"
_PASSAGES = "passages"  # the key in `doc.spans` and in `doc._.source`
_CORRECTED_LANGUAGES = ("en", "")  # the language of a short or unclear text is empty


def passage_edges(doc: Doc) -> list[int]:
    """Return where passages, and the cells of tables, begin and end, in characters; no sentence continues there."""
    edges = [edge for span in doc.spans.get(_PASSAGES, ()) for edge in (span.start_char, span.end_char)]
    cells = (cell for passage in _records(doc) for row in passage.get("cells", ()) for cell in row)
    return [*edges, *chain.from_iterable(cells)]


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
    passages = doc.spans.get(_PASSAGES, ())
    return ((span.start_char, span.end_char) for span in passages if span.label_ == "code")


def _foreign_spans(doc: Doc) -> Iterator[tuple[int, int]]:
    """Yield the spans in another language, in characters; a passage without a language is in that of the document."""
    passages = [(each.get("language", ""), each["start"], each["end"]) for each in _records(doc)]
    if read_source(doc).get("language", "") in _CORRECTED_LANGUAGES:
        yield from ((start, end) for language, start, end in passages if language not in _CORRECTED_LANGUAGES)
        return
    at = 0
    for language, start, end in passages:
        if language == "en":
            yield at, start
            at = end
    yield at, len(doc.text)


def _records(doc: Doc) -> Sequence[Mapping[str, Any]]:
    """Return the records of the passages, which have more than the spans: languages, and the cells of tables."""
    records: Sequence[Mapping[str, Any]] = read_source(doc).get(_PASSAGES, ())
    return records
