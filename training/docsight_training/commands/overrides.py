"""The config of a subcommand: that of a training run, with the same overrides."""

from collections.abc import Sequence
from typing import Any

from hydra import compose, initialize_config_module
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from docsight.errors import ConfigError

NER_TARGET = "docsight_training.data.ner.ner_data.NerData"


def compose_config(overrides: Sequence[str]) -> dict[str, Any]:
    """Return the resolved config of a run whose data are annotated texts.

    Raises:
        ConfigError: An override is invalid, or the data are of another kind.
    """
    try:
        with initialize_config_module("docsight_conf", version_base="1.3"):
            config = compose("train", list(overrides))
            plain = {key: _plain(config[key]) for key in ("data", "lang")}
    except (HydraException, OmegaConfBaseException) as err:
        raise ConfigError(" ".join(str(err).split())) from err
    if plain["data"].get("_target_") != NER_TARGET:
        raise ConfigError("expected the data of entities, data=ner; this command reads no images and no plain text.")
    return plain


def _plain(value: Any) -> Any:
    return OmegaConf.to_container(value, resolve=True) if isinstance(value, DictConfig) else value
