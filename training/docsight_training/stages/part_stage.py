"""Stages that keep their result in a file of their own: the parts of a model that is trained step by step."""

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from hydra.utils import get_class, instantiate
from torch import nn

from docsight.errors import ConfigError
from docsight_training.plots import plot_curves
from docsight_training.runs import Run
from docsight_training.stages.network_stage import make_network
from docsight_training.stages.stage import Stage
from docsight_training.trainer import make_trainer


class KeptStage(Stage):
    """A stage whose result is a file, so that a run that resumes begins at the first stage without one.

    Args:
        name: The name of the stage, and of its folder in the folder of the run.
        parts_from: The folder of another run whose result is used instead.
    """

    def __init__(self, *, name: str, parts_from: str | None = None) -> None:
        self.name, self.parts_from = name, parts_from

    def run(self, run: Run) -> None:
        file = self._result_file(run)
        if not file.is_file():
            result = self.make_result(run)
            run.write_config()
            _save(file, result)
        self.use_result(run, torch.load(file, weights_only=True))

    @abstractmethod
    def make_result(self, run: Run) -> dict[str, Any]:
        """Make the result: tensors, and plain Python."""

    @abstractmethod
    def use_result(self, run: Run, result: dict[str, Any]) -> None:
        """Give the run what later stages need of the result."""

    def _result_file(self, run: Run) -> Path:
        folder = Path(self.parts_from) if self.parts_from is not None else run.folder
        file = folder / self.name / "weights.pt"
        if self.parts_from is not None and not file.is_file():
            raise ConfigError(
                f"model.parts_from={self.parts_from}: expected the folder of a finished run; found no {file}."
            )
        return file


class PartStage(KeptStage):
    """Train one network of a model, and keep its last weights.

    Args:
        name: The name of the stage.
        network: The config of the network, without the arguments that the data decides.
        module: The config of its LightningModule.
        data: The config of its data module.
        trainer: Settings of the trainer that differ from those of the run.
        inputs: Names of results of earlier stages that the data module takes as arguments.
        parts_from: The folder of another run whose result is used instead.
    """

    def __init__(
        self,
        *,
        name: str,
        network: dict[str, Any],
        module: dict[str, Any],
        data: dict[str, Any],
        trainer: dict[str, Any] | None = None,
        inputs: Sequence[str] = (),
        parts_from: str | None = None,
    ) -> None:
        super().__init__(name=name, parts_from=parts_from)
        self.network, self.module, self.data = network, module, data
        self.trainer, self.inputs = dict(trainer or {}), inputs

    def make_result(self, run: Run) -> dict[str, Any]:
        """Train. The checkpoints and curves are in the folder of the stage, where training resumes."""
        run.seed()
        inputs = {name: run.results[name] for name in self.inputs}
        data = instantiate(self.data, _partial_=True, _convert_="all")(**inputs)
        data.setup()
        arguments, network = self.make_network(run, data)
        module = instantiate(self.module, network=network, _convert_="all")
        folder = run.folder / self.name
        trainer = make_trainer({**run.config["trainer"], **self.trainer}, folder)
        run.write_config()
        trainer.fit(module, datamodule=data, ckpt_path=run.part_checkpoint(self.name))
        plot_curves(folder)
        figures = {name: float(value) for name, value in trainer.callback_metrics.items() if name.startswith("val/")}
        return {"network": network.state_dict(), "figures": figures, "arguments": arguments}

    def make_network(self, run: Run, data: Any) -> tuple[dict[str, Any], nn.Module]:
        """Return the arguments of the network, and the network with its initial weights."""
        return make_network(self.network, data)

    def use_result(self, run: Run, result: dict[str, Any]) -> None:
        network = get_class(self.network["_target_"])(**result["arguments"])
        network.load_state_dict(result["network"])
        run.results[self.name] = network
        run.results[f"{self.name}_arguments"] = result["arguments"]
        run.add_metrics({f"{self.name}/{name}": value for name, value in result["figures"].items()})


def _save(file: Path, result: dict[str, Any]) -> None:
    """Write a file in one step, so that a stage is either finished or not."""
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.save(result, file.with_suffix(".tmp"))
    file.with_suffix(".tmp").replace(file)
