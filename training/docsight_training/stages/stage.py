"""The stages of a run: the only stage of a model of one network, and the parts of a model that is trained in steps."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import torch
from hydra.utils import get_class
from omegaconf import OmegaConf
from torch import nn

from docsight.errors import ConfigError
from docsight_training.building import build
from docsight_training.checkpoint_checks import check_checkpoint
from docsight_training.initial_sources import initial_sources
from docsight_training.plots import plot_curves
from docsight_training.runs import BEST, CHECKPOINTS, LAST, Run, TrainedModel
from docsight_training.trainer import make_tester, make_trainer, plan_epochs
from docsight_training.transfer import start_from

log = logging.getLogger(__name__)

_PARTS_WITHOUT_STAGES = ("context", "typing", "ranker")  # in the speller configs of docsight 0.1.0


class Stage(ABC):
    """One step of a run. It provides results for later stages; the last one provides the model to export."""

    def check_inputs(self, run: Run) -> None:  # noqa: B027 (most stages read their inputs first anyway)
        """Check the inputs of the run, before its first stage computes anything.

        Raises:
            DataError: Inputs are missing or unusable.
        """

    @abstractmethod
    def run(self, run: Run) -> None:
        """Run what is not finished, and add results, figures or the model to the run."""


def make_stages(config: dict[str, Any]) -> list[Stage]:
    """Build the stages of a model, in the order in which they run.

    A model with `stages` lists the names of its stages, and has the config of each under that name. Any other model is
    the config of its only stage, which reads the data of the run.
    """
    model = dict(config["model"])
    if "stages" in model:
        return [_make_stage(model[name], name=name) for name in model["stages"]]
    if found := [part for part in _PARTS_WITHOUT_STAGES if part in model]:
        raise ConfigError(
            f"model: expected the list `stages` beside {', '.join(found)}; found a config for docsight 0.1.0. Copy "
            "docsight_conf/model/rnn_speller.yaml again, and make your changes in the copy."
        )
    return [_make_stage({"_target_": f"{__name__}.NetworkStage", **model}, data=config["data"])]


def _make_stage(settings: dict[str, Any], **arguments: Any) -> Stage:
    # A stage builds its network, module and data itself: they depend on each other.
    return cast(Stage, build(settings, **arguments, _recursive_=False))


class NetworkStage(Stage):
    """Train one network, evaluate its best weights and make it the model of the run.

    Args:
        network: The config of the network, without the arguments that the data decides.
        init_from: A model folder or the name of a shipped model whose weights the network starts from.
        thaw: The arguments of `GradualUnfreezing`, to train only the last layer at first; needs `init_from`.
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
        """Train, evaluate, and write curves and reports; invalid data or config raises before that."""
        checkpoint = run.checkpoint()
        if self.thaw is not None and not self.init_from:
            raise ConfigError("model.thaw freezes layers that were trained before; set model.init_from, too.")
        run.seed()
        data, arguments, module = self._prepare(pretrained=checkpoint is None)
        if checkpoint is not None:
            check_checkpoint(Path(checkpoint), module)
        elif self.init_from:
            start_from(self.init_from, module.network, data)
        settings = plan_epochs(run.config["trainer"], data)
        self._check_monitor(settings, module, data)
        trainer = make_trainer(settings, run.folder, thaw=self.thaw, more_callbacks=run.callbacks)
        run.write_config()
        trainer.fit(module, datamodule=data, ckpt_path=checkpoint)
        run.add_metrics(trainer.callback_metrics)
        if not trainer.is_global_zero:
            return
        plot_curves(run.folder)
        best = run.folder / CHECKPOINTS / BEST
        if not data.can_choose_weights:
            log.info(
                "The validation data is too small to choose weights by it; those of the end of the run are exported."
            )
        use_best = best.is_file() and data.can_choose_weights
        self._finish(run, data, arguments, module, weights=best if use_best else None)

    def export(self, run: Run, checkpoint: Path) -> None:
        """Make the weights of a checkpoint the model of the run, as if training had ended there."""
        data, arguments, module = self._prepare(pretrained=False)
        self._finish(run, data, arguments, module, weights=checkpoint)

    def _prepare(self, *, pretrained: bool) -> tuple[Any, dict[str, Any], Any]:
        """Return the data, the arguments of the network for it, and the module of the new network.

        A checkpoint has all weights; without one, those that are pretrained are needed.
        """
        data = build(self.data)
        data.setup()
        arguments, network = make_network(self.network, data, pretrained=pretrained)
        return data, arguments, build(self.module, network=network)

    def _check_monitor(self, settings: dict[str, Any], module: Any, data: Any) -> None:
        """Validate one batch, because a metric that does not exist would only be noticed after the first epoch."""
        tester = make_tester(settings, limit_val_batches=1)
        found = tester.validate(module, data, verbose=False)
        known = sorted({name for metrics in found for name in metrics})
        monitor = settings["monitor"]
        # The first batch may lack a label.
        if monitor not in known and not monitor.startswith(("train/", "val/f1/", "val/precision/", "val/recall/")):
            raise ConfigError(
                f"trainer.monitor={monitor}: there is no such metric; expected one of {', '.join(known)}."
            )

    def _finish(self, run: Run, data: Any, arguments: dict[str, Any], module: Any, *, weights: Path | None) -> None:
        """Load the weights of a checkpoint, evaluate them, write reports, and make them the model of the run."""
        if weights is not None:
            module.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True)["state_dict"])
        about = data.about() | module.describe(data)
        tester = make_tester(run.config["trainer"])
        validation = tester.validate(module, data, verbose=False)[0]
        limit = run.config["trainer"]["limit_train_batches"]
        if isinstance(limit, int) or limit < 1:  # advice on scores would be misleading
            log.info("This was a trial run (trainer.limit_train_batches=%s), so its scores say nothing.", limit)
        else:
            for warning in module.warnings():
                log.warning("%s", warning)
        run.add_metrics(validation)
        if data.has_test:
            run.add_metrics(tester.test(module, data, verbose=False)[0])
        run.folder.mkdir(parents=True, exist_ok=True)
        module.write_reports(run.folder, data)
        sources = data.sources() | (initial_sources(self.init_from) if self.init_from else {})
        run.model = TrainedModel(module.network, arguments, data.vocabularies(), sources, about)


class KeptStage(Stage):
    """A stage whose result is a file, so that a run that resumes begins at the first stage without one.

    `parts_from` is the folder of another run whose result is used instead.
    """

    def __init__(self, *, name: str, parts_from: str | None = None) -> None:
        self.name, self.parts_from = name, parts_from

    def run(self, run: Run) -> None:
        folder = run.folder if self.parts_from is None else Path(self.parts_from)
        file = folder / self.name / "weights.pt"
        if not file.is_file():
            if self.parts_from is not None:
                raise ConfigError(
                    f"model.parts_from={self.parts_from}: expected the folder of a finished run; found no {file}."
                )
            result = self.make_result(run)
            run.write_config()
            # The file is written in one step, so that a stage is either finished or not.
            file.parent.mkdir(parents=True, exist_ok=True)
            torch.save(result, file.with_suffix(".tmp"))
            file.with_suffix(".tmp").replace(file)
        self.use_result(run, torch.load(file, weights_only=True))

    @abstractmethod
    def make_result(self, run: Run) -> dict[str, Any]: ...

    @abstractmethod
    def use_result(self, run: Run, result: dict[str, Any]) -> None:
        """Give the run what later stages need of the result."""


class PartStage(KeptStage):
    """Train one network of a model, and keep its last weights; network, module and data are configs.

    Args:
        trainer: Settings of the trainer that differ from those of the run.
        inputs: Names of results of earlier stages that the data module takes as arguments.
        seed: The seed of this stage, if it differs from the run's.
    """

    def __init__(
        self,
        *,
        network: dict[str, Any],
        module: dict[str, Any],
        data: dict[str, Any],
        trainer: dict[str, Any] | None = None,
        inputs: Sequence[str] = (),
        seed: int | None = None,
        **kept: Any,
    ) -> None:
        super().__init__(**kept)
        self.network, self.module, self.data = network, module, data
        self.trainer, self.inputs, self.seed = dict(trainer or {}), inputs, seed

    def make_result(self, run: Run) -> dict[str, Any]:
        """Train. The checkpoints and curves are in the folder of the stage, where training resumes."""
        run.seed(self.seed)
        inputs = {name: run.results[name] for name in self.inputs}
        data = build(self.data, _partial_=True)(**inputs)
        data.setup()
        arguments, network = self.make_network(run, data)
        module = build(self.module, network=network)
        folder = run.folder / self.name
        trainer = make_trainer(plan_epochs({**run.config["trainer"], **self.trainer}, data), folder)
        run.write_config()
        last = folder / CHECKPOINTS / LAST
        trainer.fit(module, datamodule=data, ckpt_path=str(last) if last.is_file() else None)
        plot_curves(folder)
        figures = {name: float(value) for name, value in trainer.callback_metrics.items() if name.startswith("val/")}
        return {"network": network.state_dict(), "figures": figures, "arguments": arguments}

    def make_network(self, run: Run, data: Any) -> tuple[dict[str, Any], nn.Module]:
        return make_network(self.network, data)

    def use_result(self, run: Run, result: dict[str, Any]) -> None:
        if not result["arguments"]:
            raise ConfigError(
                f"{self.parts_from or run.folder}: expected {self.name}/weights.pt to hold a network's weights and "
                "its arguments; found only weights, as docsight 0.1.0 wrote them. Train the network again: omit "
                "model.parts_from, or start a new run."
            )
        network = get_class(self.network["_target_"])(**result["arguments"])
        network.load_state_dict(result["network"])
        run.results |= {self.name: network, f"{self.name}_arguments": result["arguments"]}
        run.add_metrics({f"{self.name}/{name}": value for name, value in result["figures"].items()})


def make_network(settings: dict[str, Any], data: Any, *, pretrained: bool = True) -> tuple[dict[str, Any], nn.Module]:
    """Return the arguments of a network for the data, plain JSON, and the network.

    With `pretrained`, it has the pretrained weights of the data, if there are some.
    """
    given = {name: value for name, value in settings.items() if name != "_target_"}
    merged = OmegaConf.merge(given, data.network_arguments())
    arguments = cast(dict[str, Any], OmegaConf.to_container(merged))
    network: nn.Module = build({"_target_": settings["_target_"]}, **arguments)
    for name, vectors in data.initial_weights().items() if pretrained else ():
        embedding = cast(Any, network.get_submodule(name))
        if embedding.embedding_dim != vectors.shape[1]:
            raise ConfigError(
                f"model.network: {name} has width {embedding.embedding_dim}, but its pretrained vectors have width "
                f"{vectors.shape[1]}; set the width of the network to it."
            )
        embedding.encode(vectors)
    return arguments, network
