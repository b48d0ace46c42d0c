"""Documents whose corrections a reader has judged, in the form that `benchmarks/archive.py` reads."""

import json
from pathlib import Path
from typing import NamedTuple

import datasets

from docsight.errors import DataError

DOCUMENTS, VERDICTS = "archive.parquet", "corrections_gold.jsonl"
_COLUMNS = ("doc_id", "class", "text", "package")


class JudgedDocument(NamedTuple):
    text: str
    package: str  # where it comes from
    kind: str  # prose, technical, code or foreign
    verdicts: list[tuple[int, int, str | None]]  # start, end, and what was meant; None where the text is right
    path: str = ""  # of its file; empty if the folder does not say it

    @property
    def is_foreign(self) -> bool:
        """Whether it is in another language, so that every correction is wrong."""
        return self.kind == "foreign"

    @property
    def is_prose(self) -> bool:
        return self.kind in ("prose", "technical")


def read_judged(folder: str | Path) -> list[JudgedDocument]:
    """Read a folder with documents and verdicts.

    Raises:
        DataError: A file is missing or has another form.
    """
    folder = Path(folder)
    for name in (DOCUMENTS, VERDICTS):
        if not (folder / name).is_file():
            raise DataError(f"data.judged={folder}: expected the files {DOCUMENTS} and {VERDICTS}; {name} is missing.")
    table = datasets.load_dataset("parquet", data_files=str(folder / DOCUMENTS), split="train")
    if missing := sorted(set(_COLUMNS) - set(table.column_names)):
        raise DataError(
            f"{folder / DOCUMENTS}: expected the columns {', '.join(_COLUMNS)}; {', '.join(missing)} is missing."
        )
    verdicts: dict[str, list[tuple[int, int, str | None]]] = {}
    for number, line in enumerate((folder / VERDICTS).read_text("utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            verdict = int(row["start"]), int(row["end"]), row["meant"]
            verdicts.setdefault(row["doc_id"], []).append(verdict)
        except (ValueError, KeyError, TypeError) as err:
            raise DataError(
                f"{folder / VERDICTS}, line {number}: expected an object with doc_id, start, end and meant; "
                f"found {line[:80]!r}."
            ) from err
    return [
        JudgedDocument(
            row["text"], row["package"], row["class"], verdicts.get(row["doc_id"], []), row.get("path") or ""
        )
        for row in table
    ]
