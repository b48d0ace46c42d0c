"""Output files, and the working folder of a run."""

import contextlib
import errno
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import filelock
import pytest

from docsight.documents.store import OUTPUTS, Outputs, Store
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


def test_outputs_name_a_file_that_appeared_during_the_run_and_replace_nothing(tmp_path: Path) -> None:
    write_outputs(tmp_path, "old")
    with Store(tmp_path, NAMES) as store:
        outputs = Outputs(store, (*NAMES, "c.txt"))
        (tmp_path / "c.txt").write_text("mine", encoding="utf-8")
        with pytest.raises(ConfigError, match=r"c\.txt exists and docsight did not write it"):
            outputs.commit()
    assert contents(tmp_path) == {"a.txt": "old", "b.txt": "old", "c.txt": "mine"}


def test_outputs_of_an_earlier_run_that_the_user_changed_are_not_removed(tmp_path: Path) -> None:
    write_outputs(tmp_path, "old")
    (tmp_path / "a.txt").write_text("mine", encoding="utf-8")
    write_outputs(tmp_path, "new", ("c.txt",))
    assert contents(tmp_path) == {"a.txt": "mine", "c.txt": "new"}


def test_outputs_survive_a_crash_at_any_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace, steps = os.replace, 0

    def replace_until_crash(*args: Any) -> None:
        nonlocal steps
        steps -= 1
        if not steps:
            raise InterruptedError
        replace(*args)

    monkeypatch.setattr(os, "replace", replace_until_crash)
    for crash in range(1, len(NAMES) + 3):  # the list of outputs is replaced before and after them
        write_outputs(tmp_path, "old")
        steps = crash
        with pytest.raises(ConfigError, match="cannot write"):
            write_outputs(tmp_path, f"new {crash}")
        assert set(contents(tmp_path).values()) <= {"old", f"new {crash}"}
        write_outputs(tmp_path, "repeated")
        assert contents(tmp_path) == dict.fromkeys(NAMES, "repeated")


@pytest.mark.parametrize("name", OUTPUTS)
def test_store_refuses_to_replace_a_file_of_the_user(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"{re.escape(name)} exists and no record"), Store(tmp_path):
        pytest.fail("the block must not begin")
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize("record", [None, "", '{"version": 2, "files": {"a.t', "[]", "{}", "0", '{"version": 3}'])
def test_store_refuses_its_own_files_without_their_record(tmp_path: Path, record: str | None) -> None:
    write_outputs(tmp_path, "old")
    path = tmp_path / ".docsight" / "outputs.json"
    path.unlink() if record is None else path.write_text(record, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"a\.txt exists and .*choose another"), Store(tmp_path, NAMES):
        pytest.fail("the block must not begin")
    assert contents(tmp_path) == {"a.txt": "old", "b.txt": "old"}


def test_store_refuses_a_replacement_of_the_same_size_and_time(tmp_path: Path) -> None:
    write_outputs(tmp_path, "old")
    info = (tmp_path / "a.txt").stat()
    (tmp_path / "a.txt").write_text("new", encoding="utf-8")
    os.utime(tmp_path / "a.txt", ns=(info.st_atime_ns, info.st_mtime_ns))
    with pytest.raises(ConfigError, match="it was changed since docsight wrote it"), Store(tmp_path, NAMES):
        pytest.fail("the block must not begin")


@pytest.mark.parametrize("target", ["elsewhere.txt", "nowhere"])
def test_store_refuses_to_replace_a_link(tmp_path: Path, target: str) -> None:
    write_outputs(tmp_path / "out", "old")
    (tmp_path / "elsewhere.txt").write_text("old", encoding="utf-8")
    (tmp_path / "out" / "a.txt").unlink()
    (tmp_path / "out" / "a.txt").symlink_to(tmp_path / target)
    with pytest.raises(ConfigError, match="changed since"), Store(tmp_path / "out", NAMES):
        pytest.fail("the block must not begin")
    assert (tmp_path / "out" / "a.txt").is_symlink()


def test_store_refuses_numbered_docs_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "documents-2.spacy").touch()
    with pytest.raises(ConfigError, match=r"documents-2\.spacy exists"), Store(tmp_path, ("documents.spacy",)):
        pytest.fail("the block must not begin")
    with Store(tmp_path, NAMES):
        pass


def test_store_replaces_what_0_1_0_wrote_and_nothing_newer(tmp_path: Path) -> None:
    write_outputs(tmp_path, "old")
    (tmp_path / ".docsight" / "outputs.json").write_text('["a.txt", "b.txt"]', encoding="utf-8")
    write_outputs(tmp_path, "new")
    (tmp_path / ".docsight" / "outputs.json").write_text('["a.txt", "b.txt"]', encoding="utf-8")
    later = (tmp_path / ".docsight" / "outputs.json").stat().st_mtime_ns + 1
    os.utime(tmp_path / "b.txt", ns=(later, later))
    with pytest.raises(ConfigError, match=r"b\.txt exists and it was changed"), Store(tmp_path, NAMES):
        pytest.fail("the block must not begin")
    assert contents(tmp_path) == {"a.txt": "new", "b.txt": "new"}


def test_store_takes_a_copied_folder_for_its_own(tmp_path: Path) -> None:
    write_outputs(tmp_path / "out", "old")
    shutil.copytree(tmp_path / "out", tmp_path / "copy", copy_function=shutil.copyfile)
    write_outputs(tmp_path / "copy", "new")
    assert contents(tmp_path / "copy") == {"a.txt": "new", "b.txt": "new"}


def test_store_refuses_a_working_folder_of_the_user(tmp_path: Path) -> None:
    (tmp_path / ".docsight" / "work").mkdir(parents=True)
    (tmp_path / ".docsight" / "work" / "mine.txt").touch()
    with pytest.raises(ConfigError, match="did not make this folder"), Store(tmp_path):
        pytest.fail("the block must not begin")
    assert (tmp_path / ".docsight" / "work" / "mine.txt").exists()


def write_outputs(folder: Path, text: str, names: tuple[str, ...] = NAMES) -> None:
    with Store(folder, names) as store:
        outputs = Outputs(store, names)
        for name in names:
            outputs.write(name, text)
        outputs.commit()


def contents(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text(encoding="utf-8") for name in names(folder)}


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


def write_markdown(folder: Path, *names: str) -> None:
    with Store(folder, ("markdown",)) as store:
        outputs = Outputs(store, ())
        for name in names:
            outputs.write_file(f"markdown/{name}", name)
        assert outputs.commit() == (["markdown/"] if names else [])


def markdown_files(folder: Path) -> list[str]:
    root = folder / "markdown"
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_outputs_in_folders_follow_the_documents(tmp_path: Path) -> None:
    write_markdown(tmp_path, "a.md", "b.md", "c.md/d.md", "e/f/g.md")
    write_markdown(tmp_path, "a.md/x.md", "b.md", "c.md")  # a file becomes a folder, and a folder a file
    assert markdown_files(tmp_path) == ["a.md/x.md", "b.md", "c.md"]
    write_markdown(tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", ["a.md", "mine/notes.txt"])
def test_store_refuses_a_folder_of_outputs_with_a_file_of_the_user(tmp_path: Path, name: str) -> None:
    write_markdown(tmp_path, "a.md")
    own = tmp_path / "markdown" / name
    own.parent.mkdir(exist_ok=True)
    own.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match=f"{name} exists"):
        write_markdown(tmp_path, "a.md")
    write_outputs(tmp_path, "new")  # a run without Markdown
    assert own.read_text(encoding="utf-8") == "mine"


def test_store_never_writes_through_a_link(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / "markdown").symlink_to(own)
    with pytest.raises(ConfigError, match="markdown exists"):
        write_markdown(tmp_path, "a.md")
    (tmp_path / "markdown").unlink()
    write_markdown(tmp_path, "sub/a.md")
    shutil.move(tmp_path / "markdown" / "sub", own / "sub")
    (tmp_path / "markdown" / "sub").symlink_to(own / "sub")
    with pytest.raises(ConfigError, match="sub exists"):
        write_markdown(tmp_path, "sub/b.md")
    write_outputs(tmp_path, "new")
    assert (own / "sub" / "a.md").is_file()
