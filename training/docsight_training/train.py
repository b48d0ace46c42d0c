"""`docsight-train`: a Hydra config in, a trained model folder and a spaCy pipeline out."""

import os
import sys
from pathlib import Path
from typing import Any, NoReturn, cast

import hydra
import pytorch_lightning as pl
import torch
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException, InstantiationException
from hydra.types import RunMode
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from docsight.errors import ConfigError, DocsightError
from docsight_training import runs
from docsight_training.error_analysis import write_errors
from docsight_training.export import export_model, export_pipeline
from docsight_training.modules.images import ImageModule
from docsight_training.plots import plot_curves
from docsight_training.speller import train_speller
from docsight_training.trainer import make_trainer, quiet_lightning, set_threads
from docsight_training.transfer import start_from

# The network classes and the kind of model folder each makes.
KINDS = {
    "docsight.networks.tagger.Tagger": "tagger",
    "docsight.networks.image_classifier.ImageClassifier": "image_classifier",
}


def main() -> None:
    """Run the command; what a user can mend is said in one line, and exits with 1."""
    # Hydra's parser wants the overrides in one piece: --multirun may stand anywhere, so it goes first.
    arguments = sorted(sys.argv[1:], key=lambda argument: argument not in ("-m", "--multirun"))
    sys.argv[1:] = arguments
    try:
        _check_overrides(arguments)
        _command()
    except DocsightError as err:
        _stop(err)


@hydra.main(version_base="1.3", config_path="pkg://docsight_conf", config_name="train")
def _command(config: DictConfig) -> float | None:
    try:
        return _run(config)
    except InstantiationException as err:
        # Hydra wraps what a constructor raises; what it says itself names the target and the key.
        _stop(err.__cause__ if isinstance(err.__cause__, DocsightError) else err)
    except (DocsightError, OmegaConfBaseException) as err:
        _stop(err)


def _stop(err: BaseException) -> NoReturn:
    """End the command with one line; inside a Hydra job, where Hydra would print a traceback."""
    sys.exit(f"docsight-train: error: {err}")


def _run(config: DictConfig) -> float | None:
    plain = cast(dict[str, Any], OmegaConf.to_container(config, resolve=True, throw_on_missing=True))
    job = HydraConfig.get()
    if job.mode == RunMode.MULTIRUN and str(plain["trainer"]["strategy"]).startswith("ddp"):
        raise ConfigError(
            "trainer=ddp does not work with --multirun (Hydra and Lightning start processes in each other's way); "
            "sweep on one device, or start the runs one after the other."
        )
    metrics = train(plain, Path(job.runtime.output_dir))
    return metrics.get(plain["trainer"]["monitor"])


def train(config: dict[str, Any], folder: Path) -> dict[str, float]:
    """Train, test and export.

    Args:
        config: The resolved config, plain Python.
        folder: The folder of the run.

    Returns:
        The final figures.

    Raises:
        DocsightError: Data or config cannot work; raised before the first epoch.
    """
    quiet_lightning()
    set_threads(config["threads"])
    if config["recipe"] == "speller":
        return train_speller(config, folder)
    if config["recipe"] != "network":
        raise ConfigError(f"recipe={config['recipe']}: expected network or speller.")
    main_process = int(os.environ.get("LOCAL_RANK", 0)) == 0
    checkpoint = runs.open_run(folder, config) if main_process else None
    pl.seed_everything(config["seed"], workers=True, verbose=False)
    data = instantiate(config["data"], _convert_="all")
    data.setup()
    arguments, network = make_network(config["model"]["network"], data)
    if start := config["model"].get("init_from"):
        start_from(start, network, data.vocabularies())
    module = instantiate(config["model"]["module"], network=network, _convert_="all")
    thaw = config["model"].get("thaw")
    if thaw is not None and not start:
        raise ConfigError("model.thaw: nothing is learnt yet that could be kept frozen; it wants model.init_from, too.")
    trainer = make_trainer(config["trainer"], folder, thaw=thaw)
    if main_process:
        runs.write_config(folder, config)
    trainer.fit(module, datamodule=data, ckpt_path=checkpoint or _resumed(config, folder))
    metrics = {name: float(value) for name, value in trainer.callback_metrics.items()}
    if not trainer.is_global_zero:
        return metrics
    load_best(module, folder)
    about = data.about() | (module.complete(data) if isinstance(module, ImageModule) else {})
    tester = make_trainer({**config["trainer"], "devices": 1, "strategy": "auto"}, None)
    metrics |= {name: float(value) for name, value in tester.validate(module, data, verbose=False)[0].items()}
    judged = "test" if data.has_test else "validation"
    if data.has_test:
        metrics |= {name: float(value) for name, value in tester.test(module, data, verbose=False)[0].items()}
    runs.write_metrics(folder, metrics)
    plot_curves(folder)
    if isinstance(module, ImageModule):
        write_errors(folder, module, data.parts[judged], data.settings)
    final = {name: value for name, value in metrics.items() if name.startswith(("val/", "test/"))}
    export_model(
        folder / "model",
        kind=KINDS[config["model"]["network"]["_target_"]],
        network=network,
        arguments=arguments,
        vocabularies=data.vocabularies(),
        config=config,
        data=data.sources(),
        metrics=final,
        about=about,
    )
    export_pipeline(folder / "pipeline", folder / "model", component=config["component"], lang=config["lang"])
    for name, value in final.items():
        sys.stderr.write(f"{name:<32} {value:.4f}\n")
    sys.stderr.write(f"model: {folder / 'model'}\nspaCy pipeline: {folder / 'pipeline'}\n")
    return metrics


def make_network(settings: dict[str, Any], data: Any) -> tuple[dict[str, Any], torch.nn.Module]:
    """Build the network for a data module, with pretrained weights where the data brings them.

    Returns:
        The keyword arguments, plain JSON, and the network.
    """
    merged = OmegaConf.merge({k: v for k, v in settings.items() if k != "_target_"}, data.network_arguments())
    arguments = cast(dict[str, Any], OmegaConf.to_container(merged))
    network = instantiate({"_target_": settings["_target_"]}, **arguments, _convert_="all")
    for name, pretrained in data.initial_weights().items():
        embedding = network.get_submodule(name)
        if embedding.embedding_dim != pretrained.shape[1]:
            raise ConfigError(
                f"model.network: {name} is {embedding.embedding_dim} wide, but its pretrained vectors are "
                f"{pretrained.shape[1]}; set that width."
            )
        embedding.encode(pretrained)
    return arguments, network


def load_best(module: pl.LightningModule, folder: Path) -> None:
    """Give a module the weights of the best checkpoint."""
    best = folder / runs.CHECKPOINTS / "best.ckpt"
    if best.is_file():
        module.load_state_dict(torch.load(best, map_location="cpu", weights_only=True)["state_dict"])


def _resumed(config: dict[str, Any], folder: Path) -> str | None:
    """Return the checkpoint for a process that Lightning started beside the main one."""
    if config["ckpt_path"] is None:
        return None
    last = folder / runs.CHECKPOINTS / "last.ckpt"
    return str(last if config["ckpt_path"] == "last" else config["ckpt_path"])


def _check_overrides(arguments: list[str]) -> None:
    """Refuse an override that Hydra cannot read, with the quoting that it wants."""
    parser = OverridesParser.create()
    for argument in arguments:
        if argument.startswith("-") or "=" not in argument:
            continue
        try:
            parser.parse_overrides([argument])
        except HydraException as err:
            key, _, value = argument.partition("=")
            raise ConfigError(
                f"cannot read the override {argument!r}. A value with '=', spaces, commas or brackets in it wants "
                f"quotes inside quotes: '{key}=\"{value}\"'."
            ) from err


if __name__ == "__main__":
    main()
