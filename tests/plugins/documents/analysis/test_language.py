"""The language of documents and passages."""

import pytest

from docsight.documents.analysis import language
from docsight.documents.analysis.language import identify_languages
from docsight.documents.formats.content import Passage
from docsight.documents.formats.text.plain import paragraphs

ENGLISH = (
    "The lamp had burned for eighty years when he came to the rock in the autumn, and the books of the station are "
    "written in his hand. They tell of oil and of the weather, but hardly anything of the men who lived in the tower."
)
GERMAN = "Der Rat der Stadt hat am Montag beschlossen, dass die alte Brücke im Frühjahr abgerissen und neu gebaut wird."
JAPANESE = "これは日本語の文章です。鉄道博物館は来年の春に再開される予定です。"


@pytest.fixture
def _installed() -> None:
    pytest.importorskip("py3langid")


def identify(*texts: str) -> tuple[str, list[str]]:
    text = "\n\n".join(texts)
    found, passages = identify_languages(text, list(paragraphs(text)))
    return found, [passage.language for passage in passages]


@pytest.mark.usefixtures("_installed")
def test_language_of_a_document() -> None:
    assert identify(ENGLISH) == ("en", [""])
    assert identify(GERMAN) == ("de", [""])
    assert identify(JAPANESE) == ("ja", [""])


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("nl", "Dit is een brief of een rapport over wat er was, en het is niet bekend of zij er weet van had of is."),
        (
            "de",
            "The Beatles und The Kinks spielten im Kino; auch The Doors und The Band waren dabei, sagt der Wirt.",
        ),
        ("en", "Who was there, and what have they seen that would not have been seen by you?"),
    ],
)
def test_function_words_tell_english_only_if_they_are_many_and_different(expected: str, text: str) -> None:
    assert identify(text)[0] == expected


def test_plain_english_needs_no_identifier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "load_identifier", lambda: object())
    assert identify(ENGLISH) == ("en", [""])


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize("copies", [1, 20])
def test_passages_in_another_language_have_their_own(copies: int) -> None:
    found, languages = identify(*[ENGLISH] * copies, GERMAN, JAPANESE, *[ENGLISH] * copies)
    assert found == "en"
    assert languages == [*[""] * copies, "de", "ja", *[""] * copies]


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize("text", ["", "12 34 55", "SKU 4411 AB", "- 7 / 12.5 (3) " * 40])
def test_texts_without_sentences_have_no_language(text: str) -> None:
    assert identify(text)[0] == ""


@pytest.mark.usefixtures("_installed")
def test_code_and_short_passages_have_no_language_of_their_own() -> None:
    text = f"{ENGLISH}\n\n{GERMAN}\n\nGuten Tag"
    code = Passage(start=len(ENGLISH) + 2, end=len(ENGLISH) + 2 + len(GERMAN), kind="code")
    short = Passage(start=code.end + 2, end=len(text))
    assert [passage.language for passage in identify_languages(text, [code, short])[1]] == ["", ""]


def test_language_is_empty_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "load_identifier", lambda: None)
    assert identify(ENGLISH) == ("", [""])


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "CV\nAnna Berg\n12 Mill Lane, Leeds\n1990 London\n2001 BSc, Leeds\n2004 MSc, York\n2010 Kestrel Ltd\n"
            "2016 Otter plc\nFrench, German\n",
            "en",
        ),
        (
            f"Gemeinde Flöha\nRechnung Nr. 17\n{'=' * 60}\nPos  Bezeichnung       Menge   Preis  Gesamt\n{'-' * 60}\n"
            "1    Dachziegel, rot     200    1,20  240,00\n2    Nägel (Päckchen)      3    4,50   13,50\n"
            f"{'-' * 60}\n{' ' * 37}Summe   253,50\nZahlbar innerhalb von 14 Tagen ohne Abzug.\n",
            "de",
        ),
        ("Anna Berg 12\nTom Fox 13\nRuth Keller 14\nPaul Winter 15\nAda Moss 16\nJean Petit 17\nLuca Ferri 18\n", ""),
        ("seed,value\n" + "".join(f"{n},0x60d2{n:x}e17a0698\n" for n in range(90, 200)), ""),
        ("A12 B34 C56 D78 E90 F12 G34 H56 XR-77 QT-88 ZZ-99 KK-12 " * 5, ""),
    ],
)
def test_forms_and_invoices_have_the_language_of_their_words(text: str, expected: str) -> None:
    assert identify(text)[0] == expected
