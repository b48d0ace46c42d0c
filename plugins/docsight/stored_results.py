"""Results in `Doc.user_data`, under keys that spaCy moves with the text.

`Doc.from_docs` and `Span.as_doc` keep only `("._.", name, start, end)`, and shift both offsets. Scores are stored at
their span, as `{label: score}`. Lists of rows (corrections, images) are stored at the whole text, with offsets from
its start.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from spacy.tokens import Doc, Span

RETIRED_KEY = "docsight"  # where docsight 0.1.0 kept all entities of a Doc, by component
_PREFIX = "._."  # of spaCy's own keys

Rows = list[dict[str, Any]]


def text_size(doc: Doc) -> int:
    """Return the number of characters of a Doc, without building its text."""
    return doc[-1].idx + len(doc[-1].text_with_ws) if len(doc) else 0


def store_scores(name: str, scored: Iterable[tuple[Span, float]], *, overwrite: bool) -> None:
    """Store the scores of spans by their labels; if not `overwrite`, a score that is there stays."""
    for span, score in scored:
        by_label = _user_data(span.doc).setdefault((_PREFIX, name, span.start_char, span.end_char), {})
        if overwrite or span.label_ not in by_label:
            by_label[span.label_] = score


def find_score(name: str, span: Span) -> float | None:
    """Return the score of a span with this label, None if it has none."""
    by_label = _user_data(span.doc).get((_PREFIX, name, span.start_char, span.end_char))
    if by_label is not None:
        score: float | None = by_label.get(span.label_)
        return score
    return _find_retired_score(span)


def store_rows(doc: Doc, name: str, rows: Sequence[Any] | None) -> None:
    """Store rows in place of those that are there; None removes them."""
    for key, _ in list(stored_rows(_user_data(doc), name)):
        del _user_data(doc)[key]
    if rows is not None:
        _user_data(doc)[_rows_key(doc, name)] = rows


def find_rows(doc: Doc, name: str, *, retired_key: tuple[Any, ...]) -> Rows | None:
    """Return the stored list of rows itself, None if there is none.

    The rows of a Doc that `Doc.from_docs` or `Span.as_doc` made are brought together first. Rows outside of the text
    are left out, and so are those whose `text` is not there.

    Args:
        doc: The Doc.
        name: The name that the rows were stored under.
        retired_key: The key where docsight 0.1.0 stored the rows.
    """
    user_data = _user_data(doc)
    rows = user_data.get(_rows_key(doc, name))
    if isinstance(rows, list):
        return rows
    parts = sorted(((key[2], part) for key, part in stored_rows(user_data, name)), key=lambda part: part[0])
    if retired_key in user_data:
        parts = parts or [(0, user_data[retired_key])]
        del user_data[retired_key]
    if not parts:
        return None
    # DocBin turns lists into tuples.
    rows = _as_lists(rows) if rows is not None else _bring_together(parts, doc.text)
    store_rows(doc, name, rows)
    return rows


def stored_rows(user_data: Mapping[Any, Any], name: str) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield the keys and values of `doc.user_data` that rows are stored at; several after `Doc.from_docs`."""
    for key, value in user_data.items():
        if isinstance(key, tuple) and key[:2] == (_PREFIX, f"docsight_{name}") and key[2] is not None:
            yield key, value


def _user_data(doc: Doc) -> dict[Any, Any]:
    """Return `doc.user_data`, which spaCy declares with strings as keys only."""
    return doc.user_data


def _rows_key(doc: Doc, name: str) -> tuple[str, str, int, int]:
    return _PREFIX, f"docsight_{name}", 0, text_size(doc)


def _bring_together(parts: Iterable[tuple[int, Any]], text: str) -> Rows:
    """Return the rows of several texts, each with the offset of its text, at their places in one text."""
    rows, places = [], set()
    for offset, part in parts:
        for row in _as_lists(part or []):
            start, end = (row.get("start"), row.get("end")) if isinstance(row, dict) else (None, None)
            if not isinstance(start, int):
                if offset >= 0:  # a row without a place belongs to the beginning of its text
                    rows.append(row)
                continue
            moved = {**row, "start": start + offset}
            if isinstance(end, int):
                place = moved["start"], end + offset
                if place in places or text[slice(*place)] != row.get("text", text[slice(*place)]):
                    continue
                places.add(place)
                moved["end"] = place[1]
            if 0 <= moved["start"] <= moved.get("end", len(text)) <= len(text):
                rows.append(moved)
    return rows


def _as_lists(stored: Any) -> Any:
    if isinstance(stored, list | tuple):
        return [_as_lists(value) for value in stored]
    return {key: _as_lists(value) for key, value in stored.items()} if isinstance(stored, dict) else stored


def _find_retired_score(span: Span) -> float | None:
    """Return the score from the entities that docsight 0.1.0 stored: rows of start, end, label and score, in order."""
    key = [span.start_char, span.end_char, span.label_]
    size = text_size(span.doc)
    for stored in span.doc.user_data.get(RETIRED_KEY, {}).values():
        if stored.get("size") != size:
            continue  # the Doc is a slice of another one, and the offsets are those of the other
        entities = stored.get("entities", [])  # of tuples after a round trip
        at = bisect_left(entities, key, key=lambda row: list(row[:3]))
        if at < len(entities) and list(entities[at][:3]) == key:
            score: float = entities[at][3]
            return score
    return None
