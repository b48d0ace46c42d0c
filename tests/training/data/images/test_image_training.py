"""A whole training run on a few images, and the experiments of the image classifier."""

import json
from pathlib import Path

import numpy as np
import pytest
import spacy
import torch
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf

from docsight.bundle import load_folder
from docsight_training.data.images.image_data import ImageData
from docsight_training.modules.images import ImageModule
from docsight_training.train import train

SHAPES = ("bar", "dot", "line")
TINY = [
    "data=images",
    "model=cnn_imagecat",
    "component=cnn_imagecat",
    "task=tiny",
    "lang=xx",
    "data.batch_size=20",
    "data.source=imagefolder",
    "model.network.blocks=[[8],[16,16]]",
    "model.module.optimizer.lr=0.01",
    "trainer.precision=32-true",
    "trainer.accelerator=cpu",
    "trainer.monitor=val/loss",
    "trainer.mode=min",
    "threads=1",
]

RUN = ["epochs=6", "trainer.ema=0.8", "card.name=shapes"]


def config(*overrides: str) -> dict:
    with initialize_config_module(config_module="docsight_conf", version_base="1.3"):
        made = compose("train", overrides=[*TINY, *overrides])
    OmegaConf.set_struct(made, False)
    made.pop("hydra", None)
    return OmegaConf.to_container(made, resolve=True)


@pytest.fixture(scope="module")
def trained(folders, tmp_path_factory) -> tuple[Path, dict[str, float]]:
    folder = tmp_path_factory.mktemp("runs") / "tiny-1"
    return folder, train(config(f"data.path={folders}", *RUN), folder)


@pytest.mark.parametrize("experiment", ["cnn_digits", "cnn_figures", "cnn_imagecat"])
def test_image_experiment_composes_and_resolves(experiment):
    with initialize_config_module(config_module="docsight_conf", version_base="1.3"):
        made = compose("train", overrides=[f"experiment={experiment}"])
    for key in ("data", "model", "trainer", "card"):
        OmegaConf.to_container(made[key], resolve=True, throw_on_missing=True)
    options = OmegaConf.to_container(made.data, resolve=True)
    options.pop("_target_")
    ImageData(**options)  # all names are known, all numbers possible


def test_image_training_learns_and_writes_all_outputs(trained):
    folder, metrics = trained
    assert metrics["test/accuracy"] > 0.9
    for name in ("errors.json", "confusion.png", "worst.png", "curves.png", "metrics.json", "checkpoints/best.ckpt"):
        assert (folder / name).stat().st_size, name
    errors = json.loads((folder / "errors.json").read_text())
    assert errors["labels"] == list(SHAPES)
    matrix = np.array(errors["confusion"])
    assert matrix.sum(axis=1).tolist() == [4, 4, 4]
    assert np.trace(matrix) / 12 == pytest.approx(metrics["test/accuracy"])


def test_image_training_exports_a_model_that_classifies_images(trained, shapes):
    folder, _ = trained
    bundle = load_folder(folder / "model", kind="image_classifier")
    about = bundle.about
    assert about["name"] == "shapes"
    assert bundle.card.startswith("# shapes\n")
    assert about["images"]["size"] == 16
    assert set(about["decision"]) == {"temperature", "score", "threshold"}
    for nlp in (spacy.blank("xx"), spacy.load(folder / "pipeline")):
        if not nlp.pipe_names:
            nlp.add_pipe("cnn_imagecat", config={"model": str(folder / "model")})
        doc = nlp.make_doc("x")
        doc._.images = [{"id": shape, "bytes": shapes.encode(shapes.draw(shape, 300))} for shape in SHAPES]
        found = nlp(doc)._.images
        best = [max(image["cats"]["cnn_imagecat"]["scores"].items(), key=lambda pair: pair[1])[0] for image in found]
        assert best == list(SHAPES)


def test_image_training_exports_the_best_averaged_weights(trained):
    folder, _ = trained
    best = torch.load(folder / "checkpoints" / "best.ckpt", weights_only=True)
    exported = load_folder(folder / "model", kind="image_classifier").network.state_dict()
    for name, tensor in exported.items():
        if name.startswith("blocks.") and tensor.is_floating_point():
            assert torch.allclose(tensor.float(), best["state_dict"][f"network.{name}"].float(), atol=2e-3), name
    if "current_model_state" in best:
        name = "network.blocks.0.first.0.weight"
        assert not torch.equal(best["current_model_state"][name], best["state_dict"][name])


def test_resumed_image_training_matches_an_uninterrupted_run(trained, folders, tmp_path, monkeypatch):
    settings = config(f"data.path={folders}", *RUN)
    plain = ImageModule.on_train_batch_start

    def stop(module, batch, step):
        if module.current_epoch == 2 and step == 1:
            raise KeyboardInterrupt
        plain(module, batch, step)

    monkeypatch.setattr(ImageModule, "on_train_batch_start", stop)
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        train(settings, tmp_path / "stopped")
    monkeypatch.undo()
    resumed = train(settings | {"ckpt_path": "last"}, tmp_path / "stopped")
    _, whole = trained
    assert resumed == pytest.approx(whole, abs=1e-4)
