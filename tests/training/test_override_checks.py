"""Overrides that are refused before a config is used."""

import pytest

from docsight.errors import ConfigError
from docsight_training.commands import tune
from docsight_training.commands.overrides import compose_config
from docsight_training.override_checks import check_overrides


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["data.valdation=0.2"], "there is no key data.valdation in the config; did you mean data.validation?"),
        (
            ["data.augment={uper: 1}"],
            "there is no key data.augment.uper in the config; did you mean data.augment.upper?",
        ),
        (["zzzz=1"], "there is no key zzzz in the config; add a new key with +zzzz=VALUE"),
        (["model/encoder=gru"], "model/encoder: expected one of bilstm, cnn, lstm; found 'gru'."),
        (["trainer=fast"], "trainer: expected one of ddp, default, smoke; found 'fast'."),
        (
            ["experiment=cnn_imagecat", "model.tahw=null"],
            "there is no key model.tahw in the config; did you mean model.thaw?",
        ),
        (["model/encodr=gru"], "there is no key model/encodr in the config"),
        (["model/network=x"], "there is no key model/network in the config"),
        (["=5"], "expected KEY=VALUE; found '=5'"),
        (["data.path=a=b"], "cannot parse the override 'data.path=a=b'."),
    ],
)
def test_override_with_a_mistake_is_refused_with_advice(overrides: list[str], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        check_overrides(overrides)
    assert str(refused.value).startswith(message)
    with pytest.raises(ConfigError) as refused:
        compose_config(overrides)  # of check, convert and review
    assert str(refused.value).startswith(message)


def test_tune_refuses_a_mistyped_number_of_trials_with_advice() -> None:
    with pytest.raises(ConfigError, match=r"there is no key n_trial in the config; did you mean tune\.n_trials\?"):
        tune.main(["data.path=x", "n_trial=3"])
