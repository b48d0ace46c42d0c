"""The formats that annotations can be read from and written to."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from docsight.errors import ConfigError
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, Columns
from docsight_training.data.ner.formats.brat import brat_labels, read_brat, write_brat
from docsight_training.data.ner.formats.column_files import read_columns, write_columns
from docsight_training.data.ner.formats.conllu import read_conllu, write_conllu
from docsight_training.data.ner.formats.csv_tables import read_csv, write_csv
from docsight_training.data.ner.formats.docbins import read_docbin, write_docbin
from docsight_training.data.ner.formats.offsets import (
    read_offsets,
    write_doccano,
    write_label_studio,
    write_pairs,
    write_prodigy,
)
from docsight_training.data.ner.formats.token_rows import (
    read_parquet,
    read_token_json,
    write_parquet,
    write_token_json,
)

AUTO, HUB = "auto", "hub"  # the sources besides those of files


class ReadSettings(NamedTuple):
    """How files are read.

    Args:
        columns: The names of the columns of rows.
        conll_columns: The columns of a CoNLL file, in order; None to recognize them.
    """

    columns: Columns = Columns()
    conll_columns: Sequence[str] | None = None


class Source(NamedTuple):
    """A format that is read.

    Args:
        about: What it is, for messages.
        suffixes: Those of its files; empty for a folder.
        read: Reads a file, or a folder.
    """

    about: str
    suffixes: tuple[str, ...]
    read: Callable[[Path, ReadSettings, Findings], Iterator[AnnotatedText]]


class Target(NamedTuple):
    """A format that is written.

    Args:
        suffix: That of its files; empty for a folder.
        has_tokens: Whether it holds tokens rather than characters.
        write: Writes a file, or a folder, that does not exist.
        rename: Returns the names that the format gives to labels; None if it can write any label.
    """

    suffix: str
    has_tokens: bool
    write: Callable[[Path, Iterable[AnnotatedText]], None]
    rename: Callable[[Sequence[str]], Mapping[str, str]] | None = None


_COLUMN_SUFFIXES = (".conll", ".iob", ".iob2", ".bio", ".bioes", ".bilou", ".col", ".tsv", ".txt")

SOURCES = {
    "offsets": Source(
        "JSON with text and spans: Prodigy, doccano, Label Studio, spaCy, documents.jsonl",
        (".jsonl", ".json", ".ndjson"),
        lambda path, settings, findings: read_offsets(path, settings.columns, findings),
    ),
    "json": Source(
        "JSON lines of tokens and tags",
        (".jsonl", ".json", ".ndjson"),
        lambda path, settings, findings: read_token_json(path, settings.columns, findings),
    ),
    "parquet": Source(
        "rows of tokens and tags, or of text and spans, also in a folder of save_to_disk",
        (".parquet", ".arrow"),
        lambda path, settings, findings: read_parquet(path, settings.columns, findings),
    ),
    "conll": Source(
        "a token and its tag a line",
        _COLUMN_SUFFIXES,
        lambda path, settings, findings: read_columns(path, settings.conll_columns, findings),
    ),
    "csv": Source(
        "a token and its tag, a span, or a text with spans in JSON a row",
        (".csv", ".tsv"),
        lambda path, settings, findings: read_csv(path, settings.columns, findings),
    ),
    "conllu": Source(
        "CoNLL-U with NER=TAG in MISC",
        (".conllu", ".conllup"),
        lambda path, settings, findings: read_conllu(path, findings),
    ),
    "spacy": Source("a DocBin", (".spacy",), lambda path, settings, findings: read_docbin(path, findings)),
    "brat": Source("a folder of .txt and .ann", (), lambda path, settings, findings: read_brat(path, findings)),
}
LISTED_SOURCES = "; ".join(f"{name} ({source.about})" for name, source in SOURCES.items())
TARGETS = {
    "offsets": Target(".jsonl", False, write_prodigy),
    "doccano": Target(".jsonl", False, write_doccano),
    "label-studio": Target(".json", False, write_label_studio),
    "spacy-json": Target(".json", False, write_pairs),
    "json": Target(".jsonl", True, write_token_json),
    "parquet": Target(".parquet", True, write_parquet),
    "conll": Target(".conll", True, write_columns),
    "csv": Target(".csv", True, write_csv),
    "conllu": Target(".conllu", True, write_conllu),
    "spacy": Target(".spacy", True, write_docbin),
    "brat": Target("", False, write_brat, brat_labels),
}
# The format that is written if only a suffix is given.
TARGET_OF_SUFFIX = {
    "": "brat",
    ".jsonl": "offsets",
    ".ndjson": "offsets",
    ".json": "label-studio",
    ".parquet": "parquet",
    ".csv": "csv",
    ".conllu": "conllu",
    ".spacy": "spacy",
    **dict.fromkeys(_COLUMN_SUFFIXES, "conll"),
}


def check_source(source: str) -> None:
    """Raise `ConfigError` if there is no such source."""
    if source not in (AUTO, HUB, *SOURCES):
        raise ConfigError(f"data.source={source!r} is unknown; expected one of: {AUTO}, {HUB}, {LISTED_SOURCES}.")
