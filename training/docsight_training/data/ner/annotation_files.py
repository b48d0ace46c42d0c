"""Find the files of a split of annotated text in a folder."""

import logging
from collections.abc import Iterable
from pathlib import Path

from docsight.errors import DataError
from docsight_training.data.ner.formats.recognition import recognize
from docsight_training.data.ner.formats.registry import AUTO, SOURCES, ReadSettings
from docsight_training.data.splits import ROLES, find_split, first_names, names_of_split, only_files, require

log = logging.getLogger(__name__)

_NO_DATA_SUFFIXES = (".md", ".rst", ".py", ".sh", ".yaml", ".yml", ".cfg", ".conf", ".html", ".pdf")
_NO_DATA_FILES = ("state.json", "dataset_info.json", "dataset_dict.json")  # of save_to_disk
_NO_DATA_NAMES = ("README", "LICENSE", "LICENCE", "COPYING", "NOTICE", "CITATION")


def find_annotations(root: Path, split: str, source: str, settings: ReadSettings) -> list[Path]:
    """Find the files of a split, or its folder of brat; none if there are none.

    A file, a folder of brat, and the files of a folder without splits are the training split.

    Raises:
        DataError: The path does not exist, or the split has files of several formats and none is named.
    """
    require(root)
    is_train = split in names_of_split("train")
    if root.is_file():
        return [root] if is_train else []
    if is_train:
        _warn_of_others(root, source, settings)
    found = _find(root, split, source, settings)
    kinds = sorted({path.suffix for path in found})
    if len(kinds) > 1 and source == AUTO:
        raise DataError(
            f"{root}: expected the files of the split {split!r} in one format; found "
            f"{first_names([path.name for path in found])}. Name the format, such as data.source=conll or "
            "data.source=offsets, or pass one file: data.path=FILE."
        )
    return found


def _find(root: Path, split: str, source: str, settings: ReadSettings) -> list[Path]:
    suffixes = (
        SOURCES[source].suffixes if source in SOURCES else {s for each in SOURCES.values() for s in each.suffixes}
    )
    if source in (AUTO, "brat") and _is_flat_brat(root):  # its documents may be named dev-1 and test-1
        return [root] if split in names_of_split("train") else []
    found = find_split(root, split, suffixes)
    if found and found[0].is_dir():
        found = _files_of_folder(found[0], source, suffixes, settings)
    elif not found and split in names_of_split("train") and not any(find_split(root, r, suffixes) for r in ROLES):
        found = _files_of_folder(root, source, suffixes, settings)
    return found


def _is_flat_brat(root: Path) -> bool:
    """Return whether the files of a folder are a text and an annotation file for each document."""
    return any(file.with_suffix(".txt").is_file() for file in root.glob("*.ann"))


def _warn_of_others(root: Path, source: str, settings: ReadSettings) -> None:
    """Warn of files beside those of the splits that nothing is read from."""
    parts = [part for role in ROLES for part in _find(root, role, source, settings)]
    if root in parts or not parts:  # a folder of brat, whose reader lists what it leaves out
        return
    others = [
        file.name
        for file in sorted(root.iterdir())
        if file.is_file() and file not in parts and not _is_no_data(file) and not file.name.startswith(".")
    ]
    if others:
        log.warning("%s: files that are not read: %s.", root, first_names(others))


def _is_no_data(file: Path) -> bool:
    return (
        file.name in _NO_DATA_FILES
        or file.suffix.lower() in _NO_DATA_SUFFIXES
        or file.stem.upper().startswith(_NO_DATA_NAMES)
    )


def _files_of_folder(folder: Path, source: str, suffixes: Iterable[str], settings: ReadSettings) -> list[Path]:
    if source == "brat" or (source == AUTO and next(folder.rglob("*.ann"), None) is not None):
        return [folder]
    files = only_files(folder, tuple(suffixes))
    if source == AUTO and len(files) > 1:  # a README.txt beside the data, for example
        files = [file for file in files if is_readable(file, settings)]
    return files


def is_readable(file: Path, settings: ReadSettings) -> bool:
    """Return whether a file is recognized as annotated text."""
    try:
        recognize(file, settings)
    except DataError:
        return False
    return True
