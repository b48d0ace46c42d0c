"""Loading of one split of a data set, from the hub or from local files, with Hugging Face `datasets`."""

import glob
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import datasets

from docsight.errors import ConfigError, DataError
from docsight_training.data.image_folders import folder_warnings
from docsight_training.data.splits import (
    ROLES,
    find_split,
    first_names,
    folders_named,
    listing,
    names_of_split,
    require,
)

log = logging.getLogger(__name__)

IMAGE_SOURCES = ("auto", "parquet", "imagefolder", "hub")


def load_hub_split(hub: str | None, split: str, *, origin: str = "") -> datasets.Dataset:
    """Load a split of the hub.

    Args:
        hub: The id of a data set on the hub.
        split: The name of the split, or another name of the same role.
        origin: Where the data comes from, for the message if it is missing.

    Raises:
        ConfigError: There is no id.
        DataError: The split cannot be loaded.
    """
    if hub is None:
        raise ConfigError(
            f"data.path is missing, and the data set has no hub id to load from. Get it from its origin "
            f"({origin or 'not named in the config'}) and pass the folder: data.path=FOLDER "
            "(quote a path that contains '=': 'data.path=\"a=b\"')."
        )
    try:
        return datasets.load_dataset(hub, split=split)
    except (ValueError, OSError, RuntimeError) as err:
        raise DataError(
            f"The hub data set {hub!r}, split {split!r}, cannot be loaded: {err}. "
            "If you have the data, pass data.path=FOLDER instead."
        ) from err


def find_hub_split(hub: str, split: str) -> str | None:
    """Return the name by which a data set on the hub has a split; None if it has none.

    Raises:
        DataError: The data set cannot be looked up.
    """
    try:
        found = list(datasets.get_dataset_split_names(hub))
    except (ValueError, OSError, RuntimeError) as err:
        raise DataError(f"The hub data set {hub!r} cannot be looked up: {err}.") from err
    return next((name for name in names_of_split(split) if name in found), None)


def load_images(split: str, *, source: str, path: str) -> datasets.Dataset | None:
    """Load a split of images from local files; None if there is none.

    Args:
        split: The name of the split, or another name of the same role.
        source: parquet, imagefolder, or auto to find out.
        path: A Parquet file, a folder with the splits, or a folder with one folder for each class, which is the
            training split.

    Raises:
        ConfigError: The source is unknown.
        DataError: The path is missing, or something in it cannot be read.
    """
    if source not in IMAGE_SOURCES:
        raise ConfigError(f"data.source={source!r} is unknown; expected one of: {', '.join(IMAGE_SOURCES)}.")
    root = Path(path)
    require(root)
    is_train = split in names_of_split("train")
    if root.is_file():
        return _from_parquet([root], split) if is_train else None
    if source != "imagefolder":
        files = [file for file in find_split(root, split, (".parquet",)) if file.is_file()]
        if files:
            return _from_parquet(files, split)
        if source != "auto":
            return None
    folder = next(_folders_of_split(root, split), None)
    if folder is None and is_train and not _splits(root) and _has_folders(root):
        folder = root
    if is_train and (others := _folders_beside_splits(root)):
        log.warning("%s: folders beside those of the splits are left out: %s.", root, first_names(others))
    return None if folder is None else _from_folders(folder)


def missing_images(split: str, path: str) -> DataError:
    """Return the error for a split that is needed and missing."""
    return DataError(
        f"{path} has no images for {split!r}: expected {split}/CLASS/IMAGE, CLASS/IMAGE or {split}.parquet; found "
        f"{listing(Path(path))}."
    )


def _has_folders(folder: Path) -> bool:
    return folder.is_dir() and any(entry.is_dir() and not entry.name.startswith(".") for entry in folder.iterdir())


def _folders_of_split(root: Path, split: str) -> Iterator[Path]:
    """Yield the folders of a split, which have folders of classes; a class has none."""
    return (path for name in names_of_split(split) for path in folders_named(root, name) if _has_folders(path))


def _splits(root: Path) -> list[Path]:
    return [path for role in ROLES for path in _folders_of_split(root, role)]


def _folders_beside_splits(root: Path) -> list[str]:
    """Return the names of the folders from which nothing is read because others are those of splits."""
    splits = _splits(root)
    folders = (path for path in sorted(root.iterdir()) if path.is_dir() and not path.name.startswith("."))
    return [path.name for path in folders if path not in splits] if splits else []


def _from_parquet(files: list[Path], split: str) -> datasets.Dataset:
    try:
        names = [glob.escape(str(file)) for file in files]
        return _load_local("parquet", {split: names}, split=split)
    except (datasets.exceptions.DatasetGenerationError, ValueError, OSError) as err:
        raise DataError(f"{files[0]}: cannot be read as parquet: {err.__cause__ or err}") from err


def _from_folders(folder: Path) -> datasets.Dataset:
    """Read images from folders that are named after their classes, and warn of all files that are not read."""
    try:
        # A glob over files, because from a folder `datasets` would take a class or an image named "test" for a split.
        files = {"train": [f"{glob.escape(str(folder))}/*/**"]}
        rows = _load_local("imagefolder", files, split="train", drop_labels=False)
    except (datasets.exceptions.DatasetGenerationError, ValueError, OSError) as err:
        raise DataError(f"{folder}: cannot be read as folders of images: {err.__cause__ or err}") from err
    cells = rows.cast_column("image", datasets.Image(decode=False))["image"]
    for warning in folder_warnings(folder, [Path(cell["path"]) for cell in cells]):
        log.warning("%s", warning)
    return rows


def _load_local(builder: str, files: Mapping[str, list[str]], **options: Any) -> datasets.Dataset:
    """Load local files without the progress bars of `datasets`, which say that they are downloaded."""
    is_enabled = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    try:
        return datasets.load_dataset(builder, data_files=files, **options)
    finally:
        if is_enabled:
            datasets.enable_progress_bars()
