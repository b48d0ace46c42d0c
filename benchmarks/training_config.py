"""The configs of the networks that benchmarks train."""

from collections.abc import Sequence
from typing import Any, cast

from hydra import compose, initialize_config_module
from omegaconf import OmegaConf


def compose_config(overrides: Sequence[str]) -> dict[str, Any]:
    """Compose the config of a run, as `docsight-train` would."""
    with initialize_config_module("docsight_conf", version_base="1.3"):
        composed = compose("train", overrides=list(overrides))
    return cast(dict[str, Any], OmegaConf.to_container(composed, resolve=True, throw_on_missing=True))
