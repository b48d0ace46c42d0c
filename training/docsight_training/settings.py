"""The settings of a run, validated before anything is read or computed."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from docsight.errors import ConfigError

_MAX_SEED = 2**32 - 1  # NumPy's limit

Count = Annotated[int, Field(ge=1)]
Fraction = Annotated[float, Field(ge=0, le=1)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
BelowOne = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
# Lightning reads an integer as a number of batches, and a float as a fraction of them.
Limit = Count | Annotated[float, Field(gt=0, le=1)]


def _check_path(path: str) -> str:
    if not path.strip():
        raise PydanticCustomError("path", "input should be a path (null for none)")
    return path


def _check_name(name: str) -> str:
    """Check that a name is that of a folder below the folder of all runs, which `overwrite` must not delete."""
    parts = PurePath(name).parts
    if not name.strip() or not parts or ".." in parts or PurePath(name).is_absolute():
        raise PydanticCustomError("name", "input should be the name of a folder in that of the runs, such as mine")
    return name


ExistingPath = Annotated[str, AfterValidator(_check_path)]
RunName = Annotated[str, AfterValidator(_check_name)]


class _Settings(BaseModel):
    # A number is not a string of digits, nor a truth value.
    model_config = ConfigDict(strict=True, extra="ignore")


# Those of Lightning that keep the weights in float32: the networks compute some scores in float32 in any case, and
# models are exported in float32.
Precision = Literal["auto", "bf16-mixed", "16-mixed", "32-true", "bf16", "16", "32", 16, 32]


class TrainerSettings(_Settings):
    max_epochs: Count | None
    min_epochs: Count
    min_steps: Count | None
    precision: Precision
    monitor: str
    mode: Literal["min", "max"]
    checkpoint_minutes: Positive | None
    ema: Annotated[float, Field(gt=0, lt=1)] | None
    early_stopping: Count | None
    tensorboard: bool
    limit_train_batches: Limit
    limit_val_batches: Limit
    limit_test_batches: Limit
    check_val_every_n_epoch: Count | None


class TextAugmentSettings(_Settings):
    upper: Fraction = 0
    title: Fraction = 0
    lower: Fraction = 0
    retokenize: Fraction = 0
    lines: Fraction = 0
    rename: Fraction | None = 0
    exchange: dict[str, dict[str, Fraction]] | None = None


class ColumnSettings(_Settings):
    tokens: str = "tokens"
    tags: str = "ner_tags"
    text: str = "text"
    document: str | None = None
    sentence: str | None = None
    spans: str | None = None


class NerDataSettings(_Settings):
    path: ExistingPath | None = None
    columns: ColumnSettings = ColumnSettings()
    corpora: dict[str, dict[str, Any] | None] | None = None
    hub: str | None = None
    validation: Annotated[float, Field(gt=0, lt=1)] | None = None
    test: Annotated[float, Field(ge=0, lt=1)] | None = None
    strip_titles: bool = False
    glove_words: Annotated[int, Field(ge=0)] = 0
    vectors: ExistingPath | None = None
    min_count: Count = 1
    window: Count = 1
    batch_tokens: Count = 1
    augment: TextAugmentSettings | None = None
    templates: Annotated[int, Field(ge=0)] = 0
    silver_tokens: Annotated[int, Field(ge=0)] = 0
    labels: list[str] | None = None
    keep_labels: bool = False
    rehearsal: ExistingPath | None = None


class ImageDataSettings(_Settings):
    path: ExistingPath | None = None
    batch_size: Count | None = None
    epoch_size: Count | None = None
    per_class: Count | None = None
    balance: Fraction = 0
    validation: Annotated[float, Field(gt=0, lt=1)] = 0.1
    test: Annotated[float, Field(ge=0, lt=1)] | None = None


class OptimizerSettings(_Settings):
    lr: Positive = 0.001
    weight_decay: NotNegative = 0


class ModuleSettings(_Settings):
    optimizer: OptimizerSettings = OptimizerSettings()
    warmup: Fraction = 0
    clip: Positive = 1
    encoder_rate: NotNegative | None = None
    adversarial: Fraction = 0
    initial_fraction: Fraction = 0
    new_labels_only: bool = False
    margins: dict[str, float] | None = None
    smoothing: BelowOne = 0
    mixup: NotNegative = 0


class EncoderSettings(_Settings):
    hidden_dim: Count = 1
    num_layers: Count = 1
    char_dim: Count = 1
    char_width: Count = 1
    casing_dim: Count = 1
    dropout: BelowOne = 0
    word_dropout: BelowOne = 0
    tune_dropout: BelowOne = 0


class NetworkSettings(_Settings):
    dropout: BelowOne = 0
    blocks: list[list[Count]] = []
    stem_stride: Count = 1
    encoder: EncoderSettings = EncoderSettings()


class ModelSettings(_Settings):
    init_from: ExistingPath | None = None
    module: ModuleSettings = ModuleSettings()


class RunSettings(_Settings):
    seed: Annotated[int, Field(ge=0, le=_MAX_SEED)]
    epochs: Count | None
    threads: Count | None
    name: RunName
    overwrite: bool
    ckpt_path: str | None
    trainer: TrainerSettings
    model: ModelSettings


# The settings of `data` by the name of its class.
_DATA: dict[str, type[BaseModel]] = {"NerData": NerDataSettings, "ImageData": ImageDataSettings}
# The data of each network, and how to choose both.
_DATA_OF_NETWORKS = {
    "Tagger": ("NerData", "model=rnn_ner data=ner"),
    "ImageClassifier": ("ImageData", "experiment=cnn_imagecat"),
}


def check_settings(config: Mapping[str, Any]) -> None:
    """Check the types and ranges of a resolved config.

    Raises:
        ConfigError: A value is invalid; the message lists all of them.
    """
    problems = [*_problems(RunSettings, config, ())]
    network = config["model"].get("network")
    if isinstance(network, Mapping) and str(network.get("_target_", "")).startswith("docsight."):
        problems += _problems(NetworkSettings, network, ("model", "network"))
    data = config["data"]
    problems += _data_problems(data)
    if "init_from" in data and data["init_from"] != config["model"].get("init_from"):
        problems.append(
            f"data.init_from follows model.init_from; found {data['init_from']!r}. Set only model.init_from"
        )
    problems += _mismatches(network, data)
    problems = problems or [*_stage_problems(config)]
    if problems:
        raise ConfigError("; ".join(problems) + ".")


def _stage_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is invalid in the settings of the trainer that a stage changes; those of the run are valid."""
    model = config["model"]
    for name in model.get("stages", ()):
        stage = model.get(name)
        if changed := isinstance(stage, Mapping) and stage.get("trainer"):
            yield from _problems(TrainerSettings, {**config["trainer"], **changed}, ("model", name, "trainer"))


def _mismatches(network: Any, data: Mapping[str, Any]) -> Iterator[str]:
    """Yield that the network of a task was chosen without its data."""
    target = network.get("_target_") if isinstance(network, Mapping) else None
    given = _name(data)
    expected, experiment = _DATA_OF_NETWORKS.get(str(target).rpartition(".")[2], (given, ""))
    if given in _DATA and given != expected:
        yield f"model and data are of different tasks; use {experiment}"


def check_data_settings(data: Mapping[str, Any]) -> None:
    """Check the types and ranges of the part `data` of a config; see `check_settings`."""
    if problems := list(_data_problems(data)):
        raise ConfigError("; ".join(problems) + ".")


def _data_problems(data: Mapping[str, Any]) -> Iterator[str]:
    if kind := _DATA.get(_name(data)):
        yield from _problems(kind, data, ("data",))


def _name(data: Mapping[str, Any]) -> str:
    """Return the name of the class of data."""
    return str(data.get("_target_", "")).rpartition(".")[2]


def _problems(kind: type[BaseModel], values: Mapping[str, Any], prefix: tuple[str, ...]) -> Iterator[str]:
    try:
        kind.model_validate(values)
    except ValidationError as err:
        # A union has an error for each of its types, all of one key: the last one says most.
        by_key = {".".join((*prefix, *_keys(error["loc"], values))): error for error in err.errors()}
        for key, error in by_key.items():
            # An interpolated value is reported under the key that the user sets.
            if key == "trainer.max_epochs" and "epochs" in by_key:
                continue
            expected = error["msg"][0].lower() + error["msg"][1:]
            yield f"{key}: {expected}; found {error['input']!r}"


def _keys(location: Sequence[str | int], values: Any) -> Iterator[str]:
    """Yield the keys of a place in the config, without the names of the types of unions, which pydantic adds."""
    for key in location:
        is_key = key in values if isinstance(values, Mapping) else isinstance(values, list) and isinstance(key, int)
        if is_key:
            values = values[key]
            yield str(key)


def suggest_key(key: str, config: Mapping[str, Any]) -> str:
    """Return a question such as `did you mean epochs?` for a key that the config lacks, or an empty string."""
    known = dict(_entries(config))
    if any(not value and key.startswith(f"{other}.") for other, value in known.items()):  # of an open mapping
        return ""
    name = key.rpartition(".")[2]
    # A key that follows another one unless it is set, such as data.seed, is not the one to set.
    same_name = [k for k, value in known.items() if k.rpartition(".")[2] == name and not str(value).startswith("${")]
    found = difflib.get_close_matches(key, same_name, n=1, cutoff=0) or difflib.get_close_matches(key, known, n=1)
    return f"did you mean {found[0]}?" if found else ""


def _entries(config: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the keys of a config and their values, those of mappings as well as those in them."""
    for key, value in config.items():
        yield f"{prefix}{key}", value
        if isinstance(value, Mapping):
            yield from _entries(value, f"{prefix}{key}.")
