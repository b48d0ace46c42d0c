"""Output files."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from docsight.documents.writers import Outputs
from docsight.errors import ConfigError

NAMES = ("a.txt", "b.txt")

WAITS = """
import sys, time
from docsight.documents.writers import Outputs
with Outputs(sys.argv[1], ("a.txt", "b.txt")):
    print("ready", flush=True)
    time.sleep(60)
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_outputs_appear_together_with_the_usual_rights(tmp_path: Path) -> None:
    with Outputs(tmp_path, NAMES) as outputs:
        outputs.write("a.txt", "one")
        outputs.write_json("b.txt", {"x": "\u2028"})
        assert not set(names(tmp_path)) & set(NAMES)
    assert names(tmp_path) == ["a.txt", "b.txt"]
    assert (tmp_path / "b.txt").read_text(encoding="utf-8") == '{"x": "\\u2028"}\n'
    (tmp_path / "usual").touch()
    assert (tmp_path / "a.txt").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_outputs_refuse_a_folder_in_place_of_a_file_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(ConfigError, match=r"b\.txt: a folder has this name"), Outputs(tmp_path, NAMES):
        pytest.fail("the block must not begin")
    assert names(tmp_path) == ["b.txt"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full disk to offer")
def test_outputs_name_the_file_that_could_not_be_written(tmp_path: Path) -> None:
    def write() -> None:
        with open("/dev/full", "w", encoding="utf-8") as full, Outputs(tmp_path, NAMES) as outputs:
            outputs._files["b.txt"].close()
            outputs._files["b.txt"] = full
            outputs.write("b.txt", "x" * 100_000)

    with pytest.raises((ConfigError, OSError), match=r"cannot write .*b\.txt: No space left"):
        write()
    assert names(tmp_path) == []


def test_outputs_of_two_runs_in_one_process_do_not_meet(tmp_path: Path) -> None:
    with Outputs(tmp_path, NAMES) as first, Outputs(tmp_path, NAMES) as second:
        first.write("a.txt", "first")
        second.write("a.txt", "second")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "first"
    assert names(tmp_path) == ["a.txt", "b.txt"]


def test_outputs_that_a_killed_run_left_go_with_the_next_one(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    command = [sys.executable, "-c", WAITS, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        (left,) = names(tmp_path)
        with Outputs(tmp_path, NAMES):
            assert left in names(tmp_path), "a run that lives keeps its files"
        process.send_signal(signal.SIGKILL)
    assert left in names(tmp_path)
    with Outputs(tmp_path, NAMES):
        assert left not in names(tmp_path)
    assert names(tmp_path) == ["a.txt", "b.txt"]
