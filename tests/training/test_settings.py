"""Values that are refused before a run reads anything."""

import pytest
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf

from docsight.errors import ConfigError
from docsight_training.settings import check_settings, suggest_key

_NAME_EXPECTED = "input should be the name of a folder in that of the runs, such as mine"


def _config(*overrides: str, resolve: bool = True) -> dict:
    with initialize_config_module(config_module="docsight_conf", version_base="1.3"):
        return OmegaConf.to_container(compose("train", overrides=list(overrides)), resolve=resolve)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("epochs=ten", "epochs: input should be a valid integer; found 'ten'."),
        ("epochs=0", "epochs: input should be greater than or equal to 1; found 0."),
        ("seed=abc", "seed: input should be a valid integer; found 'abc'."),
        ("seed=-1", "seed: input should be greater than or equal to 0; found -1."),
        ("threads=0", "threads: input should be greater than or equal to 1; found 0."),
        ("name=", f"name: {_NAME_EXPECTED}; found ''."),
        ("name=.", f"name: {_NAME_EXPECTED}; found '.'."),
        ("name=../mine", f"name: {_NAME_EXPECTED}; found '../mine'."),
        ("name=/mine", f"name: {_NAME_EXPECTED}; found '/mine'."),
        ("data.path=", "data.path: input should be a path (null for none); found ''."),
        ("data.columns.tokens=null", "data.columns.tokens: input should be a valid string; found None."),
        ("data.corpora=x", "data.corpora: input should be a valid dictionary; found 'x'."),
        ("model=cnn_imagecat", "model and data are of different tasks; use experiment=cnn_imagecat."),
        ("data=images", "model and data are of different tasks; use model=rnn_ner data=ner."),
        ("overwrite=maybe", "overwrite: input should be a valid boolean; found 'maybe'."),
        ("data.window=0", "data.window: input should be greater than or equal to 1; found 0."),
        ("data.batch_tokens=0", "data.batch_tokens: input should be greater than or equal to 1; found 0."),
        ("data.augment.upper=3", "data.augment.upper: input should be less than or equal to 1; found 3."),
        ("model.module.optimizer.lr=-1", "model.module.optimizer.lr: input should be greater than 0; found -1."),
        ("model.module.clip=inf", "model.module.clip: input should be a finite number; found inf."),
        ("trainer.mode=best", "trainer.mode: input should be 'min' or 'max'; found 'best'."),
        ("trainer.limit_train_batches=0.0", "trainer.limit_train_batches: input should be greater than 0; found 0.0."),
        ("data.validation=0", "data.validation: input should be greater than 0; found 0."),
        ("model.network.dropout=2", "model.network.dropout: input should be less than 1; found 2."),
        (
            "model.network.encoder.hidden_dim=0",
            "model.network.encoder.hidden_dim: input should be greater than or equal to 1; found 0.",
        ),
        ("trainer.ema=1.5", "trainer.ema: input should be less than 1; found 1.5."),
    ],
)
def test_check_settings_names_the_key_the_range_and_the_value(override, message):
    with pytest.raises(ConfigError) as caught:
        check_settings(_config(override))
    assert str(caught.value) == message


def test_check_settings_accepts_no_test_and_refuses_images_without_validation():
    check_settings(_config("data.test=0"))
    check_settings(_config("experiment=cnn_imagecat", "data.test=0"))
    with pytest.raises(ConfigError, match=r"data\.validation: input should be a valid number; found None"):
        check_settings(_config("experiment=cnn_imagecat", "data.validation=null"))


@pytest.mark.parametrize("precision", ["64bit", "64-true", "bf16-true", "16-true", "transformer-engine"])
def test_check_settings_lists_the_precisions_that_keep_the_weights_in_float32(precision):
    expected = r"trainer\.precision: input should be 'auto', 'bf16-mixed', '16-mixed', .*"
    with pytest.raises(ConfigError, match=rf"{expected}; found '{precision}'\.$"):
        check_settings(_config(f"trainer.precision={precision}"))


def test_check_settings_checks_what_a_stage_changes_of_the_trainer():
    expected = r"^model\.ranker\.trainer\.precision: input should be .*; found 'bf16-true'\.$"
    with pytest.raises(ConfigError, match=expected):
        check_settings(_config("experiment=rnn_speller", "model.ranker.trainer.precision=bf16-true"))


@pytest.mark.parametrize("precision", ["auto", "bf16-mixed", "16-mixed", "32-true", "bf16", "16", "32"])
def test_check_settings_accepts_mixed_precision_and_float32(precision):
    check_settings(_config(f"trainer.precision={precision}"))


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("model.module.smoothing=3", r"model\.module\.smoothing: input should be less than 1; found 3\."),
        ("model.module.mixup=-1", r"model\.module\.mixup: input should be greater than or equal to 0; found -1\."),
        ("model.network.blocks=5", r"model\.network\.blocks: input should be a valid list; found 5\."),
        (
            "model.network.blocks=[[0]]",
            r"blocks.*: input should be greater than or equal to 1; found 0\.",
        ),
        ("model.network.stem_stride=0", r"stem_stride: input should be greater than or equal to 1; found 0\."),
    ],
)
def test_check_settings_checks_those_of_image_classifiers(override, message):
    with pytest.raises(ConfigError, match=message):
        check_settings(_config("experiment=cnn_imagecat", override))


def test_check_settings_lists_all_problems():
    with pytest.raises(ConfigError, match=r"seed: .*found -1; data\.window: .*found 0\.$"):
        check_settings(_config("seed=-1", "data.window=0"))


@pytest.mark.parametrize(
    "experiment",
    ["rnn_ner", "rnn_ner_conll2003", "cnn_imagecat", "cnn_digits", "cnn_figures", "rnn_ner_teacher", "rnn_speller"],
)
def test_check_settings_accepts_the_experiments(experiment):
    extra = ["text=x"] if experiment == "rnn_ner_teacher" else []
    check_settings(_config(f"experiment={experiment}", "data.path=x", *extra))


@pytest.mark.parametrize("trainer", ["smoke", "ddp"])
def test_check_settings_accepts_the_trainers(trainer):
    check_settings(_config(f"trainer={trainer}"))


@pytest.mark.parametrize(
    ("key", "suggestion"),
    [
        ("epoch", "did you mean epochs?"),
        ("batch_tokens", "did you mean data.batch_tokens?"),
        ("zzzz", ""),
        ("data.fold.x", ""),
        ("dta", "did you mean data?"),
        ("init_from", "did you mean model.init_from?"),
        ("model.encoder.dropout", "did you mean model.network.encoder.dropout?"),
        ("trainer.max_epoch", "did you mean trainer.max_epochs?"),
    ],
)
def test_suggest_key(key, suggestion):
    assert suggest_key(key, _config(resolve=False)) == suggestion


def test_check_settings_refuses_a_model_to_start_from_that_only_the_data_knows():
    check_settings(_config("model.init_from=rnn_ner"))
    with pytest.raises(ConfigError, match=r"data\.init_from follows model\.init_from; found 'rnn_ner'"):
        check_settings(_config("data.init_from=rnn_ner"))


def test_check_settings_leaves_other_peoples_networks_to_themselves():
    own = "model.network={_target_:my_package.Network,encoder:lstm,dropout:[0.1,0.2],blocks:4}"
    check_settings(_config("~model.network", f"+{own}"))
