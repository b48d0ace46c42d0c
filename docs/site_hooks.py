"""Hooks of MkDocs: pages from outside docs/, and links between them.

Links in the sources lead to files of the repository, so that they also work there. On the site, a link to a file that
has a page leads to that page; a link to any other file of the repository becomes plain text. A link whose text is the
name of a file has the title of the page instead.
"""

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
MODELS = ROOT / "plugins" / "docsight" / "models"
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)#\s]+)(#[^)\s]*)?\)")
CODE = re.compile(r"(<(pre|code)\b.*?</\2>)", re.DOTALL)
PERCENTAGE = re.compile(r"(?<=\d) %")


def outside_pages() -> dict[str, str]:
    """Return where the files of the repository that are not in docs/ stand on the site."""
    cards = sorted(MODELS.glob("*/MODEL_CARD.md"))
    names = ("CHANGELOG", "CONTRIBUTING", "SECURITY")
    files = {f"{name}.md": f"project/{name.lower()}.md" for name in names if (ROOT / f"{name}.md").is_file()}
    files |= {card.relative_to(ROOT).as_posix(): f"project/models/{card.parent.name}.md" for card in cards}
    return files | {"benchmarks/data/README.md": "project/benchmark-data.md"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for source, page in outside_pages().items():
        files.append(File.generated(config, page, content=(ROOT / source).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    pages = outside_pages()
    sources = {site: source for source, site in pages.items()}
    at = page.file.src_uri
    titles = titles_of(config.nav or [])
    return rewrite_links(markdown, source=sources.get(at, f"docs/{at}"), page=at, pages=pages, titles=titles)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    return join_percentages(html)


def titles_of(nav: list[Any]) -> dict[str, str]:
    """Return the titles of the pages in the navigation by their paths on the site."""
    titles: dict[str, str] = {}
    for entry in nav:
        for title, target in entry.items():
            titles |= titles_of(target) if isinstance(target, list) else {target: title}
    return titles


def join_percentages(html: str) -> str:
    """Keep each number and its percent sign on one line, except in code, which is copied."""
    parts = CODE.split(html)
    return "".join(
        PERCENTAGE.sub("&nbsp;%", part) if number % 3 == 0 else part
        for number, part in enumerate(parts)
        if number % 3 != 2  # the name of the element, which the expression captures, too
    )


def rewrite_links(
    markdown: str, *, source: str, page: str, pages: Mapping[str, str], titles: Mapping[str, str] | None = None
) -> str:
    """Rewrite the links of a file in the repository for its page on the site.

    Args:
        markdown: The content of the file.
        source: Its path in the repository.
        page: Its path on the site.
        pages: The paths on the site of the files outside docs/, by their paths in the repository.
        titles: The titles of pages by their paths on the site.
    """

    def rewrite(match: re.Match[str]) -> str:
        text, target, anchor = match[1], match[2], match[3] or ""
        if "://" in target or target.startswith("mailto:"):
            return match[0]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        site = file.removeprefix("docs/") if file.startswith("docs/") else pages.get(file)
        if site is None:
            return text
        if posixpath.basename(text) == posixpath.basename(file):
            text = (titles or {}).get(site, text)
        return f"[{text}]({posixpath.relpath(site, posixpath.dirname(page) or '.')}{anchor})"

    return LINK.sub(rewrite, markdown)
