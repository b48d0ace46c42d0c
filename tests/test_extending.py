"""The blocks of docs/extending.md, applied to a copy of the sources and run as printed."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"# ((?:plugins|training|conf)/\S+)\n(.*)", re.DOTALL)
CHANGE = re.compile(r"@@ (\S+) @@\n(.*)", re.DOTALL)
TOP = ("plugins", "training", "conf")
RUFF = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")


class Block(NamedTuple):
    section: str
    language: str
    code: str


def read_blocks() -> list[Block]:
    page = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    sections = re.split(r"^## (.+)\n", page, flags=re.MULTILINE)[1:]
    return [
        Block(title, language, code)
        for title, text in zip(sections[::2], sections[1::2], strict=True)
        for language, code in BLOCK.findall(text)
    ]


BLOCKS = read_blocks()
FILES = {found[1]: found[2] for block in BLOCKS if (found := FILE.fullmatch(block.code))}


def apply_change(folder: Path, change: str) -> None:
    """Apply a diff without line numbers; its old lines must occur exactly once."""
    found = CHANGE.fullmatch(change)
    assert found, change
    file, lines = folder / found[1], found[2].splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] in " -")
    new = "".join(line[1:] for line in lines if line[0] in " +")
    content = file.read_text(encoding="utf-8")
    assert content.count(old) == 1, f"{found[1]}: expected these lines once:\n{old}"
    file.write_text(content.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the sources without the shipped models, and apply the blocks of the page."""
    folder = tmp_path_factory.mktemp("sources")
    for name in TOP:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.safetensors"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for path, content in FILES.items():
        assert not (folder / path).exists()
        (folder / path).write_text(content, encoding="utf-8")
    for block in BLOCKS:
        if block.language == "diff":
            apply_change(folder, block.code)
    return folder


def run(section: str, sources: Path, folder: Path) -> str:
    """Run the blocks of a section that are neither files nor changes, in their order; return what they print."""
    project = tomllib.loads((sources / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    factories = project["entry-points"]["spacy_factories"]
    installed = folder / "path" / "copy-1.0.dist-info"  # what `make install` does for the entry points
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: copy\nVersion: 1.0\n")
    lines = "".join(f"{name} = {target}\n" for name, target in factories.items())
    (installed / "entry_points.txt").write_text(f"[spacy_factories]\n{lines}")
    paths = [*(sources / name for name in TOP), installed.parent]
    env = os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    printed = ""
    for block in BLOCKS:
        is_file = FILE.fullmatch(block.code) is not None
        if block.section == section and block.language in ("python", "sh") and not is_file:
            command = [sys.executable, "-"] if block.language == "python" else ["bash", "-e"]
            done = subprocess.run(
                command, input=block.code, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False
            )
            assert done.returncode == 0, done.stderr
            printed += done.stdout
    return printed


def test_the_page_has_only_blocks_that_are_applied_or_run() -> None:
    unknown = [block for block in BLOCKS if block.language not in ("python", "yaml", "diff", "sh")]
    configs = [block for block in BLOCKS if block.language == "yaml"]
    assert unknown == []
    assert all(FILE.fullmatch(block.code) for block in configs)
    assert {path.split("/")[0] for path in FILES} == set(TOP)


def test_the_blocks_apply(sources: Path) -> None:
    assert all((sources / path).is_file() for path in FILES)


@pytest.mark.skipif(RUFF is None, reason="ruff is not installed")
@pytest.mark.parametrize("command", [["check"], ["format", "--diff"]], ids=["style", "format"])
def test_the_modules_of_the_page_have_the_style_of_the_repository(sources: Path, command: list[str]) -> None:
    modules = [path for path in FILES if path.endswith(".py")]
    done = subprocess.run(
        [str(RUFF), *command, "--no-cache", *modules], cwd=sources, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_component_writes_categories(sources: Path, tmp_path: Path) -> None:
    printed = run("A component", sources, tmp_path).splitlines()
    assert printed[:3] == [
        "Where is it? {'QUESTION': 0.95, 'POLITE': 0.05}",
        "Send it, please. {'QUESTION': 0.05, 'POLITE': 0.95}",
        "It rained. {'QUESTION': 0.05, 'POLITE': 0.05}",
    ]
    assert printed[3].count("0.95") == 2


def test_the_document_format_is_read(sources: Path, tmp_path: Path) -> None:
    assert run("A document format", sources, tmp_path).splitlines() == [
        "heading 1 Field notes []",
        "paragraph None The map ['gemini://example.org/map']",
        "list_item 1 Bring a lamp []",
    ]


@pytest.mark.slow
def test_the_recipe_trains_a_pipeline(sources: Path, tmp_path: Path) -> None:
    pytest.importorskip("hydra")
    printed = run("A training recipe", sources, tmp_path)
    cats = re.search(r"\{'QUESTION': (\S+), 'POLITE': (\S+)\}", printed)
    assert cats, printed
    assert min(float(cats[1]), float(cats[2])) > 0.5
    assert (tmp_path / "runs" / "requests" / "model" / "MODEL_CARD.md").is_file()


@pytest.mark.slow
def test_the_annotations_are_converted(sources: Path, tmp_path: Path) -> None:
    pytest.importorskip("hydra")
    printed = run("A format of annotations", sources, tmp_path)
    assert "1 text, 2 spans (brackets)" in printed
    assert (tmp_path / "names_again.txt").read_text() == (tmp_path / "names.txt").read_text()
