"""The pages of the components, and the quick start: their blocks run, and their tables list each option."""

import json
import re
import shutil
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

ROOT = Path(__file__).parents[1]
PAGES = {"rnn_ner": "rnn-ner.md", "rnn_speller": "rnn-speller.md", "cnn_imagecat": "cnn-imagecat.md"}
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
OPTION = re.compile(r"^\| `(\w+)` \| (?:`([^`]*)`)?", re.MULTILINE)


def read_page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize("page", [*PAGES.values(), "quickstart.md"])
def test_blocks_of_a_page_run(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = BLOCK.findall(read_page(page))
    assert blocks
    for block in blocks:
        exec(compile(block, page, "exec"), {"__name__": "block"})
    printed = capsys.readouterr().out
    expected = {
        "rnn-ner.md": "Roosevelt Street   LOC",
        "rnn-speller.md": "I have a lot of friends, and their house is bigger than mine.",
        "cnn-imagecat.md": "chart",
        "quickstart.md": "until 1945",
    }
    assert expected[page] in printed


@pytest.mark.parametrize(("factory", "page"), PAGES.items())
def test_page_lists_each_option_with_its_default(factory: str, page: str) -> None:
    section = re.split(r"\n## ", read_page(page).split("\n## Options\n")[1])[0]
    listed = dict(OPTION.findall(section))
    spacy.blank("en").add_pipe(factory)  # registers it
    defaults = Language.get_factory_meta(factory).default_config
    assert listed.keys() == defaults.keys()
    shown = {name: json.dumps(value) for name, value in defaults.items() if name != "scorer"}
    assert {name: listed[name] for name in shown} == shown
