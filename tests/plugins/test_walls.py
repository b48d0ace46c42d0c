"""The import rules of the runtime: what it never imports, and in which direction its own imports point."""

import ast
import collections
import graphlib
import importlib
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

REFUSED = (
    "pytorch_lightning",
    "lightning",
    "hydra",
    "omegaconf",
    "datasets",
    "docsight_training",
    "docsight_conf",
)

# From the bottom up: a module imports from its own floor and from those below, never from one above. The floor of a
# module is that of the longest entry that its name starts with.
FLOORS = (
    {"errors", "version", "lazy"},
    {
        "vocab",
        "vector_cache",
        "tags",
        "corrections",
        "attributes",
        "model_card",
        "stored_results",
        "weights",
        "batching",
        "ink",
        "image_decoding",
        "images",
        "terminal",
        "option_checks",
        "text_layout",
        "wording",
    },
    {"layers"},
    {"networks"},
    {"spelling.arrays", "spelling.tokens"},
    {"spelling.lexicon"},
    {"spelling.candidates", "spelling.keystrokes"},
    {"spelling.model"},
    {"spelling.correction"},
    {"spelling"},
    {"bundle", "shipped_models"},
    {"number_fields"},
    {"components"},
    {"integrations"},
    {"redaction"},
    {
        "documents.problem",
        "documents.tokenizing",
        "documents.output.inferred_types",
        "documents.output.written_files",
        "documents.ocr",
        "documents.runner.chunking",
    },
    {"documents.formats", "documents.store"},
    {"documents.inputs", "documents.pipeline", "documents.analysis"},
    {"documents.reading"},
    {"documents.runner"},
    {"documents.output.summary"},
    {"documents.report"},
    {"documents.output"},
    {"documents.processor"},
    {"documents.dry_run"},
    {"documents", "inspection"},
    {"serve.server_settings"},
    {"serve.services"},
    {"serve"},
    {"cli"},
    {"__main__"},
)
LEVELS = {f"docsight.{name}": level for level, floor in enumerate(FLOORS) for name in floor}

# The sibling packages that each package may import from.
SIBLINGS = {
    "docsight.spelling": {
        "lexicon": set(),
        "candidates": {"lexicon"},
        "correction": {"lexicon", "candidates"},
        "keystrokes": {"lexicon"},
    },
    "docsight.documents.formats": {
        "text": set(),
        "archives": set(),
        "pdf": {"text"},
        "office": {"text", "archives"},
        "xml": {"text", "office"},
        "mail": {"text", "archives", "office"},
        "tables": {"text"},
        "markup": {"text"},
    },
}
# The most entries at the top of a package, so that its list of files stays a table of contents.
MAX_ENTRIES = {"docsight.documents": 15, "docsight.spelling": 8}

PACKAGES = ("docsight", "docsight_training")
# The packages whose names are public.
PUBLIC = ("docsight", "docsight.components", "docsight.documents", "docsight.inspection", "docsight.redaction")

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
from docsight.errors import MissingExtraError
found = [m.name for m in pkgutil.walk_packages(docsight.__path__, "docsight.") if not m.name.endswith("__main__")]
for name in found:
    try:
        importlib.import_module(name)
    except MissingExtraError:
        pass  # an integration, without the package that it integrates

import spacy
for name in ("rnn_ner", "rnn_speller", "cnn_imagecat"):
    spacy.blank("en").add_pipe(name)
sys.exit(f"asked for: {{sorted(asked)}}" if asked else 0 if len(found) > 10 else f"found only {{found}}")
"""

IMPORT_ALONE = """
import sys
before = set(sys.modules)
import docsight
new = {name for name in set(sys.modules) - before if name.partition(".")[0] not in sys.stdlib_module_names}
sys.exit(0 if new == {"docsight", "docsight.lazy", "docsight.version"} else f"import docsight loads {sorted(new)}")
"""


@cache
def modules(package: str) -> dict[str, ast.Module]:
    """Parse all modules of a package, by full name; a package has its own name."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    root = Path(spec.origin).parent
    names = {path: ".".join(path.relative_to(root.parent).with_suffix("").parts) for path in root.rglob("*.py")}
    return {name.removesuffix(".__init__"): ast.parse(path.read_bytes()) for path, name in names.items()}


def imports(package: str, module: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of each module that a module imports, anywhere in it and for types, too."""
    for node in ast.walk(modules(package)[module]):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}:{node.lineno}: expected the full name of the module"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield node.lineno, inner if inner in modules(package) else str(node.module)


def level(module: str) -> int | None:
    """Return the floor of a module, None if it has none."""
    while module not in LEVELS and "." in module:
        module = module.rpartition(".")[0]
    return LEVELS.get(module)


def sibling(module: str, package: str) -> str:
    """Return the part of a module's name after its package: of `a.b.c` in `a` it is `b`."""
    return module.removeprefix(f"{package}.").partition(".")[0] if module.startswith(f"{package}.") else ""


def names_of(package: str, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the names that a package defines, each with its module: of modules, public classes or constants."""
    for module, tree in modules(package).items():
        is_package = any(other.startswith(f"{module}.") for other in modules(package))
        if kind == "module" and not is_package and not module.endswith("__main__"):
            yield module.rpartition(".")[2], module
        for node in tree.body:
            if kind == "class" and isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.name, module
            elif kind == "constant" and isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in [inner for outer in targets for inner in ast.walk(outer)]:
                    if isinstance(target, ast.Name) and target.id.isupper() and len(target.id) > 1:  # T is a type
                        yield target.id, module


def test_docsight_imports_without_the_training_packages(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_importing_the_package_imports_nothing_else() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_ALONE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_docsight_does_not_mention_training_packages() -> None:
    found = [
        f"{module}:{line} imports {name}"
        for module in modules("docsight")
        for line, name in imports("docsight", module)
        if name.partition(".")[0] in REFUSED
    ]
    assert not found


def test_every_module_has_a_floor() -> None:
    assert [module for module in modules("docsight") if module != "docsight" and level(module) is None] == []


def test_every_floor_has_a_module() -> None:
    assert [name for name in LEVELS if name not in modules("docsight")] == []


def test_docsight_imports_point_downwards_only() -> None:
    upward = [
        f"{module}:{line} imports {name}"
        for module in modules("docsight")
        for line, name in imports("docsight", module)
        if module != "docsight" and name.startswith("docsight.") and (level(name) or 0) > (level(module) or 0)
    ]
    assert not upward


@pytest.mark.parametrize("package", SIBLINGS)
def test_packages_import_from_the_siblings_that_they_may(package: str) -> None:
    allowed = SIBLINGS[package]
    found = [
        f"{module}:{line} imports {name}"
        for module in modules("docsight")
        for line, name in imports("docsight", module)
        if (room := sibling(module, package)) in allowed
        and (other := sibling(name, package)) in allowed
        and other != room
        and other not in allowed[room]
    ]
    assert not found


@pytest.mark.parametrize("package", PACKAGES)
def test_no_modules_import_each_other(package: str) -> None:
    graph = {
        module: {name for _, name in imports(package, module) if name in modules(package)}
        for module in modules(package)
    }
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as err:
        pytest.fail(f"import circle: {' <- '.join(err.args[1])}")


@pytest.mark.parametrize("package", MAX_ENTRIES)
def test_packages_have_few_entries(package: str) -> None:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    entries = [path.name for path in Path(spec.origin).parent.iterdir() if path.name != "__pycache__"]
    assert len(entries) <= MAX_ENTRIES[package], sorted(entries)


@pytest.mark.parametrize("kind", ["module", "class", "constant"])
@pytest.mark.parametrize("package", PACKAGES)
def test_names_are_unique(package: str, kind: str) -> None:
    places = collections.defaultdict(set)
    for name, module in names_of(package, kind):
        places[name].add(module)
    assert {name: sorted(found) for name, found in places.items() if len(found) > 1} == {}


@pytest.mark.parametrize("package", PUBLIC)
def test_all_equals_the_public_names(package: str) -> None:
    public = set()
    for node in ast.walk(modules("docsight")[package]):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("docsight."):
            public |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.ClassDef | ast.FunctionDef):
            public.add(node.name)
    imported = importlib.import_module(package)
    assert set(imported.__all__) - {"__version__"} == {
        name for name in public if not name.startswith("_") and name != "lazy_names"
    }
    assert len(imported.__all__) == len(set(imported.__all__))
    assert set(imported.__all__) <= set(dir(imported))
    assert [name for name in imported.__all__ if not hasattr(imported, name)] == []
