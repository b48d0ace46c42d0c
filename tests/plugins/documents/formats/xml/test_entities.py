"""Entities that an XML file declares itself."""

import time

import pytest

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.source import Source
from docsight.documents.formats.xml import xml_document
from docsight.errors import DataError

pytest.importorskip("lxml")


def read(declarations: str, body: str, doctype: str = "article") -> ParsedDocument:
    data = f"<!DOCTYPE {doctype} [{declarations}]><article>{body}</article>"
    (document,) = xml_document.read(Source(name="a.xml", data=data.encode()))
    return document


def test_entities_are_read_as_the_file_declares_them() -> None:
    document = read(
        '<!ENTITY company "Kestrel &amp; Sons"><!ENTITY full "&company; of <emphasis>Leeds</emphasis>">'
        '<!ENTITY legal "<para>Made by &company;.</para>"><!ENTITY % extra "unused">',
        "<title>Guide of &company;</title><para>&company;, or &full;&mdash;&full; &unknown;</para>&legal;",
    )
    assert document.title == "Guide of Kestrel & Sons"
    assert document.text == (
        "Guide of Kestrel & Sons\n\n"
        "Kestrel & Sons, or Kestrel & Sons of Leeds\u2014Kestrel & Sons of Leeds &unknown;\n\n"
        "Made by Kestrel & Sons."
    )
    assert [passage.kind for passage in document.passages] == ["heading", "paragraph", "paragraph"]
    assert document.notes == ()


def test_entities_of_records_are_lines() -> None:
    data = '<!DOCTYPE a [<!ENTITY x "Leeds">]><a><b>&x;</b><b><c>&x;</c><c>&y;&note;</c></b></a>'
    (document,) = xml_document.read(Source(name="a.xml", data=data.encode()))
    assert document.text == "Leeds\nLeeds\n&y;&note;"


def test_entities_are_read_beside_names_of_html_that_are_not_declared() -> None:
    assert read('<!ENTITY x "Leeds">', "<para>&x; &eacute;&nbsp;&y;</para>").text == "Leeds \xe9 &y;"


@pytest.mark.parametrize("kind", ["SYSTEM", "PUBLIC 'x'"])
def test_external_entities_stay_as_written(tmp_path: object, kind: str) -> None:
    secret = f"{tmp_path}/secret.txt"
    with open(secret, "w", encoding="utf-8") as file:
        file.write("secret")
    document = read(f"<!ENTITY x {kind} 'file://{secret}'>", "<para>a &x; b</para>")
    assert document.text == "a &x; b"


def test_bombs_are_not_expanded() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    for smallest in ("ha", ""):
        start = time.process_time()
        try:
            text = read(f'<!ENTITY l0 "{smallest}">{laughs}', "<para>a &l8; b</para>").text
        except DataError as error:
            text = str(error)
        assert len(text) < 1000
        assert time.process_time() - start < 5


def test_entities_are_expanded_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docsight.documents.formats.xml.entities._MAX_EXPANDED_CHARS", 1000)
    document = read(f'<!ENTITY x "{"long " * 20}">', f"<para>{'&x;' * 50}</para>")
    assert (document.text.count("long"), document.text.count("&x;")) == (200, 40)
    assert document.notes == ("some of its entities were not expanded: they are too long or damaged",)


def test_damaged_entities_stay_as_written() -> None:
    document = read('<!ENTITY x "<para>open">', "<para>a</para>&x;<para>b</para>")
    assert "b" in document.text
