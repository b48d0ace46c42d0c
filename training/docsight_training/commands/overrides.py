"""The config of a subcommand: that of a training run, with the same overrides."""

from collections.abc import Sequence
from typing import Any

from hydra import compose, initialize_config_module
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from docsight.errors import ConfigError
from docsight_training.override_checks import check_overrides
from docsight_training.settings import check_data_settings

NER_TARGET = "docsight_training.data.ner.ner_data.NerData"
IMAGE_TARGET = "docsight_training.data.images.image_data.ImageData"
_KINDS = {NER_TARGET: "annotated texts (data=ner)", IMAGE_TARGET: "images (experiment=cnn_imagecat)"}


def compose_config(overrides: Sequence[str], *, targets: Sequence[str] = (NER_TARGET,)) -> dict[str, Any]:
    """Return the resolved config of a run.

    Args:
        overrides: The overrides of its keys.
        targets: The data modules that the command can read.

    Raises:
        ConfigError: An override is invalid, or the data are of another kind.
    """
    try:
        with initialize_config_module("docsight_conf", version_base="1.3"):
            config = compose("train", list(overrides))
            plain = {key: _plain(config[key]) for key in ("data", "lang")}
    except (HydraException, OmegaConfBaseException, ValueError) as err:
        check_overrides(overrides)  # has advice for most mistakes
        raise ConfigError(" ".join(str(err).split())) from err
    if plain["data"].get("_target_") not in targets:
        kinds = " or ".join(_KINDS[target] for target in targets)
        raise ConfigError(f"this command reads {kinds}; found data of another kind.")
    check_data_settings(plain["data"])
    return plain


def _plain(value: Any) -> Any:
    return OmegaConf.to_container(value, resolve=True) if isinstance(value, DictConfig) else value
