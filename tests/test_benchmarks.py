"""What `benchmarks/spelling.py` puts around the peers is fair to them, and its scores are right."""

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
ANSWERS = {"teh": "the", "jhon": "John", "adn": "and", "nt": "not", "dont": "don't", "english": "English"}

pytestmark = pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the benchmarks are in a checkout only")


@pytest.fixture
def systems(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield importlib.import_module("spelling_systems")
    for name in ("spelling", "spelling_systems", "spelling_eval"):
        sys.modules.pop(name, None)


@pytest.fixture
def correct(systems: ModuleType) -> Callable[[str], str]:
    class Peer(systems.WordByWord):
        def rank(self, words: Sequence[str], most: int) -> list[list[str]]:
            return [[ANSWERS[word]] if word in ANSWERS else [word] for word in words]

    return lambda text: Peer().correct([text])[0]


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("Teh cat,  (teh) TEH adn-teh!", "The cat,  (the) THE and-the!"),
        ("teh jhon english", "the john english"),
        ("Teh jhon english", "The John English"),
        ("jhon's adn JHON\u2019S", "John's and JOHN\u2019S"),
        ("teh1 teh@adn.org #adn /teh tehé tEh", "teh1 teh@adn.org #adn /teh tehé tEh"),
        ("do n't dont 's I", "do n't don't 's I"),
        ("", ""),
    ],
)
def test_peers_keep_case_punctuation_and_what_is_no_word(
    correct: Callable[[str], str], text: str, corrected: str
) -> None:
    assert correct(text) == corrected


def test_peers_answer_for_a_word_alone_in_its_case(systems: ModuleType) -> None:
    class Peer(systems.WordByWord):
        def rank(self, words: Sequence[str], most: int) -> list[list[str]]:
            return [["the", "tea", "ten", "eh", "he", "ted"] if word == "teh" else [] for word in words]

    assert Peer().suggest(["Teh", "qqq"]) == [["The", "Tea", "Ten", "Eh", "He"], ["qqq"]]


@pytest.mark.parametrize(
    ("lines", "answers"),
    [
        ([], ["teh"]),
        (["& teh 2 1: the, t eh"], ["the", "t eh"]),
        (["# teh 1"], []),
        (["& te 1 1: tea", "# h 3"], []),
    ],
)
def test_ispell_lines_are_read(systems: ModuleType, lines: list[str], answers: list[str]) -> None:
    assert systems.parse_ispell("teh", lines) == answers


def test_every_system_is_found_by_the_evaluator(systems: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    benchmark = importlib.import_module("spelling")
    for system in systems.SYSTEMS.values():
        monkeypatch.setattr(system, "__init__", lambda self: None)
        for what in ("correct", "suggest"):
            assert callable(benchmark.spelling_eval.load_callable(benchmark.factory(system, what)))


def test_evaluator_passes_its_own_check(systems: ModuleType) -> None:
    pytest.importorskip("pyarrow")
    importlib.import_module("spelling_eval").self_check()
