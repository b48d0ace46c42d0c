"""Lists and code in plain text."""

import time

import pytest

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.plain import read


def passages(text: str) -> list[tuple[str, int | None, str]]:
    (document,) = read(Source(name="a.txt", data=text.encode()))
    assert isinstance(document, ParsedDocument)
    assert document.text == text
    return [(each.kind, each.level, text[each.start : each.end]) for each in document.passages]


def test_plain_text_has_items_of_lists() -> None:
    text = (
        "Bring:\n- bread\n- a cheese that is\n  old\n  1. soft\n  2. hard\n\n * salt\n   and pepper\n\n * oil\n\n"
        "a) first\nb) second\n\n1. one\n\n2. two\n"
    )
    assert passages(text) == [
        ("paragraph", None, "Bring:"),
        ("list_item", 1, "- bread"),
        ("list_item", 1, "- a cheese that is\n  old"),
        ("list_item", 2, "1. soft"),
        ("list_item", 2, "2. hard"),
        ("list_item", 2, "* salt\n   and pepper"),
        ("list_item", 2, "* oil"),
        ("list_item", 1, "a) first"),
        ("list_item", 1, "b) second"),
        ("list_item", 1, "1. one"),
        ("list_item", 1, "2. two"),
    ]


def test_plain_text_continues_an_item_that_is_wrapped_without_indent() -> None:
    item = (
        "* the cheese that was on the table in the kitchen of the old house by\nthe river is gone, and so is the bread"
    )
    text = f"{item}\n* nobody knows who took them, but the dog of the neighbours has not\nbeen hungry since\n"
    assert [kind for kind, _, _ in passages(text)] == ["list_item", "list_item"]


@pytest.mark.parametrize(
    "text",
    [
        "1. Introduction",
        "She was born in\n1999. In the next year she left.",
        "- 3 -",
        "* * *",
        "/*\n * A comment\n * of a program\n */",
        "-- \nAda",
        "- Hello, said he.",
        "- old line\n+ new line",
        "A. Smith and others",
    ],
)
def test_plain_text_does_not_mistake_other_lines_for_lists(text: str) -> None:
    assert passages(text) == [("paragraph", None, text)]


def test_plain_text_has_code_below_a_double_colon_and_after_a_prompt() -> None:
    text = (
        "Run this::\n\n    a = 1\n\n      b\n\nThen\n>>> 1 + 1\n2\n\n"
        ".. code-block:: sh\n\n   ls\n\n.. note::\n\n   Prose.\n"
    )
    assert passages(text) == [
        ("paragraph", None, "Run this::"),
        ("code", None, "    a = 1\n\n      b"),
        ("paragraph", None, "Then"),
        ("code", None, ">>> 1 + 1\n2"),
        ("paragraph", None, ".. code-block:: sh"),
        ("code", None, "   ls"),
        ("paragraph", None, ".. note::"),
        ("paragraph", None, "   Prose."),
    ]


def test_plain_text_does_not_mistake_quotes_for_prompts() -> None:
    text = "> > Three\n>> two\n>>> one"
    assert passages(text) == [("paragraph", None, text)]


def test_plain_text_has_no_headings_that_are_indented_above_a_rule() -> None:
    assert passages("   alt text\n~~~~~~~~~~~~\n") == [("paragraph", None, "   alt text\n~~~~~~~~~~~~")]


def test_plain_text_has_headings_that_are_versions() -> None:
    text = "1.0.2 (2024)\n++++++++++++\n\n- one\n\n1.0\n+++\n\n- two\n- three\n\n12\n--\n"
    assert passages(text) == [
        ("heading", 1, "1.0.2 (2024)"),
        ("list_item", 1, "- one"),
        ("heading", 1, "1.0"),
        ("list_item", 1, "- two"),
        ("list_item", 1, "- three"),
        ("paragraph", None, "12\n--"),
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1. Introduction", "paragraph"),
        ("1. Introduction\n\n2. Method", "list_item"),
        ("A. Smith and\nB. Jones wrote", "list_item"),
        ("- bread", "paragraph"),
        ("- bread\n  and butter", "list_item"),
        ("* bread", "list_item"),
        ("7. bread\n   and butter", "paragraph"),
    ],
)
def test_plain_text_decides_by_form_what_an_item_is(text: str, kind: str) -> None:
    assert {each for each, *_ in passages(text)} == {kind}


@pytest.mark.parametrize(
    "text",
    ["0. " * 20_000, "name" + " " * 40_000 + "x", "- " + " " * 40_000 + "1" * 40_000],
    ids=["numbers", "blanks", "digits"],
)
def test_plain_text_takes_little_time_for_long_lines(text: str) -> None:
    started = time.process_time()
    assert [kind for kind, *_ in passages(text)] == ["paragraph"]
    assert time.process_time() - started < 2


@pytest.mark.parametrize("rule", ["*", "=", "#"])
def test_a_sentence_between_lines_is_a_notice_and_no_heading(rule: str) -> None:
    line = rule * 45
    notice = f"{line}\nThe gates will be closed on Monday, 4 May 2026.\n{line}"
    assert passages(f"{notice}\n\nPlease bring your keys.\n") == [
        ("paragraph", None, notice),
        ("paragraph", None, "Please bring your keys."),
    ]


@pytest.mark.parametrize("title", ["Annual General Meeting", "What is new in the garden?", "The mills of Smith & Co."])
def test_a_title_between_lines_is_a_heading(title: str) -> None:
    line = "*" * 45
    assert passages(f"{line}\n{title}\n{line}\n\nText.\n")[0] == ("heading", 1, title)


QUOTED_MAIL = "From: Ruth Keller\nSent: Tuesday, March 3, 2026 9:14 AM\nTo: Paul Winter\nSubject: RE: Dates"


@pytest.mark.parametrize(
    "head",
    [
        QUOTED_MAIL,
        f"-----Original Message-----\n{QUOTED_MAIL}",
        "---------- Forwarded message ---------",
        "Von: Ruth Keller\nGesendet: Dienstag, 3. März 2026 09:14\nAn: Paul Winter\nCc: Lager\nBetreff: AW: Termine",
    ],
)
def test_mails_that_a_text_quotes_are_quotes(head: str) -> None:
    assert passages(f"Thanks.\n\nPaul\n{'_' * 30}\n{head}\n\nWe can deliver:\n- on Monday\n- on Tuesday\n") == [
        ("paragraph", None, "Thanks."),
        ("paragraph", None, "Paul"),
        ("quote", None, head),
        ("quote", None, "We can deliver:"),
        ("quote", None, "- on Monday"),
        ("quote", None, "- on Tuesday"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{QUOTED_MAIL}\n\nThe headers of a mail that was saved as text.\n",
        f"The archive of a list.\n\nFrom ruth at example.com  Tue Mar 3\n{QUOTED_MAIL}\n\nDear all,\n",
        "A note.\n\nFrom: Leeds\nTo: York\nSubject: to delay\n",
    ],
)
def test_headers_that_begin_a_text_or_are_few_begin_no_quote(text: str) -> None:
    assert "quote" not in [kind for kind, _, _ in passages(text)]
