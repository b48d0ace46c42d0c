"""Reading Markdown and plain text."""

import pytest

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.detect import find_format
from docsight.documents.formats.source import Source

MARKDOWN = """---
title: A letter
---

# Ada *Lovelace* #

She wrote
the first program.

- one
- two
  1. inner

> quoted
> words

```py
code = 1
```

| name | born |
|---|--:|
| Ada | 1815 |
| a\\|b | |
|  | x |

Below
=====
"""


def read(text: str, name: str) -> ParsedDocument:
    source = Source(name=name, data=text.encode())
    (document,) = find_format(source).read(source)
    assert isinstance(document, ParsedDocument)
    return document


def test_markdown_has_passages_with_kinds() -> None:
    pytest.importorskip("markdown_it")
    document = read(MARKDOWN, "a.md")
    assert document.text == MARKDOWN
    assert [(p.kind, p.level, document.text[p.start : p.end]) for p in document.passages if p.kind != "table"] == [
        ("paragraph", None, "---\ntitle: A letter\n---"),
        ("heading", 1, "Ada *Lovelace*"),
        ("paragraph", None, "She wrote\nthe first program."),
        ("list_item", 1, "one"),
        ("list_item", 1, "two"),
        ("list_item", 2, "inner"),
        ("quote", None, "quoted\n> words"),
        ("code", None, "code = 1"),
        ("heading", 1, "Below"),
    ]
    (table,) = (passage for passage in document.passages if passage.kind == "table")
    cells = [[document.text[start:end] for start, end in row] for row in table.cells or ()]
    assert cells == [["name", "born"], ["Ada", "1815"], ["a\\|b", ""], ["", "x"]]


@pytest.mark.parametrize(
    "text", ["", "\n", "# ", "```", "|a|\n|-|", "> ", "- ", "---", "---\n", "    code", "<p>x</p>", "|a\n|-\n|b|c"]
)
def test_markdown_reads_fragments(text: str) -> None:
    pytest.importorskip("markdown_it")
    assert all(passage.start < passage.end <= len(text) for passage in read(text, "a.md").passages)


def test_plain_text_has_paragraphs_and_no_headings() -> None:
    text = "\n# One\nline\n\n \t\n  Two\n\n\nThree\n"
    document = read(text, "a.txt")
    assert document.text == text
    assert [(p.kind, text[p.start : p.end]) for p in document.passages] == [
        ("paragraph", "# One\nline"),
        ("paragraph", "  Two"),
        ("paragraph", "Three"),
    ]


def test_plain_text_has_headings_that_are_underlined() -> None:
    text = (
        "=======\nLetters\n=======\n\nThe mill\n--------\nText\n-- \nAda\n\n"
        "Owners\n------\n\nName   City\n-----------\nAda\n"
    )
    document = read(text, "a.txt")
    assert [(p.kind, p.level, text[p.start : p.end]) for p in document.passages] == [
        ("heading", 1, "Letters"),
        ("heading", 2, "The mill"),
        ("paragraph", None, "Text\n-- \nAda"),
        ("heading", 2, "Owners"),
        ("paragraph", None, "Name   City\n-----------\nAda"),
    ]


@pytest.mark.parametrize(
    ("fields", "title", "authors", "created"),
    [
        (
            '---\ntitle: "Water: a survey"\nauthor: Ingrid Dahl\ndate: 2026-02-11\n---',
            "Water: a survey",
            1,
            "2026-02-11",
        ),
        ("---\nauthors:\n  - name: Ingrid Dahl\n    mail: x\n  - 'Tom Fox'\ntitle: >\n  Long\n---", "", 2, ""),
        ("---\nTitle: Water\nauthor: [Ingrid Dahl, Tom Fox]\ntags:\n- a\ndate: soon\n...", "Water", 2, ""),
        ('+++\ntitle = "Water"\ndate = 2026-02-11T10:00:00Z\n+++', "Water", 0, "2026-02-11T10:00:00+00:00"),
        ("---\nsubtitle: no\n---", "", 0, ""),
    ],
)
def test_markdown_states_its_title_authors_and_date(fields: str, title: str, authors: int, created: str) -> None:
    pytest.importorskip("markdown_it")
    document = read(f"{fields}\n\n# Rivers\n\nText.\n", "a.md")
    assert (document.title, document.metadata.created) == (title, created)
    assert document.metadata.authors == ("Ingrid Dahl", "Tom Fox")[:authors]
    shown = [(each.kind, document.text[each.start : each.end]) for each in document.passages]
    assert shown == [("paragraph", fields), ("heading", "Rivers"), ("paragraph", "Text.")]
