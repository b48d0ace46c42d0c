"""The files of the playground: plain modules beside the page, which a strict Content-Security-Policy lets run."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import docsight

PLAYGROUND = Path(docsight.__file__).parent / "serve" / "playground"
SCRIPTS = sorted(PLAYGROUND.glob("*.js"))
STYLES = sorted(PLAYGROUND.glob("*.css"))


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[str] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag

    def handle_data(self, data: str) -> None:
        if self._open in ("script", "style") and data.strip():
            self.inline.append(data)


@pytest.fixture(scope="module")
def page() -> _Page:
    parsed = _Page()
    parsed.feed((PLAYGROUND / "index.html").read_text(encoding="utf-8"))
    return parsed


def test_page_has_no_inline_script_style_or_handler(page: _Page) -> None:
    assert page.inline == []
    attributes = [name for _, attributes in page.elements for name in attributes]
    assert [name for name in attributes if name == "style" or name.startswith("on")] == []


def test_page_loads_only_files_beside_it(page: _Page) -> None:
    loaded = [
        str(attributes[key])
        for tag, attributes in page.elements
        for key in ("src", "href")
        if key in attributes and tag in ("script", "link", "img", "iframe")
    ]
    assert len(loaded) > 5
    assert [name for name in loaded if not (PLAYGROUND / name).is_file()] == []


@pytest.mark.parametrize("path", [*SCRIPTS, *STYLES, PLAYGROUND / "index.html"], ids=lambda path: path.name)
def test_no_file_names_another_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"https?://\S+|[\"'(]//\w", text) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_modules_import_files_beside_them(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    imported = re.findall(r"""^import .*? from "([^"]+)";$""", text, re.MULTILINE)
    assert text.count("\nimport ") + text.startswith("import ") == len(imported)
    assert [name for name in imported if not (name.startswith("./") and (PLAYGROUND / name).is_file())] == []
    assert not re.search(r"\beval\(|new Function\(|\.outerHTML|document\.write", text)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_modules_use_only_ids_of_the_page(path: Path, page: _Page) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    used = re.findall(r"""(?:part|getElementById)\("([\w-]+)"\)""", path.read_text(encoding="utf-8"))
    assert set(used) <= set(ids)


def test_every_control_of_the_page_has_a_name(page: _Page) -> None:
    labelled = {"input", "textarea", "select"}
    unnamed = []
    text = (PLAYGROUND / "index.html").read_text(encoding="utf-8")
    labels = "".join(re.findall(r"<label.*?</label>", text, re.DOTALL))
    for tag, attributes in page.elements:
        needs_label = tag in labelled and "hidden" not in attributes and "aria-label" not in attributes
        if needs_label and f'id="{attributes["id"]}"' not in labels:
            unnamed.append(attributes["id"])
    assert unnamed == []
