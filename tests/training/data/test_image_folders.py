import logging
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from docsight_training.data.image_folders import folder_warnings
from docsight_training.data.sources import load_images


def _image(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(file)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("cat/1.png", "cat/big ü/2.png", "dog/3.webp"):
        _image(tmp_path / "animals" / name)
    return tmp_path / "animals"


def test_folder_of_classes_alone_has_no_warnings(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    for name in ("cat/1.png", "dog/2.png", "dog/.DS_Store.png", "dog/Thumbs.db"):
        _image(tmp_path / name) if name[-2:] != "db" else (tmp_path / name).write_bytes(b"x")
    with caplog.at_level(logging.WARNING):
        rows = load_images("train", source="auto", path=str(tmp_path))
    assert rows.features["label"].names == ["cat", "dog"]
    assert not caplog.messages


def test_what_is_not_read_or_is_a_class_of_its_own_is_listed(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    _image(folder / "stray.png")
    (folder / "dog" / "4.heic").write_bytes(b"x")
    (folder / "fish").mkdir()
    monkeypatch.chdir(folder.parent)  # the path may be relative
    with caplog.at_level(logging.WARNING):
        rows = load_images("train", source="auto", path="animals")
    assert rows.features["label"].names == ["big ü", "cat", "dog"]
    assert len(rows) == 3
    assert [message.partition(": ")[2].partition(". ")[0].rstrip(".") for message in caplog.messages] == [
        "files in no folder of a class are left out: stray.png",
        "files that are not read as images are left out: dog/4.heic",
        "folders without an image are no classes: fish",
        "folders inside those of classes are classes of their own: cat/big ü",
    ]


def test_classes_may_be_links_and_below_other_folders(folder: Path, tmp_path: Path):
    os.symlink(folder / "dog", tmp_path / "linked")
    images = [folder / "cat" / "big ü" / "2.png", tmp_path / "linked" / "3.webp"]
    found = [*folder_warnings(tmp_path, [*images, folder / "cat" / "1.png", folder / "dog" / "3.webp"])]
    assert [message.partition(": ")[2].partition(": ")[0] for message in found] == [
        "folders inside those of classes are classes of their own"
    ]
