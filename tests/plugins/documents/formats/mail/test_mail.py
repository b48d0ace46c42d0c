"""Reading mails and mailboxes."""

import base64
import gzip
import sys
import time
from typing import Any

import pytest

from docsight.documents.formats.content import Metadata, ParsedDocument, PartError, Passage, SkipError
from docsight.documents.formats.detect import find_format
from docsight.documents.formats.mail.headers import decode_header
from docsight.documents.formats.source import Budget, ReadOptions, Source
from docsight.errors import DataError

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HEAD = "From: Ada <ada@example.org>\nTo: Charles\nDate: Mon, 1 Jan 2024 10:00:00 +0000\nSubject: Engine\n"
HEAD += "MIME-Version: 1.0\n"
SHOWN = "Subject: Engine\nFrom: Ada <ada@example.org>\nTo: Charles\nDate: Mon, 1 Jan 2024 10:00:00 +0000"


def read(data: str | bytes, name: str = "a.eml", **options: Any) -> list[ParsedDocument | PartError]:
    chosen = ReadOptions(**options)
    data = data.encode() if isinstance(data, str) else data
    source = Source(name=name, data=data, options=chosen, budget=Budget.of(chosen))
    return list(find_format(source).read(source))


def texts(items: list[ParsedDocument | PartError]) -> dict[str, str]:
    return {item.part: item.text for item in items if isinstance(item, ParsedDocument)}


def errors(items: list[ParsedDocument | PartError]) -> dict[str, Exception]:
    return {item.part: item.error for item in items if isinstance(item, PartError)}


def multipart(*parts: str, kind: str = "mixed", boundary: str = "x") -> str:
    body = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\n\n{body}--{boundary}--\n"


def body(mail: str | bytes) -> str:
    (content,) = read(mail)
    assert isinstance(content, ParsedDocument)
    return content.text.partition("\n\n")[2]


def test_mail_is_a_document_of_its_headers_and_text() -> None:
    (content,) = read(f"{HEAD}Content-Type: text/plain; charset=utf-8\n\nDear Charles,\r\nyours.\n")
    assert content == ParsedDocument(
        text=f"{SHOWN}\n\nDear Charles,\nyours.",
        title="Engine",
        encoding="utf-8",
        passages=(
            Passage(start=0, end=len(SHOWN), kind="header"),
            Passage(start=len(SHOWN) + 2, end=len(SHOWN) + 22),
        ),
        metadata=Metadata(authors=("Ada",), created="2024-01-01T10:00:00+00:00"),
    )


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


def test_mail_reads_attachments_by_name_and_format() -> None:
    items = read(
        HEAD
        + multipart(
            "\nHello.",
            'Content-Type: application/octet-stream; name="note.md"\n\n# Note',
            "Content-Disposition: attachment; filename=../../etc/evil.txt\n\nEvil.",
            "Content-Disposition: attachment; filename=note.md\n\nAgain.",
            "Content-Type: text/plain\nContent-Disposition: attachment\n\nNameless.",
            "Content-Type: text/plain\nContent-Disposition: attachment; filename=fix.diff\n\n-a\n+b",
            "Content-Disposition: attachment; filename*=utf-8''zw%C3%B6lf.txt\n\n12",
            'Content-Disposition: attachment; filename="=?utf-8?q?zw=C3=B6lf?= 2.txt"\n\n13',
            "Content-Type: application/octet-stream; name=a.exe\n\nMZ",
        )
    )
    assert texts(items) == {
        "": f"{SHOWN}\n\nHello.",
        "note.md": "# Note",
        "evil.txt": "Evil.",
        "note.md#2": "Again.",
        "part-5.txt": "Nameless.",
        "fix.diff": "-a\n+b",
        "zwölf.txt": "12",
        "zwölf 2.txt": "13",
    }
    assert [item.format for item in items if isinstance(item, ParsedDocument)][:3] == ["", "markdown", "text"]
    assert isinstance(errors(items)["a.exe"], SkipError)


def test_mail_keeps_embedded_images_and_reads_attached_ones_as_documents() -> None:
    encoded = base64.encodebytes(PNG).decode()
    leaf = f"Content-Type: image/png\nContent-Transfer-Encoding: base64\n{{}}\n\n{encoded}"
    page = multipart("\nHello.", leaf.format("Content-ID: <logo>"), kind="related", boundary="y")
    items = read(HEAD + multipart(page, leaf.format("Content-Disposition: attachment; filename=photo.png")))
    message, photo = items
    assert isinstance(message, ParsedDocument)
    assert isinstance(photo, ParsedDocument)
    assert [image.data for image in message.images] == [PNG]
    assert (photo.part, photo.format, [image.data for image in photo.images]) == ("photo.png", "png", [PNG])


def test_mail_reads_attached_mails_up_to_the_maximum_depth() -> None:
    inner = "Content-Type: message/rfc822\n\nSubject: Inner\nMIME-Version: 1.0\n" + multipart(
        "\nDeep.", "Content-Disposition: attachment; filename=a.txt\n\nA", boundary="y"
    )
    items = read(HEAD + multipart("\nHello.", inner))
    assert texts(items) == {
        "": f"{SHOWN}\n\nHello.",
        "part-2.eml": "Subject: Inner\n\nDeep.",
        "part-2.eml/a.txt": "A",
    }
    items = read(HEAD + multipart("\nHello.", inner), max_depth=0)
    assert list(errors(items)) == ["part-2.eml"]


def test_mail_that_exceeds_the_budget_is_an_error() -> None:
    attached = "Content-Disposition: attachment; filename=a.txt.gz\nContent-Transfer-Encoding: base64\n\n"
    attached += base64.encodebytes(gzip.compress(b"Ada")).decode()
    inner = "Content-Type: message/rfc822\n\nMIME-Version: 1.0\n" + multipart(
        "\nDeep.", attached, attached, boundary="y"
    )
    with pytest.raises(DataError, match="more than 20 parts"):
        read(HEAD + multipart("\nHello.", inner, inner), max_parts=20)


def test_mail_skips_encrypted_and_external_parts() -> None:
    items = read(
        HEAD
        + multipart(
            "\nHello.",
            "Content-Type: application/pkcs7-mime; name=smime.p7m\n\nxx",
            multipart("Content-Type: application/pgp-encrypted\n\nVersion: 1", kind="encrypted", boundary="y"),
            "Content-Type: message/external-body; access-type=URL; URL=http://example.org\n\nA: b\n\n",
        )
    )
    assert list(errors(items)) == ["smime.p7m", "part-3", "part-4"]
    assert all(isinstance(error, SkipError) for error in errors(items).values())


def test_mail_leaves_out_signatures() -> None:
    signature = "Content-Type: application/pgp-signature; name=signature.asc\n\nxx"
    assert body(HEAD + multipart("\nHello.", signature, kind="signed")) == "Hello."


def test_mail_reads_damaged_parts_with_a_warning() -> None:
    coded = "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=a.txt\n\nQWRh\x01IQ"
    _, attached = read(HEAD + multipart("\nHello.", coded))
    assert isinstance(attached, ParsedDocument)
    assert (attached.text, attached.notes) == ("Ada!", ("its base64 is damaged",))
    (content,) = read(f"{HEAD}Content-Type: multipart/mixed\n\nNo boundary at all.")
    assert "No boundary at all." in content.text  # type: ignore[union-attr]


def test_mail_without_headers_is_an_error() -> None:
    with pytest.raises(DataError, match="headers of a mail"):
        read("Just a text.\n")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?q?Zo=C3=AB_Kr=C3=BCger?=", "Zoë Krüger"),
        ("=?UTF-8?B?Wm/Dqw==?= <z@example.org>", "Zoë <z@example.org>"),
        ("=?utf-8?b?Wm/D?=\n =?utf-8?b?qw==?= x", "Zoë x"),  # cut within a character
        ("=?iso-8859-1?q?Zo=EB?= =?utf-8?q?Zo=C3=AB?=", "ZoëZoë"),
        ("a =?no-such?q?b?= c", "a b c"),
        ("=?utf-8?b?%%?=", ""),
        ("folded\n\t header", "folded header"),
        ("Zo\udcc3\udcab", "Zoë"),
        ("Zo\udceb", "Zoë"),
        ("=?utf-8?q?a=00b?=", "a\ufffdb"),
    ],
)
def test_decode_header_decodes_words_and_raw_bytes(value: str, text: str) -> None:
    assert decode_header(value) == text


@pytest.mark.parametrize(
    "value", ["=?" * 200_000, "=?a?q?" * 100_000, "=?utf-8?q?a?= " * 20_000, "\n " * 200_000, "\udceb" * 50_000]
)
def test_decode_header_is_fast_for_hostile_headers(value: str) -> None:
    started = time.process_time()
    decode_header(value)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "head",
    [
        'Content-Type: text/plain; a="' + ";" * 300_000,
        "Content-Type: multipart/mixed; boundary=" + "x" * 300_000,
        "Content-Type: text/plain; " + "".join(f"name*{number}=a; " for number in range(20_000)),
        f"Content-Type: text/plain; name*{'9' * 5000}=a",
        "Content-Disposition: attachment; filename*=a'b'%FF; filename=\udce9",
        "Subject: " + "=?utf-8?q?" * 100_000,
        "".join(f"X-{number}: a\n" for number in range(50_000)) + "X: y",
        "Content-Type: multipart/mixed; boundary=x\n\n" + "--x\n" * 50_000,
        "".join(f"Content-Type: multipart/mixed; boundary=x{n}\n\n--x{n}\n" for n in range(5_000)),
        "Content-Type: message/rfc822\n\n" * 5_000,
        "Content-Type: text/plain; charset*=utf-8''utf-8\n\nZo\udceb",
    ],
)
def test_mail_is_fast_for_hostile_mails(head: str) -> None:
    started = time.process_time()
    try:
        read(f"From: a\n{head}\n\nText.".encode("utf-8", "surrogateescape"))
    except DataError as err:
        assert "nest" in str(err) or "cannot be parsed as a mail" in str(err)  # noqa: PT017 - an error is optional
    assert time.process_time() - started < 10


MBOX = """\
From ada@example.org Mon Jan  1 10:00:00 2024
From: Ada
Subject: One

First.
>From here on it is quoted.

From here at 10:00 it is not the year.

From ada at example.org  Mon Jan  1 10:00:00 2024
Subject: Two
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x

Second.
--x
Content-Disposition: attachment; filename=a.txt

A
--x--

From MAILER-DAEMON Mon Jan  1 10:00:00 2024
Subject: Three

Third.
From a line before Mon Jan  1 10:00:00 2024
"""


def test_mbox_reads_each_mail() -> None:
    items = read(MBOX, "a.mbox")
    assert texts(items) == {
        "1": "Subject: One\nFrom: Ada\n\nFirst.\nFrom here on it is quoted.\n\nFrom here at 10:00 it is not the year.",
        "2": "Subject: Two\n\nSecond.",
        "2/a.txt": "A",
        "3": "Subject: Three\n\nThird.\nFrom a line before Mon Jan  1 10:00:00 2024",
    }
    assert [item.format for item in items if isinstance(item, ParsedDocument)] == ["mail", "mail", "text", "mail"]
    assert texts(read(MBOX.replace("\n", "\r\n"), "a.mbox")) == texts(items)


def test_mbox_may_be_empty_but_must_begin_with_from() -> None:
    assert read("", "a.mbox") == []
    with pytest.raises(DataError, match="expected a mailbox"):
        read("Dear Ada,\n", "a.mbox")


def test_mbox_reports_only_the_oversized_mail() -> None:
    large = MBOX.replace("First.", "First. " * 1000)
    items = read(large, "a.mbox", max_bytes=4000)
    assert list(errors(items)) == ["1"]
    assert list(texts(items)) == ["2", "2/a.txt", "3"]


def test_mbox_reads_lines_of_any_length() -> None:
    items = read(MBOX.replace("Third.", "From " * 1_000_000), "a.mbox")
    assert len(texts(items)["3"]) > 5_000_000


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
    "before", ["\ufeff", "\n\n", "\ufeff\r\n", "From ada Mon Jan  1 10:00:00 2024\n", ">From ada\n"]
)
def test_mail_may_begin_with_a_mark_blank_lines_or_a_separator(before: str) -> None:
    assert texts(read(f"{before}{HEAD}\nHello.")) == {"": f"{SHOWN}\n\nHello."}


def test_a_mailbox_may_be_one_mail() -> None:
    assert texts(read(f"{HEAD}\nHello.", "a.mbox")) == {"": f"{SHOWN}\n\nHello."}
    with pytest.raises(DataError, match="mailbox"):
        read("nothing", "a.mbox")


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


def test_mail_reads_uuencoded_files_as_attachments() -> None:
    encoded = "begin 644 dir/note.txt\n%2&5L;&\\\n`\nend\n"
    items = read(f"{HEAD}\nSee.\n\n{encoded}Bye.\nbegin 644 x\n!!\n")
    assert texts(items) == {"": f"{SHOWN}\n\nSee.\n\n\nBye.\nbegin 644 x\n!!", "note.txt": "Hello"}


def test_mail_removes_invisible_characters() -> None:
    assert body(f"{HEAD}Content-Type: text/plain; charset=utf-8\n\nKel\u00adler \u200bx") == "Keller x"


def kinds(mail: str) -> list[tuple[str, str]]:
    (content,) = read(mail)
    assert isinstance(content, ParsedDocument)
    return [(content.text[passage.start : passage.end], passage.kind) for passage in content.passages[1:]]


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        (
            "Hello.\n\nOn Mon, Ada\n<ada@x.org> wrote:\n> a\n> b\n\nYes.\n-- \nTom\nLeeds",
            [
                ("Hello.", "paragraph"),
                ("On Mon, Ada\n<ada@x.org> wrote:\n> a\n> b", "quote"),
                ("Yes.", "paragraph"),
                ("-- \nTom\nLeeds", "signature"),
            ],
        ),
        (
            "Hi\n-----Original Message-----\nFrom: a",
            [("Hi", "paragraph"), ("-----Original Message-----\nFrom: a", "quote")],
        ),
        (
            "Hi\n\nSent from my phone\n\nFrom: a\nSent: b\nTo: c\nSubject: d\n\ne",
            [
                ("Hi", "paragraph"),
                ("Sent from my phone", "signature"),
                ("From: a\nSent: b\nTo: c\nSubject: d", "quote"),
                ("e", "quote"),
            ],
        ),
        ("Am Montag schrieb Ada:\nHallo", [("Am Montag schrieb Ada:\nHallo", "quote")]),
        (
            "Hi\n\nUte Kern <u@x.org> writes:\n\nUK> a\nUK> b\n\nYes, XY> c",
            [
                ("Hi", "paragraph"),
                ("Ute Kern <u@x.org> writes:", "quote"),
                ("UK> a\nUK> b", "quote"),
                ("Yes, XY> c", "paragraph"),
            ],
        ),
        (
            "At 15:33 lars at x.org did write:\n\n LK> a\n LK> b\n\nYes\n\n LK> c",
            [
                ("At 15:33 lars at x.org did write:", "quote"),
                (" LK> a\n LK> b", "quote"),
                ("Yes", "paragraph"),
                (" LK> c", "quote"),
            ],
        ),
        ("SQL> select 1", [("SQL> select 1", "paragraph")]),
        (
            "On Monday we met the man who wrote:\nBooks.\n\nMore.",
            [("On Monday we met the man who wrote:\nBooks.", "paragraph"), ("More.", "paragraph")],
        ),
        (
            "Hi\n________________\nFrom: a\nSent: b\nSubject: c\n\nd",
            [("Hi", "paragraph"), ("________________\nFrom: a\nSent: b\nSubject: c", "quote"), ("d", "quote")],
        ),
        (
            "Hi\n-----BEGIN PGP SIGNATURE-----\nxx",
            [("Hi", "paragraph"), ("-----BEGIN PGP SIGNATURE-----\nxx", "signature")],
        ),
    ],
)
def test_mail_tells_quotes_and_signatures_from_its_text(text: str, passages: list[tuple[str, str]]) -> None:
    assert kinds(f"{HEAD}\n{text}") == passages


FILES = "--- a/x.c\n+++ b/x.c\n"
PATCH = f"diff --git a/x.c b/x.c\nindex 1a2..3b4 100644\n{FILES}"
HUNK = "@@ -1,4 +1,3 @@\n int a;\n\n-- \n-\treturn;;\n+\treturn;\n"


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        (
            f"Fix x.\n---\n x.c | 2\n\n{PATCH}{HUNK}@@ -9 +8 @@ f()\n-a\n+b\n-- \n2.40\n",
            [
                ("Fix x.\n---\n x.c | 2", "paragraph"),
                (f"{PATCH}{HUNK}@@ -9 +8 @@ f()\n-a\n+b", "code"),
                ("-- \n2.40", "signature"),
            ],
        ),
        (
            f"{FILES}{HUNK}- is it right?\n\n{PATCH}{HUNK}",
            [
                (f"{FILES}{HUNK}".rstrip(), "code"),
                ("- is it right?", "paragraph"),
                (f"{PATCH}{HUNK}".rstrip(), "code"),
            ],
        ),
        ("diff -u shows it.\n--- so\n+++ far", [("diff -u shows it.\n--- so\n+++ far", "paragraph")]),
    ],
)
def test_patches_in_mails_are_code(text: str, passages: list[tuple[str, str]]) -> None:
    assert kinds(f"{HEAD}\n{text}") == passages


def test_patches_are_found_in_linear_time() -> None:
    start = time.process_time()
    assert len(kinds(HEAD + "\n" + "--- a\n+++ b\n@@ -1 +1 @@\nx\n" * 20_000)) == 40_000
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "line",
    [
        "pon., 3 mar 2025 o 09:12 Jan Lis <j@x.org> napisał(a):",
        "пн, 3 мар. 2025 в 09:12, Ян <j@x.org>:",
        "2025年3月3日(月) 9:12 Ken <k@x.org>:",
        "2025-03-03 9:12 GMT+01:00 Ada\n<a@x.org>:",
        "Dne 3. 3. 2025 Jan Novák napsal(a):",
        "Ada <a@x.org> wrote:",
    ],
)
def test_mail_tells_the_line_above_a_quote_in_any_language(line: str) -> None:
    assert kinds(f"{HEAD}\nHi\n\n{line}\n\n> a\n\nThese are mine:\n> b")[1:] == [
        (line, "quote"),
        ("> a", "quote"),
        ("These are mine:", "paragraph"),
        ("> b", "quote"),
    ]


@pytest.mark.parametrize(
    "headers",
    [
        "Od: a\nWysłano: b\nDo: c\nTemat: d",
        "发件人: a\n发送时间: b\n收件人: c\n主题: d",
        "Från: a\nSkickat: b\nTill: c\nÄmne: d",
    ],
)
def test_mail_tells_the_headers_of_a_forwarded_mail_in_other_languages(headers: str) -> None:
    assert kinds(f"{HEAD}\nHi\n\n{headers}\n\ne") == [("Hi", "paragraph"), (headers, "quote"), ("e", "quote")]


@pytest.mark.parametrize("name", ["protonmail_quote", "x_gmail_quote", "x_x_divRplyFwdMsg", "zmail_extra"])
def test_mail_tells_quotes_by_the_classes_of_mail_programs(name: str) -> None:
    pytest.importorskip("selectolax")
    page = f"<p>Hi</p><div class={name}><p>a</p></div><div id=x_Signature>Tom</div>"
    assert kinds(f"{HEAD}Content-Type: text/html\n\n{page}") == [
        ("Hi", "paragraph"),
        ("a", "quote"),
        ("Tom", "signature"),
    ]


def test_mail_tells_quotes_and_signatures_of_pages() -> None:
    pytest.importorskip("selectolax")
    page = (
        "<p>Hi</p><div class=gmail_signature>Tom</div><p>On Mon, Ada wrote:</p>"
        "<blockquote type=cite><h1>a</h1></blockquote><p>Yes</p><p>From: a<br>Sent: b<br>Subject: c</p><h2>d</h2>"
    )
    assert kinds(f"{HEAD}Content-Type: text/html\n\n{page}") == [
        ("Hi", "paragraph"),
        ("Tom", "signature"),
        ("On Mon, Ada wrote:", "quote"),
        ("a", "quote"),
        ("Yes", "paragraph"),
        ("From: a\nSent: b\nSubject: c", "quote"),
        ("d", "quote"),
    ]


def test_mail_has_the_reply_address_if_it_is_another_one() -> None:
    assert "Reply-To" not in texts(read(f"{HEAD}Reply-To: ADA@example.org\n\nx"))[""]
    assert texts(read(f"{HEAD}Reply-To: tom@example.org\n\nx"))[""] == f"{SHOWN}\nReply-To: tom@example.org\n\nx"


def test_mail_has_its_ids_and_its_sender() -> None:
    head = "Message-ID:\n <a.b@x>\nIn-Reply-To: Your mail of Monday <c@x> <d@x>\nReply-To: Grace <grace@example.org>\n"
    (mail,) = read(f"{HEAD}{head}\nHello")
    assert isinstance(mail, ParsedDocument)
    assert mail.metadata == Metadata(
        authors=("Ada",),
        created="2024-01-01T10:00:00+00:00",
        message_id="a.b@x",
        in_reply_to="c@x",
        reply_to="grace@example.org",
    )
    (bare,) = read("From: ada@example.org\nMessage-ID: e@x\nDate: soon\nIn-Reply-To: your mail\n\nHello")
    assert isinstance(bare, ParsedDocument)
    assert bare.metadata == Metadata(authors=("ada@example.org",), message_id="e@x")


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
