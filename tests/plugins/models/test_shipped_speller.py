"""What the shipped speller must correct. The sentences were written for these tests."""

import pytest
import spacy
from spacy.language import Language


@pytest.fixture(scope="module")
def nlp() -> Language:
    made = spacy.blank("en")
    made.add_pipe("rnn_speller")
    return made


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("Teh weather was beautifull yesterday.", "The weather was beautiful yesterday."),
        ("TEH END", "THE END"),
        ("I have alot of work to do.", "I have a lot of work to do."),
        ("some times I go there with my freind.", "sometimes I go there with my friend."),
        ("The knowlege of languages is usefull.", "The knowledge of languages is useful."),
        ("The company's benifits are excelent.", "The company's benefits are excellent."),
        ("I\u2019m shure, dont worry.", "I\u2019m sure, don't worry."),
        ("The goverment has anounced it on Wensday!", "The government has announced it on Wednesday!"),
        ("Teh quick borwn fox jumpd over teh dog.", "The quick brown fox jumped over the dog."),
        ("I definately recieved teh mesage, thnks alot!", "I definitely received the message, thanks a lot!"),
    ],
)
def test_shipped_speller_corrects_unknown_words(nlp: Language, text: str, corrected: str) -> None:
    assert nlp(text)._.corrected_text == corrected


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("He is taller then me.", "He is taller than me."),
        ("Would you like another peace of cake?", "Would you like another piece of cake?"),
        ("I would like too go home.", "I would like to go home."),
        ("He did not no the answer.", "He did not know the answer."),
        ("My brother and I where late for school.", "My brother and I were late for school."),
    ],
)
def test_shipped_speller_corrects_real_word_errors(nlp: Language, text: str, corrected: str) -> None:
    doc = nlp(text)
    assert doc._.corrected_text == corrected
    assert [row["reason"] for row in doc._.corrections if row["applied"]] == ["context"]


@pytest.mark.parametrize(
    "text",
    [
        "Colour and color, organise and organize, travelled and traveled are all right.",
        "Mail john.smth@exmaple.com or see http://teh.example/recieve and ./recieve.txt #recieve @freind",
        "Ng\u0169g\u0129 wa Thiong'o met Szymborska in \u0141\u00f3d\u017a.",
        "The iPhone and eBay, LaTeX and kubectl, ISO 9001 and x86_64.",
        "The Kellers met the Johnsons and the Parkers.",
        "Dr. Okonkwo-Mbeki and Ms. Vijayalakshmi visited Ouagadougou.",
        "I asked Al about the contract. Tell Wren I called. Tell Mel I called.",
        "Tomas Lindqvist signed the letter.",
        "We spoke to Ms Jayawardena about it.",
        "Das ist ein deutscher Satz, und niemand soll ihn \u00e4ndern.",
        "El perro de mi vecino come mucho pan todos los dias.",
        "def recieve(msg): return msg.lenght",
        "\u041f\u0440\u0438\u0432\u0435\u0442, \u043a\u0430\u043a \u0434\u0435\u043b\u0430? \u4f60\u597d \U0001f600",
    ],
)
def test_shipped_speller_does_not_change_correct_text(nlp: Language, text: str) -> None:
    assert nlp(text)._.corrected_text == text


def test_shipped_speller_treats_a_repeated_capitalised_word_as_a_name(nlp: Language) -> None:
    once = nlp("Brinner sailed from Tromso.")._.corrections[0]
    text = "Brinner sailed from Tromso. Later old Brinner wrote, and young Brinner answered."
    again = [row for row in nlp(text)._.corrections if row["text"] == "Brinner"]
    assert once["text"] == "Brinner"
    assert all(row["score"] < once["score"] / 2 for row in again)


def test_shipped_speller_follows_the_dialect_of_the_document(nlp: Language) -> None:
    uk = spacy.blank("en")
    uk.add_pipe("rnn_speller", config={"dialect": "uk"})
    us = spacy.blank("en")
    us.add_pipe("rnn_speller", config={"dialect": "us"})
    text = "We will orgenise a party."
    assert uk(text)._.corrected_text == "We will organise a party."
    assert us(text)._.corrected_text == "We will organize a party."


def test_shipped_speller_replaces_c_by_k_in_network_and_keeps_right_letters(nlp: Language) -> None:
    session = nlp.get_pipe("rnn_speller").session()
    meant = [session.type(letter).letter for letter in "networc"]
    assert "".join(meant) == "network"
    right = nlp.get_pipe("rnn_speller").session("We walked along the ")
    assert "".join(right.type(letter).letter for letter in "river") == "river"


def test_shipped_speller_generates_the_same_text_from_the_same_seed(nlp: Language) -> None:
    speller = nlp.get_pipe("rnn_speller")
    text = speller.generate("The history of", length=40, temperature=0.5, seed=3)
    assert len(text) == 40
    assert text == speller.generate("The history of", length=40, temperature=0.5, seed=3)
    assert text != speller.generate("The history of", length=40, temperature=0.5, seed=4)


@pytest.mark.parametrize(
    "text",
    [
        'He told me: "Das Leben ist kein Ponyhof" and I laughed.',
        "Jag bor i Sverige med min familj och en hund.",
        "Mi piace andare al mare con la mia famiglia.",
        "Nous avons dormi dans un petit hotel avec nos amis.",
        "The house has one storey.",
    ],
)
def test_shipped_speller_does_not_change_other_languages_and_the_other_english(nlp: Language, text: str) -> None:
    assert nlp(text)._.corrected_text == text


def test_shipped_speller_does_not_mistake_consecutive_misspellings_for_another_language(nlp: Language) -> None:
    text = "Teh quick borwn fox jumpd over the lazy dog."
    assert nlp(text)._.corrected_text == "The quick brown fox jumped over the lazy dog."
    assert nlp("I cant beleive it, he wont come.")._.corrected_text == "I can't believe it, he won't come."


MANUAL = """\
NAME
       zlibtool - read and write zlib streams

SYNOPSIS
       zlibtool [-d] [--level N] [file ...]

DESCRIPTION
       zlibtool compresses files with zlib. It reads the header of each file, sets the sgid bit, and writes inodes
       to stdout unless a umask was given. See also recoll, rsync and the changelog of the libjpeg package.
       A file that was unstaged by the archiver is skipped. The fibre costs a litre per metre, ten per cent more.
"""


def test_shipped_speller_leaves_a_manual_alone(nlp: Language) -> None:
    assert nlp(MANUAL)._.corrected_text == MANUAL


def test_shipped_speller_corrects_an_obvious_error_in_a_manual(nlp: Language) -> None:
    typed = MANUAL.replace("compresses files", "compresses diffrent files")
    assert nlp(typed)._.corrected_text == typed.replace("diffrent", "different")


def test_shipped_speller_is_surer_of_an_error_among_errors(nlp: Language) -> None:
    """The density of errors in the text decides on a doubtful word."""
    clean = "We read the report in the morning and found it good. " * 8
    dirty = "We raed teh reprot in the mornnig and foudn it goood. " * 8
    place = "They said that the tabel was new."

    def score(text: str) -> float:
        return next(row["score"] for row in nlp(text + place)._.corrections if row["text"] == "tabel")

    assert score(clean) < score(dirty)


def test_shipped_speller_explains_its_corrections(nlp: Language) -> None:
    speller = nlp.get_pipe("rnn_speller")
    doc = nlp("I have alot of freinds.")
    for row in doc._.corrections:
        reasons = speller.explain(doc, row)  # type: ignore[attr-defined]
        assert row["because"].split("; ")[0] in [reason.text for reason in reasons]
        assert sum(reason.weight for reason in reasons) > 0


def test_shipped_speller_takes_back_any_earlier_correction_of_a_session(nlp: Language) -> None:
    session = nlp.get_pipe("rnn_speller").session()
    for letter in "a networc of peeple ":
        session.type(letter)
    assert session.text == "a network of people "
    assert session.typed == "a networc of peeple "
    first, second = session.corrected_words
    assert (first.typed, first.text, second.typed, second.text) == ("networc", "network", "peeple", "people")
    assert [session.text[each.start : each.end] for each in (first, second)] == ["network", "people"]
    session.undo(first.word)
    assert session.text == "a networc of people "
    assert [each.word for each in session.corrected_words] == [second.word]
