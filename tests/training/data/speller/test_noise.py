import random
import string
from collections import Counter
from itertools import pairwise

import pytest

from docsight_training.data.speller.alignment import LEARNER_MIX, align, edit_kind
from docsight_training.data.speller.confusions import confusion_sets
from docsight_training.data.speller.mistakes import SentenceNoise
from docsight_training.data.speller.noise import Noise

TEXT = """
accommodation address beautiful because beginning believe business calendar committee definitely different embarrass
environment excellent experience favourite government grammar happened immediately interesting knowledge library
necessary neighbour occasion occurred opportunity parallel particular possible receive recommend separate sincerely
successful surprise tomorrow together traveller until usually weather weird which writing coffee dinner problem summer
message letter bottle yellow little butter people school friend house water place right would there about should through
three every again always another before between country during found great large never number
"""
WORDS = TEXT.split()
LEXICON = frozenset([*WORDS, "a", "lot", "some", "times", "sometimes", "form", "from", "there", "three", "letters"])


def uniform_pairs(count: int) -> list[tuple[str, str, int]]:
    rng = random.Random(5)
    pairs = []
    for _ in range(count):
        word = rng.choice(WORDS)
        at, letter = rng.randrange(len(word)), rng.choice(string.ascii_lowercase)
        typed = rng.choice(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
                word[:at] + word[at] + word[at:],
            ]
        )
        pairs.append((typed, word, 1))
    return [*pairs, ("alot", "a lot", 1), ("dont", "don't", 2), ("recieve", "receive", 50), ("not-a-word", "word", 1)]


@pytest.fixture(scope="module")
def noise() -> Noise:
    return Noise(uniform_pairs(6000), lexicon=LEXICON)


@pytest.fixture(scope="module")
def sentence() -> list[str]:
    return [
        "Because",
        "there",
        "is",
        "a",
        "lot",
        "of",
        "weather",
        ",",
        "people",
        "would",
        "always",
        "receive",
        "their",
        "beautiful",
        "letter",
        "from",
        "2",
        "friends",
    ]


def test_misspell_draws_the_wanted_mix_of_edits() -> None:
    noise = Noise(uniform_pairs(6000), lexicon=LEXICON, two=0.0, three=0.0)
    rng = random.Random(1)
    kinds = Counter[str]()
    for word in WORDS * 60:
        typed = noise.misspell(word, rng)
        edits = align(typed, word)
        assert edits is not None
        assert len(edits) == 1
        kinds[edit_kind(typed, word, edits[0])] += 1
    for kind, share in LEARNER_MIX.items():
        assert kinds[kind] / kinds.total() == pytest.approx(share, abs=0.04), kind


def test_misspell_follows_another_mix() -> None:
    mix = dict.fromkeys(LEARNER_MIX, 0.0) | {"swap": 1.0}
    noise = Noise(uniform_pairs(2000), mix=mix, two=0.0, three=0.0)
    typed = noise.misspell("possible", random.Random(1))
    assert sorted(typed) == sorted("possible")


def test_misspell_draws_two_and_three_edits(noise: Noise) -> None:
    rng = random.Random(2)
    counts = Counter(len(align(noise.misspell(word, rng), word, 9) or []) for word in WORDS * 60 if len(word) > 5)
    assert counts[2] / counts.total() == pytest.approx(0.25, abs=0.06)
    assert counts[3] / counts.total() == pytest.approx(0.045, abs=0.025)


def test_misspell_seldom_changes_the_first_letter(noise: Noise) -> None:
    rng = random.Random(3)
    wrong = [noise.misspell(word, rng)[0] != word[0] for word in WORDS * 60]
    assert sum(wrong) / len(wrong) == pytest.approx(0.05, abs=0.02)


def test_misspell_never_returns_the_word_or_one_of_the_lexicon(noise: Noise) -> None:
    rng = random.Random(4)
    for word in ["a", "is", "form", "three", "letter", *WORDS] * 40:
        assert noise.misspell(word, rng) not in LEXICON | {word}


def test_misspell_finds_a_way_where_every_edit_is_a_word() -> None:
    letters = string.ascii_lowercase
    lexicon = {*letters, *(a + b for a in letters for b in letters)}
    noise = Noise([("teh", "the", 1)], lexicon=lexicon)
    assert noise.misspell("a", random.Random(0)) == "aaa"


@pytest.mark.parametrize(
    ("word", "check"), [("tomorrow", str.islower), ("Tomorrow", str.istitle), ("TOMORROW", str.isupper)]
)
def test_misspell_keeps_the_case(noise: Noise, word: str, check) -> None:
    rng = random.Random(6)
    assert all(check(noise.misspell(word, rng)) for _ in range(200))


@pytest.mark.parametrize("word", ["well-known", "don't", "B2B", "café", "McDonald", "", ",", "2"])
def test_noise_leaves_other_words_alone(noise: Noise, word: str) -> None:
    rng = random.Random(7)
    assert noise.misspell(word, rng) == word
    assert noise.split(word, rng) is None


def test_noise_is_reproducible_by_seed(noise: Noise, sentence: list[str]) -> None:
    again = Noise(uniform_pairs(6000), lexicon=LEXICON)
    drawn = [SentenceNoise(noise).noisy(sentence, random.Random(seed)) for seed in range(50)]
    assert drawn == [SentenceNoise(again).noisy(sentence, random.Random(seed)) for seed in range(50)]
    assert len({tuple(changes) for changes in drawn}) > 10


def test_known_draws_a_listed_misspelling_in_the_case_of_the_word(noise: Noise) -> None:
    rng = random.Random(8)
    drawn = Counter(noise.known("Receive", rng) for _ in range(200))
    assert drawn.most_common(1)[0][0] == "Recieve"
    assert noise.known("don't", rng) == "dont"
    assert noise.known("unlisted", rng) is None


def test_confuse_draws_real_words_and_neighbours(noise: Noise) -> None:
    rng = random.Random(9)
    assert {noise.confuse("Their", rng) for _ in range(50)} >= {"There", "They're"}
    assert noise.confuse("possible", rng) is None
    near = Noise(uniform_pairs(500), neighbours={"letter": ["latter", "litter"], "their": ["heir"]})
    assert {near.confuse("LETTER", rng) for _ in range(99)} >= {"LATTER", "LITTER"}
    share = sum(near.confuse("their", rng) == "heir" for _ in range(2000)) / 2000
    assert share == pytest.approx(0.25, abs=0.04)


def test_confusion_sets_are_mutual_and_many() -> None:
    sets = confusion_sets()
    assert len(sets) > 500
    assert all(word in sets[other] for word, others in sets.items() for other in others)
    assert all(word.replace("'", "").isalpha() and word == word.lower() for word in sets)


def test_split_cuts_where_both_parts_are_words(noise: Noise) -> None:
    rng = random.Random(10)
    assert noise.split("Sometimes", rng) == "Some times"
    assert noise.split("possible", rng) is None


def test_join_joins_two_words(noise: Noise) -> None:
    assert noise.join("a", "lot") == "alot"
    assert noise.join("A", "lot") == "Alot"
    assert noise.join("some", "times") is None
    assert noise.join("in", "Paris") is None


def test_noisy_draws_the_wanted_fractions(noise: Noise, sentence: list[str]) -> None:
    rng = random.Random(11)
    drawn = [SentenceNoise(noise).noisy(sentence, rng, rate=(0.2, 0.2)) for _ in range(3000)]
    kinds = Counter(change.kind for changes in drawn for change in changes)
    assert sum(not changes for changes in drawn) / len(drawn) == pytest.approx(1 / 3, abs=0.03)
    assert sum(map(len, drawn)) / len(drawn) == pytest.approx(2 / 3 * 0.2 * 16, abs=0.1)
    assert kinds["real"] / kinds.total() == pytest.approx(0.25, abs=0.03)
    assert 0 < kinds["join"] / kinds.total() < 0.03


def test_noisy_changes_words_once_and_in_order(noise: Noise, sentence: list[str]) -> None:
    rng = random.Random(12)
    for _ in range(300):
        changes = SentenceNoise(noise).noisy(sentence, rng, clean=0.0, rate=(0.5, 0.9))
        assert all(a.stop <= b.start for a, b in pairwise(changes))
        assert all("," not in sentence[change.start : change.stop] for change in changes)
        assert all(change.typed != " ".join(sentence[change.start : change.stop]) for change in changes)


def test_noise_requires_pairs_and_a_complete_mix() -> None:
    with pytest.raises(ValueError, match="found none of ASCII letters"):
        Noise([("alot", "a lot", 1)])
    with pytest.raises(ValueError, match="Expected the mix to have the kinds delete"):
        Noise([("teh", "the", 1)], mix={"swap": 1.0})
