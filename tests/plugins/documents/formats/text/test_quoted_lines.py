"""Quoted lines of mails in text, Markdown and HTML, and the lines that introduce them."""

import importlib

import pytest

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.source import Source

MAIL = """Hi Tom,
see below.
{introduction}
{gap}> Can you come?
> Soon?
{gap}Yes."""
INTRODUCTIONS = [
    "On Tue, 5 Mar 2024 at 10:12, Rosa Lindt <rosa@example.org> wrote:",
    "On Tue, Mar 5, 2024 at 10:12 AM Rosa Lindt via the list of the garden\n<rosa@example.org> wrote:",
    "Am 05.03.2024 um 08:15 schrieb Rosa Lindt:",
    "Le mar. 5 mars 2024 à 10:12, Rosa Lindt <rosa@example.org>\na écrit :",
    "El 5 de marzo de 2024, Rosa Lindt escribió:",
    "Rosa Lindt <rosa@example.org> schrieb am Di., 5. März 2024, 10:12:",
    "2024年3月5日(火) 10:12 Rosa Lindt <rosa@example.org>:",
]


def passages(text: str, suffix: str) -> list[tuple[str, str]]:
    module = {".txt": "plain", ".md": "markdown", ".html": "html"}[suffix]
    reader = importlib.import_module(f"docsight.documents.formats.text.{module}")
    (document,) = reader.read(Source(name=f"a{suffix}", data=text.encode()))
    assert isinstance(document, ParsedDocument)
    return [(each.kind, document.text[each.start : each.end]) for each in document.passages]


@pytest.mark.parametrize("gap", ["", "\n"])
@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_introduction_belongs_to_the_quote_in_text(introduction: str, gap: str) -> None:
    text = MAIL.format(introduction=introduction, gap=gap)
    found = passages(text, ".txt")
    quoted = "\n".join(text for kind, text in found if kind == "quote")
    assert quoted == f"{introduction}\n> Can you come?\n> Soon?"
    assert ("paragraph", "Hi Tom,\nsee below.") in found
    assert found[-1] == ("paragraph", "Yes.")


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_introduction_belongs_to_the_quote_in_markdown(introduction: str) -> None:
    pytest.importorskip("markdown_it")
    found = passages(MAIL.format(introduction=introduction, gap="\n"), ".md")
    assert [kind for kind, _ in found] == ["paragraph", "quote", "quote", "paragraph"]
    assert found[1] == ("quote", introduction)


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_introduction_belongs_to_the_quote_in_html(introduction: str) -> None:
    pytest.importorskip("selectolax")
    written = introduction.replace("<", "&lt;").replace("\n", "<br>")
    page = f"<p>Hi.</p><p>See below.<br>{written}</p><blockquote>Can you come?</blockquote><p>Yes.</p>"
    assert passages(page, ".html") == [
        ("paragraph", "Hi."),
        ("paragraph", "See below."),
        ("quote", introduction),
        ("quote", "Can you come?"),
        ("paragraph", "Yes."),
    ]


def test_a_mail_in_preformatted_text_has_paragraphs_and_quotes() -> None:
    pytest.importorskip("selectolax")
    written = MAIL.format(introduction=INTRODUCTIONS[0], gap="\n").replace("<", "&lt;").replace(">", "&gt;")
    kinds = [kind for kind, _ in passages(f"<h1>Re</h1><pre>{written}</pre>", ".html")]
    assert kinds == ["heading", "paragraph", "quote", "quote", "paragraph"]
    assert passages("<pre>$ cat &lt;&lt;E\n&gt; a b\n&gt; c</pre>", ".html") == [("code", "$ cat <<E\n> a b\n> c")]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("He wrote:\n\n> To be.", ["paragraph", "quote"]),
        ("In 1897 he wrote:\n\n> To be.", ["paragraph", "quote"]),
        ("Type this:\n> ls\nfile", ["paragraph"]),
        (">>> 1 + 1\n2", ["code"]),
        ("a > b\nc", ["paragraph"]),
        ("> x <- mean(y)\n> summary(x)", ["paragraph"]),
        ("> ls", ["paragraph"]),
    ],
)
def test_other_lines_stay(text: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in passages(text, ".txt")] == kinds
