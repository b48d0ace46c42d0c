"""Shell completion: what a shell offers after some words of a command."""

import shutil
import subprocess
from pathlib import Path

import pytest

from docsight.cli import main
from docsight.cli.completion import SHELLS

pytest.importorskip("shtab")

# Calls the function that `complete` registered, as bash does when the user presses Tab.
BASH = r"""
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
function=$(complete -p "$1" | sed 's/.*-F \([^ ]*\) .*/\1/')
"$function" 2>/dev/null
printf '%s\n' "${COMPREPLY[@]}"
"""
needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="this system has no bash")


def offered(script: str, folder: Path, *words: str) -> list[str]:
    """Return what bash offers for the last of these words."""
    (folder / "script.bash").write_text(script, encoding="utf-8")
    command = ["bash", "-c", BASH, "bash", "script.bash", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return sorted(filter(None, done.stdout.splitlines()))


def script_of(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


@needs_bash
def test_bash_completes_commands_options_choices_and_paths(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = script_of("bash", capsys)
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive.zip").touch()
    assert offered(script, tmp_path, "docsight", "") == ["completion", "info", "inspect", "process", "serve"]
    assert offered(script, tmp_path, "docsight", "process", "--redact-") == [
        "--redact-audit-text",
        "--redact-key",
        "--redact-paths",
        "--redact-threshold",
        "--redact-types",
    ]
    assert offered(script, tmp_path, "docsight", "process", "--ocr", "") == ["always", "auto", "never"]
    assert offered(script, tmp_path, "docsight", "process", "arch") == ["archive", "archive.zip"]
    assert offered(script, tmp_path, "docsight", "process", "--out", "arch") == ["archive"]


@pytest.mark.parametrize("shell", SHELLS)
def test_scripts_are_valid_and_name_every_command(
    tmp_path: Path, shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    script = script_of(shell, capsys)
    assert all(command in script for command in ("process", "inspect", "info", "completion"))
    if shutil.which(shell) is not None:
        (tmp_path / "script").write_text(script, encoding="utf-8")
        subprocess.run([shell, "-n", "script"], cwd=tmp_path, check=True)
