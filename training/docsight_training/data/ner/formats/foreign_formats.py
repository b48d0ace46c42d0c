"""Formats of other tools that are recognized but not read: what they are, and how to get one that is."""

from collections.abc import Mapping, Set
from typing import Any, NamedTuple

_AS_SPANS = 'Write a JSON line for each text: {"text": "Ada left.", "spans": [{"start": 0, "end": 3, "label": "PER"}]}'
_AS_CONLL = "Export the document as CoNLL 2002 instead, which has the layer of named entities"


class _Foreign(NamedTuple):
    """A format that is not read.

    Args:
        about: What it is.
        advice: What to do instead, without a full stop.
    """

    about: str
    advice: str


# By the first bytes of a file.
_BY_HEAD = {
    b"#FORMAT=WebAnno TSV": _Foreign("WebAnno TSV, as INCEpTION writes it", _AS_CONLL),
    b"<xmi:XMI": _Foreign("UIMA CAS XMI, as INCEpTION writes it", _AS_CONLL),
    b"<GateDocument": _Foreign("the XML of GATE", _AS_SPANS),
    b"<!DOCTYPE html": _Foreign("a page of HTML", _AS_SPANS),
    b"<html": _Foreign("a page of HTML", _AS_SPANS),
    b"<": _Foreign("XML", _AS_SPANS),
    b"TRAIN_DATA": _Foreign("Python code", "Write the list as JSON: json.dump(TRAIN_DATA, open('train.json', 'w'))"),
}
_SHEET = _Foreign("a spreadsheet", "Save the sheet as CSV")
_BY_SUFFIX = {
    ".xlsx": _SHEET,
    ".xls": _SHEET,
    ".ods": _SHEET,
    ".pkl": _Foreign("a pickle, which may run any code", "Write the data as JSON lines or Parquet"),
    ".py": _BY_HEAD[b"TRAIN_DATA"],
}
# By keys of the first object of a JSON file.
_BY_KEYS: tuple[tuple[Set[str], _Foreign], ...] = (
    ({"%FEATURE_STRUCTURES"}, _Foreign("UIMA CAS JSON, as INCEpTION writes it", _AS_CONLL)),
    (
        {"paragraphs"},
        _Foreign("the JSON of spaCy 2", "Convert it: python -m spacy convert FILE FOLDER --converter json"),
    ),
    ({"annotatable", "anncomplete"}, _Foreign("the ann.json of tagtog, which has no text", _AS_SPANS)),
    ({"annotation_sets", "text"}, _Foreign("the bdocjs of GATE", _AS_SPANS)),
    ({"tokenized_text", "ner"}, _Foreign("the JSON of GLiNER", 'Write rows with "tokens" and "ner_tags"')),
)


def foreign_suffix(suffix: str) -> str | None:
    """Return what a file is by its suffix, and what to do; None if it is not known."""
    return _message(_BY_SUFFIX.get(suffix.lower()))


def foreign_file(head: bytes) -> str | None:
    """Return what a file is by its first bytes, and what to do; None if it is not known."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<?xml"):
        start = start.partition(b"?>")[2].lstrip() or b"<"
    return _message(next((foreign for mark, foreign in _BY_HEAD.items() if start.startswith(mark)), None))


def foreign_row(row: Any, text_key: str) -> str | None:
    """Return what a JSON file is by its first object, and what to do; None if it is not known, or has a text."""
    if not isinstance(row, Mapping):
        return None
    marks_of = [(marks, foreign) for marks, foreign in _BY_KEYS if text_key not in row or text_key in marks]
    return _message(next((foreign for marks, foreign in marks_of if marks <= set(row)), None))


def _message(foreign: _Foreign | None) -> str | None:
    return None if foreign is None else f"It is {foreign.about}. {foreign.advice}."
