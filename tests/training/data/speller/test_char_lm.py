import itertools
from functools import partial
from pathlib import Path

import hydra
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from omegaconf import OmegaConf

from docsight.errors import ConfigError, DataError
from docsight.networks.char_lm import UNKNOWN, CharLM
from docsight.spelling.keystrokes.letter_error_model import CODES, LETTERS, START
from docsight_training.data.speller.char_lm_data import CharLMBatch, CharLMData
from docsight_training.data.speller.letter_error_model import fit_letter_error_model
from docsight_training.data.speller.open_text import Paragraph, read_paragraphs
from docsight_training.modules.char_lm import CharLMModule
from docsight_training.stages.stage import make_network

SMALL = {"block": 60, "streams": 3, "steps": 10, "epoch_characters": 1500, "min_count": 3}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write 1,200 paragraphs of two sentences, of two sources."""
    rows = [
        {"text": f"Sentence {part} of paragraph {n}, ééé.", "source": "talk" if n % 3 else "books/one", "para": n}
        for n in range(1200)
        for part in "ab"
    ]
    path = tmp_path_factory.mktemp("text")
    pq.write_table(pa.Table.from_pylist(rows), path / "all.parquet")
    return path


def _data(folder: Path, **options) -> CharLMData:
    data = CharLMData(text=str(folder), **{**SMALL, **options})
    data.setup()
    return data


def _text(data: CharLMData, ids) -> str:
    return "".join("?" if n == UNKNOWN else data.chars[n - 1] for n in np.asarray(ids).tolist())


def test_char_lm_data_reads_the_parts_of_the_text_by_paragraphs(folder):
    data = _data(folder)
    found = {
        "train": [line for block in data._train for line in _text(data, block).splitlines()],
        "validation": _text(data, data._validation).splitlines(),
    }
    for part, lines in found.items():
        assert lines == [" ".join(sentences) for _, sentences in read_paragraphs(str(folder), part)]


def test_char_lm_data_puts_paragraphs_of_one_source_together(tmp_path, monkeypatch):
    sources = ["a/one", "a/two", "a/two", "a/two", "b"]
    paragraphs = [Paragraph(source, ["One.", "Two."]) for source in sources]
    monkeypatch.setattr(
        "docsight_training.data.speller.char_lm_data.read_paragraphs", lambda *_, **__: iter(paragraphs)
    )
    data = _data(tmp_path, block=12)
    assert [_text(data, block).count("One. Two.\n") for block in data._train] == [2, 2, 1]


def test_char_lm_data_validates_on_so_many_characters(folder):
    data = _data(folder, validation_characters=50)
    assert len(data._validation) == 51  # and a line break
    assert sum(batch.inputs.numel() for batch in data.val_dataloader()) <= 51


def test_char_lm_data_knows_ascii_and_frequent_characters(folder):
    assert "é" in _data(folder).chars
    rare = _data(folder, min_count=10_000)
    assert "é" not in rare.chars
    assert set("\n ~Qz") <= set(rare.chars)
    assert _text(rare, rare._encode("a😀bé")) == "a?b?\n"


def test_char_lm_data_streams_continue_from_batch_to_batch(folder):
    data = _data(folder, lower=0.0, upper=0.0)
    batches = data.epoch_batches(0)
    assert [batch.first for batch in batches] == [True] + [False] * (len(batches) - 1)
    for batch in batches:
        assert torch.equal(batch.inputs[:, 1:], batch.targets[:, :-1])
    for one, other in itertools.pairwise(batches):
        assert torch.equal(one.targets[:, -1], other.inputs[:, 0])


def test_char_lm_data_epochs_of_a_pass_cover_the_text_once(folder):
    data = _data(folder, lower=0.0, upper=0.0, streams=1)
    parts = round(sum(map(len, data._train)) / 1500)
    assert parts > 1
    seen = "".join(
        _text(data, torch.cat([batch.inputs[0] for batch in data.epoch_batches(epoch)])) for epoch in range(parts)
    )
    whole = sum(len(block) for block in data._train)
    assert whole - len(seen) <= parts * 11
    second = _text(data, torch.cat([batch.inputs[0] for batch in data.epoch_batches(parts)]))
    assert not seen.startswith(second)


def test_char_lm_data_repeats_an_epoch_and_a_seed_changes_it(folder):
    first, again = (_data(folder).epoch_batches(1)[0].inputs for _ in range(2))
    assert torch.equal(first, again)
    assert not torch.equal(first, _data(folder, seed=2).epoch_batches(1)[0].inputs)


@pytest.mark.parametrize(("case", "changed"), [("lower", str.lower), ("upper", str.upper)])
def test_char_lm_data_reads_some_text_in_another_case(folder, case, changed):
    data = _data(folder, **{"lower": 0.0, "upper": 0.0, case: 1.0})
    text = _text(data, data.epoch_batches(0)[0].inputs[0])
    assert text == changed(text)


def test_char_lm_data_thins_out_a_source(folder):
    data = _data(folder, thin={"talk": 0.0})
    text = "".join(_text(data, block) for block in data._train)
    numbers = {int(line.split()[4].strip(",")) for line in text.splitlines()}
    assert numbers
    assert all(n % 3 == 0 for n in numbers)


def test_char_lm_data_reports_missing_text(folder, tmp_path):
    with pytest.raises(DataError, match="found none"):
        _data(tmp_path)
    with pytest.raises(DataError, match="expected text for training and for validation"):
        _data(folder, thin={"talk": 0.0, "books": 0.0})
    with pytest.raises(DataError, match=r"set data\.epoch_characters higher"):
        _data(folder)._batches(np.ones(1, dtype=np.uint8))


def test_char_lm_data_refuses_more_characters_than_a_byte_can_number(tmp_path, monkeypatch):
    many = [Paragraph("a", ["".join(map(chr, range(0x4E00, 0x4E00 + 200)))])]
    monkeypatch.setattr("docsight_training.data.speller.char_lm_data.read_paragraphs", lambda *_, **__: iter(many))
    with pytest.raises(ConfigError, match=r"at most 255 characters .* found 296"):
        _data(tmp_path, min_count=1)


def _module() -> CharLMModule:
    torch.manual_seed(0)
    module = CharLMModule(CharLM(chars="abc", char_dim=2, hidden_dim=3), optimizer=partial(torch.optim.SGD, lr=0.1))
    module.logged = {}
    module.log = lambda name, value, **_: module.logged.update({name: float(torch.as_tensor(value).detach())})
    return module


def test_char_lm_module_carries_its_state_from_batch_to_batch():
    module = _module()
    ids = torch.tensor([[1, 2, 3, 1, 2, 2, 3], [3, 3, 1, 2, 1, 1, 1]])
    whole = module.training_step(CharLMBatch(ids[:, :-1], ids[:, 1:], first=True), 0)
    halves = [
        module.training_step(CharLMBatch(ids[:, at : at + 3], ids[:, at + 1 : at + 4], first=at == 0), 0)
        for at in (0, 3)
    ]
    assert float(sum(halves)) / 2 == pytest.approx(float(whole), abs=1e-6)
    afresh = module.training_step(CharLMBatch(ids[:, 3:6], ids[:, 4:7], first=True), 0)
    assert float(afresh) != pytest.approx(float(halves[1]), abs=1e-6)


def test_char_lm_module_gradient_stays_within_a_batch():
    module = _module()
    ids = torch.tensor([[1, 2, 3, 1]])
    module.training_step(CharLMBatch(ids[:, :-1], ids[:, 1:], first=True), 0)
    module.training_step(CharLMBatch(ids[:, :-1], ids[:, 1:], first=False), 0).backward()
    assert not module._state.hidden.requires_grad


def test_char_lm_module_logs_bits_per_character():
    module = _module()
    for parameter in module.network.parameters():
        torch.nn.init.zeros_(parameter)
    module.on_validation_epoch_start()
    module.validation_step(CharLMBatch(torch.ones(2, 5).long(), torch.ones(2, 5).long(), first=True), 0)
    module.on_validation_epoch_end()
    assert module.logged == {"val/bits_per_character": pytest.approx(2.0)}  # four characters, the unknown included


def test_experiment_rnn_speller_trains_the_char_lm_for_a_step(folder):
    with hydra.initialize_config_module("docsight_conf", version_base="1.3"):
        config = hydra.compose("train", overrides=["experiment=rnn_speller", f"data.text={folder}", "data.thin=null"])
    stage = OmegaConf.to_container(config, resolve=True)["model"]["typing"]
    data = hydra.utils.instantiate({**stage["data"], **SMALL})
    data.setup()
    _, network = make_network({**stage["network"], "hidden_dim": 8}, data)
    module = hydra.utils.instantiate(stage["module"], network=network, _convert_="all")
    module.log = lambda *_, **__: None
    loss = module.training_step(data.epoch_batches(0)[0], 0)
    loss.backward()
    assert all(parameter.grad is not None for parameter in module.parameters())


PAIRS = [("netwark", "network"), ("netwrk", "network"), ("networrk", "network"), ("netwrok", "network")]


def test_letter_error_model_rates_come_from_the_observed_edits():
    channel = fit_letter_error_model(PAIRS * 50)
    o, a, w, r = (CODES[letter] for letter in "oawr")
    assert int(channel.substitute[o].argmax()) == a
    assert int(channel.delete[:, o].argmax()) == w
    assert int(channel.insert[:, r].argmax()) == r
    assert float(channel.swap) > 0
    assert float(channel.delete[START].sum()) < float(channel.delete[w].sum())
    assert (channel.substitute.diagonal() == 0).all()


def test_letter_error_model_rates_sum_to_one_error_per_letter():
    channel = fit_letter_error_model(PAIRS * 50)
    letters = torch.zeros(len(LETTERS))
    letters[[CODES[letter] for letter in "network"]] = 1 / 7
    pairs = torch.zeros(START + 1, START)
    word = [START, *(CODES[letter] for letter in "network")]
    pairs[word[:-1], word[1:]] = 1 / 7
    ahead = pairs.sum(dim=1, keepdim=True)
    total = (channel.substitute * letters[:, None]).sum() + (channel.delete * pairs).sum()
    total += (channel.insert * ahead).sum() + channel.swap.sum()
    assert float(total) == pytest.approx(1.0, abs=0.1)


def test_letter_error_model_costs_are_log_probabilities_at_an_error_rate():
    costs = fit_letter_error_model(PAIRS * 50).costs(0.01)
    assert np.exp(costs.substitute.diagonal()) == pytest.approx(0.99)
    for table in costs[:3]:
        assert np.isfinite(table).all()
        assert (table < 0).all()


def test_letter_error_model_ignores_words_of_other_letters_and_rejects_empty_lists():
    with pytest.raises(DataError, match="Expected misspellings that are one edit"):
        fit_letter_error_model([("1st", "first"), ("abc", "xyz"), ("a", "a")])
