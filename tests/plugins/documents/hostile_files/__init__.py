"""Files that try to stop, trick or misuse whoever reads them: `write` makes a folder of them."""

from pathlib import Path

from . import archives, mails, office, pages, pdfs, pictures, places, tables, texts
from .case import CANARY, CANARY_FILE, Case
from .good import GOOD, NEEDS, RICH

__all__ = ["CASES", "GOOD", "RICH", "Case", "write"]

_FOLDERS = {
    "archives": archives,
    "mails": mails,
    "office": office,
    "pages": pages,
    "pdfs": pdfs,
    "pictures": pictures,
    "tables": tables,
    "texts": texts,
    "": places,
}
CASES: dict[str, Case] = {}
for _folder, _module in _FOLDERS.items():
    for _case in _module.CASES:
        CASES[f"{_folder}/{_case.name}".lstrip("/")] = _case


def write(folder: Path, *, slow: bool = False, only: str = "") -> dict[str, Case]:
    """Write the corpus, and a good file of each format beside; return the cases by the paths that records tell.

    Args:
        folder: Made where it is not there.
        slow: Whether to write the large ones, too.
        only: A part of the paths of those to write.
    """
    written = {}
    for name, case in CASES.items():
        if (slow or not case.slow) and only in name:
            inner = folder / name.removesuffix(case.name)
            inner.mkdir(parents=True, exist_ok=True)
            (inner / CANARY_FILE).write_text(CANARY)
            try:
                case.write(inner)
            except ImportError:  # some are made by the library that reads them
                continue
            written[name.removesuffix(case.name) + case.path_shown] = case
    for suffix, make in GOOD.items():
        good = Case(name=f"good{suffix}", make=lambda path, make=make: path.write_bytes(make()), outcome="document")
        try:
            good.write(folder / "good")
        except ImportError:  # a Parquet file needs its library to be made
            continue
        written[f"good/{good.name}"] = Case(
            name=good.name, make=good.make, outcome="document", says=_says(suffix), needs=NEEDS.get(suffix, ())
        )
    return written


def _says(suffix: str) -> str:
    return "" if suffix in (".png", ".jpg", ".gif", ".tif", ".webp", ".bmp") else "Ada Lovelace wrote"
