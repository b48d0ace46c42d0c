"""JSON rows of texts with spans by character: Prodigy, doccano, Label Studio, spaCy's pairs, docsight's own records."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from docsight.errors import DataError
from docsight_training.data.ner.findings import FindingKind, Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, CharSpan, Columns
from docsight_training.data.ner.formats.json_rows import (
    is_pair,
    read_json_rows,
    shorten,
    write_json_array,
    write_json_rows,
)

# The names that tools give to the list of spans of a row, and to the parts of a span.
SPANS_KEYS = ("spans", "label", "labels", "entities", "ents", "annotations")
START_KEYS, END_KEYS = ("start", "start_offset", "begin"), ("end", "end_offset", "stop")
LABEL_KEYS = ("label", "labels", "hypertextlabels", "type", "tag", "entity_group")
_REGION_TYPES = ("labels", "hypertextlabels")  # of Label Studio, those of spans
_RECORD_KEYS = {"id", "path", "part", "entities"}  # some of those of docsight's records
_REJECTED = ("reject", "ignore")  # Prodigy's answers
_NOT_SPANS = ("relations", "accept", "cats", "Comments")  # keys of doccano and Prodigy for what is no span
_LABEL_STUDIO = ("annotations", "completions")  # the second one before version 1.0


def read_offsets(path: Path, columns: Columns, findings: Findings) -> Iterator[AnnotatedText]:
    """Read the texts of a file.

    Raises:
        DataError: A row has no text, a span has no offsets, or no row of the file has spans.
    """
    return decode_rows(path, read_json_rows(path), columns, findings)


def decode_rows(
    path: Path, rows: Iterable[tuple[str, Any]], columns: Columns, findings: Findings
) -> Iterator[AnnotatedText]:
    """Decode the rows of a file, each with its place; see `read_offsets` for errors."""
    num_texts = num_annotated = 0
    for place, row in rows:
        text = decode_row(row, place, columns, findings)
        if text is not None:
            num_texts += 1
            num_annotated += _has_spans(row, columns)
            yield text
    if num_texts and not num_annotated:
        raise DataError(
            f"{path}: no row has spans; expected a list of spans in one of the keys {', '.join(SPANS_KEYS)}. "
            "Name another key by data.columns.spans=KEY."
        )


def decode_row(row: Any, place: str, columns: Columns, findings: Findings) -> AnnotatedText | None:
    """Decode a row by its keys. Rows that are rejected or not annotated are findings, and None.

    Raises:
        DataError: The row has no text, or a span has no offsets.
    """
    if is_pair(row):
        row = {columns.text: row[0], columns.spans or "spans": row[1].get("entities")}
    if not isinstance(row, Mapping):
        raise DataError(f"{place}: expected an object with a text and its spans; found {shorten(row)}.")
    if row.get("answer") in _REJECTED:
        findings.add(FindingKind.REJECTED, place, str(row["answer"]))
        return None
    document = _document(row, columns)
    if isinstance(row.get("data"), Mapping) and columns.text not in row:
        regions = _label_studio_regions(row, place, findings)
        if regions is None:
            return None
        text = _label_studio_text(row["data"], regions, place, columns)
    else:
        text, regions = _text(row, place, columns), _span_list(row, place, columns)
        for key in _NOT_SPANS:
            if row.get(key) and key != columns.spans:
                findings.add(FindingKind.NOT_A_SPAN, place, key)
    spans = [span for region in regions for span in _decode_spans(region, place, findings)]
    return AnnotatedText(text, spans, place, document)


def write_prodigy(path: Path, texts: Iterable[AnnotatedText]) -> None:
    """Write JSON lines with `text` and `spans`, as Prodigy does."""
    rows = (
        {
            "text": text.text,
            "spans": [{"start": span.start, "end": span.end, "label": span.label} for span in text.spans],
            "answer": "accept",
        }
        | _document_key(text)
        for text in texts
    )
    write_json_rows(path, rows)


def write_doccano(path: Path, texts: Iterable[AnnotatedText]) -> None:
    """Write JSON lines with `text` and triples in `label`, as doccano imports them."""
    rows = (
        {"text": text.text, "label": [[span.start, span.end, span.label] for span in text.spans]} | _document_key(text)
        for text in texts
    )
    write_json_rows(path, rows)


def write_pairs(path: Path, texts: Iterable[AnnotatedText]) -> None:
    """Write a JSON array of `[text, {"entities": [[start, end, label]]}]`, as spaCy 2 read them."""
    rows = ([text.text, {"entities": [[span.start, span.end, span.label] for span in text.spans]}] for text in texts)
    write_json_array(path, rows)


def write_label_studio(path: Path, texts: Iterable[AnnotatedText]) -> None:
    """Write a JSON array of annotated tasks, as Label Studio imports them; its config names them label and text."""

    def region(number: int, text: AnnotatedText, span: CharSpan) -> dict[str, Any]:
        value = {
            "start": span.start,
            "end": span.end,
            "text": text.text[span.start : span.end],
            "labels": [span.label],
        }
        return {"id": str(number), "from_name": "label", "to_name": "text", "type": "labels", "value": value}

    tasks = (
        {
            "data": {"text": text.text} | _document_key(text),
            "annotations": [{"result": [region(number, text, span) for number, span in enumerate(text.spans)]}],
        }
        for text in texts
    )
    write_json_array(path, tasks)


def has_text(row: Any, columns: Columns) -> bool:
    """Return whether a row looks like a text with spans."""
    if not isinstance(row, Mapping):
        return is_pair(row)
    return isinstance(row.get(columns.text), str) or isinstance(row.get("data"), Mapping)


def _document_key(text: AnnotatedText) -> dict[str, str]:
    return {} if text.document is None else {"doc_id": text.document}


def _document(row: Mapping[str, Any], columns: Columns) -> str | None:
    """Return the id of the document of a row: of its column, also among metadata, or of a record of docsight."""
    for part in (row, row.get("meta"), row.get("data")):
        if columns.document is not None and isinstance(part, Mapping) and part.get(columns.document) is not None:
            return str(part[columns.document])
    return str(row["id"]) if set(row) >= _RECORD_KEYS else None


def _text(row: Mapping[str, Any], place: str, columns: Columns) -> str:
    text = row.get(columns.text)
    if not isinstance(text, str):
        found = f"null in {columns.text!r}" if columns.text in row else f"the keys {', '.join(map(str, row))}"
        raise DataError(
            f"{place}: expected a text in the key {columns.text!r}; found {found}. "
            "Name another key by data.columns.text=KEY."
        )
    return text


def _span_list(row: Mapping[str, Any], place: str, columns: Columns) -> Sequence[Any]:
    """Return the undecoded spans of a row; none if it has no key for them, as rows without spans often do."""
    names = SPANS_KEYS if columns.spans is None else (columns.spans,)
    value = next((row[name] for name in names if row.get(name) is not None), None)
    if value is None and columns.spans is None:  # Label Studio's JSON-MIN has the name of the tag in its config
        value = next((regions for regions in row.values() if _are_regions(regions)), None)
    if value is None:
        return []
    value = _parsed_cell(value)
    if isinstance(value, Mapping):
        value = value.get("entities", value)
    if not isinstance(value, list):
        raise DataError(f"{place}: expected a list of spans; found {shorten(value)}.")
    return value


def _has_spans(row: Any, columns: Columns) -> bool:
    """Return whether a row has a list of spans, even an empty one."""
    if is_pair(row):
        return True
    names = SPANS_KEYS if columns.spans is None else (columns.spans,)
    return any(isinstance(_parsed_cell(row.get(name)), list) for name in (*names, *_LABEL_STUDIO)) or any(
        map(_are_regions, row.values())
    )


def _parsed_cell(value: Any) -> Any:
    """Return a value that was a cell of a table, such as the CSV of Label Studio, as the list that it stands for."""
    if not isinstance(value, str) or not value.lstrip().startswith("["):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _are_regions(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, Mapping) and {"start", "end", "labels"} <= set(item) for item in value)
    )


def _label_studio_regions(row: Mapping[str, Any], place: str, findings: Findings) -> Sequence[Any] | None:
    """Return the regions of a task, those of the ground truth if several people annotated it; None if nobody did."""
    given: list[Any] = next((row[name] for name in _LABEL_STUDIO if isinstance(row.get(name), list)), [])
    done = [each for each in given if isinstance(each, Mapping) and not each.get("was_cancelled")]
    if not done:
        has_predictions = bool(row.get("predictions"))
        detail = "it has only predictions" if has_predictions and not given else ""
        findings.add(FindingKind.UNANNOTATED if not given else FindingKind.REJECTED, place, detail)
        return None
    if len(done) > 1:
        findings.add(FindingKind.SEVERAL, place)
    chosen = next((each for each in done if each.get("ground_truth")), done[0])
    result = chosen.get("result")
    return result if isinstance(result, list) else []


def _label_studio_text(data: Mapping[str, Any], regions: Sequence[Any], place: str, columns: Columns) -> str:
    """Return the text of a task: of its column, or else the only string, or the only one that its regions fit."""
    if isinstance(data.get(columns.text), str):
        return str(data[columns.text])
    strings = {key: value for key, value in data.items() if isinstance(value, str)}
    values = [region["value"] for region in regions if isinstance(region, Mapping) and "value" in region]
    noted = [value["text"] for value in values if isinstance(value, Mapping) and isinstance(value.get("text"), str)]
    fitting = {key: text for key, text in strings.items() if all(part in text for part in noted)}
    if len(fitting) != 1:
        raise DataError(
            f"{place}: expected the text of the task in data.{columns.text}; found "
            f"{', '.join(f'{key} ({type(value).__name__})' for key, value in data.items()) or 'nothing'}. "
            "Name its key by data.columns.text=KEY."
        )
    return next(iter(fitting.values()))


def _decode_spans(item: Any, place: str, findings: Findings) -> Iterator[CharSpan]:
    """Decode a span, which has one label, several, or none."""
    if isinstance(item, Mapping):
        inner = item.get("value")
        region = inner if isinstance(inner, Mapping) else item
        offsets = region.get("globalOffsets")  # of text in HTML; `start` and `end` are then paths
        place_of = offsets if isinstance(offsets, Mapping) else region
        start, end = (
            next((place_of[name] for name in names if name in place_of), None) for names in (START_KEYS, END_KEYS)
        )
        labels = next((region[name] for name in LABEL_KEYS if region.get(name) is not None), None)
        text = region.get("text")
        if item.get("type", "labels") not in _REGION_TYPES and ("value" in item or item["type"] == "relation"):
            findings.add(FindingKind.NOT_A_SPAN, place, str(item.get("type", "")))
            return
    elif isinstance(item, list) and len(item) in (2, 3):
        (start, end), labels, text = item[:2], item[2] if len(item) == 3 else None, None
    else:
        raise DataError(f'{place}: expected a span such as [0, 4, "LABEL"]; found {shorten(item)}.')
    numbers = [_number(value) for value in (start, end)]
    if numbers[0] is None or numbers[1] is None:
        raise DataError(f"{place}: expected a span with its start and its end as numbers; found {shorten(item)}.")
    for label in labels if isinstance(labels, list) and labels else [labels]:
        yield CharSpan(numbers[0], numbers[1], _label_name(label, place), text if isinstance(text, str) else None)


def _label_name(label: Any, place: str) -> str:
    if isinstance(label, list | Mapping) and label:
        raise DataError(f"{place}: expected the label of a span as a string; found {shorten(label)}.")
    return "" if label is None or not str(label) or isinstance(label, list | Mapping) else str(label).strip()


def _number(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not float(value).is_integer():
        return None
    return int(value)
