"""Ruff enforces the import bans in each part of the repository."""

import json
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
    pytest.mark.skipif(not (ROOT / "plugins/ruff.toml").is_file(), reason="needs the settings of a checkout"),
]


def banned(path: str, modules: list[str]) -> list[str]:
    """Return the modules that ruff does not let a file of the repository import."""
    command = [str(RUFF), "check", "--select", "TID251", "--no-cache", "--output-format", "json"]
    imports = "".join(f"import {module}\n" for module in modules)
    done = subprocess.run(
        [*command, "--stdin-filename", path, "-"],
        cwd=ROOT,
        input=imports,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return [modules[found["location"]["row"] - 1] for found in json.loads(done.stdout)]


def test_ruff_bans_training_packages_at_run_time() -> None:
    assert banned("plugins/docsight/x.py", TRAINING_ONLY) == TRAINING_ONLY
    assert banned("training/docsight_training/x.py", TRAINING_ONLY) == []


@pytest.mark.parametrize("folder", ["plugins/docsight", "training/docsight_training", "tests/plugins", "benchmarks"])
def test_ruff_bans_package_aliases_everywhere(folder: str) -> None:
    assert banned(f"{folder}/x.py", NEVER) == NEVER
