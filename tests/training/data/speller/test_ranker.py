import random
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch
from pyarrow import parquet

from docsight.bundle import load_folder
from docsight.errors import ConfigError, DataError
from docsight.networks.ranker import FEATURES, NUM_FEATURES, Ranker
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.corrector import Corrector
from docsight_training.data.speller.mistakes import Change, NoisyText, SentenceNoise, draw_isolated_words, make_mistakes
from docsight_training.data.speller.noise import Noise
from docsight_training.data.speller.open_text import read_clean_column
from docsight_training.data.speller.ranker_data import RankerBatch, RankerData
from docsight_training.modules.ranker import RankerModule

PAIRS = [("teh", "the", 3), ("freind", "friend", 2), ("wich", "which", 2), ("hosue", "house", 1), ("alot", "a lot", 1)]
DOCUMENTS = [["The house is there.", "It is the friend that they know."], ["Which word is in the sentence?"]] * 20


class Fixed:
    """Noise that changes given words."""

    def __init__(self, **typed: str) -> None:
        self.typed = typed

    def noisy(self, words, rng, *, clean, rate):
        changes = [Change(n, n + 1, self.typed[w], "known") for n, w in enumerate(words) if w in self.typed]
        joins = [n for n in range(len(words) - 1) if f"{words[n]}_{words[n + 1]}" in self.typed]
        changes += [Change(n, n + 2, self.typed[f"{words[n]}_{words[n + 1]}"], "join") for n in joins]
        return sorted(changes)


class Steady(random.Random):
    """Draws that leave capitals as they are."""

    def random(self) -> float:
        return 0.9


@pytest.fixture(scope="module")
def bundle(tiny_speller):
    return load_folder(tiny_speller, kind="speller")


@pytest.fixture(scope="module")
def corrector(bundle) -> Corrector:
    return Corrector(bundle.network, bundle.vocabularies, device=torch.device("cpu"))


def _data(bundle, corrector, noise, documents=DOCUMENTS, **options) -> RankerData:
    options = {"edited": [], "isolated_words": 0, "noisy_copies": 1, "validation": 0.25, "batch_size": 8, **options}
    return RankerData(
        corrector=corrector, words=bundle.vocabularies["words"], documents=documents, sentence_noise=noise, **options
    )


def test_make_mistakes_returns_where_they_are_and_what_was_meant():
    sentences = ["It is a lot, the friend.", "The house"]
    noise = Fixed(the="teh", friend="freind's", a_lot="alot", house="ho use")
    made = make_mistakes(sentences, noise, Steady())
    assert made.text == "It is alot, teh freind's. The ho use"
    assert {made.text[a:b]: meant for (a, b), meant in made.meant.items()} == {
        "alot": "a lot",
        "teh": "the",
        "freind's": "friend",
        "ho use": "house",
    }


@pytest.mark.parametrize("seed", range(30))
def test_make_mistakes_is_undone_by_what_it_returns(seed):
    noise = SentenceNoise(Noise(PAIRS, lexicon=frozenset(["the", "house", "friend", "there"])))
    sentences = ["The house is  there\u2014a lot!", "", "It\u2019s the friend, which is that 12th word."]
    made = make_mistakes(sentences, noise, random.Random(seed))
    undone, done = "", 0
    for (start, end), meant in sorted(made.meant.items()):
        undone += made.text[done:start] + meant
        assert made.text[start:end] != meant
        done = end
    undone += made.text[done:]
    assert undone.lower() == "the house is  there\u2014a lot!  it\u2019s the friend, which is that 12th word."
    assert undone in {undone.lower(), undone.upper(), " ".join(sentences)}


def _labels(bundle, corrector, text: str, meant: dict[str, str]) -> dict[str, tuple[str, float]]:
    """Return the right candidate and its weight by what was typed."""
    data = _data(bundle, corrector, Fixed())
    spans = {(text.index(typed), text.index(typed) + len(typed)): word for typed, word in meant.items()}
    noisy = NoisyText(text, spans)
    reading = TokenBatch([text], corrector.dictionary)
    names = ["", "", *bundle.vocabularies["words"].entries, *reading.types.unknown]
    found = {}
    for groups, _ in corrector.ranker_inputs(reading):
        right, weight = data._find_right(reading, groups, [noisy])
        for g, token in enumerate(groups.token):
            row = groups.start[g] + right[g]
            words = [names[at] for at in (groups.first[row], groups.second[row]) if at]
            last = token + groups.span[g] - 1
            typed = text[
                reading.starts[token] : reading.starts[last] + len(reading.types.surfaces[reading.tokens[last]])
            ]
            found[typed] = (" ".join(words), round(float(weight[g]), 2))
    return found


def test_ranker_data_labels_what_was_meant(bundle, corrector):
    text = "It is teh Hosue and alot of fam ily, the zzxqj knwo freind's"
    meant = {"teh": "the", "Hosue": "House", "alot": "a lot", "fam ily": "family", "knwo": "mother"}
    found = _labels(bundle, corrector, text, meant | {"freind's": "friend's"})
    assert found["teh"] == ("the", 1.0)
    assert found["Hosue"] == ("house", 1.0)
    assert found["alot"] == ("a lot", 1.0)
    assert found["fam ily"] == ("family", 1.0)
    assert found["fam"][1] == found["ily"][1] == 0  # parts of a word that was split
    assert found["zzxqj"] == ("zzxqj", 1.0)  # not a mistake: it should stay
    assert found["knwo"] == ("knwo", 0.3)  # the word that was meant is not a candidate
    assert found["freind's"] == ("friend", 1.0)


def test_ranker_data_holds_out_documents_and_standardises(bundle, corrector):
    data = _data(bundle, corrector, Fixed(the="teh", friend="freind", house="hosue"))
    data.setup()
    for part in (data.train, data.validation):
        assert part.features.shape == (part.start[-1], NUM_FEATURES)
        assert bool((part.right < np.diff(part.start)).all())
        assert bool((part.weight > 0).all())
    assert len(data.train.right) > 2 * len(data.validation.right) > 0
    scaled = (data.train.features - data.mean) * data.scale
    assert scaled.mean(axis=0) == pytest.approx(np.zeros(NUM_FEATURES), abs=1e-3)
    deviation = scaled.std(axis=0)
    assert bool((np.isclose(deviation, 1, atol=1e-2) | (deviation == 0)).all())


def test_ranker_data_batches_hold_each_place_once(bundle, corrector):
    data = _data(bundle, corrector, Fixed(the="teh", friend="freind"))
    data.setup()
    sums = []
    for batch in data.train_dataloader():
        assert len(batch.right) == len(batch.weight) == len(batch.start) - 1 <= 8
        assert int(batch.start[-1]) == len(batch.features)
        assert bool(((batch.right >= batch.start[:-1]) & (batch.right < batch.start[1:])).all())
        # The head of each place is the word as typed.
        assert bool((batch.features[batch.start[:-1], 0] == 1).all())
        assert int(batch.features[:, 0].sum()) == len(batch.right)
        sums.append(float(batch.features.double().sum()))
    assert sum(sums) == pytest.approx(float(data.train.features.astype(float).sum()))


def test_ranker_data_draws_more_mistakes_in_unedited_texts(bundle, corrector):
    fractions = []

    class Asked(Fixed):
        def noisy(self, words, rng, *, clean, rate):
            fractions.append(clean)
            return []

    data = _data(bundle, corrector, Asked(), documents=[["It is."]] * 6, edited=[["The teh."]] * 4, clean_edited=0.9)
    data.setup()
    assert sorted(fractions) == pytest.approx([1 / 3] * 6 + [0.9] * 4)


def test_ranker_data_hides_features_from_the_ranker(bundle, corrector):
    data = _data(bundle, corrector, Fixed(the="teh"), ablate=["context"])
    data.setup()
    hidden = [FEATURES[at] for at in data.hidden]
    assert "context" in hidden
    assert not data.scale[data.hidden].any()
    with pytest.raises(ConfigError, match=r"model\.ranker\.data\.ablate: expected .* context, .*; found luck"):
        _data(bundle, corrector, Fixed(), ablate=["luck"])


def test_draw_isolated_words_draws_frequent_words_more_often_but_not_in_proportion():
    documents = [["the the the the the the the the the cat", "12 caf\u00e9 it's ."]]
    drawn = [word for (word,) in draw_isolated_words(documents, 4000, random.Random(1))]
    assert set(drawn) == {"the", "cat"}
    assert drawn.count("the") / drawn.count("cat") == pytest.approx(3, rel=0.15)
    assert draw_isolated_words([["12"]], 5, random.Random(1)) == []


def test_read_clean_column_reads_one_corpus(tmp_path: Path):
    with pytest.raises(DataError, match=r"expected sentences for the ranker in own/data\.parquet"):
        read_clean_column(str(tmp_path), "own")
    (tmp_path / "own").mkdir()
    file = tmp_path / "own" / "data.parquet"
    parquet.write_table(pa.table({"noisy": ["a"]}), file)
    with pytest.raises(DataError, match="expected a column 'clean'; found noisy"):
        read_clean_column(str(tmp_path), "own")
    parquet.write_table(pa.table({"clean": ["Ada", "Jane"]}), tmp_path / "own" / "data.parquet")
    assert len(read_clean_column(str(tmp_path), "own")) == 2


BATCH = RankerBatch(
    torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 0.0], [0.0, 0.5], [0.0, -1.0]]),
    torch.tensor([0, 2, 5]),
    torch.tensor([1, 2]),
    torch.tensor([1.0, 0.5]),
)


def _module() -> RankerModule:
    torch.manual_seed(0)
    ranker = Ranker(num_features=2, hidden_dim=2, members=2)
    torch.nn.init.zeros_(ranker.score)
    ranker.direct.weight.data = torch.tensor([[1.0, 1.0], [0.0, 0.0]])
    module = RankerModule(ranker, optimizer=partial(torch.optim.AdamW, lr=0.1))
    module.logged = {}
    module.log = lambda name, value, **kwargs: module.logged.update({name: float(value.detach())})
    return module


def test_ranker_module_loss_is_the_weighted_log_loss_of_each_member():
    module = _module()
    loss = float(module.training_step(BATCH, 0).detach())
    # The first member scores 1 and 2, then 1, 0.5 and -1; the second scores all equally.
    first = np.log(np.exp([1, 2]).sum()) - 2, np.log(np.exp([1, 0.5, -1]).sum()) - 1
    second = np.log(2), np.log(3)
    assert loss == pytest.approx(np.mean([first[0], second[0], first[1] / 2, second[1] / 2]), abs=1e-5)


def test_ranker_module_counts_corrections_and_false_alarms():
    module = _module()
    module.validation_step(BATCH, 0)
    assert module.logged["val/corrected"] == 1.0
    assert module.logged["val/false_alarms"] == 0.0
    module.network.direct.weight.data *= -1
    module.validation_step(BATCH, 0)
    assert module.logged["val/corrected"] == 0.0
    assert module.logged["val/false_alarms"] == 1.0


def test_ranker_module_logs_no_corrections_without_mistakes():
    module = _module()
    module.validation_step(RankerBatch(BATCH.features, BATCH.start, BATCH.start[:-1], BATCH.weight), 0)
    assert "val/corrected" not in module.logged


def test_ranker_module_logs_no_false_alarms_without_correct_words():
    module = _module()
    module.validation_step(RankerBatch(BATCH.features, BATCH.start, BATCH.start[:-1] + 1, BATCH.weight), 0)
    assert "val/false_alarms" not in module.logged
