"""Splits of a data set: files and folders that are named after them, and groups that are held out where none is."""

import random
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from docsight.errors import ConfigError, DataError

ROLES = ("train", "validation", "test")
# The names of each role's split, the usual ones first.
SPLIT_NAMES = {
    "train": ("train", "training", "trn"),
    "validation": ("validation", "valid", "val", "dev", "devel", "development", "testa"),
    "test": ("test", "testing", "tst", "testb"),
}
_WORD_BREAKS = re.compile(r"[^a-z]+")
_MAX_LISTED_FILES = 8  # in messages


def names_of_split(split: str) -> tuple[str, ...]:
    """Return the names that a split may have, its own first."""
    same = next((names for names in SPLIT_NAMES.values() if split in names), ())
    return (split, *(name for name in same if name != split))


def find_split(folder: Path, split: str, suffixes: Collection[str]) -> list[Path]:
    """Find the files or the folder of a split; an empty list if there are none.

    A file is named SPLIT, SPLIT-00000-of-00002 and so on, or has SPLIT as a word in its name, such as corpus-dev.conll
    or eng.testa. Repositories on the hub often keep their files in a folder `data`.

    Args:
        folder: The folder above the splits.
        split: The name of the split; other names of the same role are found, too.
        suffixes: Those of the files to look for.
    """
    for name in names_of_split(split):
        for place in (folder, folder / "data"):
            entries = _entries(place, suffixes)
            if exact := [path for path in entries if path.stem.lower() == name]:
                return exact
            if shards := [path for path in entries if path.stem.startswith(f"{name}-")]:
                return shards
            if named := folders_named(place, name):
                return named
    for name in names_of_split(split):
        named = [
            path for path in _entries(folder, suffixes, split=name) if name in _WORD_BREAKS.split(path.name.lower())
        ]
        if named:
            return named
    return []


def folders_named(place: Path, name: str) -> list[Path]:
    """Return the folders at a place with a name in any case, such as Train; at most one if cases do not differ."""
    return sorted(path for path in place.glob("*") if path.name.lower() == name and path.is_dir())


def only_files(folder: Path, suffixes: Collection[str]) -> list[Path]:
    """Return the files of a folder without splits, in order."""
    return _entries(folder, suffixes)


def listing(folder: Path) -> str:
    """Return the names of the first entries of a folder, for messages."""
    names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    return first_names(names) or "nothing"


def first_names(names: Sequence[str]) -> str:
    """Return the first of some names and the number of the others, for messages."""
    more = f" and {len(names) - _MAX_LISTED_FILES:,} more" if len(names) > _MAX_LISTED_FILES else ""
    return ", ".join(names[:_MAX_LISTED_FILES]) + more


def check_fractions(**fractions: float | None) -> None:
    """Check the fractions to hold out, by the key of `data` that sets each.

    Raises:
        ConfigError: One is not between 0 and 1, or nothing would be left for training.
    """
    for key, fraction in fractions.items():
        if fraction is not None and not 0 <= fraction < 1:
            raise ConfigError(f"data.{key}: expected a fraction between 0 and 1, such as 0.1; found {fraction}.")
    if sum(fraction or 0 for fraction in fractions.values()) >= 1:
        keys = " and ".join(f"data.{key}" for key in fractions)
        raise ConfigError(f"{keys}: expected less than 1 in total, because the rest is for training.")


def hold_out_groups(groups: Sequence[tuple[int, Iterable[str]]], fraction: float, rng: random.Random) -> list[int]:
    """Choose groups, such as documents, that are held out from training.

    The last group with a label stays in training as long as there are others to choose. A group that would be most of
    the held-out part, such as a long document or a sentence that occurs many times, is only chosen if the others do not
    suffice: a score on one text says little.

    Args:
        groups: The size and the labels of each group.
        fraction: The part of the total size to hold out; at least one group is.
        rng: Decides which.

    Returns:
        The numbers of the chosen groups, in order; empty if there are fewer than two groups.
    """
    if len(groups) < 2:
        return []
    labels = [set(names) for _, names in groups]
    left = Counter(label for names in labels for label in names)
    wanted = fraction * sum(size for size, _ in groups)
    chosen: list[int] = []
    size = 0
    order = rng.sample(range(len(groups)), len(groups))
    order.sort(key=lambda number: groups[number][0] > wanted / 2)
    for number in order:
        if (chosen and size + groups[number][0] / 2 > wanted) or len(chosen) == len(groups) - 1:
            continue
        if all(left[label] > 1 for label in labels[number]):
            chosen.append(number)
            size += groups[number][0]
            left.subtract(labels[number])
    return sorted(chosen or order[:1])


def require(path: Path) -> None:
    """Raise `DataError` if a path does not exist."""
    if not path.exists():
        raise DataError(f"data.path: {path} does not exist; expected a folder with the splits, or a file.")


def _entries(folder: Path, suffixes: Collection[str], *, split: str = "") -> list[Path]:
    """Return the files with one of the suffixes, or with the split as their suffix (eng.testa), in order."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith(".") and path.suffix.lower() in (*suffixes, f".{split}")
    )
