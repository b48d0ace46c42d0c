"""Org as its finished document shows it."""

import sys
from pathlib import Path

import pytest

from docsight.documents.formats.markup.org import read

sys.path.append(str(Path(__file__).parent))
from markup_samples import MarkupSample

SAMPLE = MarkupSample(read, "a.org")
parse, passages, links = SAMPLE.parse, SAMPLE.passages, SAMPLE.links

DOCUMENT = r"""
#+TITLE: Garden notes
#+AUTHOR: Rosa Lindt
#+DATE: <2024-05-01 Wed>
#+OPTIONS: toc:nil num:t
# -*- mode: org -*-

Intro paragraph with *bold* and /italics/ and =code=, and
a second line. See [[https://example.org][the site]] and [[file:a.png]].

* TODO [#A] Planting :spring:garden:
SCHEDULED: <2024-05-03 Fri>
:PROPERTIES:
:CUSTOM_ID: plant
:END:
- tomatoes
  that are red
  - small
  - large

    with more
- [X] beans :: green ones
1. first
2. second
** Costs
#+CAPTION: What it cost
| Item  | Price |
|-------+-------|
| Seeds |  4.20 |
|       |  1.00 |
#+TBLFM: $2=vsum(@2..@3)
#+BEGIN_SRC python
def f():
    return 1
#+END_SRC
#+begin_quote
A garden is a friend.

You can visit it.
#+end_quote
: fixed
: width
Text[fn:1] and more[fn:: an inline note].
# a comment

[fn:1] The first note.
"""


def test_org_document_has_its_structure() -> None:
    assert passages(DOCUMENT) == [
        ("heading 1", "Garden notes"),
        ("paragraph", "Rosa Lindt"),
        ("paragraph", "2024-05-01 Wed"),
        ("paragraph", "Intro paragraph with bold and italics and code, and a second line. See the site and ."),
        ("heading 1", "Planting"),
        ("list_item 1", "tomatoes that are red"),
        ("list_item 2", "small"),
        ("list_item 2", "large\n\nwith more"),
        ("list_item 1", "beans\ngreen ones"),
        ("list_item 1", "1. first"),
        ("list_item 1", "2. second"),
        ("heading 2", "Costs"),
        ("caption", "What it cost"),
        ("table", [["Item", "Price"], ["Seeds", "4.20"], ["", "1.00"]]),
        ("code", "def f():\n    return 1"),
        ("quote", "A garden is a friend."),
        ("quote", "You can visit it."),
        ("code", "fixed\nwidth"),
        ("paragraph", "Text[1] and more[2]."),
        ("footnote", "[1] The first note."),
        ("footnote", "[2] an inline note"),
    ]


def test_org_document_states_its_title_authors_and_date() -> None:
    document = parse(DOCUMENT)
    assert document.title == "Garden notes"
    assert (document.metadata.authors, document.metadata.created) == (("Rosa Lindt",), "2024-05-01")


def test_org_links_have_their_targets() -> None:
    assert links(DOCUMENT) == [("the site", "https://example.org")]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a *b* /c/ =d= ~e~ +f+ _g_ *h*", "a b c d e f g h"),
        ("2*3*4 and a/b/c", "2*3*4 and a/b/c"),
        ("[[https://b.org]] end", "https://b.org end"),
        ("[[#id][label]]", "label"),
        ("# gone\ntext", "text"),
        ("- [X] done", "done"),
        ("* TODO [#A] Title :tag:", "Title"),
        ("* DONE Buy seeds", "Buy seeds"),
        ("* [#B] Buy seeds :a:b_c:@home:", "Buy seeds"),
        ("#+TODO: IDEA(i) REVIEW | SHELVED(s@/!)\n* IDEA Grow figs\n* SHELVED Bees", "Grow figs\n\nBees"),
        ("* TODO", "TODO"),
        ("* Todo lists", "Todo lists"),
        ("* Time 10:30:", "Time 10:30:"),
        ("* COMMENT Draft\nhidden\n** below\nhidden\n* Plan\ntext", "Plan\n\ntext"),
        ("* Plan\n** Draft :noexport:\nhidden\n** Seeds\ntext", "Plan\n\nSeeds\n\ntext"),
        ("#+BEGIN_SRC c\nx\n#+END_SRC", "x"),
        ("#+begin_src\nno end", "no end"),
        (":DRAWER:\nhidden\n:END:\ntext", "text"),
        ("CLOCK: [2024-01-01]\ntext", "text"),
        ("\\euro{}5 \\AA \\unknown", "€5 Å \\unknown"),
    ],
)
def test_org_shows_text_without_marks(written: str, shown: str) -> None:
    assert parse(written).text == shown
