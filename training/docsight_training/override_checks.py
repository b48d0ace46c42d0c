"""Overrides of the config on the command line, checked for errors in one line."""

import re
from collections.abc import Sequence
from typing import Any, cast

from hydra import compose, initialize_config_module
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException, MissingConfigException
from omegaconf import OmegaConf

from docsight.errors import ConfigError
from docsight_training.settings import suggest_key

_CHOICES_OF_FILES = ("experiment=", "data=", "model=", "model/", "trainer=", "+tune=")  # overrides that choose files


def check_overrides(arguments: Sequence[str]) -> None:
    """Compose the config of a run as Hydra will. Sweeps and other config folders are left to Hydra.

    Raises:
        ConfigError: An override cannot be parsed, or its key or file does not exist.
    """
    _parse(arguments)
    if any(argument.startswith("-") for argument in arguments):
        return
    with initialize_config_module(config_module="docsight_conf", version_base="1.3"):
        try:
            compose("train", overrides=list(arguments))
        except MissingConfigException as err:
            raise ConfigError(_missing_file(err)) from err
        except HydraException as err:
            message = " ".join(str(err).split())
            if match := re.search(r"Could not override '([^']+)'", message):
                # Of a mapping, the cause names the key in it.
                inner = re.search(r"full_key: (\S+)", str(err.__cause__))
                key = inner[1] if inner else match[1]
                choices = [each for each in arguments if each.startswith(_CHOICES_OF_FILES)]
                advice = _advice(key, [each for each in choices if each.partition("=")[0] != match[1]])
                raise ConfigError(f"there is no key {key} in the config; {advice}") from err
            raise ConfigError(message) from err


def _advice(key: str, choices: Sequence[str]) -> str:
    """Return which key may be meant, given the overrides that choose the files of the config."""
    try:
        known = compose("train", overrides=list(choices))
    except HydraException:  # another choice is wrong, too, and is reported when this one is right
        return f"add a new key with +{key}=VALUE"
    config = cast(dict[str, Any], OmegaConf.to_container(known))
    return suggest_key(key, config) or f"add a new key with +{key}=VALUE"


def _parse(arguments: Sequence[str]) -> None:
    parser = OverridesParser.create()
    for argument in arguments:
        if argument.startswith("-") or "=" not in argument:
            continue
        if argument.startswith("="):
            raise ConfigError(f"expected KEY=VALUE; found {argument!r}")
        try:
            parser.parse_overrides([argument])
        except HydraException as err:
            key, _, value = argument.partition("=")
            raise ConfigError(
                f"cannot parse the override {argument!r}. A value with '=', spaces, commas or brackets in it needs "
                f"quotes inside quotes: '{key}=\"{value}\"'."
            ) from err


def _missing_file(err: MissingConfigException) -> str:
    group, _, name = str(err.missing_cfg_file).rpartition("/")
    options = ", ".join(err.options or ())
    return f"{group}: expected one of {options}; found {name!r}." if group and options else " ".join(str(err).split())
