"""Reading of annotations in any format: a file is recognized by its content unless its format is named."""

from collections.abc import Iterator
from pathlib import Path

from docsight.errors import DataError
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, Columns
from docsight_training.data.ner.formats.brat import is_brat_folder
from docsight_training.data.ner.formats.column_files import looks_like_columns
from docsight_training.data.ner.formats.conllu import looks_like_conllu
from docsight_training.data.ner.formats.csv_tables import looks_like_csv
from docsight_training.data.ner.formats.foreign_formats import foreign_file, foreign_row, foreign_suffix
from docsight_training.data.ner.formats.json_rows import read_json_rows, shorten
from docsight_training.data.ner.formats.offsets import has_text
from docsight_training.data.ner.formats.registry import AUTO, HUB, LISTED_SOURCES, SOURCES, ReadSettings
from docsight_training.data.ner.formats.token_rows import has_tokens

_TABLE_MAGIC = (b"PAR1", b"ARROW1", b"\xff\xff\xff\xff")  # Parquet, and files and streams of Arrow
_PACKED_MAGIC = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"\xfd7zXZ")  # zip, gzip, and others
_HEAD_BYTES = 4096
_ZLIB_MAGIC = b"\x78"  # a DocBin is compressed


def read_annotations(path: Path, source: str, settings: ReadSettings, findings: Findings) -> Iterator[AnnotatedText]:
    """Read a file, or a folder of brat.

    Raises:
        DataError: It cannot be read; the message names the row if there is one.
    """
    if source == AUTO:
        source = recognize(path, settings)
    if path.is_dir() != (source == "brat"):
        raise DataError(f"{path}: expected {'a folder' if source == 'brat' else 'a file'} for data.source={source}.")
    return SOURCES[source].read(path, settings, findings)


def recognize(path: Path, settings: ReadSettings) -> str:
    """Return the source of a file or folder by its content.

    Raises:
        DataError: It is in none of the formats.
    """
    if path.is_dir():
        if is_brat_folder(path):
            return "brat"
        raise DataError(f"{path}: expected a file of annotations, or a folder of brat; found neither. {_advice(path)}")
    head = _read_head(path)
    if not head.strip():
        raise DataError(f"{path}: the file is empty.")
    if path.suffix == ".ann" or (path.suffix == ".txt" and path.with_suffix(".ann").is_file()):
        raise DataError(f"{path}: expected the folder of brat that holds this file; pass data.path={path.parent}.")
    if (foreign := foreign_suffix(path.suffix)) is not None:
        raise DataError(f"{path}: is in none of the formats that can be read. {foreign} {_advice(path)}")
    if head.startswith(_PACKED_MAGIC):
        raise DataError(f"{path}: expected annotations; found an archive or a compressed file. Unpack it first.")
    if head.startswith(_TABLE_MAGIC):
        return "parquet"
    if head.startswith(_ZLIB_MAGIC) and path.suffix == ".spacy":
        return "spacy"
    if path.suffix.lower() == ".csv" and _names_columns(head):
        return "csv"
    if looks_like_conllu(path):
        return "conllu"
    if looks_like_columns(path):
        return "conll"
    if path.suffix in SOURCES["json"].suffixes or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return _recognize_json(path, settings.columns)
    if looks_like_csv(path, settings.columns):
        return "csv"
    if (foreign := foreign_file(head)) is not None:
        raise DataError(f"{path}: is in none of the formats that can be read. {foreign} {_advice(path)}")
    first = head.lstrip().partition(b"\n")[0].decode("utf-8", "replace").strip()
    raise DataError(
        f"{path}: is in none of the formats that can be read. It begins with {first[:60]!r}. {_advice(path)}"
    )


def _recognize_json(path: Path, columns: Columns) -> str:
    row = next((row for _, row in read_json_rows(path)), None)
    if has_tokens(row, columns):
        return "json"
    if (foreign := foreign_row(row, columns.text)) is not None:
        raise DataError(f"{path}: is in none of the formats that can be read. {foreign} {_advice(path)}")
    if has_text(row, columns):
        return "offsets"
    found = f"the keys {', '.join(map(str, row))}" if isinstance(row, dict) and row else shorten(row)
    found = "no row" if row is None else found
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
        f"data.source can be: {LISTED_SOURCES}; {HUB}. Name one: docsight-train data.path={path} data.source=conll. "
        "To rewrite a file in another format: docsight-train convert IN OUT."
    )
