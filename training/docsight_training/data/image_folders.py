"""What a folder of classes holds besides images, so that nothing is left out in silence."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from docsight_training.data.splits import first_names

_NO_DATA = {"thumbs.db", "desktop.ini"}  # files of Windows


def folder_warnings(folder: Path, images: Sequence[Path]) -> Iterator[str]:
    """Yield warnings of files and folders that are not read, or not as one might expect.

    Args:
        folder: It has a folder for each class.
        images: The files that are read. The class of each is the name of the folder that it is in.
    """
    folder = Path(os.path.abspath(folder))  # not resolved: classes may be links
    read = {Path(os.path.abspath(image)) for image in images}
    others = [
        file
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and file not in read
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        and file.name.lower() not in _NO_DATA
    ]
    if stray := [file for file in others if file.parent == folder]:
        yield f"{folder}: files in no folder of a class are left out: {_listed(folder, stray)}."
    if unread := [file for file in others if file.parent != folder]:
        yield (
            f"{folder}: files that are not read as images are left out: {_listed(folder, unread)}. Save images of "
            "other formats, such as HEIC, as PNG or JPEG."
        )
    if empty := [entry for entry in _folders(folder) if not any(entry in image.parents for image in read)]:
        yield f"{folder}: folders without an image are no classes: {_listed(folder, empty)}."
    direct = {image.parent for image in read}
    top = min((len(place.parts) for place in direct), default=0)
    if nested := sorted(place for place in direct if len(place.parts) > top):
        yield (
            f"{folder}: folders inside those of classes are classes of their own: {_listed(folder, nested)}. Move "
            "their images up if they belong to the class above."
        )
    names = Counter(place.name for place in direct)
    if merged := sorted(place for place in direct if names[place.name] > 1):
        yield f"{folder}: folders of the same name are one class: {_listed(folder, merged)}."


def _folders(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))


def _listed(folder: Path, places: Iterable[Path]) -> str:
    return first_names([place.relative_to(folder).as_posix() for place in places])
