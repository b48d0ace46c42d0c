"""Reading HTML."""

import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("selectolax")

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.html import read
from docsight.errors import MissingExtraError


def read_page(tmp_path: Path, page: str | bytes) -> ParsedDocument:
    path = tmp_path / "page.html"
    path.write_bytes(page.encode() if isinstance(page, str) else page)
    (content,) = read(Source.of(path))
    return content


def test_html_leaves_out_invisible_elements(tmp_path: Path) -> None:
    source = (
        "<body><style>p{}</style><p>Ada<script>var a='Mallory'</script> wrote.</p><!-- Eve -->"
        "<noscript>Trent</noscript><template>Peggy</template></body>"
    )
    assert read_page(tmp_path, source).text == "Ada wrote."


def test_html_turns_blocks_into_paragraphs_and_lines(tmp_path: Path) -> None:
    source = (
        "<h1>The  <i>Hague</i></h1>\n<p>one<br>two</p><ul><li>a</li> <li>b <b>c</b> </li></ul>"
        "<table><tr><td>x</td><td>y</td></tr><tr><th>z</th></tr></table><div>end</div>"
    )
    assert read_page(tmp_path, source).text == "The Hague\n\none\ntwo\n\na\nb c\n\nx\ty\nz\n\nend"


def test_html_does_not_split_words_at_inline_tags(tmp_path: Path) -> None:
    assert read_page(tmp_path, "<p><b>New</b> York<em>er</em>s</p>").text == "New Yorkers"


def test_html_keeps_the_spaces_of_preformatted_text(tmp_path: Path) -> None:
    assert read_page(tmp_path, "<p>a</p><pre>x\n    y</pre><p>b</p>").text == "a\n\nx\n    y\n\nb"


def test_html_formulas_have_the_signs_that_a_browser_draws(tmp_path: Path) -> None:
    fraction = "<mfrac> <mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow> <msqrt><mn>2</mn></msqrt> </mfrac>"
    assert read_page(tmp_path, f"<p>So <math><mi>x</mi><mo>=</mo>{fraction}</math>.</p>").text == "So x=a+1/\u221a2."


def test_html_decodes_entities_once(tmp_path: Path) -> None:
    assert (
        read_page(tmp_path, "<p>M&uuml;ller &amp; S&#246;hne &amp;lt; 5&nbsp;&euro;</p>").text
        == "Müller & Söhne &lt; 5 €"
    )


def test_html_writes_the_title_first_but_not_twice(tmp_path: Path) -> None:
    with_title = read_page(tmp_path, "<title>On\n Ada</title><p>Text</p>")
    assert (with_title.text, with_title.title) == ("On Ada\n\nText", "On Ada")
    assert read_page(tmp_path, "<title>On Ada</title><h1>On Ada</h1><p>Text</p>").text == "On Ada\n\nText"


@pytest.mark.parametrize(
    ("source", "encoding"),
    [
        ('<meta charset="iso-8859-1"><p>Zoë €</p>'.encode("cp1252"), "cp1252"),
        (
            '<meta http-equiv="x" content="a; charset=iso-8859-15"><p>Zoë €</p>'.encode("iso8859-15"),
            "iso8859-15",
        ),
        ('<meta charset="utf-16"><p>Zoë €</p>'.encode(), "utf-8"),
        ('<meta charset="no-such"><p>Zoë €</p>'.encode(), "utf-8"),
        ("<p>Zoë €</p>".encode("utf-16"), "utf-16"),
        *(
            (f'<meta charset="{name}"><p>Zoë €</p>'.encode(), "utf-8")
            for name in ("rot13", "hex", "zlib", "punycode", "undefined", "unicode_escape", "idna", "utf-7", "cp037")
        ),
    ],
)
def test_html_uses_the_declared_encoding(tmp_path: Path, source: bytes, encoding: str) -> None:
    content = read_page(tmp_path, source)
    assert (content.text, content.encoding) == ("Zoë €", encoding)


@pytest.mark.parametrize("source", ["", "<html></html>", "<body>  </body>", "<script>x</script>"])
def test_html_without_text_is_an_empty_document(tmp_path: Path, source: str) -> None:
    assert read_page(tmp_path, source).text == ""


def test_html_may_nest_deeply(tmp_path: Path) -> None:
    assert read_page(tmp_path, "<div>" * 5000 + "Ada" + "</div>" * 5000).text == "Ada"


def test_html_without_its_package_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "selectolax.lexbor", None)
    with pytest.raises(MissingExtraError, match=r"docsight\[documents\]"):
        read_page(tmp_path, "<p>Ada</p>")


@pytest.mark.parametrize(
    "cycle",
    [
        "<div>",
        "<DIV title='</div>'>",
        "<div></span>",
        "<div><!-- </div> -->",
        "<div><script></div></script>",
        "<div><textarea></div></textarea>",
        "<<!-- -->div><div>",
        "<div><table><tr><td></div></table>",
        "<div><select></div></select>",
        "<form><div></form>",
        "<caption><div></caption>",
        "<svg><div></svg>",
        "<svg><div>",
        "<math><div></math>",
        "<div><plaintext></div>",
        "<div/>",
        "<b><div></b>",
        "<p><font color=1>",
        "<ul><li>",
        "<select><option><b>",
        "<div a='",
    ],
)
def test_html_is_fast_for_deep_nesting_and_keeps_all_text(tmp_path: Path, cycle: str) -> None:
    started = time.process_time()
    content = read_page(tmp_path, "<p>Ada</p>" + cycle * 60_000 + "'><p>Grace")
    assert time.process_time() - started < 10
    assert content.text.startswith("Ada")
    assert content.text.endswith("Grace")


def test_html_nested_too_deeply_keeps_its_lines(tmp_path: Path) -> None:
    content = read_page(
        tmp_path, "<div>" * 2000 + "Ada<div class='a'>Grace<b>s</b></div>x" + "</div>" * 2000 + "<p>end"
    )
    assert content.text.replace("\n\n", "\n") == "Ada\nGraces\nx\nend"


def test_html_reads_pages_without_end_tags(tmp_path: Path) -> None:
    items = "".join(f"<li>n{i}<a name=x>" for i in range(2000))
    assert read_page(tmp_path, f"<ul>{items}").text.splitlines() == [f"n{i}" for i in range(2000)]


def test_html_keeps_characters_that_do_not_begin_a_tag(tmp_path: Path) -> None:
    source = "<p title='a > b'>1 < 2 <3 &lt;b> a&amp;b</p><textarea><b> & &amp;</textarea><svg><title>no</title></svg>"
    assert read_page(tmp_path, source).text == "1 < 2 <3 <b> a&b\n\n<b> & &"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a<p hidden>x</p><p style='Display : none'>x</p><dialog>x</dialog><datalist><option>x</datalist>", "a"),
        ("<p style='visibility:hidden'>x<b style='visibility:visible'>a</b></p>", "a"),
        ("<div style='font-size:0'>x<b style='font-size:90%'>x</b><b style='font-size:12px'>a</b></div>", "a"),
        ("<div style='max-height:0;overflow:hidden'>x</div><div style='mso-hide:all'>x</div>a", "a"),
        ("<a style='mso-hide:all' href='x'>a</a><details><summary>b</summary>c</details>", "a\n\nb\n\nc"),
        ("<style>.x, #y > b {display:none}</style><p class='z x'>x</p><p id=y><b>x</b>a</p>", "a"),
        ("<style>.x{display:none} p.x{display:block}</style><p class=x>a</p><div class=x>x</div>", "a"),
        ("<style>.x{display:none!important}</style><p class=x style='display:block'>x</p>a", "a"),
        ("<style>@media print{p{display:none}} @media (max-width:600px){p{display:none}}</style><p>a</p>", "a"),
        ("<style media=print>p{display:none}</style><noscript><style>p{display:none}</style></noscript><p>a</p>", "a"),
        ("<style>@media screen and (min-width: 600px) {.x{display:none}}</style><p class=x>x</p>a", "a"),
        ("<style>p::before, p:hover, @, >{display:none} .x{content:'}';display:none}</style><p>a</p><p class=x>x", "a"),
        ("<p>invest&shy;ment&#8203;</p><p>&#847;&zwnj;&nbsp;</p>", "investment"),
        ("a<br><br>b<br>c<div>d</div><div><br></div><div>e</div>", "a\n\nb\nc\nd\n\ne"),
        ("a <img alt='Portrait'> b<img alt=''><img alt=x width=1 height=1><img alt='image1.png'>", "a Portrait b"),
    ],
)
def test_html_shows_what_a_browser_shows(tmp_path: Path, source: str, text: str) -> None:
    assert read_page(tmp_path, source).text == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<ol start=3><li>a<li value=10>b<ol type=a><li>c<li><p>d</ol></ol>", "3. a\n10. b\n\na. c\n\nb. d"),
        ("<ol reversed type=I><li>a<li>b</ol>", "II. a\nI. b"),
        ("<ol style='list-style:none'><li>a</ol><ul><li>b</ul>", "a\n\nb"),
        ("<ol style='list-style-type:lower-roman' start=4><li>a</ol><ol start=-1><li>b</ol>", "iv. a\n\n-1. b"),
        ("<ol><li><li>a</ol>", "2. a"),
    ],
)
def test_html_writes_the_numbers_of_lists(tmp_path: Path, source: str, text: str) -> None:
    assert read_page(tmp_path, source).text == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<tr><th>a<th>b<th>c<tr><td>d<td><td>5<tr><td colspan=2>e<td>f", "a\tb\tc\nd\t\t5\ne\t\tf"),
        ("<tr><td rowspan=2>a<td>b<tr><td>c", "a\tb\n\tc"),
        ("<tr><td>a<br>b<td>c", "a\nb\tc"),
        ("<tr><td width=9><td>a<td>&nbsp;<tr><td><td>b<td>", "a\n\nb"),
        ("<tr><td><table><tr><td>a<td>b</table><tr><td>c", "a\tb\n\nc"),
        ("<tr><th>a<td><table><tr><td>b<td>c</table><td>d", "a\tb\tc\td"),
    ],
)
def test_html_keeps_the_places_of_cells_but_not_of_layout(tmp_path: Path, source: str, text: str) -> None:
    assert read_page(tmp_path, f"<table>\n{source}\n</table>").text == text


def test_html_has_passages_with_kinds_and_links(tmp_path: Path) -> None:
    content = read_page(
        tmp_path,
        "<title>Page</title><header><nav><a href='/'> Home </a></nav><h1>Head</h1></header><p>See "
        "<a href='x?a&amp;b'>the <b>page</b> </a><br>now.<ul><li>a<ul><li>b</ul></ul><blockquote><p>q</blockquote>"
        "<pre>c\n d</pre><table><caption>Cap</caption><tr><th>x<th>y</table><footer><p>foot</footer>",
    )
    passages = [(content.text[p.start : p.end], p.kind, p.level) for p in content.passages]
    assert passages == [
        ("Page", "heading", 1),
        ("Home", "header", None),
        ("Head", "heading", 1),
        ("See the page\nnow.", "paragraph", None),
        ("a", "list_item", 1),
        ("b", "list_item", 2),
        ("q", "quote", None),
        ("c\n d", "code", None),
        ("Cap", "caption", None),
        ("x\ty", "table", None),
        ("foot", "footer", None),
    ]
    links = [(content.text[start:end], target) for p in content.passages for start, end, target in p.links]
    assert links == [("Home", "/"), ("the page", "x?a&b")]


def test_html_compares_the_title_with_the_first_heading(tmp_path: Path) -> None:
    page = "<title>A &amp; B</title><nav>Home</nav><h1>A  &amp; <i>B</i></h1>"
    assert read_page(tmp_path, page).text == "Home\n\nA & B"
    assert read_page(tmp_path, "<title>A - Site</title><h1>A</h1>").text == "A - Site\n\nA"


@pytest.mark.parametrize(
    "source",
    [
        "<style>" + "".join(f".a{n}{{display:none}}" for n in range(3000)) + "</style>" + "<p class='a1 a2'>x" * 3000,
        "<style>" + "a," * 50_000 + "[(" * 50_000 + "{display:none}</style>",
        "<style>" + "/*" * 100_000 + "</style>",
        "<style>" + "a{" * 100_000 + "</style>",
        "<p style='" + "font:" * 100_000 + "'>",
        "<p " + "class=" * 100_000 + ">",
        "<table>" + "<tr><td colspan=1000 rowspan=1000>x<td>y" * 2000,
        "<table><tr><td>x<td>y</table>" * 2000,
    ],
)
def test_html_is_fast_for_large_styles_and_tables(tmp_path: Path, source: str) -> None:
    started = time.process_time()
    assert read_page(tmp_path, source + "<p>Ada").text.endswith("Ada")
    assert time.process_time() - started < 10


def test_html_with_too_many_style_rules_has_a_note(tmp_path: Path) -> None:
    rules = "".join(f".a{number}{{display:none}}" for number in range(4000))
    content = read_page(tmp_path, f"<style>{rules}</style>" + "".join(f"<p class=a{n}>x" for n in range(4000)))
    assert "style sheets" in content.notes[0]


def test_a_definition_and_the_paragraphs_of_an_item_are_one_passage(tmp_path: Path) -> None:
    page = "<dl><dt>httpd<dd>the server<dt>ab<dd><p>a tool</p></dl><ol><li><p>one</p><p>more</p><li>two</ol>"
    document = read_page(tmp_path, page)
    texts = [document.text[one.start : one.end] for one in document.passages]
    assert texts == ["httpd\nthe server", "ab\n\na tool", "1. one\n\nmore", "2. two"]
    assert {one.kind for one in document.passages} == {"list_item"}


def test_tables_of_links_above_and_below_a_page_are_headers_and_footers(tmp_path: Path) -> None:
    document = read_page(
        tmp_path,
        "<div class=navheader><table><tr><th colspan=2>Two<tr><td>Prev<td>Next</table></div><p>Text"
        "<div class=navfooter><table><tr><td>Prev<th>Up</table></div>",
    )
    assert [(one.kind, document.text[one.start : one.end].split()) for one in document.passages] == [
        ("header", ["Two"]), ("header", ["Prev", "Next"]), ("paragraph", ["Text"]), ("footer", ["Prev", "Up"]),
    ]  # fmt: skip


def test_html_reads_the_values_of_fields_and_buttons(tmp_path: Path) -> None:
    fields = "<input value=Ada><input type=submit value=Send><input type=hidden value=no><input type=password value=no>"
    page = read_page(tmp_path, f"<p>Name: {fields}<input type=checkbox value=no> a\x01b")
    assert page.text == "Name: Ada Send ab"


def test_labels_of_drawings_are_read(tmp_path: Path) -> None:
    labels = "<text>Mills <tspan x='1'>1820</tspan><tspan dy='1em'>to</tspan></text><text>R&amp;D</text>"
    hidden = "<title>no</title><defs><text>no</text></defs><style>text {}</style><!-- <text>no</text> -->"
    drawing = f"<svg width='9'>{hidden}<g>{labels}</g><foreignObject><div>one<b>two</b></div></foreignObject></svg>"
    assert (
        read_page(tmp_path, f"<p>See {drawing} here.</p><svg hidden><text>no</text></svg>").text
        == "See Mills 1820 to R&D one two here."
    )


def test_code_does_not_begin_with_blank_lines(tmp_path: Path) -> None:
    document = read_page(tmp_path, "<p>Text</p><pre>\n \n  a = 1\n\n  b</pre>")
    assert [document.text[each.start : each.end] for each in document.passages] == ["Text", "  a = 1\n\n  b"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<pre>a<br>\n\nb</pre>", "a\n\n\nb"),
        ("<pre>\n\n<b>\n \na</b>\n<i>\n b</i></pre><pre>\n\nc</pre>", "a\n\n b\n\nc"),
        ("<div style='white-space: pre'>\n\na<br>\n\nb</div>", "a\n\n\nb"),
        ("<div style='white-space: pre'>a<div>\n\nb</div></div>", "a\n\n\nb"),
        ("<div style='white-space: pre'>a<pre>\n\nb</pre></div>", "a\n\nb"),
        ("<p>a <span style='white-space: pre'>\nb<br>\nc</span>", "a \nb\n\nc"),
    ],
)
def test_code_keeps_the_blank_lines_in_it(tmp_path: Path, source: str, text: str) -> None:
    assert read_page(tmp_path, source).text == text


def test_html_a_mail_that_a_page_quotes_is_a_quote_but_not_its_own_headers(tmp_path: Path) -> None:
    headers = "<p><b>From:</b> {}<br><b>Sent:</b> Tuesday, 9:14<br><b>To:</b> Paul<br><b>Subject:</b> RE: Dates</p>"
    quoted = f"<hr>{headers.format('Ruth')}<p>We can <a href='https://example.org'>deliver</a>.</p>"
    page = f"<title>RE: Dates</title>{headers.format('Paul')}<p>Thanks.</p>{quoted}<footer>Page 1</footer>"
    kinds = [passage.kind for passage in read_page(tmp_path, page).passages]
    assert kinds == ["heading", "paragraph", "paragraph", "quote", "quote", "footer"]


@pytest.mark.parametrize("attribute", ['epub:type="footnote"', 'epub:type="x endnote"', 'role="doc-footnote"'])
def test_html_notes_of_books_are_footnotes(tmp_path: Path, attribute: str) -> None:
    note = f"<aside {attribute}><p>1. Rain.</p></aside>"
    page = read_page(tmp_path, f"<p>Water<a href='#n'>1</a> fell.</p>{note}<p>It froze.</p>")
    shown = [(passage.kind, page.text[passage.start : passage.end]) for passage in page.passages]
    assert shown == [("paragraph", "Water1 fell."), ("footnote", "1. Rain."), ("paragraph", "It froze.")]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("これは<ruby>漢字<rt>かんじ</rt></ruby>です。", "これは漢字です。"),
        ("<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>と", "漢字と"),
        ("<ruby>東<rt>とう</rt>京<rt>きょう</rt></ruby>へ", "東京へ"),
        ("<ruby><rb>東<rb>京<rtc><rt>とう<rt>きょう</ruby>へ", "東京へ"),
        ("a <rt>b</rt>", "a b"),
        ("<ruby>漢<rt>かん</ruby>" * 600 + "<b>終</b>", "漢" * 600 + "終"),
    ],
)
def test_html_leaves_out_how_words_are_pronounced(tmp_path: Path, written: str, shown: str) -> None:
    assert read_page(tmp_path, f"<meta charset=utf-8><p>{written}</p>").text == shown
