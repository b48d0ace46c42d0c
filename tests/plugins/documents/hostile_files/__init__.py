"""Hostile files that try to stop, trick or misuse their reader; `write` creates a folder of them."""

from pathlib import Path

from . import (
    archives,
    calendars,
    epub,
    excel,
    html,
    images,
    mail,
    office,
    opendocument,
    outlook,
    pdf,
    rtf,
    special_files,
    tables,
    text,
    xml_files,
)
from .case import CANARY, CANARY_FILE, Case
from .good import GOOD, NEEDS, RICH

__all__ = ["CASES", "GOOD", "RICH", "Case", "write"]

_FOLDERS = {
    "archives": archives,
    "mail": mail,
    "outlook": outlook,
    "calendars": calendars,
    "office": office,
    "excel": excel,
    "opendocument": opendocument,
    "epub": epub,
    "rtf": rtf,
    "html": html,
    "xml": xml_files,
    "pdf": pdf,
    "images": images,
    "tables": tables,
    "text": text,
    "": special_files,
}
CASES: dict[str, Case] = {}
for _folder, _module in _FOLDERS.items():
    for _case in _module.CASES:
        CASES[f"{_folder}/{_case.name}".lstrip("/")] = _case


def write(folder: Path, *, slow: bool = False, only: str = "") -> dict[str, Case]:
    """Write the corpus and a valid file of each format; return the cases by the paths in the records.

    Args:
        folder: The folder, created if missing.
        slow: Whether to include the large files.
        only: A substring of the paths to write.
    """
    written = {}
    for name, case in CASES.items():
        if (slow or not case.slow) and only in name:
            inner = folder / name.removesuffix(case.name)
            inner.mkdir(parents=True, exist_ok=True)
            (inner / CANARY_FILE).write_text(CANARY)
            try:
                case.write(inner)
            except ImportError:  # the library that reads them also writes them
                continue
            written[name.removesuffix(case.name) + case.path_shown] = case
    for suffix, make in GOOD.items():
        good = Case(name=f"good{suffix}", make=lambda path, make=make: path.write_bytes(make()), outcome="document")
        try:
            good.write(folder / "good")
        except ImportError:  # Parquet is written by its library
            continue
        written[f"good/{good.name}"] = Case(
            name=good.name, make=good.make, outcome="document", says=_expected_text(suffix), needs=NEEDS.get(suffix, ())
        )
    return written


def _expected_text(suffix: str) -> str:
    return "" if suffix in (".png", ".jpg", ".gif", ".tif", ".webp", ".bmp") else "Ada Lovelace wrote"
