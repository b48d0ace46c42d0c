"""RTF: text in order, in its encodings, with the kinds of its passages."""

import time

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
        (rb"{\fonttbl{\f0\cpg1251 A;}}\f0\'cc", "\u041c"),
        (rb"\uc0\u-10179\u-8704 x", "\U0001f600x"),
        (rb"{\uc2\u8364\'80\'80}x", "\u20acx"),
        (rb"A\~b\_c\{\}\\", "A\xa0b\u2011c{}\\"),
        ("caf\xe9".encode(), "caf\xe9"),
        (b"caf\xe9", "caf\xe9"),
        (b"one\ntwo\\\nthree\\line four", "onetwo\n\nthree\nfour"),
        (rb"a{\v hidden}\v hidden\v0 b{\deleted gone}{\*\unknown x}{\pict 00ff}\bin3 }}}c", "abc"),
        (rb'{\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt link}}', "link"),
        (rb'{\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt \*\cs12\cf2 {\*\bkmkstart x}link}}', "link"),
        (rb"a{\field{\*\fldinst EQ \\* jc2 \\o\\ad(\\s\\up 10(\u12363 ?),\u20195 ?)}{\fldrslt }}b", "a\u4ee3b"),
        (rb'{\field{\*\fldinst SYMBOL 61 \\f "Symbol" \\s 12}{\fldrslt\f3\fs24}} x', "= x"),
        (rb'{\field{\*\fldinst SYMBOL 61664 \\f "Wingdings"}{\fldrslt}}{\field{\*\fldinst SYMBOL 233}}', "\u2192\xe9"),
        (rb"a\par{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt box\par}}}b", "a\n\nbox\n\nb"),
        (rb"a\par{\*\do\dobxpage\dptxbx{\dptxbxtext\ltrpar box\par}\dpx9}b", "a\n\nbox\n\nb"),
        (rb"{\shp{\*\shpinst{\shptxt box\par}}{\shprslt{\*\do\dptxbx{\dptxbxtext box\par}}}}b", "box\n\nb"),
    ],
)
def test_text_is_decoded_and_invisible_text_left_out(body: bytes, text: str) -> None:
    assert read(b" " + body).text == text


def test_the_code_page_of_the_document_applies() -> None:
    assert read(rb"\'cc", head=rb"{\rtf1\ansi\ansicpg1251 ").text == "\u041c"
    assert read(rb"\'8e", head=rb"{\rtf1\mac ").text == "\xe9"


@pytest.mark.parametrize(
    ("marker", "text"),
    [
        (rb"\'a4\'40\'a1\'42", "\u4e00\u3001 A"),  # a numeral and its comma, of two bytes each
        (rb"\'b3\'fc.", "\u58f9. A"),
        (rb"\'a4\'54", "\u4e09 A"),
        (rb"\u1072 ?)", "\u0430) A"),
        (rb"\u9312 ?", "\u2460 A"),
        (rb"\'a4\'a4", "A"),  # a word
        (rb"\uc2\u19968\'a4\'40.", "\u4e00. A"),
        (rb"\u8226 ?", "A"),
        (b"o", "A"),
    ],
)
def test_numbers_of_items_are_read_in_all_scripts(marker: bytes, text: str) -> None:
    body = rb"\pard\ls1{\listtext " + marker + rb"\tab}A\par"
    assert read(body, head=rb"{\rtf1\ansi\ansicpg950 ").text == text


@pytest.mark.parametrize("group", [rb"{\listtext\pard\plain 1.\tab}", rb"{\pntext\pard 1.\tab}"])
def test_markers_of_items_may_stand_before_the_properties_of_their_paragraphs(group: bytes) -> None:
    body = group + rb"\pard\plain\fi-360 one\par" + group + rb"\pard\par\pard two\par"
    assert kinds(read(body)) == [("list_item", 1, "1. one"), ("paragraph", None, "two")]


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (rb"{\mf{\mfPr{\mctrlPr\f0 }}{\mnum{\mr\mscr0 a}}{\mden{\mr b}}}", "a/b"),
        (rb"{\mrad{\mradPr}{\mdeg}{\me{\mr\u8721 ?}}}{\mr =}", "\u221a\u2211="),
        (rb"{\mnary{\mnaryPr{\mchr \u8721 ?}}{\msub{\mr i}}{\msup}{\me{\mr x}}}", "\u2211ix"),
        (rb"{\mnary{\mnaryPr}{\msub}{\msup}{\me{\mr y}}}", "\u222by"),
        (rb"{\md{\mdPr}{\me{\msSup{\me{\mr x}}{\msup{\mr 2}}}}{\me{\mr b}}}", "(x2|b)"),
        (rb"{\md{\mdPr{\mbegChr [}{\msepChr ,}{\mendChr }}{\me{\mr a}}{\me{\mr b}}}", "[a,b"),
        (rb"{\md{\mdPr}{\me{\md{\mdPr{\mbegChr \{}{\mendChr \}}}{\me{\mr a}}}{\mr +}}}", "({a}+)"),
    ],
)
def test_formulas_are_read_with_the_signs_that_are_drawn(formula: bytes, text: str) -> None:
    body = rb"A {\mmath{\*\moMathPara{\*\moMath" + formula + rb"}}{\mmathPict{\pict 00}}} B"
    document = read(body)
    assert (document.text, document.notes) == (f"A {text} B", ())


def test_passages_have_their_kinds() -> None:
    body = rb"{\info{\title The\par title}{\author x}}{\header Top\par}{\headerf Top\par}{\footer Foot}"
    body += rb"\pard\outlinelevel1 Head\par"
    body += rb"\pard A{\super\chftn{\footnote\chftn Note}}b{\*\annotation Comment}\par"
    body += rb"\pard{\listtext 1.\tab}\ls1\ilvl0 one\par{\listtext a.}\ilvl1 two\par\pard end\par"
    document = read(body)
    assert document.title == "The title"
    assert document.metadata.authors == ("x",)
    assert kinds(document) == [
        ("header", None, "Top"),
        ("heading", 2, "Head"),
        ("paragraph", None, "Ab"),
        ("list_item", 1, "1. one"),
        ("list_item", 2, "a. two"),
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


def test_styles_make_headings_and_quotes() -> None:
    body = (
        rb"{\stylesheet{\s0 Normal;}{\s1\b heading 2;}{\s2\outlinelevel2 Titre 3;}{\s3 Intense Quote;}{\*\cs4 Code;}}"
    )
    body += rb"\pard\s1 A\par\pard\s2{\listtext 1.1\tab}\ls1 B\par\pard\s3 C\par\pard\s0 D"
    assert kinds(read(body)) == [
        ("heading", 2, "A"),
        ("heading", 3, "1.1 B"),
        ("quote", None, "C"),
        ("paragraph", None, "D"),
    ]


@pytest.mark.parametrize(
    ("marker", "shown"),
    [(rb"1.", "1. x"), (rb"(iv)", "(iv) x"), (rb"2.3.1", "2.3.1 x"), (rb"b)", "b) x"), (rb"o", "x"), (rb"\'b7", "x")],
)
def test_numbers_of_items_are_written_and_bullets_left_out(marker: bytes, shown: str) -> None:
    for group in (b"listtext", b"pntext"):
        assert read(rb"\pard{\%s\pard\plain %s\tab}x" % (group, marker)).text == shown


def test_a_letter_in_the_style_of_code_is_prose() -> None:
    styles = rb"{\stylesheet{\s0 Normal;}{\s1 Preformatted Text;}}"
    lines = b"Dear Sir,\\par the two trees that I bought in May were dead when they arrived.\\par tree.fell(now)\\par"
    found = [kind for kind, _, _ in kinds(read(styles + rb"\s1 " + lines))]
    assert found == ["paragraph", "paragraph", "code"]


def test_signs_of_symbol_fonts_are_decoded() -> None:
    fonts = rb"{\fonttbl{\f0 A;}{\f1\fcharset2 Symbol;}{\f2\fcharset2 Wingdings;}}"
    assert read(fonts + rb" a{\f1 b\'b3}{\f2\u-3844?\'fc}{\f1\u-3999 ?}").text == "a\u03b2\u2265\u2713\u2713\u03b1"
    assert read(fonts + rb"\pard{\pntext\f2 n\tab}x").text == "x"


def test_merged_cells_keep_the_places_of_others() -> None:
    row = rb"\trowd\cellx100\cellx200\cellx300\intbl a\cell\cell c\cell\row"
    merged = rb"\trowd\cellx200\cellx300\intbl total\cell 5\cell\row"
    assert read(row + merged + rb"\pard x").text == "a\t\tc\ntotal\t\t5\n\nx"


def test_merged_cells_of_a_first_row_keep_the_places_of_those_below() -> None:
    title = rb"\trowd\cellx300\intbl title\cell\row\trowd\cellx100\cellx300\intbl a\cell b\par c\cell\row"
    row = rb"\trowd\cellx105\cellx200\cellx300\intbl 1\cell 2\cell 3\cell\row"
    other = rb"\pard x\par\trowd\cellx50\cellx150\intbl y\cell z\cell\row\pard"
    document = read(title + row + other)
    tables = [one.cells for one in document.passages if one.cells]
    shown = [[[document.text[a:b] for a, b in row] for row in table] for table in tables]
    assert shown == [[["title", "", ""], ["a", "b\nc", ""], ["1", "2", "3"]], [["y", "z"]]]


LISTS = rb"""{\*\listtable{\list{\listlevel\levelnfc0\levelstartat1{\leveltext\'02\'00.;}{\levelnumbers\'01;}}
{\listlevel\levelnfc4\levelstartat1{\leveltext\'04\'00.\'01);}{\levelnumbers\'01\'03;}}\listid10}
{\list{\listlevel\levelnfc23{\leveltext\'01\u8226 ?;}{\levelnumbers;}}\listid20}}
{\*\listoverridetable{\listoverride\listid10\listoverridecount0\ls1}{\listoverride\listid20\ls2}
{\listoverride\listid10\listoverridecount1{\lfolevel\listoverridestartat\levelstartat7}\ls3}}"""


def test_lists_are_numbered_where_the_file_does_not_write_the_numbers() -> None:
    body = rb"\pard\ls1\ilvl0 one\par two\par\pard\ls1\ilvl1 in\par in\par\pard\ls1 three\par\pard\ls2 dot\par"
    document = read(LISTS + body + rb"\pard text\par\pard\ls3 seven\par\ls0 none")
    assert kinds(document)[:6] == [
        ("list_item", 1, "1. one"),
        ("list_item", 1, "2. two"),
        ("list_item", 2, "2.a) in"),
        ("list_item", 2, "2.b) in"),
        ("list_item", 1, "3. three"),
        ("list_item", 1, "dot"),
    ]
    assert document.text.endswith("text\n\n7. seven\nnone")


def test_numbers_that_the_file_writes_are_those_of_its_lists() -> None:
    body = rb"\pard\ls1{\listtext 5)\tab}one\par\pard\ls1 two\par"
    assert read(LISTS + body).text == "5) one\n2. two"


def test_links_have_targets() -> None:
    document = read(rb'\pard See {\field{\*\fldinst HYPERLINK "http://x.org/"}{\fldrslt{\b this}}} page.')
    assert document.text == "See this page."
    assert document.passages[0].links == ((4, 8, "http://x.org/"),)


def test_a_table_in_a_header_is_a_header() -> None:
    header = rb"{\header\trowd\cellx100\cellx200\intbl left\cell right\cell\row}"
    document = read(header + rb"\pard Body")
    assert kinds(document) == [("header", None, "left\tright"), ("paragraph", None, "Body")]
    assert document.passages[0].cells == (((0, 4), (5, 10)),)


def test_long_instructions_of_fields_take_linear_time() -> None:
    start = time.process_time()
    instruction = rb" EQ " + rb"\\o" * 50_000
    results = rb"{\fldrslt x}" * 5_000
    assert read(rb"{\field{\*\fldinst" + instruction + rb"}" + results + rb"}").text == "x" * 5_000
    assert read(rb"{\field{\*\fldinst" + instruction + results + rb"}}").text == ""
    assert time.process_time() - start < 20
