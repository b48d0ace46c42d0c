"""The import bans of ruff bite, in each part of the repository."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RUFF = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
TRAINING_ONLY = [
    "pytorch_lightning",
    "lightning",
    "hydra",
    "omegaconf",
    "datasets",
    "docsight_training",
    "docsight_conf",
]
NEVER = ["plugins.docsight", "training.docsight_training", "conf.docsight_conf"]

pytestmark = [
    pytest.mark.skipif(RUFF is None, reason="ruff is not installed"),
    pytest.mark.skipif(not (ROOT / "plugins/ruff.toml").is_file(), reason="ruff has its settings in a checkout only"),
]


def banned(path: str, module: str) -> bool:
    """Tell whether ruff lets a file of the repository import a module."""
    command = [str(RUFF), "check", "--select", "TID251", "--no-cache", "--stdin-filename", path, "-"]
    done = subprocess.run(
        command, cwd=ROOT, input=f"import {module}\n", capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return "is banned" in done.stdout


@pytest.mark.parametrize("module", TRAINING_ONLY)
def test_ruff_keeps_training_packages_out_of_the_run_time(module: str) -> None:
    assert banned("plugins/docsight/x.py", module)
    assert not banned("training/docsight_training/x.py", module)


@pytest.mark.parametrize("module", NEVER)
@pytest.mark.parametrize("folder", ["plugins/docsight", "training/docsight_training", "tests/plugins", "benchmarks"])
def test_ruff_keeps_second_names_of_packages_out_everywhere(folder: str, module: str) -> None:
    assert banned(f"{folder}/x.py", module)
