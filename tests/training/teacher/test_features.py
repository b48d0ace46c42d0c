from pathlib import Path

import pytest
import torch

from docsight.errors import ConfigError
from docsight.vocab import CELL_END, LINE_END
from docsight_training.teacher.features import WordFeatures

transformers = pytest.importorskip("transformers")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make a tiny BERT with random weights, whose word pieces are letters."""
    folder = tmp_path_factory.mktemp("bert")
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    transformers.BertTokenizerFast(vocab={piece: n for n, piece in enumerate(vocabulary)}).save_pretrained(folder)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=8,
        num_hidden_layers=5,
        num_attention_heads=2,
        intermediate_size=8,
        initializer_range=1.0,
    )
    torch.manual_seed(0)
    transformers.BertModel(config).save_pretrained(folder)
    return str(folder)


def test_features_have_one_row_for_each_word(model: str, tmp_path: Path):
    features = WordFeatures(model=model, cache=str(tmp_path / "cache.sqlite"))
    one, two = features([["ada", "wrote"], ["the", "first", "program"]])
    assert (features.dim, one.shape, two.shape) == (8, (2, 8), (3, 8))
    assert one.abs().sum() > 0


def test_features_depend_on_the_context(model: str, tmp_path: Path):
    features = WordFeatures(model=model, cache=str(tmp_path / "cache.sqlite"))
    one, two = features([["bank", "river"], ["bank", "money"]])
    assert not torch.equal(one[0], two[0])


def test_features_of_layout_are_zero_and_do_not_change_those_of_words(model: str, tmp_path: Path):
    features = WordFeatures(model=model, cache=str(tmp_path / "cache.sqlite"))
    plain, laid_out, empty = features([["ada", "wrote"], ["ada", CELL_END, "wrote", LINE_END], [LINE_END]])
    assert torch.equal(laid_out[[0, 2]], plain)
    assert not laid_out[[1, 3]].any()
    assert not empty.any()


def test_features_are_cached_for_other_processes(model: str, tmp_path: Path):
    cache = str(tmp_path / "cache.sqlite")
    first = WordFeatures(model=model, cache=cache)
    (computed,) = first([["ada", "wrote"]])
    second = WordFeatures(model=model, cache=cache)
    second._compute = lambda sentences: [] if not sentences else pytest.fail("computed again")
    (cached,) = second([["ada", "wrote"]])
    assert torch.equal(computed, cached)


def test_features_report_a_missing_model(tmp_path: Path):
    with pytest.raises(ConfigError, match="expected a transformer's hub id or a folder with one"):
        WordFeatures(model=str(tmp_path / "none"), cache=str(tmp_path / "cache.sqlite"))
