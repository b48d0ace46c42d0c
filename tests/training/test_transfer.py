"""An image classifier that starts from another one: its blocks are copied, frozen, and unfrozen one by one."""

from pathlib import Path

import datasets
import numpy as np
import pytest
import torch
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf
from PIL import Image

from docsight.bundle import Bundle, load_folder
from docsight.errors import BundleError, ConfigError
from docsight.images import ImageSettings
from docsight.networks.image_classifier import Decision, ImageClassifier
from docsight_training.modules.images import ImageModule
from docsight_training.train import train
from docsight_training.trainer import make_trainer
from docsight_training.transfer import GradualUnfreezing, copy_blocks

BLOCKS = [[4], [6, 6], [6]]


def _model(folder: Path, *, channels: int = 1, blocks=BLOCKS, labels=("a", "b")) -> Path:
    arguments = {"labels": list(labels), "channels": channels, "blocks": blocks, "init_seed": 9}
    network = ImageClassifier(**arguments)
    with torch.no_grad():
        for tensor in network.blocks.state_dict().values():
            if tensor.is_floating_point():
                tensor += 0.25  # no longer the initial weights
    about = {
        "images": ImageSettings(size=16, mode="L" if channels == 1 else "RGB").to_config(),
        "decision": Decision().to_config(),
    }
    Bundle("image_classifier", arguments, network, {}, "", about).to_disk(folder)
    return folder


def _network(**changed) -> ImageClassifier:
    return ImageClassifier(**{"labels": ["x", "y", "z"], "channels": 1, "blocks": BLOCKS, **changed})


def test_copy_blocks_copies_all_but_the_last_layer(tmp_path):
    start = _model(tmp_path / "start")
    network, untouched = _network(), _network()
    copy_blocks(str(start), network)
    theirs = load_folder(start, kind="image_classifier").network
    for name, tensor in network.blocks.state_dict().items():
        assert torch.equal(tensor, theirs.blocks.state_dict()[name]), name
    assert torch.equal(network.classify.weight, untouched.classify.weight)
    assert network.labels == ("x", "y", "z")


def test_copy_blocks_converts_grey_filters_to_colour(tmp_path):
    start = _model(tmp_path / "start")
    network = _network(channels=3)
    copy_blocks(str(start), network)
    grey = load_folder(start, kind="image_classifier").network.eval()
    images = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    found = network.eval()(images).features
    assert torch.allclose(found, grey(images.mean(dim=1, keepdim=True)).features, atol=1e-5)


def test_copy_blocks_converts_colour_filters_to_grey(tmp_path):
    start = _model(tmp_path / "start", channels=3)
    network = _network()
    copy_blocks(str(start), network)
    colour = load_folder(start, kind="image_classifier").network.eval()
    images = torch.rand(2, 1, 16, 16, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(network.eval()(images).features, colour(images.expand(-1, 3, -1, -1)).features, atol=1e-5)


@pytest.mark.parametrize("blocks", [[[4], [6, 6]], [[4], [8, 8], [6]], [[4, 4], [6, 6], [6]]])
def test_copy_blocks_reports_the_expected_widths(tmp_path, blocks):
    start = _model(tmp_path / "start")
    network = _network(blocks=blocks)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    with pytest.raises(
        ConfigError, match=r"set model\.network\.blocks to the widths of that model: \[\[4\], \[6, 6\], \[6\]\]"
    ):
        copy_blocks(str(start), network)
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


def test_copy_blocks_rejects_an_unknown_model(tmp_path):
    with pytest.raises(BundleError, match="neither a shipped model"):
        copy_blocks(str(tmp_path / "nowhere"), _network())


@pytest.mark.parametrize("numbers", [{"after": -1}, {"every": 0}])
def test_gradual_unfreezing_rejects_invalid_epochs(numbers):
    with pytest.raises(ConfigError, match=r"model\.thaw: expected after >= 0 and every >= 1"):
        GradualUnfreezing(**numbers)


def _frozen(network: ImageClassifier) -> list[bool]:
    return [not all(p.requires_grad for p in block.parameters()) for block in network.blocks]


def test_gradual_unfreezing_goes_from_the_last_block_to_the_first():
    module = ImageModule(_network(), optimizer=torch.optim.SGD)
    thaw = GradualUnfreezing(after=2, every=3)
    thaw.freeze_before_training(module)
    norms = [m for m in module.network.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert all(p.requires_grad for norm in norms for p in norm.parameters())
    assert module.network.classify.weight.requires_grad
    seen = []
    for epoch in range(9):
        thaw.finetune_function(module, epoch, None)
        seen.append(sum(_frozen(module.network)))
    assert seen == [3, 3, 2, 2, 2, 1, 1, 1, 0]
    again = ImageModule(_network(), optimizer=torch.optim.SGD)
    thaw.freeze_before_training(again)
    thaw.finetune_function(again, 5, None)  # a resumed run begins with a later epoch
    assert _frozen(again.network) == [True, False, False]


# ---- in a run


@pytest.fixture(scope="module")
def images(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    datasets.config.HF_DATASETS_CACHE = tmp_path_factory.mktemp("cache")
    rng = np.random.default_rng(1)
    for split, count in (("train", 8), ("validation", 2)):
        for shade, name in ((60, "dark"), (200, "light"), (130, "middle")):
            (folder / split / name).mkdir(parents=True)
            for n in range(count):
                values = (shade + rng.integers(-30, 30, (16, 16))).astype(np.uint8)
                Image.fromarray(values).save(folder / split / name / f"{n}.png")
    return folder


def config(*overrides: str) -> dict:
    given = [
        "data=images",
        "model=cnn_imagecat",
        "component=cnn_imagecat",
        "task=tiny",
        "data.source=imagefolder",
        "data.batch_size=8",
        f"model.network.blocks={BLOCKS}",
        "trainer.precision=32-true",
        "trainer.accelerator=cpu",
        "trainer.monitor=val/loss",
        "trainer.mode=min",
        "threads=1",
    ]
    with initialize_config_module(config_module="docsight_conf", version_base="1.3"):
        made = compose("train", overrides=[*given, *overrides])
    OmegaConf.set_struct(made, False)
    made.pop("hydra", None)
    return OmegaConf.to_container(made, resolve=True)


def _filters(state: dict[str, torch.Tensor]) -> list[torch.Tensor]:
    return [state[f"network.blocks.{n}.first.0.weight"] for n in range(3)]


@pytest.mark.parametrize("ema", [None, 0.5])
def test_train_unfreezes_blocks_in_their_epoch(images, tmp_path, monkeypatch, ema):
    start = _model(tmp_path / "start")
    seen = {}

    def watch(module):
        seen[module.current_epoch] = [tensor.clone() for tensor in _filters(module.state_dict())]

    monkeypatch.setattr(ImageModule, "on_train_epoch_end", watch, raising=False)
    thawed = [f"model.init_from={start}", "model.thaw={after: 1, every: 1}", f"trainer.ema={ema or 'null'}"]
    metrics = train(config(f"data.path={images}", "epochs=3", *thawed), tmp_path / "run")
    began = _filters(
        {f"network.{n}": t for n, t in load_folder(start, kind="image_classifier").network.state_dict().items()}
    )
    moved = {epoch: [not torch.equal(a, b) for a, b in zip(began, found, strict=True)] for epoch, found in seen.items()}
    assert moved == {0: [False] * 3, 1: [False, False, True], 2: [False, True, True]}
    assert np.isfinite(metrics["val/loss"])
    assert load_folder(tmp_path / "run" / "model", kind="image_classifier").network.labels == (
        "dark",
        "light",
        "middle",
    )


def test_train_resumed_continues_unfreezing(images, tmp_path, monkeypatch):
    start = _model(tmp_path / "start")
    settings = config(f"data.path={images}", "epochs=4", f"model.init_from={start}", "model.thaw={after: 1, every: 1}")
    whole = train(settings, tmp_path / "whole")
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
    assert resumed == pytest.approx(whole, abs=1e-4)


def test_train_rejects_thaw_without_init_from(images, tmp_path):
    with pytest.raises(ConfigError, match=r"model\.thaw freezes layers that were trained before; set model\.init_from"):
        train(config(f"data.path={images}", "epochs=1", "model.thaw={after: 1, every: 1}"), tmp_path / "run")


def test_train_rejects_an_initial_model_of_other_widths(images, tmp_path):
    start = _model(tmp_path / "start", blocks=[[4], [8]])
    with pytest.raises(ConfigError, match=r"widths of that model: \[\[4\], \[8\]\]"):
        train(config(f"data.path={images}", "epochs=1", f"model.init_from={start}"), tmp_path / "run")


def test_make_trainer_unfreezes_only_if_configured(tmp_path):
    settings = config("data.path=x")["trainer"]
    hooks = make_trainer(settings, tmp_path, thaw={"after": 2}).callbacks
    assert [hook.after for hook in hooks if isinstance(hook, GradualUnfreezing)] == [2]
    assert not any(isinstance(hook, GradualUnfreezing) for hook in make_trainer(settings, tmp_path).callbacks)
