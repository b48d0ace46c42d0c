"""Objects of a config, and their errors."""

import pytest

from docsight.errors import ConfigError
from docsight_training.building import build


def test_build_raises_the_error_of_the_constructor_if_it_is_ours() -> None:
    with pytest.raises(ConfigError, match=r"^data\.keep_labels=true keeps the labels of a model"):
        build({"_target_": "docsight_training.data.ner.ner_data.NerData", "keep_labels": True})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"_target_": "docsight.vocab.Vocab", "words": 1},
            r"docsight\.vocab\.Vocab: .*unexpected keyword argument 'words'",
        ),
        ({"_target_": "docsight.nothing.At"}, r"docsight\.nothing\.At: .*nothing"),
        (
            {
                "_target_": "docsight.layers.embeddings.CodedEmbedding",
                "num_embeddings": 1,
                "embedding_dim": 5,
                "parts": 2,
            },
            r"CodedEmbedding: Expected a number of parts that divides the width; found 2 parts of 5\.",
        ),
    ],
)
def test_build_says_in_one_line_what_a_constructor_refuses(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as refused:
        build(settings)
    assert "\n" not in str(refused.value)
