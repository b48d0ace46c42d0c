"""The walls around the run time: what it never imports, and which way its own imports go."""

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import docsight

REFUSED = (
    "pytorch_lightning",
    "lightning",
    "hydra",
    "omegaconf",
    "datasets",
    "docsight_training",
    "docsight_conf",
)

# From the ground up: a module imports from its own floor and those below, never from one above.
FLOORS = (
    {"errors"},
    {"vocab", "tags", "corrections", "attributes", "saved_names", "device", "batching", "ink", "images", "terminal"},
    {"layers"},
    {"networks"},
    {"spelling"},
    {"weights"},
    {"bundle"},
    {"components"},
    {"documents", "inspection"},
    {"cli"},
    {"__main__"},
)
LEVELS = {name: level for level, floor in enumerate(FLOORS) for name in floor}

ROOT = Path(docsight.__file__).parent
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")

IMPORT_ALL = f"""
import importlib, pkgutil, sys

asked = set()

class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {REFUSED}:
            asked.add(name)
            raise ImportError(f"{{name}} is behind the wall")

sys.meta_path.insert(0, Wall())

import docsight
found = [m.name for m in pkgutil.walk_packages(docsight.__path__, "docsight.") if not m.name.endswith("__main__")]
for name in found:
    importlib.import_module(name)

import spacy
for name in ("rnn_ner", "rnn_speller", "cnn_imagecat"):
    spacy.blank("en").add_pipe(name)
sys.exit(f"asked for: {{sorted(asked)}}" if asked else 0 if len(found) > 10 else f"found only {{found}}")
"""


def imports(module: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the full name of everything that a module of docsight imports, anywhere in it."""
    package = ".".join(["docsight", *Path(module).parts[:-1]])
    for node in ast.walk(ast.parse((ROOT / module).read_bytes())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def floor(name: str) -> str:
    return name.removesuffix(".py").split("/")[0].split(".")[0]


def test_docsight_imports_without_the_training_packages(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module", MODULES)
def test_docsight_names_no_training_package(module: str) -> None:
    found = [f"{module}:{line} imports {name}" for line, name in imports(module) if name.split(".")[0] in REFUSED]
    assert not found


@pytest.mark.parametrize("module", MODULES)
def test_docsight_imports_go_down_only(module: str) -> None:
    assert floor(module) in LEVELS, f"{module} stands on no floor yet: give it a place in FLOORS"
    upward = [
        f"{module}:{line} imports {name}"
        for line, name in imports(module)
        if name.startswith("docsight.") and LEVELS.get(floor(name.removeprefix("docsight.")), 0) > LEVELS[floor(module)]
    ]
    assert not upward


def test_package_itself_imports_nothing() -> None:
    tree = ast.parse((ROOT / "__init__.py").read_bytes())
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
