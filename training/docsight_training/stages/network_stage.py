"""The stage that trains a model of one network: the tagger, the image classifier."""

from pathlib import Path
from typing import Any, cast

import pytorch_lightning as pl
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from torch import nn

from docsight.errors import ConfigError
from docsight_training.plots import plot_curves
from docsight_training.runs import CHECKPOINTS, Run, TrainedModel
from docsight_training.stages.stage import Stage
from docsight_training.trainer import make_trainer
from docsight_training.transfer import start_from


class NetworkStage(Stage):
    """Train one network, evaluate its best weights and make it the model of the run.

    Args:
        network: The config of the network, without the arguments that the data decides.
        module: The config of its LightningModule.
        data: The config of its data module.
        init_from: A model folder or the name of a shipped model whose weights the network starts from.
        thaw: The arguments of `GradualUnfreezing`, to train the last layer alone at first; needs `init_from`.
    """

    def __init__(
        self,
        *,
        network: dict[str, Any],
        module: dict[str, Any],
        data: dict[str, Any],
        init_from: str | None = None,
        thaw: dict[str, int] | None = None,
    ) -> None:
        self.network, self.module, self.data = network, module, data
        self.init_from, self.thaw = init_from, thaw

    def run(self, run: Run) -> None:
        """Train, evaluate, and write curves and reports.

        Raises:
            DocsightError: Data or config cannot work; raised before the first epoch.
        """
        checkpoint = run.checkpoint()
        if self.thaw is not None and not self.init_from:
            raise ConfigError("model.thaw freezes layers that were trained before; set model.init_from, too.")
        run.seed()
        data = instantiate(self.data, _convert_="all")
        data.setup()
        arguments, network = make_network(self.network, data)
        if self.init_from:
            start_from(self.init_from, network, data.vocabularies())
        module = instantiate(self.module, network=network, _convert_="all")
        trainer = make_trainer(run.config["trainer"], run.folder, thaw=self.thaw)
        run.write_config()
        trainer.fit(module, datamodule=data, ckpt_path=checkpoint)
        run.add_metrics(trainer.callback_metrics)
        if not trainer.is_global_zero:
            return
        load_best(module, run.folder)
        about = data.about() | module.describe(data)
        evaluate(module, data, run)
        plot_curves(run.folder)
        module.write_reports(run.folder, data)
        run.model = TrainedModel(network, arguments, data.vocabularies(), data.sources(), about)


def make_network(settings: dict[str, Any], data: Any) -> tuple[dict[str, Any], nn.Module]:
    """Build a network for a data module, with pretrained weights where the data brings them.

    Args:
        settings: The config of the network.
        data: The data module, after its `setup`.

    Returns:
        The keyword arguments of the network, plain JSON, and the network.
    """
    given = {name: value for name, value in settings.items() if name != "_target_"}
    merged = OmegaConf.merge(given, data.network_arguments())
    arguments = cast(dict[str, Any], OmegaConf.to_container(merged))
    network: nn.Module = instantiate({"_target_": settings["_target_"]}, **arguments, _convert_="all")
    for name, pretrained in data.initial_weights().items():
        embedding = cast(Any, network.get_submodule(name))
        if embedding.embedding_dim != pretrained.shape[1]:
            raise ConfigError(
                f"model.network: {name} has width {embedding.embedding_dim}, but its pretrained vectors have width "
                f"{pretrained.shape[1]}; set the width of the network to it."
            )
        embedding.encode(pretrained)
    return arguments, network


def load_best(module: pl.LightningModule, folder: Path) -> None:
    """Load the weights of the best checkpoint, where there is one."""
    best = folder / CHECKPOINTS / "best.ckpt"
    if best.is_file():
        module.load_state_dict(torch.load(best, map_location="cpu", weights_only=True)["state_dict"])


def evaluate(module: pl.LightningModule, data: Any, run: Run) -> None:
    """Validate and, where there is a test split, test the final weights on one device."""
    tester = make_trainer({**run.config["trainer"], "devices": 1, "strategy": "auto"}, None)
    run.add_metrics(tester.validate(module, data, verbose=False)[0])
    if data.has_test:
        run.add_metrics(tester.test(module, data, verbose=False)[0])
