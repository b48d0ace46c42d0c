"""The Python blocks of README.md and of the pages about documents, images and networks run as printed."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language

import docsight

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def nlp(tiny_model: Path) -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_ner", config={"model": str(tiny_model)})
    return nlp


def run(page: str, number: int, **given: Any) -> dict[str, Any]:
    """Run a Python block of a page, with names that the page takes as given; return its names."""
    blocks = BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "block", **given}
    exec(compile(blocks[number], f"{page}, block {number + 1}", "exec"), names)
    return names


def count_blocks(page: str) -> int:
    return len(BLOCK.findall((ROOT / page).read_text(encoding="utf-8")))


def test_readme_finds_names(capsys: pytest.CaptureFixture[str]) -> None:
    run("README.md", 0)
    printed = capsys.readouterr().out.splitlines()
    assert [line.rsplit(maxsplit=1)[0].split("  ")[0] for line in printed[:3]] == [
        "Roosevelt",
        "American",
        "Roosevelt Street",
    ]
    assert "[('Ada Lovelace', 'PER'), ('London', 'LOC')]" in printed
    assert printed[-1] == "['rnn_ner']"


def test_readme_corrects_misspellings(capsys: pytest.CaptureFixture[str]) -> None:
    run("README.md", 1)
    printed = capsys.readouterr().out
    assert printed.startswith("I have a lot of friends, and their house is bigger than mine.\n")
    assert re.search(r"^k network \[", printed, re.MULTILINE)


def test_readme_classifies_images(capsys: pytest.CaptureFixture[str]) -> None:
    run("README.md", 2)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["fig1", "cnn_imagecat", "chart"] in [line[:3] for line in lines]
    assert ["fig2", "digit"] in [line[:2] for line in lines]


def test_documents_page_lists_headings(capsys: pytest.CaptureFixture[str]) -> None:
    run("docs/documents.md", 0)
    assert capsys.readouterr().out.startswith("1 ")


def test_documents_page_reads_the_docs_of_a_run(nlp: Language, capsys: pytest.CaptureFixture[str]) -> None:
    docsight.process("samples/biography_engineer.txt", nlp, "results", formats=("spacy",))
    run("docs/documents.md", 1)
    assert capsys.readouterr().out.startswith("biography_engineer.txt [(")


def test_images_page_inspects_a_model() -> None:
    names = run("docs/images.md", 0)
    assert names["before"].shape == names["after"].shape == (24, 1, 3, 3)
    assert names["maps"]["block1"].shape == (24, 28, 28)
    assert names["cam"].shape == (28, 28)


def test_page_on_networks_types_a_word() -> None:
    assert run("docs/cnn-and-rnn.md", 0)["keystrokes"]


@pytest.mark.parametrize(
    ("page", "count"), [("README.md", 3), ("docs/documents.md", 2), ("docs/images.md", 1), ("docs/cnn-and-rnn.md", 1)]
)
def test_no_block_of_a_page_is_left_out(page: str, count: int) -> None:
    assert count_blocks(page) == count


def test_serving_page_loads_a_warm_pipeline() -> None:
    assert count_blocks("docs/serving.md") == 1
    nlp = run("docs/serving.md", 0)["nlp"]
    assert nlp.pipe_names == ["rnn_speller", "rnn_ner"]
    assert all(nlp.get_pipe(name)._bundle is not None for name in nlp.pipe_names)
