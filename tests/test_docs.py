"""The documentation refers only to files that exist and to options that the commands have, and its blocks are run."""

import importlib
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from docsight.cli.arguments import make_parser

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
SOURCES = ("plugins", "training", "conf", "tests", "benchmarks", "samples", "docs")
CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PATH = re.compile(rf"(?<![\w/.-])(?:{'|'.join(SOURCES)})/[\w./-]*\w/?")
MODULE = re.compile(r"`((?:\w+/)+\w+\.py)`")
FENCE = re.compile(r"^ *```(.*)$", re.MULTILINE)
BLOCK = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)

# The module that runs the Python blocks of a page. A new page with Python blocks needs a line here, and such a module.
RUN_BY = {
    "README.md": "test_page_examples.py",
    "clients.md": "test_client_recipes.py",
    "cnn-and-rnn.md": "test_page_examples.py",
    "cnn-imagecat.md": "test_component_pages.py",
    "documents.md": "test_page_examples.py",
    "extending.md": "test_extending.py",
    "images.md": "test_page_examples.py",
    "quickstart.md": "test_component_pages.py",
    "rnn-ner.md": "test_component_pages.py",
    "rnn-speller.md": "test_component_pages.py",
    "serving.md": "test_page_examples.py",
}
GENERATED = "api.md"  # its blocks are signatures
LANGUAGES = ("", "diff", "ini", "json", "python", "sh", "text", "yaml")
ADDS_FILES = "extending.md"  # in its blocks, which test_extending.py applies and runs


class Block(NamedTuple):
    page: str
    line: int
    language: str
    code: str


def read_blocks() -> Iterator[Block]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in BLOCK.finditer(text):
            yield Block(page.name, text.count("\n", 0, found.start()) + 1, found[2], found[3])


BLOCKS = list(read_blocks())


def name_of(block: Block) -> str:
    return f"{block.page}:{block.line}"


def of_language(language: str) -> list[Block]:
    return [block for block in BLOCKS if block.language == language and block.page != GENERATED]


def commands(program: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the page and the arguments of each command of a program in the shell blocks, up to a redirection."""
    for block in of_language("sh"):
        for line in block.code.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == [program]:
                yield block.page, words[1 : words.index(">") if ">" in words else None]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_a_page_lead_to_files(page: Path) -> None:
    prose = CODE.sub("", BLOCK.sub("", page.read_text(encoding="utf-8")))
    targets = [target for target in LINK.findall(prose) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if page.name == ADDS_FILES:
        text = BLOCK.sub("", text)
    assert [path for path in PATH.findall(text) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_modules_that_a_page_names_by_the_end_of_their_path_exist(page: Path) -> None:
    modules = [f"/{path.relative_to(ROOT)}" for source in SOURCES for path in (ROOT / source).rglob("*.py")]
    named = set(MODULE.findall(page.read_text(encoding="utf-8")))
    assert [name for name in sorted(named) if not any(module.endswith(f"/{name}") for module in modules)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_block_of_a_page_ends_and_names_a_known_language(page: Path) -> None:
    blocks = [block for block in BLOCKS if block.page == page.name]
    assert 2 * len(blocks) == len(FENCE.findall(page.read_text(encoding="utf-8")))
    assert {block.language for block in blocks} <= set(LANGUAGES)


@pytest.mark.parametrize("block", of_language("python"), ids=name_of)
def test_python_blocks_compile(block: Block) -> None:
    assert compile(block.code, name_of(block), "exec")


@pytest.mark.parametrize("block", of_language("json"), ids=name_of)
def test_json_blocks_can_be_read(block: Block) -> None:
    assert json.loads(block.code)


def test_each_page_with_python_blocks_has_a_test_that_runs_them() -> None:
    assert {block.page for block in of_language("python")} == set(RUN_BY)
    for page, module in RUN_BY.items():
        assert page in (ROOT / "tests" / module).read_text(encoding="utf-8"), f"{module} does not name {page}."


@pytest.mark.parametrize("arguments", [words for _, words in commands("docsight")], ids=" ".join)
def test_commands_of_docsight_have_these_options(arguments: list[str]) -> None:
    assert make_parser().parse_args(arguments).command == arguments[0]


def test_benchmarks_have_the_options_of_their_commands() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "benchmarks").glob("*.py"))
    options = {word for _, words in commands("python") for word in words if word.startswith("--")}
    assert {"--data", "--only", "--out"} <= options
    assert [option for option in sorted(options) if f'"{option}"' not in sources] == []


@pytest.mark.slow  # composes the config of each command
@pytest.mark.parametrize("page", sorted({page for page, _ in commands("docsight-train")} - {ADDS_FILES}))
def test_commands_of_docsight_train_have_these_keys(page: str) -> None:
    pytest.importorskip("hydra")
    from docsight_training.commands.overrides import compose_config
    from docsight_training.override_checks import check_overrides

    parsers = {name: f"docsight_training.commands.{name}" for name in ("check", "convert", "review")}
    parsers["export"] = "docsight_training.commands.export_checkpoint"
    for at, arguments in commands("docsight-train"):
        words = [word.replace("ENCODER", "bilstm") for word in arguments]
        if at != page or words[0] in ("tune", "adapt-speller"):  # run by tests/training/test_docs_commands.py
            continue
        if words[0] in parsers:
            options = importlib.import_module(parsers[words[0]]).make_parser().parse_intermixed_args(words[1:])
            if "experiment=cnn_imagecat" not in words:
                assert compose_config(getattr(options, "override", []))
        else:
            check_overrides(words)
