"""XML files: the structure of articles and books, the text of drawings and of other files."""

import pytest

from docsight.documents.formats.content import ParsedDocument, SkipError
from docsight.documents.formats.source import Source
from docsight.documents.formats.xml import xml_document
from docsight.errors import DataError

pytest.importorskip("lxml")


def read(data: str | bytes) -> ParsedDocument:
    (document,) = xml_document.read(Source(name="a.xml", data=data.encode() if isinstance(data, str) else data))
    return document


def kinds(document: ParsedDocument) -> list[tuple[str, int | None, str]]:
    return [(one.kind, one.level, document.text[one.start : one.end]) for one in document.passages]


def tables(document: ParsedDocument) -> list[list[list[str]]]:
    text = document.text
    return [[[text[a:b] for a, b in row] for row in passage.cells] for passage in document.passages if passage.cells]


def test_docbook_has_headings_lists_and_footnotes() -> None:
    document = read(
        """<?xml version="1.0"?><!DOCTYPE book [<!ENTITY program "Engine">]>
        <book><bookinfo><title>The <emphasis>Engine</emphasis></title>
        <author><firstname>Ada</firstname><surname>Lovelace</surname></author></bookinfo>
        <chapter id="one"><title>One&mdash;&program;</title><para>As
        said<footnote><para>A note.</para></footnote> in <xref linkend="two"/>.</para>
        <orderedlist><listitem><para>First</para><itemizedlist><listitem><para>inner</para></listitem></itemizedlist>
        </listitem><listitem><para>Second</para></listitem></orderedlist>
        <variablelist><varlistentry><term>-v</term><listitem><para>verbose</para></listitem></varlistentry>
        </variablelist><programlisting>
a
  b</programlisting><blockquote><para>Quoted</para></blockquote>
        <sect1 id="two"><info><title>Two</title></info><para>End</para></sect1></chapter></book>"""
    )
    assert document.title == "The Engine"
    assert kinds(document) == [
        ("heading", 1, "The Engine"),
        ("paragraph", None, "Ada Lovelace"),
        ("heading", 2, "One\u2014Engine"),
        ("paragraph", None, "As said in Two."),
        ("list_item", 1, "1. First"),
        ("list_item", 2, "inner"),
        ("list_item", 1, "2. Second"),
        ("list_item", 1, "-v\nverbose"),
        ("code", None, "a\n  b"),
        ("quote", None, "Quoted"),
        ("heading", 3, "Two"),
        ("paragraph", None, "End"),
        ("footnote", None, "A note."),
    ]
    (link,) = document.passages[3].links
    assert (document.text[link[0] : link[1]], link[2]) == ("Two", "#two")


def test_jats_has_labels_captions_and_references() -> None:
    document = read(
        """<article><front><journal-meta><journal-id>x</journal-id></journal-meta><article-meta><title-group>
        <article-title>On Engines</article-title></title-group><contrib-group><contrib><name><surname>Lovelace</surname>
        <given-names>Ada</given-names></name></contrib></contrib-group></article-meta></front><body><sec>
        <label>1</label><title>Intro</title><p>Text</p><fig><label>Figure 1</label>
        <caption><p>A drawing.</p></caption></fig></sec></body>
        <back><ref-list><title>References</title><ref><label>1</label><element-citation><name><surname>Menabrea</surname>
        <given-names>L</given-names></name><article-title>Sketch</article-title><year>1842</year></element-citation></ref>
        <ref><mixed-citation>Babbage C. <article-title>Works</article-title>.</mixed-citation></ref></ref-list></back>
        </article>"""
    )
    assert kinds(document) == [
        ("heading", 1, "On Engines"),
        ("paragraph", None, "Ada Lovelace"),
        ("heading", 2, "1 Intro"),
        ("paragraph", None, "Text"),
        ("caption", None, "Figure 1 A drawing."),
        ("heading", 2, "References"),
        ("list_item", 1, "1 Menabrea L, Sketch, 1842"),
        ("list_item", 1, "Babbage C. Works."),
    ]


def test_tei_has_verse_and_the_preferred_readings() -> None:
    document = read(
        """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>Letters</title></titleStmt>
        </fileDesc></teiHeader><text><body><div><head>To Babbage</head><p>My <persName>Charles</persName>, the
        <title>Notes</title><note n="1">A note.</note> are <choice><sic>dun</sic><corr>done</corr></choice>.</p>
        <lg><l>Line one</l><l>Line two</l></lg>
        <list><item>the <hi>great</hi> wheel<list><item>a</item></list></item></list>
        </div></body></text></TEI>"""
    )
    assert kinds(document) == [
        ("heading", 1, "Letters"),
        ("heading", 2, "To Babbage"),
        ("paragraph", None, "My Charles, the Notes are done."),
        ("paragraph", None, "Line one\nLine two"),
        ("list_item", 1, "the great wheel"),
        ("list_item", 2, "a"),
        ("footnote", None, "1 A note."),
    ]


CALS = """<article><table><title>Prices</title><tgroup cols="3"><colspec colname="a"/><colspec colname="b"/>
    <colspec colname="c"/><tbody><row><entry morerows="1">Clock</entry><entry namest="b" nameend="c">5</entry></row>
    <row><entry/><entry>x</entry></row></tbody></tgroup></table></article>"""
HTML_TABLE = """<article><table-wrap><caption><title>Prices</title></caption><table><tr><td rowspan="2">Clock</td>
    <td colspan="2">5</td></tr><tr><td/><td>x</td></tr></table></table-wrap></article>"""
TEI_TABLE = """<TEI><text><body><table><head>Prices</head><row><cell rows="2">Clock</cell><cell cols="2">5</cell></row>
    <row><cell/><cell>x</cell></row></table></body></text></TEI>"""


@pytest.mark.parametrize("data", [CALS, HTML_TABLE, TEI_TABLE])
def test_merged_cells_keep_their_places(data: str) -> None:
    document = read(data)
    assert tables(document) == [[["Clock", "5", ""], ["", "", "x"]]]
    assert [one.kind for one in document.passages] == ["caption", "table"]


def test_other_files_are_lines_with_records_as_paragraphs() -> None:
    document = read(
        "<all><!-- no --><cd year='1'><title>Hide</title><artist>Bonnie</artist></cd>"
        "<cd><title>A &amp; B</title><text>Some <b>bold</b> words<br/>here</text></cd></all>"
    )
    assert document.text == "Hide\nBonnie\n\nA & B\nSome bold words here"


def test_an_old_excel_file_is_a_table() -> None:
    document = read(
        "<Workbook><Styles><Style>x</Style></Styles><Worksheet><Table><Row><Cell><Data>Ada</Data></Cell><Cell/>"
        "<Cell><Data>5</Data></Cell></Row></Table></Worksheet></Workbook>"
    )
    assert tables(document) == [[["Ada", "", "5"]]]


def test_a_drawing_has_the_lines_that_it_shows() -> None:
    document = read(
        '<svg xmlns="http://www.w3.org/2000/svg"><title>Engine</title><style>.a{}</style><text>Ada <tspan>L</tspan>'
        '<tspan x="0" dy="1em">Second</tspan></text><text display="none">no</text><switch><foreignObject>'
        '<div xmlns="http://www.w3.org/1999/xhtml"><p>A</p><p>B</p></div></foreignObject><text>other</text></switch></svg>'
    )
    assert document.text == "Engine\nAda L\nSecond\nA\nB"
    with pytest.raises(SkipError, match="without text"):
        read("<svg><path/></svg>")


def test_files_without_text_are_skipped() -> None:
    with pytest.raises(SkipError, match="XML without text"):
        read("<settings><window width='5'/></settings>")


def test_a_wrong_declaration_of_the_encoding_is_ignored() -> None:
    declared = '<?xml version="1.0" encoding="UTF-8"?>'
    document = read(f"{declared}<a>Zoë wrote to Émile in Zürich.</a>".encode("latin-1"))
    assert (document.text, document.encoding) == ("Zoë wrote to Émile in Zürich.", "cp1252")
    assert read('<?xml version="1.0" encoding="iso-8859-1"?><a>Zoë</a>'.encode("latin-1")).text == "Zoë"
    assert read('<?xml version="1.0" encoding="utf-16"?><a>Zoë</a>'.encode("utf-16")).text == "Zoë"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("<a><b>AT&T and R&D;</b><c>1 < 2 ]]></c></a>", "AT&T and R&D;\n1 < 2 ]]>"),
        ("<a><b>one<i>two</b>three</i><c>four</c></a>", "onetwothree\nfour"),
        ("<a><b>one</b><c>two", "one\ntwo"),
        ("<a><b>o\x1ene</b><!-- x -- y --><c>two</c></a>", "one\ntwo"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>one</a><a>two</a>", "one\ntwo"),
        ("<a><b>one</b></c><d>two</d></a>", "one\n\ntwo"),
        ("<a><![CDATA[x & y < z]]> & t</a>", "x & y < z & t"),
    ],
)
def test_a_file_that_is_not_well_formed_is_repaired(data: str, text: str) -> None:
    document = read(data)
    assert document.text == text
    (note,) = document.notes
    assert note.startswith("it is not well-formed XML (")
    assert note.endswith("it was repaired")


def test_a_file_whose_repair_would_lose_text_is_read_without_its_structure() -> None:
    document = read("<a x=1>one &amp;<b y=2>two</b></a></a><c>three</c>")
    assert document.text == "one &\ntwo\nthree"
    assert "without its structure" in document.notes[0]


@pytest.mark.parametrize(
    "data", ["<x:a><x:b>one</x:b></x:a>", '<a xml:id="2">one</a>', '<a xmlns:n=""><n:b>one</n:b></a>']
)
def test_wrong_names_of_namespaces_and_identifiers_do_no_harm(data: str) -> None:
    document = read(data)
    assert (document.text, document.notes) == ("one", ())


@pytest.mark.parametrize("data", ["", "<a>", "<a></b>", "<a>" * 1000 + "</a>" * 1000, "text"])
def test_a_damaged_file_fails_with_the_reason(data: str) -> None:
    with pytest.raises(DataError, match="cannot be read as XML"):
        read(data)


def test_too_many_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_document, "_MAX_NODES", 3)
    with pytest.raises(DataError, match="has 4 elements and attributes"):
        read("<a><b/><c/></a>")
