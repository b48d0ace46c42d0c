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


def test_folders_of_different_depth_and_of_one_name_are_listed(tmp_path: Path):
    images = [tmp_path / name for name in ("cat/big/1.png", "cat/small/2.png", "dog/big/3.png", "fish/4.png")]
    for image in images:
        _image(image)
    assert [message.partition(": ")[2].partition(". ")[0] for message in folder_warnings(tmp_path, images)] == [
        "folders inside those of classes are classes of their own: cat/big, cat/small, dog/big",
        "folders of the same name are one class: cat/big, dog/big.",
    ]


def test_splits_are_found_in_any_case_and_folders_beside_them_are_listed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    for name in ("Train/cat/1.png", "Train/dog/2.png", "VALID/cat/3.png", "fish/4.png", ".cache/x/5.png"):
        _image(tmp_path / name)
    with caplog.at_level(logging.WARNING):
        found = [load_images(role, source="auto", path=str(tmp_path)) for role in ("train", "validation", "test")]
    assert [None if rows is None else len(rows) for rows in found] == [2, 1, None]
    assert caplog.messages == [f"{tmp_path}: folders beside those of the splits are left out: fish."]
