"""Word vectors of files in the formats of GloVe and word2vec."""

import gzip
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from docsight.errors import ConfigError
from docsight_training.data.ner.word_vectors import load_vectors

LINES = "the 0.5 1 2\nRiver 3 4 5\nriver 6 7 8\n. 9 9 9\n"


def _write(path: Path, text: str) -> Path:
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("vectors.txt", text)
    else:
        path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["vectors.txt", "vectors.txt.gz", "vectors.zip"])
@pytest.mark.parametrize("head", ["", "4 3\n"])
def test_words_are_in_lower_case_and_the_first_of_equal_ones_counts(tmp_path: Path, name: str, head: str):
    words, vectors = load_vectors(_write(tmp_path / name, head + LINES), max_words=100)
    assert words == ["the", "river", "."]
    assert vectors.dtype == np.float32
    assert vectors.tolist() == [[0.5, 1, 2], [3, 4, 5], [9, 9, 9]]


def test_only_the_first_words_are_read(tmp_path: Path):
    words, vectors = load_vectors(_write(tmp_path / "vectors.txt", LINES), max_words=2)
    assert words == ["the", "river"]
    assert vectors.shape == (2, 3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "only\nwords\n",
        "the 1 2 3\nriver 1 2\n",
        "the 1 2 3\nriver a b c\n",
        "2 3\n",
        "the 1 nan\n",
        '{"the": [1, 2]}',
        "2 1\nthe 1 2\nriver 3 4\n",  # the first line states another width
        "2 2000000000\nthe 1 2\nriver 3 4\n",
        "the " * 100_000,
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str):
    path = _write(tmp_path / "vectors.txt", text)
    with pytest.raises(ConfigError, match=r"data\.vectors: .*vectors\.txt"):
        load_vectors(path, max_words=100)


def test_a_binary_file_is_refused(tmp_path: Path):
    path = tmp_path / "vectors.bin"
    path.write_bytes(bytes(range(256)) * 10)
    with pytest.raises(ConfigError, match="expected a text file"):
        load_vectors(path, max_words=100)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"absent\.txt does not exist"):
        load_vectors(tmp_path / "absent.txt", max_words=100)


@pytest.mark.parametrize("head", ["", "4 3\n"])
def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path, head: str):
    words, vectors = load_vectors(_write(tmp_path / "vectors.txt", f"\ufeff{head}{LINES}"), max_words=100)
    assert words == ["the", "river", "."]
    assert vectors.shape == (3, 3)


def test_tabs_windows_line_ends_empty_lines_and_words_with_spaces_are_read(tmp_path: Path):
    path = _write(tmp_path / "vectors.txt", "the\t1\t2\r\n\r\nnew york 3 4\r\n")
    words, vectors = load_vectors(path, max_words=100)
    assert words == ["the", "new york"]
    assert vectors.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("name", ["vectors.txt.gz", "vectors.zip"])
@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_damaged_archives_are_refused(tmp_path: Path, name: str, kept: float):
    path = _write(tmp_path / name, LINES * 100)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(ConfigError, match=r"data\.vectors: .*vectors\."):
        load_vectors(path, max_words=1000)


def test_an_archive_of_several_files_is_refused_with_their_names(tmp_path: Path):
    path = tmp_path / "vectors.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("50d.txt", LINES)
        archive.writestr("100d.txt", LINES)
    with pytest.raises(ConfigError, match=r"found 50d\.txt, 100d\.txt: extract the one to read"):
        load_vectors(path, max_words=100)
    with zipfile.ZipFile(path, "w"):
        pass
    with pytest.raises(ConfigError, match="found none"):
        load_vectors(path, max_words=100)


def test_a_tar_archive_is_refused(tmp_path: Path):
    with tarfile.open(tmp_path / "vectors.tar.gz", "w:gz") as archive:
        archive.add(_write(tmp_path / "vectors.txt", LINES), "vectors.txt")
    with pytest.raises(ConfigError, match="it is a tar archive"):
        load_vectors(tmp_path / "vectors.tar.gz", max_words=100)
