"""Find the files of a split of annotated text in a folder."""

from collections.abc import Iterable
from pathlib import Path

from docsight.errors import DataError
from docsight_training.data.ner.formats.registry import AUTO, SOURCES, ReadSettings, recognise
from docsight_training.data.splits import ROLES, find_split, names_of_split, only_files, require


def find_annotations(root: Path, split: str, source: str, settings: ReadSettings) -> list[Path]:
    """Find the files of a split, or its folder of brat; none if there are none.

    A file, a folder of brat, and the files of a folder without splits are the training split.

    Raises:
        DataError: The path does not exist, or the split has files of several formats.
    """
    require(root)
    is_train = split in names_of_split("train")
    if root.is_file():
        return [root] if is_train else []
    suffixes = (
        SOURCES[source].suffixes if source in SOURCES else {s for each in SOURCES.values() for s in each.suffixes}
    )
    found = find_split(root, split, suffixes)
    if found and found[0].is_dir():
        found = _files_of_folder(found[0], source, suffixes, settings)
    elif not found and is_train and not any(find_split(root, role, suffixes) for role in ROLES):
        found = _files_of_folder(root, source, suffixes, settings)
    kinds = sorted({path.suffix for path in found})
    if len(kinds) > 1:
        raise DataError(
            f"{root}: expected the files of the split {split!r} in one format; found "
            f"{', '.join(path.name for path in found[:8])}. Name the format, such as data.source=conll, or pass one "
            "file: data.path=FILE."
        )
    return found


def _files_of_folder(folder: Path, source: str, suffixes: Iterable[str], settings: ReadSettings) -> list[Path]:
    if source == "brat" or (source == AUTO and next(folder.rglob("*.ann"), None) is not None):
        return [folder]
    files = only_files(folder, tuple(suffixes))
    if source == AUTO and len(files) > 1:  # a README.txt beside the data, for example
        files = [file for file in files if is_readable(file, settings)]
    return files


def is_readable(file: Path, settings: ReadSettings) -> bool:
    """Return whether a file is recognised as annotated text."""
    try:
        recognise(file, settings)
    except DataError:
        return False
    return True
