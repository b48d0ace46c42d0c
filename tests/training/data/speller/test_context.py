import math
from functools import partial

import numpy as np
import pyarrow as pa
import pytest
import torch
from pyarrow import parquet

from docsight.networks.context import ContextNetwork
from docsight.spelling.tokens import key_of
from docsight.vocab import Vocab
from docsight_training.data.speller.confusions import edit_neighbours
from docsight_training.data.speller.context_data import LENGTH_STEP, ContextBatch, ContextData
from docsight_training.data.speller.noise import Noise
from docsight_training.data.speller.open_text import MAX_WORD_CHARS, PARTS, Paragraph, count_keys, read_paragraphs
from docsight_training.modules.context import ContextModule

WORDS = ["the", "house", "is", "there", "a", "cat", "hat", "their", "and", "mat", "it's", "sat"]
SENTENCES = [
    "The cat sat there, and the hat is a hat.",
    "It's the house and their Zanzibar.",
    "The mat is there and the cat sat.",
    "A a.",
    "Is it?",
]
CHARS = Vocab("abcdefghijklmnopqrstuvwxyz'.,0?")
PAIRS = [("teh", "the", 1), ("huose", "house", 1), ("catt", "cat", 1), ("adn", "and", 1), ("sat", "cat", 1)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("text")
    rows = [{"text": SENTENCES[n % 5], "source": "talk", "para": n} for n in range(700)]
    parquet.write_table(pa.Table.from_pylist(rows), path / "all.parquet")
    return str(path)


def _data(folder: str, **options) -> ContextData:
    near = {"cat": ["hat", "mat", "sat"], "there": ["their"]}
    noise = Noise(PAIRS, lexicon=frozenset(WORDS), neighbours=near)
    data = ContextData(
        text=folder,
        words=Vocab(WORDS),
        chars=CHARS,
        noise=noise,
        **{"batch_tokens": 200, "epoch_tokens": 1500, "random_words": 3, **options},
    )
    data.setup()
    return data


def _word(data: ContextData, at: int) -> str:
    return {number: key for key, number in data.keys.ids.items()}[at]


def _spelt(row: torch.Tensor) -> str:
    return "".join(CHARS.entries[n - 2] for n in row.tolist() if n > 1)


def _batches(loader) -> list[ContextBatch]:
    return list(loader)


def test_context_data_predicts_the_words_that_were_meant(folder):
    data = _data(folder, noisy_sentences=1.0, noisy_words=(0.5, 0.5))
    for batch in _batches(data.train_dataloader())[:3]:
        wanted = [_word(data, int(at)) for at in batch.pool[batch.target]]
        spelt = [_spelt(row) for row in batch.pool_chars[batch.target]]
        assert wanted == spelt
        rows: dict[int, list[str]] = {}
        for (row, _), word in zip(batch.places.tolist(), wanted, strict=True):
            rows.setdefault(row, []).append(word)
        meant = {" ".join(words) for words in rows.values()}
        expected = {
            " ".join(key_of(w.strip(".,?")) for w in sentence.split()) for sentence in SENTENCES[:3] + SENTENCES[4:]
        }
        assert meant <= expected | {"a a"}


def test_context_data_misspells_only_the_input(folder):
    data = _data(folder, noisy_sentences=1.0, noisy_words=(0.5, 0.5))
    changed = asked = 0
    for batch in _batches(data.train_dataloader()):
        wanted = [_word(data, int(at)) for at in batch.pool[batch.target]]
        row, column = batch.places.T
        types = batch.index[row, column]
        read = [_spelt(chars) for chars in batch.chars[types]]
        ids = batch.words[types]
        for word, seen, at in zip(wanted, read, ids.tolist(), strict=True):
            asked += 1
            changed += word != seen
            # A misspelled word is known only by its letters.
            assert at == data.keys.ids[word] if word == seen else at >= len(data.key_chars)
        assert set(batch.pool.tolist()) <= set(range(2, len(data.key_chars)))
    assert 0.35 < changed / asked < 0.6


def test_context_data_validates_without_noise(folder):
    data = _data(folder)
    assert len(data.validation.lengths) >= 1
    for batch in _batches(data.val_dataloader()):
        assert int(batch.words.max()) < len(data.key_chars)
        row, column = batch.places.T
        assert torch.equal(batch.words[batch.index[row, column]], batch.pool[batch.target])


def test_context_data_compares_a_word_with_those_one_edit_away(folder):
    data = _data(folder)
    for batch in _batches(data.train_dataloader())[:3]:
        for target, negatives in zip(batch.target.tolist(), batch.hard_negatives.tolist(), strict=True):
            word = _word(data, int(batch.pool[target]))
            words = {_word(data, int(batch.pool[at])) for at in negatives if at >= 0}
            expected = {"cat": {"hat", "mat", "sat"}, "hat": {"cat", "mat", "sat"}}
            assert words == expected.get(word, words)
            assert target not in negatives
            if word in ("zanzibar", "house"):
                assert not words


def test_context_data_drops_hard_negatives_that_were_not_drawn(folder):
    data = _data(folder, hard_negative_words=0, random_words=0)
    for batch in _batches(data.train_dataloader())[:3]:
        assert len(batch.pool) == len(batch.target.unique())
        inside = batch.hard_negatives[batch.hard_negatives >= 0]
        assert bool((inside < len(batch.pool)).all())


def test_context_data_pads_to_multiples_and_predicts_no_padding(folder):
    data = _data(folder)
    for batch in _batches(data.train_dataloader()):
        assert batch.index.shape[1] % LENGTH_STEP == 0
        assert batch.chars.shape[1] == MAX_WORD_CHARS
        assert bool((batch.places[:, 1] < batch.lengths[batch.places[:, 0]]).all())
        padding = torch.arange(batch.index.shape[1]) >= batch.lengths.unsqueeze(1)
        assert not batch.casings[padding].any()
        assert bool(((batch.pool_rate > 0) & (batch.pool_rate <= 1)).all())
        assert batch.index.numel() <= 200


def test_context_data_epochs_are_reproducible_and_differ(folder):
    def first(data, epoch):
        return data.epoch_batches(epoch)[0]

    one, same, other = first(_data(folder), 0), first(_data(folder), 0), first(_data(folder), 1)
    assert all(torch.equal(getattr(one, name), getattr(same, name)) for name in ContextBatch.__dataclass_fields__)
    assert one.index.shape != other.index.shape or not torch.equal(one.words, other.words)


def test_context_data_reads_the_whole_text_before_any_sentence_again(folder):
    data = _data(folder, epoch_tokens=1000)
    long = set(np.flatnonzero(data.train.lengths > 2).tolist())
    parts = round(data.train.lengths[list(long)].sum() / 1000)
    assert parts > 2
    seen: list[int] = []
    for epoch in range(parts):
        seen += [int(at) for _, sentences in data.epoch_batches(epoch).plans for at in sentences]
    assert sorted(seen) == sorted(long)


def test_edit_neighbours_finds_frequent_words_one_edit_away():
    words = ["cat", "at", "cut", "act", "dog", "cart", "cats", "hat", "b-d", "bd"]
    neighbours = edit_neighbours(words, most=4)
    found = {word: [words[n - 2] for n in neighbours[at] if n] for at, word in enumerate(words, start=2)}
    assert found["cat"] == ["at", "cut", "act", "cart"]  # the most frequent four of six
    assert found["dog"] == found["b-d"] == found["bd"] == []
    assert found["hat"][:2] == ["cat", "at"]
    assert not neighbours[:2].any()
    assert not edit_neighbours(words, most=4, among=1).any()


def test_count_keys_counts_what_a_lexicon_could_hold():
    counts = count_keys([Paragraph("a", ["The cat, the Caf\u00e9", "It\u2019s 3 b_c"]), Paragraph("b", ["THE"])])
    assert counts == {"the": 3, "cat": 1, "it's": 1, "b": 1, "c": 1}


def _module(**options) -> ContextModule:
    torch.manual_seed(0)
    sizes = {"word_dim": 8, "char_dim": 4, "char_hidden": 4, "casing_dim": 2, "hidden_dim": 8, "dropout": 0.0}
    network = ContextNetwork(num_words=14, num_chars=len(CHARS), **sizes, word_dropout=0.0)
    module = ContextModule(network, optimizer=partial(torch.optim.AdamW, lr=0.02), **options)
    module.log = lambda *args, **kwargs: None
    return module


def test_context_module_losses_equal_softmaxes_by_hand(folder):
    batch, module = _batches(_data(folder).val_dataloader())[0], _module()
    network = module.network
    chosen, against, right = (float(loss.detach()) for loss in module._losses(batch))
    encoded = network.encode(batch.words, batch.chars)
    left, behind = network.read(encoded[batch.index], batch.casings, batch.lengths)
    vectors, biases = network.keys(batch.pool, network.encode(batch.pool, batch.pool_chars))
    first, second, hits = [], [], []
    for n, (row, word) in enumerate(batch.places.tolist()):
        asked = network.query(left[row, word].unsqueeze(0), behind[row, word + 1].unsqueeze(0))[0]
        scores = (vectors @ asked + biases).tolist()
        target, negatives = int(batch.target[n]), [at for at in batch.hard_negatives[n].tolist() if at >= 0]
        drawn = [score - math.log(rate) for score, rate in zip(scores, batch.pool_rate.tolist(), strict=True)]
        first.append(math.log(sum(map(math.exp, drawn))) - drawn[target])
        if negatives:
            second.append(math.log(sum(math.exp(scores[at]) for at in [target, *negatives])) - scores[target])
            hits.append(scores[target] >= max(scores[at] for at in negatives))
    assert chosen == pytest.approx(np.mean(first), abs=1e-4)
    assert against == pytest.approx(np.mean(second), abs=1e-4)
    assert right == pytest.approx(np.mean(hits), abs=1e-6)
    assert float(module.training_step(batch, 0).detach()) == pytest.approx(chosen + against, abs=1e-4)


def test_context_module_accepts_a_batch_without_hard_negatives(folder):
    batch = _batches(_data(folder).val_dataloader())[0]
    batch.hard_negatives = torch.full_like(batch.hard_negatives, -1)
    loss = _module().training_step(batch, 0)
    loss.backward()
    assert bool(torch.isfinite(loss))


def test_context_module_learns(folder):
    batch, module = _batches(_data(folder).val_dataloader())[0], _module()
    optimizer = torch.optim.AdamW(module.parameters(), lr=0.02)
    losses = []
    for _ in range(12):
        loss = module.training_step(batch, 0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.7 * losses[0]


def test_context_data_parts_are_those_of_the_text(folder):
    data = _data(folder)
    counted = {part: sum(1 for _ in read_paragraphs(folder, part)) for part in PARTS}
    assert len(data.validation.lengths) >= counted["validation"] >= 1
    assert len(data.train.lengths) >= counted["train"]
