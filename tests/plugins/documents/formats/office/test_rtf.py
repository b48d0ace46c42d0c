"""RTF: text in order, in its encodings, with the kinds of its passages."""

import pytest

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.office import rtf
from docsight.documents.formats.source import Source
from docsight.errors import DataError


def read(body: bytes, head: bytes = rb"{\rtf1\ansi\ansicpg1252\deff0") -> ParsedDocument:
    (document,) = rtf.read(Source(name="a.rtf", data=head + body + b"}"))
    return document


def kinds(document: ParsedDocument) -> list[tuple[str, int | None, str]]:
    return [(one.kind, one.level, document.text[one.start : one.end]) for one in document.passages]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (rb"caf\'e9 \u8364?\emdash x", "caf\xe9 \u20ac\u2014x"),
        (rb"{\fonttbl{\f0\fcharset204 A;}{\f1\fcharset128 B;}}\f0\'cc{\f1 \'82\'a0}\'cc", "\u041c\u3042\u041c"),
        (rb"\uc0\u-10179\u-8704 x", "\U0001f600x"),
        (rb"{\uc2\u8364\'80\'80}x", "\u20acx"),
        (rb"A\~b\_c\{\}\\", "A\xa0b\u2011c{}\\"),
        ("caf\xe9".encode(), "caf\xe9"),
        (b"caf\xe9", "caf\xe9"),
        (b"one\ntwo\\\nthree\\line four", "onetwo\n\nthree\nfour"),
        (rb"a{\v hidden}\v hidden\v0 b{\deleted gone}{\*\unknown x}{\pict 00ff}\bin3 }}}c", "abc"),
        (rb'{\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt link}}', "link"),
        (rb"a\par{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt box\par}}}b", "a\n\nbox\n\nb"),
    ],
)
def test_text_is_decoded_and_invisible_text_left_out(body: bytes, text: str) -> None:
    assert read(b" " + body).text == text


def test_the_code_page_of_the_document_applies() -> None:
    assert read(rb"\'cc", head=rb"{\rtf1\ansi\ansicpg1251 ").text == "\u041c"
    assert read(rb"\'8e", head=rb"{\rtf1\mac ").text == "\xe9"


def test_passages_have_their_kinds() -> None:
    body = rb"{\info{\title The\par title}{\author x}}{\header Top\par}{\headerf Top\par}{\footer Foot}"
    body += rb"\pard\outlinelevel1 Head\par"
    body += rb"\pard A{\super\chftn{\footnote\chftn Note}}b{\*\annotation Comment}\par"
    body += rb"\pard{\listtext 1.\tab}\ls1\ilvl0 one\par{\listtext a.}\ilvl1 two\par\pard end\par"
    document = read(body)
    assert document.title == "The title"
    assert kinds(document) == [
        ("header", None, "Top"),
        ("heading", 2, "Head"),
        ("paragraph", None, "Ab"),
        ("list_item", 1, "one"),
        ("list_item", 2, "two"),
        ("paragraph", None, "end"),
        ("footnote", None, "Note"),
        ("comment", None, "Comment"),
        ("footer", None, "Foot"),
    ]


def test_tables_have_their_cells() -> None:
    row = rb"\trowd\cellx1\cellx2\cellx3\pard\intbl %s\cell\cell %s\cell\row"
    document = read(b" before\\par" + row % (b"a\\par b", b"c") + row % (b"d", b"e") + b"\\pard after")
    assert document.text == "before\n\na\nb\t\tc\nd\t\te\n\nafter"
    table = document.passages[1]
    assert table.kind == "table"
    assert table.cells is not None
    assert [[document.text[a:b] for a, b in row] for row in table.cells] == [["a\nb", "", "c"], ["d", "", "e"]]


def test_other_files_fail_with_the_reason() -> None:
    with pytest.raises(DataError, match="expected RTF"):
        read(b"", head=b"text")
