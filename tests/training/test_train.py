"""The real configs, composed and scaled down; and the command itself, in separate processes."""

import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import spacy
import torch
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf

import docsight
from docsight.bundle import load_folder
from docsight.errors import ConfigError, DataError
from docsight.layers.embeddings import CodedEmbedding
from docsight_training.commands.export_checkpoint import export_checkpoint
from docsight_training.data.ner import tagger_words
from docsight_training.errors import RunInterruptedError
from docsight_training.modules.ner import NerModule
from docsight_training.train import train

EXPERIMENTS = ["rnn_ner", "rnn_ner_labels", "rnn_ner_numbers", "rnn_ner_conll2003"]
TINY = [
    "task=tiny",
    "data.source=json",
    "data.glove_words=0",
    "data.min_count=1",
    "data.batch_tokens=60",
    "model.network.encoder.hidden_dim=16",
    "model.network.encoder.char_width=8",
    "model.module.optimizer.lr=0.02",
    "trainer.precision=32-true",
    "trainer.accelerator=cpu",
    "threads=1",
]


def _config(*overrides: str) -> dict:
    with initialize_config_module(config_module="docsight_conf", version_base="1.3"):
        config = compose("train", overrides=[*TINY, *overrides])
    OmegaConf.set_struct(config, False)
    config.pop("hydra", None)
    return OmegaConf.to_container(config, resolve=True)


def _command(*arguments: str, cwd: Path, **options) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "docsight_training", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, **options)


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_experiment_composes_and_resolves(experiment):
    with initialize_config_module(config_module="docsight_conf", version_base="1.3"):
        config = compose("train", overrides=[f"experiment={experiment}"])
    assert config.name == f"{experiment}-1"
    for key in ("data", "model", "trainer"):
        OmegaConf.to_container(config[key], resolve=True, throw_on_missing=True)


@pytest.fixture(scope="module")
def trained(tiny_corpus, tmp_path_factory) -> tuple[Path, dict[str, float]]:
    folder = tmp_path_factory.mktemp("runs") / "tiny-1"
    return folder, train(_config(f"data.path={tiny_corpus}", "epochs=12"), folder)


def test_train_fits_learnable_data(trained):
    _, metrics = trained
    assert metrics["test/f1"] > 0.9


def test_train_writes_config_metrics_curves_checkpoints_and_exports(trained):
    folder, _ = trained
    for name in (
        "config.yaml",
        "metrics.json",
        "curves-1/metrics.csv",
        "checkpoints/last.ckpt",
        "checkpoints/best.ckpt",
    ):
        assert (folder / name).stat().st_size, name
    assert "data:" in (folder / "config.yaml").read_text()
    assert "test/f1" in (folder / "model" / "MODEL_CARD.md").read_text()


def test_train_writes_a_card_with_the_run_and_figures_by_label(trained):
    folder, metrics = trained
    card = (folder / "model" / "MODEL_CARD.md").read_text()
    assert card.startswith("# tiny\n")
    assert load_folder(folder / "model", kind="tagger").about["name"] == "tiny"
    assert "run `tiny-1`" in card
    assert "| test, by label | precision | recall | F1 | support |" in card
    figures = " | ".join(f"{metrics[f'test/{name}/PER']:.4f}" for name in ("precision", "recall", "f1"))
    assert f"| PER | {figures} | {metrics['test/support/PER']:.0f} |" in card
    assert "| test/f1/PER |" not in card


def test_train_writes_what_the_pipeline_is_and_needs(trained):
    folder, metrics = trained
    meta = spacy.load(folder / "pipeline").meta
    assert (meta["lang"], meta["name"], meta["version"]) == ("en", "tiny_1", "0.1.0")
    assert meta["description"].startswith("A model for the spaCy component `rnn_ner`")
    assert meta["license"] == "see the licences of the data"
    assert meta["requirements"] == [f"docsight>={docsight.__version__}"]
    assert [source["name"] for source in meta["sources"]] == ["own"]
    assert meta["performance"]["test/f1"] == meta["performance"]["ents_f"] == metrics["test/f1"]
    assert meta["performance"]["ents_per_type"]["PER"]["r"] == metrics["test/recall/PER"]


def test_train_writes_the_errors_of_the_model(trained):
    folder, metrics = trained
    report = json.loads((folder / "errors.json").read_text())
    assert report["part"] == "test"
    assert report["labels"]["PER"]["support"] == metrics["test/support/PER"]
    assert report["labels"]["PER"]["recall"] == pytest.approx(metrics["test/recall/PER"], abs=1e-4)
    losses = [one["loss"] for one in report["worst_sentences"]]
    assert losses == sorted(losses, reverse=True)
    assert len(losses) == 20
    assert "Sentences with the highest loss" in (folder / "errors.html").read_text()


def test_train_exports_a_pipeline_that_loads_anywhere(trained, tmp_path):
    folder, _ = trained
    moved = (folder / "pipeline").rename(tmp_path / "moved")
    docs = list(spacy.load(moved).pipe(["Ada works for Acme .", "Globex Corporation moved to New York ."]))
    moved.rename(folder / "pipeline")
    ents = [ent for doc in docs for ent in doc.ents]
    expected = [("Ada", "PER"), ("Acme", "ORG"), ("Globex Corporation", "ORG"), ("New York", "LOC")]
    assert [(ent.text, ent.label_) for ent in ents] == expected
    assert all(0 < ent._.score <= 1 for ent in ents)


@pytest.mark.parametrize(("enough", "checkpoint"), [(1, "best.ckpt"), (1000, "last.ckpt")])
def test_train_exports_the_best_weights_if_the_validation_data_is_large_enough(
    tiny_corpus, tmp_path, monkeypatch, enough, checkpoint
):
    monkeypatch.setattr("docsight_training.data.ner.ner_data.MIN_CHOOSING_SPANS", enough)
    folder = tmp_path / "run"
    train(_config(f"data.path={tiny_corpus}", "epochs=3", "trainer.monitor=train/loss", "trainer.mode=max"), folder)
    best = torch.load(folder / "checkpoints" / checkpoint, weights_only=True)["state_dict"]
    exported = load_folder(folder / "model", kind="tagger").network.state_dict()
    for name, tensor in exported.items():
        assert torch.allclose(tensor.float(), best[f"network.{name}"].float(), atol=2e-3), name


def test_train_with_the_same_seed_gives_the_same_result(tiny_corpus, tmp_path):
    runs = [train(_config(f"data.path={tiny_corpus}", "epochs=2"), tmp_path / name) for name in "ab"]
    assert runs[0] == runs[1]
    other = train(_config(f"data.path={tiny_corpus}", "epochs=2", "seed=2"), tmp_path / "c")
    assert other["train/loss"] != runs[0]["train/loss"]


@pytest.mark.parametrize("step", [pytest.param(0, marks=pytest.mark.slow), 3])
def test_train_interrupted_in_an_epoch_resumes_with_the_next_batch(tiny_corpus, tmp_path, monkeypatch, step):
    config = _config(f"data.path={tiny_corpus}", "epochs=4")
    whole = train(config, tmp_path / "whole")
    interrupted = tmp_path / "interrupted"
    plain = NerModule.on_train_batch_start
    steps = []

    def interrupt(module, batch, batch_idx):
        steps.append(module.global_step)
        if module.current_epoch == 2 and batch_idx == step:
            os.kill(os.getpid(), signal.SIGINT)
        plain(module, batch, batch_idx)

    monkeypatch.setattr(NerModule, "on_train_batch_start", interrupt)
    with pytest.raises(
        RunInterruptedError, match=r"in epoch 3, after step [\s\S]*ckpt_path=last[\s\S]*docsight-train export"
    ):
        train(config, interrupted)
    monkeypatch.setattr(NerModule, "on_train_batch_start", lambda *a: (steps.append(a[0].global_step), plain(*a))[1])
    train(config | {"ckpt_path": "last"}, interrupted)
    assert steps == list(range(len(steps)))
    for name in ("last.ckpt", "best.ckpt"):
        ours, theirs = (
            torch.load(folder / "checkpoints" / name, weights_only=True) for folder in (interrupted, tmp_path / "whole")
        )
        assert ours["global_step"] == theirs["global_step"]
        for key, tensor in theirs["state_dict"].items():
            assert torch.allclose(ours["state_dict"][key].float(), tensor.float(), atol=1e-5), key
    resumed = json.loads((interrupted / "metrics.json").read_text())
    for key in (key for key in whole if key.startswith(("val/", "test/"))):
        assert resumed[key] == pytest.approx(whole[key], abs=1e-5), key


def test_train_goes_on_after_its_last_epoch(tiny_corpus, tmp_path):
    data = f"data.path={tiny_corpus}"
    train(_config(data, "epochs=2"), tmp_path / "extended")
    train(_config(data, "epochs=4", "ckpt_path=last"), tmp_path / "extended")
    train(_config(data, "epochs=4"), tmp_path / "whole")
    steps = [
        torch.load(tmp_path / run / "checkpoints" / "last.ckpt", weights_only=True)["global_step"]
        for run in ("extended", "whole")
    ]
    assert steps[0] == steps[1] > 0


def test_train_refuses_to_resume_with_other_widths_or_a_damaged_checkpoint(tiny_corpus, tmp_path):
    train(_config(f"data.path={tiny_corpus}", "epochs=1"), tmp_path / "run")
    resumed = (f"data.path={tiny_corpus}", "epochs=2", "ckpt_path=last")
    with pytest.raises(
        ConfigError,
        match=r"weights of another network: network\.encoder.* \(64, .* in the checkpoint, and has the shape \(128, ",
    ):
        train(_config(*resumed, "model.network.encoder.hidden_dim=32"), tmp_path / "run")
    last = tmp_path / "run" / "checkpoints" / "last.ckpt"
    last.write_bytes(last.read_bytes()[:1000])
    with pytest.raises(ConfigError, match=r"last\.ckpt is damaged or not a checkpoint"):
        train(_config(*resumed), tmp_path / "run")


def test_export_makes_a_pipeline_of_a_checkpoint(trained, tmp_path):
    folder, metrics = trained
    export_checkpoint(folder / "checkpoints" / "best.ckpt", tmp_path / "out")
    exported = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert exported["test/f1"] == pytest.approx(metrics["test/f1"])
    assert [ent.text for ent in spacy.load(tmp_path / "out" / "pipeline")("Ada works for Acme .").ents] == [
        "Ada",
        "Acme",
    ]
    with pytest.raises(ConfigError, match="out exists already; pass the name of a new folder"):
        export_checkpoint(folder / "checkpoints" / "best.ckpt", tmp_path / "out")


def test_export_takes_pretrained_vectors_from_the_checkpoint(tiny_corpus, tmp_path, monkeypatch):
    vectors = np.random.default_rng(1).normal(size=(2, 50)).astype(np.float32)
    monkeypatch.setattr(tagger_words, "load_vectors", lambda path, *, max_words: (["works", "unseen"], vectors))
    folder = tmp_path / "run"
    train(_config(f"data.path={tiny_corpus}", "data.glove_words=2", "epochs=1"), folder)
    monkeypatch.setattr(CodedEmbedding, "encode", None)  # it takes seconds for all words
    export_checkpoint(folder / "checkpoints" / "last.ckpt", tmp_path / "out")
    trained, exported = (load_folder(place / "model", kind="tagger").network for place in (folder, tmp_path / "out"))
    assert exported.encoder.embed_words.codes.any()
    assert all(map(torch.equal, trained.state_dict().values(), exported.state_dict().values()))


def test_export_reports_a_file_that_is_not_a_checkpoint_of_a_run(trained, tmp_path):
    folder, _ = trained
    with pytest.raises(ConfigError, match=r"such as runs/NAME/checkpoints/best\.ckpt .* found no .*config\.yaml"):
        export_checkpoint(
            shutil.copy(folder / "checkpoints" / "best.ckpt", tmp_path) and tmp_path / "best.ckpt", tmp_path / "o"
        )
    with pytest.raises(ConfigError, match="found no such file"):
        export_checkpoint(folder / "checkpoints" / "none.ckpt", tmp_path / "o")


def test_train_refuses_a_second_run_in_the_same_folder(trained, tiny_corpus):
    folder, _ = trained
    with pytest.raises(ConfigError, match=r"holds an earlier run\. Pass ckpt_path=last .* overwrite=true"):
        train(_config(f"data.path={tiny_corpus}"), folder)


def test_train_overwrite_deletes_the_earlier_run(tiny_corpus, tmp_path):
    folder = tmp_path / "run"
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "checkpoints" / "old.ckpt").write_text("old")
    (folder / "config.yaml").write_text("old: true\n")
    train(_config(f"data.path={tiny_corpus}", "epochs=1", "overwrite=true"), folder)
    assert not (folder / "checkpoints" / "old.ckpt").exists()
    assert "old: true" not in (folder / "config.yaml").read_text()


def test_train_refuses_to_resume_without_a_checkpoint(tiny_corpus, tmp_path):
    with pytest.raises(ConfigError, match=r"ckpt_path=last: there is no .*last\.ckpt"):
        train(_config(f"data.path={tiny_corpus}", "ckpt_path=last"), tmp_path / "run")


def test_train_reports_a_label_that_the_model_does_not_have(tiny_corpus, tmp_path):
    with pytest.raises(DataError, match=r"label 'ORG' of 'Acme' is not among the labels to learn, PER, LOC\. Add it"):
        train(_config(f"data.path={tiny_corpus}", "data.labels=[PER,LOC]"), tmp_path / "run")


def test_train_counts_a_label_that_only_validation_and_test_have_as_missed(tiny_corpus, tmp_path):
    data = tmp_path / "corpus"
    shutil.copytree(tiny_corpus, data)
    row = json.dumps({"tokens": ["Zeus", "and", "Hera"], "ner_tags": ["B-GOD", "O", "B-GOD"]})
    for split in ("validation", "test"):
        with (data / f"{split}.jsonl").open("a") as file:
            file.write(row + "\n")
    metrics = train(_config(f"data.path={data}", "epochs=1"), tmp_path / "run")
    assert math.isfinite(metrics["val/loss"])
    errors = json.loads((tmp_path / "run" / "errors.json").read_text())
    assert errors["labels"]["GOD"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 2}
    assert "GOD" not in load_folder(tmp_path / "run" / "model", kind="tagger").arguments["labels"]


def test_train_starts_from_the_encoder_of_another_model(trained, tiny_corpus, tmp_path):
    folder, _ = trained
    start = train(
        _config(f"data.path={tiny_corpus}", f"model.init_from={folder / 'model'}", "epochs=1"), tmp_path / "run"
    )
    plain = train(_config(f"data.path={tiny_corpus}", "epochs=1"), tmp_path / "plain")
    assert start["val/f1"] > plain["val/f1"]
    row = f"| {folder / 'model'} (initial weights) | see the licences of the data |"
    assert row in (tmp_path / "run" / "model" / "MODEL_CARD.md").read_text()
    assert "initial weights" not in (tmp_path / "plain" / "model" / "MODEL_CARD.md").read_text()


def test_train_takes_the_widths_of_the_initial_model(trained, tiny_corpus, tmp_path):
    folder, _ = trained
    overrides = [f"model.init_from={folder / 'model'}", "model.network.encoder.hidden_dim=8", "epochs=1"]
    train(_config(f"data.path={tiny_corpus}", *overrides), tmp_path / "run")
    model = load_folder(tmp_path / "run" / "model", kind="tagger")
    assert model.arguments["encoder"]["hidden_dim"] == 16


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["experiment=rnn_ner_conll2003", "data.path=nowhere"], r"nowhere does not exist; expected a folder"),
        (["experiment=rnn_ner"], r"data\.path is missing.*its origin \(Universal NER"),
        (["data.path=a=b"], r"cannot parse the override 'data\.path=a=b'\..*'data\.path=\"a=b\"'"),
        (["trainer=ddp", "--multirun", "seed=1,2"], r"trainer=ddp does not work with --multirun"),
        (["data.unknown_labels=guess", "data.path=x"], r"expected outside or marginalise; found 'guess'"),
        (["data.leave_out=[latin]", "data.path=x"], r"unknown corpus latin; expected own"),
    ],
)
@pytest.mark.slow
def test_command_reports_errors_in_one_line(arguments, message, tmp_path):
    ended = _command(*arguments, cwd=tmp_path)
    assert ended.returncode == 1
    assert re.search(message, ended.stderr), ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
def test_command_runs_the_smoke_trainer(tiny_corpus, tmp_path):
    ended = _command(*TINY, f"data.path={tiny_corpus}", "trainer=smoke", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "runs" / "tiny-1" / "pipeline" / "config.cfg").is_file()
    assert "epoch 1/1" in ended.stdout + ended.stderr
    assert "This was a trial run (trainer.limit_train_batches=3)" in ended.stdout + ended.stderr
    assert "of the validation data" not in ended.stdout + ended.stderr  # a few steps say nothing about the annotation
    again = _command(*TINY, f"data.path={tiny_corpus}", "trainer=smoke", cwd=tmp_path)
    assert again.returncode == 1
    assert "holds an earlier run" in again.stderr
    assert "Traceback" not in again.stderr


@pytest.mark.slow
def test_command_resumes_after_kill_9(tiny_corpus, tmp_path):
    arguments = [*TINY, f"data.path={tiny_corpus}", "epochs=40"]
    process = subprocess.Popen(
        [sys.executable, "-m", "docsight_training", *arguments],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    last = tmp_path / "runs" / "tiny-1" / "checkpoints" / "last.ckpt"
    deadline = time.monotonic() + 120
    while not last.is_file() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    reached = torch.load(last, weights_only=True)["epoch"]
    assert reached < 39
    ended = _command(*arguments, "ckpt_path=last", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    epochs = [int(n) for n in re.findall(r"epoch (\d+)/40", ended.stdout + ended.stderr)]
    assert epochs == list(range(epochs[0], 41))
    assert epochs[0] > reached


@pytest.mark.slow
def test_command_trains_with_two_processes(tiny_corpus, tmp_path):
    ended = _command(*TINY, f"data.path={tiny_corpus}", "trainer=ddp", "epochs=6", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    model = load_folder(tmp_path / "runs" / "tiny-1" / "model", kind="tagger")
    assert model.network.labels == ("LOC", "ORG", "PER")


@pytest.mark.slow
def test_command_sweeps(tiny_corpus, tmp_path):
    ended = _command(*TINY, f"data.path={tiny_corpus}", "epochs=1", "--multirun", "seed=1,2", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert len(list((tmp_path / "runs").rglob("metrics.json"))) == 2
