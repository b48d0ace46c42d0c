"""Checks of everything that a training run of a speller reads, before anything is computed."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from docsight.errors import DataError
from docsight_training.data.speller.judged_documents import DOCUMENTS, VERDICTS
from docsight_training.data.speller.lexicon import PAIR_LISTS

_TEXT_COLUMNS = ("text", "source", "para")
_PAIR_COLUMNS = ("misspelling", "correction", "count")
_TECHNICAL_COLUMNS = ("first", "second", "count")


def check_speller_inputs(data: Mapping[str, Any], *, needs_scowl: bool) -> None:
    """Check the inputs of a run of `experiment=rnn_speller`, without reading more than the columns of its files.

    Args:
        data: The config of the data.
        needs_scowl: Whether the lexicon is built.

    Raises:
        DataError: Inputs are missing or have another form; the message lists all of them with what to do.
    """
    if data["path"] is None:
        raise DataError(
            "data.path is missing: pass the folder with text/*.parquet and spelling/NAME/data.parquet, "
            "data.path=FOLDER (docs/spelling.md, Training, describes them)."
        )
    problems = [
        *_text_problems(Path(data["text"]).expanduser()),
        *_list_problems(Path(data["lists"]).expanduser(), data["names"], data["test_names"]),
        *(_scowl_problems(Path(data["scowl"]).expanduser()) if needs_scowl else ()),
        *_judge_problems(data["judged"], data["technical"]),
    ]
    if problems:
        raise DataError("\n- ".join(["Inputs of the speller are missing or unusable:", *problems]))


def _text_problems(folder: Path) -> Iterator[str]:
    files = sorted(folder.glob("*.parquet"))
    if not files:
        yield (
            f"data.text={folder}: no .parquet file. Put running text there, one sentence a row, with the columns "
            f"{', '.join(_TEXT_COLUMNS)}."
        )
    for file in files:
        yield from _column_problems(file, _TEXT_COLUMNS, "data.text")


def _list_problems(folder: Path, names: str, test_names: str | None) -> Iterator[str]:
    for name in PAIR_LISTS:
        yield from _column_problems(folder / name / "data.parquet", _PAIR_COLUMNS, "data.lists")
    yield from _column_problems(folder / names / "data.parquet", ("clean",), "data.names")
    if test_names is not None:
        yield from _column_problems(folder / test_names / "data.parquet", ("clean",), "data.test_names")


def _scowl_problems(folder: Path) -> Iterator[str]:
    if not any(folder.glob("english-words.*")):
        yield (
            f"data.scowl={folder}: no lists of SCOWL, such as english-words.10. Install them (Debian: apt-get install "
            "scowl), or pass their folder: data.scowl=FOLDER."
        )


def _judge_problems(judged: str | None, technical: str | None) -> Iterator[str]:
    if judged is not None:
        for name in (DOCUMENTS, VERDICTS):
            if not (Path(judged) / name).is_file():
                yield f"data.judged={judged}: no {name}. Pass a folder such as benchmarks/data/judged, or omit the key."
    if technical is not None:
        yield from _column_problems(Path(technical), _TECHNICAL_COLUMNS, "data.technical")


def _column_problems(file: Path, columns: Sequence[str], key: str) -> Iterator[str]:
    from pyarrow import ArrowException, parquet

    expected = f"Put a Parquet file with the columns {', '.join(columns)} there"
    if not file.is_file():
        yield f"{key}: there is no {file}. {expected}."
        return
    try:
        found = parquet.read_schema(file).names
    except (OSError, ArrowException) as err:
        yield f"{key}: {file} is not a Parquet file: {' '.join(str(err).split())} {expected}."
        return
    if missing := [column for column in columns if column not in found]:
        yield f"{key}: {file} has no column {', '.join(missing)}; found {', '.join(found)}. {expected}."
