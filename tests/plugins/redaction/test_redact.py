import re
import stat
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from docsight.errors import ConfigError
from docsight.redaction import RedactionOptions, read_key, redact
from docsight.redaction.detections import Detection
from docsight.redaction.patterns import ID_PATTERNS
from docsight.redaction.redactor import RedactedText, redact_text

KEY = b"0123456789abcdef"


def removed(text: str, name: str, *, type: str = "PERSON", **options: object) -> RedactedText:
    """Redact a text in which one occurrence of a name, the first, was found."""
    start = text.index(name)
    found = Detection(start=start, end=start + len(name), type=type, recognizer="names", score=0.9)
    return redact_text(text, [found], RedactionOptions(**options))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def nlp() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Maria Keller"}])  # type: ignore[attr-defined]
    return nlp


@pytest.mark.parametrize(
    "recurrence",
    ["Keller", "KELLER", "keller", "M. Keller", "M.K.", "M. K.", "MK", "Maria", "maria\nkeller", "Kel-\nler",
     "KEL-\nLER", "Keller\u00ads", "Ke\u00adller", "Kellers", "Keller, Maria", "mkeller", "Maria K", "K\u00e9ller"],
)  # fmt: skip
def test_redact_text_removes_every_form_of_a_name(recurrence: str) -> None:
    text = removed(f"I met Maria Keller there. We saw {recurrence} again.", "Maria Keller").text
    assert re.fullmatch(r"I met <PERSON> there\. We saw (<PERSON>,? ?)+\.? ?again\.", text)


@pytest.mark.parametrize(
    ("recurrence", "expected"),
    [
        ("Keller2", "<PERSON>2"),
        ("007keller", "007<PERSON>"),
        ("mkeller1975", "<PERSON>1975"),
        ("keller_2", "<PERSON>_2"),
        ("keller@", "<PERSON>@"),
        ("K e l l e r", "<PERSON>"),
        ("K E L L E R", "<PERSON>"),
        ("K-e-l-l-e-r", "<PERSON>"),
        ("M a r i a   K e l l e r", "<PERSON>"),
        ("\u041aeller", "<PERSON>"),
        ("K\u0435ll\u0435r", "<PERSON>"),
        ("M\u0391RIA", "<PERSON>"),
        ("\uff2b\uff45\uff4c\uff4c\uff45\uff52", "<PERSON>"),
        ("Kel\u200eler", "<PERSON>"),
        ("K e l l e r Portrait", "<PERSON> Portrait"),
        ("A B C D", "A B C D"),
    ],
)
def test_redact_text_removes_disguised_names(recurrence: str, expected: str) -> None:
    assert removed(f"Maria Keller: {recurrence}", "Maria Keller").text == f"<PERSON>: {expected}"


@pytest.mark.parametrize(
    ("address", "text", "expected"),
    [
        ("hkrause@firm.example", "user hkrause logged in", "user <EMAIL> logged in"),
        ("h.krause@firm.example", "Krause", "<PERSON>"),
        ("maria.keller@firm.example", "dear Maria, keller2", "dear <PERSON>, <PERSON>2"),
        ("maria.keller@firm.example", "mkeller", "<PERSON>"),
        ("office@firm.example", "the office", "the office"),
        ("customer.service@firm.example", "Customer Service", "Customer Service"),
    ],
)
def test_redact_text_removes_the_local_part_of_an_address(address: str, text: str, expected: str) -> None:
    assert removed(f"{address}: {text}", address, type="EMAIL").text == f"<EMAIL>: {expected}"


def test_redact_text_keeps_persons_in_addresses_if_persons_are_kept() -> None:
    text = removed("h.krause@firm.example: Krause", "h.krause@firm.example", type="EMAIL", types=("LOCATION",)).text
    assert text == "<EMAIL>: Krause"


def test_redact_text_ignores_the_case_of_addresses() -> None:
    text = "Will Street, will@firm.example. Reply-To: Will"
    found = [
        Detection(start=start, end=end, type=type, recognizer="names", score=0.9)
        for start, end, type in ((0, 11, "PERSON"), (13, 30, "EMAIL"))
    ]
    assert redact_text(text, found, RedactionOptions()).text == "<PERSON>, <EMAIL>. Reply-To: <PERSON>"


def test_pseudonym_of_a_letter_spaced_name_is_that_of_the_name() -> None:
    name, spaced = removed("Keller, K e l l e r", "Keller", operator="pseudonym", key=KEY).text.split(", ")
    assert name == spaced


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Maria Keller", ["keller, maria", "Keller,M.", "M Keller", "Keller M", "m.keller", "m.k.", "MariaKeller",
                          "mariakellerphoto", "Maria%20Keller", "maria+keller", "Keller-Braun", "Anna-Maria"]),
        ("J\u00f6rg M\u00fcller", ["Mueller", "JMUELLER", "Muller", "joerg", "Mu\u0308ller"]),
        ("Joerg Mueller", ["M\u00fcller", "J\u00f6rg"]),
        ("S\u00f8ren \u00d8rsted", ["Soren Orsted", "Soeren Oersted", "s.oersted"]),
        ("\u0141ukasz Wa\u0142\u0119sa", ["Walesa", "lwalesa"]),
        ("Sean O'Connor", ["O\u2019Connor", "O\u02bcConnor", "soconnor", "OCONNOR", "O`Connor"]),
        ("Jean-Luc Picard", ["J.-L. Picard", "JL Picard", "jlpicard", "jeanluc", "JLP"]),
        ("Ludwig van der Rohe", ["vanderrohe", "lvanderrohe", "VanDerRohe", "Van der Rohe"]),
        ("Ana L\u00f3pez Garc\u00eda", ["Lopez", "alopez", "agarcia", "Garcia L\u00f3pez"]),
        ("John Doe", ["jdoe", "JDOE"]),
        ("Keller, Maria", ["mkeller", "Maria K."]),
    ],
)  # fmt: skip
def test_redact_text_removes_spellings_and_user_names(name: str, forms: list[str]) -> None:
    for form in forms:
        text = removed(f"I met {name} there. We saw {form} again.", name).text
        assert re.fullmatch(r"I met <PERSON> there\. We saw (<PERSON>,? ?)+\.? ?again\.", text), form


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("kellerReport", "<PERSON>Report"),
        ("MsKeller", "Ms<PERSON>"),
        ("Keller I think", "<PERSON> I think"),
        ("Keller-based", "<PERSON>-based"),
        ("e.g. manna", "e.g. manna"),
        ("Keller. maria", "<PERSON>. maria"),
    ],
)
def test_redact_text_keeps_what_is_no_name(form: str, expected: str) -> None:
    assert removed(f"Maria Keller saw {form}", "Maria Keller").text == f"<PERSON> saw {expected}"


def test_pseudonyms_of_a_given_name_alone_and_in_full_agree_across_documents() -> None:
    alone = removed("Dear Maria", "Maria", operator="pseudonym", key=KEY).text.removeprefix("Dear ")
    turned = removed("Keller Maria", "Keller Maria", operator="pseudonym", key=KEY).text
    full = removed("Maria Keller and Tom", "Maria Keller and Tom", operator="pseudonym", key=KEY).text
    given, family, joining, _ = full.split()
    assert (alone, turned, joining) == (given, f"{family} {given}", "and")


def test_pseudonyms_of_spellings_agree() -> None:
    text = removed(
        "J\u00f6rg M\u00fcller, Mueller, Muller", "J\u00f6rg M\u00fcller", operator="pseudonym", key=KEY
    ).text
    assert text.split(", ")[1] == text.split(", ")[2] == text.split(", ")[0].split()[1]


def test_redact_text_keeps_the_possessive() -> None:
    assert removed("Maria Keller and Keller's dog", "Maria Keller").text == "<PERSON> and <PERSON>'s dog"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Will Street came. You will see the street.", "<PERSON> came. You will see the street."),
        ("Will Street came. I saw Will.", "<PERSON> came. I saw <PERSON>."),
        ("Will Street came. Will will call.", "<PERSON> came. Will will call."),
        ("Will Street came. Will called.", "<PERSON> came. <PERSON> called."),
        ("Will Street came with will street.", "<PERSON> came with <PERSON>."),
    ],
)
def test_redact_text_decides_on_common_words_by_case_and_frequency(text: str, expected: str) -> None:
    assert removed(text, "Will Street").text == expected


def test_redact_text_never_removes_a_particle_alone() -> None:
    assert removed("Jan van Loon has a van.", "Jan van Loon").text == "<PERSON> has a van."


@pytest.mark.parametrize("name", ["Maria Kel-\nler", "Maria Kel"])
def test_redact_text_joins_a_hyphenated_name(name: str) -> None:
    text = removed("Dear Maria Kel-\nler, is Keller in?", name, operator="pseudonym", key=KEY).text
    expected = removed("Dear Maria Keller, is Keller in?", "Maria Keller", operator="pseudonym", key=KEY).text
    assert text == expected


def test_redact_text_removes_joined_neighbours() -> None:
    assert removed("Anne O'Brien. Ask obrien", "Anne O'Brien").text == "<PERSON>. Ask <PERSON>"


def test_redact_text_gives_offsets_in_both_texts() -> None:
    text = "Dear Maria Keller, dear Keller"
    result = removed(text, "Maria Keller")
    for row in result.redactions:
        assert result.text[row.redacted_start : row.redacted_end] == row.replacement == "<PERSON>"
    assert [text[row.start : row.end] for row in result.redactions] == ["Maria Keller", "Keller"]
    assert result.span(0, len(text)) == (0, len(result.text))
    assert result.span(text.index(", dear"), text.index(" Keller", 20)) == (13, 19)


@pytest.mark.parametrize("operator", ["replace", "pseudonym", "mask", "hash"])
def test_redact_text_replaces_a_name_in_pieces_at_boundaries(operator: str) -> None:
    text = "Maria Keller\n\nKeller\tMaria\t5\n---"
    found = [
        Detection(start=start, end=end, type="PERSON", recognizer="names", score=0.9)
        for start, end in ((0, 12), (14, len(text)))
    ]
    options = RedactionOptions(operator=operator, key=KEY)  # type: ignore[arg-type]
    result = redact_text(text, found, options, boundaries=[0, 12, 14, 20, 21, 26, 27, 28, 29])
    name, row = result.text.split("\n\n")
    assert row.count("\t") == 2
    assert row.endswith("\n---")
    assert len(result.redactions) == 4
    if operator == "pseudonym":
        assert row.split("\t")[:2] == name.split()[::-1]


def test_mask_keeps_the_number_of_characters() -> None:
    assert removed("Dear Maria Keller!", "Maria Keller", operator="mask").text == "Dear ************!"


def test_hash_depends_on_the_key() -> None:
    texts = {removed("Keller", "Keller", operator="hash", key=key).text for key in (KEY, KEY, b"x" * 16)}
    assert len(texts) == 2
    assert all(re.fullmatch(r"<PERSON:[0-9a-f]{12}>", text) for text in texts)


def test_pseudonyms_agree_within_a_document_and_with_a_key_across_documents() -> None:
    first = removed("Maria Keller: M. Keller, Keller, MARIA", "Maria Keller", operator="pseudonym", key=KEY).text
    second = removed("Then Maria Keller came", "Maria Keller", operator="pseudonym", key=KEY).text
    given, family = second.removeprefix("Then ").removesuffix(" came").split()
    assert first == f"{given} {family}: {given[0]}. {family}, {family}, {given.upper()}"
    plain = removed("Maria Keller: Keller", "Maria Keller", operator="pseudonym").text
    assert plain.split(":")[0].endswith(plain.split(": ")[1])


def test_pseudonyms_never_occur_in_the_document() -> None:
    made = removed("Maria Keller", "Maria Keller", operator="pseudonym", key=KEY).text
    other = removed(f"Maria Keller knows {made}", "Maria Keller", operator="pseudonym", key=KEY).text
    assert not set(made.split()) & set(other.split(" knows ")[0].split())


def test_pseudonyms_of_ids_are_reserved() -> None:
    for type, pattern in (("EMAIL", r"\S+@example\.org"), ("PHONE", r"\d{3}-555-01\d\d"), ("IP", r"(192|198|203)\..*")):
        assert re.fullmatch(pattern, removed("secret1", "secret1", type=type, operator="pseudonym").text)


def test_read_key_creates_a_private_file_and_reads_it_again(tmp_path: Path) -> None:
    path = tmp_path / "key"
    assert read_key(path) == read_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"my thesis", b"docsight-redaction-key-1\nabc\n", b"\xff\xfe"])
def test_read_key_never_overwrites_another_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="not a key file"):
        read_key(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "options",
    [{"operator": "x"}, {"threshold": 0}, {"threshold": "0.5"}, {"types": ("X",)}, {"operator": "hash"}],
)
def test_options_are_checked(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        RedactionOptions(**options)  # type: ignore[arg-type]


def test_redact_finds_ids_without_a_network(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("presidio_analyzer")
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("the network was used"))
    text = (
        "Maria Keller, maria@intranet.local, call 212-555-5555, IBAN DE89370400440532013000, card 4111111111111111, "
        "from 10.1.2.3, SSN 078-05-1121."
    )
    redacted = redact(nlp, text)
    assert redacted.text.startswith("<PERSON>, <EMAIL>, call <PHONE>, IBAN <IBAN>, card <CARD>, from <IP>, SSN <")
    assert not re.search(r"\d", redacted.text)


@pytest.mark.parametrize("run", ["a", "A", "a.", "A b ", " ", "from: ", '"', "x<", "A <", "a/", "a:"])
def test_patterns_take_linear_time(run: str) -> None:
    regex = pytest.importorskip("regex")
    for pattern in ID_PATTERNS:
        list(regex.finditer(pattern.pattern, run * 50_000, timeout=10))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://intranet.local/~mk/x. And (ftp://10.0.0.1/a)!", "see <URL>. And (<URL>)!"),
        ("C:\\Users\\jsmith\\a and /home/jdoe42/x: jsmith", "C:\\Users\\<USER>\\a and /home/<USER>/x: <USER>"),
        ("see www.intranet.com and a.png", "see <URL> and a.png"),
        ("ask maria (at) firma (dot) de, or max@\nfirma.local", "ask <EMAIL>, or <EMAIL>"),
        ('From: tom fox <x@a.local>\nTo: "Voss, I." <y@a.local>', 'From: <PERSON> <<EMAIL>>\nTo: "<PERSON>" <<EMAIL>>'),
        ("On Monday, Tom van Fox <x@a.local> wrote", "On Monday, <PERSON> <<EMAIL>> wrote"),
        ("Customer Service <x@a.local>", "Customer Service <<EMAIL>>"),
    ],
)
def test_redact_finds_addresses_users_and_addressees(nlp: Language, text: str, expected: str) -> None:
    pytest.importorskip("presidio_analyzer")
    assert redact(nlp, text).text == expected


def test_redact_removes_ids_at_any_threshold(nlp: Language) -> None:
    pytest.importorskip("presidio_analyzer")
    assert redact(nlp, "Call 212-555-5555.", RedactionOptions(threshold=0.9)).text == "Call <PHONE>."


def test_redact_refuses_a_pipeline_that_finds_no_names() -> None:
    pytest.importorskip("presidio_analyzer")
    with pytest.raises(ConfigError, match="finds names"):
        redact(spacy.blank("en"), "Maria Keller")
