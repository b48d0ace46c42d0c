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


def test_demo_taggers_distinguish_roosevelt_from_roosevelt_street(comparison: TaggerComparison) -> None:
    answer = comparison.compare(ROOSEVELT)
    words = [word["text"] for word in answer["words"]]
    for tagger in answer["taggers"]:
        found = [(" ".join(words[each["start"] : each["end"]]), each["label"]) for each in tagger["entities"]]
        assert ("Roosevelt", "PER") in found, tagger["name"]
        assert ("Roosevelt Street", "LOC") in found, tagger["name"]


def test_label_of_a_first_word_depends_on_what_follows_only_where_the_tagger_sees_it(
    comparison: TaggerComparison,
) -> None:
    answer = comparison.compare("Washington smiled and poured another cup of tea .", focus=0)
    change = {tagger["layer"]: tagger["influence"]["change"][1] for tagger in answer["taggers"]}
    # The CRF alone passes something back to the LSTM: labels, never words.
    assert abs(change["lstm"]) < min(abs(change["bilstm"]), abs(change["cnn"]))
