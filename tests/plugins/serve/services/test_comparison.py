"""What three taggers see in a text: the answers of `POST /v1/compare`."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch

from docsight.bundle import Bundle, load_folder
from docsight.errors import BundleError, DataError
from docsight.networks.tagger import Tagger
from docsight.serve.services.comparison import MAX_COMPARED_WORDS, STATE_UNITS, TaggerComparison

TEXT = "Ada Lovelace lived in London , and Ada never left ."
LAYERS = {"lstm": 1, "bilstm": 1, "cnn": 2}


@pytest.fixture(scope="module")
def folders(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Make a tagger of each kind of layer, with random weights."""
    tiny = load_folder(tiny_model, kind="tagger")
    made = {}
    for layer, count in LAYERS.items():
        arguments = tiny.arguments | {"encoder": tiny.arguments["encoder"] | {"layer": layer, "num_layers": count}}
        arguments["encoder"]["hidden_dim"] = 40
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(2)
            network = Tagger(**arguments)
            for parameter in [*network.encoder.layers.parameters(), *network.output.parameters()]:
                torch.nn.init.normal_(parameter, std=0.5)
        made[layer] = tmp_path_factory.mktemp("taggers") / layer
        Bundle("tagger", arguments, network, tiny.vocabularies).to_disk(made[layer])
    return made


@pytest.fixture(scope="module")
def comparison(folders: dict[str, Path]) -> TaggerComparison:
    return TaggerComparison([str(folder) for folder in folders.values()])


def by_layer(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {tagger["layer"]: tagger for tagger in answer["taggers"]}


def test_compare_lists_the_words_with_their_offsets(comparison: TaggerComparison) -> None:
    words = comparison.compare("Ada\nlives in  London.")["words"]
    assert [word["text"] for word in words] == ["Ada", "lives", "in", "London", "."]
    assert [(word["start"], word["end"]) for word in words][3] == (14, 20)


def test_compare_returns_entities_and_probabilities_of_each_word(comparison: TaggerComparison) -> None:
    answer = comparison.compare(TEXT)
    for tagger in answer["taggers"]:
        assert len(tagger["words"]) == len(answer["words"]) == len(tagger["states"])
        for word in tagger["words"]:
            outside = 1 - sum(word["probabilities"].values())
            expected = outside if word["label"] is None else word["probabilities"][word["label"]]
            assert word["probability"] == pytest.approx(expected, abs=1e-3)
            assert word["probability"] >= max(*word["probabilities"].values(), outside) - 1e-3
        for entity in tagger["entities"]:
            inside = [tagger["words"][at]["probabilities"] for at in range(entity["start"], entity["end"])]
            assert all(entity["score"] <= each[entity["label"]] + 1e-3 for each in inside)
    assert any(tagger["entities"] for tagger in answer["taggers"])


def test_compare_returns_the_units_that_vary_most(comparison: TaggerComparison) -> None:
    for tagger in comparison.compare(TEXT)["taggers"]:
        assert len(tagger["units"]) == len(set(tagger["units"])) == STATE_UNITS
        assert {len(state) for state in tagger["states"]} == {STATE_UNITS}
        assert max(abs(value) for state in tagger["states"] for value in state) == 1


@pytest.mark.parametrize(
    ("layer", "sight"),
    [("lstm", (None, 0)), ("bilstm", (None, None)), ("cnn", (2, 2))],
)
def test_compare_says_truly_which_words_a_state_depends_on(
    comparison: TaggerComparison, layer: str, sight: tuple[int | None, int | None]
) -> None:
    tagger = by_layer(comparison.compare(TEXT))[layer]
    assert (tagger["sight"]["before"], tagger["sight"]["after"]) == sight
    demo = next(each for each in comparison.taggers if each.network.encoder.layer == layer)
    network, focus, size = demo.network, 5, 11
    encoded = torch.randn(1, size, network.encoder.input_dim, requires_grad=True)
    # In evaluation, an LSTM may run in bfloat16; the gradient needs no more than its pattern.
    network.encoder(encoded, torch.tensor([size]))[0, focus].sum().backward()
    assert encoded.grad is not None
    seen = encoded.grad[0].abs().sum(dim=1).ne(0).nonzero().flatten().tolist()
    before, after = (size if each is None else each for each in sight)
    assert seen == [at for at in range(size) if focus - before <= at <= focus + after]


def test_compare_measures_the_influence_of_each_word_by_leaving_it_out(comparison: TaggerComparison) -> None:
    words = TEXT.split()
    whole = by_layer(comparison.compare(TEXT, focus=4))
    without = by_layer(comparison.compare(" ".join(words[:1] + words[2:])))
    for layer, tagger in whole.items():
        influence = tagger["influence"]
        label = influence["label"]
        before = tagger["words"][4]["probabilities"][label]
        after = without[layer]["words"][3]["probabilities"][label]
        assert label == max(tagger["words"][4]["probabilities"], key=tagger["words"][4]["probabilities"].get)
        if min(before, after, 1 - before, 1 - after) > 0.01:  # the probabilities are rounded
            expected = math.log(before / (1 - before)) - math.log(after / (1 - after))
            assert influence["change"][1] == pytest.approx(expected, abs=0.02)
        assert influence["word"] == 4
        assert influence["change"][4] == 0
    assert comparison.compare(TEXT)["taggers"][0]["influence"] is None


def test_compare_reads_a_single_word(comparison: TaggerComparison) -> None:
    answer = comparison.compare("London", focus=0)
    assert [tagger["influence"]["change"] for tagger in answer["taggers"]] == [[0.0]] * 3


@pytest.mark.parametrize(
    ("text", "focus", "expected"),
    [
        ("", None, "expected 1 to 120 words; found 0"),
        (" \n\t", None, "found 0"),
        ("a " * (MAX_COMPARED_WORDS + 1), None, "found 121"),
        (None, None, "expected a text; found NoneType"),
        ("London", 1, "expected a focus from 0 to 0"),
        ("London", -1, "expected a focus from 0 to 0"),
        ("London", True, "expected a focus"),
    ],
)
def test_compare_refuses_bad_input(comparison: TaggerComparison, text: Any, focus: Any, expected: str) -> None:
    with pytest.raises(DataError, match=expected):
        comparison.compare(text, focus=focus)


def test_comparison_refuses_a_model_that_is_no_tagger() -> None:
    with pytest.raises(BundleError, match="this is a 'image_classifier' model"):
        TaggerComparison(["digits"])
