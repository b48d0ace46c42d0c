"""The documentation site: its links, and the pages that it takes from outside docs/."""

import runpy
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


def test_each_model_card_has_a_page(hooks: dict[str, Any]) -> None:
    cards = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("plugins/docsight/models/*/MODEL_CARD.md")}
    assert cards
    assert cards <= hooks["outside_pages"]().keys()
