"""`docsight-train experiment=rnn_speller` on made-up data of a few dozen words."""

import random
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
import spacy
import torch
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf
from pyarrow import parquet

from docsight.bundle import load_folder
from docsight.errors import ConfigError, DataError
from docsight.vocab import UNK, Vocab
from docsight_training.data.speller import tables
from docsight_training.data.speller.lexicon import PAIR_LISTS
from docsight_training.data.speller.open_text import Paragraph
from docsight_training.data.speller.technical_text import TechnicalCounts, write_technical
from docsight_training.runs import Run
from docsight_training.stages.speller_stages import TablesStage
from docsight_training.stages.stage import PartStage, make_stages
from docsight_training.train import train

_WORDS = """
the of and to in a is that it was he for on are with they be at one have this from or had by but some what there we can
out other were all your when up use how said each she which their time if will way about many then them would write like
so these her long make thing see him two has look more day could go come did number sound no most people my over know
water than call first who may down side been now find house friend street sentence family colour
"""
WORDS = _WORDS.split()
PAIRS = [
    ("teh", "the"),
    ("wich", "which"),
    ("freind", "friend"),
    ("hosue", "house"),
    ("peeple", "people"),
    ("alot", "a lot"),
]
PAIRS += [(word[:2] + word[1:], word) for word in WORDS if len(word) > 4] + [(w[:-1], w) for w in WORDS if len(w) > 5]
FREQUENCIES = {word: 0.05 / n for n, word in enumerate(WORDS, start=1)}
TINY = [
    "experiment=rnn_speller",
    "task=tiny",
    "threads=1",
    "trainer.accelerator=cpu",
    "trainer.precision=32-true",
    "trainer.limit_train_batches=3",
    "model.context.network={num_words:60,word_dim:8,char_dim:4,char_hidden:4,casing_dim:2,hidden_dim:8}",
    "model.context.trainer.max_epochs=1",
    "+model.context.data.random_words=10",
    "model.context.data.batch_tokens=300",
    "model.context.data.epoch_tokens=3000",
    "model.typing.network={char_dim:4,hidden_dim:8}",
    "+model.typing.data={block:60,streams:3,steps:10,epoch_characters:1500,min_count:3}",
    "model.typing.trainer.max_epochs=1",
    "model.ranker.network={hidden_dim:4,members:2}",
    "model.ranker.data.noisy_copies=1",
    "model.ranker.data.isolated_words=20",
    "+model.ranker.data={validation:0.2,batch_size:64}",
    "model.ranker.trainer.max_epochs=1",
    "+model.judge.data.num_sentences=60",
]


def _sentence(draw: random.Random) -> str:
    words = draw.choices(WORDS, k=draw.randint(4, 9))
    return " ".join(words).capitalize() + "."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a folder like the real one: text, misspelling lists and SCOWL's."""
    path, draw = tmp_path_factory.mktemp("data"), random.Random(1)
    rows = [{"text": _sentence(draw), "source": "talk", "para": n // 2} for n in range(1400)]
    tables = {"text/all": rows}
    for name in PAIR_LISTS:
        tables[f"spelling/{name}/data"] = [{"misspelling": w, "correction": r, "count": 1} for w, r in PAIRS]
    names = [{"clean": _sentence(draw)} for _ in range(40)]
    tables |= {"spelling/wikidump_realistic/data": names, "spelling/wikipedia_clean/data": names[:20]}
    for name, table in tables.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        parquet.write_table(pa.Table.from_pylist(table), path / f"{name}.parquet")
    (path / "scowl").mkdir()
    (path / "scowl" / "english-words.10").write_text("\n".join([*WORDS, "lot"]) + "\n")
    return path


@pytest.fixture
def config(folder, monkeypatch):
    monkeypatch.setattr(tables, "word_frequencies", lambda: FREQUENCIES)

    def compose_with(*overrides: str) -> dict:
        with initialize_config_module(config_module="docsight_conf", version_base="1.3"):
            paths = [f"data.path={folder}", f"data.scowl={folder / 'scowl'}"]
            made = compose("train", overrides=[*TINY, *paths, *overrides])
        OmegaConf.set_struct(made, False)
        made.pop("hydra", None)
        return OmegaConf.to_container(made, resolve=True)

    return compose_with


def test_experiment_rnn_speller_composes_and_resolves():
    with initialize_config_module(config_module="docsight_conf", version_base="1.3"):
        made = compose("train", overrides=["experiment=rnn_speller", "data.path=x"])
    assert made.model.stages == ["tables", "context", "typing", "ranker", "judge"]
    assert made.name == "rnn_speller-1"
    for key in ("data", "model", "trainer"):
        OmegaConf.to_container(made[key], resolve=True, throw_on_missing=True)


def test_train_exports_a_speller_that_spacy_loads_and_resumes(config, tmp_path, monkeypatch):
    metrics = train(config(), tmp_path / "run")
    assert {name.partition("/")[0] for name in metrics} == {"context", "typing", "ranker", "judge"}
    made = load_folder(tmp_path / "run" / "model", kind="speller")
    assert set(made.vocabularies["words"].entries) >= set(WORDS)
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_speller", config={"model": str(tmp_path / "run" / "model")})
    doc = nlp("They know teh hosue.")
    assert {row["text"] for row in doc._.corrections} >= {"teh", "hosue"}
    assert spacy.load(tmp_path / "run" / "pipeline")("They know teh hosue.")._.corrections == doc._.corrections
    card = (tmp_path / "run" / "model" / "MODEL_CARD.md").read_text()
    assert "CC BY-SA 4.0" in card
    assert str(tmp_path) not in card

    # As if it had stopped before its last stage: the earlier ones are not repeated.
    shutil.rmtree(tmp_path / "run" / "ranker")
    monkeypatch.setattr(TablesStage, "make_result", None)
    left = {part: (tmp_path / "run" / part / "weights.pt").read_bytes() for part in ("tables", "context", "typing")}
    again = train(config("ckpt_path=last"), tmp_path / "run")
    assert again == pytest.approx(metrics, abs=1e-4)
    assert {part: (tmp_path / "run" / part / "weights.pt").read_bytes() for part in left} == left
    same = load_folder(tmp_path / "run" / "model", kind="speller").network.state_dict()
    for name, weights in made.network.state_dict().items():
        if not name.startswith("ranker"):
            assert torch.equal(weights, same[name]), name

    with pytest.raises(ConfigError, match="holds an earlier run"):
        train(config(), tmp_path / "run")


@pytest.mark.slow
def test_train_the_judge_of_a_finished_speller(config, tmp_path):
    train(config(), tmp_path / "run")
    first = load_folder(tmp_path / "run" / "model", kind="speller")
    technical = tmp_path / "technical.parquet"
    write_technical(TechnicalCounts(["zlib", "teh"], {("the", "house"): 3}), technical)
    again = [
        "experiment=rnn_speller_judge",
        f"model.init_from={tmp_path / 'run' / 'model'}",
        f"data.technical={technical}",
        "model.judge.data.ablate=[odds]",
    ]
    metrics = train(config(*again), tmp_path / "again")
    assert set(metrics) == {"judge/train/loss", "judge/val/loss"}
    made = load_folder(tmp_path / "again" / "model", kind="speller")
    assert made.arguments["judge"] == {"num_terms": 1, "num_pairs": 1}  # teh is a listed misspelling, not a term
    assert made.network.judge.scale[0] == 0
    others = {name: weights for name, weights in first.network.state_dict().items() if "judge" not in name}
    same = made.network.state_dict()
    for name, weights in others.items():
        if not name.startswith("technical"):
            assert torch.equal(weights, same[name]), name


def test_train_speller_rejects_a_checkpoint_of_one_stage(config, tmp_path):
    with pytest.raises(ConfigError, match=r"ckpt_path=best\.ckpt: each of the 5 stages .* pass ckpt_path=last"):
        train(config("ckpt_path=best.ckpt"), tmp_path / "run")


def test_part_stage_reports_weights_of_an_old_run(tmp_path):
    (tmp_path / "context").mkdir()
    torch.save({"network": {}, "figures": {}, "arguments": {}}, tmp_path / "context" / "weights.pt")
    stage = PartStage(name="context", network={}, module={}, data={}, parts_from=str(tmp_path))
    with pytest.raises(ConfigError, match=r"expected context/weights\.pt .* 0\.1\.0 .* omit model\.parts_from"):
        stage.run(Run({}, tmp_path / "run"))


def test_make_stages_reports_a_speller_config_without_stages():
    old = {"parts_from": None, "context": {}, "typing": {}, "ranker": {}}
    with pytest.raises(ConfigError, match=r"expected the list `stages` beside context, typing, ranker; .* Copy"):
        make_stages({"model": old, "data": {}})


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("data.text=nowhere", r"data\.text=nowhere: no \.parquet file\. Put running text there"),
        ("data.lists=nowhere", r"no nowhere/typos/data\.parquet\. Put a Parquet file"),
        ("data.scowl=nowhere", "nowhere"),
    ],
)
def test_train_speller_reports_missing_data(config, tmp_path, override, message):
    with pytest.raises(DataError, match=message):
        train(config(override), tmp_path / "run")


def test_trigram_ids_treat_punctuation_as_edges_and_strip_s_from_unknown_words():
    words = Vocab(["the", "house", "it's", "0"])
    text = [Paragraph("talk", ["The house's, it's 12 teh!", "A"])]
    assert tables.trigram_ids(text, words).tolist() == [0, 0, 2, 3, 0, 4, 5, UNK, 0, 0, 0, UNK, 0, 0]


def test_missing_inputs_are_listed_together_before_anything_is_computed(config, folder, tmp_path):
    overrides = [
        f"data.scowl={tmp_path}",
        "data.names=absent",
        f"data.judged={tmp_path}",
        f"data.technical={tmp_path}/x",
    ]
    with pytest.raises(DataError, match="Inputs of the speller are missing") as caught:
        train(config(*overrides), tmp_path / "run")
    for part in ("data.scowl", "apt-get install scowl", "data.names", "data.judged", "data.technical"):
        assert part in str(caught.value)
    assert not (tmp_path / "run").exists()
    with pytest.raises(DataError, match=r"data\.path is missing"):
        train(config("data.path=null"), tmp_path / "run")
