"""The formats that annotations can be read from and written to, and how they are recognised."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from docsight.errors import ConfigError, DataError
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, Columns
from docsight_training.data.ner.formats.brat import brat_labels, is_brat_folder, read_brat, write_brat
from docsight_training.data.ner.formats.column_files import looks_like_columns, read_columns, write_columns
from docsight_training.data.ner.formats.conllu import looks_like_conllu, read_conllu, write_conllu
from docsight_training.data.ner.formats.csv_tables import read_csv, write_csv
from docsight_training.data.ner.formats.docbins import read_docbin, write_docbin
from docsight_training.data.ner.formats.json_rows import read_json_rows
from docsight_training.data.ner.formats.offsets import (
    has_text,
    read_offsets,
    write_doccano,
    write_label_studio,
    write_pairs,
    write_prodigy,
)
from docsight_training.data.ner.formats.token_rows import (
    has_tokens,
    read_parquet,
    read_token_json,
    write_parquet,
    write_token_json,
)

AUTO, HUB = "auto", "hub"  # the sources besides those of files
_PARQUET_MAGIC = b"PAR1"
_PACKED_MAGIC = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"\xfd7zXZ")  # zip (also .xlsx), gzip, and others
_HEAD_BYTES = 4096
_ZLIB_MAGIC = b"\x78"  # a DocBin is compressed


class ReadSettings(NamedTuple):
    """How files are read.

    Args:
        columns: The names of the columns of rows.
        conll_columns: The columns of a CoNLL file, in order; None to recognise them.
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
        "rows of tokens and tags, or of text and spans",
        (".parquet",),
        lambda path, settings, findings: read_parquet(path, settings.columns, findings),
    ),
    "conll": Source(
        "a token and its tag a line",
        _COLUMN_SUFFIXES,
        lambda path, settings, findings: read_columns(path, settings.conll_columns, findings),
    ),
    "csv": Source(
        "a token and its tag, a span, or a text with spans in JSON a row",
        (".csv",),
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
_LISTED_SOURCES = "; ".join(f"{name} ({source.about})" for name, source in SOURCES.items())
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
        raise ConfigError(f"data.source={source!r} is unknown; expected one of: {AUTO}, {HUB}, {_LISTED_SOURCES}.")


def read_annotations(path: Path, source: str, settings: ReadSettings, findings: Findings) -> Iterator[AnnotatedText]:
    """Read a file, or a folder of brat.

    Raises:
        DataError: It cannot be read; the message names the row if there is one.
    """
    if source == AUTO:
        source = recognise(path, settings)
    if path.is_dir() != (source == "brat"):
        raise DataError(f"{path}: expected {'a folder' if source == 'brat' else 'a file'} for data.source={source}.")
    return SOURCES[source].read(path, settings, findings)


def recognise(path: Path, settings: ReadSettings) -> str:
    """Return the source of a file or folder by its content.

    Raises:
        DataError: It is none of them.
    """
    if path.is_dir():
        if is_brat_folder(path):
            return "brat"
        raise DataError(f"{path}: expected a file of annotations, or a folder of brat; found neither. {_advice(path)}")
    head = _read_head(path)
    if not head.strip():
        raise DataError(f"{path}: the file is empty.")
    if path.suffix == ".ann":
        raise DataError(f"{path}: expected the folder of brat that holds this file; pass data.path={path.parent}.")
    if head.startswith(_PACKED_MAGIC):
        raise DataError(f"{path}: expected annotations; found an archive or a compressed file. Unpack it first.")
    if head.startswith(_PARQUET_MAGIC):
        return "parquet"
    if head.startswith(_ZLIB_MAGIC) and path.suffix == ".spacy":
        return "spacy"
    if path.suffix.lower() in SOURCES["csv"].suffixes and _names_columns(head):
        return "csv"
    if looks_like_conllu(path):
        return "conllu"
    if looks_like_columns(path):
        return "conll"
    if path.suffix in SOURCES["json"].suffixes or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return _recognise_json(path, settings.columns)
    raise DataError(f"{path}: is in none of the formats that can be read. {_advice(path)}")


def _recognise_json(path: Path, columns: Columns) -> str:
    row = next((row for _, row in read_json_rows(path)), None)
    if has_tokens(row, columns):
        return "json"
    if has_text(row, columns):
        return "offsets"
    found = f"the keys {', '.join(map(str, row))}" if isinstance(row, dict) else f"{str(row)[:60]}"
    raise DataError(
        f"{path}: expected rows with {columns.text!r} and spans, or with {columns.tokens!r} and {columns.tags!r}; "
        f"found {found}. Name other keys by data.columns.text=KEY, data.columns.tokens=KEY, data.columns.tags=KEY."
    )


def _names_columns(head: bytes) -> bool:
    """Return whether the first line is divided as in CSV. Columns of CoNLL may have a comma among their tokens."""
    return any(delimiter in head.lstrip().partition(b"\n")[0] for delimiter in (b",", b";", b"|"))


def _read_head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError as err:
        raise DataError(f"{path}: {err.strerror}.") from err


def _advice(path: Path) -> str:
    return (
        f"data.source can be: {_LISTED_SOURCES}; {HUB}. Name one: docsight-train data.path={path} data.source=conll. "
        "To rewrite a file in another format: docsight-train convert IN OUT."
    )
