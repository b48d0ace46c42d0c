"""The page of the benchmarks: its commands exist, and it states what was run and from which commit."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT / "benchmarks"

pytestmark = pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the benchmarks are in a checkout only")


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield importlib.import_module("benchmark_page")
    sys.modules.pop("benchmark_page", None)


@pytest.fixture
def checkout(page: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a benchmark that counts its runs, and one that fails."""
    root = tmp_path / "checkout"
    (root / "benchmarks").mkdir(parents=True)
    (root / "docs").mkdir()
    (root / "benchmarks" / "count.py").write_text(
        "import pathlib, sys\nruns = pathlib.Path(sys.argv[1], 'runs')\n"
        "runs.write_text((runs.read_text() if runs.exists() else '') + 'x')\nprint('| runs |', runs.read_text())\n"
    )
    (root / "benchmarks" / "fail.py").write_text("raise SystemExit(3)\n")
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *command], cwd=root, check=True)
    monkeypatch.setattr(page, "ROOT", root)
    benchmarks = (
        page.Benchmark("count", "Runs", "runs.md", "count.py FOLDER"),
        page.Benchmark("fail", "Failure", "runs.md", "fail.py"),
    )
    monkeypatch.setattr(page, "BENCHMARKS", benchmarks)
    return root


def _run(page: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch, only: str = "count") -> str:
    data, out = checkout.parent / "data", checkout / "docs" / "benchmarks.md"
    data.mkdir(exist_ok=True)
    arguments = ["--data", str(data), "--logs", str(checkout.parent / "logs"), "--only", only, "--out", str(out)]
    monkeypatch.setattr(sys, "argv", ["benchmark_page.py", *arguments])
    page.main()
    return out.read_text("utf-8")


def test_benchmarks_and_their_pages_exist(page: ModuleType) -> None:
    for benchmark in page.BENCHMARKS:
        assert (BENCHMARKS / benchmark.command.split()[0]).is_file()
        assert (ROOT / "docs" / benchmark.page).is_file()


def test_page_has_the_commit_the_command_and_what_was_printed(page, checkout, monkeypatch):
    text = _run(page, checkout, monkeypatch)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=checkout, capture_output=True, text=True, check=True)
    assert f"| commit | `{commit.stdout[:12]}` |" in text
    assert "## Runs\n" in text
    assert "python benchmarks/count.py FOLDER\n" in text
    assert "| runs | x" in text
    assert str(checkout.parent) not in text


def test_plain_text_is_fenced_and_follows_its_note(page):
    plain = page.Benchmark("count", "Runs", "runs.md", "count.py", note="One line for each run.", is_plain=True)
    assert page.section(plain, "runs: 1\n").endswith("One line for each run.\n\n```text\nruns: 1\n```")


def test_a_second_start_keeps_what_was_measured(page, checkout, monkeypatch):
    assert _run(page, checkout, monkeypatch) == _run(page, checkout, monkeypatch)


def test_a_benchmark_that_fails_stops_the_page(page, checkout, monkeypatch):
    with pytest.raises(SystemExit, match=r"fail: .*fail\.py ended with 3"):
        _run(page, checkout, monkeypatch, "fail")


def test_changes_that_are_in_no_commit_are_refused(page, checkout, monkeypatch):
    (checkout / "benchmarks" / "count.py").write_text("print('other')\n")
    with pytest.raises(SystemExit, match=r"Expected no changes outside of docs/.*\n.*count\.py"):
        _run(page, checkout, monkeypatch)
