"""The body of a mail: its encoding, its plain text or its page, and how the text is laid out."""

import base64
import sys
from pathlib import Path

import pytest

from docsight.documents.formats.content import ParsedDocument

sys.path.append(str(Path(__file__).parent))

from mail_samples import HEAD, body, multipart, read


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("iso-8859-1", "Zoë".encode("cp1252"), "Zoë"),
        ("iso-8859-1", "Zoë".encode(), "Zoë"),  # wrong
        ("us-ascii", "Zoë".encode(), "Zoë"),
        ("koi8-r", "Лев".encode("koi8-r"), "Лев"),
        ("iso-2022-jp", "東京".encode("iso2022_jp"), "東京"),
        ("no-such", "Zoë".encode(), "Zoë"),
        ("rot13", b"Zoe", "Zoe"),
        ('"a\0b"', "Zoë".encode(), "Zoë"),
    ],
)
@pytest.mark.parametrize("transfer", ["8bit", "base64"])
def test_mail_decodes_its_text_even_if_the_charset_is_wrong(
    charset: str, data: bytes, text: str, transfer: str
) -> None:
    data = base64.encodebytes(data) if transfer == "base64" else data
    head = f"{HEAD}Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {transfer}\n\n"
    assert body(head.encode() + data) == text


def test_mail_decodes_quoted_printable_and_flowed_lines() -> None:
    head = f"{HEAD}Content-Type: text/plain; format=flowed\nContent-Transfer-Encoding: quoted-printable\n\n"
    assert body(f"{head}Dear =C3=89mile, \nthis goes =\non.\n\n-- \nAda\n") == "Dear Émile, this goes on.\n\n-- \nAda"


def test_mail_prefers_plain_text_to_html() -> None:
    pytest.importorskip("selectolax")
    plain, page = "Content-Type: text/plain\n\nplain", "Content-Type: text/html\n\n<p>page <b>now</b></p>"
    assert body(HEAD + multipart(plain, page, kind="alternative")) == "plain"
    assert body(HEAD + multipart("Content-Type: text/plain\n\n \n", page, kind="alternative")) == "page now"
    assert body(HEAD + multipart(page, kind="alternative")) == "page now"
    assert body(f"{HEAD}{page}") == "page now"


def test_mail_without_the_html_parser_reports_the_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "selectolax.lexbor", None)
    (content,) = read(f"{HEAD}Content-Type: text/html\n\n<p>x</p>")
    assert isinstance(content, ParsedDocument)
    assert "docsight[documents]" in content.notes[0]


def test_mail_joins_the_displayed_texts() -> None:
    assert body(HEAD + multipart("\none", "Content-Disposition: inline\n\ntwo")) == "one\n\ntwo"


@pytest.mark.parametrize(
    "plain",
    [
        "This message needs a mail program that shows HTML.",
        "This is an HTML message. Please use a reader that shows it.",
        "View this mail in your browser: https://example.org/1",
        "This message needs a mail program that shows HTML, and yours does not, so please get another mail program.",
        "Hello!",
        "\u200b \u00ad",
    ],
)
def test_mail_reads_the_page_if_the_plain_text_is_a_stub(plain: str) -> None:
    pytest.importorskip("selectolax")
    page = "<p>View this mail in your browser</p><p>Dear Maria Lopez, your invoice of 4,200 dollars is due in Oslo.</p>"
    parts = f"Content-Type: text/plain; charset=utf-8\n\n{plain}", f"Content-Type: text/html\n\n{page}"
    assert body(HEAD + multipart(*parts, kind="alternative")).endswith("due in Oslo.")


def test_mail_keeps_a_short_plain_text_that_the_page_repeats() -> None:
    pytest.importorskip("selectolax")
    plain = "Content-Type: text/plain\n\nPlease open the HTML page in a browser."
    page = "Content-Type: text/html\n\n<div><b>Please open the HTML page in a browser.</b></div>"
    assert body(HEAD + multipart(plain, page, kind="alternative")) == "Please open the HTML page in a browser."


@pytest.mark.parametrize(
    ("flowed", "text"),
    [
        ("a \nb\nc", "a b\nc"),
        ("> a \n> b \n>> c\nd", "> a b \n>> c\nd"),
        (" >a \n b", ">a b"),
        ("a\n-- \nb", "a\n-- \nb"),
    ],
)
def test_mail_joins_flowed_lines(flowed: str, text: str) -> None:
    assert body(f"{HEAD}Content-Type: text/plain; format=flowed\n\n{flowed}") == text
    without_spaces = body(f"{HEAD}Content-Type: text/plain; format=flowed; delsp=yes\n\nKel \nler")
    assert without_spaces == "Keller"


def test_mail_removes_invisible_characters() -> None:
    assert body(f"{HEAD}Content-Type: text/plain; charset=utf-8\n\nKel\u00adler \u200bx") == "Keller x"


def test_mail_decodes_utf7() -> None:
    text = "Grüße aus Köln".encode("utf-7").decode()
    subject = f"=?utf-7?Q?{text.replace(' ', '_')}?="
    content = read(f"From: a@x.org\nSubject: {subject}\nContent-Type: text/plain; charset=UTF-7\n\n{text}")[0]
    assert isinstance(content, ParsedDocument)
    assert content.title == "Grüße aus Köln"
    assert content.text.endswith("\n\nGrüße aus Köln")


def test_mail_leaves_out_the_places_of_images_in_plain_text() -> None:
    (mail,) = read("Subject: x\n\n[cid:image001.png@01D1.2] See [cid: it] and [1].\n")
    assert isinstance(mail, ParsedDocument)
    assert mail.text.endswith("\n\n See [cid: it] and [1].")


def test_lists_in_a_plain_text_are_items() -> None:
    (mail,) = read("Subject: x\n\nBring:\n- bread\n- salt\n")
    assert isinstance(mail, ParsedDocument)
    assert [each.kind for each in mail.passages] == ["header", "paragraph", "list_item", "list_item"]
