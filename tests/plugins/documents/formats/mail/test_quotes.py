"""What a mail quotes, its signature, and the patches in it."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from mail_samples import HEAD, kinds


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


def test_mail_tells_a_quote_in_the_same_paragraph_of_a_page() -> None:
    headers = (
        "<div><b>De :</b> Jean<br><b>Envoyé :</b> mardi 18:02<br><b>À :</b> Camille<br><b>Objet :</b> Réunion</div>"
    )
    page = f"<div>Bonjour</div><div><br></div><div>À toi,<br>Camille</div><div>{headers}<div>Salut</div></div>"
    assert kinds(f"{HEAD}Content-Type: text/html; charset=utf-8\n\n{page}") == [
        ("Bonjour", "paragraph"),
        ("À toi,\nCamille", "paragraph"),
        ("De : Jean\nEnvoyé : mardi 18:02\nÀ : Camille\nObjet : Réunion\nSalut", "quote"),
    ]
