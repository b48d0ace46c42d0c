"""Output files, and the working folder of a run."""

import contextlib
import errno
import os
import subprocess
import sys
from pathlib import Path

import filelock
import pytest

from docsight.documents.store import Outputs, Store
from docsight.errors import ConfigError

NAMES = ("a.txt", "b.txt")

WAITS = """
import sys, time
from docsight.documents.store import Outputs, Store
with Store(sys.argv[1]) as store:
    Outputs(store, ("a.txt", "b.txt"))
    print("ready", flush=True)
    time.sleep(60)
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".docsight")


def test_outputs_appear_together_with_the_usual_rights(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        outputs = Outputs(store, NAMES)
        outputs.write("a.txt", "one")
        outputs.write_json("b.txt", {"x": "\u2028"})
        outputs.path("c.bin").write_bytes(b"\0")
        assert names(tmp_path) == []
        assert outputs.commit() == ["a.txt", "b.txt", "c.bin"]
    assert names(tmp_path) == ["a.txt", "b.txt", "c.bin"]
    assert (tmp_path / "b.txt").read_text(encoding="utf-8") == '{"x": "\\u2028"}\n'
    (tmp_path / "usual").touch()
    assert (tmp_path / "a.txt").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_outputs_of_an_earlier_run_are_removed_but_no_files_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "documents-mine.spacy").touch()
    for run in (("documents.spacy", "documents-2.spacy", "images.parquet"), ("documents.spacy",)):
        with Store(tmp_path) as store:
            outputs = Outputs(store, ())
            for name in run:
                outputs.path(name).touch()
            outputs.commit()
        assert names(tmp_path) == sorted([*run, "documents-mine.spacy"])


def test_store_refuses_a_folder_in_place_of_an_output_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(ConfigError, match=r"report\.html: a folder has this name"), Store(tmp_path):
        pytest.fail("the block must not begin")
    assert names(tmp_path) == ["report.html"]


def test_store_refuses_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(ConfigError, match="cannot write to"), Store(tmp_path / "out"):
        pytest.fail("the block must not begin")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_outputs_name_the_file_that_could_not_be_written(tmp_path: Path) -> None:
    with Store(tmp_path) as store, open("/dev/full", "w", encoding="utf-8") as full:
        outputs = Outputs(store, NAMES)
        outputs._files["b.txt"].close()
        outputs._files["b.txt"] = full
        with pytest.raises(ConfigError, match=r"cannot write .*b\.txt: No space left"):
            outputs.write("b.txt", "x" * 100_000)
        outputs.close()
        with contextlib.suppress(OSError):  # it tries once more
            full.close()
    assert names(tmp_path) == []


def test_store_is_locked_until_its_run_ends_or_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WAITS, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        with pytest.raises(ConfigError, match="another run is using it"), Store(tmp_path):
            pytest.fail("the block must not begin")
        process.kill()
    with Store(tmp_path) as store:
        assert list(store.work.iterdir()) == []
    assert names(tmp_path) == []


@pytest.mark.parametrize("error", [OSError(errno.ENOLCK, "No locks available"), NotImplementedError("no flock")])
def test_store_works_on_a_file_system_without_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    fail_to_lock(monkeypatch, error)
    with Store(tmp_path) as store:
        assert store.work.is_dir()


def test_store_refuses_a_folder_whose_lock_belongs_to_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_to_lock(monkeypatch, PermissionError(errno.EACCES, "Permission denied", "lock"))
    with pytest.raises(ConfigError, match=r"cannot write to .*Permission denied"), Store(tmp_path):
        pytest.fail("the block must not begin")


def fail_to_lock(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def acquire(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(filelock.FileLock, "acquire", acquire)
