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
    source = "<p title='a > b'>1 < 2 <3 &lt;b> a&amp;b</p><textarea><b> & &amp;</textarea><svg><text>no</text></svg>"
    assert read_page(tmp_path, source).text == "1 < 2 <3 <b> a&b\n\n<b> & &"
