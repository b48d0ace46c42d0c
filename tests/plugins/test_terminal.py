"""What a command shows on a terminal."""

import sys
from typing import Any

import pytest

from docsight.documents import Progress
from docsight.terminal import ProgressLine


def test_progress_line_writes_new_lines_without_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = 0.0
    line = ProgressLine(clock=lambda: now)
    progress = Progress(documents=10, failed=2, words=5000, files=48, fraction=0.25, seconds=20.0)
    line(progress)
    assert capsys.readouterr().err == ""
    now = 6.0
    line(progress)
    line(progress)
    line.close()
    assert capsys.readouterr().err == " 25%  10 documents  2 failed  0.5 documents/s  250 words/s  1:00 left\n"


def test_progress_line_is_rewritten_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    now = 0.0
    line = ProgressLine(clock=lambda: now)
    line(Progress(documents=1, failed=0, words=10, files=2, fraction=0.5, seconds=7200.0))
    now = 1.0
    line(Progress(documents=2, failed=0, words=20, files=2, fraction=1.0, seconds=7200.0))
    line.close()
    written = capsys.readouterr().err
    assert "2:00:00 left" in written
    assert "\n" not in written
    assert written.endswith(" \r")


def test_progress_estimates_no_time_before_it_means_something() -> None:
    counts: Any = {"documents": 1, "failed": 0, "words": 10, "files": 2, "seconds": 9.0}
    assert Progress(**counts, fraction=0.001).remaining is None
    assert Progress(**counts, fraction=0.1, unknown=0.9).remaining is None  # a large table is partly done
    assert Progress(**counts, fraction=0.9, unknown=0.1).remaining == pytest.approx(1.0)
