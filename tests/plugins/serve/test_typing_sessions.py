import pytest
import spacy

from docsight.errors import ConfigError, DataError
from docsight.serve.services.typing_sessions import (
    SessionExpiredError,
    SessionOrderError,
    TooManySessionsError,
    TypingSessions,
)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture(scope="module")
def speller(tiny_speller):
    return spacy.blank("en").add_pipe("rnn_speller", config={"model": str(tiny_speller)})


def make(speller, **options):
    clock = Clock()
    return TypingSessions(speller, **{"max_sessions": 2, "lifetime": 100.0, **options}, clock=clock), clock


def keys(text):
    return [{"type": "key", "key": key} for key in text]


def test_sessions_keep_their_texts_apart(speller):
    sessions, _ = make(speller)
    first, second = sessions.start(), sessions.start(context="There is ")
    sessions.handle(first, keys("a dog"))
    assert sessions.handle(second, keys("a cat"))["text"] == "There is a cat"
    assert sessions.handle(first, [])["typed"] == "a dog"


def test_idle_sessions_expire(speller):
    sessions, clock = make(speller)
    name = sessions.start()
    clock.now = 101
    with pytest.raises(SessionExpiredError):
        sessions.handle(name, [])
    assert len(sessions) == 0


def test_longest_idle_session_makes_room(speller):
    sessions, clock = make(speller)
    first, second = sessions.start(), sessions.start()
    with pytest.raises(TooManySessionsError):
        sessions.start()
    clock.now = 40
    sessions.handle(first, [])
    sessions.start()
    assert sessions.handle(first, [])["session"] == first
    with pytest.raises(SessionExpiredError):
        sessions.handle(second, [])


def test_events_must_come_in_order(speller):
    sessions, _ = make(speller)
    name = sessions.start()
    assert sessions.handle(name, keys("a"), sequence=3)["sequence"] == 3
    with pytest.raises(SessionOrderError):
        sessions.handle(name, keys("b"), sequence=3)
    assert sessions.handle(name, [], sequence=4)["typed"] == "a"


def test_keep_leaves_words_as_typed(speller):
    sessions, _ = make(speller)
    name = sessions.start()
    assert sessions.handle(name, keys("teh "))["text"] == "the "
    name = sessions.start()
    kept = sessions.handle(name, [*keys("teh"), {"type": "keep"}, *keys(" house teh ")])
    assert kept["text"] == "teh house teh "
    assert kept["corrected"] == []


def test_undo_takes_back_an_earlier_word_and_keeps_the_later_ones(speller):
    sessions, _ = make(speller)
    name = sessions.start(context="So ")
    state = sessions.handle(name, keys("teh house by "))
    assert [(row["typed"], row["text"]) for row in state["corrected"]] == [("teh", "the")]
    assert all(state["text"][row["start"] : row["end"]] == row["text"] for row in state["corrected"])
    state = sessions.handle(name, [{"type": "undo", "word": state["corrected"][0]["word"]}])
    assert state["text"] == "So teh house by "
    assert state["typed"] == "So teh house by "


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({"type": "key", "key": "ab"}, DataError),
        ({"type": "undo", "word": 7}, DataError),
        ({"type": "jump"}, ConfigError),
    ],
)
def test_invalid_events_are_refused(speller, event, error):
    sessions, _ = make(speller)
    with pytest.raises(error):
        sessions.handle(sessions.start(), [event])
