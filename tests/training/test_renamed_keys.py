"""Old config keys, on the command line and in config files."""

import pytest
from hydra import compose, initialize_config_module
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.utils import get_class
from omegaconf import OmegaConf

from docsight_training.renamed_keys import rename_keys, rename_overrides, rename_targets


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("model.ranker.data.draws=1", ["model.ranker.data.noisy_copies=1"]),
        ("model.ranker.data.without=[],[context]", ["model.ranker.data.ablate=[],[context]"]),
        ("model.trigrams.least=3", ["model.tables.trigrams.min_count=3"]),
        ("+model.trigrams.discount=0.5", ["++model.tables.trigrams.discount=0.5"]),
        ("data.without=null", ["data.test_names=null"]),
        ("data.frames=0", ["data.templates=0"]),
        ("recipe=speller", []),
    ],
)
def test_rename_overrides_accepts_old_keys_and_warns(old, new):
    with pytest.warns(FutureWarning, match=r"is deprecated; (use|it no longer has any effect)"):
        renamed = rename_overrides([old, "seed=2"])
    assert renamed == [*new, "seed=2"]
    OverridesParser.create().parse_overrides(renamed)


def test_rename_overrides_leaves_the_other_arguments_alone(recwarn):
    arguments = ["--multirun", "experiment=rnn_speller", "data.without_x=1", "'data.path=\"a=b\"'", "~data.scowl"]
    assert rename_overrides(arguments) == arguments
    assert not recwarn


def test_rename_keys_moves_the_values_of_a_config_file():
    with initialize_config_module(config_module="docsight_conf", version_base="1.3"):
        config = compose(
            "train",
            overrides=[
                "experiment=rnn_speller",
                "+recipe=speller",
                "+model.trigrams={least:3,discount:0.5}",
                "+data.without=mine",
                "+model.context.data.max_rivals=${seed}",
            ],
        )
    with pytest.warns(
        FutureWarning, match=r"model\.trigrams\.least is deprecated; use model\.tables\.trigrams\.min_count"
    ):
        renamed = rename_keys(config)
    assert "recipe" not in renamed
    assert "trigrams" not in renamed.model
    assert renamed.model.tables.trigrams == {"min_count": 3, "discount": 0.5}
    assert renamed.model.ranker.data.test_names == "mine"
    assert renamed.model.context.data.max_hard_negatives == 1
    OmegaConf.to_container(renamed, resolve=True)


def test_rename_keys_returns_a_config_without_old_keys_as_it_is(recwarn):
    config = OmegaConf.create({"model": {"network": {}}, "data": {"path": None}})
    assert rename_keys(config) is config
    assert not recwarn


def test_rename_targets_finds_classes_that_were_moved():
    config = {"data": {"_target_": "docsight_training.data.ner.NerData", "seed": 1}, "kept": ["a", None]}
    renamed = rename_targets(config)
    assert renamed == {**config, "data": {"_target_": "docsight_training.data.ner.ner_data.NerData", "seed": 1}}
    assert get_class(renamed["data"]["_target_"]).__name__ == "NerData"
