"""What a stage is, and how the config names the stages of a model."""

from abc import ABC, abstractmethod
from typing import Any

from hydra.utils import instantiate

from docsight_training.runs import Run


class Stage(ABC):
    """One step of a run. It leaves results for the stages after it; the last one leaves the model to export."""

    @abstractmethod
    def run(self, run: Run) -> None:
        """Do what is not done yet, and add results, figures or the model to the run."""


def make_stages(config: dict[str, Any]) -> list[Stage]:
    """Build the stages of a model, in the order in which they run.

    A model with `stages` lists the names of its stages, and has the config of each under that name. Any other model is
    the config of its only stage, which reads the data of the run.

    Args:
        config: The resolved config.
    """
    model = dict(config["model"])
    if "stages" not in model:
        model.setdefault("_target_", "docsight_training.stages.network_stage.NetworkStage")
        return [_make_stage(model, data=config["data"])]
    return [_make_stage(model[name], name=name) for name in model["stages"]]


def _make_stage(settings: dict[str, Any], **arguments: Any) -> Stage:
    # A stage builds its network, module and data itself: they depend on each other.
    stage: Stage = instantiate(settings, **arguments, _recursive_=False, _convert_="all")
    return stage
