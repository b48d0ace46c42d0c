"""Config keys that were renamed. The old ones still work, with a warning."""

import re
import warnings
from collections.abc import Sequence
from typing import Any

from omegaconf import DictConfig, OmegaConf

# The new key of each old one; None for a key that no longer has an effect.
_NEW_KEYS: dict[str, str | None] = {
    "recipe": None,
    "data.embed_corpora": None,
    "data.frames": "data.templates",
    "data.without": "data.test_names",
    "model.trigrams.least": "model.tables.trigrams.min_count",
    "model.trigrams": "model.tables.trigrams",
    "model.tables.trigrams.least": "model.tables.trigrams.min_count",  # of model.trigrams={least: …}
    "model.context.data.max_rivals": "model.context.data.max_hard_negatives",
    "model.context.data.rival_words": "model.context.data.hard_negative_words",
    "model.context.module.rivals": "model.context.module.hard_negative_weight",
    "model.ranker.data.draws": "model.ranker.data.noisy_copies",
    "model.ranker.data.lone": "model.ranker.data.isolated_words",
    "model.ranker.data.without": "model.ranker.data.ablate",
    "model.ranker.data.unreachable": "model.ranker.data.unreachable_weight",
    "model.ranker.data.held": "model.ranker.data.validation",
    "model.ranker.data.batch": "model.ranker.data.batch_size",
}
_NEW_TARGETS = {
    "docsight_training.data.images.ImageData": "docsight_training.data.images.image_data.ImageData",
    "docsight_training.data.ner.NerData": "docsight_training.data.ner.ner_data.NerData",
}
_OVERRIDE = re.compile(r"(?P<sign>\+{0,2}|~)(?P<key>[\w.]+)(?P<value>=.*)?", re.DOTALL)


def rename_overrides(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of the command with old keys in overrides replaced by new ones."""
    renamed = []
    for argument in arguments:
        override = _OVERRIDE.fullmatch(argument)
        key = f"{override['key']}." if override else ""
        old = next((old for old in _NEW_KEYS if key.startswith(f"{old}.")), None)
        if override is None or old is None:
            renamed.append(argument)
            continue
        _warn(old)
        if (new := _NEW_KEYS[old]) is not None:
            key = new + override["key"].removeprefix(old)
            # Both keys may be in the config, or neither: ++ sets a value in both cases.
            sign = "++" if override["sign"] == "+" else override["sign"]
            renamed.append(f"{sign}{key}{override['value'] or ''}")
    return renamed


def rename_targets(value: Any) -> Any:
    """Return a plain config with the new names of classes that were moved."""
    if isinstance(value, dict):
        return {key: rename_targets(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rename_targets(item) for item in value]
    return _NEW_TARGETS.get(value, value) if isinstance(value, str) else value


def rename_keys(config: DictConfig) -> DictConfig:
    """Return a config with the value of each old key under its new one."""
    if all(OmegaConf.select(config, old, default=_ABSENT) is _ABSENT for old in _NEW_KEYS):
        return config
    config = config.copy()
    OmegaConf.set_struct(config, False)
    for old, new in _NEW_KEYS.items():
        parent, _, name = old.rpartition(".")
        section = OmegaConf.select(config, parent) if parent else config
        if not isinstance(section, DictConfig) or name not in section:
            continue
        _warn(old)
        value = section._get_node(name)  # the node: an interpolation is not resolved yet
        del section[name]
        if new is not None:
            OmegaConf.update(config, new, value, merge=True, force_add=True)
    return config


_ABSENT: Any = object()


def _warn(old: str) -> None:
    new = _NEW_KEYS[old]
    advice = f"use {new}" if new else "it no longer has any effect, so remove it"
    warnings.warn(f"The config key {old} is deprecated; {advice}.", FutureWarning, stacklevel=3)
