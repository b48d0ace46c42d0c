import copy
import random
import time

import pytest
import torch
from torch.nn.functional import cross_entropy

from docsight.errors import ConfigError, DataError
from docsight.networks.char_lm import CharLM
from docsight.spelling.keystrokes import session as sessions
from docsight.spelling.keystrokes.layouts import LAYOUTS, neighbours
from docsight.spelling.keystrokes.letter_error_model import CODES, LETTERS, LetterErrorModel
from docsight.spelling.keystrokes.session import Session
from docsight.spelling.keystrokes.typing_model import TypingModel
from docsight.spelling.lexicon.tables import TechnicalText

_TEXT = (
    "the a of and in to is it this that network networks we they work works river city house garden letter letters "
    "people because before after between morning evening train teacher school friend friends great small never "
    "always often window table doesn't"
)
WORDS = _TEXT.split()
SENTENCE = "we often work in the garden because this great river is between the city and the house. "


@pytest.fixture(scope="module")
def typing_model() -> TypingModel:
    """Train a small language model on sentences of random words: a few seconds."""
    torch.manual_seed(1)
    rng = random.Random(1)
    text = "".join(rng.choice(WORDS) + rng.choice([" ", " ", " ", " ", ". ", ", "]) for _ in range(20_000))
    network = CharLM(chars="\n" + "".join(map(chr, range(32, 127))), char_dim=16, hidden_dim=64)
    ids = network.encode(text)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    length = len(ids) // 32
    rows = ids[: 32 * length].reshape(32, length)
    for step in range(250):
        at = step * 24 % (length - 25)
        logits, _ = network(rows[:, at : at + 24], network.start(32))
        loss = cross_entropy(logits.flatten(0, 1), rows[:, at + 1 : at + 25].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    zipf = [6.0 - n / 20 for n in range(len(WORDS))]
    technical = TechnicalText.from_counts(["gardn"], {})
    return TypingModel(network.eval(), LetterErrorModel(), WORDS, zipf, technical=technical)


def _type(session: Session, text: str):
    for char in text:
        keystroke = session.type(char)
    return keystroke


def test_session_replaces_the_c_of_networc_by_k(typing_model):
    keystroke = _type(Session(typing_model), "networc")
    assert keystroke.letter == "k"
    assert keystroke.letters[0][0] == "k"
    assert keystroke.prefix == "network"


def test_session_returns_right_letters_as_themselves(typing_model):
    session = Session(typing_model)
    assert "".join(session.type(char).letter for char in SENTENCE) == SENTENCE
    assert session.text == SENTENCE


@pytest.mark.parametrize("typed", ["netwrk", "netwrok", "netwoork", "natwork", "netwerk", "networl"])
def test_session_corrects_a_word_when_it_ends(typing_model, typed):
    session = Session(typing_model, "we work in the ")
    keystroke = _type(session, typed + " ")
    assert keystroke.prefix == ""
    assert session.text == "we work in the network "


def test_session_leaves_technical_terms_as_typed(typing_model):
    session = Session(typing_model, "we often work in the ")
    _type(session, "gardxn gardn Gardn ")
    assert session.text == "we often work in the garden gardn Gardn "


def test_session_corrects_an_apostrophe_left_out(typing_model):
    session = Session(typing_model)
    _type(session, "it doesnt ")
    assert session.text == "it doesn't "


@pytest.mark.parametrize("word", ["Zbrovka", "Metworkix", "kqxv", "xx"])
def test_session_does_not_change_names_and_unknown_words(typing_model, word):
    session = Session(typing_model, "we work in ")
    letters = [session.type(char).letter for char in word]
    assert letters[-1] == word[-1]
    session.type(" ")
    assert session.text == f"we work in {word} "


@pytest.mark.parametrize(
    "word", ["http://wrk.of/networc", "a_networc", "networc2", "@networc", "nétworc", "дом", "x@networc.of"]
)
def test_session_does_not_change_addresses_codes_and_other_letters(typing_model, word):
    session = Session(typing_model)
    _type(session, word + " ")
    assert session.text == word + " "


def test_session_probabilities_are_sorted_and_sum_to_at_most_one(typing_model):
    session = Session(typing_model)
    for char in "the netwrok is":
        keystroke = session.type(char)
        for ranked in (keystroke.letters, keystroke.completions):
            probabilities = [probability for _, probability in ranked]
            assert probabilities == sorted(probabilities, reverse=True)
            assert sum(probabilities) <= 1 + 1e-6
            assert all(0 <= probability <= 1 for probability in probabilities)


def test_session_completes_by_lexicon_words_of_the_case_typed(typing_model):
    assert _type(Session(typing_model), "netw").completions[0][0] in ("network", "networks")
    assert _type(Session(typing_model), "Netw").completions[0][0] in ("Network", "Networks")
    assert _type(Session(typing_model), "NETW").completions[0][0] in ("NETWORK", "NETWORKS")
    assert all(word != "network" for word, _ in _type(Session(typing_model), "network").completions)


@pytest.fixture
def ranked(typing_model):
    """Return a typing model that prefers the word works, and the texts before the words that it scored."""
    contexts = []

    def rescorer(before):
        contexts.append(before)

        def score(words):
            assert all(word == word.lower() for word in words)
            return [0.0 if word == "works" else -20.0 for word in words]

        return score

    ranked = copy.copy(typing_model)
    ranked.rescorer = rescorer
    return ranked, contexts


def test_session_completions_follow_the_rescorer(ranked):
    typing_model, contexts = ranked
    assert _type(Session(typing_model, "we "), "w").completions[0][0] == "works"
    assert contexts == ["we "]


def test_session_rescores_by_the_corrected_words(ranked):
    typing_model, contexts = ranked
    session = Session(typing_model, "In the gar")
    assert contexts == ["In the "]
    session.accept("garden")
    _type(session, " netwrok ")
    assert contexts[1:] == ["In the garden ", "In the garden network "]
    _type(session, "of the house, " * 4)
    assert contexts[-1] == "of the house, of the house, "  # only the last words, however long the text
    seen = len(contexts)
    Session(typing_model, completions=0).type("w")
    assert len(contexts) == seen


def test_session_rescores_as_before_after_backspace_over_a_word(typing_model):
    # The rescorer prefers another completion for the second word than for the first.
    liking = copy.copy(typing_model)
    liking.rescorer = lambda before: lambda words: [20.0 * ((word == "works") == (not before)) for word in words]
    session = Session(liking)
    _type(session, "we ")
    for _ in range(3):
        session.backspace()
    assert session.type("w").completions[0][0] == "works"


def test_session_completions_can_be_switched_off(typing_model):
    assert _type(Session(typing_model, completions=0), "netw").completions == ()


def test_session_backspace_restores_each_state_exactly(typing_model):
    session = Session(typing_model, "we ")
    moments = []
    for char in "work. Teh netwrok 12a\nяд don't ":
        moments.append((session.text, session._now))
        session.type(char)
    for text, moment in reversed(moments):
        keystroke = session.backspace()
        assert keystroke == moment.keystroke
        assert session.text == text
        assert session._now.beam.hypotheses == moment.beam.hypotheses
        assert (session._now.beam.log_probs == moment.beam.log_probs).all()
    assert session.backspace() == moments[0][1].keystroke  # there is nothing more to undo
    assert session.text == "we "


def test_session_backspace_reaches_beyond_the_kept_keystrokes(typing_model):
    session = Session(typing_model)
    seen = []
    text = SENTENCE * 2 + "x" * (sessions.MAX_RECENT + 9)
    for char in text:
        seen.append((session.text, session._now.keystroke))
        session.type(char)
    for expected, keystroke in reversed(seen):
        assert session.backspace() == keystroke
        assert session.text == expected


def test_session_backspace_leaves_no_trace(typing_model):
    plain, edited = Session(typing_model), Session(typing_model)
    _type(edited, "networc ")
    for _ in range(3):
        edited.backspace()
    assert _type(edited, "rk is") == _type(plain, "network is")


def test_session_accept_takes_the_corrected_prefix(typing_model):
    session = Session(typing_model)
    _type(session, "networc")
    assert session.accept().prefix == "network"
    assert _type(session, "s").prefix == "networks"
    session.type(" ")
    assert session.text == "networks "


def test_session_backspace_undoes_an_accepted_completion(typing_model):
    session = Session(typing_model, "the ")
    before = _type(session, "gar")
    assert session.accept("garden").prefix == "garden"
    assert session.text == "the garden"
    assert session.backspace() == before
    assert session.text == "the gar"
    session.accept("Xyrq")
    session.type(" ")
    assert session.text == "the Xyrq "


def test_session_accept_offers_the_next_word_before_its_first_letter(typing_model):
    session = Session(typing_model, "the ")
    session.accept("garden")
    session.type(" ")
    assert session.text == "the garden "


def test_session_context_may_end_inside_a_word(typing_model):
    session = Session(typing_model, "the networ")
    assert session.text == "the networ"
    assert session.type("c").letter == "k"
    assert session.backspace().prefix == "networ"


def test_session_reads_only_the_end_of_the_context(typing_model):
    context = "x" * 100_000 + " the "
    started = time.perf_counter()
    session = Session(typing_model, context)
    assert time.perf_counter() - started < 2
    assert session.text == context


@pytest.mark.parametrize("letter", ["", "ab", None, 3, "\x00", "\x1b", "\ud800", "👍🏽"])
def test_session_rejects_anything_but_one_character(typing_model, letter):
    session = Session(typing_model)
    _type(session, "net")
    with pytest.raises(DataError, match=r"session\.type: expected"):
        session.type(letter)
    assert session.text == "net"


@pytest.mark.parametrize("completion", ["", " ", "a\nb", 3])
def test_session_rejects_completions_that_are_not_words(typing_model, completion):
    with pytest.raises(DataError, match=r"session\.accept: expected"):
        Session(typing_model).accept(completion)


@pytest.mark.parametrize("char", ["\n", "\t", "\u2019", "\u0301", "👍", "é", "字", "0"])
def test_session_accepts_any_other_character(typing_model, char):
    session = Session(typing_model, "we ")
    assert session.type(char).letter == char
    _type(session, "x ")
    assert session.text == f"we {char}x "


@pytest.mark.parametrize("context", ["", "doesn\u2019t ", "doesn\u2019"])
def test_session_keeps_the_apostrophes_as_typed(typing_model, context):
    session = Session(typing_model, context)
    _type(session, "doesn\u2019t doesn\u2019")
    assert session.text == session.typed == f"{context}doesn\u2019t doesn\u2019"
    assert session.keystroke.prefix == "doesn\u2019"


def test_session_corrects_with_the_apostrophes_as_typed(typing_model):
    session = Session(typing_model, "we ")
    _type(session, "dosen\u2019t ")
    assert session.text == "we doesn\u2019t "
    assert [(word.typed, word.text) for word in session.corrected_words] == [("dosen\u2019t", "doesn\u2019t")]
    session.backspace()
    assert session.typed == "we dosen\u2019t"
    session.type(" ")
    assert session.text == "we dosen\u2019t "


def test_session_composes_an_accent_typed_as_two_code_points(typing_model):
    assert Session(typing_model).type("e\u0301").letter == "é"


def test_session_keystroke_takes_the_same_time_after_a_thousand_letters(typing_model, monkeypatch):
    rows = []
    step = typing_model.network.step
    monkeypatch.setattr(typing_model.network, "step", lambda ids, state: (rows.append(len(ids)), step(ids, state))[1])
    session = Session(typing_model)
    costs = []
    for char in SENTENCE * 12:
        rows.clear()
        session.type(char)
        costs.append(sum(rows))
    n = len(SENTENCE)
    assert max(costs) <= 2 * 8 + 1
    assert abs(sum(costs[-n:]) - sum(costs[n : 2 * n])) <= n // 10


def test_session_handles_a_very_long_word(typing_model):
    session = Session(typing_model)
    _type(session, "ab" * 1000)
    assert session.text == "ab" * 1000
    assert session.backspace().prefix == "ab" * 999 + "a"


def test_generate_at_temperature_zero_takes_the_likeliest_character(typing_model):
    network = typing_model.network
    written = network.generate("the netw", length=3, temperature=0)
    assert written == "ork"


def test_generate_is_reproducible_by_its_seed(typing_model):
    draw = [typing_model.network.generate("the ", length=40, temperature=1, seed=seed) for seed in (1, 1, 2)]
    assert draw[0] == draw[1] != draw[2]
    assert len(draw[0]) == 40


@pytest.mark.parametrize("options", [{"length": -1}, {"temperature": -0.1}, {"temperature": float("nan")}])
def test_generate_rejects_arguments_out_of_range(typing_model, options):
    with pytest.raises(ConfigError, match="generate: expected"):
        typing_model.network.generate("a", **options)


def test_generate_of_length_zero_is_empty(typing_model):
    assert typing_model.network.generate("", length=0) == ""


@pytest.mark.parametrize("options", [{"length": 1.5}, {"length": None}, {"seed": 2**64}, {"seed": None}, {"seed": -1}])
def test_generate_rejects_arguments_of_the_wrong_type(typing_model, options):
    with pytest.raises(ConfigError, match="generate: expected"):
        typing_model.network.generate("a", **options)


@pytest.mark.parametrize(
    "options", [{"context": None}, {"completions": 1.5}, {"completions": -1}, {"completions": True}]
)
def test_session_rejects_invalid_arguments(typing_model, options):
    with pytest.raises(ConfigError, match="session: expected"):
        Session(typing_model, **options)


def _correcting(typing_model: TypingModel) -> Session:
    """Start a session that has corrected a word, followed by two others."""
    session = Session(typing_model, "we often work in the ")
    _type(session, "gardxn because this ")
    assert session.text == "we often work in the garden because this "
    return session


def test_session_undo_takes_the_last_correction_back_and_keeps_what_follows(typing_model):
    session = _correcting(typing_model)
    session.undo()
    assert session.text == "we often work in the gardxn because this "
    _type(session, "great gardxn ")
    assert session.text == "we often work in the gardxn because this great gardxn "
    assert session.undo() == session.undo()  # nothing is left to take back
    assert session.text == "we often work in the gardxn because this great gardxn "


def test_session_undo_within_a_word_keeps_its_letters(typing_model):
    session = Session(typing_model, "we often work in the ")
    _type(session, "gardxn be")
    assert session.undo().prefix == "be"
    assert session.text == "we often work in the gardxn be"
    session.backspace()
    assert session.text == "we often work in the gardxn b"


def test_session_undo_of_several_corrections_goes_backwards(typing_model):
    session = Session(typing_model, "we often work in the ")
    _type(session, "gardxn becausx ")
    assert session.text.endswith("garden because ")
    session.undo()
    assert session.text.endswith("garden becausx ")
    session.undo()
    assert session.text.endswith("gardxn becausx ")


def test_session_leaves_learnt_words_as_typed_in_any_case(typing_model):
    session = Session(typing_model, "we often work in the ")
    session.learn("Gardxn")
    _type(session, "gardxn Gardxn ")
    assert session.text == "we often work in the gardxn Gardxn "


@pytest.mark.parametrize("word", ["", "  ", 3, None])
def test_session_learn_rejects_what_is_no_word(typing_model, word):
    with pytest.raises(DataError, match=r"session\.learn: expected a word"):
        Session(typing_model).learn(word)


def test_session_learns_a_word_that_is_typed_again_twice(typing_model):
    session = Session(typing_model, "we often work in the ")
    for _ in range(2):
        _type(session, "gardxn ")
        assert session.text.endswith("garden ")
        session.backspace()
        session.type(" ")  # as typed
        assert session.text.endswith("gardxn ")
    _type(session, "gardxn ")
    assert session.text.endswith("gardxn gardxn gardxn ")


def test_session_corrects_a_word_again_after_a_single_return(typing_model):
    session = Session(typing_model, "we often work in the ")
    _type(session, "gardxn ")
    session.backspace()
    session.type(" ")
    _type(session, "gardxn ")
    assert session.text == "we often work in the gardxn garden "


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_layouts_have_all_letters_and_their_neighbours_are_mutual(layout):
    letters = "".join(LAYOUTS[layout]).replace(" ", "").replace("'", "")
    assert sorted(letters) == sorted(LETTERS.replace("'", ""))
    near = neighbours(layout)
    assert ((near > 0) == (near > 0).T).all()
    sums = near.sum(axis=1)
    assert sums[: len(LETTERS) - 1] == pytest.approx(1.0)
    assert near.diagonal().max() == 0


def test_layout_makes_slips_to_the_keys_beside_a_letter_likelier(typing_model):
    usual, qwerty, dvorak = (
        model.decoder.costs.substitute[CODES["e"]]
        for model in (typing_model, typing_model.with_layout("qwerty"), typing_model.with_layout("dvorak"))
    )
    assert qwerty[CODES["w"]] > usual[CODES["w"]] + 1  # beside e
    assert qwerty[CODES["p"]] < usual[CODES["p"]]
    assert dvorak[CODES["o"]] > dvorak[CODES["w"]]
