"""The documentation site: its links, and the pages that it takes from outside docs/."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PAGES = {
    "CHANGELOG.md": "project/changelog.md",
    "plugins/docsight/models/digits/MODEL_CARD.md": "project/models/digits.md",
}


@pytest.fixture(scope="module")
def hooks() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "docs" / "site_hooks.py"))


@pytest.mark.parametrize(
    ("source", "page", "link", "expected"),
    [
        ("docs/ner.md", "ner.md", "[a](spelling.md#results)", "[a](spelling.md#results)"),
        ("docs/ner.md", "ner.md", "[a](images/curve.svg)", "[a](images/curve.svg)"),
        ("docs/ner.md", "ner.md", "![a](images/curve.svg)", "![a](images/curve.svg)"),
        ("docs/ner.md", "ner.md", "[a](../CHANGELOG.md)", "[a](project/changelog.md)"),
        ("docs/ner.md", "ner.md", "[a](../plugins/docsight/bundle.py)", "a"),
        ("docs/ner.md", "ner.md", "[a](https://spacy.io)", "[a](https://spacy.io)"),
        ("CHANGELOG.md", "project/changelog.md", "[a](docs/ner.md)", "[a](../ner.md)"),
        ("plugins/docsight/models/digits/MODEL_CARD.md", "project/models/digits.md", "[a](LICENSE)", "a"),
    ],
)
def test_links_lead_to_pages_of_the_site(
    hooks: dict[str, Any], source: str, page: str, link: str, expected: str
) -> None:
    assert hooks["rewrite_links"](f"See {link}.", source=source, page=page, pages=PAGES) == f"See {expected}."


def test_a_link_that_names_a_file_has_the_title_of_its_page(hooks: dict[str, Any]) -> None:
    titles = hooks["titles_of"]([{"Home": "index.md"}, {"Results": [{"Entities": "ner.md"}]}])
    assert titles == {"index.md": "Home", "ner.md": "Entities"}
    text = "[ner.md](ner.md#limits), [docs/ner.md](ner.md), [figures](ner.md), [other.md](other.md)"
    rewritten = hooks["rewrite_links"](text, source="docs/index.md", page="index.md", pages=PAGES, titles=titles)
    assert rewritten == "[Entities](ner.md#limits), [Entities](ner.md), [figures](ner.md), [other.md](other.md)"


def test_percentages_are_not_divided_except_in_code(hooks: dict[str, Any]) -> None:
    html = "<p>1.5 % and <code>5 % 2</code> or 2 %</p><pre><span>7 % 3</span></pre>"
    expected = "<p>1.5&nbsp;% and <code>5 % 2</code> or 2&nbsp;%</p><pre><span>7 % 3</span></pre>"
    assert hooks["join_percentages"](html) == expected


@pytest.mark.slow  # builds the site
def test_the_site_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    pytest.importorskip("material")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=300, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > 20
    loaded = [re.findall(r'<(?:script|img|iframe)[^>]* src="(https?:)?//', page.read_text("utf-8")) for page in pages]
    styles = [re.findall(r'<link[^>]* rel="stylesheet"[^>]* href="https?:', page.read_text("utf-8")) for page in pages]
    assert [found for found in [*loaded, *styles] if found] == []
    worker = tmp_path / "javascripts" / "iframe-worker.js"  # without it, the search from file:// has no worker
    assert "window.Worker" in worker.read_text("utf-8")
    assert 'src="javascripts/iframe-worker.js"' in (tmp_path / "index.html").read_text("utf-8")


def test_each_model_card_has_a_page(hooks: dict[str, Any]) -> None:
    cards = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("plugins/docsight/models/*/MODEL_CARD.md")}
    assert cards
    assert cards <= hooks["outside_pages"]().keys()
