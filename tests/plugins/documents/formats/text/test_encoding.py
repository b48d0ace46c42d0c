"""Decoding bytes."""

import codecs
import pickle
import random
import time

import pytest

from docsight.documents.formats.text.charset_names import lookup_encoding
from docsight.documents.formats.text.encoding import Encoding, decode
from docsight.errors import DataError

TEXT = "Frau Müller aß in Köln zwölf Brötchen für 5 € und fuhr dann nach Düsseldorf weiter.\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-32"), "utf-32"),
        (codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"), "utf-32"),
        (TEXT.encode("cp1252"), "cp1252"),
    ],
)
def test_decode_finds_the_encoding(data: bytes, encoding: str) -> None:
    assert decode(data) == (TEXT, encoding)


def test_decode_guesses_a_non_western_encoding() -> None:
    text = "Лев Толстой родился в Ясной Поляне и жил в Москве много лет.\n" * 3
    assert decode(text.encode("koi8-r")) == (text, "koi8-r")


def test_decode_reads_an_empty_file_as_empty_text() -> None:
    assert decode(b"") == ("", "utf-8")


def test_decode_applies_the_guess_to_the_whole_of_a_long_text() -> None:
    text = TEXT * 5000
    assert decode(text.encode("cp1252")) == (text, "cp1252")


def test_decode_prefers_the_declared_encoding() -> None:
    assert decode("Łódź".encode("iso8859-2"), declared="iso8859-2") == ("Łódź", "iso8859-2")


def test_decode_ignores_a_declared_encoding_that_does_not_fit() -> None:
    assert decode(TEXT.encode(), declared="ascii") == (TEXT, "utf-8")


@pytest.mark.parametrize("data", [b"GIF89a\x00\x01", "a\0b".encode("utf-16"), codecs.BOM_UTF16_LE + b"abc"])
def test_decode_rejects_binary_data(data: bytes) -> None:
    with pytest.raises(DataError):
        decode(data)


def test_decode_leaves_out_a_few_nul_bytes() -> None:
    log = TEXT.encode() * 20
    assert decode(log + b"\0" * 8 + log) == (TEXT * 40, "utf-8 (8 NUL bytes left out)")
    assert decode(b"a,first\0 item,12\nb,second,13\n") == (
        "a,first item,12\nb,second,13\n",
        "utf-8 (1 NUL byte left out)",
    )
    for data in (log + b"\0" * 300, b"a,first\0 item,12\nb,second\1,13\n", TEXT.encode("cp1252") * 20 + b"\0"):
        with pytest.raises(DataError, match="NUL bytes"):
            decode(data)


def test_decode_replaces_a_few_damaged_bytes_of_utf8() -> None:
    damaged = TEXT.encode() + b"\xff" + "Zoë\ufffd".encode() + b"\xc3"
    assert decode(damaged) == (f"{TEXT}\ufffdZoë\ufffd\ufffd", "utf-8 (2 bytes replaced)")


def test_decode_does_not_mistake_other_encodings_for_damaged_utf8() -> None:
    text = "\u201eDas war ein Spa\u00df\u201d, sagte Frau M\u00fcller \u00fcber K\u00f6ln.\n"
    assert decode(text.encode("cp1252")) == (text, "cp1252")
    for name, text in (("shift_jis", "東京都の人口は約千四百万人です。"), ("koi8-r", "Лев Толстой родился в Ясной.")):
        assert "replaced" not in decode(text.encode(name) * 4)[1]


@pytest.mark.parametrize("declared", ["rot13", "punycode", "undefined", "no-such"])
def test_decode_ignores_a_declared_encoding_that_is_not_a_text_encoding(declared: str) -> None:
    assert decode("Zoë".encode(), declared=declared)[0] == "Zoë"


def test_decode_prefers_cp1252_to_rare_encodings_that_fit_as_well() -> None:
    finnish = "Heinäkuun 11. päivänä menetti projekti erittäin rakkaan ystävän ja kehittäjän.\n"
    english = (
        "The characters missing are mainly eth and thorn. Sometimes \u00a3 is missing, too; mail J\u00f6rg about it.\n"
    )
    for text in (finnish * 3, english * 3):
        assert decode(text.encode("cp1252")) == (text, "cp1252")


def test_decode_reads_code_with_a_few_strange_bytes() -> None:
    code = (
        b"\\catcode`\\{=\\other \\catcode`\\}=\\other\r\n" * 60
        + b"\\catcode`\\\xa6=\\active\r\n\\catcode`\\\xab=\\active\r\n"
    )
    text, encoding = decode(code)
    assert encoding == "cp1252"
    assert text.encode("cp1252") == code
    assert "\u00a6" in text


def test_decode_rejects_a_file_of_nul_bytes_at_once() -> None:
    started = time.perf_counter()
    with pytest.raises(DataError, match="NUL"):
        decode(bytes(50_000_000))
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("encoding", ["cp1252", "mac-roman", "cp850", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    [
        "Café für Zoë",
        "It\u2019s \u00a35 \u2013 \u201cquoted\u201d",
        "name,city\nJosé Núñez,Málaga\nZoë Müller,Köln\n",
        "Señor Peña",
        "KÖLN STRASSE",
        "Bjørn Ødegård",
    ],
)
def test_decode_reads_short_western_texts(text: str, encoding: str) -> None:
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        pytest.skip("the encoding does not have these characters")
    assert decode(data)[0] == text


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        ("Lech Wałęsa urodził się w Popowie.", ("cp1250", "iso8859-2", "cp852")),
        ("Antonín Dvořák žil v Praze.", ("cp1250", "iso8859-2", "cp852")),
        ("\u0397 Αθήνα είναι πρωτεύουσα.", ("cp1253", "iso8859-7")),
        ("Москва стоит на реке.", ("cp1251", "koi8-r", "iso8859-5", "cp866", "utf-16-le")),
        ("東京都の人口は多いです。", ("shift_jis", "euc_jp", "iso2022_jp")),
        ("北京是中国的首都。", ("gb18030", "gbk")),
        ("台北市是臺灣的首都。", ("big5",)),
    ],
)
def test_decode_reads_short_texts_in_other_scripts(text: str, encodings: tuple[str, ...]) -> None:
    for encoding in encodings:
        assert decode(text.encode(encoding))[0] == text


def test_decode_prefers_utf8_to_a_declared_encoding_with_one_byte_per_character() -> None:
    assert decode("Zoë".encode(), declared="cp1252") == ("Zoë", "utf-8")
    assert decode("\u8054\u901a".encode("gbk"), declared="gbk") == ("\u8054\u901a", "gbk")


def test_decode_reports_how_certain_a_guess_is() -> None:
    for data in (TEXT.encode(), TEXT.encode("utf-16")):
        assert decode(data)[1].confidence is None
    certain, uncertain = (decode(text.encode("cp1252"))[1].confidence for text in (TEXT, "x \u20ac"))
    assert certain is not None
    assert uncertain is not None
    assert uncertain < 0.8 < certain <= 1


def test_encoding_keeps_its_confidence_when_pickled() -> None:
    encoding = pickle.loads(pickle.dumps(Encoding("cp1252", 0.5)))
    assert (encoding, encoding.confidence) == ("cp1252", 0.5)


def test_decode_rejects_random_bytes() -> None:
    data = bytes(random.Random(1).choices(range(1, 256), k=2000))
    with pytest.raises(DataError, match="binary"):
        decode(data)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("ISO-8859-1", "cp1252"),
        ("us-ascii", "cp1252"),
        ("ibm850", "cp850"),
        ("dos-437", "cp437"),
        ("windows1250", "cp1250"),
        ("win-1251", "cp1251"),
        ("x-cp1251", "cp1251"),
        ("windows-874", "cp874"),
        ("iso88592", "iso8859-2"),
        ("8859_15", "iso8859-15"),
        ("iso-8859-8-i", "iso8859-8"),
        ("x-mac-ce", "mac-latin2"),
        ("x-mac-cyrillic", "mac-cyrillic"),
        ("x-sjis", "shift_jis"),
        ("ks_c_5601-1987", "euc_kr"),
        ("hz-gb-2312", "hz"),
        ("windows-65001", "utf-8"),
        ("utf-16le", "utf-8"),
        ('"utf-8";', "utf-8"),
        ("utf-7", None),
        ("unicode_escape", None),
        ("x-unknown", None),
        ("cp99999", None),
        ("a\0b", None),
    ],
)
def test_lookup_encoding_knows_the_names_that_documents_use(name: str, encoding: str | None) -> None:
    assert lookup_encoding(name) == encoding


def test_lookup_encoding_allows_utf7_in_mails() -> None:
    assert lookup_encoding("UTF-7", is_mail=True) == lookup_encoding("unicode-1-1-utf-7", is_mail=True) == "utf-7"
    assert decode("Grüße".encode("utf-7"), declared="utf-7") == ("Grüße", "utf-7")


@pytest.mark.parametrize(
    ("text", "declared", "encoding"),
    [
        ("恒生指數與旅遊嘅嘢", "big5", "big5hkscs"),
        ("朱镕基", "gb2312", "gb18030"),
        ("똠방각하", "euc_kr", "cp949"),
        ("髙橋①", "shift_jis", "cp932"),
        ("„Łódź” i „Żory”", "iso8859-2", "cp1250"),
        ("“Şirket”", "iso8859-9", "cp1254"),
        ("“Zoë”", "iso8859-15", "cp1252"),
    ],
)
def test_decode_tries_the_encoding_that_is_meant_by_a_declared_one(text: str, declared: str, encoding: str) -> None:
    assert decode(text.encode(encoding), declared=declared) == (text, encoding)


def test_decode_guesses_traditional_chinese_with_letters_of_hong_kong() -> None:
    text = "恒生指數今日上升。這裏嘅人好開心。台北市是臺灣的首都。"
    assert decode(text.encode("big5hkscs")) == (text, "big5hkscs")


@pytest.mark.parametrize("encoding", ["shift_jis_2004", "euc_jis_2004"])
def test_decode_reads_japanese_with_rare_letters(encoding: str) -> None:
    text = "開発者は教育用のプログラミング言語の開発に参加していましたが、実用上の目的には適していませんでした。ノか゚ト゚"
    assert decode(text.encode(encoding)) == (text, encoding)


@pytest.mark.parametrize("declared", ["cp932", None])
def test_decode_reads_backslashes_and_tildes_beside_rare_letters(declared: str | None) -> None:
    text = r"実用上の目的には適していませんでした。ノか゚ C:\temp ~x"
    data = text.replace("\\", "\xa5").replace("~", "\u203e").encode("shift_jis_2004")
    assert data.endswith(rb"C:\temp ~x")
    assert decode(data, declared=declared) == (text, "shift_jis_2004")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ["東京の山田太郎様、先日はありがとうございました。", "中文没有空格的一行文字、写给北京的朋友。"]
)
def test_utf16_without_any_nul_byte_is_decoded(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == (text, encoding)
