"""The experiments of the teacher and of `rnn_ner`, on tiny data."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf

from docsight_training.train import train

TINY = [
    "data.source=json",
    "data.glove_words=0",
    "data.min_count=1",
    "data.batch_tokens=60",
    "data.templates=0",
    "model.network.encoder.char_width=8",
    "model.module.optimizer.lr=0.02",
    "trainer.precision=32-true",
    "trainer.accelerator=cpu",
    "threads=1",
]


def _config(experiment: str, corpus: Path, *overrides: str) -> dict:
    with initialize_config_module(config_module="docsight_conf", version_base="1.3"):
        config = compose("train", overrides=[f"experiment={experiment}", *TINY, *overrides])
    OmegaConf.set_struct(config, False)
    config.pop("hydra", None)
    config.data.path, config.data.labels = str(corpus), ["PER", "ORG", "LOC"]
    config.data.corpora = {"own": {"annotates": ["PER", "ORG", "LOC"]}}
    return config


def _plain(config) -> dict:
    return OmegaConf.to_container(config, resolve=True)


def _teacher(tiny_corpus: Path, folder: Path) -> dict:
    text = pa.table({"text": ["Ada works for Acme .", "Globex moved to New York .", "It rained ."], "para": [0, 0, 1]})
    pq.write_table(text, folder / "text.parquet")
    config = _config("rnn_ner_teacher", tiny_corpus, f"text={folder}", "model.stages=[plain,silver]", "epochs=8")
    config.model.plain.network.encoder = {"hidden_dim": 16, "char_width": 8}
    config.model.silver.members = ["plain"]
    config.model.silver.texts = {"tiny": {"path": str(folder / "text.parquet"), "origin": "here", "licence": "CC0"}}
    return _plain(config)


def test_teacher_labels_text_and_the_student_learns_from_it(tiny_corpus: Path, tmp_path: Path):
    run = tmp_path / "teacher"
    figures = train(_teacher(tiny_corpus, tmp_path), run)
    assert figures["silver/test/f1"] > 0.8
    assert [file.name for file in (run / "silver").iterdir()] == ["tiny-000.parquet"]

    config = _config("rnn_ner", tiny_corpus, f"data.silver={run / 'silver'}", "epochs=8")
    config.model.network.encoder.hidden_dim = 16
    config.model.module.margins = {}
    student = train(_plain(config), tmp_path / "student")
    assert student["test/f1"] > 0.8
    assert student["train/loss/silver"] < 1.0
    card = (tmp_path / "student" / "model" / "MODEL_CARD.md").read_text()
    assert "| tiny (labelled by the teacher) | CC0 | here |" in card


def test_a_teacher_that_was_stopped_labels_only_what_is_missing(tiny_corpus: Path, tmp_path: Path):
    config = _teacher(tiny_corpus, tmp_path)
    config["epochs"] = config["trainer"]["max_epochs"] = 1
    run = tmp_path / "teacher"
    train(config, run)
    files = [run / "plain" / "weights.pt", run / "silver" / "tiny-000.parquet"]
    before = [file.stat().st_mtime_ns for file in files]
    train(config | {"ckpt_path": "last"}, run)
    assert [file.stat().st_mtime_ns for file in files] == before
