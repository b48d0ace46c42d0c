"""The demonstration taggers in the package: three small models that differ in what they see."""

import pytest

from docsight.bundle import DEMO_PREFIX, MODELS, shipped_names
from docsight.serve.services.comparison import DEMO_TAGGERS, TaggerComparison

pytestmark = pytest.mark.skipif(
    not set(DEMO_TAGGERS) <= set(shipped_names()), reason="this installation lacks the demonstration taggers"
)

MAX_TOTAL_BYTES = 5_000_000
ROOSEVELT = (
    "President Roosevelt was one of the most influential presidents in American history. "
    "However, Roosevelt Street in Manhattan was not named after him."
)


@pytest.fixture(scope="module")
def comparison() -> TaggerComparison:
    return TaggerComparison()


def test_demo_taggers_are_small_together() -> None:
    assert {name for name in shipped_names() if name.startswith(DEMO_PREFIX)} == set(DEMO_TAGGERS)
    sizes = [file.stat().st_size for name in DEMO_TAGGERS for file in (MODELS / name).iterdir()]
    assert sum(sizes) <= MAX_TOTAL_BYTES


def test_demo_taggers_differ_only_in_their_layers(comparison: TaggerComparison) -> None:
    networks = [tagger.network for tagger in comparison.taggers]
    assert [network.encoder.layer for network in networks] == ["lstm", "bilstm", "cnn"]
    weights = [sum(weight.numel() for weight in network.encoder.layers.parameters()) for network in networks]
    assert max(weights) <= 1.05 * min(weights)
    assert len({network.labels for network in networks}) == 1
    assert len({tuple(tagger.bundle.vocabularies["words"].entries) for tagger in comparison.taggers}) == 1


def found_by_layer(comparison: TaggerComparison, text: str) -> dict[str, list[tuple[str, str]]]:
    answer = comparison.compare(text)
    words = [word["text"] for word in answer["words"]]
    return {
        tagger["layer"]: [(" ".join(words[each["start"] : each["end"]]), each["label"]) for each in tagger["entities"]]
        for tagger in answer["taggers"]
    }


def test_demo_taggers_that_see_both_sides_distinguish_roosevelt_from_roosevelt_street(
    comparison: TaggerComparison,
) -> None:
    found = found_by_layer(comparison, ROOSEVELT)
    for layer in ("bilstm", "cnn"):
        assert found[layer] == [("Roosevelt", "PER"), ("Roosevelt Street", "LOC"), ("Manhattan", "LOC")]
    assert found["lstm"][-2:] == [("Roosevelt Street", "LOC"), ("Manhattan", "LOC")]


def test_first_words_are_labelled_by_what_follows_only_where_the_tagger_sees_it(comparison: TaggerComparison) -> None:
    text = "Jordan told his brother that he would be late. Jordan borders the desert to the east."
    found = found_by_layer(comparison, text)
    assert found["bilstm"] == found["cnn"] == [("Jordan", "PER"), ("Jordan", "LOC")]
    assert found["lstm"] != found["cnn"]
    answer = comparison.compare(text, focus=0)
    told = {tagger["layer"]: abs(tagger["influence"]["change"][1]) for tagger in answer["taggers"]}
    # The CRF alone passes something back to the LSTM: labels, never words.
    assert told["lstm"] < 0.1 < min(told["bilstm"], told["cnn"])
