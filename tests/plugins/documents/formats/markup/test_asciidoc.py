"""AsciiDoc as its finished document shows it."""

import sys
from pathlib import Path

import pytest

from docsight.documents.formats.markup.asciidoc import read

sys.path.append(str(Path(__file__).parent))
from markup_samples import MarkupSample

SAMPLE = MarkupSample(read, "a.adoc")
parse, passages, links = SAMPLE.parse, SAMPLE.passages, SAMPLE.links

DOCUMENT = r"""
= Garden guide: the basics
Rosa Lindt <rosa@example.org>
v1.2, 2024-05-01
:toc: left
:product: SpadePro
// a comment

Intro with *bold*, _italic_, `code` and {product}. See https://example.org[the site], <<costs,the costs>>
and more.footnote:[A small note.]

New line here +
kept break.

== Planting

* tomatoes
that are red
** small
** large
+
A continued paragraph.
* [x] beans

. first
.. inner
. second

term one:: A definition.
term two::
  Another one.

NOTE: Be careful.

[WARNING]
====
Do not dig here.

Ever.
====

.An example
[source,python]
----
def f():
    return 1 # <1>
----
<1> the value

[quote, William Shakespeare, Hamlet]
____
To be or not to be.
____

[[costs]]
.Costs
[cols="1,2",options="header"]
|===
|Item |Price

|Seeds
|4.20

|
|1.00
2+|Total is merged
|===

image::a.png[A red tomato]

////
hidden comment
block
////

----
literal
----

 indented literal

Old style
---------

Text under old style heading. "`Quoted`" mail rosa@example.org.
"""


def test_asciidoc_document_has_its_structure() -> None:
    assert passages(DOCUMENT) == [
        ("heading 1", "Garden guide: the basics"),
        ("paragraph", "Rosa Lindt <rosa@example.org>"),
        ("paragraph", "v1.2, 2024-05-01"),
        ("paragraph", "Intro with bold, italic, code and SpadePro. See the site, the costs and more.[1]"),
        ("paragraph", "New line here\nkept break."),
        ("heading 2", "Planting"),
        ("list_item 1", "tomatoes that are red"),
        ("list_item 2", "small"),
        ("list_item 2", "large\n\nA continued paragraph."),
        ("list_item 1", "beans"),
        ("list_item 2", "1. first"),
        ("list_item 3", "a. inner"),
        ("list_item 2", "2. second"),
        ("list_item 3", "term one\nA definition."),
        ("list_item 3", "term two\nAnother one."),
        ("paragraph", "NOTE: Be careful."),
        ("paragraph", "Warning: Do not dig here."),
        ("paragraph", "Ever."),
        ("caption", "An example"),
        ("code", "def f():\n    return 1 # <1>"),
        ("list_item 1", "<1> the value"),
        ("quote", "To be or not to be."),
        ("quote", "— William Shakespeare, Hamlet"),
        ("caption", "Costs"),
        ("table", [["Item", "Price"], ["Seeds", "4.20"], ["", "1.00"], ["Total is merged", ""]]),
        ("paragraph", "A red tomato"),
        ("code", "literal"),
        ("code", "indented literal"),
        ("heading 2", "Old style"),
        ("paragraph", "Text under old style heading. “Quoted” mail rosa@example.org."),
        ("footnote", "[1] A small note."),
    ]


def test_asciidoc_document_states_its_title_authors_and_date() -> None:
    document = parse(DOCUMENT)
    assert document.title == "Garden guide: the basics"
    assert (document.metadata.authors, document.metadata.created) == (("Rosa Lindt",), "2024-05-01")


def test_asciidoc_links_have_their_targets() -> None:
    assert links(DOCUMENT) == [("the site", "https://example.org")]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a *b* _c_ `d` +e+ **f**g", "a b c d e fg"),
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
        ("link:a.html[label] xref:b[other]", "label other"),
        ("mailto:a@b.org[Ada]", "Ada"),
        ("{undefined} stays", "{undefined} stays"),
        (":v: Ada\n\n{v} wrote", "Ada wrote"),
        ("a<<b,c>>d", "acd"),
        ("image:x.png[A cat] here", "A cat here"),
        ("kbd:[Ctrl]", "Ctrl"),
        ("\\*not bold*", "*not bold*"),
        ("// gone\ntext", "text"),
        ("[NOTE]\nMind it.", "Note: Mind it."),
        ("term::\n\ndefinition", "term\ndefinition"),
        ("https://example.org/a_b_c.", "https://example.org/a_b_c."),
        ("((term)) and (((hidden)))a", "term and a"),
        ("* a\n\n[horizontal]\nb:: c", "a\n\nb\nc"),
        ("* a\n\n//-\n\n. b", "a\n\n1. b"),
        ("call +49 341 and C++ or +x+", "call +49 341 and C++ or x"),
        ("[verse]\n____\na\nb\n____", "a\nb"),
        ("- [[[lee]]] Ann Lee", "[lee] Ann Lee"),
    ],
)
def test_asciidoc_shows_text_without_marks(written: str, shown: str) -> None:
    assert parse(written).text == shown


@pytest.mark.parametrize(
    "written", ["|===\nno cells\n|===\ntext", "[cols=2*]\n|===\n|===\ntext", "|===\n9999999*|a\n|===\ntext"]
)
def test_asciidoc_reads_past_a_table_without_cells(written: str) -> None:
    assert parse(written).text.endswith("text")
