"""The calibration of a model: which scores it changes, and what a malformed one does."""

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from docsight.bundle import CONFIG
from docsight.errors import BundleError
from docsight.networks.calibration import BetaCalibration

TEXT = "Ada Lovelace met Alan Turing in London . The Globex Corporation of Paris hired Grace ."
CALIBRATION = {
    "PER": {"low": 0.8, "high": 0.4, "shift": -0.5},
    "LOC": {"low": 1.2, "high": 1.1, "shift": 0.3},
}


@pytest.fixture
def load(tiny_model: Path, tmp_path: Path) -> Callable[..., Language]:
    def load(calibration: object, **options: object) -> Language:
        folder = Path(shutil.copytree(tiny_model, tmp_path / "model", dirs_exist_ok=True))
        config = json.loads((folder / CONFIG).read_text()) | {"calibration": calibration}
        (folder / CONFIG).write_text(json.dumps(config))
        nlp = spacy.blank("en")
        nlp.add_pipe("rnn_ner", config={"model": str(folder), **options})
        return nlp

    return load


def entities(nlp: Language, text: str = TEXT) -> list[tuple[int, int, str, float]]:
    return [(ent.start, ent.end, ent.label_, ent._.score) for ent in nlp(text).ents]


def test_calibration_changes_scores_of_its_labels_and_no_spans(load: Callable[..., Language], tiny_model: Path) -> None:
    plain = spacy.blank("en")
    plain.add_pipe("rnn_ner", config={"model": str(tiny_model)})
    before, after = entities(plain), entities(load(CALIBRATION))
    assert {label for _, _, label, _ in before} >= {"PER", "ORG"}
    expected = [
        (start, end, label, BetaCalibration(**CALIBRATION[label]).probability(score) if label in CALIBRATION else score)
        for start, end, label, score in before
    ]
    assert [row[:3] for row in after] == [row[:3] for row in expected]
    assert [row[3] for row in after] == pytest.approx([row[3] for row in expected])


def test_threshold_and_spans_key_use_calibrated_scores(load: Callable[..., Language]) -> None:
    everything = entities(load(CALIBRATION))
    threshold = sorted(score for *_, score in everything)[len(everything) // 2]
    nlp = load(CALIBRATION, threshold=threshold, spans_key="found")
    kept = [row for row in everything if row[3] >= threshold]
    assert 0 < len(kept) < len(everything)
    assert entities(nlp) == kept
    group = nlp(TEXT).spans["found"]
    assert list(group.attrs["scores"]) == pytest.approx([score for *_, score in kept])


def test_calibration_survives_disk_bytes_and_pickle(load: Callable[..., Language], tmp_path: Path) -> None:
    nlp = load(CALIBRATION)
    expected = entities(nlp)
    nlp.to_disk(tmp_path / "pipeline")
    copies = [spacy.load(tmp_path / "pipeline"), pickle.loads(pickle.dumps(nlp))]
    copies.append(spacy.blank("en").from_config(nlp.config).from_bytes(nlp.to_bytes()))
    for copy in copies:
        assert entities(copy) == expected


@pytest.mark.parametrize(
    ("calibration", "message"),
    [
        ("high", r"the config\.json of the model: calibration: expected an object .* Export the model again"),
        ({"MISC": CALIBRATION["PER"]}, "calibration: expected labels of the network, PER, ORG, LOC; found MISC"),
        ({"PER": {"low": 1, "high": -1, "shift": 0}}, r"calibration\.PER: expected high to be a number from 0\.01"),
    ],
)
def test_malformed_calibration_is_refused(load: Callable[..., Language], calibration: object, message: str) -> None:
    with pytest.raises(BundleError, match=message):
        load(calibration)(TEXT)
